"""The duty roster over HTTP: planned, looked at, ended."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.conftest import LogIn
from tests.support.duty import a_turn, plan
from tests.support.http import Person

pytestmark = pytest.mark.commits
NOW = datetime.now(UTC)


@pytest.fixture
async def office(login: LogIn) -> Person:
    return await login("sekretariat@1374")


async def test_a_turn_is_on_duty_until_it_is_ended(office: Person) -> None:
    made = await plan(office, "UPTD_PPA")
    assert made.status_code == 201, made.text
    assert made.json()["on_duty"] is True
    listed = (await office.get("/v1/duty?duty=UPTD_PPA&count=true")).json()
    assert made.json()["id"] in {one["id"] for one in listed["items"]}
    assert listed["count"] == len(listed["items"])
    path = f"/v1/duty/{made.json()['id']}/end"
    ended = await office.post(path)
    assert (ended.status_code, ended.json()["on_duty"]) == (200, False)
    assert (await office.post(path)).status_code == 409
    now_listed = (await office.get("/v1/duty?duty=UPTD_PPA")).json()["items"]
    assert made.json()["id"] not in {one["id"] for one in now_listed}
    over = (await office.get("/v1/duty?duty=UPTD_PPA&over=true")).json()["items"]
    assert made.json()["id"] in {one["id"] for one in over}


async def test_nobody_has_two_turns_of_one_duty_at_once(office: Person) -> None:
    await a_turn(office)
    again = await plan(office)
    assert (again.status_code, again.json()["code"]) == (409, "on_duty_already")
    assert (await plan(office, "RSUD")).status_code == 201


async def test_a_cadre_of_the_register_can_be_on_duty(office: Person) -> None:
    cadre = (await office.get("/v1/cadres?pillar=TAGANA&region=13.74&limit=1")).json()["items"][0]
    made = await plan(office, account_id=None, cadre_id=cadre["id"])
    assert made.status_code == 201, made.text
    assert (made.json()["name"], made.json()["account_id"]) == (cadre["name"], None)


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"duty": "KOPI"}, "/duty"),
        ({"account_id": None}, "/account_id"),
        ({"cadre_id": "1374-0193a1b2c3d47e5f8a9b0c1d2e3f4a5b"}, "/account_id"),
        ({"account_id": "1374-0193a1b2c3d47e5f8a9b0c1d2e3f4a5b"}, "/account_id"),
        ({"account_id": "1371-0193a1b2c3d47e5f8a9b0c1d2e3f4a5b"}, "/account_id"),
        ({"ends_at": (NOW - timedelta(days=2)).isoformat()}, "/ends_at"),
        ({"ends_at": (NOW + timedelta(days=40)).isoformat()}, "/ends_at"),
        (
            {
                "starts_at": (NOW + timedelta(days=400)).isoformat(),
                "ends_at": (NOW + timedelta(days=401)).isoformat(),
            },
            "/starts_at",
        ),
    ],
)
async def test_a_turn_that_makes_no_sense_is_refused(
    office: Person, changes: dict[str, Any], pointer: str
) -> None:
    answer = await plan(office, "RSUD", **changes)
    assert answer.status_code == 422, answer.text
    assert pointer in {one["pointer"] for one in answer.json()["errors"]}


async def test_the_roster_is_the_regencys_own(login: LogIn, office: Person) -> None:
    coordinator = await login("rini@1371")
    assert (await office.get("/v1/duty?region=13.71")).status_code == 403
    assert (await plan(office, region="13.71")).status_code == 403
    assert (await coordinator.get("/v1/duty?region=13.74")).status_code == 403
