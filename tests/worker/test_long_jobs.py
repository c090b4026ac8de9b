"""Long jobs: resumed after a kill without doing a step twice, stopped by people, given up, told in words."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from httpx import AsyncClient

from app.api.deps import House
from app.db.queries import jobs, work
from app.db.queries.work import Claim, Wanted
from app.db.session import read_only, transaction
from app.db.tables.jobs import Job
from app.domain.errors import Conflict
from app.domain.ids import parse_public_id
from app.domain.jobs import JobKind
from app.worker.jobs.long import MOST_ATTEMPTS, Long, run_job
from app.worker.running import Run
from app.worker.tools import Tools
from tests.support.http import log_in
from tests.support.jobs import a_job
from tests.support.working import make_tools

pytestmark = pytest.mark.commits
STEPS = 5
LEASE = timedelta(minutes=2)


class Killed(BaseException):
    """What a worker cannot catch."""


class Ground:
    """One job, and the marks that its steps left."""

    def __init__(self, house: House, tools: Tools, public: str) -> None:
        self.house, self.tools, self.public = house, tools, public
        place = parse_public_id(public)
        assert place
        self.tenant, self.id = place
        self.marks: list[int] = []

    async def claim(self, later: timedelta = timedelta(0)) -> Claim | None:
        """Take the job's work up, *later* than now."""
        async with transaction(self.house.database.sessions) as tx:
            now = self.tools.now() + later
            found = await work.claim(tx, self.tenant, now, Wanted((work.RUN_JOB,), LEASE, 50))
        return next((one for one in found if one.payload["job"] == self.id.hex), None)

    async def run(self, held: Claim | None, count: "Long | None" = None) -> Any:
        assert held
        return await run_job(self.tools, held, long={JobKind.TRY_PROGRAM: count or self.count})

    async def count(self, run: Run, die_at: int | None = None) -> dict[str, Any] | None:
        """Count to STEPS, one step a transaction; a mark counts when its transaction is committed."""
        for step in range(run.position.get("step", 0), STEPS):
            async with transaction(run.tools.database.sessions) as tx:
                going = await run.move(tx, {"step": step + 1}, done=step + 1, total=STEPS)
                if die_at == step:
                    raise Killed
            self.marks.append(step)
            if not going:
                return None
        return {"counted": STEPS}

    async def job(self) -> Job:
        async with read_only(self.house.database.sessions) as tx:
            found = await jobs.find(tx, self.tenant, self.id)
        assert found
        return found


@pytest.fixture
async def ground(fresh_house: House, tmp_path: Path) -> Ground:
    tools = make_tools(fresh_house.database, fresh_house.clock, tmp_path)
    made = Ground(fresh_house, tools, await a_job(fresh_house))
    async with transaction(fresh_house.database.sessions) as tx:
        job = await jobs.lock(tx, made.tenant, made.id)
        assert job
        await jobs.enqueue(tx, job, fresh_house.ids.new_id(tools.now()), tools.now())
    return made


async def test_a_job_that_is_killed_at_any_step_does_each_step_once(ground: Ground) -> None:
    later = timedelta(0)
    for die_at in range(STEPS):

        async def dying(run: Run, die_at: int = die_at) -> dict[str, Any] | None:
            return await ground.count(run, die_at)

        held = await ground.claim(later)
        with pytest.raises(Killed):
            await ground.run(held, dying)
        later += LEASE * 2
    assert await ground.run(await ground.claim(later)) is None
    job = await ground.job()
    assert ground.marks == list(range(STEPS))
    assert (job.state, job.done, job.total, job.result) == ("done", STEPS, STEPS, {"counted": STEPS})


async def test_a_worker_that_was_taken_for_dead_keeps_nothing(ground: Ground) -> None:
    held = await ground.claim()
    other = await ground.claim(LEASE * 2)
    assert other
    await ground.run(held)
    assert (await ground.job()).done == 0
    await ground.run(other)
    assert ground.marks == list(range(STEPS))


async def test_the_lease_is_renewed_by_each_step(ground: Ground) -> None:
    held = await ground.claim()
    later = ground.tools.now() + LEASE

    async def one_step(run: Run) -> dict[str, Any] | None:
        run.tools = replace(run.tools, now=lambda: later)
        return await ground.count(run)

    await ground.run(held, one_step)
    assert (await ground.job()).state == "done"
    assert await ground.claim(LEASE) is None


async def test_people_stop_a_job_between_two_steps_and_resume_it(
    ground: Ground, fresh_client: AsyncClient
) -> None:
    manager = await log_in(fresh_client, "manajer@1374")
    stopped: list[int] = []

    async def stop_beside(run: Run) -> dict[str, Any] | None:
        answer = await manager.post(f"/v1/jobs/{ground.public}/stop", {})
        stopped.append(answer.status_code)
        return await ground.count(run)

    assert await ground.run(await ground.claim(), stop_beside) is None
    assert stopped == [200]
    shown = (await manager.get(f"/v1/jobs/{ground.public}")).json()
    assert (shown["state"]["code"], shown["done"]) == ("stopped", 1)
    assert await ground.claim(LEASE * 2) is not None, "its work was not settled, as the loop does"
    assert (await manager.post(f"/v1/jobs/{ground.public}/stop", {})).status_code == 409
    assert (await manager.post(f"/v1/jobs/{ground.public}/resume", {})).status_code == 200
    await ground.run(await ground.claim(LEASE * 4))
    assert ground.marks == list(range(STEPS))
    assert (await manager.post(f"/v1/jobs/{ground.public}/resume", {})).status_code == 409


async def test_a_job_that_has_not_begun_stops_at_once(ground: Ground, fresh_client: AsyncClient) -> None:
    manager = await log_in(fresh_client, "manajer@1374")
    answer = await manager.post(f"/v1/jobs/{ground.public}/stop", {})
    assert answer.json()["state"]["code"] == "stopped"
    await ground.run(await ground.claim())
    assert ground.marks == []


async def test_a_worker_that_ends_leaves_the_job_to_the_next(ground: Ground) -> None:
    held = await ground.claim()
    ground.tools.stop.set()
    assert await ground.run(held) is not None
    assert ((await ground.job()).state, ground.marks) == ("running", [0])


async def test_what_cannot_be_done_is_told_in_words(ground: Ground, fresh_client: AsyncClient) -> None:
    async def refuse(_run: Run) -> dict[str, Any] | None:
        raise Conflict("file_gone", "Berkasnya sudah dihapus.", "The file was deleted.")

    await ground.run(await ground.claim(), refuse)
    manager = await log_in(fresh_client, "manajer@1374")
    shown = (await manager.get(f"/v1/jobs/{ground.public}")).json()
    assert shown["state"]["code"] == "failed"
    assert shown["problem"] == {
        "code": "file_gone", "id": "Berkasnya sudah dihapus.", "en": "The file was deleted."
    }  # fmt: skip


async def test_a_job_that_fails_by_a_fault_is_tried_again_and_then_given_up(ground: Ground) -> None:
    async def break_down(_run: Run) -> dict[str, Any] | None:
        raise ZeroDivisionError

    held = await ground.claim()
    assert held
    with pytest.raises(ZeroDivisionError):
        await ground.run(held, break_down)
    assert (await ground.job()).state == "running"
    await ground.run(replace(held, attempts=MOST_ATTEMPTS), break_down)
    job = await ground.job()
    assert job.state == "failed"
    assert job.problem
    assert job.problem["code"] == "internal"


async def test_a_job_that_takes_its_worker_down_is_given_up(ground: Ground) -> None:
    held = await ground.claim()
    assert held
    await ground.run(replace(held, attempts=MOST_ATTEMPTS + 1))
    assert (await ground.job()).state == "failed"
    assert ground.marks == []


async def test_only_who_might_have_asked_sees_a_job(ground: Ground, fresh_client: AsyncClient) -> None:
    people = {
        name: await log_in(fresh_client, f"{name}@1374") for name in ("manajer", "kadis", "siti", "dinsos")
    }
    found = {name: (await who.get(f"/v1/jobs/{ground.public}")).status_code for name, who in people.items()}
    assert found == {"manajer": 200, "kadis": 200, "siti": 404, "dinsos": 404}
    lists = {name: (await who.get("/v1/jobs?count=true")).json()["count"] for name, who in people.items()}
    assert lists == {"manajer": 1, "kadis": 1, "siti": 0, "dinsos": 0}


async def test_two_stops_at_once_answer_once(ground: Ground, fresh_client: AsyncClient) -> None:
    manager = await log_in(fresh_client, "manajer@1374")
    path = f"/v1/jobs/{ground.public}/stop"
    answers = await asyncio.gather(*(manager.post(path, {}) for _ in range(4)))
    assert sorted(one.status_code for one in answers) == [200, 409, 409, 409]
