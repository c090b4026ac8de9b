"""Reading the logs whole, in the order of their chains, with little memory: for the audit only.

Everything is read by key, page after page, in one snapshot: a head and its rows belong together.
"""

import json
from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy import Select, Text, Uuid, cast, func, literal, select, text, tuple_, union_all
from sqlalchemy.dialects.postgresql import JSONB

from app.db.queries.access_log import COLUMNS, AccessRow, access_body
from app.db.session import Tx
from app.db.tables.access import AccessEntry
from app.db.tables.cases import Case
from app.db.tables.events import Event, FeedHead, Seal, Stream
from app.domain.chain import GENESIS, ChainRow, Head
from app.domain.events.base import JsonData, event_body


class _StoredEvent(NamedTuple):
    """An event's row with its ids as text: made from text again, they would cost more than the hash."""

    regency_code: str
    id: str
    stream_id: str
    n: int
    case_id: str | None
    referral_id: str | None
    type: str
    at: datetime
    actor_kind: str
    actor_id: str | None
    cause_id: str
    prev_hash: bytes
    hash: bytes
    data: JsonData


PAGE: Final = 2_000
_FIRST: Final = UUID(int=0)
_BEFORE_ALL: Final = -(2**31)
_read: Final = json.JSONDecoder().raw_decode
_EVENTS: Final = Event.__table__.c
_EVENT_COLUMNS: Final = tuple(
    cast(column, Text).label(name) if isinstance(column.type, (Uuid, JSONB)) else column
    for name, column in ((name, _EVENTS[name]) for name in _StoredEvent._fields)
)

_SEALED: Final = text("""
SELECT (h ->> 0)::uuid AS stream_id, (h ->> 1)::int AS n, h ->> 2 AS hash
FROM seals s, jsonb_array_elements(s.heads) AS h
WHERE s.regency_code = :regency AND s.n <= :until ORDER BY 1, 2
""")


async def one_snapshot(tx: Tx) -> None:
    """Hold every later read of the transaction to one instant; it must be its first statement."""
    await tx.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))


async def tenants(tx: Tx) -> list[str]:
    """Return every tenant that any log, head or seal names; found by key, not by reading the logs."""
    found: set[str] = set()
    for column in (Event, Case, Stream, FeedHead, Seal, AccessEntry):
        found.update(await _distinct(tx, column.regency_code))
    return sorted(found)


async def _distinct(tx: Tx, column: Any) -> list[str]:
    found: list[str] = []
    last: str | None = ""
    while (last := await tx.scalar(select(func.min(column)).where(column > last))) is not None:
        found.append(last)
    return found


async def event_pages(tx: Tx, regency_code: str) -> AsyncIterator[list[tuple[UUID, ChainRow]]]:
    """Yield the rows of all streams of a tenant, in the order of stream and number."""
    base = select(*_EVENT_COLUMNS).where(_EVENTS.regency_code == regency_code)
    name, stream = "", _FIRST
    async for page in _pages(tx, base, (_EVENTS.stream_id, _EVENTS.n)):
        rows = []
        for *columns, data in page:
            row = _StoredEvent._make((*columns, _read(data)[0]))
            if row.stream_id != name:
                name, stream = row.stream_id, UUID(row.stream_id)
            rows.append((stream, ChainRow(row.n, row.prev_hash, row.hash, event_body(row))))
        yield rows


async def access_pages(tx: Tx, regency_code: str) -> AsyncIterator[list[tuple[UUID, ChainRow]]]:
    """Yield the access log by segment and number; what stands before a row is the hash of the row before."""
    base = select(*COLUMNS).where(AccessEntry.regency_code == regency_code)
    segment, prev = _FIRST, GENESIS
    async for page in _pages(tx, base, (AccessEntry.segment_id, AccessEntry.n)):
        rows = []
        for row in map(AccessRow._make, page):
            prev = prev if row.segment_id == segment else GENESIS
            rows.append((row.segment_id, ChainRow(row.n, prev, row.hash, access_body(row))))
            segment, prev = row.segment_id, row.hash
        yield rows


async def head_pages(tx: Tx, regency_code: str) -> AsyncIterator[list[tuple[UUID, Head]]]:
    """Yield what cases and other streams say of their chains, in the order of their ids."""
    last = _FIRST
    while True:
        halves = [
            select(table.id, table.event_count, table.head)
            .where(table.regency_code == regency_code, table.id > last)
            .order_by(table.id)
            .limit(PAGE)
            .subquery()
            for table in (Case, Stream)
        ]
        both = union_all(*(select(half) for half in halves)).subquery()
        page = (await tx.execute(select(both).order_by(both.c.id).limit(PAGE))).all()
        if not page:
            return
        last = page[-1].id
        yield [(row.id, Head(row.event_count, row.head)) for row in page]


async def sealed_pages(tx: Tx, regency_code: str, until: int) -> AsyncIterator[list[tuple[UUID, Head]]]:
    """Yield what the seals up to number *until* say of each stream, in the order of streams."""
    stream = await tx.stream(_SEALED, {"regency": regency_code, "until": until})
    async for page in stream.partitions(PAGE):
        yield [(row.stream_id, Head(row.n, bytes.fromhex(row.hash))) for row in page]


async def _pages(
    tx: Tx, base: Select[*tuple[Any, ...]], key: tuple[Any, Any]
) -> AsyncIterator[Sequence[Any]]:
    """Page through *base* in the order of *key*, whose two columns it has among its own."""
    names = [column.name for column in base.selected_columns]
    stream_at, n_at = (names.index(column.key) for column in key)
    stream, n = _FIRST, _BEFORE_ALL
    # Ordered by two columns and not by a row of them: only so does the index give the order.
    ordered = base.order_by(*key).limit(PAGE)
    while True:
        statement = ordered.where(tuple_(*key) > tuple_(literal(stream), literal(n)))
        page = (await tx.execute(statement)).all()
        if not page:
            return
        stream, n = UUID(str(page[-1][stream_at])), page[-1][n_at]
        yield page
