"""Publishing a month's statistics, once and for all."""

from datetime import date, datetime, timedelta
from typing import Final

from app.db.queries import statistics
from app.db.session import Tx
from app.domain.knowledge import Knowledge
from app.domain.sla import local_date
from app.domain.statistics import DIMENSIONS, Chance, document

DAY: Final = 10
"""Ours; the regency's policy ``statistics_day`` goes before."""


def month_due(known: Knowledge, regency: str, now: datetime) -> str | None:
    """Return the month before, from the day on which it is published; before that none."""
    today = local_date(now, regency)
    if today.day < int(known.policy_value(regency, "statistics_day", DAY)):
        return None
    return _before(today)


async def publish(tx: Tx, regency: str, month: str, now: datetime, drawn: Chance) -> bool:
    """Publish a month of a regency if it is not; return whether it was done now.

    *drawn*: chance that nobody can foresee; which cells are hidden hangs on it.
    """
    districts = await statistics.by_district(tx, regency, month)
    counts = {one: await statistics.by_value(tx, regency, month, one) for one in DIMENSIONS}
    return await statistics.publish(tx, regency, month, document(districts, counts, drawn), now)


def _before(today: date) -> str:
    return (today.replace(day=1) - timedelta(days=1)).isoformat()[:7]
