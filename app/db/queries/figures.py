"""Figures of the whole house for whoever watches it: what waits, how long, and what became of messages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import func, select

from app.db.queries.sweeping import unescalatable
from app.db.queries.work import PERIODIC
from app.db.session import Tx
from app.db.tables.cases import Case, Clock
from app.db.tables.events import FeedPending
from app.db.tables.messages import Message
from app.db.tables.people import DataKey
from app.db.tables.places import Work
from app.db.tables.webhooks import Webhook
from app.domain.ids import NATION, RANDOM_BYTES, instant_of, uuid7

DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Queue:
    waiting: int
    """What is due and not done."""
    oldest: timedelta
    """How long the oldest of it has been due."""


@dataclass(frozen=True, slots=True)
class Figures:
    work: Mapping[str, Queue]
    """By kind of job."""
    runs: Mapping[str, int]
    """How often each periodic job was begun."""
    feed: Queue
    """Events without a number."""
    messages: Queue
    deliveries: Queue
    sent: Mapping[tuple[str, str], int]
    """Messages made in the last day, by channel and state."""
    webhooks: Mapping[str, int]
    """Endpoints by state."""
    clocks: Queue
    """Clocks at which the worker should have looked."""
    overdue: int
    """Cases with a clock past its due instant."""
    unescalatable: int


async def read(tx: Tx, regencies: Sequence[str], now: datetime) -> Figures:
    """Read it all; a second's work of the database at most, since each part walks a small index."""
    return Figures(
        work=await _work(tx, now),
        runs=await _runs(tx),
        feed=await _feed(tx, now),
        messages=await _messages(tx, now),
        deliveries=await _deliveries(tx, now),
        sent=await _sent(tx, regencies, now),
        webhooks=await webhooks_by_state(tx),
        clocks=await _clocks(tx, now),
        overdue=await _overdue(tx, regencies, now),
        unescalatable=await unescalatable(tx),
    )


async def worker_age(tx: Tx, now: datetime) -> timedelta:
    """Return how long the job that comes each second has been due: no worker lives when it grows."""
    due = await tx.scalar(
        select(Work.due_at).where(
            Work.regency_code == NATION, Work.kind == PERIODIC[0], Work.key == PERIODIC[0]
        )
    )
    return max(timedelta(0), now - due) if due else timedelta.max


async def a_wrapped_key(tx: Tx) -> bytes | None:
    """Return any data key, wrapped: whoever has the right master keys can open it."""
    return await tx.scalar(select(DataKey.wrapped).where(DataKey.wrapped.is_not(None)).limit(1))


async def _work(tx: Tx, now: datetime) -> dict[str, Queue]:
    statement = (
        select(Work.kind, func.count(), func.min(Work.due_at))
        .where(Work.done_at.is_(None), Work.due_at <= now)
        .group_by(Work.kind)
    )
    return {kind: Queue(number, now - oldest) for kind, number, oldest in await tx.execute(statement)}


async def _runs(tx: Tx) -> dict[str, int]:
    statement = select(Work.kind, Work.attempts).where(Work.regency_code == NATION, Work.kind.in_(PERIODIC))
    return {row.kind: row.attempts for row in await tx.execute(statement)}


async def _feed(tx: Tx, now: datetime) -> Queue:
    # An event's id holds its instant.
    oldest = await tx.scalar(select(FeedPending.event_id).order_by(FeedPending.event_id).limit(1))
    number = await tx.scalar(select(func.count()).select_from(FeedPending)) or 0
    return Queue(number, max(timedelta(0), now - instant_of(oldest)) if oldest is not None else timedelta(0))


async def _messages(tx: Tx, now: datetime) -> Queue:
    statement = select(func.count(), func.min(Message.due_at)).where(
        Message.settled_at.is_(None), Message.due_at <= now
    )
    row = (await tx.execute(statement)).one()
    return _since(row[0], row[1], now)


async def _deliveries(tx: Tx, now: datetime) -> Queue:
    """What waits for the endpoints that are due; one whose receiver is away is due at its next attempt."""
    statement = select(func.sum(Webhook.waiting), func.min(Webhook.due_at)).where(Webhook.due_at <= now)
    row = (await tx.execute(statement)).one()
    return _since(int(row[0] or 0), row[1], now)


async def webhooks_by_state(tx: Tx) -> dict[str, int]:
    statement = select(Webhook.state, func.count()).where(Webhook.state != "removed").group_by(Webhook.state)
    return {row[0]: row[1] for row in await tx.execute(statement)}


def _since(number: int, oldest: datetime | None, now: datetime) -> Queue:
    return Queue(number, timedelta(0) if oldest is None else now - oldest)


async def _sent(tx: Tx, regencies: Sequence[str], now: datetime) -> dict[tuple[str, str], int]:
    statement = (
        select(Message.channel, Message.state, func.count())
        .where(Message.regency_code.in_(regencies), Message.id >= uuid7(now - DAY, bytes(RANDOM_BYTES)))
        .group_by(Message.channel, Message.state)
    )
    return {(channel, state): number for channel, state, number in await tx.execute(statement)}


async def _clocks(tx: Tx, now: datetime) -> Queue:
    statement = select(func.count(), func.min(Clock.act_at)).where(Clock.act_at <= now)
    row = (await tx.execute(statement)).one()
    return _since(row[0], row[1], now)


async def _overdue(tx: Tx, regencies: Sequence[str], now: datetime) -> int:
    statement = (
        select(func.count()).select_from(Case).where(Case.regency_code.in_(regencies), Case.due_at < now)
    )
    return await tx.scalar(statement) or 0
