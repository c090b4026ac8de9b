"""What stands on a resident's slip."""

from datetime import datetime

from pydantic import Field

from app.api.schemas.base import Out


class SlipOut(Out):
    ticket: str
    url: str = Field(description="The tracking page with the ticket filled in; the PIN stands in no address.")
    qr_svg: str = Field(description="The same address as a QR code.")
    opened_at: datetime
    desk: str | None
    regency: str
