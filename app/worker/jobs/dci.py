"""Answers of the DCI interface that nobody waits for: what is due is posted, many beside each other."""

import asyncio
from datetime import datetime, timedelta
from typing import Final

import structlog

from app.db.queries import dci_sending as stored
from app.db.queries.dci_sending import Claimed
from app.db.queries.work import Claim
from app.db.session import read_only, transaction
from app.domain.errors import Unavailable
from app.integrations.webhook_http import Sender
from app.services.dci import LEASE, Sending, send_one
from app.worker.tools import Tools

BUSY: Final = timedelta(milliseconds=50)
IDLE: Final = timedelta(seconds=2)
BATCH: Final = 50
"""Answers of one tenant on their way at the same time."""
DOORS: Final = 2
"""Connections to the database that they take."""


async def send_answers(tools: Tools, _held: Claim, sender: Sender | None = None) -> datetime:
    """Post one batch of each tenant that has something due; return when to come again."""
    async with read_only(tools.database.sessions) as tx:
        tenants = await stored.due_tenants(tx, tools.now())
    made = sender or Sender(loopback=tools.settings.webhook_loopback)
    sending = Sending(tools.database, tools.vault, tools.now, made.line, asyncio.Semaphore(DOORS))
    for tenant in tenants:
        async with transaction(tools.database.sessions) as tx:
            claims = await stored.claim(tx, tenant, tools.now(), LEASE, BATCH)
        await asyncio.gather(*(_one(sending, held) for held in claims))
        if tools.stop.is_set():
            break
    return tools.now() + (BUSY if tenants else IDLE)


async def _one(sending: Sending, held: Claimed) -> None:
    try:
        await send_one(sending, held)
    except Unavailable:
        structlog.get_logger().warning("dci_waits_for_database")
    except Exception as error:  # noqa: BLE001 - one answer must not stop the others; its lease ends
        structlog.get_logger().error("dci_answer_failed", error=type(error).__name__)
