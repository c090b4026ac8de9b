"""When the worker looks at a running clock next, and what it finds to do.

First the reminder, then the due instant, then one rung after another until the last; some clocks end what
they wait for. A look is a function of the clock and of what was done since it moved: what is stored of it
is a cache.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from app.domain.codes import Priority
from app.domain.escalation.pace import Pace
from app.domain.lifecycle import URGENT
from app.domain.sla import Clock, ClockStep, Rule, Unit

C = ClockStep


class Deed(StrEnum):
    REMIND = "remind"
    ESCALATE = "escalate"
    EXPIRE_CASE = "expire_case"
    """An incomplete case whose papers never came: resolved, ``incomplete_expired``."""
    CLOSE_SILENT = "close_silent"
    """Told and silent: closed as unconfirmed."""
    EXPIRE_REFERRAL = "expire_referral"
    """Neither accepted nor sent again: the next programme is laid before the sender."""


_RECEIVERS: Final = frozenset({C.ACCEPTANCE, C.DELIVERY})
"""Whoever received the referral is waited for; at the others its sender, a desk or the resident."""


@dataclass(frozen=True, slots=True)
class Watched:
    """A clock, with all that decides when it is looked at."""

    clock: Clock
    rule: Rule
    pace: Pace
    ending: Deed | None = None
    """What ends it when nobody moves; none for a clock that only climbs."""
    acts: int = 0
    """How often something was done since it moved; the first is the reminder."""
    put_at: datetime | None = None
    """When it was put before somebody last, since it moved."""
    landed: bool = False
    """Nobody stands higher."""


def ending_of(step: ClockStep, priority: Priority, *, of_referral: bool, blocked: bool) -> Deed | None:
    """Say what ends the silence that a clock measures. *blocked*: referrals of the case still run.

    An urgent case never lapses for want of papers, and an objection that nobody verifies escalates.
    """
    if of_referral:
        return Deed.EXPIRE_REFERRAL if step in {C.ACCEPTANCE, C.COMPLETION} else None
    if step is C.COMPLETION and priority not in URGENT and not blocked:
        return Deed.EXPIRE_CASE
    return Deed.CLOSE_SILENT if step is C.CONFIRMATION else None


def wants_nudge(step: ClockStep) -> bool:
    """Tell whether the silence is the receiver's of a referral."""
    return step in _RECEIVERS


def reminder_at(clock: Clock, rule: Rule, share: float) -> datetime:
    """Return when *share* of the time that the clock gives has run, pauses left out; never after due."""
    left_now = _between(clock.seen_at, clock.due_at, rule)
    left_then = (clock.consumed + left_now) * (1 - share)
    wait = max(left_now - left_then, timedelta(0))
    if rule.limit.unit is not Unit.WORKING_DAYS:
        return min(clock.seen_at + wait, clock.due_at)
    return min(rule.calendar.add_time(clock.seen_at, wait), clock.due_at)


def next_look(one: Watched) -> datetime | None:
    """Return when something is to be done next; none for a clock that stands, or that has climbed to the end.

    Something is due strictly after that instant, as overdue is strictly after the due instant.
    """
    if not one.clock.is_running:
        return None
    if one.put_at is None:
        at = one.clock.due_at
        return at if one.acts else reminder_at(one.clock, one.rule, one.pace.reminder_share)
    again = one.pace.every.due(one.put_at, one.rule.calendar)
    if not one.landed:
        return again
    ends_at = _ends_at(one)
    # What could not be ended is tried once more with the pace of the ladder.
    return max(ends_at, again) if ends_at is not None else None


def deed_at(one: Watched, now: datetime) -> Deed | None:
    """Say what is to be done now; none if it is not time."""
    at = next_look(one)
    if at is None or now <= at:
        return None
    ends_at = _ends_at(one)
    if one.ending is not None and ends_at is not None and now > ends_at:
        return one.ending
    return Deed.ESCALATE if now > one.clock.due_at else Deed.REMIND


def _ends_at(one: Watched) -> datetime | None:
    if one.ending is Deed.EXPIRE_REFERRAL:
        return one.pace.grace.due(one.clock.due_at, one.rule.calendar)
    return one.clock.due_at if one.ending is not None else None


def _between(start: datetime, end: datetime, rule: Rule) -> timedelta:
    if rule.limit.is_working_time:
        return rule.calendar.between(start, end)
    return max(end - start, timedelta(0))
