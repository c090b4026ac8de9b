"""Bodies of a case that goes elsewhere."""

from typing import Annotated, Literal

from pydantic import Field

from app.api.schemas.access import RegionText
from app.api.schemas.base import In, NoteText, Out
from app.api.schemas.cases import Coded, DeskBrief
from app.domain.codes import Holder

DeskOrSecretariat = Annotated[str, Field(pattern=r"^(secretariat|[0-9]{4}-[0-9a-f]{32})$")]


class HandOverIn(In):
    to: DeskOrSecretariat = Field(description="The id of a desk of the same regency, or `secretariat`.")
    note: NoteText = Field(description="What the next ones must know; kept sealed, read among the notes.")


class HandOverOut(Out):
    """Who holds the case now. Nothing of its content: you may not see it any more."""

    ticket: str
    holder: Holder
    desk: DeskBrief | None
    still_seen: bool = Field(description="Whether you still see the case.")


class TransferIn(In):
    to_region: RegionText = Field(description="The village of the other regency.")
    note: NoteText = Field(description="Why; kept sealed, goes along to the other regency.")


class TransferOut(Out):
    ticket: str
    status: Coded
    outcome: Coded
    to_region: str
    to_name: str
    moved_referrals: list[str] = Field(
        description="Referrals to central programmes: sent again from the new case."
    )
    ended_referrals: list[str] = Field(description="Referrals that ended with the transfer.")
    stays_here: list[Literal["notes", "attachments", "visits", "letters"]] = Field(
        default=["notes", "attachments", "visits", "letters"],
        description="What remains with the old case and does not go along.",
    )
