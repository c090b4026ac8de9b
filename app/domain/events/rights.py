"""What a person asked about her data and what became of it; and breaches. No word of hers stands here."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from app.domain.events.base import Code, Label
from app.domain.events.others import ThingEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class DataRequestEvent(ThingEvent):
    """The thing is the person."""

    request_id: UUID
    kind: Code


@dataclass(frozen=True, slots=True, kw_only=True)
class DataRequested(DataRequestEvent):
    type: ClassVar[str] = "data_request.taken"
    label: ClassVar[Label] = Label("Permintaan hak data dicatat", "Data request taken")

    identity_method: Code
    due_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DataRequestProposed(DataRequestEvent):
    type: ClassVar[str] = "data_request.proposed"
    label: ClassVar[Label] = Label("Penghapusan data diusulkan", "Erasure proposed")


@dataclass(frozen=True, slots=True, kw_only=True)
class DataRequestGranted(DataRequestEvent):
    type: ClassVar[str] = "data_request.granted"
    label: ClassVar[Label] = Label("Permintaan hak data dipenuhi", "Data request granted")

    changed: tuple[Code, ...] = ()
    """Of a correction: names of the fields."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DataRequestRefused(DataRequestEvent):
    type: ClassVar[str] = "data_request.refused"
    label: ClassVar[Label] = Label("Permintaan hak data ditolak", "Data request refused")

    reason: Code


@dataclass(frozen=True, slots=True, kw_only=True)
class DataRequestLifted(DataRequestEvent):
    type: ClassVar[str] = "data_request.lifted"
    label: ClassVar[Label] = Label("Pembatasan data dicabut", "Restraint of data lifted")


@dataclass(frozen=True, slots=True, kw_only=True)
class DataRequestEscalated(DataRequestEvent):
    type: ClassVar[str] = "data_request.escalated"
    label: ClassVar[Label] = Label("Permintaan hak data lewat waktu", "Data request overdue")

    told: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BreachRecorded(ThingEvent):
    type: ClassVar[str] = "breach.recorded"
    label: ClassVar[Label] = Label("Kegagalan pelindungan data dicatat", "Data breach recorded")

    nature: Code
    data_kinds: tuple[Code, ...]
    persons_count: int
    due_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class BreachTold(ThingEvent):
    type: ClassVar[str] = "breach.told"
    label: ClassVar[Label] = Label("Kegagalan pelindungan data diberitahukan", "Data breach told")

    to: Code
    """``authority`` or ``persons``."""
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class BreachClosed(ThingEvent):
    type: ClassVar[str] = "breach.closed"
    label: ClassVar[Label] = Label("Kegagalan pelindungan data ditutup", "Data breach closed")


@dataclass(frozen=True, slots=True, kw_only=True)
class BreachEscalated(ThingEvent):
    type: ClassVar[str] = "breach.escalated"
    label: ClassVar[Label] = Label(
        "Pemberitahuan kegagalan pelindungan data lewat waktu", "Notice of a data breach overdue"
    )

    told: int


RIGHTS_EVENTS: tuple[type[ThingEvent], ...] = (
    DataRequested,
    DataRequestProposed,
    DataRequestGranted,
    DataRequestRefused,
    DataRequestLifted,
    DataRequestEscalated,
    BreachRecorded,
    BreachTold,
    BreachClosed,
    BreachEscalated,
)
