"""A pledge that its donor neither delivers nor lets go: it runs out, and the need is open again."""

from datetime import datetime
from uuid import UUID

from app.db.queries import work
from app.db.queries.work import Claim
from app.db.session import transaction
from app.services import needs
from app.worker.tools import Tools


async def expire_pledge(tools: Tools, held: Claim) -> datetime | None:
    """Let it run out if it is due; return when to look again, None once there is nothing to look for.

    The claim is settled by the same transaction: a kill leaves it due as it was, and nothing runs out twice.
    """
    known = await tools.knowledge.current(tools.now())
    async with transaction(tools.database.sessions) as tx:
        again = await needs.expire(tools.acting(tx, known), held.regency_code, UUID(held.key))
        done_at = tools.now() if again is None else None
        if not await work.settle(tx, held, done_at=done_at, due_at=again):
            raise LookupError("another worker has this pledge")
    return again
