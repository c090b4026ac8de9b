"""Webhooks: the endpoints, what waits for each, and the claims of whoever sends it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Subquery,
    and_,
    delete,
    exists,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import distinct_on

from app.db.session import Tx
from app.db.tables.access import Account, Client, Grant
from app.db.tables.base import table_of
from app.db.tables.webhooks import Webhook, WebhookDelivery
from app.domain.webhooks import DeliveryState, WebhookState

_WAITING = WebhookDelivery.state == DeliveryState.WAITING.value
_ACTIVE = Webhook.state == WebhookState.ACTIVE.value


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose endpoints: a client's, or without account the secretariat's of the regency."""

    regency_code: str
    account_id: UUID | None

    def owns(self) -> tuple[ColumnElement[bool], ...]:
        mine = (
            Webhook.account_id.is_(None) if self.account_id is None else Webhook.account_id == self.account_id
        )
        return (
            Webhook.regency_code == self.regency_code,
            mine,
            Webhook.state != WebhookState.REMOVED.value,
        )


async def listed(tx: Tx, owner: Owner, after: UUID | None, limit: int) -> Sequence[Webhook]:
    statement = select(Webhook).where(*owner.owns())
    if after is not None:
        statement = statement.where(Webhook.id > after)
    return (await tx.scalars(statement.order_by(Webhook.id).limit(limit))).all()


async def counted(tx: Tx, owner: Owner) -> int:
    return await tx.scalar(select(func.count()).select_from(Webhook).where(*owner.owns())) or 0


async def find(tx: Tx, regency: str, webhook_id: UUID, *, for_update: bool = False) -> Webhook | None:
    statement = select(Webhook).where(
        Webhook.regency_code == regency,
        Webhook.id == webhook_id,
        Webhook.state != WebhookState.REMOVED.value,
    )
    found: Webhook | None = await tx.scalar(statement.with_for_update() if for_update else statement)
    return found


async def deliveries(
    tx: Tx, hook: Webhook, states: Collection[str], before: int | None, limit: int
) -> Sequence[WebhookDelivery]:
    """Return deliveries, the newest first."""
    statement = select(WebhookDelivery).where(*_of(hook))
    if states:
        statement = statement.where(WebhookDelivery.state.in_(sorted(states)))
    if before is not None:
        statement = statement.where(WebhookDelivery.seq < before)
    return (await tx.scalars(statement.order_by(WebhookDelivery.seq.desc()).limit(limit))).all()


async def count_deliveries(tx: Tx, hook: Webhook, states: Collection[str]) -> int:
    statement = select(func.count()).where(*_of(hook))
    if states:
        statement = statement.where(WebhookDelivery.state.in_(sorted(states)))
    return await tx.scalar(statement) or 0


async def delivery(tx: Tx, hook: Webhook, seq: int) -> WebhookDelivery | None:
    found: WebhookDelivery | None = await tx.scalar(
        select(WebhookDelivery).where(*_of(hook), WebhookDelivery.seq == seq)
    )
    return found


def _of(hook: Webhook) -> tuple[ColumnElement[bool], ...]:
    return (WebhookDelivery.regency_code == hook.regency_code, WebhookDelivery.webhook_id == hook.id)


class NewDelivery(NamedTuple):
    event_regency: str
    event_id: UUID
    type: str
    feed_n: int
    order_key: UUID
    body: str


async def put_out(tx: Tx, hook: Webhook, new: Sequence[NewDelivery], now: datetime) -> int:
    """Add deliveries behind all others of an endpoint that the caller has locked; return the last number."""
    rows = [
        {
            "regency_code": hook.regency_code,
            "webhook_id": hook.id,
            "seq": hook.last_seq + place,
            **one._asdict(),
            "state": DeliveryState.WAITING.value,
            "due_at": now,
            "attempts": 0,
            "status": None,
            "problem": None,
            "attempted_at": None,
            "created_at": now,
        }
        for place, one in enumerate(new, 1)
    ]
    if rows:
        await tx.execute(insert(table_of(WebhookDelivery)), rows)
        hook.last_seq += len(rows)
        hook.waiting += len(rows)
        hook.due_at = now if hook.due_at is None else min(hook.due_at, now)
    await tx.flush()
    return hook.last_seq


async def drop_waiting(tx: Tx, hook: Webhook, position: Mapping[str, int] | None) -> None:
    """Take away what waits behind *position* in the feed, or all that waits."""
    statement = delete(WebhookDelivery).where(*_of(hook), _WAITING)
    if position is not None:
        behind = [
            and_(WebhookDelivery.event_regency == tenant, WebhookDelivery.feed_n > n)
            for tenant, n in position.items()
        ]
        known = WebhookDelivery.event_regency.in_(sorted(position))
        statement = statement.where(WebhookDelivery.feed_n > 0, or_(~known, *behind))
    await tx.execute(statement.execution_options(synchronize_session=False))
    await recount(tx, hook)


async def recount(tx: Tx, hook: Webhook) -> None:
    """Count anew what waits, and when it is due."""
    hook.waiting = await tx.scalar(select(func.count()).where(*_of(hook), _WAITING)) or 0
    await set_due(tx, hook)


async def set_due(tx: Tx, hook: Webhook) -> None:
    """Say when something can be sent next: the first event of each case that waits."""
    found = None
    if hook.state == WebhookState.ACTIVE.value and hook.waiting:
        found = await tx.scalar(select(func.min(firsts(hook.regency_code, hook.id).c.due_at)))
    hook.due_at = found
    await tx.flush()


def firsts(regency: str, webhook_id: UUID) -> Subquery:
    """Return ``seq`` and ``due_at`` of the first event of each case that waits for an endpoint.

    One walk along an index: a search for earlier ones of each was planned as the square of what waits, where
    much was written since statistics were taken.
    """
    return (
        select(WebhookDelivery.seq, WebhookDelivery.due_at)
        .where(WebhookDelivery.regency_code == regency, WebhookDelivery.webhook_id == webhook_id, _WAITING)
        .ext(distinct_on(WebhookDelivery.order_key))
        .order_by(WebhookDelivery.order_key, WebhookDelivery.seq)
        .subquery()
    )


async def bring_forward(tx: Tx, regency: str, webhook_id: UUID, now: datetime, *, anew: bool) -> None:
    """Let all that waits be due now; *anew* also gives back its attempts."""
    values: dict[str, Any] = {"due_at": now, **({"attempts": 0} if anew else {})}
    await tx.execute(
        update(WebhookDelivery)
        .where(
            WebhookDelivery.regency_code == regency,
            WebhookDelivery.webhook_id == webhook_id,
            _WAITING,
            or_(WebhookDelivery.due_at > now, WebhookDelivery.attempts > 0),
        )
        .values(values)
        .execution_options(synchronize_session=False)
    )


# What is put out --------------------------------------------------------------------------------------------


class Following(NamedTuple):
    """An endpoint that follows the feed."""

    regency_code: str
    id: UUID
    account_id: UUID | None
    position: dict[str, int]


async def following(tx: Tx, backlog: int) -> list[Following]:
    """Return the active endpoints for which less than *backlog* waits: a read over all tenants."""
    statement = select(Webhook.regency_code, Webhook.id, Webhook.account_id, Webhook.position)
    rows = await tx.execute(statement.where(_ACTIVE, Webhook.waiting < backlog))
    return [Following._make(row) for row in rows]


class OwnGrant(NamedTuple):
    account_id: UUID
    role: str
    region_code: str | None
    agency_code: str | None
    desk_id: UUID | None
    scopes: list[str] | None


async def client_grants(tx: Tx, regency: str, accounts: Collection[UUID], today: date) -> list[OwnGrant]:
    """Return the grants that these active clients hold today, each with the bound of its client."""
    statement = (
        select(
            Grant.account_id,
            Grant.role,
            Grant.region_code,
            Grant.agency_code,
            Grant.desk_id,
            Client.scopes,
        )
        .join(Account, and_(Account.regency_code == Grant.regency_code, Account.id == Grant.account_id))
        .join(Client, and_(Client.regency_code == Grant.regency_code, Client.account_id == Grant.account_id))
        .where(
            Grant.regency_code == regency,
            Grant.account_id.in_(sorted(accounts)),
            Account.active,
            Client.active,
            Grant.valid_from <= today,
            or_(Grant.valid_to.is_(None), Grant.valid_to >= today),
        )
    )
    return [OwnGrant._make(row) for row in await tx.execute(statement.order_by(Grant.id))]


async def lock_many(tx: Tx, regency: str, ids: Collection[UUID]) -> Sequence[Webhook]:
    statement = select(Webhook).where(Webhook.regency_code == regency, Webhook.id.in_(sorted(ids)), _ACTIVE)
    return (await tx.scalars(statement.order_by(Webhook.id).with_for_update())).all()


async def drop_old(tx: Tx, regency: str, before: datetime, limit: int) -> int:
    """Delete up to *limit* deliveries that are older and do not wait for an endpoint that lives."""
    living = exists().where(
        Webhook.regency_code == WebhookDelivery.regency_code,
        Webhook.id == WebhookDelivery.webhook_id,
        _ACTIVE,
    )
    chosen = (
        select(WebhookDelivery.webhook_id, WebhookDelivery.seq)
        .where(
            WebhookDelivery.regency_code == regency,
            WebhookDelivery.created_at < before,
            or_(~_WAITING, ~living),
        )
        .limit(limit)
        .subquery()
    )
    gone = await tx.scalars(
        delete(WebhookDelivery)
        .where(
            WebhookDelivery.regency_code == regency,
            WebhookDelivery.webhook_id == chosen.c.webhook_id,
            WebhookDelivery.seq == chosen.c.seq,
        )
        .returning(WebhookDelivery.seq)
        .execution_options(synchronize_session=False)
    )
    return len(gone.all())
