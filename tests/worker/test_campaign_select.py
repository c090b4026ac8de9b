"""The selection as a job: killed at each step it ends as if it had run through; taken back, in words."""

from dataclasses import dataclass, fields
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from httpx import AsyncClient

from app.api.deps import House
from app.domain.jobs import JobKind
from app.worker.jobs.campaign_select import run_campaign_select
from app.worker.jobs.long import run_job
from app.worker.running import Run
from tests.support.campaigns import LEASE, Home, Walk, claim, put_on_record, walk_of
from tests.support.working import make_tools

pytestmark = pytest.mark.commits


class Killed(BaseException):
    """What a worker cannot catch."""


@pytest.fixture
async def walk(fresh_house: House, fresh_client: AsyncClient, tmp_path: Path) -> Walk:
    homes = [Home(desil=1 + n % 4, district=f"13.74.0{1 + n % 2}") for n in range(9)]
    homes += [Home(({"person.disability": True},) * 2, desil=2) for _ in range(3)]
    await put_on_record(fresh_house, homes)
    return await walk_of(fresh_house, fresh_client, tmp_path)


async def outcome(walk: Walk) -> tuple[Any, ...]:
    found = await walk.read()
    rows = sorted(
        (one["person"]["id"], one["state"]["code"], one["component"], one["need"])
        for one in await walk.recipients()
    )
    return found["state"]["code"], found["selection"]["result"], rows


async def ordered(walk: Walk) -> str:
    await walk.make()
    await walk.took("open")
    return str((await walk.took("select"))["id"])


async def test_a_worker_killed_in_each_step_leaves_the_same_selection(walk: Walk) -> None:
    tools = make_tools(walk.house.database, walk.house.clock, walk.folder)
    job = await ordered(walk)
    later, kills = timedelta(0), 0
    while True:
        held = await claim(walk.house, tools.now() + later, job)
        later += LEASE * 2
        assert held
        try:
            await run_job(tools, held, long={JobKind.CAMPAIGN_SELECT: dying})
        except Killed:
            kills += 1
            continue
        break
    killed = await outcome(walk)
    assert kills >= 8
    assert killed[0] == "selected"
    await walk.took("withdraw")
    await walk.select()
    assert await outcome(walk) == killed


async def dying(run: Run) -> dict[str, Any] | None:
    """Run on, five persons a step; the transaction of the second move from here is lost with its worker."""
    return await run_campaign_select(
        _Mortal(**{one.name: getattr(run, one.name) for one in fields(run)}), batch=5
    )


@dataclass(slots=True)
class _Mortal(Run):
    moves: int = 0

    async def move(self, tx: Any, position: dict[str, Any], *, done: int, total: int | None = None) -> bool:
        going = await Run.move(self, tx, position, done=done, total=total)
        self.moves += 1
        if self.moves == 2:
            raise Killed
        return going


async def test_a_selection_that_is_taken_back_ends_in_words(walk: Walk) -> None:
    job = await ordered(walk)
    nominate = await walk.office.post(f"{walk.path}/recipients", {"niks": ["1374010101800001"]})
    assert (nominate.status_code, nominate.json()["code"]) == (409, "campaign_not_open")
    await walk.took("withdraw")
    await walk.run(job)
    shown = (await walk.office.get(f"/v1/jobs/{job}")).json()
    assert (shown["state"]["code"], shown["problem"]["code"]) == ("failed", "selection_withdrawn")
    assert (await walk.read())["state"]["code"] == "open"


async def test_a_second_run_of_an_ended_job_does_nothing(walk: Walk) -> None:
    job = await ordered(walk)
    await walk.run(job)
    before = await outcome(walk)
    tools = make_tools(walk.house.database, walk.house.clock, walk.folder)
    held = await claim(walk.house, tools.now() + LEASE * 2, job)
    assert held
    await run_job(tools, held)
    assert await outcome(walk) == before
