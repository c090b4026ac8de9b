"""Numbering the feed: every committed event gets its number within a second."""

from datetime import datetime, timedelta
from typing import Final

from app.db.queries import feed
from app.db.queries.work import Claim
from app.db.session import read_only, transaction
from app.worker.tools import Tools

BUSY: Final = timedelta(milliseconds=400)
IDLE: Final = timedelta(milliseconds=800)
"""Together with the pass itself it stays under the second that readers are promised."""
BATCH: Final = 2_000
BATCHES: Final = 20
"""Batches of one tenant in a pass, so that one tenant's flood does not hold up the others."""


async def number_feed(tools: Tools, _held: Claim) -> datetime:
    """Number what is committed in every tenant; return when to come again."""
    async with read_only(tools.database.sessions) as tx:
        tenants = await feed.pending_tenants(tx)
    for tenant in tenants:
        await _number_tenant(tools, tenant)
        if tools.stop.is_set():
            break
    return tools.now() + (BUSY if tenants else IDLE)


async def _number_tenant(tools: Tools, tenant: str) -> None:
    for _ in range(BATCHES):
        async with transaction(tools.database.sessions) as tx:
            count = await feed.number_pending(tx, tenant, tools.now(), BATCH)
        if count < BATCH or tools.stop.is_set():
            return
