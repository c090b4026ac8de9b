"""One clock: a fold over its entries. What is stored beside the entries is a cache of this fold.

An entry that does not fit is without effect (a second start, a resume that nothing paused, a pause after
the due instant, anything after stop), so that the same event told twice moves no clock.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from functools import reduce

from app.domain.sla.calendar import Calendar
from app.domain.sla.policies import Limit


class EntryKind(StrEnum):
    START = "start"
    PAUSE = "pause"
    RESUME = "resume"
    STOP = "stop"


@dataclass(frozen=True, slots=True)
class Entry:
    kind: EntryKind
    at: datetime


@dataclass(frozen=True, slots=True)
class Rule:
    """What a clock counts by. A change of any part holds for running clocks: replay them."""

    limit: Limit
    calendar: Calendar
    pausable: bool = True
    """False for MENDESAK and DARURAT: nothing pauses their clocks."""


@dataclass(frozen=True, slots=True)
class Clock:
    """Where a clock stands. ``due_at`` moves only when it resumes."""

    started_at: datetime
    due_at: datetime
    seen_at: datetime
    """The last entry's instant; an earlier one that follows counts as this one, for machines' clocks jump."""
    consumed: timedelta = timedelta(0)
    """Time that ran until ``seen_at``: working time under a limit in working days, else time as it is."""
    paused_at: datetime | None = None
    stopped_at: datetime | None = None

    @property
    def is_running(self) -> bool:
        return self.paused_at is None and self.stopped_at is None


def advance(clock: Clock | None, entry: Entry, rule: Rule) -> Clock | None:
    """Return the clock after one more entry; None while it has not started."""
    if clock is None:
        if entry.kind is not EntryKind.START:
            return None
        return Clock(entry.at, rule.limit.due(entry.at, rule.calendar), entry.at)
    at = max(entry.at, clock.seen_at)
    match entry.kind:
        case EntryKind.PAUSE if clock.is_running and rule.pausable and at <= clock.due_at:
            return replace(_seen(clock, at, rule), paused_at=at)
        case EntryKind.RESUME if clock.paused_at is not None and clock.stopped_at is None:
            due_at = _due_after_pause(clock, clock.paused_at, at, rule)
            return replace(clock, seen_at=at, paused_at=None, due_at=due_at)
        case EntryKind.STOP if clock.stopped_at is None:
            return replace(_seen(clock, at, rule), stopped_at=at)
        case _:
            return clock


def replay(entries: Iterable[Entry], rule: Rule) -> Clock | None:
    """Compute a clock from all its entries, oldest first."""

    def step(clock: Clock | None, entry: Entry) -> Clock | None:
        return advance(clock, entry, rule)

    return reduce(step, entries, None)


def elapsed(clock: Clock, now: datetime, rule: Rule) -> timedelta:
    """Return the time that ran until *now*, pauses left out."""
    return _seen(clock, max(now, clock.seen_at), rule).consumed


def remaining(clock: Clock, now: datetime, rule: Rule) -> timedelta:
    """Return the time left until due; none once overdue."""
    return _span(_reading_at(clock, now), clock.due_at, rule)


def is_overdue(clock: Clock, now: datetime) -> bool:
    """Tell whether the clock is past its due instant, or was when it stopped or paused. Strictly later."""
    return _reading_at(clock, now) > clock.due_at


def _reading_at(clock: Clock, now: datetime) -> datetime:
    """The instant whose reading counts: a paused or stopped clock stands still."""
    return clock.paused_at or clock.stopped_at or now


def _seen(clock: Clock, at: datetime, rule: Rule) -> Clock:
    if not clock.is_running:
        return replace(clock, seen_at=at)
    return replace(clock, seen_at=at, consumed=clock.consumed + _span(clock.seen_at, at, rule))


def _due_after_pause(clock: Clock, paused_at: datetime, at: datetime, rule: Rule) -> datetime:
    left = _span(paused_at, clock.due_at, rule)
    if not rule.limit.is_working_time:
        return at + left
    # Closing and the next opening are the same working instant; a pause by night must not pick the earlier.
    return max(clock.due_at, rule.calendar.add_time(at, left))


def _span(start: datetime, end: datetime, rule: Rule) -> timedelta:
    if rule.limit.is_working_time:
        return rule.calendar.between(start, end)
    return max(end - start, timedelta(0))
