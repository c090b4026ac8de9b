"""A clock told to a person, in Indonesian or English."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timezone
from types import MappingProxyType
from typing import Final, Literal

from app.domain.sla.clock import Entry, EntryKind, Rule, is_overdue, replay

Language = Literal["id", "en"]

_DAYS: Final[Mapping[Language, tuple[str, ...]]] = MappingProxyType(
    {
        "id": ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu"),
        "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    }
)
_MONTHS: Final[Mapping[Language, tuple[str, ...]]] = MappingProxyType(
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
    day, month = _DAYS[language][local.weekday()], _MONTHS[language][local.month - 1]
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
