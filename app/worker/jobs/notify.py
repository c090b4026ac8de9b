"""Telling: the numbered feed of every tenant becomes notices and messages.

A pass is short, so that a worker that is stopped stops soon and every tenant has its turn.
"""

from collections import deque
from datetime import datetime, timedelta
from typing import Final

from app.db.queries import feed, telling
from app.db.queries.work import Claim
from app.db.session import read_only
from app.services.messages import tell_tenant
from app.worker.tools import Tools

BUSY: Final = timedelta(milliseconds=200)
IDLE: Final = timedelta(seconds=1)
BATCHES: Final = 24
"""In one pass."""


async def notify(tools: Tools, _held: Claim) -> datetime:
    """Tell what was numbered since the last time, as far as one pass goes; return when to come again.

    A batch of each tenant in turn, the longest waiting first, so that one tenant's flood holds up no other.
    """
    async with read_only(tools.database.sessions) as tx:
        heads = await feed.heads(tx, None)
        done = await telling.positions(tx, heads)
        behind = {tenant: done.get(tenant, 0) for tenant, n in heads.items() if n > done.get(tenant, 0)}
        waiting = deque(await telling.by_waiting(tx, behind))
    known = await tools.knowledge.current(tools.now())
    for _ in range(BATCHES):
        if not waiting or tools.stop.is_set():
            break
        tenant = waiting.popleft()
        if await tell_tenant(tools.database, known, tools.ids, tools.now(), tenant):
            waiting.append(tenant)
    return tools.now() + (BUSY if waiting else IDLE)
