"""Registry snapshots in tests: a list sent, checked and committed by a worker that does long work only."""

from datetime import timedelta
from typing import Any

from app.api.deps import House
from app.db.queries import work
from app.worker.loop import JOBS, work_once
from app.worker.tools import Tools
from tests.support.http import Person
from tests.support.lists import a_list, sent_list
from tests.support.working import make_tools


def tools_for(house: House) -> Tools:
    return make_tools(house.database, house.clock, house.settings.data_dir)


async def work_off(house: House) -> None:
    """Do all long work that is due, also what it orders itself."""
    tools, pause = tools_for(house), timedelta(0)
    for _ in range(20):
        pause = await work_once(tools, {work.RUN_JOB: JOBS[work.RUN_JOB]})
    assert pause > timedelta(0)


async def begun(person: Person, content: bytes, period: str = "2026-Q3", **more: Any) -> dict[str, Any]:
    """Send a list and have it checked by whoever works; return the snapshot as it was answered."""
    body = {"list_id": await sent_list(person, content), "source": "DTSEN", "period": period, **more}
    answer = await person.post("/v1/registry/snapshots", body)
    assert answer.status_code in {200, 202}, answer.text
    return dict(answer.json())


async def checked(house: House, person: Person, content: bytes, period: str = "2026-Q3") -> dict[str, Any]:
    made = await begun(person, content, period)
    await work_off(house)
    return await read(person, made["id"])


async def committed(house: House, person: Person, content: bytes, period: str = "2026-Q3") -> dict[str, Any]:
    made = await checked(house, person, content, period)
    assert made["state"]["code"] == "checked", made
    answer = await person.post(f"/v1/registry/snapshots/{made['id']}/commit", {})
    assert answer.status_code == 202, answer.text
    await work_off(house)
    return await read(person, made["id"])


async def read(person: Person, snapshot_id: str) -> dict[str, Any]:
    answer = await person.get(f"/v1/registry/snapshots/{snapshot_id}")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def rows(person: Person, snapshot_id: str, query: str = "") -> list[dict[str, Any]]:
    answer = await person.get(f"/v1/registry/snapshots/{snapshot_id}/rows?limit=200{query}")
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


async def snapshot_ids(person: Person) -> dict[str, str]:
    """A list, a snapshot of it that nobody checks, and the number of a row."""
    made = await begun(person, a_list(90_001), "2025")
    return {"list_id": made["list_id"], "snapshot_id": made["id"], "row_n": "2"}


def verdicts(snapshot: dict[str, Any]) -> dict[str, int]:
    return {one["code"]: one["rows"] for one in snapshot["counts"]["verdicts"] if one["rows"]}


def reasons(snapshot: dict[str, Any]) -> dict[str, int]:
    return {one["code"]: one["rows"] for one in snapshot["counts"]["reasons"]}
