"""Handing over to another system: read, sent outside of any transaction, settled after.

Killed between sending and settling, it sends the same id again, and the other side knows that it has it.
"""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from app.db.queries.work import Claim
from app.db.session import read_only, transaction
from app.domain.ids import public_id
from app.domain.messages import Answer, Verdict
from app.integrations.lapor_gateway import LaporGateway
from app.services import lapor
from app.worker.tools import Tools

UNSET: Final = timedelta(hours=1)
"""How long to wait where no gateway is set: somebody may set one, until the hand-over is given up."""


async def send_outside(tools: Tools, held: Claim) -> datetime | None:
    """Send one report or answer; return when to try again."""
    known = await tools.knowledge.current(tools.now())
    id_ = UUID(str(held.payload["sending"]))
    async with read_only(tools.database.sessions) as tx:
        ready = await lapor.take_up(tools.acting(tx, known), held.regency_code, id_)
    if ready is None:
        return None
    answer = None if ready.told is None else await _send(tools, public_id(held.regency_code, id_), ready.told)
    async with transaction(tools.database.sessions) as tx:
        due = await lapor.settle(tools.acting(tx, known), ready, answer)
    if due is not None and not tools.settings.lapor_url:
        return tools.now() + UNSET
    return due


async def _send(tools: Tools, id_: str, told: dict[str, object]) -> Answer:
    settings = tools.settings
    if not settings.lapor_url:
        return Answer(Verdict.LATER)
    key = settings.lapor_key.get_secret_value() if settings.lapor_key else ""
    gateway = LaporGateway.at(settings.lapor_url, key)
    try:
        return await gateway.send(id_, told)
    finally:
        await gateway.close()
