"""The worker: work is done once, comes again when its worker died, and a stop ends it in order."""

import asyncio
import base64
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from app.db.queries import feed, work
from app.db.session import Database, transaction
from app.db.tables.events import FeedRow, Seal
from app.db.tables.places import Work
from app.domain.errors import Unavailable
from app.domain.ids import NATION
from app.integrations.seals import SealSigner
from app.worker.jobs.feed import number_feed
from app.worker.loop import JOBS, run, work_once
from app.worker.tools import Tools
from tests.support.streams import IDS, NOW, PADANG, PADANG_PANJANG, cases_with_events, grow
from tests.support.working import claim_of, make_tools

pytestmark = pytest.mark.commits
SEAL_KEY = base64.b64encode(bytes(range(32))).decode()
LEASE = work.Wanted(("errand",), timedelta(seconds=30), limit=5)


class BrokenSigner(SealSigner):
    def sign(self, body: bytes) -> bytes:
        raise RuntimeError(f"cannot sign {len(body)} bytes")


class Clock:
    """An instant that stands still until it is moved."""

    def __init__(self) -> None:
        self.at = NOW

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def tools(database: Database, clock: Clock, tmp_path: Path) -> Tools:
    return make_tools(database, clock, tmp_path)


@pytest.fixture
async def running(tools: Tools) -> AsyncIterator[Tools]:
    """The worker of the other tests on the real clock, running."""
    live = replace(tools, now=lambda: datetime.now(UTC), stop=asyncio.Event())
    task = asyncio.create_task(run(live))
    yield live
    live.stop.set()
    await task


async def enqueue(database: Database, count: int, regency_code: str = PADANG_PANJANG) -> None:
    async with transaction(database.sessions) as tx:
        await work.enqueue(
            tx,
            [work.NewWork(regency_code, IDS.new_id(NOW), "errand", f"e{n}", NOW) for n in range(count)],
        )


async def claim(database: Database, now: datetime = NOW, regency: str = PADANG_PANJANG) -> list[work.Claim]:
    async with transaction(database.sessions) as tx:
        return await work.claim(tx, regency, now, LEASE)


async def settle(database: Database, held: work.Claim, now: datetime = NOW) -> bool:
    async with transaction(database.sessions) as tx:
        return await work.settle(tx, held, done_at=now)


async def test_workers_at_once_do_each_piece_once(database: Database) -> None:
    await enqueue(database, 60)
    await enqueue(database, 60)
    done: list[str] = []

    async def worker() -> None:
        while claims := await claim(database):
            await asyncio.sleep(0.01)
            for held in claims:
                assert await settle(database, held)
                done.append(held.key)

    await asyncio.gather(*(worker() for _ in range(6)))
    assert sorted(done) == sorted(f"e{n}" for n in range(60))


async def test_a_claim_takes_only_its_tenant_and_what_is_due(database: Database) -> None:
    await enqueue(database, 1)
    await enqueue(database, 1, PADANG)
    async with transaction(database.sessions) as tx:
        assert await work.due(tx, NOW - timedelta(seconds=1), ("errand",)) == {}
        assert await work.due(tx, NOW, ("other",)) == {}
        assert await work.due(tx, NOW, ("errand",)) == {PADANG: {"errand"}, PADANG_PANJANG: {"errand"}}
    assert [held.regency_code for held in await claim(database)] == [PADANG_PANJANG]
    async with transaction(database.sessions) as tx:
        assert await work.due(tx, NOW, ("errand",)) == {PADANG: {"errand"}}


async def test_a_dead_worker_gives_back_and_its_late_answer_is_ignored(database: Database) -> None:
    await enqueue(database, 1)
    (dead,) = await claim(database)
    assert await claim(database, NOW + timedelta(seconds=29)) == []
    (heir,) = await claim(database, NOW + timedelta(seconds=31))
    assert (dead.attempts, heir.attempts) == (1, 2)
    assert not await settle(database, dead)
    assert await settle(database, heir)
    assert await claim(database, NOW + timedelta(days=1)) == []


async def test_two_workers_share_the_periodic_jobs(tools: Tools, clock: Clock) -> None:
    async with transaction(tools.database.sessions) as tx:
        await work.ensure_periodic(tx, clock())
        await work.ensure_periodic(tx, clock() + timedelta(days=1))
    await cases_with_events(tools.database, [4, 3])
    for _ in range(3):
        await asyncio.gather(work_once(tools), work_once(tools))
        clock.at += timedelta(hours=2)
    async with transaction(tools.database.sessions) as tx:
        rows = (await tx.execute(select(Work.kind, Work.attempts).where(Work.regency_code == NATION))).all()
        numbers = (await tx.scalars(select(FeedRow.n).order_by(FeedRow.n))).all()
        seals = await tx.scalar(select(func.count()).select_from(Seal))
    # Six hours: what comes daily came once, the others each time.
    daily = {work.SWEEP, work.SWEEP_OBJECTS, work.RETENTION}
    assert {tuple(row) for row in rows} == {(kind, 1 if kind in daily else 3) for kind in work.PERIODIC}
    assert numbers == list(range(1, 8))
    assert seals == 1
    assert tools.copies.last_n(PADANG_PANJANG) == 1


async def test_a_job_that_fails_comes_again_and_stops_no_other(tools: Tools, clock: Clock) -> None:
    async with transaction(tools.database.sessions) as tx:
        await work.ensure_periodic(tx, clock())
    await cases_with_events(tools.database, [2])
    broken = replace(tools, signer=BrokenSigner.parse(SEAL_KEY))
    await work_once(broken)
    clock.at += timedelta(seconds=2)
    await work_once(broken)
    async with transaction(tools.database.sessions) as tx:
        due = {row.kind: row.due_at for row in await tx.execute(select(Work.kind, Work.due_at))}
        assert await feed.heads(tx, None) == {PADANG_PANJANG: 2}
    assert due[work.SEAL_HEADS] == NOW + JOBS[work.SEAL_HEADS].retry
    clock.at += timedelta(minutes=2)
    await work_once(tools)
    assert tools.copies.last_n(PADANG_PANJANG) == 1


async def test_events_are_numbered_within_a_second(running: Tools) -> None:
    (stream,) = await cases_with_events(running.database, [1])
    loop = asyncio.get_running_loop()
    for n in range(2, 5):
        await asyncio.sleep(0.3 * n)
        async with transaction(running.database.sessions) as tx:
            await grow(tx, stream)
        committed = loop.time()
        while True:
            async with transaction(running.database.sessions) as tx:
                if (await feed.heads(tx, None)).get(PADANG_PANJANG) == n:
                    break
            assert loop.time() - committed < 1.5, "the feed is more than a second behind"
            await asyncio.sleep(0.02)


async def test_the_loop_outlives_a_database_that_goes_away(running: Tools) -> None:
    await asyncio.sleep(0.2)
    async with transaction(running.database.sessions) as tx:
        await tx.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                " AND application_name = 'puskesos'"
            )
        )
    for _ in range(running.database.engine.pool.size()):  # type: ignore[attr-defined]  # a queue's
        # Each connection of the pool that was cut off is found out by whoever takes it.
        with suppress(Unavailable):
            await cases_with_events(running.database, [1])
            break
    async with asyncio.timeout(10):
        while True:
            # Another connection that was cut off may be the one that comes next.
            with suppress(Unavailable):
                async with transaction(running.database.sessions) as tx:
                    if await feed.heads(tx, None):
                        return
            await asyncio.sleep(0.05)


async def test_a_stop_ends_the_pass_after_the_transaction_it_is_in(tools: Tools) -> None:
    await cases_with_events(tools.database, [1])
    await cases_with_events(tools.database, [1], PADANG)
    tools.stop.set()
    await number_feed(tools, claim_of("number_feed"))
    async with transaction(tools.database.sessions) as tx:
        assert await feed.pending_tenants(tx) == [PADANG_PANJANG]
    async with asyncio.timeout(1):
        await run(tools)
