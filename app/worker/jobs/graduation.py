"""A review on the way out of aid that is due and did not take place becomes a task of its case."""

from datetime import datetime
from uuid import UUID

from app.db.queries.work import Claim
from app.db.session import transaction
from app.services import graduations
from app.worker.tools import Tools


async def remind_of_review(tools: Tools, held: Claim) -> datetime | None:
    """Look once, on the day; a later review has work of its own. Twice does no harm."""
    known = await tools.knowledge.current(tools.now())
    async with transaction(tools.database.sessions) as tx:
        acting = tools.acting(tx, known)
        await graduations.remind(acting, held.regency_code, UUID(held.payload["graduation"]))
    return None
