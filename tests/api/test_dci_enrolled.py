"""Whether somebody is enrolled, by the DCI interface: yes or no and the class, never a programme's name."""

import json
from typing import Any

import pytest
from sqlalchemy import select, update

from app.api.deps import House
from app.db.session import read_only, transaction
from app.db.tables.access import AccessEntry
from app.db.tables.cases import Case
from tests.conftest import LogIn
from tests.support.aid import person_of, planned, recorded
from tests.support.dci import ENROLLED, Partner, a_partner, an_entry, check_answer, enrolled
from tests.support.dci_shape import ENROLLED_ANSWER, check_shape
from tests.support.desk import a_person, acted, open_case
from tests.support.http import Person
from tests.support.people import a_nik

pytestmark = pytest.mark.commits


@pytest.fixture(scope="module")
async def baznas(login: LogIn) -> Partner:
    return await a_partner(await login("admin@1374"), "baznas.ikut")


@pytest.fixture(scope="module")
async def dinsos(login: LogIn) -> Partner:
    changes = {"agency": "DINSOS-1374"}
    return await a_partner(await login("admin@1374"), "dinsos.ikut", client_changes=changes)


async def ask(by: Partner, nik: str, program: str | None, purpose: str = "double_aid") -> dict[str, Any]:
    answer = await by.send(ENROLLED, by.signed(enrolled(nik, program, purpose)))
    assert answer.status_code == 200, answer.text
    told = answer.json()
    check_shape(told, ENROLLED_ANSWER)
    await check_answer(by.client, told)
    (item,) = told["message"]["enrolled_response"]
    return dict(item)


async def test_her_own_programme_and_any_other(
    baznas: Partner, dinsos: Partner, login: LogIn, house: House
) -> None:
    siti, office = await login("siti@1374"), await login("sekretariat@1374")
    who = a_person()
    person = await person_of(await open_case(siti, subject=who))
    before = await ask(dinsos, who["nik"], "BLT_KOTA")
    await recorded(office, person, planned("BLT_KOTA", "cash", "2026-12"))
    yes = await ask(dinsos, who["nik"], "BLT_KOTA")
    other = await ask(baznas, who["nik"], "BAZNAS_KOTA")
    some = await ask(baznas, who["nik"], None)
    assert (before["enrolled_status"], before["programme_classes"]) == ("no", [])
    assert (yes["enrolled_status"], yes["programme_classes"]) == (
        "yes",
        [{"level": "KAB_KOTA", "kind": "cash"}],
    )
    assert other["enrolled_status"] == "no"
    assert (some["enrolled_status"], some["programme_classes"]) == ("yes", yes["programme_classes"])
    assert "BLT_KOTA" not in json.dumps([other, some])
    async with read_only(house.database.sessions) as tx:
        found = select(AccessEntry).where(AccessEntry.action == "askEnrolled")
        entry = (await tx.scalars(found.order_by(AccessEntry.at.desc()))).first()
    assert entry is not None
    assert (entry.purpose, str(entry.subject_id).replace("-", "")) == (
        "double_aid",
        person.partition("-")[2],
    )


async def test_what_the_registry_names_counts(baznas: Partner, house: House) -> None:
    nik, away = a_nik(), a_nik()
    await an_entry(house, nik, programs=["PKH"])
    await an_entry(house, away, programs=["PKH"], regency_code="13.71", village_code="13.71.01.1001")
    assert (await ask(baznas, nik, None))["enrolled_status"] == "yes"
    assert (await ask(baznas, away, None))["enrolled_status"] == "no"


async def test_another_agencys_programme_a_wrong_number_and_a_wrong_purpose_are_turned_away(
    baznas: Partner,
) -> None:
    nik = a_nik()
    for told in (
        await ask(baznas, nik, "PKH"),
        await ask(baznas, nik, "NO_SUCH"),
        await ask(baznas, "7", None),
        await ask(baznas, nik, None, "curiosity"),
    ):
        assert (told["status"], told["enrolled_status"]) == ("rjct", "no")
        assert told["status_reason_message"]


async def test_aid_of_a_closed_case_is_not_to_be_guessed(dinsos: Partner, login: LogIn, house: House) -> None:
    siti = await login("siti@1374")
    who = a_person()
    desk = await open_case(siti, subject=who)
    (referral,) = await desk.refer({"program": "BLT_KOTA", "purpose": "AID"})
    await acted(await login("dinsos@1374"), referral, "accept")
    assert (await ask(dinsos, who["nik"], "BLT_KOTA"))["enrolled_status"] == "yes"
    async with transaction(house.database.sessions) as tx:
        await tx.execute(
            update(Case).where(Case.ticket == desk.ticket).values(confidentiality="RAHASIA", closed_to="head")
        )
    assert (await ask(dinsos, who["nik"], "BLT_KOTA"))["enrolled_status"] == "no"


async def test_the_area_of_the_client_bounds_the_answer(login: LogIn, siti: Person) -> None:
    admin, office = await login("admin@1374"), await login("sekretariat@1374")
    who = a_person()
    person = await person_of(await open_case(siti, subject=who))
    await recorded(office, person, planned("PKH", "*", "2026-Q4"))
    near = await a_partner(admin, "baznas.dekat")
    far = await a_partner(admin, "baznas.jauh", client_changes={"region": "13.74.02"})
    assert (await ask(near, who["nik"], None))["enrolled_status"] == "yes"
    assert (await ask(far, who["nik"], None))["enrolled_status"] == "no"


@pytest.fixture
async def siti(login: LogIn) -> Person:
    return await login("siti@1374")
