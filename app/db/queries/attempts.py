"""Counters of tries, in the database: they hold for all processes, and they survive a refusal."""

from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import case, delete, select, update
from sqlalchemy.dialects.postgresql import insert

from app.db.session import Tx
from app.db.tables.access import Attempt


class Count(NamedTuple):
    tries: int
    since: datetime


class Key(NamedTuple):
    """Of whom something is counted."""

    regency_code: str
    bucket: str
    key_digest: bytes


async def count_try(  # the key has three parts
    tx: Tx, regency_code: str, bucket: str, key_digest: bytes, window: timedelta, now: datetime
) -> Count:
    """Add one try and return the count of the running window; a window that is over begins anew."""
    return await count_tries(tx, Key(regency_code, bucket, key_digest), 1, window, now)


async def count_tries(tx: Tx, key: Key, times: int, window: timedelta, now: datetime) -> Count:
    """Add *times* tries at once, as `count_try` does one."""
    over = Attempt.window_started_at <= now - window
    statement = (
        insert(Attempt)
        .values(**key._asdict(), window_started_at=now, count=times)
        .on_conflict_do_update(
            index_elements=[Attempt.regency_code, Attempt.bucket, Attempt.key_digest],
            set_={
                "count": case((over, times), else_=Attempt.count + times),
                "window_started_at": case((over, now), else_=Attempt.window_started_at),
            },
        )
        .returning(Attempt.count, Attempt.window_started_at)
    )
    row = (await tx.execute(statement)).one()
    return Count(row[0], row[1])


async def find_count(tx: Tx, regency_code: str, bucket: str, key_digest: bytes) -> Count | None:
    statement = select(Attempt.count, Attempt.window_started_at).where(
        Attempt.regency_code == regency_code, Attempt.bucket == bucket, Attempt.key_digest == key_digest
    )
    row = (await tx.execute(statement)).one_or_none()
    return Count(row[0], row[1]) if row else None


async def give_back(tx: Tx, regency_code: str, bucket: str, key_digest: bytes) -> None:
    """Take one try back: it turned out to be a right one."""
    await tx.execute(
        update(Attempt)
        .where(
            Attempt.regency_code == regency_code,
            Attempt.bucket == bucket,
            Attempt.key_digest == key_digest,
            Attempt.count > 0,
        )
        .values(count=Attempt.count - 1)
    )


async def forget(tx: Tx, regency_code: str, bucket: str, key_digest: bytes) -> None:
    await tx.execute(
        delete(Attempt).where(
            Attempt.regency_code == regency_code,
            Attempt.bucket == bucket,
            Attempt.key_digest == key_digest,
        )
    )


async def remember(tx: Tx, regency_code: str, bucket: str, key_digest: bytes, now: datetime) -> None:
    """Note that this happened at *now*; the count stays one."""
    await tx.execute(
        insert(Attempt)
        .values(
            regency_code=regency_code, bucket=bucket, key_digest=key_digest, window_started_at=now, count=1
        )
        .on_conflict_do_update(
            index_elements=[Attempt.regency_code, Attempt.bucket, Attempt.key_digest],
            set_={"window_started_at": now},
        )
    )


async def drop_old(tx: Tx, regency_code: str, before: datetime) -> None:
    """Delete counters whose window began before *before*."""
    await tx.execute(
        delete(Attempt).where(Attempt.regency_code == regency_code, Attempt.window_started_at < before)
    )
