"""Bodies of the tries to reach a resident."""

from datetime import datetime

from pydantic import Field

from app.api.schemas.base import CodeText, In, Instant, NoteText, Out
from app.api.schemas.cases import Coded


class ContactIn(In):
    at: Instant
    means: CodeText = Field(description="Of the set `contact_method`.")
    result: CodeText = Field(description="Of the set `contact_result`.")
    note: NoteText | None = Field(default=None, description="Kept sealed.")


class ContactOut(Out):
    id: str
    at: datetime
    means: Coded
    result: Coded
    note: str | None
    recorded_at: datetime
    by: str | None


class ContactsOut(Out):
    items: list[ContactOut]
    enough: bool = Field(description="Whether the outcome `unreachable` is open by now.")
