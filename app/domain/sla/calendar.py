"""Working time: office hours on working days, in the zone of a region.

Which days are off comes in as data; nothing here knows a holiday. All answers are instants in UTC.
Instants inside are whole microseconds of a local day, because comparing integers is what makes a due
time cheap enough to compute in every transaction.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any, Final

from app.domain.errors import FieldError, Invalid

WIB: Final = timezone(timedelta(hours=7), "WIB")
WITA: Final = timezone(timedelta(hours=8), "WITA")
WIT: Final = timezone(timedelta(hours=9), "WIT")

_HOUR: Final = 3_600_000_000
_WEEK: Final = 7
_MICROSECOND: Final = timedelta(microseconds=1)
Window = tuple[int, int]
"""Opening and closing of a day in microseconds since local midnight; closing belongs to the day."""

# Bali to NTT, Kalimantan Selatan to Utara, Sulawesi.
_WITA_PROVINCES: Final = frozenset({"51", "52", "53", "63", "64", "65"})
_OFFICE: Final = (8 * _HOUR, 16 * _HOUR)
_SATURDAY: Final = (8 * _HOUR, 13 * _HOUR)

Week = tuple[Window | None, ...]
"""Seven entries, Monday first; None is a day off."""
FIVE_DAYS: Final[Week] = (_OFFICE,) * 5 + (None, None)
SIX_DAYS: Final[Week] = (_OFFICE,) * 5 + (_SATURDAY, None)


def week_of(hours: Mapping[str, Any], *, six_days: bool) -> Week:
    """Return the week of the policy ``office_hours``, which was checked when it was set.

    ``six_day_extra`` counts only where *six_days*, and only on days that ``weekdays`` leaves closed.
    """
    parts = ("six_day_extra", "weekdays") if six_days else ("weekdays",)
    open_days = {
        day: (_of_text(hours[part]["opens"]), _of_text(hours[part]["closes"]))
        for part in parts
        for day in (hours.get(part) or {"days": ()})["days"]
    }
    return tuple(open_days.get(day) for day in range(1, _WEEK + 1))


def _of_text(clock: str) -> int:
    """``08:30`` in microseconds since midnight."""
    hours, minutes = clock.split(":")
    return (int(hours) * 60 + int(minutes)) * 60_000_000


def zone_of(region: str) -> timezone:
    """Return the zone of a region by its province; of the nation and of an unknown province, WIB.

    Source: Keppres 41/1987 (R). Indonesia has no summer time, so an offset is the whole zone.
    """
    province = region[:2]
    if province in _WITA_PROVINCES or province[:1] == "7":
        return WITA
    return WIT if province[:1] in {"8", "9"} else WIB


def local_date(at: datetime, region: str) -> date:
    """Return the date that it is in *region* at an instant."""
    return at.astimezone(zone_of(region)).date()


@dataclass(frozen=True, slots=True)
class Calendar:
    """Office hours of one region.

    Raises:
        ValueError: the week has not seven entries, or none of them is open.
    """

    zone: timezone = WIB
    holidays: frozenset[date] = frozenset()
    """National holidays, *cuti bersama* and the regency's own days, as local dates."""
    week: Week = FIVE_DAYS
    _off: frozenset[int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if len(self.week) != _WEEK or not any(self.week):
            raise ValueError("A week has seven days and at least one is open.")
        object.__setattr__(self, "_off", frozenset(day.toordinal() for day in self.holidays))

    def is_working_day(self, day: date) -> bool:
        return self._window(day.toordinal()) is not None

    def require_work_each_month(self, pointer: str) -> None:
        """Refuse days off, or a week, that would let no clock run for a whole month.

        Raises:
            Invalid: names the month, at *pointer*.
        """
        month = self.month_without_work()
        if month is not None:
            raise Invalid(
                fields=(
                    FieldError(
                        pointer,
                        "no_working_day",
                        f"Bulan {month:%m-%Y} tidak akan punya hari kerja sama sekali.",
                        f"The month {month:%m-%Y} would have no working day at all.",
                    ),
                )
            )

    def month_without_work(self) -> date | None:
        """Return the first day of the first month that the holidays leave without a working day, if any."""
        for first in sorted({day.replace(day=1) for day in self.holidays}):
            after = (first + timedelta(days=32)).replace(day=1)
            if not any(map(self._window, range(first.toordinal(), after.toordinal()))):
                return first
        return None

    def opening(self, at: datetime) -> datetime:
        """Return *at* if it lies in office hours (closing included), else the next opening."""
        return self._instant(*self._open(at))

    def add_days(self, start: datetime, days: int) -> datetime:
        """Return the same clock time on the *days*-th working day after the day of *start*.

        A start outside hours counts from the next opening. A day that closes earlier is due at its closing.
        """
        day, time = self._open(start)
        off, week, left = self._off, self.week, days
        while left > 0:
            day += 1
            if week[(day - 1) % _WEEK] is not None and day not in off:
                left -= 1
        _, (opens, closes) = self._next(day)
        return self._instant(day, min(max(time, opens), closes))

    def add_time(self, start: datetime, amount: timedelta) -> datetime:
        """Return the first instant by which *amount* of working time has passed since *start*."""
        left = amount // _MICROSECOND
        day, time = self._open(start)
        day, (_, closes) = self._next(day)
        while time + left > closes:
            left -= closes - time
            day, (time, closes) = self._next(day + 1)
        return self._instant(day, time + left)

    def between(self, start: datetime, end: datetime) -> timedelta:
        """Return the working time from *start* to *end*; none if *end* is not later."""
        if end <= start:
            return timedelta(0)
        first, from_time = self._local(start)
        last, to_time = self._local(end)
        off, week, total = self._off, self.week, 0
        for day in range(first, last + 1):
            window = week[(day - 1) % _WEEK]
            if window is None or day in off:
                continue
            begin, stop = window
            if day == first and from_time > begin:
                begin = from_time
            if day == last and to_time < stop:
                stop = to_time
            if stop > begin:
                total += stop - begin
        return timedelta(microseconds=total)

    def _window(self, day: int) -> Window | None:
        # Ordinal 1 is a Monday.
        return None if day in self._off else self.week[(day - 1) % _WEEK]

    def _next(self, day: int) -> tuple[int, Window]:
        """Return the first working day from *day* on, with its hours."""
        while (window := self._window(day)) is None:
            day += 1
        return day, window

    def _open(self, at: datetime) -> tuple[int, int]:
        day, time = self._local(at)
        window = self._window(day)
        if window is None or time > window[1]:
            day, window = self._next(day + 1)
            return day, window[0]
        return day, max(time, window[0])

    def _local(self, at: datetime) -> tuple[int, int]:
        local = at.astimezone(self.zone)
        seconds = (local.hour * 60 + local.minute) * 60 + local.second
        return local.toordinal(), seconds * 1_000_000 + local.microsecond

    def _instant(self, day: int, time: int) -> datetime:
        midnight = datetime.fromordinal(day).replace(tzinfo=self.zone)
        return (midnight + timedelta(microseconds=time)).astimezone(UTC)
