"""Exports: the same cases as the list, no number that Excel spoils, no formula, gone after a day."""

import csv
import io
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from httpx import AsyncClient, Response
from python_calamine import CalamineWorkbook
from sqlalchemy import update

from app.api.deps import House
from app.db.queries import work
from app.db.queries.work import Claim, Wanted
from app.db.session import transaction
from app.db.tables.access import Account
from app.db.tables.exports import Export
from app.db.tables.people import Person as PersonRow
from app.domain.ids import parse_public_id
from app.domain.jobs import JobKind
from app.worker.jobs.export import run_export
from app.worker.jobs.long import run_job
from app.worker.jobs.objects import sweep_objects
from app.worker.jobs.retention import retain
from app.worker.tools import Tools
from tests.support.desk import open_case
from tests.support.http import Person, log_in
from tests.support.working import claim_of, make_tools

pytestmark = pytest.mark.commits
LEASE = timedelta(minutes=2)
BODY: dict[str, Any] = {"format": "csv", "purpose": "service", "filter": {"region": "13.74"}}


class Killed(BaseException):
    """What a worker cannot catch."""


class Ground:
    def __init__(self, house: House, client: AsyncClient) -> None:
        self.house, self.client = house, client
        self.tools = make_tools(house.database, house.clock, house.settings.data_dir)

    async def order(self, by: Person, **changes: Any) -> dict[str, Any]:
        answer = await by.post("/v1/exports", {**BODY, **changes})
        assert answer.status_code == 202, answer.text
        assert answer.headers["Location"] == f"/v1/exports/{answer.json()['id']}"
        return dict(answer.json())

    async def work(self, tools: Tools | None = None, later: timedelta = timedelta(0)) -> None:
        tools = tools or self.tools
        while held := await self.claim(later):
            due = await run_job(tools, held)
            async with transaction(self.house.database.sessions) as tx:
                done = tools.now() if due is None else None
                assert await work.settle(tx, held, done_at=done, due_at=due)

    async def claim(self, later: timedelta = timedelta(0)) -> Claim | None:
        async with transaction(self.house.database.sessions) as tx:
            found = await work.claim(tx, "13.74", self.tools.now() + later, Wanted((work.RUN_JOB,), LEASE))
        return found[0] if found else None

    async def fetch(self, by: Person, made: dict[str, Any]) -> Response:
        return await by.get(f"/v1/exports/{made['id']}/content")

    async def taken(self, by: Person, **changes: Any) -> bytes:
        made = await self.order(by, **changes)
        await self.work()
        answer = await self.fetch(by, made)
        assert answer.status_code == 200, answer.text
        shown = (await by.get(f"/v1/exports/{made['id']}")).json()
        assert shown["state"]["code"] == "done"
        assert shown["bytes"] == len(answer.content)
        return answer.content


@pytest.fixture
async def ground(fresh_house: House, fresh_client: AsyncClient) -> Ground:
    made = Ground(fresh_house, fresh_client)
    siti = await log_in(fresh_client, "siti@1374")
    for _ in range(5):
        await open_case(siti)
    return made


async def listed(by: Person, **filters: str) -> set[str]:
    query = "&".join(f"{name}={value}" for name, value in {"limit": "200", **filters}.items())
    return {one["ticket"] for one in (await by.get(f"/v1/cases?{query}")).json()["items"]}


def read_csv(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


async def test_every_format_has_the_cases_of_the_list(ground: Ground) -> None:
    siti = await log_in(ground.client, "siti@1374")
    wanted = await listed(siti)
    rows = read_csv(await ground.taken(siti))
    assert {row["Ticket"] for row in rows} == wanted
    assert len(rows) == len(wanted) == 5
    lines = (await ground.taken(siti, format="ndjson")).splitlines()
    assert {json.loads(line)["ticket"] for line in lines} == wanted
    book = CalamineWorkbook.from_filelike(io.BytesIO(await ground.taken(siti, format="xlsx")))
    head, *cells = book.get_sheet_by_index(0).to_python()
    assert {row[head.index("Ticket")] for row in cells} == wanted
    assert all(isinstance(cell, str) for row in cells for cell in row)


async def test_a_filter_narrows_as_it_does_the_list(ground: Ground) -> None:
    siti = await log_in(ground.client, "siti@1374")
    desk = await open_case(siti)
    await desk.took("verify")
    rows = read_csv(await ground.taken(siti, filter={"status": ["verifying"]}))
    assert {row["Ticket"] for row in rows} == await listed(siti, status="verifying") == {desk.ticket}
    empty = await ground.taken(siti, filter={"opened_to": "2020-01-01T00:00:00+07:00"})
    assert read_csv(empty) == []
    assert empty.startswith(b"\xef\xbb\xbfTicket,")


async def test_numbers_are_masked_unless_asked_for_and_stay_whole_in_a_workbook(ground: Ground) -> None:
    siti = await log_in(ground.client, "siti@1374")
    masked = {row["NIK"] for row in read_csv(await ground.taken(siti))}
    assert all(one.startswith("*" * 12) for one in masked)
    content = await ground.taken(siti, format="xlsx", full_nik=True)
    head, *cells = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    whole = {str(row[head.index("NIK")]) for row in cells}
    assert all(len(one) == 16 and one.isdigit() for one in whole)
    assert {one[-4:] for one in whole} == {one[-4:] for one in masked}


async def test_who_may_not_reveal_does_not_by_an_export(ground: Ground) -> None:
    auditor = await log_in(ground.client, "auditor@1374")
    answer = await auditor.post("/v1/exports", {**BODY, "full_nik": True})
    assert answer.status_code == 403


async def test_no_cell_becomes_a_formula(ground: Ground) -> None:
    siti = await log_in(ground.client, "siti@1374")
    evil = '=HYPERLINK("http://contoh.test","klik")'
    async with transaction(ground.house.database.sessions) as tx:
        await tx.execute(update(PersonRow).where(PersonRow.regency_code == "13.74").values(name=evil))
    assert {row["Name of the resident"] for row in read_csv(await ground.taken(siti))} == {f"'{evil}"}
    content = await ground.taken(siti, format="xlsx")
    head, *cells = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    assert {row[head.index("Name of the resident")] for row in cells} == {evil}


def dying(tools: Tools, at: int) -> tuple[Tools, Callable[[], int]]:
    """Return tools whose store dies after *at* objects."""
    puts = [0]

    class Dying:
        async def put(self, key: str, content: bytes) -> None:
            await tools.objects.put(key, content)
            puts[0] += 1
            if puts[0] == at:
                raise Killed

        def __getattr__(self, name: str) -> Any:
            return getattr(tools.objects, name)

    return replace(tools, objects=Dying()), lambda: puts[0]


@pytest.mark.parametrize("form", ["csv", "xlsx"])
async def test_a_worker_that_dies_between_object_and_row_leaves_no_row_out_and_none_twice(
    ground: Ground, form: str
) -> None:
    small = {JobKind.EXPORT: partial(run_export, page=2)}
    siti = await log_in(ground.client, "siti@1374")
    wanted = await listed(siti)
    made = await ground.order(siti, format=form)
    later = timedelta(0)
    for _ in range(5 if form == "xlsx" else 3):
        held = await ground.claim(later)
        assert held
        tools, _count = dying(ground.tools, 2)
        try:
            await run_job(tools, held, long=small)
        except Killed:
            later += LEASE * 2
    await ground.work(later=later)
    content = (await ground.fetch(siti, made)).content
    if form == "csv":
        tickets = [row["Ticket"] for row in read_csv(content)]
    else:
        head, *cells = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
        tickets = [str(row[head.index("Ticket")]) for row in cells]
    assert sorted(tickets) == sorted(wanted)


async def test_an_export_is_its_askers_alone_and_only_while_she_may(ground: Ground) -> None:
    siti, office = await log_in(ground.client, "siti@1374"), await log_in(ground.client, "manajer@1374")
    made = await ground.order(siti)
    assert (await ground.fetch(siti, made)).status_code == 409
    await ground.work()
    assert (await ground.fetch(office, made)).status_code == 404
    assert (await office.get(f"/v1/exports/{made['id']}")).status_code == 404
    assert (await office.get("/v1/exports?count=true")).json()["count"] == 0
    assert (await siti.get("/v1/exports?count=true")).json()["count"] == 1


async def test_an_account_that_was_closed_meanwhile_gets_nothing(ground: Ground) -> None:
    siti = await log_in(ground.client, "siti@1374")
    made = await ground.order(siti)
    account = parse_public_id((await siti.get("/v1/me")).json()["id"])
    assert account
    async with transaction(ground.house.database.sessions) as tx:
        await tx.execute(update(Account).where(Account.id == account.id).values(active=False))
    await ground.work()
    async with transaction(ground.house.database.sessions) as tx:
        await tx.execute(update(Account).where(Account.id == account.id).values(active=True))
    shown = (await siti.get(f"/v1/exports/{made['id']}")).json()
    assert (shown["state"]["code"], shown["rows"]) == ("failed", 0)


async def test_after_a_day_it_is_gone_and_the_store_is_empty(ground: Ground) -> None:
    siti = await log_in(ground.client, "siti@1374")
    made = await ground.order(siti, format="xlsx")
    await ground.work()
    assert (await ground.fetch(siti, made)).status_code == 200
    async with transaction(ground.house.database.sessions) as tx:
        await tx.execute(update(Export).values(expires_at=datetime.now(UTC) - timedelta(seconds=1)))
    assert (await ground.fetch(siti, made)).status_code == 410
    await ground.house.access_log.flush()
    await retain(ground.tools, claim_of(work.RETENTION))
    await sweep_objects(ground.tools, claim_of(work.SWEEP_OBJECTS))
    objects = ground.house.settings.data_dir / "objects"
    assert not [one for one in objects.rglob("*") if one.is_file()]
    assert (await ground.fetch(siti, made)).status_code == 410


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"format": "pdf"}, "/format"),
        ({"purpose": "iseng"}, "/purpose"),
        ({"filter": {"region": "99.99"}}, "/filter/region"),
        ({"filter": {"program": "TIDAK_ADA"}}, "/filter/program"),
        ({"filter": {"assignee": "siti"}}, "/filter/assignee"),
        ({"filter": {"status": []}}, "/filter/status"),
        ({"filter": {"nama": "x"}}, "/filter/nama"),
    ],
)
async def test_what_cannot_be_exported_is_named(
    ground: Ground, changes: dict[str, Any], pointer: str
) -> None:
    siti = await log_in(ground.client, "siti@1374")
    answer = await siti.post("/v1/exports", {**BODY, **changes})
    assert answer.status_code == 422
    assert [one["pointer"] for one in answer.json()["errors"]] == [pointer]
