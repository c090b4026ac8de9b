"""One person, masked; and her numbers in full, which leave an entry before they leave the house."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from httpx import Response
from sqlalchemy import select
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine

from app.api.deps import House
from app.db.session import Database, read_only
from app.db.tables.access import AccessEntry
from app.domain.ids import parse_public_id
from app.services.access_log import AccessLog
from tests.conftest import LogIn
from tests.support.desk import Desk, open_case
from tests.support.http import Person, serving
from tests.support.people import a_nik

pytestmark = pytest.mark.commits
PHONE, ADDRESS, KK = "+6281277776666", "Jorong Rahasia 9", "1374010101209911"


@pytest.fixture
async def siti(login: LogIn) -> Person:
    return await login("siti@1374")


async def hers(siti: Person, **changes: Any) -> tuple[Desk, str, str]:
    """Open a case of somebody new; return it, her NIK and her id."""
    nik = a_nik()
    subject = {"kind": "person", "nik": nik, "kk": KK, "name": "Rahma Contoh", "sex": "P"}
    desk = await open_case(siti, subject={**subject, "phone": PHONE, "address": ADDRESS}, **changes)
    return desk, nik, (await desk.read())["subject"]["person"]["id"]


async def reveal(by: Person, person: str, purpose: str = "service") -> Response:
    return await by.post(f"/v1/people/{person}/reveal", {"purpose": purpose})


async def entries(house: House, person: str, action: str) -> list[AccessEntry]:
    found = parse_public_id(person)
    assert found is not None
    async with read_only(house.database.sessions) as tx:
        rows = await tx.scalars(
            select(AccessEntry)
            .where(
                AccessEntry.regency_code == found.tenant,
                AccessEntry.subject_id == found.id,
                AccessEntry.action == action,
            )
            .order_by(AccessEntry.at)
        )
        return list(rows)


async def test_a_person_is_shown_masked(siti: Person) -> None:
    desk, nik, person = await hers(siti)
    answer = await siti.get(f"/v1/people/{person}")
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert (told["nik"], told["phone"]) == ("*" * 12 + nik[-4:], "*" * 10 + PHONE[-4:])
    for secret in (nik, PHONE, ADDRESS, KK):
        assert secret not in answer.text
    assert [case["ticket"] for case in told["cases"]] == [desk.ticket]


async def test_the_numbers_in_full_are_on_record_before_they_are_read(siti: Person, house: House) -> None:
    _, nik, person = await hers(siti)
    answer = await reveal(siti, person)
    # Nothing flushes the log here: it was stored before the answer left.
    (entry,) = await entries(house, person, "revealPerson")
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert (told["nik"], told["kk"], told["phone"], told["address"]) == (nik, KK, PHONE, ADDRESS)
    assert (entry.purpose, entry.result, entry.subject_kind) == ("service", "ok", "person")
    me = (await siti.get("/v1/me")).json()["id"]
    assert entry.actor_id == UUID(me.partition("-")[2])
    await house.access_log.flush()
    assert len(await entries(house, person, "revealPerson")) == 1


async def test_without_an_entry_there_is_no_answer(siti: Person, house: House) -> None:
    _, nik, person = await hers(siti)
    lost = replace(house, access_log=AccessLog(broken(house.database), house.ids.new_id))
    async with serving(lost) as client:
        answer = await reveal(Person(client, siti.token, siti.login), person)
    assert answer.status_code == 503
    assert nik not in answer.text


def broken(database: Database) -> Database:
    """A database that gives no connection."""

    async def refuse() -> None:
        raise ConnectionRefusedError

    engine = create_async_engine("postgresql+asyncpg://", async_creator=refuse)
    return Database(engine, async_sessionmaker(engine), database.intake_pool)


async def test_a_purpose_must_be_of_the_list(siti: Person) -> None:
    _, _, person = await hers(siti)
    assert (await reveal(siti, person, "ingin_tahu")).status_code == 422
    assert (await siti.post(f"/v1/people/{person}/reveal", {})).status_code == 422


async def test_whoever_has_no_case_of_hers_reads_no_number(siti: Person, login: LogIn, house: House) -> None:
    """Where she lives is no reason: her only case is one that the desk may not know of."""
    nik = a_nik()
    subject = {"kind": "person", "nik": nik, "name": "Wati Contoh", "sex": "P", "phone": PHONE}
    await open_case(siti, subject=subject, category="KEKERASAN_PEREMPUAN")
    person = (await siti.post("/v1/people/lookup", {"nik": nik})).json()["people"][0]["id"]
    assert (await siti.get(f"/v1/people/{person}")).json()["cases"] == []
    refused = await reveal(siti, person)
    assert (refused.status_code, refused.json()["code"]) == (403, "no_case_of_hers")
    assert (await reveal(await login("manajer@1374"), person, "emergency")).json()["nik"] == nik
    await house.access_log.flush()
    results = [one.result for one in await entries(house, person, "revealPerson")]
    assert sorted(results) == ["no_case_of_hers", "ok"]


async def test_elsewhere_she_is_not_there(siti: Person, login: LogIn) -> None:
    _, _, person = await hers(siti)
    for name in ("yulia@1374", "manajer@1371", "dinsos@1374", "donatur@1371"):
        other = await login(name)
        assert (await other.get(f"/v1/people/{person}")).status_code == 404, name
        assert (await reveal(other, person)).status_code == 404, name


@pytest.mark.parametrize("person", ["x", "1374-0193a1b2c3d47e5f8a9b0c1d2e3f4a5b", "1374-", "%00"])
async def test_what_is_no_person_is_not_there(siti: Person, person: str) -> None:
    assert (await siti.get(f"/v1/people/{person}")).status_code == 404
    assert (await reveal(siti, person)).status_code == 404


async def test_a_village_head_sees_the_case_but_looks_nobody_up(siti: Person, login: LogIn) -> None:
    _, _, person = await hers(siti)
    head = await login("lurah.guguk@1374")
    assert (await head.get(f"/v1/people/{person}")).status_code == 403
    assert (await reveal(head, person)).status_code == 403


async def test_a_lookup_names_everybody_whose_data_it_read(siti: Person, house: House) -> None:
    kk = "1374010101209922"
    people = []
    for name in ("Satu Contoh", "Dua Contoh"):
        desk = await open_case(
            siti, subject={"kind": "person", "nik": a_nik(), "kk": kk, "name": name, "sex": "P"}
        )
        people.append((await desk.read())["subject"]["person"]["id"])
    assert len((await siti.post("/v1/people/lookup", {"kk": kk})).json()["people"]) == 2
    await house.access_log.flush()
    for person in people:
        assert len(await entries(house, person, "lookupPeople")) == 1
