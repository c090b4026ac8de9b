"""Reconciliations that go wrong: lists that cannot be compared, twins, and workers that die at each step."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass, fields
from typing import Any

import pytest
from sqlalchemy import func, select

from app.api.deps import House
from app.db.session import read_only
from app.db.tables.reconciliations import ReconciliationFinding, ReconciliationRow
from app.domain.ids import parse_public_id
from app.domain.jobs import JobKind
from app.worker.jobs import long
from app.worker.jobs.long import MOST_ATTEMPTS
from app.worker.jobs.reconcile import run_reconcile
from app.worker.running import LEASE, Run
from tests.conftest import LogIn
from tests.support.lists import sent_list
from tests.support.reconciling import (
    AWAY,
    PADANG,
    Town,
    answered,
    asked,
    claimed,
    findings,
    list_of,
    reconciled,
    souls,
    told,
)
from tests.support.working import make_tools

pytestmark = pytest.mark.commits


class Killed(BaseException):
    """What a worker cannot catch."""


async def test_a_list_that_cannot_be_compared_says_so(house: House, login: LogIn) -> None:
    office = await login("sekretariat@1371")
    lists = {
        "list_empty": b"NIK,Nama,Tanggal Lahir\n",
        "list_without_nik": b"Nama,Alamat\nBudi,Jati\n",
        "list_no_header": b"satu,dua\ntiga,empat\n",
        "list_of_other_region": list_of([one.row(AWAY) for one in souls(0, 9)]),
    }
    for code, content in lists.items():
        shown = await reconciled(house, office, (), list_id=await sent_list(office, content))
        assert shown["job"]["state"]["code"] == "failed", code
        assert shown["job"]["problem"]["code"] == code
        assert shown["job"]["problem"]["id"]
        # What came of nothing may be asked again, with another profile for instance.
        again = await asked(office, (), list_id=shown["list_id"])
        assert again["id"] != shown["id"]


async def test_the_same_list_twice(house: House, login: LogIn) -> None:
    office = await login("sekretariat@1371")
    rows = [one.row() for one in souls(700, 5)]
    first = await asked(office, rows)
    body = {"region": PADANG, "program": "JKSS", "list_id": first["list_id"], "against": ["registry"]}
    body["purpose"] = "list_check"
    while_running = await office.post("/v1/reconciliations", body)
    assert (while_running.status_code, while_running.json()["code"]) == (409, "reconciliation_running")
    shown = await answered(house, office, first["id"])
    assert shown["counts"]["unlisted"] == 5
    twice = await office.post("/v1/reconciliations", body)
    assert (twice.status_code, twice.json()["code"]) == (409, "list_reconciled_already")
    assert twice.json()["data"]["reconciliation"] == first["id"]
    anew = await office.post("/v1/reconciliations", {**body, "repeat": True})
    assert anew.status_code == 202, anew.text
    old = (await office.get(f"/v1/reconciliations/{first['id']}")).json()
    assert (old["state"]["code"], old["superseded_by"]) == ("superseded", anew.json()["id"])
    assert {one["state"]["code"] for one in await findings(office, first["id"])} == {"withdrawn"}


async def test_two_at_once_make_one(login: LogIn) -> None:
    office = await login("sekretariat@1371")
    list_id = await sent_list(office, list_of([one.row() for one in souls(720, 3)]))
    body = {
        "region": PADANG,
        "program": "JKSS",
        "list_id": list_id,
        "against": ["registry"],
        "purpose": "list_check",
    }
    answers = await asyncio.gather(*(office.post("/v1/reconciliations", body) for _ in range(4)))
    assert sorted(one.status_code for one in answers) == [202, 409, 409, 409]


async def test_of_two_lists_at_once_neither_touches_the_other(house: House, login: LogIn) -> None:
    office = await login("sekretariat@1371")
    await Town(house).entry(*souls(740, 4))
    one = await asked(office, [soul.row() for soul in souls(740, 4)])
    two = await asked(office, [soul.row() for soul in souls(742, 4)])
    shown = [await answered(house, office, each["id"]) for each in (one, two)]
    assert [each["counts"]["matched"] for each in shown] == [4, 2]
    assert [each["counts"]["unlisted"] for each in shown] == [0, 2]


async def test_a_worker_that_dies_at_each_step_does_no_row_twice(house: House, login: LogIn) -> None:
    office, town = await login("sekretariat@1371"), Town(house)
    people = souls(760, 40)
    await town.entry(*people[:25])
    await town.entry(*people[25:30], status="MENINGGAL")
    rows = [one.row() for one in people] + [people[0].row()]
    earlier = await sent_list(office, list_of([one.row() for one in souls(765, 45)]))
    question = {
        "others": [{"list_id": earlier, "program": "JKSS", "role": "earlier"}],
        "missing": ["earlier"],
    }
    whole = await reconciled(house, office, rows, **question)
    made = await asked(office, rows, list_id=whole["list_id"], repeat=True, **question)
    lives = await _die_again_and_again(house, made["job"]["id"])
    shown = (await office.get(f"/v1/reconciliations/{made['id']}")).json()
    assert lives > 8
    assert shown["state"]["code"] == "ready"
    assert shown["counts"] == whole["counts"]
    assert shown["counts"]["deceased"] == 5
    assert shown["counts"]["missing"] == 10
    assert told(await findings(office, made["id"])) == told(await findings(office, whole["id"]))
    assert shown["job"]["done"] == shown["job"]["total"] == 2 * len(rows)
    assert await _stored(house, made["id"]) == await _stored(house, whole["id"])


async def _die_again_and_again(house: House, job_id: str) -> int:
    """Let every worker make two moves and die in its third; return how many lives it took."""
    tools = make_tools(house.database, house.clock, house.settings.data_dir)
    for life in range(1, MOST_ATTEMPTS):
        held = await claimed(house, job_id, LEASE * 3 * life)
        assert held
        with suppress(Killed):
            await long.run_job(tools, held, long={JobKind.RECONCILE: _mortal})
            return life
    raise AssertionError("it never ended")


async def _mortal(run: Run) -> dict[str, Any] | None:
    return await run_reconcile(
        Mortal(**{each.name: getattr(run, each.name) for each in fields(run)}), rows=10
    )


@dataclass(slots=True)
class Mortal(Run):
    """Two of its moves are kept; in the transaction of the third it dies."""

    moves: int = 0

    async def move(self, tx: Any, position: dict[str, Any], *, done: int, total: int | None = None) -> bool:
        self.moves += 1
        going = await Run.move(self, tx, position, done=done, total=total)
        if self.moves > 2:
            raise Killed
        return going


async def _stored(house: House, id_: str) -> tuple[int, int]:
    place = parse_public_id(id_)
    assert place
    async with read_only(house.database.sessions) as tx:
        rows, found = [
            await tx.scalar(
                select(func.count())
                .select_from(table)
                .where(table.regency_code == place.tenant, table.reconciliation_id == place.id)
            )
            for table in (ReconciliationRow, ReconciliationFinding)
        ]
    return rows or 0, found or 0


async def test_a_stopped_reconciliation_goes_on_where_it_was(house: House, login: LogIn) -> None:
    office = await login("sekretariat@1371")
    made = await asked(office, [one.row() for one in souls(840, 6)])
    job = made["job"]["id"]
    assert (await office.post(f"/v1/jobs/{job}/stop")).status_code == 200
    shown = (await office.get(f"/v1/reconciliations/{made['id']}")).json()
    assert shown["job"]["state"]["code"] == "stopped"
    assert (await office.post(f"/v1/jobs/{job}/resume")).status_code == 200
    assert (await answered(house, office, made["id"]))["counts"]["unlisted"] == 6
