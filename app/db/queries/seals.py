"""The hourly seals of a tenant: what changed since the last one, and the rows that hold them."""

from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import func, insert, select, tuple_

from app.db.session import Tx
from app.db.tables.access import AccessEntry
from app.db.tables.events import Event, FeedHead, FeedRow
from app.db.tables.events import Seal as SealTable
from app.domain.chain import Seal, SealedHead, SignedSeal


class StoredSeal(NamedTuple):
    signed: SignedSeal
    key_id: str


async def sealable_tenants(tx: Tx) -> list[str]:
    """Return the tenants that have a feed or an access log."""
    feeds = set(await tx.scalars(select(FeedHead.regency_code)))
    return sorted(feeds | set(await tx.scalars(select(AccessEntry.regency_code).distinct())))


async def lock_feed(tx: Tx, regency_code: str) -> int:
    """Return how far the feed goes, and hold off whoever would number or seal at the same time."""
    statement = select(FeedHead.n).where(FeedHead.regency_code == regency_code).with_for_update()
    return await tx.scalar(statement) or 0


async def last_seal(tx: Tx, regency_code: str) -> StoredSeal | None:
    found = await seals_after(tx, regency_code, None, limit=1)
    return found[0] if found else None


async def seals_after(tx: Tx, regency_code: str, after: int | None, *, limit: int) -> list[StoredSeal]:
    """Return the seals behind number *after* in order; ``None`` gives the last one first."""
    statement = select(
        SealTable.n,
        SealTable.at,
        SealTable.feed_n,
        SealTable.heads,
        SealTable.prev_digest,
        SealTable.digest,
        SealTable.key_id,
        SealTable.signature,
    ).where(SealTable.regency_code == regency_code)
    if after is None:
        statement = statement.order_by(SealTable.n.desc())
    else:
        statement = statement.where(SealTable.n > after).order_by(SealTable.n)
    return [_stored(regency_code, row) for row in await tx.execute(statement.limit(limit))]


def _stored(regency_code: str, row: Any) -> StoredSeal:
    try:
        heads = tuple(SealedHead(UUID(stream), n, bytes.fromhex(hash_)) for stream, n, hash_ in row.heads)
    except (ValueError, TypeError, AttributeError):
        # Edited by hand beyond reading: without heads its signature no longer fits.
        heads = ()
    seal = Seal(regency_code, row.n, row.at, row.feed_n, heads, row.prev_digest)
    return StoredSeal(SignedSeal(seal, row.digest, row.signature), row.key_id)


async def changed_heads(tx: Tx, regency_code: str, after: int, until: int) -> list[SealedHead]:
    """Return the last event of each stream that has events with feed numbers after *after*, up to *until*.

    Within a stream the feed's numbers follow the events', so the last numbered event is the head as of then.
    """
    last = (
        select(Event.stream_id, func.max(Event.n).label("n"))
        .join(FeedRow, (FeedRow.regency_code == Event.regency_code) & (FeedRow.event_id == Event.id))
        .where(
            FeedRow.regency_code == regency_code,
            FeedRow.n > after,
            FeedRow.n <= until,
            Event.regency_code == regency_code,
        )
        .group_by(Event.stream_id)
        .subquery()
    )
    statement = (
        select(Event.stream_id, Event.n, Event.hash)
        .join(last, (last.c.stream_id == Event.stream_id) & (last.c.n == Event.n))
        .where(Event.regency_code == regency_code)
    )
    return [SealedHead(*row) for row in await tx.execute(statement)]


async def access_heads(tx: Tx, regency_code: str, since: UUID) -> list[SealedHead]:
    """Return the heads of the segments of the access log that were begun at *since* (a UUIDv7) or later."""
    last = (
        select(AccessEntry.segment_id, func.max(AccessEntry.n).label("n"))
        .where(AccessEntry.regency_code == regency_code, AccessEntry.segment_id >= since)
        .group_by(AccessEntry.segment_id)
        .subquery()
    )
    statement = select(AccessEntry.segment_id, AccessEntry.n, AccessEntry.hash).where(
        AccessEntry.regency_code == regency_code,
        tuple_(AccessEntry.segment_id, AccessEntry.n).in_(select(last.c.segment_id, last.c.n)),
    )
    return [SealedHead(*row) for row in await tx.execute(statement)]


async def store(tx: Tx, stored: StoredSeal) -> None:
    seal = stored.signed.seal
    await tx.execute(
        insert(SealTable).values(
            regency_code=seal.regency_code,
            n=seal.n,
            at=seal.at,
            feed_n=seal.feed_n,
            heads=[[str(head.stream_id), head.n, head.hash.hex()] for head in seal.heads],
            prev_digest=seal.prev_digest,
            digest=stored.signed.digest,
            key_id=stored.key_id,
            signature=stored.signed.signature,
        )
    )
