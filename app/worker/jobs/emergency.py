"""Sending for help: the work that an emergency leaves in the transaction that knows of it."""

from app.db.queries import work
from app.db.queries.emergencies import case_of_alarm
from app.db.queries.work import Claim
from app.db.session import transaction
from app.services.emergencies import send_for_help
from app.worker.tools import Tools


async def send_emergency(tools: Tools, held: Claim) -> None:
    """Send for help once: the work is settled by the same transaction, under the claim that is still held."""
    known = await tools.knowledge.current(tools.now())
    async with transaction(tools.database.sessions) as tx:
        if await work.settle(tx, held, done_at=tools.now()):
            await send_for_help(tools.acting(tx, known), held.regency_code, case_of_alarm(held.key))
