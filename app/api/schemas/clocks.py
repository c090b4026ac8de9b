"""The ledger of a case's clocks, and what is offered after a referral that nobody answered."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from app.api.schemas.base import In, Localised, NoteText, Out
from app.api.schemas.cases import Coded
from app.api.schemas.steps import DisclosedField


class LimitOut(Out):
    """How long the step may take, and where that rule comes from."""

    amount: int
    unit: Coded
    source: str
    pausable: bool


class ClockEntryOut(Out):
    kind: Literal["start", "pause", "resume", "stop"]
    at: datetime
    moved: bool
    """False for a pause that has no effect: the case is urgent, or the clock was overdue."""
    words: Localised


class EscalationOut(Out):
    rung: Coded
    account: str | None
    """Before whom it was put; none: the office that the rung names."""
    at: datetime
    ended_at: datetime | None


class ClockOut(Out):
    """One clock: what ran, what paused it and why, when it is due, and whom it reached."""

    id: str
    step: Coded
    state: Literal["running", "paused", "stopped"]
    referral: str | None
    program: str | None
    limit: LimitOut
    started_at: datetime
    due_at: datetime | None
    overdue: bool
    ran_seconds: int
    """Pauses left out; working time where the limit is in working days."""
    next_look_at: datetime | None
    """When the service reminds or escalates next."""
    entries: list[ClockEntryOut]
    escalations: list[EscalationOut]
    words: list[Localised]


class OfferOut(Out):
    """A referral that is filled in and waits to be sent, since the one before it expired."""

    id: str
    state: Literal["waiting", "taken", "dropped"]
    program: str
    program_name: str
    agency: str
    purpose: Coded
    discloses: list[str]
    fallback_of: str
    at: datetime
    decided_at: datetime | None


class TakeOfferIn(In):
    discloses: Annotated[list[DisclosedField], Field(max_length=10)] | None = Field(
        default=None, description="Fewer fields than were offered."
    )
    note: NoteText | None = None
    incomplete_reason: NoteText | None = Field(
        default=None, description="Why it goes without all required papers; urgent cases need none."
    )


class DropOfferIn(In):
    reason: NoteText
