"""Sending webhooks: which endpoints are due, the claim of one, what may go now, and what became of it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Subquery, bindparam, func, or_, select, update

from app.db.queries.webhooks import firsts
from app.db.session import Tx
from app.db.tables.base import table_of
from app.db.tables.webhooks import Webhook, WebhookDelivery
from app.domain.webhooks import DeliveryState, WebhookState

_WAITING = WebhookDelivery.state == DeliveryState.WAITING.value
_ACTIVE = Webhook.state == WebhookState.ACTIVE.value


class Claimed(NamedTuple):
    """An endpoint that one worker sends to, until the lease ends."""

    regency_code: str
    id: UUID
    account_id: UUID | None
    url: str
    secret_boxed: bytes
    old_secret_boxed: bytes | None
    old_secret_until: datetime | None
    failures: int
    claims: int


def _claimable(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        _ACTIVE,
        Webhook.due_at <= now,
        or_(Webhook.claimed_until.is_(None), Webhook.claimed_until <= now),
    )


async def due_tenants(tx: Tx, now: datetime) -> list[str]:
    return sorted(await tx.scalars(select(Webhook.regency_code).where(*_claimable(now)).distinct()))


async def claim(
    tx: Tx, regency: str, now: datetime, lease: timedelta, *, failing: bool, limit: int
) -> list[Claimed]:
    """Take up to *limit* due endpoints, of those that answered last or of those that did not."""
    chosen = (
        select(Webhook.id)
        .where(
            Webhook.regency_code == regency,
            *_claimable(now),
            Webhook.failures > 0 if failing else Webhook.failures == 0,
        )
        .order_by(Webhook.due_at, Webhook.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    taken = await tx.execute(
        update(Webhook)
        .where(Webhook.regency_code == regency, Webhook.id.in_(chosen))
        .values(claimed_until=now + lease, claims=Webhook.claims + 1)
        .returning(
            Webhook.regency_code,
            Webhook.id,
            Webhook.account_id,
            Webhook.url,
            Webhook.secret_boxed,
            Webhook.old_secret_boxed,
            Webhook.old_secret_until,
            Webhook.failures,
            Webhook.claims,
        )
    )
    return [Claimed._make(row) for row in taken]


class Due(NamedTuple):
    seq: int
    event_regency: str
    event_id: UUID
    feed_n: int
    order_key: UUID
    body: str
    attempts: int


async def due(tx: Tx, hook: Claimed, now: datetime, limit: int) -> list[Due]:
    """Return what may be sent now, in order: nothing before which an event of its case must wait.

    Of an endpoint that did not answer the last time only the first of each case, whichever waits longest
    first, so that none waits behind another's.
    """
    ready = firsts(hook.regency_code, hook.id) if hook.failures else _in_turn(hook)
    order = (ready.c.due_at, ready.c.seq) if hook.failures else (ready.c.seq,)
    chosen = select(ready.c.seq).where(ready.c.due_at <= now).order_by(*order).limit(limit)
    rows = await tx.execute(
        select(
            WebhookDelivery.seq,
            WebhookDelivery.event_regency,
            WebhookDelivery.event_id,
            WebhookDelivery.feed_n,
            WebhookDelivery.order_key,
            WebhookDelivery.body,
            WebhookDelivery.attempts,
        )
        .where(
            WebhookDelivery.regency_code == hook.regency_code,
            WebhookDelivery.webhook_id == hook.id,
            WebhookDelivery.seq.in_(chosen),
        )
        .order_by(WebhookDelivery.seq)
    )
    return [Due._make(row) for row in rows]


def _in_turn(hook: Claimed) -> Subquery:
    """Return ``seq`` of what waits, and as ``due_at`` when it and all before it of its case are due."""
    turn = func.max(WebhookDelivery.due_at).over(
        partition_by=WebhookDelivery.order_key, order_by=WebhookDelivery.seq
    )
    return (
        select(WebhookDelivery.seq, turn.label("due_at"))
        .where(
            WebhookDelivery.regency_code == hook.regency_code,
            WebhookDelivery.webhook_id == hook.id,
            _WAITING,
        )
        .subquery()
    )


class Outcome(NamedTuple):
    seq: int
    state: DeliveryState
    due_at: datetime
    attempts: int
    status: int | None
    problem: str | None
    attempted_at: datetime | None


async def lock_claimed(tx: Tx, hook: Claimed) -> Webhook | None:
    """Lock an endpoint whose claim is still this one's; None after another took over."""
    found: Webhook | None = await tx.scalar(
        select(Webhook)
        .where(
            Webhook.regency_code == hook.regency_code,
            Webhook.id == hook.id,
            Webhook.claims == hook.claims,
        )
        .with_for_update()
    )
    return found


async def settle(tx: Tx, hook: Webhook, outcomes: Sequence[Outcome]) -> None:
    """Write what became of each; the caller has locked the endpoint. What was taken away stays away."""
    table = table_of(WebhookDelivery)
    statement = update(table).where(
        table.c.regency_code == hook.regency_code,
        table.c.webhook_id == hook.id,
        table.c.seq == bindparam("which"),
    )
    if outcomes:
        await tx.execute(
            statement.values({name: bindparam(name) for name in Outcome._fields if name != "seq"}),
            [{"which": one.seq, **_without_seq(one)} for one in outcomes],
        )


def _without_seq(one: Outcome) -> dict[str, Any]:
    values = one._asdict()
    del values["seq"]
    return {**values, "state": one.state.value}
