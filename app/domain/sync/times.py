"""When something was done, told by a device whose clock may be days off.

``sent_at`` shows how far off it is; what was done is moved by that. Nothing was ever done after it arrived.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

EXACT: Final = timedelta(minutes=2)
"""A clock within this is right: a slow link takes as long to bring the request."""

_TAKEN_FROM_CLOCK: Final[Mapping[str, Sequence[tuple[str, ...]]]] = {
    "open_case": (("resolve_now", "told", "at"),),
    "contact": (("at",),),
    "told": (("at",),),
    "visit_plan": (("done", "done_at"),),
    "visit_complete": (("done_at",),),
    "step": (("told", "at"),),
}
"""Where the body of a kind says when something was done; what is planned is a date that people agreed on."""


_EARLIEST: Final = datetime(1970, 1, 1, tzinfo=UTC)
_LATEST: Final = datetime(2200, 1, 1, tzinfo=UTC)
"""Between these a device's clock may stand, its battery being empty; beyond them it says nothing."""


def plausible(at: datetime, now: datetime) -> datetime:
    """Return *at*, or *now* where no clock would show it."""
    return at if _EARLIEST <= at <= _LATEST else now


def off_by(sent_at: datetime, now: datetime) -> timedelta:
    """How far the device's clock is behind ours; zero for one that is right."""
    found = now - plausible(sent_at, now)
    return found if abs(found) > EXACT else timedelta()


def corrected(at: datetime, sent_at: datetime, now: datetime) -> datetime:
    """Return *at* of the device by our clock, and not after *now*."""
    return min(plausible(at, now) + off_by(sent_at, now), now)


def done_from(at: datetime, sent_at: datetime, now: datetime) -> datetime:
    """Return the earliest that it can have been: what it named may not be refused for lying before it."""
    return min(plausible(at, now), corrected(at, sent_at, now))


def moved_instants(kind: str, body: Mapping[str, Any], sent_at: datetime, now: datetime) -> dict[str, Any]:
    """Return *body* with the instants that the device took from its clock told by ours.

    Those that cannot be read stay as they are: the route says what is wrong with them.
    """
    found = dict(body)
    for path in _TAKEN_FROM_CLOCK.get(kind, ()):
        _move(found, path, sent_at, now)
    return found


def _move(body: dict[str, Any], path: tuple[str, ...], sent_at: datetime, now: datetime) -> None:
    *above, last = path
    for name in above:
        inner = body.get(name)
        if not isinstance(inner, Mapping):
            return
        body[name] = body = dict(inner)
    said = body.get(last)
    if not isinstance(said, str):
        return
    try:
        at = datetime.fromisoformat(said)
    except ValueError:
        return
    if at.tzinfo is None:
        return
    moved = corrected(at, sent_at, now)
    if moved != at:
        body[last] = moved.isoformat()
