"""What happens to a case and to the slip that follows it."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from app.domain.events.base import Code, Event, Hmac, Label, Region, Ticket, Version


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseEvent(Event):
    columns: ClassVar[frozenset[str]] = frozenset({"case_id"})

    case_id: UUID

    @property
    def stream_id(self) -> UUID:
        return self.case_id


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseOpened(CaseEvent):
    type: ClassVar[str] = "case.opened"
    label: ClassVar[Label] = Label("Kasus didaftarkan", "Case opened")

    ticket: Ticket
    kind: Code
    category: Code | None
    sector: Code | None
    channel: Code
    priority: Code
    confidentiality: Code
    subject_kind: Code
    place: Region
    holder: Code
    desk_id: UUID | None = None
    program: Code | None = None
    """The programme that a complaint is about."""
    legal_basis: Code
    notice_version: Version | None = None
    chronology_hmac: Hmac | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CasePatched(CaseEvent):
    type: ClassVar[str] = "case.patched"
    label: ClassVar[Label] = Label("Isi kasus diubah", "Case changed")

    changed: tuple[Code, ...]
    """Names of the fields; for what is no code the new value stands on the case only."""
    category: Code | None = None
    sector: Code | None = None
    priority: Code | None = None
    confidentiality: Code | None = None
    place: Region | None = None
    reason_hmac: Hmac | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFactsAdded(CaseEvent):
    type: ClassVar[str] = "case.facts_added"
    label: ClassVar[Label] = Label("Keterangan ditambahkan", "Facts added")

    facts: tuple[Code, ...]
    """Names from the fact dictionary, never values."""
    source: Code


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRouted(CaseEvent):
    type: ClassVar[str] = "case.routed"
    label: ClassVar[Label] = Label("Program yang cocok dihitung", "Programmes matched")

    decision_id: UUID
    engine_version: Version
    destination: Code
    eligible: tuple[Code, ...]
    waitlist: tuple[Code, ...] = ()
    needs_information: tuple[Code, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseStepTaken(CaseEvent):
    type: ClassVar[str] = "case.step_taken"
    label: ClassVar[Label] = Label("Status kasus berubah", "Case status changed")

    action: Code
    from_status: Code
    to_status: Code
    outcome: Code | None = None
    reason: Code | None = None
    missing: tuple[Code, ...] | None = None
    """Papers asked for."""
    other_case_id: UUID | None = None
    """The case that a void duplicate tracks on to."""
    put_to: Code | None = None
    """Where a proposal waits to be decided: ``desk`` or ``secretariat``."""
    text_hmac: Hmac | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseAssigned(CaseEvent):
    type: ClassVar[str] = "case.assigned"
    label: ClassVar[Label] = Label("Petugas ditunjuk", "Officer assigned")

    assignee_id: UUID | None
    queue: Code | None = None
    """Where it waits when nobody has it."""
    text_hmac: Hmac | None = None
    """Of the instruction."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseReaderNamed(CaseEvent):
    type: ClassVar[str] = "case.reader_named"
    label: ClassVar[Label] = Label("Pembaca kasus ditunjuk", "Reader of the case named")

    account_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseNoteAdded(CaseEvent):
    type: ClassVar[str] = "case.note_added"
    label: ClassVar[Label] = Label("Catatan ditambahkan", "Note added")

    note_id: UUID
    text_hmac: Hmac
    to_resident: bool = False
    """It is shown on the resident's tracking page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseTold(CaseEvent):
    type: ClassVar[str] = "case.told"
    label: ClassVar[Label] = Label("Warga diberi tahu", "Resident told")

    told_at: datetime
    method: Code


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseConfirmed(CaseEvent):
    type: ClassVar[str] = "case.confirmed"
    label: ClassVar[Label] = Label("Warga membenarkan hasil", "Resident confirmed")

    confirmation_id: UUID
    by_desk: bool
    """The desk recorded her word, with method and witness."""
    received: tuple[Code, ...]
    """The programmes that she says she received from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseDisputed(CaseEvent):
    type: ClassVar[str] = "case.disputed"
    label: ClassVar[Label] = Label("Warga menyanggah hasil", "Resident disputed")

    by_desk: bool
    reason: Code | None = None
    referral_ids: tuple[UUID, ...] = ()
    confirmation_id: UUID | None = None
    """Set when the dispute is the difference between her confirmation and the ledger."""
    text_hmac: Hmac | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRated(CaseEvent):
    type: ClassVar[str] = "case.rated"
    label: ClassVar[Label] = Label("Warga memberi nilai", "Resident rated")

    rating: int
    """1 to 5."""
    by_desk: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CasePinReplaced(CaseEvent):
    type: ClassVar[str] = "case.pin_replaced"
    label: ClassVar[Label] = Label("PIN tanda terima diganti", "PIN of the slip replaced")

    reason: Code


CASE_EVENTS: tuple[type[CaseEvent], ...] = (
    CaseOpened,
    CasePatched,
    CaseFactsAdded,
    CaseRouted,
    CaseStepTaken,
    CaseAssigned,
    CaseReaderNamed,
    CaseNoteAdded,
    CaseTold,
    CaseConfirmed,
    CaseDisputed,
    CaseRated,
    CasePinReplaced,
)
