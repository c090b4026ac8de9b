"""Publishing the statistics of the month before, on the day that each regency's policy names."""

from datetime import datetime, timedelta
from random import SystemRandom
from typing import Final

from app.db.queries import seals, statistics
from app.db.queries.work import Claim
from app.db.session import read_only, transaction
from app.services.statistics import month_due, publish
from app.worker.tools import Tools

EVERY: Final = timedelta(minutes=10)


async def publish_statistics(tools: Tools, _held: Claim) -> datetime:
    """Publish what is due and counted; return when to come again."""
    known = await tools.knowledge.current(tools.now())
    async with read_only(tools.database.sessions) as tx:
        tenants = [one for one in await seals.sealable_tenants(tx) if "." in one]
        due = {one: month for one in tenants if (month := month_due(known, one, tools.now()))}
        waiting = await statistics.waiting(tx, due) if due else []
    for regency in waiting:
        async with transaction(tools.database.sessions) as tx:
            await publish(tx, regency, due[regency], tools.now(), SystemRandom())
        if tools.stop.is_set():
            return tools.now()
    return tools.now() + EVERY
