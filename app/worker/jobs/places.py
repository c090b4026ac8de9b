"""Offering the free places of a programme to those who wait: each in a transaction of its own."""

from app.db.queries.work import Claim
from app.db.session import transaction
from app.services.waiting import offer_one
from app.worker.tools import Tools


async def offer_places(tools: Tools, held: Claim) -> None:
    """Offer until nothing is free or nobody waits; a worker that dies is followed by one that goes on."""
    known = await tools.knowledge.current(tools.now())
    more = True
    while more and not tools.stop.is_set():
        async with transaction(tools.database.sessions) as tx:
            more = await offer_one(tools.acting(tx, known), held.regency_code, held.payload["program"])
