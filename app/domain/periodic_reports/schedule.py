"""Which reports the worker makes by itself, and whom it tells: a regency's policy, read and checked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final, NamedTuple

from app.domain.access import Role
from app.domain.months import Month
from app.domain.periodic_reports.model import ReportKind
from app.domain.periodic_reports.periods import Days

_LAST_DAY: Final = 28
_REACH: Final = 3
"""Months back: what a worker was away for comes later."""
_DAY: Final = timedelta(days=1)
_BY_MONTH: Final = (ReportKind.MONTHLY, ReportKind.TALLY, ReportKind.AGENCY)
_KINDS: Final = frozenset({*_BY_MONTH, ReportKind.ANNUAL})
"""What has a date of its own; a campaign's and a donor's report are asked for."""
_ROLES: Final = frozenset({Role.SECRETARIAT_OFFICER, Role.APPROVER, Role.MANAGER, Role.HEAD})
_KEYS: Final = frozenset({"day", "kinds", "told_draft", "told_signed"})


@dataclass(frozen=True, slots=True)
class Schedule:
    day: int
    """Of the month after the period."""
    kinds: tuple[ReportKind, ...]
    told_draft: tuple[Role, ...]
    told_signed: tuple[Role, ...]


class Due(NamedTuple):
    kind: ReportKind
    days: Days


def is_schedule(value: object) -> bool:
    """Tell whether a policy says which day, which kinds, and which offices are told."""
    if not isinstance(value, Mapping) or value.keys() != _KEYS:
        return False
    day = value["day"]
    if not isinstance(day, int) or isinstance(day, bool) or not 1 <= day <= _LAST_DAY:
        return False
    return _each(value["kinds"], {one.value for one in _KINDS}) and all(
        _each(value[name], {one.value for one in _ROLES}) for name in ("told_draft", "told_signed")
    )


def _each(value: object, known: set[str]) -> bool:
    if not isinstance(value, Sequence) or isinstance(value, str):
        return False
    return all(isinstance(one, str) and one in known for one in value) and len(set(value)) == len(value)


def read_schedule(value: Any) -> Schedule:
    """Return the schedule of a policy; of one that cannot be read nothing is due and nobody is told."""
    if not is_schedule(value):
        return Schedule(_LAST_DAY, (), (), ())
    return Schedule(
        int(value["day"]),
        tuple(ReportKind(one) for one in value["kinds"]),
        tuple(Role(one) for one in value["told_draft"]),
        tuple(Role(one) for one in value["told_signed"]),
    )


def due_on(schedule: Schedule, today: date) -> list[Due]:
    """Return what is due, the oldest first: of each month from its day on, of a year in January's."""
    found: list[Due] = []
    here = Month.of(today)
    for back in range(_REACH, 0, -1):
        month = here.plus(-back)
        if back == 1 and today.day < schedule.day:
            continue
        days = Days(month.first, month.plus(1).first - _DAY)
        found += [Due(kind, days) for kind in _BY_MONTH if kind in schedule.kinds]
        if ReportKind.ANNUAL in schedule.kinds and month.first.month == 12:  # noqa: PLR2004  # December
            year = Days(month.plus(-11).first, days.last)
            found.append(Due(ReportKind.ANNUAL, year))
    return found
