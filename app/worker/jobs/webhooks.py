"""Webhooks: the numbered feed is put out for each endpoint, and what waits is sent.

Putting out is a periodic job: one worker at a time. Sending is a loop in every worker: each claims endpoints,
never the same as another, and sends to many beside each other, so that one that hangs costs one connection.
"""

import asyncio
from collections import defaultdict
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

import structlog

from app.db.queries import feed
from app.db.queries import webhook_sending as waiting
from app.db.queries import webhooks as stored
from app.db.queries.scope import Sight
from app.db.queries.work import Claim
from app.db.session import read_only, transaction
from app.domain.access import scope_of
from app.domain.errors import Unavailable
from app.domain.events.telling import accounts_in
from app.domain.knowledge import Knowledge
from app.domain.webhooks import BACKLOG
from app.integrations.webhook_http import Sender
from app.services.feed import read_feed, tenants_of
from app.services.webhooks import LEASE, Group, Sending, group, owner_actors, put_out, serve
from app.worker.tools import Tools

BUSY: Final = timedelta(milliseconds=50)
IDLE: Final = timedelta(milliseconds=400)
PAGE: Final = 500
"""Events that are put out for one owner in one transaction."""
MOST: Final = 400
"""Endpoints that one worker sends to at the same time."""
MOST_FAILING: Final = 150
"""Of them, those that did not answer the last time: they never take the places of the others."""
DOORS: Final = 2
"""Connections to the database that sending takes."""
PAUSE: Final = 0.1
"""Seconds between two looks, where nothing ends meanwhile: who was sent a batch often has another due."""


async def put_out_feed(tools: Tools, _held: Claim) -> datetime:
    """Put out what was numbered since the last time, a page for each owner; return when to come again."""
    async with read_only(tools.database.sessions) as tx:
        following = await stored.following(tx, BACKLOG)
        known_heads = await feed.heads(tx, None) if following else {}
    known = await tools.knowledge.current(tools.now())
    by_tenant: dict[str, list[Group]] = defaultdict(list)
    for one in group(following):
        by_tenant[one.regency].append(one)
    more = False
    for groups in by_tenant.values():
        more = await _tenant(tools, known, groups, known_heads) or more
        if tools.stop.is_set():
            break
    return tools.now() + (BUSY if more else IDLE)


async def _tenant(
    tools: Tools, known: Knowledge, groups: list[Group], known_heads: Mapping[str, int]
) -> bool:
    regency, more = groups[0].regency, False
    async with read_only(tools.database.sessions) as tx:
        owners = {one.account_id for one in groups}
        actors = await owner_actors(tx, known, regency, owners, tools.now())
    for one in groups:
        actor = actors[one.account_id]
        sight = Sight(scope_of(actor), known.regions.regencies)
        tenants = tenants_of(actor, sight)
        reached = known_heads if tenants is None else {t: known_heads.get(t, 0) for t in tenants}
        if all(n <= one.position.get(tenant, 0) for tenant, n in reached.items()):
            continue
        async with read_only(tools.database.sessions) as tx:
            page = await read_feed(tx, actor, sight, one.position, limit=PAGE)
            homes = await feed.account_tenants(tx, *accounts_in(page.events))
        async with transaction(tools.database.sessions) as tx:
            await put_out(tx, one, page.events, homes, page.position, tools.now())
        more = more or page.more
        if tools.stop.is_set():
            break
    return more


@dataclass(slots=True)
class Desk:
    """What one worker sends at the moment."""

    tools: Tools
    sending: Sending
    good: set[asyncio.Task[None]] = field(default_factory=set)
    failing: set[asyncio.Task[None]] = field(default_factory=set)
    ended: asyncio.Event = field(default_factory=asyncio.Event)
    """That a batch ended since the last look."""

    async def take_up(self) -> int:
        """Claim what is due, as far as there is room, and begin to send it; return how many endpoints."""
        now = self.tools.now()
        async with self.sending.gate, read_only(self.tools.database.sessions) as tx:
            tenants = await waiting.due_tenants(tx, now)
        begun = 0
        for tenant in tenants:
            for failing in (False, True):
                begun += await self._claim(tenant, now, failing=failing)
        return begun

    async def _claim(self, tenant: str, now: datetime, *, failing: bool) -> int:
        tasks = self.failing if failing else self.good
        room = (MOST_FAILING if failing else MOST - MOST_FAILING) - len(tasks)
        if room <= 0:
            return 0
        async with self.sending.gate, transaction(self.tools.database.sessions) as tx:
            claims = await waiting.claim(tx, tenant, now, LEASE, failing=failing, limit=room)
        known = await self.tools.knowledge.current(now)
        for hook in claims:
            task = asyncio.create_task(self._serve(known, hook))
            tasks.add(task)
            task.add_done_callback(tasks.discard)
        return len(claims)

    async def _serve(self, known: Knowledge, hook: waiting.Claimed) -> None:
        try:
            await serve(self.sending, known, hook)
        except Unavailable:
            structlog.get_logger().warning("webhook_waits_for_database")
        except Exception as error:  # noqa: BLE001 - one endpoint must not stop the others; its lease ends
            structlog.get_logger().error("webhook_failed", error=type(error).__name__)
        self.ended.set()

    async def end(self) -> None:
        """Wait until what was begun has ended."""
        await asyncio.gather(*self.good, *self.failing)


def desk_of(tools: Tools, sender: Sender | None = None) -> Desk:
    made = sender or Sender(loopback=tools.settings.webhook_loopback)
    gate = asyncio.Semaphore(DOORS)
    return Desk(tools, Sending(tools.database, tools.vault, tools.ids, tools.now, made.line, gate))


async def deliver_due(tools: Tools, sender: Sender | None = None) -> int:
    """Send all that is due now, and wait for it; return how many endpoints were sent to."""
    desk = desk_of(tools, sender)
    begun = await desk.take_up()
    await desk.end()
    return begun


async def deliver_until_stop(tools: Tools) -> None:
    """Send what is due until the stop; then end what was begun."""
    desk = desk_of(tools)
    while not tools.stop.is_set():
        desk.ended.clear()
        try:
            await desk.take_up()
        except Unavailable:
            structlog.get_logger().warning("worker_waits_for_database")
        with suppress(TimeoutError):
            async with asyncio.timeout(PAUSE):
                await desk.ended.wait()
    await desk.end()
