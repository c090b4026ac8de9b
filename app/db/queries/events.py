"""Writing events: each in its place in its stream's chain, and in the same transaction what must follow it.

An event waits in ``feed_pending`` for its number; notices and webhooks follow the numbered feed.
Intake, which does not use a session, makes its rows with ``prepare`` too.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from sqlalchemy import insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from app.db.session import Tx
from app.db.tables.base import table_of
from app.db.tables.cases import Case
from app.db.tables.events import Event, FeedPending, Stream
from app.domain.access import Actor
from app.domain.chain import GENESIS, NO_ROWS, Head
from app.domain.errors import NotFound
from app.domain.events.base import Act, EventRecord, record_event
from app.domain.events.base import Event as Happened
from app.domain.ids import RANDOM_BYTES, uuid7


@dataclass(frozen=True, slots=True)
class CaseStream:
    """The chain of a case; its head stands on the case's row."""

    regency_code: str
    id: UUID


@dataclass(frozen=True, slots=True)
class OtherStream:
    """The chain of an account, client, person, desk or programme of one tenant; made with its first event."""

    regency_code: str
    id: UUID
    kind: str


AnyStream = CaseStream | OtherStream


def event_id(act: Act, stream_id: UUID, n: int) -> UUID:
    """Return the UUIDv7 of event *n* of a stream, its random bits drawn from the act's own random id."""
    drawn = sha256(act.cause_id.bytes + stream_id.bytes + n.to_bytes(8, "big")).digest()
    return uuid7(act.at, drawn[:RANDOM_BYTES])


def prepare(regency_code: str, happened: Sequence[Happened], act: Act, after: Head) -> list[EventRecord]:
    """Return the rows of *happened*, in order, behind *after* in their one stream."""
    rows: list[EventRecord] = []
    for event in happened:
        id_ = event_id(act, event.stream_id, after.n + 1)
        rows.append(record_event(event, act, regency_code=regency_code, id_=id_, after=after))
        after = rows[-1].head
    return rows


async def append(
    tx: Tx,
    stream: AnyStream,
    happened: Sequence[Happened],
    *,
    actor: Actor,
    now: datetime,
    cause_id: UUID,
) -> Head:
    """Write what happened to one thing, move its head, and return the new head.

    The caller has locked the case (persons and households first); the lock is taken here again, so that
    two writers can never continue the same head. Rows that the events name, such as a referral, are flushed
    before, since the fan-out reads them.

    Raises:
        NotFound: there is no such case.
        ValueError: an event belongs to another stream.
    """
    if any(event.stream_id != stream.id for event in happened):
        raise ValueError("an event belongs to another stream")
    head = await _lock_head(tx, stream)
    if not happened:
        return head
    rows = prepare(stream.regency_code, happened, Act(actor.kind, actor.account_id, now, cause_id), head)
    await _insert(tx, rows)
    await _move_head(tx, stream, rows[-1].head)
    return rows[-1].head


@dataclass(frozen=True, slots=True)
class Happening:
    """What happened to one case, whose row the caller has locked and whose head it has read."""

    case_id: UUID
    head: Head
    acts: Sequence[tuple[Act, Sequence[Happened]]]
    """Each act with its events, in their order."""


async def append_to_cases(tx: Tx, regency_code: str, happenings: Sequence[Happening]) -> dict[UUID, Head]:
    """Write what happened to many cases of one tenant, and return their new heads.

    The caller writes the heads, in the statement in which it changes these cases.
    """
    rows: list[EventRecord] = []
    heads: dict[UUID, Head] = {}
    for one in happenings:
        after = one.head
        for act, happened in one.acts:
            made = prepare(regency_code, happened, act, after)
            rows += made
            after = made[-1].head if made else after
        heads[one.case_id] = after
    await _insert(tx, rows)
    return heads


async def _insert(tx: Tx, rows: Sequence[EventRecord]) -> None:
    if not rows:
        return
    # Into the tables themselves: the mapper's way costs twice that, and a sweep writes hundreds at once.
    await tx.execute(insert(table_of(Event)), [row._asdict() for row in rows])
    await tx.execute(
        insert(table_of(FeedPending)),
        [{"regency_code": row.regency_code, "event_id": row.id} for row in rows],
    )


async def _lock_head(tx: Tx, stream: AnyStream) -> Head:
    if isinstance(stream, OtherStream):
        first = upsert(Stream).values(
            regency_code=stream.regency_code, id=stream.id, kind=stream.kind, event_count=0, head=GENESIS
        )
        await tx.execute(first.on_conflict_do_nothing(index_elements=[Stream.regency_code, Stream.id]))
    table = Case if isinstance(stream, CaseStream) else Stream
    found = await tx.execute(
        select(table.event_count, table.head)
        .where(table.regency_code == stream.regency_code, table.id == stream.id)
        .with_for_update()
    )
    row = found.one_or_none()
    if row is None:
        raise NotFound
    return Head(row.event_count, row.head) if row.event_count else NO_ROWS


async def _move_head(tx: Tx, stream: AnyStream, head: Head) -> None:
    table = Case if isinstance(stream, CaseStream) else Stream
    await tx.execute(
        update(table)
        .where(table.regency_code == stream.regency_code, table.id == stream.id)
        .values(event_count=head.n, head=head.hash)
        .execution_options(synchronize_session=False)
    )
