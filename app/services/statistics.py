"""Publishing a month's statistics, once and for all."""

from datetime import UTC, datetime, time, timedelta
from typing import Final

from app.db.queries import counting, statistics
from app.db.session import Tx
from app.domain.knowledge import Knowledge
from app.domain.sla import local_date, zone_of
from app.domain.statistics import DIMENSIONS, Chance, document

DAY: Final = 10
"""Ours; the regency's policy ``statistics_day`` goes before."""
REACH: Final = 3
"""Months back: one that a worker was away for comes later."""


def months_due(known: Knowledge, regency: str, now: datetime) -> list[str]:
    """Return the months that are due, the oldest first: the last one from its day of publication on."""
    today = local_date(now, regency)
    due: list[str] = []
    first = today.replace(day=1)
    for back in range(REACH):
        first = (first - timedelta(days=1)).replace(day=1)
        if back or today.day >= int(known.policy_value(regency, "statistics_day", DAY)):
            due.append(first.isoformat()[:7])
    return due[::-1]


def is_counted(regency: str, as_of: datetime, now: datetime) -> bool:
    """Tell whether everything of the days before today is in the figures."""
    today = datetime.combine(local_date(now, regency), time(), zone_of(regency)).astimezone(UTC)
    return as_of >= today


async def publish(tx: Tx, regency: str, month: str, now: datetime, drawn: Chance) -> bool:
    """Publish a month of a regency if it is not and has a case; return whether it was done now.

    Nothing is counted on meanwhile: all tables are of one instant, or one case would be their difference.
    *drawn*: chance that nobody can foresee; which cells are hidden hangs on it.
    """
    await counting.hold_cursor(tx, regency)
    districts = await statistics.by_district(tx, regency, month)
    if not districts:
        return False
    counts = {one: await statistics.by_value(tx, regency, month, one) for one in DIMENSIONS}
    return await statistics.publish(tx, regency, month, document(districts, counts, drawn), now)
