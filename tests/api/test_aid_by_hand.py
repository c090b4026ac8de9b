"""Aid that came through no referral: recorded, blocked in words, taken back by a counter line, stopped."""

import asyncio
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from app.api.deps import House
from app.db.session import read_only
from app.db.tables.events import Event
from app.db.tables.referrals import AssistanceLine
from app.domain.ids import parse_public_id
from tests.conftest import LogIn
from tests.support.aid import given, person_of, planned, record, recorded
from tests.support.desk import a_person, acted, open_case
from tests.support.http import Person

pytestmark = pytest.mark.commits
BLT = {"program": "BLT_KOTA", "purpose": "AID"}
OTHER = "13.74.02.1004"


@pytest.fixture
async def siti(login: LogIn) -> Person:
    return await login("siti@1374")


@pytest.fixture
async def office(login: LogIn) -> Person:
    return await login("sekretariat@1374")


async def events_of(house: House, line: str) -> list[Event]:
    id_ = parse_public_id(line)
    assert id_
    async with read_only(house.database.sessions) as tx:
        rows = await tx.scalars(
            select(Event).where(Event.data["line_id"].astext == str(id_.id)).order_by(Event.n)
        )
        return list(rows)


async def test_lines_by_hand_stand_in_the_ledger_with_source_event_and_totals(
    siti: Person, office: Person, house: House
) -> None:
    person = await person_of(await open_case(siti))
    lines = await recorded(office, person, given(), given(period="2026-09", amount=150_000))
    assert {(one["source"]["code"], one["state"]["code"], one["level"]["code"]) for one in lines} == {
        ("manual", "given", "PUSAT")
    }
    shown = (await siti.get(f"/v1/people/{person}/assistance")).json()
    assert [(one["regency"], one["own"]) for one in shown["lines"]] == [("13.74", True)] * 2
    assert shown["totals"]["by_program"] == [
        {
            "key": "SEMBAKO",
            "label": shown["totals"]["by_program"][0]["label"],
            "given_idr": 350_000,
            "planned_idr": 0,
            "lines": 2,
        }
    ]
    assert [one["key"] for one in shown["totals"]["by_year"]] == ["2026"]
    (event,) = await events_of(house, lines[0]["id"])
    assert (event.type, event.data["source"]) == ("assistance.given", "manual")


async def test_what_was_planned_by_hand_becomes_given_and_is_not_there_twice(
    siti: Person, office: Person
) -> None:
    person = await person_of(await open_case(siti))
    (plan,) = await recorded(office, person, planned("SEMBAKO", "*", "2026-12", amount_idr=200_000))
    (gave,) = await recorded(office, person, given(period="2026-12"))
    assert (gave["id"], gave["state"]["code"], gave["planned_idr"]) == (plan["id"], "given", 200_000)
    again = await record(office, person, given(period="2026-12"))
    assert (again.status_code, again.json()["code"]) == (409, "aid_on_record")


async def test_what_is_planned_is_refused_in_words_where_something_stands_against_it(
    siti: Person, office: Person
) -> None:
    person = await person_of(await open_case(siti))
    await recorded(office, person, planned("SEMBAKO", "*", "2026-12"))
    refused = await record(office, person, planned("BLT_KOTA", "cash", "2026-12"))
    problem = refused.json()
    assert (refused.status_code, problem["code"], problem["data"]["programs"]) == (
        409,
        "aid_excluded",
        ["SEMBAKO"],
    )
    assert "Sembako food aid (BPNT)" in problem["detail"]
    # What was given is a fact: it is recorded, and whoever reconciles finds it.
    await recorded(office, person, given("BLT_KOTA", "2026-10", 300_000, component="cash"))


async def test_aid_through_a_referral_is_recorded_there(siti: Person, office: Person, login: LogIn) -> None:
    desk = await open_case(siti)
    (referral,) = await desk.refer(BLT)
    await acted(await login("dinsos@1374"), referral, "accept")
    refused = await record(office, await person_of(desk), given("BLT_KOTA", "2026-10", component="cash"))
    assert (refused.status_code, refused.json()["code"]) == (409, "through_referral")


@pytest.mark.parametrize(
    ("line", "pointer"),
    [
        (planned("NOTHING"), "/lines/0/program"),
        (planned("BLT_KOTA", "rice"), "/lines/0/component"),
        (given(period="2026-13"), "/lines/0/period"),
        (given(given_on="2099-01-01"), "/lines/0/given_on"),
        (given(given_on=None), "/lines/0/given_on"),
        (planned(given_on="2026-10-05"), "/lines/0/given_on"),
        (given(amount=None), "/lines/0/amount_idr"),
        (given(goods="Beras 10 kg"), "/lines/0/amount_idr"),
        (given(funder="NOBODY"), "/lines/0/funder"),
    ],
)
async def test_what_makes_no_sense_is_named(
    siti: Person, office: Person, line: dict[str, object], pointer: str
) -> None:
    person = await person_of(await open_case(siti))
    refused = await record(office, person, line)
    assert refused.status_code == 422
    assert [one["pointer"] for one in refused.json()["errors"]] == [pointer]


async def test_one_request_plans_one_programme_and_each_instalment_once(siti: Person, office: Person) -> None:
    person = await person_of(await open_case(siti))
    mixed = await record(
        office, person, planned("PKH", "*", "2026-Q4"), planned("BLT_KOTA", "cash", "2026-12")
    )
    twice = await record(office, person, given(), given())
    assert [one["pointer"] for one in mixed.json()["errors"]] == ["/lines/1/program"]
    assert [one["pointer"] for one in twice.json()["errors"]] == ["/lines/1/period"]


async def test_the_dead_are_planned_nothing(siti: Person, office: Person) -> None:
    desk = await open_case(siti)
    person = await person_of(desk)
    died = {"died_on": "2026-11-01", "source": "family"}
    assert (await siti.post(f"/v1/people/{person}/death", died)).status_code == 201
    refused = await record(office, person, planned())
    assert (refused.status_code, refused.json()["code"]) == (409, "person_deceased")


async def test_nobody_records_aid_where_she_may_not(siti: Person, login: LogIn) -> None:
    person = await person_of(await open_case(siti))
    assert (await record(siti, person, given())).status_code == 403
    assert (await record(await login("sekretariat@1371"), person, given())).status_code == 404


# Taken back -----------------------------------------------------------------------------------------------


async def test_of_two_reversals_at_once_one_happens(siti: Person, office: Person, house: House) -> None:
    person = await person_of(await open_case(siti))
    (line,) = await recorded(office, person, given())
    path, body = f"/v1/assistance/{line['id']}/reverse", {"reason": "wrong_amount"}
    answers = await asyncio.gather(*(office.post(path, body) for _ in range(4)))
    assert sorted(one.status_code for one in answers) == [200, 409, 409, 409]
    assert {one.json()["code"] for one in answers if one.status_code == 409} == {"line_not_given"}
    done = next(one.json() for one in answers if one.status_code == 200)
    assert (done["line"]["state"]["code"], done["line"]["amount_idr"]) == ("reversed", 200_000)
    assert (done["counter"]["reverses"], done["counter"]["amount_idr"]) == (line["id"], -200_000)
    async with read_only(house.database.sessions) as tx:
        id_ = parse_public_id(line["id"])
        assert id_
        counters = select(func.count()).where(AssistanceLine.reverses == id_.id)
        assert await tx.scalar(counters) == 1
    (event,) = await events_of(house, done["counter"]["id"])
    assert (event.type, event.data["reason"], event.data["amount_idr"]) == (
        "assistance.reversed",
        "wrong_amount",
        -200_000,
    )
    shown = (await siti.get(f"/v1/people/{person}/assistance")).json()
    assert shown["totals"]["by_program"] == []
    await recorded(office, person, given(amount=180_000))


async def test_a_delivery_of_a_referral_is_taken_back_in_the_chain_of_its_case(
    siti: Person, office: Person, login: LogIn, house: House
) -> None:
    dinsos, desk = await login("dinsos@1374"), await open_case(siti)
    (referral,) = await desk.refer(BLT)
    await acted(dinsos, referral, "accept")
    paid = {
        "component": "cash",
        "amount_idr": 300_000,
        "period": "2026-11",
        "date": "2026-11-05",
        "proof": "B 1",
    }
    shown = await acted(dinsos, referral, "deliver", paid)
    line = next(one["id"] for one in shown["lines"] if one["state"]["code"] == "given")
    took = await office.post(f"/v1/assistance/{line}/reverse", {"reason": "not_delivered"})
    assert took.status_code == 200, took.text
    rows = await events_of(house, line)
    assert [row.type for row in rows][-1] == "ledger.reversed"
    assert rows[-1].case_id is not None
    listed = (await siti.get("/v1/assistance", case=desk.ticket)).json()["items"]
    assert sorted(one["state"]["code"] for one in listed) == ["planned", "planned", "reversed", "reversed"]


async def test_only_what_was_given_is_taken_back_and_only_what_is_planned_is_stopped(
    siti: Person, office: Person, house: House
) -> None:
    person = await person_of(await open_case(siti))
    (line,) = await recorded(office, person, planned())
    refused = await office.post(f"/v1/assistance/{line['id']}/reverse", {"reason": "wrong_person"})
    assert (refused.status_code, refused.json()["code"]) == (409, "line_not_given")
    unknown = await office.post(f"/v1/assistance/{line['id']}/stop", {"reason": "mood"})
    assert unknown.status_code == 422
    stopped = await office.post(f"/v1/assistance/{line['id']}/stop", {"reason": "moved_away"})
    assert (stopped.json()["state"]["code"], stopped.json()["why"]["code"]) == ("stopped", "moved_away")
    again = await office.post(f"/v1/assistance/{line['id']}/stop", {"reason": "moved_away"})
    assert (again.status_code, again.json()["code"]) == (409, "line_not_planned")
    assert [row.type for row in await events_of(house, line["id"])] == [
        "assistance.planned",
        "assistance.stopped",
    ]


async def test_the_same_key_records_once(siti: Person, office: Person) -> None:
    person, key = await person_of(await open_case(siti)), uuid4().hex
    body = {"person": person, "lines": [given()]}
    answers = [await office.post("/v1/assistance", body, headers={"Idempotency-Key": key}) for _ in range(2)]
    assert [one.status_code for one in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()


# Two doors ------------------------------------------------------------------------------------------------


async def test_of_a_referral_and_a_plan_by_hand_at_once_one_is_let_in(
    siti: Person, office: Person, login: LogIn
) -> None:
    dinsos = await login("dinsos@1374")
    for _ in range(5):
        desk = await open_case(siti)
        (referral,) = await desk.refer({"program": "SEMBAKO_LANSIA", "purpose": "AID"})
        person = await person_of(desk)
        seen = await dinsos.get(f"/v1/referrals/{referral}")
        accept = dinsos.post(
            f"/v1/referrals/{referral}/accept", {}, headers={"If-Match": seen.headers["ETag"]}
        )
        plan = record(office, person, planned("SEMBAKO_LANSIA", "parcel", "2026-12"))
        accepted, by_hand = await asyncio.gather(accept, plan)
        assert accepted.status_code == 200
        assert (by_hand.status_code, by_hand.json()["code"]) == (409, "through_referral")


async def test_aid_of_another_regency_is_shown_without_its_ids_and_stands_in_the_way(
    siti: Person, office: Person, login: LogIn
) -> None:
    away, who = await login("rini@1371"), a_person()
    there = await open_case(away, subject=who, village="13.71.02.1003")
    await recorded(await login("sekretariat@1371"), await person_of(there), planned("PKH", "*", "2026-Q4"))
    person = await person_of(await open_case(siti, subject=who))
    (line,) = (await siti.get(f"/v1/people/{person}/assistance")).json()["lines"]
    assert (line["regency"], line["own"], line["program"]) == ("13.71", True, "PKH")
    assert (line["person"], line["ticket"], line["proof"]) == (None, None, None)
    same = await record(office, person, planned("PKH", "*", "2027-Q1"))
    assert (same.status_code, same.json()["code"]) == (409, "aid_excluded")
