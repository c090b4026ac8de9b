"""Changed rules reach every open clock: resumable, harmless twice, and the cache equals the computation."""

import random
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from httpx import AsyncClient
from sqlalchemy import func, select, update

from app.api.deps import House
from app.db.queries import work
from app.db.queries.work import Claim, Wanted
from app.db.session import transaction
from app.db.tables.cases import Case, Clock
from app.db.tables.places import Work
from app.db.tables.referrals import Referral
from app.domain.codes import CaseKind, Priority
from app.domain.knowledge import Knowledge
from app.domain.lifecycle import URGENT
from app.domain.sla import ClockStep, Entry, EntryKind, Matter, Rule, replay
from app.services.knowledge import KnowledgeSource
from app.worker.jobs import recount as job
from app.worker.jobs.recount import recount_clocks
from app.worker.tools import Tools
from tests.support.desk import Desk, open_case
from tests.support.http import Person, log_in
from tests.support.working import make_tools

pytestmark = pytest.mark.commits
LEASE = timedelta(minutes=2)
SOURCE = "Perwako 12 Tahun 2026"
SHORT = {"days": [1, 2, 3, 4], "opens": "07:30", "closes": "12:00"}
EDITS: list[tuple[str, dict[str, Any]]] = [
    ("policies", {"step": "handling", "amount": 3, "unit": "working_days"}),
    ("policies", {"step": "handling", "amount": 40, "unit": "hours", "priority": "MENDESAK"}),
    ("policies", {"step": "acceptance", "amount": 9, "unit": "calendar_days"}),
    ("policies", {"step": "first_response", "amount": 2, "unit": "working_days", "kind": "LAYANAN"}),
    ("policies", {"step": "completion", "amount": 12, "unit": "working_days"}),
    ("calendars", {"six_day_week": True}),
    ("calendars", {"six_day_week": False}),
    ("calendars", {"office_hours": {"weekdays": SHORT}}),
]  # fmt: skip


@dataclass
class Ground:
    house: House
    manager: Person
    tools: Tools

    async def edit(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        source = {"source": SOURCE} if path == "policies" else {}
        answer = await self.manager.post(f"/v1/{path}", {"region": "13.74", **source, **body})
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    async def later(self, seconds: float) -> Tools:
        """The worker *seconds* from now, knowing what is known by then."""
        now = self.house.clock() + timedelta(seconds=seconds)
        return replace(self.tools, now=lambda: now, knowledge=KnowledgeSource(self.house.database))

    async def work(self, seconds: float = 5) -> int:
        """Do all recounting that is due then; return how often it was claimed."""
        tools, claims = await self.later(seconds), 0
        while held := await self.claim(tools):
            claims += 1
            due = await recount_clocks(tools, held)
            async with transaction(self.house.database.sessions) as tx:
                done = tools.now() if due is None else None
                assert await work.settle(tx, held, done_at=done, due_at=due)
        return claims

    async def claim(self, tools: Tools) -> Claim | None:
        async with transaction(self.house.database.sessions) as tx:
            found = await work.claim(tx, "13.74", tools.now(), Wanted((work.RECOUNT_CLOCKS,), LEASE))
        return found[0] if found else None


@pytest.fixture
async def ground(fresh_house: House, fresh_client: AsyncClient, tmp_path: Path) -> Ground:
    tools = make_tools(fresh_house.database, fresh_house.clock, tmp_path)
    return Ground(fresh_house, await log_in(fresh_client, "manajer@1374"), tools)


async def some_cases(ground: Ground) -> list[Desk]:
    """Cases in many states: new, incomplete, verifying, referred, urgent, closed at once."""
    siti = await log_in(ground.manager.client, "siti@1374")
    desks = [await open_case(siti) for _ in range(4)]
    await desks[1].took("ask_completion", {"missing": ["KK"]})
    await desks[2].took("verify")
    await desks[3].refer({"program": "BLT_KOTA", "purpose": "AID"})
    desks.append(await open_case(siti, priority="MENDESAK", priority_reason="Sakit."))
    desks.append(await open_case(siti))
    await desks[5].took("ask_completion", {"missing": ["KK"]})
    await desks[5].took("complete", {"papers": ["KK"]})
    return desks


async def wrong_caches(house: House, known: Knowledge) -> list[str]:
    """Every clock, case and referral whose cached due instant is not what replaying gives."""
    async with transaction(house.database.sessions) as tx:
        cases = {row.id: row for row in await tx.scalars(select(Case).where(Case.regency_code == "13.74"))}
        rows = list(await tx.scalars(select(Clock).where(Clock.regency_code == "13.74")))
        referrals = list(await tx.scalars(select(Referral).where(Referral.regency_code == "13.74")))
    wrong = [
        f"{row.step}: {row.due_at}"
        for row in rows
        if row.state != "stopped" and row.due_at != due_of(known, cases[row.case_id], row)
    ]
    running = [row for row in rows if row.state == "running"]
    for case in cases.values():
        due = min((row.due_at for row in running if row.case_id == case.id and row.due_at), default=None)
        wrong += [] if case.due_at == due else [f"case {case.due_at}, not {due}"]
    for referral in referrals:
        due = min((r.due_at for r in running if r.referral_id == referral.id and r.due_at), default=None)
        wrong += [] if referral.due_at == due else [f"referral {referral.due_at}, not {due}"]
    return wrong


def due_of(known: Knowledge, case: Case, row: Clock) -> datetime | None:
    priority = Priority(case.priority)
    matter = Matter(case.regency_code, CaseKind(case.kind), case.category, priority)
    limit = known.clock_policy(ClockStep(row.step), matter).limit_for(priority)
    rule = Rule(limit, known.calendar(case.regency_code), pausable=priority not in URGENT)
    entries = [Entry(EntryKind(one["kind"]), datetime.fromisoformat(one["at"])) for one in row.entries]
    clock = replay(entries, rule)
    return clock.due_at if clock else None


@pytest.mark.parametrize("seed", range(3))
async def test_after_any_edits_replaying_the_entries_gives_the_stored_due_instants(
    ground: Ground, seed: int
) -> None:
    chance = random.Random(seed)  # noqa: S311 - a repeatable sequence, no secret
    desks = await some_cases(ground)
    holiday = ground.house.clock().date() + timedelta(days=1)
    edits = [*EDITS, ("calendars", {"add": [{"date": holiday.isoformat(), "name": "Libur"}]})]
    for path, body in chance.sample(edits, 4):
        await ground.edit(path, body)
        if chance.random() < 0.5:
            await ground.work()
    await desks[0].took("handle")
    await ground.work()
    await ground.work(seconds=60)
    known = await KnowledgeSource(ground.house.database).current(ground.house.clock())
    assert await wrong_caches(ground.house, known) == []


async def test_a_new_rule_moves_the_due_instant_of_a_running_clock_and_its_end_moves_it_back(
    ground: Ground,
) -> None:
    siti = await log_in(ground.manager.client, "siti@1374")
    desk = await open_case(siti)
    before = (await desk.read())["due_at"]
    etag = desk.etag
    shown = await ground.edit("policies", {"step": "first_response", "amount": 5, "unit": "working_days"})
    assert await ground.work(seconds=1) == 0, "first every process must know it"
    assert await ground.work() == 1
    moved = (await desk.read())["due_at"]
    assert moved > before
    assert desk.etag == etag, "a due instant is a cache: nobody's version is stale"
    own = shown["clocks"][0]["id"]
    assert (await ground.manager.post(f"/v1/policies/{own}/end")).status_code == 200
    await ground.work()
    assert (await desk.read())["due_at"] == before


async def test_a_worker_that_dies_between_batches_goes_on_where_it_was(ground: Ground) -> None:
    await some_cases(ground)
    await ground.edit("policies", {"step": "first_response", "amount": 5, "unit": "working_days"})
    tools = await ground.later(5)
    held = await ground.claim(tools)
    assert held is not None
    await recount_clocks(tools, held, cases=2, batches=1)  # and is killed before it settles
    async with transaction(ground.house.database.sessions) as tx:
        payload = await tx.scalar(select(Work.payload).where(Work.id == held.id))
    assert payload is not None
    assert payload["after"] is not None
    assert await ground.work(seconds=6) == 0, "the claim is still held"
    claims = await ground.work(seconds=5 + LEASE.total_seconds())
    assert claims == 1
    await recount_clocks(tools, held)  # the dead one comes back: its position is not kept
    await ground.work(seconds=200 + LEASE.total_seconds())
    known = await KnowledgeSource(ground.house.database).current(ground.house.clock())
    assert await wrong_caches(ground.house, known) == []
    async with transaction(ground.house.database.sessions) as tx:
        left = await tx.scalar(
            select(func.count())
            .select_from(Work)
            .where(Work.kind == work.RECOUNT_CLOCKS, Work.done_at.is_(None))
        )
    assert left == 0


async def test_it_waits_until_the_worker_knows_the_new_rule_and_looks_again_at_what_moved(
    ground: Ground,
) -> None:
    siti = await log_in(ground.manager.client, "siti@1374")
    desk = await open_case(siti)
    old = KnowledgeSource(ground.house.database)
    at = ground.house.clock()
    await old.current(at)
    await ground.edit("policies", {"step": "first_response", "amount": 5, "unit": "working_days"})
    tools = await ground.later(5)
    held = await ground.claim(tools)
    assert held is not None
    late = replace(tools, now=lambda: at, knowledge=old)
    assert await recount_clocks(late, held) == at + job.WAIT
    # A process that did not know yet writes its cache after the first pass went by.
    assert await recount_clocks(tools, held) == tools.now() + job.AGAIN
    async with transaction(ground.house.database.sessions) as tx:
        await tx.execute(update(Clock).where(Clock.regency_code == "13.74").values(due_at=at, amount=1))
        await tx.execute(
            update(Case).where(Case.regency_code == "13.74").values(due_at=at, updated_at=tools.now())
        )
        await work.settle(tx, held, due_at=tools.now() + job.AGAIN)
    assert await ground.work(seconds=60) == 1
    known = await KnowledgeSource(ground.house.database).current(ground.house.clock())
    assert await wrong_caches(ground.house, known) == []
    assert (await desk.read())["due_at"] is not None
