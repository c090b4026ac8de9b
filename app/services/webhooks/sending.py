"""Sending what waits for one endpoint: claimed, posted outside any transaction, settled.

Events of one case go one after the other, those of different cases beside each other. A receiver that does
not answer is tried with one event alone; after the first failure of a batch nothing new is begun.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Protocol
from uuid import UUID

from app.db.queries import feed, notices
from app.db.queries import webhook_sending as waiting
from app.db.queries import webhooks as stored
from app.db.queries.acting import Ids
from app.db.queries.scope import Sight
from app.db.queries.webhook_sending import Claimed, Due, Outcome
from app.db.session import Database, Tx, read_only, transaction
from app.db.tables.webhooks import Webhook
from app.domain.access import scope_of
from app.domain.ids import public_id
from app.domain.knowledge import Knowledge
from app.domain.messages import Topic
from app.domain.webhooks import (
    ATTEMPTS,
    GONE,
    PAUSES,
    DeliveryState,
    Stopped,
    WebhookState,
    next_pause,
    signed_headers,
)
from app.services.webhooks.boxes import Boxes, live_secrets
from app.services.webhooks.eyes import owner_actors

BATCH: Final = 200
BESIDE: Final = 8
"""Exchanges with one endpoint at the same time."""
LONGEST: Final = 20.0
"""Seconds in which a batch begins exchanges."""
LEASE: Final = timedelta(seconds=90)
"""Longer than a batch takes with the last exchange that it began."""
HELD: Final = 3
"""How far the pause of a whole endpoint grows along the schedule, in failed rounds: to half an hour."""
DOWN: Final = 3
"""After so many failed rounds in a row a first answer brings everything forward that waits."""
_GOOD: Final = range(200, 300)


class Answered(Protocol):
    @property
    def status(self) -> int | None: ...
    @property
    def problem(self) -> str | None: ...


class Line(Protocol):
    async def post(self, headers: Mapping[str, str], body: bytes) -> Answered: ...
    async def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Sending:
    """What whoever sends needs."""

    database: Database
    boxes: Boxes
    ids: Ids
    now: Callable[[], datetime]
    line: Callable[[str], Line]
    gate: asyncio.Semaphore
    """How many may use the database at the same time."""


@dataclass(slots=True)
class Round:
    """One batch on its way."""

    sending: Sending
    hook: Claimed
    secrets: Sequence[bytes]
    line: Line
    until: float
    beside: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(BESIDE))
    outcomes: list[Outcome] = field(default_factory=list)
    good: int = 0
    failed: bool = False
    gone: bool = False

    async def send(self, one: Due) -> bool:
        now = self.sending.now()
        body = one.body.encode()
        headers = signed_headers(self.secrets, public_id(one.event_regency, one.event_id), now, body)
        answer = await self.line.post(headers, body)
        good = answer.status in _GOOD
        self.outcomes.append(self._outcome(one, answer, self.sending.now(), good=good))
        self.good += good
        self.failed = self.failed or not good
        self.gone = self.gone or answer.status == GONE
        return good

    def _outcome(self, one: Due, answer: Answered, now: datetime, *, good: bool) -> Outcome:
        attempts = one.attempts + 1
        pause = None if good else next_pause(attempts, one.event_id.bytes + self.hook.id.bytes)
        return Outcome(
            one.seq,
            DeliveryState.DELIVERED if good else DeliveryState.WAITING,
            now + (pause or timedelta(0)),
            attempts,
            answer.status,
            answer.problem,
            now,
        )

    async def chain(self, events: Sequence[Due]) -> None:
        for one in events:
            async with self.beside:
                if self.failed or asyncio.get_running_loop().time() > self.until:
                    return
                if not await self.send(one):
                    return


async def serve(sending: Sending, known: Knowledge, hook: Claimed) -> int:
    """Send one batch to a claimed endpoint, and give the claim back; return how many arrived."""
    now = sending.now()
    async with sending.gate, read_only(sending.database.sessions) as tx:
        due = await waiting.due(tx, hook, now, 1 if hook.failures else BATCH)
        seen = await _visible(tx, known, hook, due, now)
    line = sending.line(hook.url)
    until = asyncio.get_running_loop().time() + LONGEST
    secrets = live_secrets(sending.boxes, hook, now)
    made = Round(sending, hook, secrets, line, until)
    made.outcomes.extend(_withheld(one, now) for one in due if one.seq not in seen)
    try:
        await _send_all(made, [one for one in due if one.seq in seen])
    finally:
        await line.close()
    async with sending.gate, transaction(sending.database.sessions) as tx:
        row = await waiting.lock_claimed(tx, hook)
        if row is not None:
            await _settle(tx, sending, row, made)
    return made.good


async def _send_all(made: Round, events: Sequence[Due]) -> None:
    chains: dict[UUID, list[Due]] = defaultdict(list)
    for one in events:
        chains[one.order_key].append(one)
    if not chains:
        return
    first, *others = chains.values()
    # One alone: a receiver that hangs holds one connection, not eight.
    if not await made.send(first[0]):
        return
    async with asyncio.TaskGroup() as tasks:
        for chain in (first[1:], *others):
            tasks.create_task(made.chain(chain))


def _withheld(one: Due, now: datetime) -> Outcome:
    return Outcome(one.seq, DeliveryState.WITHHELD, now, one.attempts, None, None, None)


async def _visible(tx: Tx, known: Knowledge, hook: Claimed, due: Sequence[Due], now: datetime) -> set[int]:
    """Return which of them the owner would read in the feed now; a test event is always shown."""
    found = {one.seq for one in due if not one.feed_n}
    by_tenant: dict[str, list[Due]] = defaultdict(list)
    for one in due:
        if one.feed_n:
            by_tenant[one.event_regency].append(one)
    if not by_tenant:
        return found
    actors = await owner_actors(tx, known, hook.regency_code, [hook.account_id], now)
    sight = Sight(scope_of(actors[hook.account_id]), known.regions.regencies)
    for tenant, events in by_tenant.items():
        ids = await feed.still_visible(tx, feed.Viewer(sight), tenant, {one.event_id for one in events})
        found |= {one.seq for one in events if one.event_id in ids}
    return found


async def _settle(tx: Tx, sending: Sending, row: Webhook, made: Round) -> None:
    now = sending.now()
    await waiting.settle(tx, row, made.outcomes)
    row.claimed_until = None
    row.waiting -= sum(one.state is not DeliveryState.WAITING for one in made.outcomes)
    if made.good:
        if row.failures >= DOWN:
            await stored.bring_forward(tx, row.regency_code, row.id, now, anew=False)
        row.failures, row.last_success_at = 0, now
    elif made.failed:
        row.failures += 1
    exhausted = any(one.state is DeliveryState.WAITING and one.attempts >= ATTEMPTS for one in made.outcomes)
    if (made.gone or exhausted) and row.state == WebhookState.ACTIVE.value:
        row.state = WebhookState.DISABLED.value
        row.stopped = (Stopped.GONE if made.gone else Stopped.EXHAUSTED).value
        row.version += 1
        await _tell(tx, sending, row, now)
    await stored.set_due(tx, row)
    if made.failed and not made.good and row.due_at is not None:
        # Whoever does not answer is not asked with the next event at once: it would hold a place each time.
        row.due_at = max(row.due_at, now + PAUSES[min(row.failures, HELD) - 1])


async def _tell(tx: Tx, sending: Sending, row: Webhook, now: datetime) -> None:
    """Put it before whoever made the endpoint, and before the client that owns it."""
    notes = [
        notices.NewNotice(
            regency_code=row.regency_code,
            id=sending.ids.new_id(now),
            account_id=account,
            kind=Topic.WEBHOOK_STOPPED.value,
            case_regency=None,
            case_id=None,
            referral_id=None,
            data={"webhook_id": str(row.id), "stopped": row.stopped},
            at=now,
        )
        for account in sorted({row.created_by, row.account_id or row.created_by})
    ]
    await notices.add(tx, notes)
