"""Sending: the messages that are due go to the mail server and to the gateway."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Final

from app.db.queries import messages
from app.db.queries.work import Claim
from app.db.session import read_only
from app.integrations.mail import MailServer
from app.integrations.message_gateway import Gateway
from app.services.messages import Posts, Sending, send_due
from app.worker.tools import Tools

BUSY: Final = timedelta(milliseconds=200)
IDLE: Final = timedelta(seconds=2)


async def send(tools: Tools, _held: Claim) -> datetime:
    """Send one batch of each tenant that has something due; return when to come again.

    One batch, so that a tenant whose messages wait for a slow provider holds up the others for no longer.
    """
    async with read_only(tools.database.sessions) as tx:
        tenants = await messages.due_tenants(tx, tools.now())
    if not tenants:
        return tools.now() + IDLE
    known = await tools.knowledge.current(tools.now())
    async with _posts(tools) as posts:
        for tenant in tenants:
            await send_due(Sending(tools.database, known, tools.vault, posts, tenant), tools.now())
            if tools.stop.is_set():
                break
    return tools.now() + BUSY


@asynccontextmanager
async def _posts(tools: Tools) -> AsyncIterator[Posts]:
    """Open the ways out that are set."""
    settings = tools.settings
    smtp, token = settings.smtp_url, settings.gateway_token
    mail = MailServer.parse(smtp.get_secret_value(), settings.mail_from) if smtp else None
    if not settings.gateway_url:
        yield Posts(mail, None)
        return
    gateway = Gateway.at(settings.gateway_url, token.get_secret_value() if token else "")
    try:
        yield Posts(mail, gateway)
    finally:
        await gateway.close()
