"""Days and months of the place where a thing lies, as clauses on the instants that are stored.

A list may hold cases of three zones; what was done on the first of a month was done on that day *there*.
"""

from datetime import UTC, date, datetime, time, timezone
from typing import Any, Final

from sqlalchemy import ColumnElement, Date, and_, case, cast, func, literal

from app.domain.sla import WIB, WIT, WITA, zone_of

Moment = datetime | date
"""An instant, or the beginning of a day in the zone of each case's place."""

_PROVINCES: Final = {
    zone: [str(n) for n in range(10, 100) if zone_of(str(n)) is zone] for zone in (WITA, WIT)
}
"""The first two digits of the tenants of each zone; WIB is all others."""


def local_day(column: Any, tenant: Any) -> ColumnElement[date]:
    """Return the day that an instant was in the place of its *tenant*."""
    offsets = [(_in_zone(tenant, zone), literal(zone.utcoffset(None))) for zone in _PROVINCES]
    return cast(func.timezone(case(*offsets, else_=literal(WIB.utcoffset(None))), column), Date)


def since(column: Any, tenant: Any, start: Moment) -> ColumnElement[bool]:
    """Return the clause that *column* is at or after *start*."""
    if isinstance(start, datetime):
        return column >= start  # type: ignore[no-any-return]  # of a column that may be of any table
    # The first bound is the same in every place, so that an index on the instants is walked.
    return and_(column >= _midnight(start, WIT), column >= _there(start, tenant))


def before(column: Any, tenant: Any, end: Moment) -> ColumnElement[bool]:
    """Return the clause that *column* is before *end*."""
    if isinstance(end, datetime):
        return column < end  # type: ignore[no-any-return]  # of a column that may be of any table
    return and_(column < _midnight(end, WIB), column < _there(end, tenant))


def span(column: Any, tenant: Any, start: Moment | None, end: Moment | None) -> list[ColumnElement[bool]]:
    """Return the clauses of *column* from *start* to *end*, exclusive; None bounds nothing."""
    found = [] if start is None else [since(column, tenant, start)]
    return found if end is None else [*found, before(column, tenant, end)]


def _there(day: date, tenant: Any) -> ColumnElement[Any]:
    places = [(_in_zone(tenant, zone), literal(_midnight(day, zone))) for zone in _PROVINCES]
    return case(*places, else_=literal(_midnight(day, WIB)))


def _in_zone(tenant: Any, zone: timezone) -> ColumnElement[bool]:
    return func.substr(tenant, 1, 2).in_(_PROVINCES[zone])


def _midnight(day: date, zone: timezone) -> datetime:
    try:
        return datetime.combine(day, time(), zone).astimezone(UTC)
    except OverflowError:
        # The first day of all times, east of Greenwich: nothing lies before it.
        return datetime.min.replace(tzinfo=UTC)
