"""Home visits: planned, done, cancelled; what they find is sealed, and becomes a fact of the case."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.api.deps import House
from app.db.session import read_only
from app.db.tables.events import Event
from app.db.tables.hands import Visit
from tests.conftest import LogIn
from tests.support.desk import Desk, open_case
from tests.support.files import a_photo, attach
from tests.support.hands import POOR, account_of, just_now, made, plan_visit, tomorrow
from tests.support.http import Person

pytestmark = pytest.mark.commits


def ago(days: float) -> str:
    return (datetime.now(UTC) - timedelta(days=days)).isoformat()


async def report(by: Person, desk: Desk, visit: str, **body: Any) -> Any:
    path = f"/v1/cases/{desk.ticket}/visits/{visit}/done"
    return await by.post(path, {**POOR, "done_at": just_now(), **body})


async def wrong(by: Person, desk: Desk, visit: str, **body: Any) -> set[tuple[str, str]]:
    answer = await report(by, desk, visit, **body)
    assert answer.status_code == 422, answer.text
    return {(one["pointer"], one["code"]) for one in answer.json()["errors"]}


async def test_a_visit_is_planned_done_and_learnt_from(login: LogIn, house: House) -> None:
    siti = await login("siti@1374")
    desk = await open_case(siti)
    first = (await siti.get(f"/v1/cases/{desk.ticket}/routing")).json()
    planned = await plan_visit(siti, desk.ticket)
    assert (planned["state"]["code"], planned["visitor_name"]) == ("planned", "Siti Rahmah")
    assert planned["findings"] is None
    point = {"latitude": -0.4621, "longitude": 100.4053}
    done = await report(siti, desk, planned["id"], point=point, facts={"household.house_unfit": True})
    assert done.status_code == 200, done.text
    shown = done.json()
    assert (shown["state"]["code"], shown["verdict"]["code"], shown["version"]) == ("done", "poor", 2)
    assert shown["findings"]["signs"] == shown["findings"]["signs_of"] == 2
    assert shown["findings"]["point"] == {**point, "accuracy_m": None}
    assert {one["code"]: one["value"] for one in shown["findings"]["answers"]} == POOR["answers"]
    facts = {
        one["fact"]: (one["value"], one["source"]["code"])
        for one in (await siti.get(f"/v1/cases/{desk.ticket}/facts")).json()["items"]
    }
    assert facts["person.assessed_poor"] == (True, "assessment")
    assert facts["household.house_unfit"] == (True, "assessment")
    assert (await siti.get(f"/v1/cases/{desk.ticket}/routing")).json()["n"] == first["n"] + 1
    again = await report(siti, desk, planned["id"])
    assert (again.status_code, again.json()["code"]) == (409, "visit_over")
    async with read_only(house.database.sessions) as tx:
        visit = (await tx.scalars(select(Visit).where(Visit.regency_code == "13.74").limit(1))).one()
        told = (await tx.scalars(select(Event.data).where(Event.type == "visit.done"))).all()
    assert b"Rumah bambu" not in (visit.findings_sealed or b"")
    assert not any("poor" in str(one) or "bambu" in str(one) for one in told)


@pytest.mark.parametrize(
    ("verdict", "fact"),
    [("poor", True), ("not_poor", False), ("unclear", None), ("not_home", None), ("moved", None)],
)
async def test_only_a_verdict_on_poverty_becomes_a_fact(
    login: LogIn, verdict: str, *, fact: bool | None
) -> None:
    siti = await login("siti@1374")
    desk = await open_case(siti)
    body = {"purpose": "assessment", "done": {"verdict": verdict, "done_at": just_now()}}
    visit = await made(siti, f"/v1/cases/{desk.ticket}/visits", body)
    assert visit["state"]["code"] == "done"
    rows = (await siti.get(f"/v1/cases/{desk.ticket}/facts")).json()["items"]
    found = [one["value"] for one in rows if one["fact"] == "person.assessed_poor"]
    assert found == ([] if fact is None else [fact])


async def test_times_and_codes_that_cannot_be(login: LogIn) -> None:
    siti = await login("siti@1374")
    desk = await open_case(siti)
    visit = (await plan_visit(siti, desk.ticket))["id"]
    outside = {("/done_at", "outside_the_case")}
    assert await wrong(siti, desk, visit, done_at=tomorrow()) == outside
    assert await wrong(siti, desk, visit, done_at=ago(2)) == outside
    assert await wrong(siti, desk, visit, verdict="rich") == {("/verdict", "unknown_code")}
    bad = {"meals": True, "marble": 1}
    assert await wrong(siti, desk, visit, answers=bad) == {
        ("/answers/meals", "wrong_answer"),
        ("/answers/marble", "unknown_item"),
    }
    assert await wrong(siti, desk, visit, facts={"registry.desil": 1}) == {
        ("/facts/registry.desil", "not_stated_by_desk")
    }
    assert await wrong(siti, desk, visit, attachments=["1374-0193a1b2c3d47e5f8a9b0c1d2e3f4a5b"]) == {
        ("/attachments", "unknown")
    }
    path = f"/v1/cases/{desk.ticket}/visits"
    for body, pointer in (
        ({"planned_for": ago(1)}, "/planned_for"),
        ({"planned_for": (datetime.now(UTC) + timedelta(days=400)).isoformat()}, "/planned_for"),
        ({}, "/planned_for"),
        ({"planned_for": tomorrow(), "purpose": "tea"}, "/purpose"),
        ({"planned_for": tomorrow(), "visitor": await account_of(await login("yulia@1374"))}, "/visitor"),
        ({"planned_for": tomorrow(), "cadre": "1374-0193a1b2c3d47e5f8a9b0c1d2e3f4a5b"}, "/cadre"),
    ):
        answer = await siti.post(path, {"purpose": "verification", **body})
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, pointer), answer.text
    # What was refused left the visit as it was.
    shown = (await siti.get(path)).json()["items"]
    assert [one["state"]["code"] for one in shown] == ["planned"]


async def test_a_cadre_goes_herself_and_speaks_for_herself_only(login: LogIn) -> None:
    siti, cadre = await login("siti@1374"), await login("psm.guguk@1374")
    desk = await open_case(siti)
    hers = await plan_visit(siti, desk.ticket, visitor=await account_of(cadre))
    sitis = await plan_visit(siti, desk.ticket)
    day = (await cadre.get("/v1/visits?state=planned&count=true&limit=200")).json()
    assert hers["id"] in {one["id"] for one in day["items"]}
    assert sitis["id"] not in {one["id"] for one in day["items"]}
    assert day["count"] == len(day["items"])
    assert (await report(cadre, desk, sitis["id"])).json()["code"] == "not_your_visit"
    assert (await report(cadre, desk, hers["id"])).status_code == 200
    other = {"purpose": "monitoring", "planned_for": tomorrow(), "visitor": await account_of(siti)}
    answer = await cadre.post(f"/v1/cases/{desk.ticket}/visits", other)
    assert (answer.status_code, answer.json()["code"]) == (403, "not_your_visit")
    assert (await plan_visit(cadre, desk.ticket))["visitor"] == await account_of(cadre)


async def test_a_cadre_without_an_account_goes_and_the_desk_records(login: LogIn) -> None:
    siti = await login("siti@1374")
    desk = await open_case(siti)
    row = (await siti.get("/v1/cadres?region=13.74.01.1005&pillar=PSM&limit=1")).json()["items"][0]
    visit = await plan_visit(siti, desk.ticket, cadre=row["id"])
    assert (visit["visitor"], visit["cadre"]) == (None, row["id"])
    assert (await report(siti, desk, visit["id"])).status_code == 200


async def test_a_visit_is_called_off_with_a_reason(login: LogIn) -> None:
    siti = await login("siti@1374")
    desk = await open_case(siti)
    visit = await plan_visit(siti, desk.ticket)
    path = f"/v1/cases/{desk.ticket}/visits/{visit['id']}/cancel"
    refused = await siti.post(path, {"reason": "lazy"})
    assert refused.json()["errors"][0]["pointer"] == "/reason"
    called_off = await made(siti, path, {"reason": "weather"})
    assert called_off["cancel_reason"]["code"] == "weather"
    assert (await report(siti, desk, visit["id"])).status_code == 409
    events = (await siti.get(f"/v1/cases/{desk.ticket}/events")).json()["items"]
    told = [one["words"]["en"] for one in events if one["type"] == "visit.cancelled"]
    assert told == ["Visit cancelled: Weather or access"]


async def test_a_visit_of_another_case_is_not_there(login: LogIn) -> None:
    siti = await login("siti@1374")
    desk, other = await open_case(siti), await open_case(siti)
    visit = await plan_visit(siti, other.ticket)
    for name in (visit["id"], "1371-0193a1b2c3d47e5f8a9b0c1d2e3f4a5b", "x"):
        assert (await report(siti, desk, name)).status_code == 404


async def test_a_visitor_who_is_away_or_may_not_see_the_case_is_refused(login: LogIn) -> None:
    office, siti = await login("sekretariat@1374"), await login("siti@1374")
    desk = await open_case(siti, confidentiality="TERBATAS")
    cadre = await account_of(await login("psm.guguk@1374"))
    body = {"purpose": "verification", "planned_for": tomorrow(), "visitor": cadre}
    answer = await office.post(f"/v1/cases/{desk.ticket}/visits", body)
    assert answer.json()["errors"][0]["code"] == "cannot_visit"


async def test_the_visits_of_a_closed_case_stay_as_they_are(login: LogIn) -> None:
    siti = await login("siti@1374")
    desk = await open_case(siti)
    await desk.took("void", {"reason": "withdrawn"})
    body = {"purpose": "verification", "planned_for": tomorrow()}
    answer = await siti.post(f"/v1/cases/{desk.ticket}/visits", body)
    assert (answer.status_code, answer.json()["code"]) == (409, "case_at_rest")


async def test_the_checklist_is_the_regencys(login: LogIn) -> None:
    shown = (await (await login("psm.guguk@1374")).get("/v1/visits/checklist")).json()
    assert (shown["region"], len(shown["items"])) == ("13.74", 14)
    kinds = {one["kind"]["code"] for one in shown["items"]}
    assert kinds == {"bool", "number", "choice"}
    assert all(bool(one["choices"]) == (one["kind"]["code"] == "choice") for one in shown["items"])


async def test_photos_of_the_case_are_put_to_the_visit(login: LogIn) -> None:
    siti = await login("siti@1374")
    desk, other = await open_case(siti), await open_case(siti)
    visit = await plan_visit(siti, desk.ticket)
    photo = (await attach(siti, desk.ticket, a_photo())).json()["id"]
    stray = (await attach(siti, other.ticket, a_photo())).json()["id"]
    assert await wrong(siti, desk, visit["id"], attachments=[photo, stray]) == {("/attachments", "unknown")}
    done = await report(siti, desk, visit["id"], attachments=[photo])
    assert done.json()["photos"] == [photo]
    (shown,) = (await siti.get(f"/v1/cases/{desk.ticket}/visits")).json()["items"]
    assert shown["photos"] == [photo]
