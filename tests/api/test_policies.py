"""Staff change rules of time and calendars over HTTP: what may be said, what holds afterwards."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.api.deps import House
from app.db.session import transaction
from app.db.tables.places import Holiday, Work
from app.domain.sla import WIB
from tests.conftest import LogIn
from tests.support.desk import open_case
from tests.support.http import Person

pytestmark = pytest.mark.commits
SOURCE = "Perwako 12 Tahun 2026"
VERIFICATION = {
    "region": "13.74",
    "step": "verification",
    "amount": 2,
    "unit": "working_days",
    "source": SOURCE,
}


@pytest.fixture
async def manager(login: LogIn) -> Person:
    return await login("manajer@1374")


async def named(by: Person, name: str) -> dict[str, Any]:
    """The first row of a step (of every matter) or name."""
    shown = (await by.get("/v1/policies")).json()
    rows = [one for one in shown["clocks"] if one["priority"] is None] + shown["values"]
    return dict(next(one for one in rows if name in {one.get("step"), one.get("name")}))


async def a_second_later(house: House) -> None:
    """Let the process read again what it knows."""
    await house.knowledge.current(house.clock() + timedelta(seconds=3))
    await house.knowledge.current(house.clock() + timedelta(seconds=1))


async def test_a_rule_takes_the_place_of_the_row_of_the_same_key_and_ends_at_the_default(
    manager: Person, house: House
) -> None:
    first = await manager.post("/v1/policies", VERIFICATION)
    again = await manager.post("/v1/policies", {**VERIFICATION, "amount": 4})
    assert (first.status_code, again.status_code) == (201, 201)
    shown = [one for one in again.json()["clocks"] if one["region"] == "13.74"]
    assert [(one["amount"], one["source"], one["to_be_confirmed"]) for one in shown] == [(4, SOURCE, False)]
    await a_second_later(house)
    assert (await named(manager, "verification"))["amount"] == 4
    path = f"/v1/policies/{shown[0]['id']}/end"
    ended = await manager.post(path)
    assert ended.status_code == 200, ended.text
    assert {one["region"] for one in ended.json()["clocks"]} == {"ID"}
    await a_second_later(house)
    assert (await named(manager, "verification"))["amount"] == 3
    assert (await manager.post(path)).status_code == 404


async def test_a_national_default_cannot_be_ended(login: LogIn) -> None:
    nation = await login("admin@0000")
    default = await named(nation, "verification")
    answer = await nation.post(f"/v1/policies/{default['id']}/end")
    assert (answer.status_code, answer.json()["code"]) == (409, "national_default")


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"amount": 0}, "/amount"),
        ({"amount": -3}, "/amount"),
        ({"amount": 751}, "/amount"),
        ({"amount": 26_281, "unit": "hours"}, "/amount"),
        ({"amount": 10**18}, "/amount"),
        ({"step": "coffee"}, "/step"),
        ({"category": "TIDAK_ADA"}, "/category"),
        ({"region": "13.75"}, None),
        ({"region": "13.74", "name": "four_eyes"}, "/step"),
        ({"unit": None}, "/step"),
    ],
)
async def test_a_clock_rule_that_makes_no_sense_is_refused(
    manager: Person, changes: dict[str, Any], pointer: str | None
) -> None:
    answer = await manager.post("/v1/policies", {**VERIFICATION, **changes})
    assert answer.status_code == (422 if pointer else 403), answer.text
    if pointer:
        assert pointer in {one["pointer"] for one in answer.json()["errors"]}


@pytest.mark.parametrize(
    ("name", "value", "status"),
    [
        ("reopen_window_days", 45, 201),
        ("reopen_window_days", 0, 422),
        ("reopen_window_days", True, 422),
        ("four_eyes", {"publish_rules": False, "close_complaints": True, "decide": True}, 422),
        ("direct_referral", ["TIDAK_ADA"], 422),
        ("coffee_break", 1, 422),
        ("escalation_ladder", [], 422),
        ("office_hours", {"weekdays": {"days": [1], "opens": "16:00", "closes": "08:00"}}, 422),
    ],
)
async def test_a_named_value_has_its_type_and_bounds(
    manager: Person, name: str, value: object, status: int
) -> None:
    body = {"region": "13.74", "name": name, "value": value, "source": SOURCE}
    answer = await manager.post("/v1/policies", body)
    assert answer.status_code == status, answer.text
    if status == 201:
        assert answer.json()["values"][0]["value"] == value


async def test_a_regency_adds_and_removes_days_off_of_its_own(manager: Person, house: House) -> None:
    body = {"region": "13.74", "add": [{"date": "2026-12-01", "name": "Hari jadi"}], "year": 2026}
    added = await manager.post("/v1/calendars", body)
    assert added.status_code == 201, added.text
    assert {"date": "2026-12-01", "name": "Hari jadi", "kind": "regency", "estimated": False} in added.json()[
        "holidays"
    ]
    async with transaction(house.database.sessions) as tx:
        work = await tx.scalar(select(Work).where(Work.kind == "recount_clocks").order_by(Work.id.desc()))
        assert work is not None
        assert (work.regency_code, work.payload["again"]) == ("13.74", False)
        assert work.key == f"settings:{work.payload['versions']['settings']}"
    removed = await manager.post("/v1/calendars", {"region": "13.74", "remove": ["2026-12-01"], "year": 2026})
    assert "2026-12-01" not in {one["date"] for one in removed.json()["holidays"]}


async def test_an_estimated_day_is_confirmed_for_the_regency_and_stays_one_day(
    manager: Person, house: House
) -> None:
    async with transaction(house.database.sessions) as tx:
        day = await tx.scalar(
            select(Holiday.on_date)
            .where(Holiday.regency_code == "ID", Holiday.estimated)
            .order_by(Holiday.on_date.desc())
        )
    assert day is not None
    body = {"region": "13.74", "confirm": [day.isoformat()], "year": day.year}
    answer = await manager.post("/v1/calendars", body)
    assert answer.status_code == 201, answer.text
    shown = [one for one in answer.json()["holidays"] if one["date"] == day.isoformat()]
    assert [one["estimated"] for one in shown] == [False]
    other = await manager.client.get(f"/v1/calendars?region=13.71&year={day.year}")
    assert [one["estimated"] for one in other.json()["holidays"] if one["date"] == day.isoformat()] == [True]


@pytest.mark.parametrize(
    ("edit", "pointer"),
    [
        ({"add": [{"date": f"2027-06-{day:02}", "name": "Libur"} for day in range(1, 31)]}, "/add"),
        ({"add": [{"date": "2026-12-25", "name": "Natal"}]}, "/add/0/date"),
        ({"add": [{"date": "1999-12-25", "name": "Lama"}]}, "/add/0/date"),
        ({"remove": ["2026-12-25"]}, "/remove/0"),
        ({"confirm": ["2026-12-02"]}, "/confirm/0"),
        (
            {"office_hours": {"weekdays": {"days": [1, 1], "opens": "08:00", "closes": "16:00"}}},
            "/office_hours",
        ),
        ({"office_hours": {"weekdays": {"days": [8], "opens": "08:00", "closes": "16:00"}}}, None),
        ({"office_hours": {"weekdays": {"days": [1], "opens": "24:00", "closes": "25:00"}}}, None),
    ],
)
async def test_a_calendar_that_makes_no_sense_is_refused(
    manager: Person, edit: dict[str, Any], pointer: str | None
) -> None:
    answer = await manager.post("/v1/calendars", {"region": "13.74", **edit})
    assert answer.status_code == 422, answer.text
    if pointer is not None and answer.json().get("errors"):
        assert any(one["pointer"].startswith(pointer) for one in answer.json()["errors"])


async def test_a_six_day_week_and_office_hours_hold_for_the_next_case(login: LogIn, house: House) -> None:
    metro = await login("manajer@1872")
    hours = {
        "weekdays": {"days": [1, 2, 3, 4], "opens": "07:30", "closes": "15:00"},
        "six_day_extra": {"days": [5, 6], "opens": "07:30", "closes": "11:30"},
    }
    body = {"region": "18.72", "six_day_week": True, "office_hours": hours}
    answer = await metro.post("/v1/calendars", body)
    assert answer.status_code == 201, answer.text
    assert {one["weekday"]: (one["opens"], one["closes"]) for one in answer.json()["hours"]} == {
        **dict.fromkeys((1, 2, 3, 4), ("07:30", "15:00")),
        **dict.fromkeys((5, 6), ("07:30", "11:30")),
    }
    await a_second_later(house)
    desk = await open_case(await login("wulan@1872"), village="18.72.01.1003")
    shown = await desk.read()
    due = datetime.fromisoformat(shown["due_at"]).astimezone(WIB)
    assert "07:30" <= f"{due:%H:%M}" <= "15:00"
    assert due.isoweekday() != 7
