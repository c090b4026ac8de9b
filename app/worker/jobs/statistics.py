"""Publishing the statistics of the months before, on the day that each regency's policy names."""

from datetime import datetime, timedelta
from random import SystemRandom
from typing import Final

import structlog

from app.db.queries import statistics
from app.db.queries.work import Claim
from app.db.session import read_only, transaction
from app.domain.errors import Unavailable
from app.services.statistics import is_counted, months_due, publish
from app.worker.tools import Tools

EVERY: Final = timedelta(minutes=10)


async def publish_statistics(tools: Tools, _held: Claim) -> datetime:
    """Publish what is due and counted; return when to come again. One that fails holds up no other."""
    for regency, month in await _due(tools):
        try:
            async with transaction(tools.database.sessions) as tx:
                await publish(tx, regency, month, tools.now(), SystemRandom())
        except Unavailable:
            continue
        except Exception:  # noqa: BLE001  # a fault of one is told, and holds up no other
            structlog.get_logger().exception("statistics_failed", regency=regency, month=month)
        if tools.stop.is_set():
            return tools.now()
    return tools.now() + EVERY


async def _due(tools: Tools) -> list[tuple[str, str]]:
    now = tools.now()
    known = await tools.knowledge.current(now)
    async with read_only(tools.database.sessions) as tx:
        counted = await statistics.counted_since(tx)
        ready = [one for one, as_of in counted.items() if "." in one and is_counted(one, as_of, now)]
        due = {(one, month) for one in ready for month in months_due(known, one, now)}
        done = await statistics.months_done(tx, ready, {month for _, month in due}) if due else set()
    return sorted(due - done)
