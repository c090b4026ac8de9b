"""Making the reports of a period on the day that each regency's policy names, for the office to sign."""

from datetime import datetime, timedelta
from typing import Final

import structlog

from app.db.queries import statistics
from app.db.queries.work import Claim
from app.db.session import read_only, transaction
from app.domain.errors import Conflict, Unavailable
from app.services.periodic_reports import Order, due_reports, make_due
from app.services.statistics import is_counted
from app.worker.tools import Tools

EVERY: Final = timedelta(minutes=30)


async def make_reports(tools: Tools, _held: Claim) -> datetime:
    """Make what is due and counted; return when to come again. One that fails holds up no other."""
    now = tools.now()
    known = await tools.knowledge.current(now)
    for order in await _due(tools):
        try:
            async with transaction(tools.database.sessions) as tx:
                await make_due(tools.acting(tx, known), order)
        except (Conflict, Unavailable):
            # It is due the next time as well.
            structlog.get_logger().info("periodic_report_waits", regency=order.regency, kind=order.kind.value)
        except Exception:  # noqa: BLE001  # a fault of one is told, and holds up no other
            structlog.get_logger().exception(
                "periodic_report_failed", regency=order.regency, kind=order.kind.value
            )
        if tools.stop.is_set():
            return tools.now()
    return tools.now() + EVERY


async def _due(tools: Tools) -> list[Order]:
    now = tools.now()
    known = await tools.knowledge.current(now)
    async with read_only(tools.database.sessions) as tx:
        counted = await statistics.counted_since(tx)
        ready = [one for one, as_of in counted.items() if "." in one and is_counted(one, as_of, now)]
        return await due_reports(tx, known, ready, now)
