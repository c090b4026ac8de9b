"""Taking away what the store of files need not hold: deleted files in time, uploads nobody ends, orphans."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from app.db.queries import attachments, exports, lists, seals
from app.db.queries.work import Claim
from app.db.session import read_only, transaction
from app.domain.attachments import Refusal
from app.domain.ids import tenant_of_digits
from app.worker.tools import Tools

EVERY: Final = timedelta(hours=6)
ORPHANS_AFTER: Final = timedelta(days=1)
"""An object younger than this may yet get its row."""
UPLOADS_AFTER: Final = timedelta(days=2)
"""A desk may be offline overnight, and goes on where it stopped."""
_BATCH: Final = 200


async def sweep_objects(tools: Tools, _held: Claim) -> datetime:
    """Sweep every tenant, then the store; return when to come again.

    An object goes before its entry in the list, so that a crash in between only asks for it twice.
    """
    async with read_only(tools.database.sessions) as tx:
        tenants = await seals.sealable_tenants(tx)
    for tenant in tenants:
        await _end_uploads(tools, tenant)
        await _take_away(tools, tenant)
        if tools.stop.is_set():
            return tools.now()
    await _sweep_orphans(tools)
    return tools.now() + EVERY


async def _end_uploads(tools: Tools, tenant: str) -> None:
    """Refuse uploads that nobody goes on with; their parts go."""
    now, rows = tools.now(), None
    while rows is None or len(rows) == _BATCH:
        async with transaction(tools.database.sessions) as tx:
            rows = await attachments.abandoned_uploads(tx, tenant, now - UPLOADS_AFTER, _BATCH)
            for row in rows:
                keys, reason = attachments.part_keys(row), Refusal.ABANDONED.value
                await attachments.delete_later(tx, tenant, keys, due_at=now, reason=reason)
                row.state, row.refusal, row.parts = attachments.REFUSED, reason, []


async def _take_away(tools: Tools, tenant: str) -> None:
    while not tools.stop.is_set():
        async with read_only(tools.database.sessions) as tx:
            keys = await attachments.due_objects(tx, tenant, tools.now(), _BATCH)
        if not keys:
            return
        for key in keys:
            await tools.objects.delete(key)
        async with transaction(tools.database.sessions) as tx:
            await attachments.forget_objects(tx, tenant, keys)


async def _sweep_orphans(tools: Tools) -> None:
    """Take away objects that no row names: their writer died, or its transaction did."""
    async for page in tools.objects.older(tools.now() - ORPHANS_AFTER):
        for tenant, keys in _by_tenant(one.key for one in page).items():
            async with read_only(tools.database.sessions) as tx:
                needed = await attachments.needed_objects(tx, tenant, keys)
                needed |= await lists.needed_parts(tx, tenant, keys)
                needed |= await exports.needed_parts(tx, tenant, keys)
            for key in sorted(keys - needed):
                await tools.objects.delete(key)
        if tools.stop.is_set():
            return


def _by_tenant(keys: Iterable[str]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for key in keys:
        tenant = tenant_of_digits(key[:4])
        if tenant is not None:
            found.setdefault(tenant, set()).add(key)
    return found
