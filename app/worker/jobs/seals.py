"""Sealing the changed heads of every tenant each hour, and keeping the copy outside the database."""

from datetime import datetime, timedelta
from typing import Final

from app.db.queries import seals
from app.db.queries.work import Claim
from app.db.session import read_only, transaction
from app.services.seals import CopyKeeper, seal_next
from app.worker.tools import Tools

EVERY: Final = timedelta(hours=1)


async def seal_heads(tools: Tools, _held: Claim) -> datetime:
    """Seal every tenant in transactions of its own; return when to come again."""
    async with read_only(tools.database.sessions) as tx:
        tenants = await seals.sealable_tenants(tx)
    for tenant in tenants:
        await _seal_tenant(tools, tenant)
        if tools.stop.is_set():
            # The tenants that are left come first thing after the next start.
            return tools.now()
    return tools.now() + EVERY


async def _seal_tenant(tools: Tools, tenant: str) -> None:
    sealed: object = True
    while sealed is not None:
        async with transaction(tools.database.sessions) as tx:
            sealed = await seal_next(tx, tenant, tools.now(), tools.signer)
    async with read_only(tools.database.sessions) as tx:
        await CopyKeeper(tools.copies).catch_up(tx, tenant)
