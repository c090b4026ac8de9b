"""What happens to a village meeting, its candidates, objections and proposals; it names nobody."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from app.domain.events.base import Code, Event, Hmac, Label, Region
from app.domain.events.cases import CaseEvent
from app.domain.events.others import ThingEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliberationPlanned(ThingEvent):
    type: ClassVar[str] = "deliberation.planned"
    label: ClassVar[Label] = Label("Musyawarah direncanakan", "Meeting planned")

    kind: Code
    village: Region
    starts_at: datetime
    follows_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliberationMoved(ThingEvent):
    """The session took a step of its table."""

    type: ClassVar[str] = "deliberation.moved"
    label: ClassVar[Label] = Label("Keadaan musyawarah berubah", "Meeting took a step")

    action: Code
    from_state: Code
    to_state: Code
    present: int | None = None
    least: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CandidatePut(ThingEvent):
    type: ClassVar[str] = "deliberation.candidate_put"
    label: ClassVar[Label] = Label("Calon masuk agenda", "Candidate put on the agenda")

    candidate_id: UUID
    source: Code


@dataclass(frozen=True, slots=True, kw_only=True)
class CandidateWithdrawn(ThingEvent):
    type: ClassVar[str] = "deliberation.candidate_withdrawn"
    label: ClassVar[Label] = Label("Calon dikeluarkan dari agenda", "Candidate taken off the agenda")

    candidate_id: UUID
    reason: Code


@dataclass(frozen=True, slots=True, kw_only=True)
class AttendeeAdded(ThingEvent):
    type: ClassVar[str] = "deliberation.attendee_added"
    label: ClassVar[Label] = Label("Kehadiran dicatat", "Attendance recorded")

    attendee_id: UUID
    role: Code
    sitting: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AttendeeRemoved(ThingEvent):
    type: ClassVar[str] = "deliberation.attendee_removed"
    label: ClassVar[Label] = Label("Kehadiran dihapus", "Attendance taken back")

    attendee_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ConflictDeclared(ThingEvent):
    type: ClassVar[str] = "deliberation.conflict_declared"
    label: ClassVar[Label] = Label("Benturan kepentingan dinyatakan", "Conflict of interest declared")

    candidate_id: UUID
    attendee_id: UUID
    reason: Code


@dataclass(frozen=True, slots=True, kw_only=True)
class CandidateDecided(ThingEvent):
    type: ClassVar[str] = "deliberation.candidate_decided"
    label: ClassVar[Label] = Label("Calon diputuskan", "Candidate decided")

    candidate_id: UUID
    decision: Code
    rank: int | None = None
    present: int
    excluded: int
    text_hmac: Hmac


@dataclass(frozen=True, slots=True, kw_only=True)
class CandidateReopened(ThingEvent):
    """What was decided of her no longer holds; nobody else is touched."""

    type: ClassVar[str] = "deliberation.candidate_reopened"
    label: ClassVar[Label] = Label("Keputusan calon dibuka kembali", "Candidate's decision reopened")

    candidate_id: UUID
    objection_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class MinutesMade(ThingEvent):
    type: ClassVar[str] = "deliberation.minutes_made"
    label: ClassVar[Label] = Label("Berita acara dibuat", "Minutes made")

    minutes_id: UUID
    n: int
    content_hash: Hmac


@dataclass(frozen=True, slots=True, kw_only=True)
class MinutesSigned(ThingEvent):
    type: ClassVar[str] = "deliberation.minutes_signed"
    label: ClassVar[Label] = Label("Berita acara bertanda tangan diunggah", "Signed minutes uploaded")

    minutes_id: UUID
    scan_hash: Hmac


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectionFiled(ThingEvent):
    type: ClassVar[str] = "objection.filed"
    label: ClassVar[Label] = Label("Sanggahan diajukan", "Objection filed")

    objection_id: UUID
    candidate_id: UUID
    text_hmac: Hmac


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectionPhotoAdded(ThingEvent):
    type: ClassVar[str] = "objection.photo_added"
    label: ClassVar[Label] = Label("Foto sanggahan ditambahkan", "Photo added to the objection")

    objection_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectionEscalated(ThingEvent):
    type: ClassVar[str] = "objection.escalated"
    label: ClassVar[Label] = Label("Sanggahan yang didiamkan naik", "Silent objection put higher")

    objection_id: UUID
    rung: Code
    told: int
    """How many accounts were told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectionDecided(ThingEvent):
    type: ClassVar[str] = "objection.decided"
    label: ClassVar[Label] = Label("Sanggahan diverifikasi", "Objection verified")

    objection_id: UUID
    candidate_id: UUID
    upheld: bool
    text_hmac: Hmac


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalsBatched(ThingEvent):
    """The thing is the batch."""

    type: ClassVar[str] = "proposal.batched"
    label: ClassVar[Label] = Label("Usulan dihimpun", "Proposals put together")

    village: Region
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalsMoved(ThingEvent):
    type: ClassVar[str] = "proposal.moved"
    label: ClassVar[Label] = Label("Tahap usulan berubah", "Proposals moved on")

    from_stage: Code
    stage: Code
    reason: Code | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalAnswered(ThingEvent):
    type: ClassVar[str] = "proposal.answered"
    label: ClassVar[Label] = Label("Hasil usulan dicatat", "Result of a proposal recorded")

    candidate_id: UUID
    stage: Code
    reason: Code | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseDeliberated(CaseEvent):
    """The case came before the meeting, or the meeting decided on it."""

    type: ClassVar[str] = "case.deliberated"
    label: ClassVar[Label] = Label("Dibahas dalam musyawarah", "Before the village meeting")

    deliberation_id: UUID
    candidate_id: UUID
    what: Code
    """``put``, ``withdrawn``, ``decided``, ``reopened`` or ``ratified``."""
    decision: Code | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseProposalMoved(CaseEvent):
    """The registry proposal of the case reached a stage."""

    type: ClassVar[str] = "case.proposal_moved"
    label: ClassVar[Label] = Label(
        "Tahap usulan data kasus ini berubah", "Registry proposal of the case moved"
    )

    candidate_id: UUID
    stage: Code
    reason: Code | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseProposalAnswered(CaseEvent):
    """The ministry has answered; the resident is told."""

    type: ClassVar[str] = "case.proposal_answered"
    label: ClassVar[Label] = Label("Hasil usulan data diterima", "Registry proposal answered")

    candidate_id: UUID
    stage: Code
    reason: Code | None = None


DELIBERATION_EVENTS: tuple[type[Event], ...] = (
    DeliberationPlanned,
    DeliberationMoved,
    CandidatePut,
    CandidateWithdrawn,
    AttendeeAdded,
    AttendeeRemoved,
    ConflictDeclared,
    CandidateDecided,
    CandidateReopened,
    MinutesMade,
    MinutesSigned,
    ObjectionFiled,
    ObjectionPhotoAdded,
    ObjectionEscalated,
    ObjectionDecided,
    ProposalsBatched,
    ProposalsMoved,
    ProposalAnswered,
    CaseDeliberated,
    CaseProposalMoved,
    CaseProposalAnswered,
)
