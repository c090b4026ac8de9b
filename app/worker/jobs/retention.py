"""Retention by class: what nobody needs any more goes, in small batches, each in a transaction of its own.

Notices, the log of messages, deliveries of webhooks, files of lists and the rows of settled registry lists
go after the days of the regency's policy ``retention_days``; done errands of the worker after ninety. Kept
answers, ended tokens and counters of tries go with ``sweep``, deleted files with ``objects``. Events, seals
and the access log stay: they are the proof that nothing was changed, and a row less could not be told from
one that somebody took away.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from app.db.queries import dci, exports, lists, messages, notices, registry, seals, webhooks, work
from app.db.queries.work import Claim
from app.db.session import Tx, read_only, transaction
from app.domain.knowledge import Knowledge
from app.worker.tools import Tools

EVERY: Final = timedelta(days=1)
BATCH: Final = 500
ERRANDS: Final = (work.RECOUNT_CLOCKS, work.SEND_EMERGENCY, work.HAND_OVER, work.OFFER_PLACE)
"""Kinds of work that nobody asks after once they are done: never a row that remembers a position."""
ERRANDS_KEPT: Final = timedelta(days=90)
DEFAULTS: Final = {"notices": 365, "messages": 730, "lists": 30, "registry_rows": 90, "deliveries": 30}
"""Days; ours."""

Drop = Callable[[Tx, str, datetime, int], Awaitable[int]]


async def _errands(tx: Tx, tenant: str, before: datetime, limit: int) -> int:
    return await work.drop_done(tx, tenant, ERRANDS, before, limit)


async def _lists(now: datetime, tx: Tx, tenant: str, before: datetime, limit: int) -> int:
    return await lists.drop_old(tx, tenant, before, now, limit)


async def _rows(now: datetime, tx: Tx, tenant: str, before: datetime, limit: int) -> int:
    return await registry.drop_rows(tx, tenant, before, now, limit)


async def retain(tools: Tools, _held: Claim) -> datetime:
    """Go through every tenant; return when to come again, at once where a stop left some."""
    async with read_only(tools.database.sessions) as tx:
        tenants = await seals.sealable_tenants(tx)
    known = await tools.knowledge.current(tools.now())
    for tenant in tenants:
        await _tenant(tools, known, tenant)
        if tools.stop.is_set():
            return tools.now()
    return tools.now() + EVERY


async def _tenant(tools: Tools, known: Knowledge, tenant: str) -> None:
    days = {**DEFAULTS, **known.policy_value(tenant, "retention_days", {})}
    classes: tuple[tuple[Drop, timedelta], ...] = (
        (notices.drop_old, timedelta(days=days["notices"])),
        (messages.drop_old, timedelta(days=days["messages"])),
        (dci.drop_old, timedelta(days=days["messages"])),
        (webhooks.drop_old, timedelta(days=days["deliveries"])),
        (_errands, ERRANDS_KEPT),
        (partial(_lists, tools.now()), timedelta(days=days["lists"])),
        (partial(_rows, tools.now()), timedelta(days=days["registry_rows"])),
        # Each says itself until when it may be fetched.
        (exports.drop_old, timedelta(0)),
    )
    for drop, kept in classes:
        gone = BATCH
        while gone == BATCH and not tools.stop.is_set():
            async with transaction(tools.database.sessions) as tx:
                gone = await drop(tx, tenant, tools.now() - kept, BATCH)
