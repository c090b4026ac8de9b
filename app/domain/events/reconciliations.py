"""What happens to the reconciliation of a list; the thing is the reconciliation."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from app.domain.events.base import Code, Hmac, Label, Region
from app.domain.events.others import ThingEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class ReconciliationOrdered(ThingEvent):
    type: ClassVar[str] = "reconciliation.ordered"
    label: ClassVar[Label] = Label("Pencocokan daftar diminta", "Reconciliation asked for")

    program: Code
    region: Region
    list_id: UUID
    job_id: UUID
    against: tuple[Code, ...]
    purpose: Code


@dataclass(frozen=True, slots=True, kw_only=True)
class ReconciliationFinished(ThingEvent):
    type: ClassVar[str] = "reconciliation.finished"
    label: ClassVar[Label] = Label("Pencocokan daftar selesai", "Reconciliation finished")

    rows: int
    matched: int
    findings: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReconciliationSuperseded(ThingEvent):
    type: ClassVar[str] = "reconciliation.superseded"
    label: ClassVar[Label] = Label("Pencocokan diganti yang baru", "Reconciliation made anew")

    by_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingDecided(ThingEvent):
    type: ClassVar[str] = "finding.decided"
    label: ClassVar[Label] = Label("Temuan diputuskan", "Finding decided")

    finding_id: UUID
    kind: Code
    decision: Code
    reason: Code
    state: Code
    program: Code | None = None
    note_hmac: Hmac | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingsDecided(ThingEvent):
    """Many of one kind, decided by one act; each holds the batch's id."""

    type: ClassVar[str] = "finding.batch_decided"
    label: ClassVar[Label] = Label("Sekelompok temuan diputuskan", "Findings decided together")

    batch_id: UUID
    kind: Code
    decision: Code
    reason: Code
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingApproved(ThingEvent):
    type: ClassVar[str] = "finding.approved"
    label: ClassVar[Label] = Label("Putusan temuan disetujui", "Decision agreed to")

    finding_id: UUID
    decision: Code


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingsApproved(ThingEvent):
    type: ClassVar[str] = "finding.batch_approved"
    label: ClassVar[Label] = Label("Sekelompok putusan disetujui", "Decisions agreed to together")

    kind: Code
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingReopened(ThingEvent):
    """A decision was taken back, or not agreed to."""

    type: ClassVar[str] = "finding.reopened"
    label: ClassVar[Label] = Label("Putusan temuan dibatalkan", "Decision taken back")

    finding_id: UUID
    decision: Code
    reason: Code


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingRefreshed(ThingEvent):
    """Its row was looked at again."""

    type: ClassVar[str] = "finding.refreshed"
    label: ClassVar[Label] = Label("Temuan diperiksa ulang", "Finding looked at again")

    finding_id: UUID
    still_so: bool


RECONCILIATION_EVENTS: tuple[type[ThingEvent], ...] = (
    ReconciliationOrdered,
    ReconciliationFinished,
    ReconciliationSuperseded,
    FindingDecided,
    FindingsDecided,
    FindingApproved,
    FindingsApproved,
    FindingReopened,
    FindingRefreshed,
)
