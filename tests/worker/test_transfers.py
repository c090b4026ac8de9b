"""A transferred case is opened in its new regency once: tried again, by two at once, killed at each wait."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from httpx import AsyncClient
from sqlalchemy import select, update

from app.api.deps import House
from app.db.queries.work import TRANSFER_CASE, Claim
from app.db.session import read_only, transaction
from app.db.tables.cases import Case, CaseAbout, CaseReader
from app.db.tables.people import DataKey
from app.db.tables.people import Person as PersonRow
from app.db.tables.places import Work
from app.worker.jobs.transfers import open_there
from app.worker.tools import Tools
from tests.conftest import LogIn
from tests.support.cut_off import killed
from tests.support.desk import Desk, acted, open_case
from tests.support.http import Person
from tests.support.people import a_nik
from tests.support.working import make_tools

pytestmark = pytest.mark.commits
THERE, ELSEWHERE = "13.71.02.1003", "13.71"
STRIDE = 11
"""Every so many waits of the job it is killed once, in each of its transactions several times."""
WHY = "Keluarga pindah ke Padang."
BEHALF: dict[str, Any] = {"source": "Surat Kemensos", "date": "2026-01-05", "paper": "S-1/2026"}


@pytest.fixture
def tools(house: House, tmp_path: Path) -> Tools:
    return make_tools(house.database, house.clock, tmp_path)


async def move(desk: Desk, by: Person, village: str = THERE) -> dict[str, Any]:
    await desk.read(by)
    return await desk.took("transfer", {"to_region": village, "note": WHY}, by)


async def row_of(house: House, ticket: str) -> Case:
    async with read_only(house.database.sessions) as tx:
        found = await tx.scalar(select(Case).where(Case.ticket == ticket))
    assert found is not None
    return found


async def claim_for(house: House, ticket: str) -> Claim:
    old = await row_of(house, ticket)
    async with read_only(house.database.sessions) as tx:
        row = await tx.scalar(select(Work).where(Work.kind == TRANSFER_CASE, Work.key == old.id.hex))
    assert row is not None
    return Claim(row.regency_code, row.id, row.kind, row.key, row.due_at, row.due_at, 1, row.payload)


async def arrived(house: House, ticket: str) -> list[Case]:
    async with read_only(house.database.sessions) as tx:
        return list(await tx.scalars(select(Case).where(Case.transferred_from == ticket)))


async def test_it_ends_here_and_what_the_centre_gives_goes_along(login: LogIn) -> None:
    siti, office = await login("siti@1374"), await login("sekretariat@1374")
    desk = await open_case(siti)
    wanted = [{"program": "PKH", "purpose": "AID"}, {"program": "UMUM.DINSOS-1374", "purpose": "INFORMATION"}]
    pkh, dinsos = await desk.refer(*wanted)
    await acted(office, pkh, "accept", {"on_behalf": BEHALF})
    moved = await move(desk, office)
    assert (moved["moved_referrals"], moved["ended_referrals"]) == ([pkh], [dinsos])
    ended = await desk.read(office)
    assert (ended["status"]["code"], ended["outcome"]["outcome"]["code"]) == ("resolved", "transferred")
    assert {one["status"]["code"] for one in ended["referrals"]} == {"revoked"}
    assert (await office.get(f"/v1/referrals/{pkh}")).json()["reason"] == "transferred"
    assert [one["kind"]["code"] for one in ended["tasks"] if one["done_at"] is None] == ["tell_resident"]
    told = {"at": "2026-01-06T03:00:00Z", "method": "phone", "by": "Siti"}
    answer = await siti.post(f"/v1/cases/{desk.ticket}/told", told)
    # Her answer is not waited for here, so that her silence closes nothing.
    assert (answer.status_code, answer.json()["due"]) == (200, [])
    await desk.read()
    dispute = {"reason": "Belum.", "by_desk": {"method": "phone", "witness": "RT"}}
    assert (await desk.step("dispute", dispute)).json()["code"] == "case_transferred"


async def test_it_goes_on_there_with_its_person_and_facts(house: House, login: LogIn, tools: Tools) -> None:
    siti, office = await login("siti@1374"), await login("sekretariat@1374")
    there = await login("sekretariat@1371")
    desk = await open_case(siti)
    stated = {"facts": {"household.pregnant": True}, "source": "resident"}
    assert (await siti.post(f"/v1/cases/{desk.ticket}/facts", stated)).status_code == 201
    await desk.read()
    (pkh,) = await desk.refer({"program": "PKH", "purpose": "AID"})
    await acted(office, pkh, "external_reference", {"reference": "KMS-7", "on_behalf": BEHALF})
    await move(desk, office)
    old = await desk.read(office)
    await open_there(tools, await claim_for(house, desk.ticket))
    (case,) = await arrived(house, desk.ticket)
    assert (await row_of(house, desk.ticket)).transferred_to == case.ticket
    new = (await there.get(f"/v1/cases/{case.ticket}")).json()
    for name in ("kind", "category", "priority", "confidentiality", "chronology", "channel", "reporter"):
        assert new[name] == old[name], name
    her, before = new["subject"]["person"], old["subject"]["person"]
    assert {**her, "id": ""} == {**before, "id": ""}
    assert her["id"] != before["id"]
    assert (new["village"], new["status"]["code"], new["routing"]["n"]) == (THERE, "referred", 1)
    assert "RT 001" in new["place"]["detail"]
    assert [(one["program"], one["status"]["code"]) for one in new["referrals"]] == [("PKH", "sent")]
    facts = (await there.get(f"/v1/cases/{case.ticket}/facts")).json()["items"]
    stated_there = {(one["fact"], one["value"]) for one in facts}
    assert stated_there == {("household.children_0_6", 1), ("household.pregnant", True)}
    notes = (await there.get(f"/v1/cases/{case.ticket}/notes")).json()["items"]
    assert [one["text"] for one in notes] == [WHY]
    again = (await there.get(f"/v1/referrals/{new['referrals'][0]['id']}")).json()
    assert (again["external_ref"], again["bundle"]["name"]) == ("KMS-7", "Yuliana Contoh")
    assert pkh in again["messages"][0]["text"]
    for reader, ticket in ((office, desk.ticket), (there, case.ticket)):
        events = (await reader.get(f"/v1/cases/{ticket}/events?limit=200")).json()["items"]
        assert all("Yuliana" not in str(one) and WHY not in str(one) for one in events)


async def test_her_old_slip_tracks_on_to_the_new_case(
    house: House, client: AsyncClient, login: LogIn, tools: Tools
) -> None:
    siti, office = await login("siti@1374"), await login("sekretariat@1374")
    desk = await open_case(siti)
    await move(desk, office)
    entered = await client.post("/v1/track", json={"ticket": desk.ticket, "pin": desk.pin})
    resident = Person(client, entered.json()["access_token"], "resident")
    waiting = (await resident.get("/v1/track")).json()
    assert (waiting["status"]["code"], waiting["allowed_actions"]) == ("transferred", [])
    await open_there(tools, await claim_for(house, desk.ticket))
    (case,) = await arrived(house, desk.ticket)
    followed = (await resident.get("/v1/track")).json()
    assert (followed["ticket"], followed["status"]["code"]) == (case.ticket, "registered")
    assert followed["allowed_actions"] == []
    refused = await resident.post("/v1/track/dispute", {"reason": "Belum."})
    assert (refused.status_code, refused.json()["code"]) == (409, "case_transferred")
    again = await client.post("/v1/track", json={"ticket": desk.ticket, "pin": desk.pin})
    assert again.status_code == 200


async def test_killed_at_each_wait_it_is_opened_once(house: House, login: LogIn, tools: Tools) -> None:
    siti, office = await login("siti@1374"), await login("sekretariat@1374")
    after, cut = 1, True
    while cut:
        desk = await open_case(siti)
        await desk.refer({"program": "PKH", "purpose": "AID"})
        await move(desk, office)
        held = await claim_for(house, desk.ticket)
        cut = await killed(open_there(tools, held), after)
        await open_there(tools, held)
        await open_there(tools, held)
        (case,) = await arrived(house, desk.ticket)
        assert (await row_of(house, desk.ticket)).transferred_to == case.ticket
        shown = (await office.get(f"/v1/cases/{desk.ticket}/events?limit=200")).json()["items"]
        assert [one["type"] for one in shown].count("case.transferred") == 1
        after += STRIDE
    assert after > 6 * STRIDE


async def test_two_workers_at_once_open_it_once(house: House, login: LogIn, tools: Tools) -> None:
    siti, office = await login("siti@1374"), await login("sekretariat@1374")
    for _ in range(4):
        desk = await open_case(siti)
        await move(desk, office)
        held = await claim_for(house, desk.ticket)
        await asyncio.gather(*(open_there(tools, held) for _ in range(3)), return_exceptions=True)
        await open_there(tools, held)
        (case,) = await arrived(house, desk.ticket)
        assert (await row_of(house, desk.ticket)).transferred_to == case.ticket


async def test_somebody_known_there_is_met_and_not_made_twice(
    house: House, login: LogIn, tools: Tools
) -> None:
    siti, office, rini = await login("siti@1374"), await login("sekretariat@1374"), await login("rini@1371")
    subject = {"kind": "person", "nik": a_nik(), "kk": "1374010101200002", "name": "Rahma Contoh", "sex": "P"}
    known = await open_case(rini, village=THERE, subject=subject)
    desk = await open_case(siti, subject=subject)
    await move(desk, office)
    await open_there(tools, await claim_for(house, desk.ticket))
    (case,) = await arrived(house, desk.ticket)
    old = await row_of(house, known.ticket)
    assert (case.person_id, case.data_key_id) == (old.person_id, old.data_key_id)
    assert case.household_id == old.household_id is not None
    nameless = await open_case(siti, subject={"kind": "person", "name": "Tanpa NIK", "born_on": "1950-01-01"})
    await move(nameless, office)
    await open_there(tools, await claim_for(house, nameless.ticket))
    (case,) = await arrived(house, nameless.ticket)
    async with read_only(house.database.sessions) as tx:
        person = await tx.scalar(select(PersonRow).where(PersonRow.id == case.person_id))
    assert person is not None
    assert (person.regency_code, person.provisional) == (ELSEWHERE, True)


async def test_a_secret_case_stays_secret_and_whoever_was_kept_out_stays_out(
    house: House, login: LogIn, tools: Tools
) -> None:
    siti, manager, hendra = await login("siti@1374"), await login("manajer@1374"), await login("hendra@1374")
    account = str((await hendra.get("/v1/me")).json()["id"])
    about = [{"kind": "account", "ref": account}]
    desk = await open_case(siti, kind="PENGADUAN", category="LAYANAN_PETUGAS", about=about)
    await move(desk, manager)
    await open_there(tools, await claim_for(house, desk.ticket))
    (case,) = await arrived(house, desk.ticket)
    assert (case.confidentiality, case.closed_to, case.holder) == ("RAHASIA", "manager", "secretariat")
    async with read_only(house.database.sessions) as tx:
        readers = (
            await tx.execute(
                select(CaseReader.account_id, CaseReader.standing).where(CaseReader.case_id == case.id)
            )
        ).all()
        refs = (await tx.scalars(select(CaseAbout.ref).where(CaseAbout.case_id == case.id))).all()
    assert [(row[0].hex, row[1]) for row in readers] == [(account[5:], "kept_out")]
    assert refs == [account]
    path = f"/v1/cases/{case.ticket}"
    assert (await (await login("manajer@1371")).get(path)).status_code == 200
    for reader in (await login("sekretariat@1371"), await login("rini@1371"), hendra, manager):
        assert (await reader.get(path)).status_code == 404


async def test_what_was_erased_meanwhile_is_opened_nowhere(house: House, login: LogIn, tools: Tools) -> None:
    siti, office = await login("siti@1374"), await login("sekretariat@1374")
    desk = await open_case(siti)
    await move(desk, office)
    old = await row_of(house, desk.ticket)
    async with transaction(house.database.sessions) as tx:
        await tx.execute(update(DataKey).where(DataKey.id == old.data_key_id).values(wrapped=None))
    await open_there(tools, await claim_for(house, desk.ticket))
    assert await arrived(house, desk.ticket) == []


@pytest.mark.parametrize(
    ("village", "status", "code"),
    [
        ("13.74.02.1004", 409, "same_regency"),
        ("13.75.01.1001", 409, "regency_not_served"),
        ("13.71", 422, "invalid"),
        ("ID", 422, "invalid"),
        ("99.99.99.9999", 422, "invalid"),
    ],
)
async def test_where_it_cannot_go(login: LogIn, village: str, status: int, code: str) -> None:
    siti, office = await login("siti@1374"), await login("sekretariat@1374")
    desk = await open_case(siti)
    answer = await desk.step("transfer", {"to_region": village, "note": WHY}, office)
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    assert (await desk.step("transfer", {"to_region": THERE, "note": WHY}, siti)).status_code == 403
    assert (await desk.read())["status"]["code"] == "registered"
