"""Telling: the numbered feed of every tenant becomes notices and messages."""

from datetime import datetime, timedelta
from typing import Final

from app.db.queries import feed, telling
from app.db.queries.work import Claim
from app.db.session import read_only
from app.domain.knowledge import Knowledge
from app.services.messages import tell_tenant
from app.worker.tools import Tools

BUSY: Final = timedelta(milliseconds=200)
IDLE: Final = timedelta(seconds=1)
BATCHES: Final = 10
"""Batches of one tenant in a pass, so that one tenant's flood does not hold up the others."""


async def notify(tools: Tools, _held: Claim) -> datetime:
    """Tell what was numbered since the last time; return when to come again."""
    async with read_only(tools.database.sessions) as tx:
        heads = await feed.heads(tx, None)
        done = await telling.positions(tx, heads)
    behind = [tenant for tenant, n in sorted(heads.items()) if n > done.get(tenant, 0)]
    known = await tools.knowledge.current(tools.now())
    left = False
    for tenant in behind:
        left |= await _tell(tools, known, tenant)
        if tools.stop.is_set():
            break
    return tools.now() + (BUSY if left else IDLE)


async def _tell(tools: Tools, known: Knowledge, tenant: str) -> bool:
    for _ in range(BATCHES):
        more = await tell_tenant(tools.database, known, tools.ids, tools.now(), tenant)
        if not more or tools.stop.is_set():
            return more
    return True
