"""The access log: chained per process, stored within a second and at the end, in one place only."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta

import asyncpg
import pytest
from sqlalchemy import select

from app.db.queries.access_log import COLUMNS, AccessRow, access_body
from app.db.session import Database, transaction
from app.db.tables.access import AccessEntry as Stored
from app.domain.chain import GENESIS, event_hash
from app.domain.codes import ActorKind
from app.domain.errors import Unavailable
from app.services.access_log import SEGMENT_ROWS, AccessEntry, AccessLog
from tests.support.server import Address
from tests.support.streams import IDS, NOW, PADANG, PADANG_PANJANG

pytestmark = pytest.mark.commits


def entry(n: int = 0, *, regency_code: str = PADANG_PANJANG, at: datetime = NOW) -> AccessEntry:
    return AccessEntry(
        regency_code, at, ActorKind.OFFICER, None, "person.read", "person", None, "ok", f"request-{n}"
    )


async def stored(database: Database, regency_code: str = PADANG_PANJANG) -> list[AccessRow]:
    statement = select(*COLUMNS).where(Stored.regency_code == regency_code)
    async with transaction(database.sessions) as tx:
        rows = await tx.execute(statement.order_by(Stored.segment_id, Stored.n))
        return [AccessRow._make(row) for row in rows]


def assert_chained(rows: list[AccessRow], count: int) -> None:
    prev = GENESIS
    assert [row.n for row in rows] == list(range(1, count + 1))
    for row in rows:
        prev = event_hash(prev, access_body(row))
        assert row.hash == prev


async def test_noted_entries_form_one_chain_per_tenant(database: Database) -> None:
    log = AccessLog(database, IDS.new_id)
    for n in range(3):
        log.note(entry(n))
        log.note(entry(n, regency_code=PADANG))
    await log.flush()
    log.note(entry(3))
    await log.flush()
    assert_chained(await stored(database), 4)
    assert_chained(await stored(database, PADANG), 3)
    assert [row.request_id for row in await stored(database)] == [f"request-{n}" for n in range(4)]


async def test_the_task_stores_within_a_second_and_at_shutdown(database: Database) -> None:
    log, stop = AccessLog(database, IDS.new_id), asyncio.Event()
    task = asyncio.create_task(log.run(stop))
    log.note(entry(1))
    await asyncio.sleep(1.5)
    assert len(await stored(database)) == 1
    log.note(entry(2))
    stop.set()
    await task
    assert_chained(await stored(database), 2)


async def test_what_is_recorded_is_stored_before_the_answer(database: Database) -> None:
    log = AccessLog(database, IDS.new_id)
    await log.record(replace(entry(), action="person.reveal", purpose="VERIFIKASI"))
    assert [row.purpose for row in await stored(database)] == ["VERIFIKASI"]


async def test_a_failed_flush_keeps_the_chain_and_a_lost_answer_stores_nothing_twice(
    database: Database, address: Address
) -> None:
    log = AccessLog(database, IDS.new_id)
    log.note(entry(1))
    owner = await asyncpg.connect(address.owner_url)
    async with owner.transaction():
        await owner.execute("LOCK TABLE access_log IN ACCESS EXCLUSIVE MODE")
        with pytest.raises(Unavailable):
            await log.record(entry(2))
    await owner.close()
    log.note(entry(3))
    await asyncio.gather(log.flush(), log.flush())
    assert_chained(await stored(database), 3)


async def test_a_segment_ends_after_an_hour_or_when_it_is_long(database: Database) -> None:
    log = AccessLog(database, IDS.new_id)
    log.note(entry(1))
    log.note(entry(2, at=NOW + timedelta(minutes=61)))
    for n in range(SEGMENT_ROWS):
        log.note(entry(n, at=NOW + timedelta(minutes=62)))
    await log.flush()
    rows = await stored(database)
    lengths: dict[object, int] = {}
    for row in rows:
        lengths[row.segment_id] = lengths.get(row.segment_id, 0) + 1
    assert sorted(lengths.values()) == [1, 1, SEGMENT_ROWS]
