"""Answers of the DCI interface on their way: which are due, the claim of some, what came of each."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select, update

from app.db.session import Tx
from app.db.tables.access import Client
from app.db.tables.dci import DciMessage, DciPartner
from app.domain.dci import MessageState


async def keep(tx: Tx, regency: str, message_id: UUID, boxed: bytes) -> None:
    """Keep the answer of a message; it goes nowhere yet."""
    await tx.execute(
        update(DciMessage)
        .where(DciMessage.regency_code == regency, DciMessage.id == message_id)
        .values(body_boxed=boxed, state=MessageState.ASKED.value)
    )


async def release(tx: Tx, regency: str, message_id: UUID, now: datetime) -> None:
    """Let a kept answer go out: who is asked about is on record by now."""
    await tx.execute(
        update(DciMessage)
        .where(
            DciMessage.regency_code == regency,
            DciMessage.id == message_id,
            DciMessage.state == MessageState.ASKED.value,
        )
        .values(state=MessageState.READY.value, due_at=now, ended_at=None)
    )


def _claimable(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        DciMessage.due_at <= now,
        or_(DciMessage.claimed_until.is_(None), DciMessage.claimed_until <= now),
    )


async def due_tenants(tx: Tx, now: datetime) -> list[str]:
    return sorted(await tx.scalars(select(DciMessage.regency_code).where(*_claimable(now)).distinct()))


class Claimed(NamedTuple):
    regency_code: str
    id: UUID
    client_row_id: UUID
    action: str
    attempts: int
    """Counts this one, and so names the claim."""
    body_boxed: bytes | None
    items: int


async def claim(tx: Tx, regency: str, now: datetime, lease: timedelta, limit: int) -> list[Claimed]:
    chosen = (
        select(DciMessage.id)
        .where(DciMessage.regency_code == regency, *_claimable(now))
        .order_by(DciMessage.due_at, DciMessage.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    taken = await tx.execute(
        update(DciMessage)
        .where(DciMessage.regency_code == regency, DciMessage.id.in_(chosen))
        .values(claimed_until=now + lease, attempts=DciMessage.attempts + 1)
        .returning(
            DciMessage.id,
            DciMessage.client_row_id,
            DciMessage.action,
            DciMessage.attempts,
            DciMessage.body_boxed,
            DciMessage.items,
        )
    )
    return [
        Claimed(regency, row.id, row.client_row_id, row.action, row.attempts, row.body_boxed, len(row.items))
        for row in taken
    ]


class Receiver(NamedTuple):
    sender: str
    """The client's id, without its tenant."""
    callback_url: str


async def receiver(tx: Tx, regency: str, client_row_id: UUID) -> Receiver | None:
    """Return where a client's answers go; None when it may be told nothing any more."""
    row = (
        await tx.execute(
            select(Client.client_id, DciPartner.callback_url)
            .join(
                DciPartner,
                (DciPartner.regency_code == Client.regency_code) & (DciPartner.client_row_id == Client.id),
            )
            .where(
                Client.regency_code == regency,
                Client.id == client_row_id,
                Client.active,
                DciPartner.active,
                DciPartner.callback_url.is_not(None),
            )
        )
    ).one_or_none()
    return None if row is None or row[1] is None else Receiver(row[0], row[1])


class Outcome(NamedTuple):
    state: MessageState
    due_at: datetime | None
    body_boxed: bytes | None
    http_status: int | None
    problem: str | None
    ended_at: datetime | None


async def settle(tx: Tx, held: Claimed, outcome: Outcome) -> bool:
    """Write what came of a claim.

    Returns:
        Whether it was still this one's: a late answer, after another took over, changes nothing.
    """
    changed = await tx.scalar(
        update(DciMessage)
        .where(
            DciMessage.regency_code == held.regency_code,
            DciMessage.id == held.id,
            DciMessage.attempts == held.attempts,
            DciMessage.state == MessageState.READY.value,
        )
        .values(claimed_until=None, **{**outcome._asdict(), "state": outcome.state.value})
        .returning(DciMessage.id)
    )
    return changed is not None


async def of_transaction(
    tx: Tx, regency: str, client_row_id: UUID, digest: bytes, actions: Sequence[str]
) -> DciMessage | None:
    """Return the newest message of a client's transaction."""
    found: DciMessage | None = await tx.scalar(
        select(DciMessage)
        .where(
            DciMessage.regency_code == regency,
            DciMessage.client_row_id == client_row_id,
            DciMessage.transaction_digest == digest,
            DciMessage.action.in_(list(actions)),
            DciMessage.body_boxed.is_not(None),
        )
        .order_by(DciMessage.id.desc())
        .limit(1)
    )
    return found


async def of_id(
    tx: Tx, regency: str, client_row_id: UUID, message_id: UUID, actions: Sequence[str]
) -> DciMessage | None:
    found: DciMessage | None = await tx.scalar(
        select(DciMessage).where(
            DciMessage.regency_code == regency,
            DciMessage.client_row_id == client_row_id,
            DciMessage.id == message_id,
            DciMessage.action.in_(list(actions)),
            DciMessage.body_boxed.is_not(None),
        )
    )
    return found
