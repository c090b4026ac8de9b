"""Bodies of the death of a person."""

from datetime import date, datetime
from typing import Literal

from pydantic import Field

from app.api.schemas.base import CodeText, Day, In, Out
from app.api.schemas.cases import Coded


class DeathIn(In):
    died_on: Day
    source: CodeText = Field(description="A code of the set `death_source`.")


class EndedOut(Out):
    """Something of hers that ended with the death, as far as you may see its case."""

    ticket: str
    kind: Literal["case", "referral"]
    status_before: Coded
    program: str | None = None


class LeftOut(Out):
    """What taking the record back did not bring back."""

    ticket: str
    kind: Literal["case", "referral"]
    words: str


class GrantOut(Out):
    program: str
    name: str


class DeathOut(Out):
    person: str
    died_on: date
    source: Coded
    recorded_at: datetime
    recorded_by: str | None
    undone_at: datetime | None
    ended: list[EndedOut]
    stopped_lines: int = Field(description="Planned aid that was stopped outside these referrals.")
    death_grants: list[GrantOut] = Field(description="What may be offered to the family.")
    not_restored: list[LeftOut] = Field(
        default_factory=list, description="Only in the answer that takes a record back."
    )
