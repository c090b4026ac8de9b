"""Writing events: the chain, its lock, and what follows an event in the same transaction."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from app.db.failures import sqlstate
from app.db.queries.audit import event_pages
from app.db.queries.events import CaseStream, OtherStream, append, prepare
from app.db.session import Database, Tx, transaction
from app.db.tables.cases import Case
from app.db.tables.events import Event, FeedPending, Stream
from app.domain.access import SYSTEM
from app.domain.chain import NO_ROWS, Head, verify_chain
from app.domain.errors import NotFound
from app.domain.events.base import Act
from app.domain.events.others import AccountCreated, PasswordChanged
from tests.support.streams import IDS, NOW, PADANG_PANJANG, add_case, cause, grow, rated

pytestmark = pytest.mark.commits


async def head_of(tx: Tx, stream: CaseStream) -> Head:
    found = await tx.execute(select(Case.event_count, Case.head).where(Case.id == stream.id))
    return Head(*found.one())


async def chain_of(tx: Tx, regency_code: str, stream_id: Any) -> list[Any]:
    return [row async for page in event_pages(tx, regency_code) for id_, row in page if id_ == stream_id]


async def test_events_of_one_act_stand_in_one_chain_under_the_head(database: Database) -> None:
    async with transaction(database.sessions) as tx:
        stream = await add_case(tx)
        act = cause()
        head = await append(tx, stream, rated(stream, 3), actor=SYSTEM, now=NOW, cause_id=act)
        await grow(tx, stream, 2)
    async with transaction(database.sessions) as tx:
        rows = await chain_of(tx, PADANG_PANJANG, stream.id)
        assert head == Head(3, rows[2].hash)
        assert await head_of(tx, stream) == Head(5, rows[4].hash)
        assert verify_chain(rows, head=Head(5, rows[4].hash)) is None
        causes = (await tx.scalars(select(Event.cause_id).order_by(Event.n))).all()
        assert causes[:3] == [act] * 3
        assert act not in causes[3:]
        assert set(await tx.scalars(select(FeedPending.event_id))) == set(await tx.scalars(select(Event.id)))


async def test_prepared_rows_are_the_rows_that_append_writes(database: Database) -> None:
    act = Act(SYSTEM.kind, None, NOW, cause())
    async with transaction(database.sessions) as tx:
        stream = await add_case(tx)
        await append(tx, stream, rated(stream, 2), actor=SYSTEM, now=NOW, cause_id=act.cause_id)
        stored = (await tx.execute(select(Event.id, Event.hash).order_by(Event.n))).all()
    rows = prepare(PADANG_PANJANG, rated(stream, 2), act, NO_ROWS)
    assert [(row.id, row.hash) for row in rows] == [tuple(row) for row in stored]


async def test_eight_writers_on_one_case_continue_one_chain(database: Database) -> None:
    async with transaction(database.sessions) as tx:
        stream = await add_case(tx)

    async def write() -> None:
        async with transaction(database.sessions) as tx:
            await grow(tx, stream, 2)

    await asyncio.gather(*(write() for _ in range(8)))
    async with transaction(database.sessions) as tx:
        rows = await chain_of(tx, PADANG_PANJANG, stream.id)
        assert [row.n for row in rows] == list(range(1, 17))
        assert verify_chain(rows, head=await head_of(tx, stream)) is None


async def test_eight_writers_make_one_stream_outside_cases(database: Database) -> None:
    stream = OtherStream(PADANG_PANJANG, IDS.new_id(NOW), "account")

    async def write() -> None:
        async with transaction(database.sessions) as tx:
            happened = [AccountCreated(thing_id=stream.id), PasswordChanged(thing_id=stream.id)]
            await append(tx, stream, happened, actor=SYSTEM, now=NOW, cause_id=cause())

    await asyncio.gather(*(write() for _ in range(8)))
    async with transaction(database.sessions) as tx:
        row = (await tx.execute(select(Stream.kind, Stream.event_count, Stream.head))).one()
        rows = await chain_of(tx, PADANG_PANJANG, stream.id)
        assert (row.kind, row.event_count) == ("account", 16)
        assert verify_chain(rows, head=Head(row.event_count, row.head)) is None


async def test_a_story_that_fails_leaves_no_event(database: Database) -> None:
    async with transaction(database.sessions) as tx:
        stream = await add_case(tx)

    async def write_and_fail() -> None:
        async with transaction(database.sessions) as tx:
            await grow(tx, stream)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await write_and_fail()
    async with transaction(database.sessions) as tx:
        for table in (Event, FeedPending):
            assert await tx.scalar(select(func.count()).select_from(table)) == 0
        assert (await head_of(tx, stream)).n == 0


async def test_events_of_another_stream_and_of_no_case_are_refused(database: Database) -> None:
    async with transaction(database.sessions) as tx:
        stream, other = await add_case(tx), await add_case(tx)
        with pytest.raises(ValueError, match="another stream"):
            await append(tx, stream, rated(other), actor=SYSTEM, now=NOW, cause_id=cause())
        gone = CaseStream(PADANG_PANJANG, cause())
        with pytest.raises(NotFound):
            await append(tx, gone, rated(gone), actor=SYSTEM, now=NOW, cause_id=cause())


@pytest.mark.parametrize("table", ["events", "access_log", "seals"])
@pytest.mark.parametrize(
    "statement", ["UPDATE {} SET regency_code = ''", "DELETE FROM {}", "TRUNCATE {}", "DROP TABLE {}"]
)
async def test_the_service_itself_can_only_add_to_the_logs(
    database: Database, table: str, statement: str
) -> None:
    with pytest.raises(DBAPIError) as refused:
        async with transaction(database.sessions) as tx:
            await tx.execute(text(statement.format(table)))
    assert sqlstate(refused.value) == "42501"
