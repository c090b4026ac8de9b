"""A clock told to a person, in Indonesian or English."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta, timezone
from functools import reduce
from types import MappingProxyType
from typing import Final, Literal

from app.domain.sla.clock import Clock, Entry, EntryKind, Rule, advance, is_overdue, replay
from app.domain.sla.policies import ClockStep

Language = Literal["id", "en"]

_DAYS: Final[Mapping[Language, tuple[str, ...]]] = MappingProxyType(
    {
        "id": ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu"),
        "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    }
)
MONTHS: Final[Mapping[Language, tuple[str, ...]]] = MappingProxyType(
    {
        "id": (
            "Januari",
            "Februari",
            "Maret",
            "April",
            "Mei",
            "Juni",
            "Juli",
            "Agustus",
            "September",
            "Oktober",
            "November",
            "Desember",
        ),
        "en": (
            "January",
            "February",
            "March",
            "April",
            "May",
            "June",
            "July",
            "August",
            "September",
            "October",
            "November",
            "December",
        ),
    }
)
_ENTRIES: Final[Mapping[Language, Mapping[EntryKind, str]]] = MappingProxyType(
    {
        "id": {
            EntryKind.START: "Mulai",
            EntryKind.PAUSE: "Dijeda",
            EntryKind.RESUME: "Dilanjutkan",
            EntryKind.STOP: "Selesai",
        },
        "en": {
            EntryKind.START: "Started",
            EntryKind.PAUSE: "Paused",
            EntryKind.RESUME: "Resumed",
            EntryKind.STOP: "Stopped",
        },
    }
)
_DUE: Final = MappingProxyType({"id": "Tenggat", "en": "Due"})
_LATE: Final = MappingProxyType({"id": "terlambat", "en": "overdue"})
_HELD: Final = MappingProxyType(
    {
        "id": "Tenggat bergeser selama jeda berlangsung",
        "en": "The due time moves on while the pause lasts",
    }
)


def instant_in_words(at: datetime, zone: timezone, language: Language) -> str:
    """Say an instant with weekday and zone: ``Jumat, 27 Maret 2026 10.00 WIB``."""
    local = at.astimezone(zone)
    day, month = _DAYS[language][local.weekday()], MONTHS[language][local.month - 1]
    hour = f"{local:%H.%M}" if language == "id" else f"{local:%H:%M}"
    return f"{day}, {local.day} {month} {local.year} {hour} {local.tzname()}"


def clock_in_words(
    entries: Sequence[Entry], rule: Rule, now: datetime, language: Language = "id"
) -> tuple[str, ...]:
    """Tell a clock line by line: each entry, then when it is due. Nothing if it has not started."""
    clock = replay(entries, rule)
    if clock is None:
        return ()
    zone, names = rule.calendar.zone, _ENTRIES[language]
    lines = [f"{names[e.kind]}: {instant_in_words(e.at, zone, language)}" for e in entries]
    if clock.paused_at is not None and clock.stopped_at is None:
        return (*lines, _HELD[language])
    due = f"{_DUE[language]}: {instant_in_words(clock.due_at, zone, language)}"
    late = f" ({_LATE[language]})" if is_overdue(clock, now) else ""
    return (*lines, due + late)


_WHY: Final[Mapping[Language, Mapping[EntryKind, tuple[str, str]]]] = MappingProxyType(
    {
        "id": {
            EntryKind.PAUSE: ("menunggu berkas dari warga", "masuk daftar tunggu"),
            EntryKind.RESUME: ("berkas sudah lengkap", "keluar dari daftar tunggu"),
        },
        "en": {
            EntryKind.PAUSE: ("papers were asked of the resident", "put on the waiting list"),
            EntryKind.RESUME: ("the papers are complete", "off the waiting list"),
        },
    }
)
"""Of a clock of the case, and of the delivery of a referral: nothing else pauses."""
_VAIN: Final = MappingProxyType(
    {"id": "tidak berpengaruh: kasus mendesak atau sudah lewat tenggat", "en": "no effect: urgent or overdue"}
)
_UNITS: Final[Mapping[Language, tuple[str, str, str]]] = MappingProxyType(
    {"id": ("hari", "jam", "menit"), "en": ("d", "h", "min")}
)
_WORKING: Final = MappingProxyType({"id": "waktu kerja", "en": "of working time"})


def effects(entries: Sequence[Entry], rule: Rule) -> tuple[bool, ...]:
    """Tell of each entry whether it moved the clock: a pause of an urgent or an overdue clock does not."""
    told: list[bool] = []

    def step(clock: Clock | None, entry: Entry) -> Clock | None:
        moved = advance(clock, entry, rule)
        told.append(moved != clock)
        return moved

    reduce(step, entries, None)
    return tuple(told)


def entry_in_words(
    entry: Entry, step: ClockStep, zone: timezone, language: Language, *, moved: bool = True
) -> str:
    """Say what happened to a clock, when, and why: ``Dijeda: Jumat, 27 Maret 2026 10.00 WIB (…)``."""
    said = f"{_ENTRIES[language][entry.kind]}: {instant_in_words(entry.at, zone, language)}"
    if not moved:
        return f"{said} ({_VAIN[language]})"
    why = _WHY[language].get(entry.kind)
    return said if why is None else f"{said} ({why[step is ClockStep.DELIVERY]})"


def span_in_words(span: timedelta, language: Language, *, working: bool) -> str:
    """Say a span to the minute: working time in hours, time of the wall in days and hours."""
    days, hours, minutes = _UNITS[language]
    whole = int(span.total_seconds()) // 60
    parts = [(whole // 60, hours), (whole % 60, minutes)]
    if not working:
        parts = [(whole // 1440, days), (whole // 60 % 24, hours), (whole % 60, minutes)]
    said = " ".join(f"{count} {unit}" for count, unit in parts if count) or f"0 {minutes}"
    return f"{said} {_WORKING[language]}" if working else said
