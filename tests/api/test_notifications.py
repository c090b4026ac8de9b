"""Notices: for whom a thing concerns, in words of today, and gone with the sight of the case."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import update

from app.api.deps import House
from app.db.session import transaction
from app.db.tables.cases import Case, CaseReader
from app.worker.jobs.feed import number_feed
from app.worker.jobs.notify import notify
from tests.conftest import LogIn
from tests.support.desk import Desk, act, acted, open_case
from tests.support.http import Person
from tests.support.working import claim_of, make_tools

pytestmark = pytest.mark.commits


async def tell(house: House, folder: Path) -> None:
    tools = replace(make_tools(house.database, lambda: datetime.now(UTC), folder))
    await number_feed(tools, claim_of("number_feed"))
    await notify(tools, claim_of("notify"))


async def kinds(reader: Person, desk: Desk) -> list[str]:
    answer = await reader.get("/v1/notifications?limit=200")
    assert answer.status_code == 200, answer.text
    return [one["kind"] for one in answer.json()["items"] if one["ticket"] == desk.ticket]


async def test_each_hears_what_concerns_her(house: House, login: LogIn, tmp_path: Path) -> None:
    siti, hendra, dinsos = await login("siti@1374"), await login("hendra@1374"), await login("dinsos@1374")
    office = await login("sekretariat@1374")
    desk = await open_case(siti)
    (referral,) = await desk.refer({"program": "BLT_KOTA", "purpose": "AID"})
    await act(dinsos, referral, "question", {"text": "Berapa anak?"})
    await acted(dinsos, referral, "return", {"missing": ["KK"]})
    await tell(house, tmp_path)
    assert await kinds(hendra, desk) == ["case_opened"]
    assert await kinds(office, desk) == ["referral_returned", "question"]
    assert await kinds(dinsos, desk) == ["referral_sent"]
    shown = (await dinsos.get("/v1/notifications")).json()["items"]
    assert [one["kind"] for one in shown if one["referral_id"] == referral] == ["referral_sent"]
    assert await kinds(siti, desk) == []
    assert await kinds(await login("yulia@1374"), desk) == []
    first = (await office.get("/v1/notifications?limit=1")).json()["items"][0]
    assert first["words"]["id"].startswith("Rujukan dikembalikan")
    assert first["words"]["en"].startswith("Referral returned")


async def test_reading_counts_down_and_pages_in_order(house: House, login: LogIn, tmp_path: Path) -> None:
    siti, hendra = await login("siti@1374"), await login("hendra@1374")
    for _ in range(3):
        await open_case(siti)
    await tell(house, tmp_path)
    unread = (await hendra.get("/v1/notifications?unread=true&count=true&limit=2")).json()
    assert unread["count"] >= 3
    more = (await hendra.get(f"/v1/notifications?cursor={unread['next']}")).json()
    ids = [one["id"] for one in (*unread["items"], *more["items"])]
    assert len(ids) == len(set(ids))
    times = [one["at"] for one in (*unread["items"], *more["items"])]
    assert times == sorted(times, reverse=True)
    one = await hendra.post("/v1/notifications/read", {"ids": ids[:1]})
    assert (one.status_code, one.json()["unread"]) == (200, unread["count"] - 1)
    # Somebody else's id marks nothing.
    other = await siti.post("/v1/notifications/read", {"ids": ids[1:2]})
    assert other.status_code == 200
    rest = await hendra.post("/v1/notifications/read", {"up_to": "2099-01-01T00:00:00Z"})
    assert rest.json()["unread"] == 0
    wrong = await hendra.post("/v1/notifications/read", {"ids": ["1371-0193a1b2c3d47e5f8a9b0c1d2e3f4a5b"]})
    assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (422, "/ids/0")


async def test_a_notice_goes_with_the_sight_of_its_case(house: House, login: LogIn, tmp_path: Path) -> None:
    siti, hendra = await login("siti@1374"), await login("hendra@1374")
    desk = await open_case(siti)
    await tell(house, tmp_path)
    before = (await hendra.get("/v1/notifications?count=true")).json()["count"]
    assert await kinds(hendra, desk) == ["case_opened"]
    account = UUID((await hendra.get("/v1/me")).json()["id"].partition("-")[2])
    async with transaction(house.database.sessions) as tx:
        case = (
            await tx.execute(
                update(Case)
                .where(Case.regency_code == "13.74", Case.ticket == desk.ticket)
                .values(confidentiality="RAHASIA", closed_to="manager")
                .returning(Case.id, Case.opened_at)
            )
        ).one()
        tx.add(
            CaseReader(
                regency_code="13.74",
                case_id=case.id,
                account_id=account,
                standing="kept_out",
                opened_at=case.opened_at,
            )
        )
    assert await kinds(hendra, desk) == []
    assert (await hendra.get("/v1/notifications?count=true")).json()["count"] == before - 1


async def test_a_body_above_the_regency_finds_its_notices_at_home(
    house: House, login: LogIn, tmp_path: Path
) -> None:
    office, province = await login("sekretariat@1374"), await login("dinsos-prov@1300")
    desk = await open_case(await login("siti@1374"))
    agency = next(
        grant["agency"] for grant in (await province.get("/v1/me")).json()["grants"] if grant["agency"]
    )
    (referral,) = await desk.refer({"program": f"UMUM.{agency}", "purpose": "INFORMATION"})
    await tell(house, tmp_path)
    await tell(house, tmp_path)
    shown = (await province.get("/v1/notifications?count=true")).json()
    found = [one for one in shown["items"] if one["referral_id"] == referral]
    assert [(one["kind"], one["id"][:4]) for one in found] == [("referral_sent", "1300")]
    read = await province.post("/v1/notifications/read", {"ids": [found[0]["id"]]})
    assert read.json()["unread"] == shown["count"] - 1
    assert office.login


async def test_a_new_closed_case_is_told_to_the_office_that_handles_it_alone(
    house: House, login: LogIn, tmp_path: Path
) -> None:
    siti, hendra, manager = await login("siti@1374"), await login("hendra@1374"), await login("manajer@1374")
    desk = await open_case(siti, confidentiality="RAHASIA")
    await tell(house, tmp_path)
    assert await kinds(manager, desk) == ["case_opened"]
    for other in (hendra, await login("kadis@1374"), await login("sekretariat@1374")):
        assert await kinds(other, desk) == []


async def test_whoever_is_named_on_a_closed_case_is_told(house: House, login: LogIn, tmp_path: Path) -> None:
    siti, hendra, manager = await login("siti@1374"), await login("hendra@1374"), await login("manajer@1374")
    desk = await open_case(siti, confidentiality="RAHASIA")
    account = (await hendra.get("/v1/me")).json()["id"]
    named = await manager.post(f"/v1/cases/{desk.ticket}/readers", {"account": account})
    assert named.status_code == 201, named.text
    await tell(house, tmp_path)
    assert "reader_named" in await kinds(hendra, desk)


async def test_who_is_given_something_is_told(house: House, login: LogIn, tmp_path: Path) -> None:
    siti, hendra = await login("siti@1374"), await login("hendra@1374")
    desk = await open_case(siti)
    account = (await siti.get("/v1/me")).json()["id"]
    path = f"/v1/cases/{desk.ticket}"
    for part, body in (
        ("assignments", {"account_id": account, "instruction": "Kunjungi."}),
        ("tasks", {"text": "Telepon ibu ini.", "assignee": account}),
    ):
        given = await hendra.post(f"{path}/{part}", body)
        assert given.status_code == 201, (part, given.text)
    await tell(house, tmp_path)
    assert await kinds(siti, desk) == ["task_given", "case_assigned"]
