"""Watching what the law wants answered in 3 x 24 hours: data requests and breaches climb, and never lapse."""

from datetime import datetime

from app.db.queries import work
from app.db.queries.work import Claim
from app.db.session import transaction
from app.services.data_rights import watch
from app.worker.tools import Tools


async def watch_right(tools: Tools, held: Claim) -> datetime | None:
    """Put it before the manager and the head if it is due; return when to look again, None once settled.

    The claim is settled by the same transaction: a kill leaves it due as it was, and nobody is told twice.
    """
    known = await tools.knowledge.current(tools.now())
    async with transaction(tools.database.sessions) as tx:
        again = await watch(tools.acting(tx, known), held.regency_code, held.key)
        done_at = tools.now() if again is None else None
        if not await work.settle(tx, held, done_at=done_at, due_at=again):
            raise LookupError("another worker has this")
    return again
