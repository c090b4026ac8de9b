"""Lists of aid: matched by NIK, a verdict per row, the same again changes nothing, no row twice if killed."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from httpx import AsyncClient
from sqlalchemy import func, select

from app.api.deps import House
from app.db.queries import work
from app.db.queries.work import Claim, Wanted
from app.db.session import read_only, transaction
from app.db.tables.assistance import AssistanceImportRow
from app.db.tables.events import Event
from app.db.tables.referrals import AssistanceLine
from app.domain.ids import parse_public_id
from app.domain.jobs import JobKind
from app.worker.jobs.assistance_import import run_assistance_import
from app.worker.jobs.long import run_job
from app.worker.running import Run
from app.worker.tools import Tools
from tests.support.aid import an_order, given, person_of, planned, recorded
from tests.support.desk import a_person, acted, open_case
from tests.support.http import Person, log_in
from tests.support.lists import HEADER, nik_of, row_of, sent_list
from tests.support.working import make_tools

pytestmark = pytest.mark.commits
LEASE = timedelta(minutes=2)


class Killed(BaseException):
    """What a worker cannot catch."""


class Office:
    """Somebody who brings lists of aid, and the worker that takes them up."""

    def __init__(self, house: House, tools: Tools, by: Person) -> None:
        self.house, self.tools, self.by = house, tools, by

    async def order(self, *rows: str, **changes: Any) -> str:
        header = changes.pop("header", HEADER)
        listed = await sent_list(self.by, (header + "".join(rows)).encode())
        return await self.again(listed, **changes)

    async def again(self, listed: str, **changes: Any) -> str:
        answer = await self.by.post("/v1/assistance/imports", an_order(listed, **changes))
        assert answer.status_code == 202, answer.text
        assert answer.headers["Location"] == f"/v1/jobs/{answer.json()['job']}"
        return str(answer.json()["id"])

    async def claim(self, later: timedelta = timedelta(0)) -> Claim | None:
        async with transaction(self.house.database.sessions) as tx:
            wanted = Wanted((work.RUN_JOB,), LEASE, 50)
            found = await work.claim(tx, "13.74", self.tools.now() + later, wanted)
        return next(iter(found), None)

    async def run(self, batch: int = 50) -> None:
        held = await self.claim()
        assert held
        long = {JobKind.ASSISTANCE_IMPORT: lambda run: run_assistance_import(run, batch)}
        assert await run_job(self.tools, held, long=long) is None
        await self.settle(held)

    async def settle(self, held: Claim) -> None:
        async with transaction(self.house.database.sessions) as tx:
            await work.settle(tx, held, done_at=self.tools.now())

    async def bring(self, *rows: str, **changes: Any) -> dict[str, Any]:
        made = await self.order(*rows, **changes)
        await self.run()
        return await self.shown(made)

    async def shown(self, made: str) -> dict[str, Any]:
        return dict((await self.by.get(f"/v1/assistance/imports/{made}")).json())

    async def rows(self, made: str) -> list[tuple[int, str, list[str]]]:
        found = (await self.by.get(f"/v1/assistance/imports/{made}/rows", limit="200")).json()["items"]
        return [(one["n"], one["verdict"]["code"], [r["code"] for r in one["reasons"]]) for one in found]

    async def count(self, statement: Any) -> int:
        async with read_only(self.house.database.sessions) as tx:
            return int(await tx.scalar(statement) or 0)

    async def lines(self, made: str) -> int:
        id_ = parse_public_id(made)
        assert id_
        mine = AssistanceLine.source_id == id_.id
        return await self.count(select(func.count()).select_from(AssistanceLine).where(mine))


@pytest.fixture
async def office(fresh_house: House, fresh_client: AsyncClient, tmp_path: Path) -> Office:
    tools = make_tools(fresh_house.database, fresh_house.clock, tmp_path)
    files = fresh_house.files
    assert files
    tools = type(tools)(
        **{**{name: getattr(tools, name) for name in tools.__slots__}, "objects": files.store}
    )
    return Office(fresh_house, tools, await log_in(fresh_client, "sekretariat@1374"))


async def test_each_row_gets_its_verdict_and_the_same_list_again_changes_nothing(office: Office) -> None:
    rows = [
        row_of(1),
        row_of(2, nik=f"'{nik_of(2)}"),
        row_of(1),
        row_of(3, nik="1.37401E+15"),
        row_of(4, nik=""),
        row_of(5, name=""),
    ]
    made = await office.order(*rows)
    await office.run()
    assert await office.rows(made) == [
        (2, "accepted", ["not_on_record"]),
        (3, "corrected", ["nik_separators", "not_on_record"]),
        (4, "corrected", ["twice"]),
        (5, "refused", ["nik_number"]),
        (6, "parked", ["nik_missing"]),
        (7, "refused", ["name_missing"]),
    ]
    shown = await office.shown(made)
    assert shown["by_verdict"] == {"accepted": 1, "corrected": 2, "parked": 1, "refused": 2}
    assert await office.lines(made) == 2
    before = await office.count(select(func.count()).select_from(AssistanceLine))
    again = await office.again(shown["list"])
    await office.run()
    assert (await office.shown(again))["by_reason"]["on_record"] == 2
    assert await office.count(select(func.count()).select_from(AssistanceLine)) == before
    id_ = parse_public_id(made)
    assert id_
    told = (
        select(func.count())
        .select_from(Event)
        .where(Event.type == "assistance.given", Event.stream_id == id_.id)
    )
    assert await office.count(told) == 2


async def test_a_dry_run_judges_and_writes_nothing(office: Office) -> None:
    shown = await office.bring(row_of(1), row_of(1), row_of(2), dry_run=True)
    assert shown["by_reason"] == {"not_on_record": 2, "twice": 1}
    assert await office.lines(shown["id"]) == 0


async def test_rows_meet_what_stands_there(office: Office) -> None:
    siti = await log_in(office.by.client, "siti@1374")
    dinsos = await log_in(office.by.client, "dinsos@1374")
    who = [a_person() for _ in range(4)]
    desks = [await open_case(siti, subject=one) for one in who]
    people = [await person_of(desk) for desk in desks]
    (referral,) = await desks[0].refer({"program": "BLT_KOTA", "purpose": "AID"})
    await acted(dinsos, referral, "accept")
    await recorded(office.by, people[1], planned("PKH", "*", "2026-Q4"))
    await recorded(office.by, people[2], given("BLT_KOTA", "2026-12", 300_000, component="cash"))
    order = {
        "program": "BLT_KOTA",
        "component": "cash",
        "period": "2026-12",
        "state": "planned",
        "given_on": None,
    }
    rows = [row_of(n, nik=one["nik"], name=one["name"]) for n, one in enumerate(who, 10)]
    made = await office.order(*rows, **order)
    await office.run()
    assert [(verdict, reasons[-1:]) for _, verdict, reasons in await office.rows(made)] == [
        ("parked", ["through_referral"]),
        ("parked", ["excluded"]),
        ("parked", ["other_source"]),
        ("accepted", []),
    ]
    line = (await siti.get(f"/v1/people/{people[3]}/assistance")).json()["lines"][0]
    assert (line["source"]["code"], line["state"]["code"]) == ("import", "planned")
    listed = (await office.shown(made))["list"]
    paid = await office.again(listed, **{**order, "state": "given", "given_on": "2026-11-20"})
    await office.run()
    assert [reasons[-1:] for _, _, reasons in await office.rows(paid)][-1] == ["was_planned"]
    given_line = (await siti.get(f"/v1/people/{people[3]}/assistance")).json()["lines"][0]
    assert (given_line["id"], given_line["state"]["code"]) == (line["id"], "given")
    # Taken back by a person, a list does not bring it again.
    await office.by.post(f"/v1/assistance/{line['id']}/reverse", {"reason": "wrong_person"})
    third = await office.again(listed, **{**order, "state": "given", "given_on": "2026-11-21"})
    await office.run()
    assert [reasons[-1:] for _, _, reasons in await office.rows(third)][-1] == ["taken_back"]


async def test_a_line_of_a_list_stands_against_a_second_aid_of_somebody_who_comes_later(
    office: Office,
) -> None:
    who = a_person()
    await office.bring(row_of(1, nik=who["nik"], name=who["name"]), program="PKH", period="2026-Q4")
    siti = await log_in(office.by.client, "siti@1374")
    person = await person_of(await open_case(siti, subject=who))
    body = {"people": [person], "program": "BLT_KOTA", "purpose": "give_aid"}
    (told,) = (await siti.post("/v1/assistance/overlap", body)).json()["items"]
    assert (told["forbidden"], told["findings"][0]["program"]) == (True, "PKH")


async def test_each_recipients_own_amount_where_the_profile_maps_it(office: Office) -> None:
    columns = {"extra": {"amount": ["Nominal"]}}
    profile = await office.by.post(
        "/v1/list-profiles", {"region": "13.74", "name": "Bayar", "columns": columns}
    )
    assert profile.status_code == 201, profile.text
    rows = ["A,Rp450.000\n", "B,banyak\n", "C,\n"]
    listed = [f"{nik_of(n)},CONTOH {row}" for n, row in enumerate(rows, 1)]
    made = await office.order(*listed, header="NIK,Nama,Nominal\n", profile=profile.json()["id"])
    await office.run()
    assert [reasons[-1:] for _, _, reasons in await office.rows(made)] == [
        ["not_on_record"],
        ["amount_unreadable"],
        ["not_on_record"],
    ]
    id_ = parse_public_id(made)
    assert id_
    async with read_only(office.house.database.sessions) as tx:
        found = await tx.scalars(
            select(AssistanceLine.amount_idr)
            .where(AssistanceLine.source_id == id_.id)
            .order_by(AssistanceLine.amount_idr)
        )
        assert list(found) == [200_000, 450_000]


@pytest.mark.parametrize("before", [True, False])
async def test_killed_at_each_step_it_writes_each_row_once(
    office: Office,
    before: bool,  # noqa: FBT001  # a column of the table
) -> None:
    """The worker dies within each batch in turn: before or after its rows were written, never committed."""
    made = await office.order(*(row_of(n) for n in range(1, 8)))
    later = timedelta(0)
    for die_at in range(5):
        held = await office.claim(later)
        assert held
        with pytest.raises(Killed):
            await run_job(office.tools, held, long={JobKind.ASSISTANCE_IMPORT: dying(die_at, before=before)})
        later += LEASE + timedelta(seconds=1)
    held = await office.claim(later)
    assert held
    long = {JobKind.ASSISTANCE_IMPORT: lambda run: run_assistance_import(run, 2)}
    assert await run_job(office.tools, held, long=long) is None
    assert [n for n, _, _ in await office.rows(made)] == [2, 3, 4, 5, 6, 7, 8]
    assert await office.lines(made) == 7
    assert (await office.shown(made))["by_verdict"] == {"accepted": 7}


def dying(at: int, *, before: bool) -> Any:
    """Return an import of two rows a batch that gets one batch further each time, and dies in the next."""

    async def run_it(run: Run) -> Any:
        moves = 0
        move = run.move

        async def counted(tx: Any, position: dict[str, Any], *, done: int, total: int | None = None) -> bool:
            nonlocal moves
            moves += 1
            if moves == 2 or (at == 0 and moves == 1):
                if not before:
                    await move(tx, position, done=done, total=total)
                raise Killed
            return await move(tx, position, done=done, total=total)

        return await run_assistance_import(_Watched(run, counted), 2)  # type: ignore[arg-type]

    return run_it


class _Watched:
    """A run whose moves are counted."""

    def __init__(self, run: Run, move: Any) -> None:
        self._run, self.move = run, move

    def __getattr__(self, name: str) -> Any:
        return getattr(self._run, name)


async def test_two_imports_of_one_list_at_once_make_each_line_once(office: Office) -> None:
    rows = [row_of(n) for n in range(1, 30)]
    first = await office.order(*rows)
    second = await office.again((await office.shown(first))["list"])
    async with transaction(office.house.database.sessions) as tx:
        held = await work.claim(tx, "13.74", office.tools.now(), Wanted((work.RUN_JOB,), LEASE, 50))
    assert len(held) == 2
    long = {JobKind.ASSISTANCE_IMPORT: lambda run: run_assistance_import(run, 5)}
    await asyncio.gather(*(run_job(office.tools, one, long=long) for one in held))
    assert await office.lines(first) + await office.lines(second) == 29
    counts = [(await office.shown(one))["by_verdict"]["accepted"] for one in (first, second)]
    assert counts == [29, 29]


async def test_a_list_without_niks_is_refused_in_words(office: Office) -> None:
    made = await office.order("Ani,Silaing Bawah\n", header="Nama,Desa/Kelurahan\n")
    await office.run()
    job = (await office.by.get(f"/v1/jobs/{(await office.shown(made))['job']}")).json()
    assert (job["state"]["code"], job["problem"]["code"]) == ("failed", "list_without_nik")


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"program": "NOTHING"}, "/program"),
        ({"component": "rice"}, "/component"),
        ({"period": "Q4"}, "/period"),
        ({"given_on": None}, "/given_on"),
        ({"given_on": "2099-01-01"}, "/given_on"),
        ({"funder": "NOBODY"}, "/funder"),
        ({"list": "1374-0193a1b2c3d47e5f8a9b0c1d2e3f4a5b"}, "/list"),
        ({"list": "1371-0193a1b2c3d47e5f8a9b0c1d2e3f4a5b"}, "/list"),
        ({"profile": "1374-0193a1b2c3d47e5f8a9b0c1d2e3f4a5b"}, "/profile"),
    ],
)
async def test_what_makes_no_sense_is_named(office: Office, changes: dict[str, Any], pointer: str) -> None:
    listed = await sent_list(office.by, (HEADER + row_of(1)).encode())
    refused = await office.by.post("/v1/assistance/imports", {**an_order(listed), **changes})
    assert refused.status_code == 422
    assert pointer in {one["pointer"] for one in refused.json()["errors"]}


async def test_the_rows_hold_nothing_personal(office: Office) -> None:
    await office.bring(row_of(1))
    async with read_only(office.house.database.sessions) as tx:
        row = (await tx.scalars(select(AssistanceImportRow))).one()
    said = str({column.name: getattr(row, column.name) for column in row.__table__.columns})
    assert nik_of(1) not in said
    assert "CONTOH" not in said
