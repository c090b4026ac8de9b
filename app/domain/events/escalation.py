"""What the service does about silence by itself: reminders, rungs of the ladder, and what comes next."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from app.domain.events.base import Code, Hmac, Label
from app.domain.events.cases import CaseEvent
from app.domain.events.referrals import ReferralEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseReminded(CaseEvent):
    """A clock will soon be due."""

    type: ClassVar[str] = "case.reminded"
    label: ClassVar[Label] = Label("Tenggat sudah dekat", "Due soon")

    clock_id: UUID
    step: Code
    account_id: UUID | None
    """Who is reminded; none: the secretariat."""
    waiting_referral_id: UUID | None = None
    """The referral whose clock it is. No column: its receiver is not told whom the sender's side reminds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseEscalated(CaseEvent):
    """An overdue clock was put before somebody higher."""

    type: ClassVar[str] = "case.escalated"
    label: ClassVar[Label] = Label("Keterlambatan dinaikkan", "Escalated")

    clock_id: UUID
    step: Code
    rung: Code
    account_id: UUID | None
    """Before whom it was put; none: the office that the rung names."""
    waiting_referral_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralNudged(ReferralEvent):
    type: ClassVar[str] = "referral.nudged"
    label: ClassVar[Label] = Label("Penerima diingatkan", "Receiver reminded")

    step: Code


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralOffered(CaseEvent):
    """A referral expired, and the next programme lies before its sender."""

    type: ClassVar[str] = "referral.offered"
    label: ClassVar[Label] = Label("Program berikutnya ditawarkan", "Next programme offered")

    offer_id: UUID
    expired_referral_id: UUID
    program: Code
    account_id: UUID | None
    """Who sent the one that expired, or who has the case in hand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralOfferDropped(CaseEvent):
    type: ClassVar[str] = "referral.offer_dropped"
    label: ClassVar[Label] = Label("Tawaran program tidak dipakai", "Offered programme dropped")

    offer_id: UUID
    program: Code
    text_hmac: Hmac | None = None


ESCALATION_EVENTS: tuple[type[CaseEvent], ...] = (
    CaseReminded,
    CaseEscalated,
    ReferralNudged,
    ReferralOffered,
    ReferralOfferDropped,
)
