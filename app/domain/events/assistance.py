"""What happens to lines of the ledger that came through no referral: the chain of their source or person."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar
from uuid import UUID

from app.domain.events.base import Code, Label
from app.domain.events.others import ThingEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class AssistanceEvent(ThingEvent):
    """The thing is the list, campaign or pledge that the line came from, else the person."""

    line_id: UUID
    program: Code
    component: Code | None = None
    """None: the programme as a whole."""
    source: Code
    amount_idr: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AssistancePlanned(AssistanceEvent):
    type: ClassVar[str] = "assistance.planned"
    label: ClassVar[Label] = Label("Bantuan direncanakan di luar rujukan", "Aid planned outside a referral")


@dataclass(frozen=True, slots=True, kw_only=True)
class AssistanceGiven(AssistanceEvent):
    type: ClassVar[str] = "assistance.given"
    label: ClassVar[Label] = Label("Bantuan di luar rujukan diberikan", "Aid given outside a referral")

    given_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class AssistanceStopped(AssistanceEvent):
    type: ClassVar[str] = "assistance.stopped"
    label: ClassVar[Label] = Label("Bantuan di luar rujukan dihentikan", "Aid outside a referral stopped")

    reason: Code


@dataclass(frozen=True, slots=True, kw_only=True)
class AssistanceReversed(AssistanceEvent):
    """The amount is negative: what the counter line takes back."""

    type: ClassVar[str] = "assistance.reversed"
    label: ClassVar[Label] = Label(
        "Catatan bantuan di luar rujukan dibatalkan", "Ledger line outside a referral reversed"
    )

    reason: Code
    reverses: UUID


ASSISTANCE_EVENTS: tuple[type[ThingEvent], ...] = (
    AssistancePlanned,
    AssistanceGiven,
    AssistanceStopped,
    AssistanceReversed,
)
