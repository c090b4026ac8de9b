"""Days that bind a meeting: of its invitation, of objections, and of the monthly cut-off of proposals.

All are policies. The fourteen days of objection are Fw 32; the cut-off on the 17th and the days of the
invitation are to be confirmed by each regency.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from typing import Final

from app.domain.errors import Conflict, FieldError, Invalid

NOTICE_DAYS: Final = 3
OBJECTION_DAYS: Final = 14
CUTOFF_DAY: Final = 17
PUBLIC_DAYS: Final = 30
"""How long after the window the public page still shows a session: then its names have served. Ours."""
_AHEAD: Final = timedelta(days=366)
_DECEMBER: Final = 12


@dataclass(frozen=True, slots=True)
class Cutoff:
    """Which monthly cut-off the proposals of a session meet."""

    aims_at: date
    """The next one after the meeting."""
    ready_on: date
    """The first day on which it can be ratified: the window of objections is over."""
    meets: date
    missed: bool
    """The window runs past the one that it aims at."""


def next_cutoff(on: date, day: int) -> date:
    """Return the first cut-off on or after *on*; *day* is 1 to 28."""
    if on.day <= day:
        return on.replace(day=day)
    year, month = (on.year + 1, 1) if on.month == _DECEMBER else (on.year, on.month + 1)
    return date(year, month, day)


def cutoff_of(meets_on: date, objection_days: int, day: int, ends_on: date | None = None) -> Cutoff:
    """Say which cut-off a session meets; *ends_on*: the last day of objections, once it was published."""
    aims = next_cutoff(meets_on, day)
    ready = (ends_on or meets_on + timedelta(days=objection_days)) + timedelta(days=1)
    meets = next_cutoff(ready, day)
    return Cutoff(aims, ready, meets, meets != aims)


def window_end(published_on: date, days: int, zone: tzinfo) -> datetime:
    """Return the end of the last day on which an objection is taken: midnight after it, local time."""
    return datetime.combine(published_on + timedelta(days=days + 1), time(0), zone)


def last_day(until: datetime, zone: tzinfo) -> date:
    """Return the last local day of a window that ends at *until*."""
    return (until.astimezone(zone) - timedelta(microseconds=1)).date()


def check_planned(starts_at: datetime, now: datetime, pointer: str = "/starts_at") -> None:
    """Let a planned time pass.

    Raises:
        Invalid: the time is over, or more than a year away.
    """
    if not now < starts_at <= now + _AHEAD:
        raise Invalid(
            fields=(
                FieldError(
                    pointer,
                    "out_of_range",
                    "Jadwalkan sesudah sekarang, paling jauh setahun ke depan.",
                    "Plan it after now, and no more than a year ahead.",
                ),
            )
        )


def check_notice(meets_on: date, today: date, days: int) -> None:
    """Let the invitation go out.

    Raises:
        Conflict: the invitation would come too late.
    """
    if meets_on < today + timedelta(days=days):
        earliest = today + timedelta(days=days)
        raise Conflict(
            "notice_too_short",
            f"Undangan disampaikan paling lambat {days} hari sebelum musyawarah; ubah tanggalnya menjadi "
            f"{earliest:%d-%m-%Y} atau sesudahnya.",
            f"The invitation goes out at least {days} days before; move the meeting to {earliest} or later.",
            {"earliest": earliest.isoformat()},
        )


def check_stated(on: datetime, now: datetime, pointer: str = "/starts_at") -> None:
    """Let the day of a statement pass: it may be written down later.

    Raises:
        Invalid: it is more than a year away, either way.
    """
    if not now - _AHEAD <= on <= now + _AHEAD:
        raise Invalid(
            fields=(
                FieldError(
                    pointer,
                    "out_of_range",
                    "Isi hari dalam setahun ke belakang atau ke depan.",
                    "Give a day within a year from now.",
                ),
            )
        )


class Lateness(StrEnum):
    OPEN = "open"
    NOT_YET = "not_yet"
    OVER = "over"


def window_now(until: datetime | None, now: datetime) -> Lateness:
    if until is None:
        return Lateness.NOT_YET
    return Lateness.OPEN if now < until else Lateness.OVER
