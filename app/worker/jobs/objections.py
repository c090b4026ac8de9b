"""Watching an objection that nobody verifies: it climbs, and never lapses."""

from datetime import datetime
from uuid import UUID

from app.db.queries import work
from app.db.queries.work import Claim
from app.db.session import transaction
from app.services.objection_watch import escalate
from app.worker.tools import Tools


async def watch_objection(tools: Tools, held: Claim) -> datetime | None:
    """Put it before the next office if it is due; return when to look again, None once it was verified.

    The claim is settled by the same transaction, so that a kill leaves it due as it was, and a worker that
    was taken for dead puts nothing before anybody twice.
    """
    known = await tools.knowledge.current(tools.now())
    async with transaction(tools.database.sessions) as tx:
        again = await escalate(tools.acting(tx, known), held.regency_code, UUID(held.key))
        done_at = tools.now() if again is None else None
        if not await work.settle(tx, held, done_at=done_at, due_at=again):
            raise LookupError("another worker has this objection")
    return again
