"""What happens to the hands of a case: contacts, visits and tasks; and to the people: leave and return."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from app.domain.events.base import Code, Event, Hmac, Label, Region
from app.domain.events.cases import CaseEvent
from app.domain.events.others import ThingEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitPlanned(CaseEvent):
    type: ClassVar[str] = "visit.planned"
    label: ClassVar[Label] = Label("Kunjungan direncanakan", "Visit planned")

    visit_id: UUID
    purpose: Code
    planned_for: datetime
    visitor_id: UUID | None = None
    cadre_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitDone(CaseEvent):
    """The verdict stands on the visit only: with a case's id it would tell of a household's poverty."""

    type: ClassVar[str] = "visit.done"
    label: ClassVar[Label] = Label("Kunjungan dilakukan", "Visit done")

    visit_id: UUID
    purpose: Code
    done_at: datetime
    findings_hmac: Hmac


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitCancelled(CaseEvent):
    type: ClassVar[str] = "visit.cancelled"
    label: ClassVar[Label] = Label("Kunjungan dibatalkan", "Visit cancelled")

    visit_id: UUID
    reason: Code


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitHandedOver(CaseEvent):
    type: ClassVar[str] = "visit.handed_over"
    label: ClassVar[Label] = Label("Kunjungan dialihkan", "Visit handed over")

    visit_id: UUID
    visitor_id: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseContactRecorded(CaseEvent):
    type: ClassVar[str] = "case.contact_recorded"
    label: ClassVar[Label] = Label("Upaya menghubungi dicatat", "Contact recorded")

    contact_id: UUID
    means: Code
    result: Code
    tried_at: datetime
    text_hmac: Hmac | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskAdded(CaseEvent):
    type: ClassVar[str] = "task.added"
    label: ClassVar[Label] = Label("Tugas ditambahkan", "Task added")

    task_id: UUID
    task_kind: Code
    assignee_id: UUID | None = None
    due_at: datetime | None = None
    text_hmac: Hmac | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskDone(CaseEvent):
    type: ClassVar[str] = "task.done"
    label: ClassVar[Label] = Label("Tugas selesai", "Task done")

    task_id: UUID
    task_kind: Code


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskHandedOver(CaseEvent):
    type: ClassVar[str] = "task.handed_over"
    label: ClassVar[Label] = Label("Tugas dialihkan", "Task handed over")

    task_id: UUID
    assignee_id: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountAway(ThingEvent):
    """Without the reason: that somebody is sick is nobody's business but the supervisor's."""

    type: ClassVar[str] = "account.away"
    label: ClassVar[Label] = Label("Petugas tidak bertugas", "Officer away")

    absence_id: UUID
    from_on: date
    to_on: date | None = None
    deputy_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountBack(ThingEvent):
    type: ClassVar[str] = "account.back"
    label: ClassVar[Label] = Label("Petugas kembali bertugas", "Officer back")

    absence_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountHandedOver(ThingEvent):
    """Everything open of the account was asked to go elsewhere; each case tells where by its own event."""

    type: ClassVar[str] = "account.handed_over"
    label: ClassVar[Label] = Label("Pekerjaan diserahterimakan", "Work handed over")

    target_id: UUID | None = None
    queue: Code | None = None
    balanced: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CadreRegistered(ThingEvent):
    type: ClassVar[str] = "cadre.registered"
    label: ClassVar[Label] = Label("Kader dicatat", "Cadre registered")

    pillar: Code
    area: Region


@dataclass(frozen=True, slots=True, kw_only=True)
class CadreChanged(ThingEvent):
    type: ClassVar[str] = "cadre.changed"
    label: ClassVar[Label] = Label("Data kader diubah", "Cadre changed")

    changed: tuple[Code, ...]
    """Names of the fields, never values."""


HANDS_EVENTS: tuple[type[Event], ...] = (
    VisitPlanned,
    VisitDone,
    VisitCancelled,
    VisitHandedOver,
    CaseContactRecorded,
    TaskAdded,
    TaskDone,
    TaskHandedOver,
    AccountAway,
    AccountBack,
    AccountHandedOver,
    CadreRegistered,
    CadreChanged,
)
