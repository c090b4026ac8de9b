"""A registry list whose worker is killed anywhere: no row twice, none lost; stopped, resumed, withdrawn."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from httpx import AsyncClient
from sqlalchemy import func, select

from app.api.deps import House
from app.db.queries import work
from app.db.session import read_only, transaction
from app.db.tables.people import RegistryEntry
from app.db.tables.registry import RegistryRow
from app.domain.ids import parse_public_id
from app.domain.jobs import JobKind
from app.worker.jobs.long import LONG, run_job
from app.worker.jobs.registry_check import run_registry_check
from app.worker.jobs.registry_commit import run_registry_commit
from app.worker.jobs.registry_diff import run_registry_diff
from app.worker.running import Run
from tests.support.desk import open_case
from tests.support.http import log_in
from tests.support.lists import HEADER, a_list, nik_of, row_of
from tests.support.registry import begun, checked, committed, read, tools_for, verdicts, work_off

pytestmark = pytest.mark.commits
SMALL = {
    JobKind.REGISTRY_CHECK: partial(run_registry_check, batch=7),
    JobKind.REGISTRY_COMMIT: partial(run_registry_commit, step=9),
    JobKind.REGISTRY_DIFF: partial(run_registry_diff, at_once=1),
}


class Killed(BaseException):
    """What a worker cannot catch."""


class Dying:
    """A clock that kills whoever asks it the *n*-th time: each step asks, inside its transaction."""

    def __init__(self, now: Callable[[], datetime], n: int) -> None:
        self._now, self._left = now, n

    def __call__(self) -> datetime:
        self._left -= 1
        if self._left == 0:
            raise Killed
        return self._now()


async def run_dying(house: House, kind: JobKind, later: timedelta, n: int) -> bool:
    """Take the next job of this kind up and die at the *n*-th look at the clock; tell whether it died."""
    tools = tools_for(house)
    async with transaction(house.database.sessions) as tx:
        wanted = work.Wanted((work.RUN_JOB,), timedelta(minutes=2), 50)
        (held,) = await work.claim(tx, "13.74", tools.now() + later, wanted)

    async def dying(run: Run) -> dict[str, Any] | None:
        object.__setattr__(run.tools, "now", Dying(run.tools.now, n))
        return await SMALL[kind](run)

    try:
        again = await run_job(tools, held, long={kind: dying})
    except Killed:
        return True
    async with transaction(house.database.sessions) as tx:
        await work.settle(tx, held, done_at=None if again else tools_for(house).now(), due_at=again)
    return False


async def die_everywhere(house: House, kind: JobKind) -> int:
    """Kill one worker after the other, each a look later than the one before, until one gets through."""
    deaths, later = 0, timedelta(0)
    while await run_dying(house, kind, later, deaths // 2 + 1):
        deaths += 1
        later += timedelta(minutes=5)
        assert deaths < 200
    return deaths


def a_mixed_list(count: int) -> bytes:
    lines = [row_of(n) for n in range(count)]
    lines[5] = lines[2]
    lines[11] = row_of(11, nik="")
    lines[23] = row_of(3, name="ORANG LAIN SEKALI")
    return (HEADER + "".join(lines)).encode()


async def test_a_check_that_is_killed_anywhere_stores_each_row_once(
    fresh_house: House, fresh_client: AsyncClient
) -> None:
    office = await log_in(fresh_client, "sekretariat@1374")
    content = a_mixed_list(40)
    made = await begun(office, content)
    deaths = await die_everywhere(fresh_house, JobKind.REGISTRY_CHECK)
    assert deaths > 8
    told = await read(office, made["id"])
    assert (told["state"]["code"], told["counts"]["rows"], told["job"]["done"]) == ("checked", 40, 40)
    assert verdicts(told) == {"accepted": 36, "corrected": 1, "parked": 3}
    assert await _count(fresh_house, made["id"], RegistryRow) == 40


async def test_a_commit_that_is_killed_anywhere_takes_each_row_in_once(
    fresh_house: House, fresh_client: AsyncClient
) -> None:
    office = await log_in(fresh_client, "sekretariat@1374")
    made = await checked(fresh_house, office, a_mixed_list(40))
    assert (await office.post(f"/v1/registry/snapshots/{made['id']}/commit", {})).status_code == 202
    assert await die_everywhere(fresh_house, JobKind.REGISTRY_COMMIT) > 4
    told = await read(office, made["id"])
    assert (told["state"]["code"], told["counts"]["entered"]) == ("committed", 36)
    assert await _count(fresh_house, made["id"], RegistryEntry) == 36


async def test_a_comparison_that_is_killed_anywhere_asks_each_desk_once(
    fresh_house: House, fresh_client: AsyncClient
) -> None:
    office, siti = await log_in(fresh_client, "sekretariat@1374"), await log_in(fresh_client, "siti@1374")
    await committed(fresh_house, office, a_list(*range(10)), "2026-Q2")
    desks = [
        await open_case(siti, subject={"kind": "person", "nik": nik_of(n), "name": "X"}) for n in (1, 2, 3)
    ]
    made = await checked(fresh_house, office, a_list(*range(4, 12)), "2026-Q3")
    await office.post(f"/v1/registry/snapshots/{made['id']}/commit", {})
    long = {**LONG, JobKind.REGISTRY_DIFF: _never}
    await _once(fresh_house, long)
    assert await die_everywhere(fresh_house, JobKind.REGISTRY_DIFF) > 3
    diff = (await office.get(f"/v1/registry/snapshots/{made['id']}/diff")).json()
    assert {one["code"]: one["rows"] for one in diff["kinds"]} == {"dropped": 4, "new": 2}
    assert diff["flagged"] == 3
    for desk in desks:
        tasks = (await siti.get(f"/v1/cases/{desk.ticket}/tasks")).json()["items"]
        assert [one["kind"]["code"] for one in tasks] == ["registry_dropped"]


async def test_a_check_is_stopped_resumed_and_withdrawn(
    fresh_house: House, fresh_client: AsyncClient
) -> None:
    office = await log_in(fresh_client, "sekretariat@1374")
    made = await begun(office, a_mixed_list(40))
    job = made["job"]["id"]

    async def stop_beside(run: Run) -> dict[str, Any] | None:
        assert (await office.post(f"/v1/jobs/{job}/stop", {})).status_code == 200
        return await run_registry_check(run, batch=7)

    await _once(fresh_house, {JobKind.REGISTRY_CHECK: stop_beside})
    shown = (await office.get(f"/v1/jobs/{job}")).json()
    assert (shown["state"]["code"], shown["done"]) == ("stopped", 7)
    assert (await office.post(f"/v1/jobs/{job}/resume", {})).status_code == 200
    await work_off(fresh_house)
    assert (await read(office, made["id"]))["counts"]["rows"] == 40
    other = await begun(office, a_list(*range(50)), "2026-Q4")
    assert (await office.post(f"/v1/registry/snapshots/{other['id']}/withdraw", {})).status_code == 200
    await work_off(fresh_house)
    assert (await read(office, other["id"]))["job"]["state"]["code"] in {"stopped", "failed"}


async def test_half_of_the_rows_bad_is_no_obstacle(fresh_house: House, fresh_client: AsyncClient) -> None:
    office = await log_in(fresh_client, "sekretariat@1374")
    lines = [row_of(n) if n % 2 else row_of(n, nik="rusak", name="") for n in range(5000)]
    made = await checked(fresh_house, office, (HEADER + "".join(lines)).encode())
    assert verdicts(made) == {"accepted": 2500, "refused": 2500}


async def test_one_nik_in_every_row_takes_no_longer(fresh_house: House, fresh_client: AsyncClient) -> None:
    office = await log_in(fresh_client, "sekretariat@1374")
    lines = [row_of(n, nik=nik_of(1)) for n in range(5000)]
    made = await checked(fresh_house, office, (HEADER + "".join(lines)).encode())
    assert verdicts(made) == {"parked": 5000}


async def _never(_run: Run) -> dict[str, Any] | None:
    return None


async def _once(house: House, long: Any) -> None:
    tools = tools_for(house)
    async with transaction(house.database.sessions) as tx:
        wanted = work.Wanted((work.RUN_JOB,), timedelta(minutes=2), 50)
        (held,) = await work.claim(tx, "13.74", tools.now(), wanted)
    again = await run_job(tools, held, long=long)
    async with transaction(house.database.sessions) as tx:
        await work.settle(tx, held, done_at=None if again else tools.now(), due_at=again)


async def _count(house: House, public: str, table: type[RegistryRow] | type[RegistryEntry]) -> int:
    place = parse_public_id(public)
    assert place
    async with read_only(house.database.sessions) as tx:
        return (
            await tx.scalar(
                select(func.count())
                .select_from(table)
                .where(table.regency_code == place.tenant, table.snapshot_id == place.id)
            )
            or 0
        )
