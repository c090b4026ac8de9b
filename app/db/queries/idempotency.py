"""Keys of writes that were sent, and the sealed answers they got."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DBAPIError

from app.db.failures import sqlstate
from app.db.session import Tx
from app.db.tables.access import IdempotencyKey

LOCK_NOT_GIVEN = "55P03"


class TwinRunning(Exception):
    """Another transaction holds the same key and did not end within the lock's waiting time (2 s)."""


@dataclass(frozen=True, slots=True)
class Key:
    """The whole key of one write."""

    regency_code: str
    account_id: UUID
    route: str
    key: str


@dataclass(frozen=True, slots=True)
class Kept:
    """What was kept of the first request with this key."""

    body_digest: bytes
    status: int
    answer_sealed: bytes
    headers: list[Any]


async def claim(tx: Tx, key: Key, body_digest: bytes, now: datetime) -> bool:
    """Take the key; False when an earlier request has it. A twin that is under way is waited for.

    Raises:
        TwinRunning: it did not end in time.
    """
    statement = (
        insert(IdempotencyKey)
        .values(
            regency_code=key.regency_code,
            account_id=key.account_id,
            route=key.route,
            key=key.key,
            body_digest=body_digest,
            created_at=now,
            seen_at=now,
        )
        .on_conflict_do_nothing()
        .returning(IdempotencyKey.key)
    )
    try:
        return (await tx.execute(statement)).one_or_none() is not None
    except DBAPIError as error:
        if sqlstate(error) == LOCK_NOT_GIVEN:
            raise TwinRunning from error
        raise


async def see_again(tx: Tx, key: Key, now: datetime) -> Kept | None:
    """Return what was kept, and write that it was asked for again.

    The write makes the replay as durable as the first answer: it commits only where the first one did.
    """
    statement = (
        update(IdempotencyKey)
        .where(*_is(key), IdempotencyKey.answer_sealed.is_not(None))
        .values(seen_at=now)
        .returning(
            IdempotencyKey.body_digest,
            IdempotencyKey.status,
            IdempotencyKey.answer_sealed,
            IdempotencyKey.headers,
        )
        .execution_options(synchronize_session=False)
    )
    row = (await tx.execute(statement)).one_or_none()
    return Kept(row[0], row[1], row[2], row[3] or []) if row else None


async def digest_kept(tx: Tx, key: Key) -> bytes | None:
    """Return the digest of the request that the key was used for, once its answer is kept."""
    found: bytes | None = await tx.scalar(
        select(IdempotencyKey.body_digest).where(*_is(key), IdempotencyKey.answer_sealed.is_not(None))
    )
    return found


async def keep(tx: Tx, key: Key, kept: Kept, case_id: UUID | None) -> None:
    await tx.execute(
        update(IdempotencyKey)
        .where(*_is(key))
        .values(status=kept.status, answer_sealed=kept.answer_sealed, headers=kept.headers, case_id=case_id)
        .execution_options(synchronize_session=False)
    )


async def release(tx: Tx, key: Key) -> None:
    """Give the key back: the request was refused and may be sent again."""
    await tx.execute(delete(IdempotencyKey).where(*_is(key)))


async def drop_old(tx: Tx, regency_code: str, before: datetime) -> int:
    """Delete keys made before *before*; return how many."""
    statement = (
        delete(IdempotencyKey)
        .where(IdempotencyKey.regency_code == regency_code, IdempotencyKey.created_at < before)
        .returning(IdempotencyKey.key)
    )
    return len((await tx.execute(statement)).all())


def _is(key: Key) -> Sequence[Any]:
    return (
        IdempotencyKey.regency_code == key.regency_code,
        IdempotencyKey.account_id == key.account_id,
        IdempotencyKey.route == key.route,
        IdempotencyKey.key == key.key,
    )
