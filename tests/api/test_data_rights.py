"""A person's rights over her data: asked at the desk, decided in time, and really done."""

import json
from typing import Any

import pytest
from httpx import AsyncClient
from sqlalchemy import LargeBinary, String, cast, func, or_, select
from sqlalchemy.dialects.postgresql import JSONB

from app.api.deps import House
from app.db.session import read_only, transaction
from app.db.tables import Base
from app.db.tables.people import DataKey, RegistryEntry
from app.db.tables.people import Person as Row
from app.domain.ids import parse_public_id
from tests.conftest import LogIn
from tests.support.data_rights import a_breach, ask, granted, person_of
from tests.support.desk import Desk, open_case
from tests.support.files import a_photo, attach
from tests.support.http import Person
from tests.support.people import a_nik

pytestmark = pytest.mark.commits
TOLD = {"at": "2026-01-06T03:00:00Z", "method": "phone", "by": "Siti"}
NAME, PHONE, STREET = "Kenari Berkicau", "081298765432", "Jalan Kenari Biru 77"


@pytest.fixture
async def siti(login: LogIn) -> Person:
    return await login("siti@1374")


def planted(nik: str) -> dict[str, Any]:
    subject = {"kind": "person", "nik": nik, "name": NAME, "born_on": "1991-07-05", "sex": "P"}
    return {
        "subject": {**subject, "phone": PHONE, "address": STREET},
        "chronology": f"{NAME} di {STREET} belum menerima bantuan.",
    }


async def decided(by: Person, request: dict[str, Any], what: str = "grant", body: Any = None) -> Any:
    return await by.post(f"/v1/data-requests/{request['id']}/{what}", body)


async def closed(desk: Desk) -> None:
    await desk.took("resolve", {"outcome": "information_given", "told": TOLD})
    await desk.took("confirm", {"received": [], "by_desk": {"method": "in_person", "witness": "Rina"}})


async def test_a_copy_holds_what_we_hold_and_who_looked(siti: Person) -> None:
    nik = a_nik()
    desk = await open_case(siti, **planted(nik))
    person = await person_of(desk)
    asked = await ask(siti, person, "copy", words="Saya ingin tahu.")
    assert (asked["state"]["code"], asked["overdue"]) == ("open", False)
    early = await siti.get(f"/v1/data-requests/{asked['id']}/copy")
    assert (early.status_code, early.json()["code"]) == (409, "no_copy")
    body = {"person": person, "kind": "copy", "identity": {"method": "card_seen"}}
    assert (await siti.post("/v1/data-requests", body)).json()["code"] == "request_waits"
    assert (await decided(siti, asked)).status_code == 200
    copy = (await siti.get(f"/v1/data-requests/{asked['id']}/copy")).json()["sections"]
    (held,) = copy["person"]
    assert (held["name"], held["nik"], held["address"]) == (NAME, nik, STREET)
    assert held["phone"].endswith("81298765432")
    assert [(one["ticket"], STREET in one["chronology"]) for one in copy["cases"]] == [(desk.ticket, True)]
    assert [one["kind"] for one in copy["requests"]] == ["copy"]
    page = await siti.get(f"/v1/data-requests/{asked['id']}/copy", headers={"Accept": "text/html"})
    assert NAME in page.text
    assert "Copy of your data" in page.text


async def test_a_freeze_stops_what_goes_out_until_it_is_lifted(siti: Person) -> None:
    desk = await open_case(siti)
    frozen = await granted(siti, await person_of(desk), "freeze")
    sent = {"referrals": [{"program": "BLT_KOTA", "purpose": "AID"}]}
    await desk.read()
    stopped = await desk.step("refer", sent)
    assert (stopped.status_code, stopped.json()["code"]) == (409, "data_frozen")
    assert (await decided(siti, frozen, "lift")).status_code == 200
    await desk.read()
    await desk.took("refer", sent)
    assert (await decided(siti, frozen, "lift")).json()["code"] == "not_in_force"


async def test_whoever_objects_is_decided_on_by_a_person(siti: Person, login: LogIn) -> None:
    desk = await open_case(siti)
    # The policy leaves this programme to the desks themselves.
    sent = {"referrals": [{"program": "SEMBAKO_LANSIA", "purpose": "INFORMATION"}]}
    await granted(siti, await person_of(desk), "object")
    tasks = (await siti.get(f"/v1/cases/{desk.ticket}/tasks")).json()["items"]
    assert "review_routing" in {one["kind"]["code"] for one in tasks}
    await desk.read()
    own = await desk.step("refer", sent, siti)
    assert own.status_code in {403, 409}, own.text
    await desk.read()
    aid = {"referrals": [{"program": "BLT_KOTA", "purpose": "AID"}]}
    await desk.took("refer", aid, await login("sekretariat@1374"))


async def test_a_correction_is_written_by_whoever_may_decide(siti: Person, login: LogIn) -> None:
    desk = await open_case(siti)
    person = await person_of(desk)
    empty = {"person": person, "kind": "correct", "identity": {"method": "card_seen"}}
    assert (await siti.post("/v1/data-requests", empty)).status_code == 422
    asked = await ask(siti, person, "correct", corrections={"name": "Yuliana Benar", "phone": PHONE})
    assert (await decided(siti, asked)).status_code == 403
    assert (await decided(await login("manajer@1374"), asked)).status_code == 200
    assert (await desk.read())["subject"]["person"]["name"] == "Yuliana Benar"


async def test_a_refusal_has_a_reason_of_the_law(siti: Person, login: LogIn) -> None:
    asked = await ask(siti, await person_of(await open_case(siti)), "erase")
    manager = await login("manajer@1374")
    assert (await decided(manager, asked, "refuse", {"reason": "no_time"})).status_code == 422
    refused = (await decided(manager, asked, "refuse", {"reason": "legal_duty"})).json()
    assert (refused["state"]["code"], refused["reason"]["code"]) == ("refused", "legal_duty")
    assert (await decided(manager, asked)).json()["code"] == "decided_already"


async def test_an_erasure_takes_two_persons_and_leaves_nothing(
    client: AsyncClient, siti: Person, login: LogIn, house: House
) -> None:
    nik = a_nik()
    name = NAME.replace("Kenari", "Cendrawasih")
    case = planted(nik)
    case["subject"]["name"] = name
    desk = await open_case(siti, **case)
    await attach(siti, desk.ticket, a_photo(), paper="KTP")
    note = {"text": f"{name}, telepon {PHONE}", "to_resident": True}
    assert (await siti.post(f"/v1/cases/{desk.ticket}/notes", note)).status_code == 201
    person = await person_of(desk)
    await listed(house, nik, name)
    identifier = {"kind": "BPJS", "number": "0001234567890", "source": "card_seen"}
    assert (await siti.post(f"/v1/people/{person}/identifiers", identifier)).status_code == 201
    asked = await ask(siti, person, "erase")
    manager, head = await login("manajer@1374"), await login("kadis@1374")
    first = await decided(manager, asked)
    assert first.json()["state"]["code"] == "proposed"
    assert (await decided(manager, asked)).json()["code"] == "four_eyes"
    assert (await decided(head, asked)).json()["code"] == "open_case"
    await desk.read()
    await closed(desk)
    assert await found_in(house, [name]) != {}
    assert await digests_in(house, nik) != []
    done = await decided(head, asked)
    assert (done.status_code, done.json()["state"]["code"]) == (200, "granted"), done.text
    assert await found_in(house, [name, name.lower(), nik]) == {}
    assert await digests_in(house, nik) == []
    async with read_only(house.database.sessions) as tx:
        row = await tx.scalar(select(Row).where(Row.id == parse_id(person)))
        assert row is not None
        wrapped = await tx.scalar(select(DataKey.wrapped).where(DataKey.id == row.data_key_id))
    assert (row.name, row.nik_digest, row.born_on, wrapped) == ("(dihapus)", None, None, None)
    shown = await desk.read(manager)
    assert (shown["status"]["code"], shown["chronology"]) == ("closed", None)
    slip = await client.post("/v1/track", json={"ticket": desk.ticket, "pin": desk.pin})
    assert slip.status_code == 401
    files = (await manager.get(f"/v1/cases/{desk.ticket}/attachments")).json()["items"]
    assert {one["state"]["code"] for one in files} <= {"deleted"}
    routing = await manager.get(f"/v1/cases/{desk.ticket}/routing")
    assert routing.status_code == 200, routing.text
    assert name not in json.dumps(routing.json())


async def listed(house: House, nik: str, name: str) -> None:
    """Put her into the integrated registry."""
    digest = house.blind.digest("nik", nik)
    entry = RegistryEntry(
        regency_code="13.74",
        id=house.ids.new_id(house.clock()),
        snapshot_id=None,
        nik_digest=digest,
        kk_digest=house.blind.digest("kk", nik),
        name_key=name.lower(),
        born_on=None,
        village_code="13.74.01.1005",
        source="DTSEN",
        period="2026-3",
        status="ADA",
        desil=2,
        programs=[],
        facts={},
    )
    async with transaction(house.database.sessions) as tx:
        tx.add(entry)


def parse_id(text: str) -> Any:
    found = parse_public_id(text)
    assert found is not None
    return found.id


async def found_in(house: House, values: list[str]) -> dict[str, list[str]]:
    """Look for the values in every column of every table that can hold a text; return where they are."""
    found: dict[str, list[str]] = {}
    async with read_only(house.database.sessions) as tx:
        for table in Base.metadata.sorted_tables:
            if table.info.get("reference"):
                continue
            held: list[tuple[str, Any]] = []
            for column in table.columns:
                if isinstance(column.type, LargeBinary):
                    held.append((column.name, func.encode(column, "escape")))
                elif isinstance(column.type, JSONB | String):
                    held.append((column.name, cast(column, String)))
            if not held:
                continue
            counts = [
                func.count().filter(or_(*(text.ilike(f"%{value}%") for value in values))) for _, text in held
            ]
            row = (await tx.execute(select(*counts).select_from(table))).one()
            hits = [name for (name, _), n in zip(held, row, strict=True) if n]
            if hits:
                found[table.name] = hits
    return found


async def digests_in(house: House, nik: str) -> list[str]:
    """Return the columns in which her look-up digest still stands."""
    wanted = house.blind.digest("nik", nik)
    found = []
    async with read_only(house.database.sessions) as tx:
        for table in Base.metadata.sorted_tables:
            for column in table.columns:
                if isinstance(column.type, LargeBinary) and column.name.endswith("digest"):
                    here = select(func.count()).select_from(table).where(column == wanted)
                    if await tx.scalar(here):
                        found.append(f"{table.name}.{column.name}")
    return found


async def test_a_breach_is_told_in_both_directions_and_then_closed(login: LogIn, siti: Person) -> None:
    manager = await login("manajer@1374")
    breach = await a_breach(manager)
    path = f"/v1/breaches/{breach['id']}"
    assert (await siti.get(path)).status_code == 404
    shown = (await manager.get(path)).json()
    assert "Laptop meja layanan dicuri" in shown["notices"]["authority"]["id"]
    assert "Jangan berikan PIN" in shown["notices"]["persons"]["id"]
    assert (await manager.post(f"{path}/close")).json()["code"] == "not_told_yet"
    future = {"to": "authority", "at": "2099-01-01T00:00:00Z"}
    assert (await manager.post(f"{path}/tell", future)).status_code == 422
    now = shown["found_at"]
    assert (await manager.post(f"{path}/tell", {"to": "authority", "at": now})).status_code == 200
    told = {"to": "persons", "at": now, "method": "letter"}
    assert (await manager.post(f"{path}/tell", told)).status_code == 200
    assert (await manager.post(f"{path}/tell", told)).json()["code"] == "told_already"
    assert (await manager.post(f"{path}/close")).json()["state"] == "closed"
    listed = (await manager.get("/v1/breaches")).json()["items"]
    assert breach["id"] in {one["id"] for one in listed}
