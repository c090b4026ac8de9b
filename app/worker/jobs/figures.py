"""Counting the figures on, a second or two behind the feed."""

from datetime import datetime, timedelta
from typing import Final

import structlog

from app.db.queries import counting
from app.db.queries.work import Claim
from app.db.session import read_only, transaction
from app.domain.errors import Unavailable
from app.services.counting import count_on
from app.worker.tools import Tools

BUSY: Final = timedelta(milliseconds=500)
IDLE: Final = timedelta(seconds=1)
BATCHES: Final = 20
"""Of one tenant in a pass, so that one tenant's flood does not hold up the others."""


async def count_figures(tools: Tools, _held: Claim) -> datetime:
    """Count on in every tenant whose feed went on; return when to come again."""
    async with read_only(tools.database.sessions) as tx:
        tenants = await counting.behind(tx)
    for tenant in tenants:
        try:
            await _count_tenant(tools, tenant)
        except Unavailable:
            # Somebody counts it from scratch; the others do not wait for that.
            continue
        except Exception:  # noqa: BLE001  # a fault of one is told, and holds up no other
            structlog.get_logger().exception("figures_failed", tenant=tenant)
        if tools.stop.is_set():
            break
    return tools.now() + (BUSY if tenants else IDLE)


async def _count_tenant(tools: Tools, tenant: str) -> None:
    for _ in range(BATCHES):
        async with transaction(tools.database.sessions) as tx:
            more = await count_on(tx, tenant, tools.now())
        if not more or tools.stop.is_set():
            return
