"""What a regency changes in its own rules: policies, calendars, the duty roster."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from app.domain.events.base import Code, Label
from app.domain.events.others import ThingEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicySet(ThingEvent):
    """A regency's own rule; the thing is the rule's row."""

    type: ClassVar[str] = "policy.set"
    label: ClassVar[Label] = Label("Kebijakan diubah", "Policy changed")

    name: Code
    """A clock's step, or the name of another policy."""
    kind: Code | None = None
    category: Code | None = None
    priority: Code | None = None
    amount: int | None = None
    unit: Code | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyEnded(ThingEvent):
    type: ClassVar[str] = "policy.ended"
    label: ClassVar[Label] = Label("Kebijakan kembali ke standar nasional", "Policy back to the default")

    name: Code
    kind: Code | None = None
    category: Code | None = None
    priority: Code | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarChanged(ThingEvent):
    """The thing is the regency's calendar."""

    type: ClassVar[str] = "calendar.changed"
    label: ClassVar[Label] = Label("Kalender kerja diubah", "Working calendar changed")

    added: tuple[date, ...] = ()
    removed: tuple[date, ...] = ()
    confirmed: tuple[date, ...] = ()
    six_day_week: bool | None = None
    hours_changed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MapSet(ThingEvent):
    """The thing is the regency's map."""

    type: ClassVar[str] = "map.set"
    label: ClassVar[Label] = Label("Peta wilayah dimuat", "Map loaded")

    shapes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyPlanned(ThingEvent):
    type: ClassVar[str] = "duty.planned"
    label: ClassVar[Label] = Label("Piket dijadwalkan", "Duty planned")

    duty: Code
    account_id: UUID | None = None
    cadre_id: UUID | None = None
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyEnded(ThingEvent):
    type: ClassVar[str] = "duty.ended"
    label: ClassVar[Label] = Label("Piket diakhiri", "Duty ended")

    duty: Code


SETTINGS_EVENTS: tuple[type[ThingEvent], ...] = (
    PolicySet,
    PolicyEnded,
    CalendarChanged,
    MapSet,
    DutyPlanned,
    DutyEnded,
)
