"""Subscriptions of the DCI interface: after a list of the registry began to count, each is looked at once."""

from datetime import datetime, timedelta
from typing import Final

from app.db.queries import dci_subscriptions as followed
from app.db.queries.work import Claim
from app.db.session import read_only, transaction
from app.db.tables.dci_subscriptions import DciSubscription
from app.domain.codes import ActorKind
from app.domain.knowledge import Knowledge
from app.services.access_log import AccessEntry, AccessLog
from app.services.dci import Change, actor_of, boxed_message, look, notice_of, notify_message
from app.worker.tools import Tools

EVERY: Final = timedelta(seconds=10)
BATCH: Final = 100
ONCE_A_DAY: Final = timedelta(days=1)
"""What else may change what is told: an area, a freeze, an end."""


async def follow(tools: Tools, _held: Claim) -> datetime:
    """Look at what is due; return when to come again."""
    now = tools.now()
    async with read_only(tools.database.sessions) as tx:
        tenants = await followed.tenants(tx, now)
    known = await tools.knowledge.current(now)
    for tenant in tenants:
        await _tenant(tools, known, tenant)
        if tools.stop.is_set():
            break
    return tools.now() + EVERY


async def _tenant(tools: Tools, known: Knowledge, tenant: str) -> None:
    now = tools.now()
    async with transaction(tools.database.sessions) as tx:
        await followed.end_old(tx, tenant, now)
    async with read_only(tools.database.sessions) as tx:
        changed = await followed.last_change(tx, tenant)
    before = max(changed or now - ONCE_A_DAY, now - ONCE_A_DAY)
    log = AccessLog(tools.database, tools.ids.new_id)
    while not tools.stop.is_set():
        async with read_only(tools.database.sessions) as tx:
            rows = await followed.to_check(tx, tenant, before, BATCH)
        for row in rows:
            await _one(tools, known, log, row)
        if len(rows) < BATCH:
            return


async def _one(tools: Tools, known: Knowledge, log: AccessLog, row: DciSubscription) -> None:
    """Look, put it on record, then let the notice go with what was looked at: a kill repeats, never skips."""
    async with read_only(tools.database.sessions) as tx:
        actor = await actor_of(tx, known, row.regency_code, row.account_id, tools.now())
        change = await look(tools.acting_as(tx, known, actor), row)
    if change is not None and change.is_new:
        await log.record(_entry(tools, change))
    async with transaction(tools.database.sessions) as tx:
        acting = tools.acting(tx, known)
        digest = row.told_digest if change is None else change.digest
        if not await followed.checked(tx, row, digest, acting.now) or change is None or not change.is_new:
            return
        id_ = acting.new_id()
        boxed = boxed_message(tools.vault, id_, notify_message(change, acting.now))
        await followed.post(tx, notice_of(acting, change, boxed, id_))


def _entry(tools: Tools, change: Change) -> AccessEntry:
    row, about = change.row, change.about
    return AccessEntry(
        regency_code=about.tenant,
        at=tools.now(),
        actor_kind=ActorKind.CLIENT,
        actor_id=row.account_id,
        action="notifyRegistry",
        subject_kind=about.kind,
        subject_id=about.subject_id,
        result="ok",
        request_id=row.id.hex,
        purpose=row.purpose,
    )
