"""Household cases under a disaster: a verdict for each row, linked, and once each whatever is cut off."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select

from app.api.deps import House
from app.db.queries.emergencies import alarm_key
from app.db.session import transaction
from app.db.tables.cases import Case, CaseLink
from app.db.tables.events import Event
from app.db.tables.places import Work
from tests.conftest import LogIn
from tests.support.desk import Desk, open_case
from tests.support.http import Person, log_in
from tests.support.people import a_nik

pytestmark = pytest.mark.commits
DISASTER = {
    "kind": "DARURAT",
    "category": "BENCANA_ALAM",
    "subject": {"kind": "place"},
    "facts": {},
    "papers": [],
}


@pytest.fixture
async def siti(login: LogIn) -> Person:
    return await login("siti@1374")


def family(**more: Any) -> dict[str, Any]:
    return {"nik": a_nik(), "name": "Rahma Contoh", "sex": "P", **more}


async def links_of(house: House, desk: Desk) -> list[CaseLink]:
    async with transaction(house.database.sessions) as tx:
        mother = select(Case.id).where(Case.regency_code == "13.74", Case.ticket == desk.ticket)
        rows = await tx.scalars(
            select(CaseLink).where(
                CaseLink.regency_code == "13.74", CaseLink.case_id == mother.scalar_subquery()
            )
        )
        return list(rows)


async def test_each_household_gets_a_case_under_the_disaster_or_says_why_not(
    siti: Person, house: House
) -> None:
    desk = await open_case(siti, **DISASTER)
    twice = family()
    rows = [
        family(),
        {"kk": "1374010101209001"},
        twice,
        twice,
        family(nik="123"),
        {"phone": "081234567890"},
        family(village="13.71.01.1001"),
        family(village="13.74.01.1006"),
    ]
    answer = await siti.post(f"/v1/cases/{desk.ticket}/households", {"households": rows})
    assert answer.status_code == 201, answer.text
    told = answer.json()
    verdicts = [one["verdict"] for one in told["households"]]
    assert verdicts == ["opened", "opened", "opened", "exists", *["refused"] * 4]
    assert (told["opened"], told["exists"], told["refused"]) == (3, 1, 4)
    assert told["households"][3]["ticket"] == told["households"][2]["ticket"]
    assert told["households"][4]["refusal"]["errors"][0]["pointer"] == "/households/4/nik"
    assert told["households"][7]["refusal"]["code"] == "forbidden"
    first = told["households"][0]
    shown = (await siti.get(f"/v1/cases/{first['ticket']}")).json()
    assert (shown["category"]["code"], shown["priority"]["code"]) == ("BENCANA_ALAM", "DARURAT")
    entered = await siti.client.post("/v1/track", json={"ticket": first["ticket"], "pin": first["pin"]})
    assert entered.status_code == 200
    links = await links_of(house, desk)
    assert [one.relation for one in links] == ["spawned"] * 3
    office = await log_in(siti.client, "sekretariat@1374")
    seen = (await office.get(f"/v1/cases/{desk.ticket}/links")).json()["items"]
    assert {one["ticket"] for one in seen} == {told["households"][n]["ticket"] for n in range(3)}
    async with transaction(house.database.sessions) as tx:
        data = await tx.scalar(select(Event.data).where(Event.type == "case.households_opened"))
        alarms = set(await tx.scalars(select(Work.key).where(Work.kind == "send_emergency")))
    assert data == {"opened": 3}
    assert {alarm_key(one.other_case_id, "DARURAT") for one in links} <= alarms


async def test_a_request_that_is_sent_again_opens_nothing_twice(siti: Person, house: House) -> None:
    desk = await open_case(siti, **DISASTER)
    body, key = {"households": [family() for _ in range(3)]}, uuid4().hex
    path = f"/v1/cases/{desk.ticket}/households"
    first = await siti.post(path, body, key=key)
    again = await siti.post(path, body, key=key)
    assert (first.json(), again.headers["Idempotency-Replayed"]) == (again.json(), "true")
    other = await siti.post(path, {"households": [family()]}, key=key)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert len(await links_of(house, desk)) == 3


async def test_a_request_that_was_cut_off_goes_on_where_it_was(siti: Person, house: House) -> None:
    desk = await open_case(siti, **DISASTER)
    body, key = {"households": [family() for _ in range(12)]}, uuid4().hex
    path = f"/v1/cases/{desk.ticket}/households"
    sending = asyncio.create_task(siti.post(path, body, key=key))
    while not await links_of(house, desk):  # noqa: ASYNC110 - another transaction has no event
        await asyncio.sleep(0.005)
    sending.cancel()
    with pytest.raises(asyncio.CancelledError):
        await sending
    before = {one.other_case_id for one in await links_of(house, desk)}
    assert 0 < len(before) <= 12
    answer = await siti.post(path, body, key=key)
    assert answer.status_code == 201, answer.text
    assert answer.json()["opened"] == 12
    after = {one.other_case_id for one in await links_of(house, desk)}
    assert before <= after
    assert len(after) == 12


@pytest.mark.parametrize(
    "changes",
    [{"subject": {"kind": "household", "kk": "1374010101209002"}}, {"category": "PERMOHONAN_PANGAN"}],
)
async def test_only_a_disaster_of_a_place_has_households(siti: Person, changes: dict[str, Any]) -> None:
    desk = await open_case(siti, **{**DISASTER, **changes})
    answer = await siti.post(f"/v1/cases/{desk.ticket}/households", {"households": [family()]})
    assert (answer.status_code, answer.json()["code"]) == (409, "not_a_disaster")


async def test_no_more_than_two_hundred_and_no_fewer_than_one(siti: Person) -> None:
    desk = await open_case(siti, **DISASTER)
    path = f"/v1/cases/{desk.ticket}/households"
    for count in (0, 201):
        body = {"households": [{"kk": "1374010101209003"}] * count}
        assert (await siti.post(path, body)).status_code == 422
