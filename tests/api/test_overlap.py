"""May this aid stand beside what she has? In full for officers; yes or no for givers, so often a day."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from httpx import Response
from sqlalchemy import select, update

from app.api.deps import House
from app.db.queries.knowledge import bump
from app.db.session import read_only, transaction
from app.db.tables.access import AccessEntry
from app.db.tables.cases import Case
from app.db.tables.places import Policy
from app.domain.access import Role
from tests.conftest import LogIn
from tests.support.aid import person_of, planned, recorded
from tests.support.desk import a_person, acted, open_case
from tests.support.factories import PASSWORD, make_account
from tests.support.http import Person, log_in, serving
from tests.support.people import a_nik

pytestmark = pytest.mark.commits
BLT = {"program": "BLT_KOTA", "purpose": "AID"}
NARROW = {"person": None, "findings": None, "complements": None, "still_fits": None, "lines": None}


@pytest.fixture
async def siti(login: LogIn) -> Person:
    return await login("siti@1374")


@pytest.fixture
async def office(login: LogIn) -> Person:
    return await login("sekretariat@1374")


@pytest.fixture
async def dinsos(login: LogIn) -> Person:
    return await login("dinsos@1374")


async def ask(by: Person, program: str = "BLT_KOTA", **body: Any) -> Response:
    return await by.post("/v1/assistance/overlap", {"program": program, "purpose": "give_aid", **body})


async def told(by: Person, program: str = "BLT_KOTA", **body: Any) -> dict[str, Any]:
    answer = await ask(by, program, **body)
    assert answer.status_code == 200, answer.text
    (item,) = answer.json()["items"]
    return dict(item)


async def donor(house: House, name: str, client: Any) -> Person:
    async with transaction(house.database.sessions) as tx:
        await make_account(tx, name, role=Role.DONOR, region="13.74")
    return await log_in(client, f"{name}@1374", PASSWORD)


async def test_a_second_blt_is_forbidden_in_words_from_the_day_it_is_accepted(
    siti: Person, dinsos: Person
) -> None:
    """Rp900,000 in three months stand planned; from then on each door says why there is no second one."""
    desk = await open_case(siti)
    person = await person_of(desk)
    before = await told(siti, people=[person])
    assert (before["ruling"]["code"], before["findings"]) == ("free", [])
    (referral,) = await desk.refer(BLT)
    await acted(dinsos, referral, "accept")
    after = await told(siti, people=[person])
    assert (after["ruling"]["code"], after["forbidden"]) == ("forbidden", True)
    assert {(one["cause"]["code"], one["words"]) for one in after["findings"]} == {
        ("same_aid", "She has City cash aid of Padang Panjang already; the same aid is not given twice.")
    }
    assert sum(one["planned_idr"] for one in after["lines"]) == 900_000
    assert {one["state"]["code"] for one in after["lines"]} == {"planned"}
    for month in ("2026-10", "2026-11", "2026-12"):
        paid = {
            "component": "cash",
            "amount_idr": 300_000,
            "period": month,
            "date": "2026-11-20",
            "proof": "B",
        }
        await acted(dinsos, referral, "deliver", paid)
    given = await told(siti, people=[person], component="cash", period="2026-12")
    assert sum(one["amount_idr"] for one in given["lines"]) == 900_000
    assert {one["cause"]["code"] for one in given["findings"]} == {"same_aid", "same_period"}


async def test_what_complements_and_what_still_fits_is_told(siti: Person, office: Person) -> None:
    person = await person_of(await open_case(siti))
    await recorded(office, person, planned("BLT_KOTA", "cash", "2026-12"))
    shown = await told(siti, "PBI_JK", people=[person])
    assert (shown["ruling"]["code"], shown["complements"]) == ("free", ["BLT_KOTA"])
    assert {"PBI_JK", "SEMBAKO_LANSIA"} <= set(shown["still_fits"])
    assert "BLT_DD" not in shown["still_fits"]


async def test_a_list_of_people_is_judged_each_by_herself(siti: Person, office: Person) -> None:
    people = [await person_of(await open_case(siti)) for _ in range(3)]
    await recorded(office, people[1], planned("PKH", "*", "2026-Q4"))
    answer = await ask(siti, people=people)
    assert [(one["person"], one["forbidden"]) for one in answer.json()["items"]] == [
        (people[0], False),
        (people[1], True),
        (people[2], False),
    ]
    strange = await ask(await _of(siti, "rini@1371"), people=people)
    assert (strange.status_code, strange.json()["errors"][0]["pointer"]) == (422, "/people/0")


async def _of(person: Person, name: str) -> Person:
    return await log_in(person.client, name)


async def test_more_programmes_than_the_policy_allows_are_warned_of(siti: Person, office: Person) -> None:
    person = await person_of(await open_case(siti))
    for program, period in (
        ("PENA", "once"),
        ("PBI_JK", "2026"),
        ("PIP", "2026"),
        ("KUSUKA", "once"),
    ):
        await recorded(office, person, planned(program, "*", period))
    shown = await told(siti, "SUBSIDI_LISTRIK", people=[person])
    assert "too_many" in {one["cause"]["code"] for one in shown["findings"]}
    assert shown["ruling"]["code"] == "warned"


# Whoever sees no records ----------------------------------------------------------------------------------


async def test_an_agency_hears_yes_or_no_and_the_class(siti: Person, office: Person, dinsos: Person) -> None:
    who = a_person()
    person = await person_of(await open_case(siti, subject=who))
    await recorded(office, person, planned("PKH", "*", "2026-Q4"))
    shown = await told(dinsos, nik=who["nik"])
    assert shown["forbidden"] is True
    assert {(one["level"]["code"], one["kind"]["code"]) for one in shown["classes"]} == {("PUSAT", "cash")}
    assert NARROW.items() <= shown.items()
    assert "PKH" not in str(shown)


async def test_a_stranger_is_answered_like_somebody_who_has_nothing(siti: Person, dinsos: Person) -> None:
    who = a_person()
    await open_case(siti, subject=who)
    known, strange = await told(dinsos, nik=who["nik"]), await told(dinsos, nik=a_nik())
    assert known == strange
    assert (known["ruling"]["code"], known["classes"]) == ("free", [])


@pytest.mark.parametrize("body", [{"people": ["1374-0193a1b2c3d47e5f8a9b0c1d2e3f4a5b"]}, {}])
async def test_they_ask_by_nik_only(dinsos: Person, body: dict[str, Any]) -> None:
    assert (await ask(dinsos, **body)).status_code == 422


async def test_they_ask_about_a_programme_of_their_own(dinsos: Person, house: House, siti: Person) -> None:
    refused = await ask(dinsos, "PKH", nik=a_nik())
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "not_yours")
    giver = await donor(house, "donatur.satu", siti.client)
    assert (await ask(giver, "BLT_KOTA", nik=a_nik())).status_code == 422
    assert (await told(giver, "BAZNAS_KOTA", nik=a_nik()))["ruling"]["code"] == "free"


async def test_each_question_is_in_the_access_log_before_the_answer(
    siti: Person, dinsos: Person, house: House
) -> None:
    who = a_person()
    person = await person_of(await open_case(siti, subject=who))
    await told(dinsos, nik=who["nik"])
    async with read_only(house.database.sessions) as tx:
        asked = select(AccessEntry).where(AccessEntry.action == "askOverlap").order_by(AccessEntry.at.desc())
        entry = (await tx.scalars(asked.limit(1))).one()
    assert (entry.purpose, entry.subject_kind, entry.result) == ("give_aid", "person", "ok")
    assert str(entry.subject_id).replace("-", "") == person.partition("-")[2]


async def test_an_account_asks_so_often_a_day_and_no_more(fresh_house: House) -> None:
    async with transaction(fresh_house.database.sessions) as tx:
        await tx.execute(
            update(Policy).where(Policy.name == "overlap_asks_per_day").values(value={"value": 3})
        )
        await bump(tx, ["policies"])
    at = datetime.now(UTC)
    async with serving(replace(fresh_house, clock=lambda: at)) as client:
        baznas = await donor(fresh_house, "donatur.dua", client)
        other = await donor(fresh_house, "donatur.tiga", client)
        answers = await asyncio.gather(*(ask(baznas, "BAZNAS_KOTA", nik=a_nik()) for _ in range(6)))
        assert sorted(one.status_code for one in answers) == [200] * 3 + [429] * 3
        full = next(one for one in answers if one.status_code == 429)
        assert int(full.headers["Retry-After"]) <= 86_400
        # A refusal costs nothing, and another account has its own day.
        assert (await ask(baznas, "BAZNAS_KOTA", nik=a_nik())).status_code == 429
        assert (await ask(other, "BAZNAS_KOTA", nik=a_nik())).status_code == 200


async def test_aid_of_a_closed_case_is_not_to_be_guessed(
    siti: Person, dinsos: Person, office: Person, house: House
) -> None:
    who = a_person()
    desk = await open_case(siti, subject=who)
    (referral,) = await desk.refer(BLT)
    await acted(dinsos, referral, "accept")
    async with transaction(house.database.sessions) as tx:
        await tx.execute(
            update(Case).where(Case.ticket == desk.ticket).values(confidentiality="RAHASIA", closed_to="head")
        )
    assert (await told(dinsos, nik=who["nik"]))["ruling"]["code"] == "free"
    person = await person_of(await open_case(siti, subject=who, separate_reason="Perkara lain."))
    shown = await told(siti, people=[person])
    assert (shown["ruling"]["code"], shown["lines"]) == ("free", [])
    assert (await siti.get(f"/v1/people/{person}/assistance")).json()["lines"] == []
    # Under the lock nothing is hidden: no double aid through two doors.
    assert (await recorded_or(office, person)).status_code == 409


async def recorded_or(by: Person, person: str) -> Response:
    body = {"person": person, "lines": [planned("BLT_KOTA", "cash", "2026-12")]}
    return await by.post("/v1/assistance", body)


# While others commit --------------------------------------------------------------------------------------


async def test_asked_while_an_acceptance_commits_it_hears_before_or_after(
    siti: Person, dinsos: Person
) -> None:
    for _ in range(4):
        desk = await open_case(siti)
        person = await person_of(desk)
        (referral,) = await desk.refer(BLT)
        shown, _ = await asyncio.gather(told(siti, people=[person]), acted(dinsos, referral, "accept"))
        # A live referral stands in the way already; the lines come whole or not at all.
        assert shown["forbidden"] is True
        assert len(shown["lines"]) in {0, 3}
        assert len((await told(siti, people=[person]))["lines"]) == 3
