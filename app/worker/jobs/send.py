"""Sending: the messages that are due go to the mail server and to the gateway."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Final, Protocol

from app.db.queries import messages
from app.db.queries.work import Claim
from app.db.session import read_only
from app.integrations.lapor_gateway import check_lapor_url
from app.integrations.mail import MailServer
from app.integrations.message_gateway import Gateway, check_url
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
    async with open_posts(tools.settings) as posts:
        for tenant in tenants:
            await send_due(Sending(tools.database, known, tools.vault, posts, tenant), tools.now())
            if tools.stop.is_set():
                break
    return tools.now() + BUSY


class Secret(Protocol):
    def get_secret_value(self) -> str: ...


class PostSettings(Protocol):
    """The part of the settings that says how messages go out."""

    @property
    def smtp_url(self) -> Secret | None: ...
    @property
    def mail_from(self) -> str: ...
    @property
    def gateway_url(self) -> str | None: ...
    @property
    def gateway_token(self) -> Secret | None: ...
    @property
    def lapor_url(self) -> str | None: ...


def check_posts(settings: PostSettings) -> None:
    """Look at the ways out once, when the worker starts, and not at the first message.

    Raises:
        BadMailUrl, BadGatewayUrl, BadLaporUrl: a setting cannot be used.
    """
    if settings.smtp_url:
        MailServer.parse(settings.smtp_url.get_secret_value(), settings.mail_from)
    if settings.gateway_url:
        check_url(settings.gateway_url)
    if settings.lapor_url:
        check_lapor_url(settings.lapor_url)


@asynccontextmanager
async def open_posts(settings: PostSettings) -> AsyncIterator[Posts]:
    """Open the ways out that are set."""
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
