"""The sweep under kills, twins, locks and faults: nothing lost, nothing twice, nothing stuck."""

import asyncio
import json
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from httpx import AsyncClient
from sqlalchemy import event, text

from app.api.deps import House
from app.db.queries import sweeping
from app.db.session import Database, read_only, transaction
from app.worker.jobs.clocks import AFTER_A_FAULT, IDLE, PASS, REST, act_on_clocks
from app.worker.tools import Tools
from tests.support.desk import Desk, open_case
from tests.support.http import log_in
from tests.support.killing import Killed, killed_at
from tests.support.overdue import multiply
from tests.support.server import opened
from tests.support.sweeping import MOMENT, Sweeper
from tests.support.working import claim_of

pytestmark = pytest.mark.commits
JOB = claim_of("act_on_clocks")
COPIES = 600


@pytest.fixture
async def sweeper(fresh_house: House, tmp_path: Path) -> Sweeper:
    return Sweeper.of(fresh_house, tmp_path)


@pytest.fixture
async def desk(fresh_client: AsyncClient) -> Desk:
    return await open_case(await log_in(fresh_client, "siti@1374"))


async def overdue(sweeper: Sweeper, desk: Desk) -> None:
    due = (await sweeper.running(desk.ticket)).due_at
    assert due is not None
    sweeper.at = max(sweeper.at, due) + MOMENT


async def silent(desk: Desk, at: datetime) -> None:
    told = {"at": (at - timedelta(minutes=5)).isoformat(), "method": "phone", "by": "Siti"}
    await desk.took("resolve", {"outcome": "information_given", "told": told})


# Killed -------------------------------------------------------------------------------------------------


@asynccontextmanager
async def own_pool(sweeper: Sweeper) -> AsyncIterator[Tools]:
    url = sweeper.house.settings.database_url
    assert url is not None
    async with opened(url.get_secret_value()) as database:
        yield replace(sweeper.tools, database=database)


async def one_of_four(sweeper: Sweeper, seed: int) -> int:
    """Sweep until nothing is due, killed again and again between and within statements."""
    drawn, kills = random.Random(seed), 0  # noqa: S311 - no secret
    async with own_pool(sweeper) as tools:
        while True:
            async with read_only(tools.database.sessions) as tx:
                if not await sweeping.due_tenants(tx, sweeper.at):
                    return kills
            task = asyncio.create_task(act_on_clocks(tools, JOB))
            await asyncio.sleep(drawn.uniform(0.01, 0.4))
            kills += task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            if kills > 25:
                await act_on_clocks(tools, JOB)


async def test_four_workers_that_are_killed_handle_each_due_clock_once(
    sweeper: Sweeper, desk: Desk, fresh_client: AsyncClient
) -> None:
    siti = await log_in(fresh_client, "siti@1374")
    quiet = [await open_case(siti) for _ in range(3)]
    for one in quiet:
        await silent(one, sweeper.at)
    await multiply(sweeper.database, desk.ticket, COPIES - 1)
    ends = [(await sweeper.running(one.ticket)).due_at for one in (desk, *quiet)]
    sweeper.at = max(one for one in ends if one) + MOMENT
    kills = await asyncio.gather(*(one_of_four(sweeper, seed) for seed in range(4)))
    assert sum(kills) > 3
    once = "SELECT count(*) FROM clocks WHERE acts = 2 AND step = 'first_response' AND state = 'running'"
    assert await sweeper.count(once) == COPIES
    for what in (
        "SELECT count(*) FROM escalations",
        "SELECT count(DISTINCT clock_id) FROM escalations",
        "SELECT count(*) FROM events WHERE type = 'case.escalated'",
        "SELECT count(*) FROM cases WHERE escalated_to = 'desk_coordinator'",
    ):
        assert await sweeper.count(what) == COPIES, what
    closed = "SELECT count(*) FROM cases WHERE status = 'closed' AND confirmed_by = 'silence'"
    assert await sweeper.count(closed) == len(quiet)
    # Each head is that of the last event: no batch was written over another.
    apart = (
        "SELECT count(*) FROM cases c WHERE NOT EXISTS (SELECT 1 FROM events e WHERE e.regency_code = "
        "c.regency_code AND e.stream_id = c.id AND e.n = c.event_count AND e.hash = c.head)"
    )
    assert await sweeper.count(apart) == 0


async def test_a_worker_that_dies_at_any_statement_leaves_nothing_half_done(
    sweeper: Sweeper, desk: Desk, fresh_client: AsyncClient
) -> None:
    siti = await log_in(fresh_client, "siti@1374")
    quiet, sent = await open_case(siti), await open_case(siti)
    await silent(quiet, sweeper.at)
    await sent.refer({"program": "BLT_KOTA", "purpose": "AID"})
    await sweeper.look(sent.ticket, times=3)
    (clock,) = [one for one in await sweeper.clocks(sent.ticket) if one.state == "running"]
    ends = [(await sweeper.running(one.ticket)).due_at for one in (desk, quiet)]
    sweeper.at = max(one for one in (*ends, clock.act_at) if one) + MOMENT
    n = 0
    while True:
        n += 1
        with killed_at(sweeper.database, n) as statements:
            try:
                await act_on_clocks(sweeper.tools, JOB)
            except Killed:
                assert await sweeper.wrong_looks() == []
                continue
        assert len(statements) < n
        break
    assert n > 10
    assert (await sweeper.case(quiet.ticket)).status == "closed"
    (referral,) = await sweeper.referrals(sent.ticket)
    assert referral.status == "expired"
    assert len(await sweeper.events(sent.ticket, "referral.expired", "referral.offered")) == 2
    for one in (desk, sent):
        put = await sweeper.escalations(one.ticket)
        told = await sweeper.events(one.ticket, "case.escalated")
        assert len(put) == len(told) == len({(row.clock_id, row.rung) for row in put})
    await sweeper.sound()


# Held up ------------------------------------------------------------------------------------------------


async def test_a_case_that_somebody_has_in_hand_is_passed_over(
    sweeper: Sweeper, desk: Desk, fresh_client: AsyncClient
) -> None:
    other = await open_case(await log_in(fresh_client, "siti@1374"))
    await overdue(sweeper, other)
    async with transaction(sweeper.database.sessions) as tx:
        await tx.execute(text("SELECT id FROM cases WHERE ticket = :t FOR UPDATE"), {"t": desk.ticket})
        assert await sweeper.run() == sweeper.at + IDLE
        assert [one.rung for one in await sweeper.escalations(other.ticket)] == ["desk_coordinator"]
        assert await sweeper.escalations(desk.ticket) == []
    await sweeper.run()
    assert [one.rung for one in await sweeper.escalations(desk.ticket)] == ["desk_coordinator"]
    await sweeper.sound()


async def test_what_cannot_end_is_put_before_somebody_and_tried_again_later(
    sweeper: Sweeper, desk: Desk
) -> None:
    await desk.refer({"program": "BLT_KOTA", "purpose": "AID"})
    await sweeper.look(desk.ticket, times=3)
    # The step that ends it is not possible: somebody changed the row by hand.
    await sweeper.execute("UPDATE referrals SET status = 'accepted'")
    for _ in range(3):
        await sweeper.look(desk.ticket)
    put = await sweeper.escalations(desk.ticket)
    assert [one.rung for one in put] == ["desk_coordinator", "supervisor", "manager", "head", "secretariat"]
    await sweeper.look(desk.ticket)
    assert [one.rung for one in await sweeper.escalations(desk.ticket)][-2:] == ["secretariat"] * 2
    await sweeper.execute("UPDATE referrals SET status = 'sent'")
    await sweeper.look(desk.ticket)
    (referral,) = await sweeper.referrals(desk.ticket)
    assert referral.status == "expired"
    await sweeper.sound()


async def test_a_clock_that_cannot_be_read_holds_up_no_other(
    sweeper: Sweeper, desk: Desk, fresh_client: AsyncClient
) -> None:
    siti = await log_in(fresh_client, "siti@1374")
    others = [await open_case(siti) for _ in range(2)]
    (padang,) = [await open_case(await log_in(fresh_client, "sekretariat@1371"), village="13.71.01.1001")]
    await overdue(sweeper, others[-1])
    # In office hours each is due by its own instant.
    sweeper.at += timedelta(minutes=10)
    broken = (await sweeper.running(desk.ticket)).id
    entries = json.dumps([{"kind": "sideways", "at": sweeper.at.isoformat()}])
    await sweeper.execute(
        "UPDATE clocks SET entries = CAST(:e AS jsonb) WHERE id = :id", e=entries, id=broken
    )
    assert await sweeper.run() == sweeper.at + AFTER_A_FAULT
    for one in others:
        assert [put.rung for put in await sweeper.escalations(one.ticket)] == ["desk_coordinator"]
    there = "SELECT count(*) FROM escalations WHERE regency_code = '13.71'"
    assert await sweeper.count(there) == 1, padang.ticket
    assert await sweeper.escalations(desk.ticket) == []


# Short passes -------------------------------------------------------------------------------------------


@dataclass
class Slow:
    """Each look at the clock takes a while."""

    at: datetime
    step: timedelta = timedelta(milliseconds=90)
    looks: list[datetime] = field(default_factory=list)

    def __call__(self) -> datetime:
        self.at += self.step
        self.looks.append(self.at)
        return self.at


async def test_a_pass_is_short_and_rests_a_quarter_of_what_it_took(sweeper: Sweeper, desk: Desk) -> None:
    await multiply(sweeper.database, desk.ticket, 1_999)
    await overdue(sweeper, desk)
    slow = Slow(sweeper.at)
    again = await act_on_clocks(replace(sweeper.tools, now=slow), JOB)
    done = await sweeper.count("SELECT count(*) FROM escalations")
    assert 0 < done < 2_000
    took = slow.at - slow.looks[0]
    assert PASS < took < 3 * PASS
    assert again == slow.at + took / REST
    for _ in range(20):
        await act_on_clocks(replace(sweeper.tools, now=Slow(sweeper.at)), JOB)
    assert await sweeper.count("SELECT count(*) FROM escalations") == 2_000


async def test_a_stop_ends_the_pass_after_its_batch(sweeper: Sweeper, desk: Desk) -> None:
    await multiply(sweeper.database, desk.ticket, 999)
    await overdue(sweeper, desk)
    tools = sweeper.tools
    tools.stop.set()
    await act_on_clocks(tools, JOB)
    assert await sweeper.count("SELECT count(*) FROM escalations") == 0


async def test_when_nothing_is_due_it_comes_again_in_a_second(sweeper: Sweeper, desk: Desk) -> None:
    assert desk.ticket
    assert await sweeper.run() == sweeper.at + IDLE
    assert await sweeper.count("SELECT count(*) FROM escalations") == 0


# What is not due costs nothing --------------------------------------------------------------------------


async def plans(database: Database, looks: Any) -> list[dict[str, Any]]:
    """Explain every statement that *looks* sends."""
    caught: list[tuple[str, Any]] = []

    def listen(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        caught.append((statement, parameters))

    async with transaction(database.sessions) as tx:
        event.listen(database.engine.sync_engine, "before_cursor_execute", listen)
        await looks(tx)
        event.remove(database.engine.sync_engine, "before_cursor_execute", listen)
        connection = await tx.connection()
        found = []
        for statement, parameters in caught:
            explained = f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {statement}"
            raw = (await connection.exec_driver_sql(explained, parameters)).scalar_one()
            found.append((raw if isinstance(raw, list) else json.loads(raw))[0]["Plan"])
    return found


async def test_clocks_that_are_not_due_cost_the_sweep_nothing(sweeper: Sweeper, desk: Desk) -> None:
    await multiply(sweeper.database, desk.ticket, 20_000)
    # Only the owner may; whether the server has done it by itself by now is luck.
    url = sweeper.house.settings.migrate_url
    assert url is not None
    owner = await asyncpg.connect(url.get_secret_value())
    try:
        for table in ("clocks", "cases", "escalations"):
            await owner.execute(f"ANALYZE {table}")
    finally:
        await owner.close()
    now = datetime.now(UTC)

    async def looks(tx: Any) -> None:
        assert await sweeping.due_tenants(tx, now) == []
        assert await sweeping.lock_due(tx, "13.74", now) == {}
        assert await sweeping.unescalatable(tx) == 0

    found = await plans(sweeper.database, looks)
    names = [json.dumps(one) for one in found]
    assert ["ix_clocks_act" in names[0], "ix_clocks_act" in names[1], "ix_clocks_climbing" in names[2]] == [
        True
    ] * 3
    for plan in found:
        assert plan["Shared Hit Blocks"] + plan["Shared Read Blocks"] < 30, plan
