"""Handing over what one request could not: batch after batch, each in a transaction of its own."""

from datetime import datetime

from app.db.queries import work
from app.db.queries.work import Claim
from app.db.session import transaction
from app.services.leaving import go_on
from app.worker.tools import Tools


async def hand_over(tools: Tools, held: Claim) -> datetime | None:
    """Move the rest; a worker that dies between two batches leaves word where it was, and another goes on."""
    payload = dict(held.payload)
    while not tools.stop.is_set():
        known = await tools.knowledge.current(tools.now())
        async with transaction(tools.database.sessions) as tx:
            done = await go_on(tools.acting(tx, known), held.regency_code, payload)
            if done.after is None:
                return None
            payload["after"] = done.after.hex
            if not await work.remember(tx, held, payload):
                return None
    return tools.now()
