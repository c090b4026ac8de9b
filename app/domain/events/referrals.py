"""What happens to a referral, and to the lines of the assistance ledger; both in the chain of their case."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar
from uuid import UUID

from app.domain.events.base import Code, Hmac, Label
from app.domain.events.cases import CaseEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralEvent(CaseEvent):
    columns: ClassVar[frozenset[str]] = frozenset({"case_id", "referral_id"})

    referral_id: UUID
    program: Code
    agency: Code
    round: int
    text_hmac: Hmac | None = None
    """Of the note, question, answer or finding that goes with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralSent(ReferralEvent):
    type: ClassVar[str] = "referral.sent"
    label: ClassVar[Label] = Label("Rujukan dikirim", "Referral sent")

    purpose: Code
    discloses: tuple[Code, ...]
    """Names of the fields that the receiver may see."""
    fallback_of: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralStep(ReferralEvent):
    """A change of status."""

    from_status: Code
    to_status: Code
    on_behalf: bool = False
    """Recorded by a secretariat for a receiver without an account."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralAccepted(ReferralStep):
    type: ClassVar[str] = "referral.accepted"
    label: ClassVar[Label] = Label("Rujukan diterima", "Referral accepted")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralReturned(ReferralStep):
    type: ClassVar[str] = "referral.returned"
    label: ClassVar[Label] = Label("Rujukan dikembalikan", "Referral returned")

    missing: tuple[Code, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralResent(ReferralStep):
    type: ClassVar[str] = "referral.resent"
    label: ClassVar[Label] = Label("Rujukan dikirim ulang", "Referral sent again")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralRefused(ReferralStep):
    type: ClassVar[str] = "referral.refused"
    label: ClassVar[Label] = Label("Rujukan ditolak", "Referral refused")

    reason: Code


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralNotOurs(ReferralStep):
    type: ClassVar[str] = "referral.not_ours"
    label: ClassVar[Label] = Label("Rujukan bukan wewenang penerima", "Referral not the receiver's to handle")

    right_body: Code
    """The agency named instead, or ``up``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralExpired(ReferralStep):
    type: ClassVar[str] = "referral.expired"
    label: ClassVar[Label] = Label("Rujukan lewat waktu tanpa jawaban", "Referral expired unanswered")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralWaitlisted(ReferralStep):
    type: ClassVar[str] = "referral.waitlisted"
    label: ClassVar[Label] = Label("Masuk daftar tunggu", "Put on the waiting list")

    position: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralPlaceOffered(ReferralEvent):
    """It waits, and its receiver was told that a place is free."""

    type: ClassVar[str] = "referral.place_offered"
    label: ClassVar[Label] = Label(
        "Ada tempat kosong untuk daftar tunggu", "A place is free for the waiting list"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralStarted(ReferralStep):
    type: ClassVar[str] = "referral.started"
    label: ClassVar[Label] = Label("Layanan dimulai", "Service started")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralProgressed(ReferralStep):
    type: ClassVar[str] = "referral.progressed"
    label: ClassVar[Label] = Label("Usulan sampai tahap berikutnya", "Proposal reached its next stage")

    stage: Code


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralDelivered(ReferralStep):
    type: ClassVar[str] = "referral.delivered"
    label: ClassVar[Label] = Label("Bantuan diserahkan", "Aid delivered")

    line_id: UUID
    component: Code
    amount_idr: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralFulfilled(ReferralStep):
    type: ClassVar[str] = "referral.fulfilled"
    label: ClassVar[Label] = Label("Rujukan terpenuhi", "Referral fulfilled")

    extent: Code
    """``full`` or ``partial``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralFailed(ReferralStep):
    type: ClassVar[str] = "referral.failed"
    label: ClassVar[Label] = Label("Rujukan tidak terpenuhi", "Referral not fulfilled")

    reason: Code


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralRevoked(ReferralStep):
    type: ClassVar[str] = "referral.revoked"
    label: ClassVar[Label] = Label("Rujukan dicabut", "Referral revoked")

    reason: Code


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralReopened(ReferralStep):
    type: ClassVar[str] = "referral.reopened"
    label: ClassVar[Label] = Label("Rujukan dibuka kembali", "Referral reopened")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralQuestioned(ReferralEvent):
    type: ClassVar[str] = "referral.questioned"
    label: ClassVar[Label] = Label("Penerima bertanya", "Receiver asked")

    message_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralAnswered(ReferralEvent):
    type: ClassVar[str] = "referral.answered"
    label: ClassVar[Label] = Label("Pertanyaan dijawab", "Question answered")

    message_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralNoted(ReferralEvent):
    type: ClassVar[str] = "referral.noted"
    label: ClassVar[Label] = Label("Catatan penerima", "Receiver's note")

    message_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralReferenced(ReferralEvent):
    """The receiver gave its own reference, which stands on the referral only."""

    type: ClassVar[str] = "referral.referenced"
    label: ClassVar[Label] = Label("Nomor rujukan penerima dicatat", "Receiver's reference recorded")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralSubmittedExternal(ReferralEvent):
    type: ClassVar[str] = "referral.submitted_external"
    label: ClassVar[Label] = Label("Dimasukkan ke sistem lain", "Entered in another system")

    system: Code
    submitted_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerEvent(CaseEvent):
    columns: ClassVar[frozenset[str]] = frozenset({"case_id", "referral_id"})

    referral_id: UUID | None
    line_id: UUID
    program: Code
    component: Code
    amount_idr: int | None
    """Whole rupiah; ``None`` for goods and services."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerPlanned(LedgerEvent):
    type: ClassVar[str] = "ledger.planned"
    label: ClassVar[Label] = Label("Bantuan direncanakan", "Aid planned")

    instalment: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerGiven(LedgerEvent):
    type: ClassVar[str] = "ledger.given"
    label: ClassVar[Label] = Label("Bantuan diberikan", "Aid given")

    given_on: date
    difference_idr: int = 0
    """What was given less what was planned."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerStopped(LedgerEvent):
    type: ClassVar[str] = "ledger.stopped"
    label: ClassVar[Label] = Label("Bantuan dihentikan", "Aid stopped")

    reason: Code


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerReversed(LedgerEvent):
    type: ClassVar[str] = "ledger.reversed"
    label: ClassVar[Label] = Label("Catatan bantuan dibatalkan", "Ledger line reversed")

    reason: Code


REFERRAL_EVENTS: tuple[type[CaseEvent], ...] = (
    ReferralSent,
    ReferralAccepted,
    ReferralReturned,
    ReferralResent,
    ReferralRefused,
    ReferralNotOurs,
    ReferralExpired,
    ReferralWaitlisted,
    ReferralPlaceOffered,
    ReferralStarted,
    ReferralProgressed,
    ReferralDelivered,
    ReferralFulfilled,
    ReferralFailed,
    ReferralRevoked,
    ReferralReopened,
    ReferralQuestioned,
    ReferralAnswered,
    ReferralNoted,
    ReferralReferenced,
    ReferralSubmittedExternal,
    LedgerPlanned,
    LedgerGiven,
    LedgerStopped,
    LedgerReversed,
)
