"""Trying a draft on past cases: who would go elsewhere and why, killed at any step, seen by whoever may."""

from contextlib import suppress
from dataclasses import dataclass, fields
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from httpx import AsyncClient
from sqlalchemy import select, update

from app.api.deps import House
from app.db.queries import jobs, work
from app.db.queries.work import Claim, Wanted
from app.db.session import read_only, transaction
from app.db.tables.cases import Case
from app.db.tables.jobs import Job
from app.db.tables.people import DataKey
from app.domain.ids import parse_public_id
from app.domain.jobs import JobKind
from app.worker.jobs.long import run_job
from app.worker.jobs.try_program import run_try_program
from app.worker.running import Run
from app.worker.tools import Tools
from tests.support.desk import Desk, open_case
from tests.support.http import Person, log_in
from tests.support.people import a_nik
from tests.support.rules import draft, in_days
from tests.support.working import make_tools

pytestmark = pytest.mark.commits
LEASE = timedelta(minutes=2)
PERIOD = {"from": in_days(-2), "to": in_days(2)}
LONELY = {"fact": "household.elderly_alone", "op": "is", "value": True, "source": "uji", "trust": "SEED"}
TODDLER = {"fact": "household.children_0_6", "op": "ge", "value": 1, "source": "uji", "trust": "SEED"}


class Killed(BaseException):
    """What a worker cannot catch."""


class Ground:
    def __init__(self, house: House, client: AsyncClient, tools: Tools) -> None:
        self.house, self.client, self.tools = house, client, tools
        self.later = timedelta(0)

    async def person(self, login: str) -> Person:
        return await log_in(self.client, login)

    async def cases(self, count: int, **changes: Any) -> list[Desk]:
        """Open cases; the first two of each five tell of somebody old who lives alone."""
        siti = await self.person("siti@1374")
        found = []
        for n in range(count):
            facts = {"household.elderly_alone": n % 5 < 2}
            subject = {"kind": "person", "nik": a_nik(), "name": f"Contoh {n}"}
            found.append(await open_case(siti, facts=facts, subject=subject, **changes))
        return found

    async def order(self, person: Person, shown: dict[str, Any], **body: Any) -> str:
        path = f"/v1/programs/{shown['program']}/versions/{shown['n']}/try"
        answer = await person.post(path, {**PERIOD, **body})
        assert answer.status_code == 202, answer.text
        assert answer.headers["Location"] == f"/v1/jobs/{answer.json()['id']}"
        return str(answer.json()["id"])

    async def claim(self) -> Claim:
        async with transaction(self.house.database.sessions) as tx:
            now = self.tools.now() + self.later
            found = await work.claim(tx, "13.74", now, Wanted((work.RUN_JOB,), LEASE))
        assert found
        return found[0]

    async def work(self, *, batch: int = 2, worth: int = 10_000) -> None:
        """Take the next job up once, *batch* cases a step; from *worth* cases on in other processes."""
        long = {JobKind.TRY_PROGRAM: partial(run_try_program, batch=batch, worth=worth)}
        held = await self.claim()
        due = await run_job(self.tools, held, long=long)
        async with transaction(self.house.database.sessions) as tx:
            done = self.tools.now() if due is None else None
            await work.settle(tx, held, done_at=done, due_at=due)

    async def job(self, public: str) -> Job:
        place = parse_public_id(public)
        assert place
        async with read_only(self.house.database.sessions) as tx:
            found = await jobs.find(tx, *place)
        assert found
        return found

    async def trial(self, person: Person, shown: dict[str, Any], job: str) -> dict[str, Any]:
        path = f"/v1/programs/{shown['program']}/versions/{shown['n']}/tries/{job}"
        answer = await person.get(path)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())


def counted(trial: dict[str, Any]) -> dict[str, int]:
    return {one["shift"]["code"]: one["cases"] for one in trial["shifts"] if one["cases"]}


@pytest.fixture
async def ground(fresh_house: House, fresh_client: AsyncClient, tmp_path: Path) -> Ground:
    return Ground(fresh_house, fresh_client, make_tools(fresh_house.database, fresh_house.clock, tmp_path))


async def test_a_draft_says_which_past_cases_would_go_elsewhere(ground: Ground) -> None:
    desks = await ground.cases(10)
    manager = await ground.person("manajer@1374")
    shown = await draft(manager, criteria={"all": [LONELY]})
    job = await ground.order(manager, shown)
    await ground.work()
    trial = await ground.trial(manager, shown, job)
    assert (trial["job"]["state"]["code"], trial["job"]["done"], trial["job"]["total"]) == ("done", 10, 10)
    assert trial["digest"] == shown["digest"]
    found = counted(trial)
    assert sum(found.values()) == 10
    # BLT_KOTA asks for the decile, which nobody knew; four of ten live alone.
    assert (found["newly_eligible"], found["no_longer_undecided"]) == (4, 6)
    assert (trial["exact"], trial["changed"]) == (True, 10)
    assert trial["elsewhere"] == sum(one["cases"] for one in trial["moves"])
    alone = {one["ticket"] for one in trial["cases"] if one["shift"]["code"] == "newly_eligible"}
    assert alone == {desk.ticket for n, desk in enumerate(desks) if n % 5 < 2}
    first = next(one for one in trial["cases"] if one["ticket"] in alone)
    assert (first["before"]["code"], first["after"]["code"]) == ("needs_information", "eligible")
    assert first["first_after"] == "BLT_KOTA"


async def test_the_rules_in_force_tried_again_move_nobody(ground: Ground) -> None:
    await ground.cases(5)
    manager = await ground.person("manajer@1374")
    document = (await manager.get("/v1/programs/BLT_KOTA/versions/1")).json()["document"]
    version = {**document["version"], "valid_from": in_days(0)}
    answer = await manager.post("/v1/programs/BLT_KOTA/versions", {"version": version})
    assert answer.status_code == 201, answer.text
    shown = answer.json()
    job = await ground.order(manager, shown)
    await ground.work()
    trial = await ground.trial(manager, shown, job)
    assert (counted(trial), trial["moves"], trial["cases"]) == ({"same": 5}, [], [])


async def test_whoever_sees_no_cases_is_told_in_fives_and_shown_none(ground: Ground) -> None:
    await ground.cases(8)
    agency = await ground.person("dinsos@1374")
    shown = await draft(agency, criteria={"all": [LONELY]})
    job = await ground.order(agency, shown)
    await ground.work()
    trial = await ground.trial(agency, shown, job)
    assert (trial["exact"], trial["cases"], trial["changed"]) == (False, [], 5)
    assert all(one["cases"] % 5 == 0 for one in (*trial["shifts"], *trial["moves"]))
    watched = (await agency.get(f"/v1/jobs/{job}")).json()
    assert (watched["result"]["changed"], "tally" in watched) == (5, False)
    small = f"/v1/programs/BLT_KOTA/versions/{shown['n']}/try"
    refused = await agency.post(small, {**PERIOD, "region": "13.74.01.1005"})
    assert refused.status_code == 403
    for login in ("siti@1374", "manajer@1371"):
        stranger = await ground.person(login)
        path = f"/v1/programs/BLT_KOTA/versions/{shown['n']}/tries/{job}"
        assert (await stranger.get(path)).status_code == 404


async def test_closed_cases_are_in_no_count(ground: Ground) -> None:
    await ground.cases(3)
    await ground.cases(2, confidentiality="RAHASIA")
    manager = await ground.person("manajer@1374")
    shown = await draft(manager, criteria={"all": [LONELY]})
    job = await ground.order(manager, shown)
    await ground.work()
    assert (await ground.trial(manager, shown, job))["job"]["total"] == 3


async def test_erased_facts_and_other_engines_are_counted_apart(ground: Ground) -> None:
    desks = await ground.cases(4)
    async with transaction(ground.house.database.sessions) as tx:
        key = select(Case.data_key_id).where(Case.regency_code == "13.74", Case.ticket == desks[0].ticket)
        await tx.execute(
            update(DataKey)
            .where(DataKey.regency_code == "13.74", DataKey.id == await tx.scalar(key))
            .values(wrapped=None, destroyed_at=ground.tools.now())
        )
    manager = await ground.person("manajer@1374")
    shown = await draft(manager, criteria={"all": [LONELY]})
    job = await ground.order(manager, shown)
    await ground.work()
    found = counted(await ground.trial(manager, shown, job))
    assert found["facts_erased"] == 1
    assert sum(found.values()) == 4


async def test_a_sample_a_place_and_a_period_narrow_it(ground: Ground) -> None:
    await ground.cases(12)
    manager = await ground.person("manajer@1374")
    shown = await draft(manager, criteria={"all": [LONELY]})
    totals = {}
    for name, body in {
        "sample": {"sample": 3},
        "village": {"region": "13.74.01.1005"},
        "elsewhere": {"region": "13.74.02"},
        "before": {"from": in_days(-9), "to": in_days(-5)},
    }.items():
        job = await ground.order(manager, shown, **body)
        await ground.work()
        totals[name] = (await ground.job(job)).total
    sampled = totals.pop("sample")
    assert sampled is not None
    assert sampled < 12
    assert totals == {"village": 12, "elsewhere": 0, "before": 0}
    wrong = f"/v1/programs/BLT_KOTA/versions/{shown['n']}/try"
    for body in ({"region": "13.71"}, {"region": "99"}, {"from": in_days(1), "to": in_days(0)}):
        assert (await manager.post(wrong, {**PERIOD, **body})).status_code == 422


@dataclass(slots=True)
class Mortal(Run):
    """A run that dies in its *at*-th step, before the step is committed."""

    at: int = 0

    async def move(self, *args: Any, **words: Any) -> bool:
        going = await Run.move(self, *args, **words)
        self.at -= 1
        if self.at == 0:
            raise Killed
        return going


async def dying(run: Run, at: int) -> dict[str, Any] | None:
    mortal = Mortal(**{one.name: getattr(run, one.name) for one in fields(run)}, at=at)
    return await run_try_program(mortal, batch=2)


async def test_killed_at_any_step_it_counts_each_case_once(ground: Ground) -> None:
    await ground.cases(7)
    manager = await ground.person("manajer@1374")
    shown = await draft(manager, criteria={"all": [LONELY]})
    job = await ground.order(manager, shown)
    done = []
    for at in (1, 2, 2, 2, 2, 3):
        held = await ground.claim()
        with suppress(Killed):
            await run_job(ground.tools, held, long={JobKind.TRY_PROGRAM: partial(dying, at=at)})
        ground.later += LEASE * 2
        done.append((await ground.job(job)).done)
    await ground.work()
    ended = await ground.job(job)
    assert done == [0, 0, 2, 4, 6, 7]
    assert (ended.state, ended.done, ended.total) == ("done", 7, 7)
    assert sum(ended.position["tally"]["shifts"].values()) == 7


async def test_children_judge_as_the_worker_itself_does(ground: Ground) -> None:
    await ground.cases(9)
    manager = await ground.person("manajer@1374")
    shown = await draft(manager, criteria={"all": [LONELY]})
    found = []
    for worth in (1, 10_000):
        job = await ground.order(manager, shown)
        await ground.work(worth=worth)
        found.append((await ground.job(job)).position["tally"])
    assert found[0] == found[1]
    assert sum(found[0]["shifts"].values()) == 9


async def test_people_stop_a_trial_and_it_goes_on_from_there(ground: Ground) -> None:
    await ground.cases(6)
    manager = await ground.person("manajer@1374")
    shown = await draft(manager, criteria={"all": [LONELY]})
    job = await ground.order(manager, shown)
    held = await ground.claim()
    await run_job(ground.tools, held, long={JobKind.TRY_PROGRAM: _stopping(manager, job)})
    stopped = await ground.job(job)
    assert (stopped.state, stopped.done) == ("stopped", 0)
    partial_ = await ground.trial(manager, shown, job)
    assert (partial_["job"]["state"]["code"], partial_["changed"]) == ("stopped", 0)
    assert (await manager.post(f"/v1/jobs/{job}/resume", {})).status_code == 200
    ground.later += LEASE * 2
    while (await ground.job(job)).state != "done":
        await ground.work()
    assert (await ground.job(job)).done == 6


def _stopping(manager: Person, job: str) -> Any:
    async def stop_beside(run: Run) -> dict[str, Any] | None:
        assert (await manager.post(f"/v1/jobs/{job}/stop", {})).status_code == 200
        return await run_try_program(run, batch=2)

    return stop_beside
