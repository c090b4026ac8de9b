"""PENA ends in graduation: guided, reviewed, suggested by rule, decided by another, taken back in time."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from httpx import Response
from sqlalchemy import select, update

from app.api.deps import House
from app.db.queries import work
from app.db.session import read_only, transaction
from app.db.tables.events import Event
from app.db.tables.graduation import Graduation, PovertyTarget
from app.db.tables.places import Work
from app.domain.ids import parse_public_id
from app.worker.jobs.graduation import remind_of_review
from tests.conftest import LogIn
from tests.support.aid import a_way_out, person_of, planned, record, recorded
from tests.support.desk import Desk, acted, open_case
from tests.support.http import Person
from tests.support.working import claim_of, make_tools

pytestmark = pytest.mark.commits
GOOD = 3_500_000


@pytest.fixture
async def siti(login: LogIn) -> Person:
    return await login("siti@1374")


@pytest.fixture
async def office(login: LogIn) -> Person:
    return await login("sekretariat@1374")


@pytest.fixture
async def approver(login: LogIn) -> Person:
    return await login("pemaraf@1374")


async def review(by: Person, way: str, on: str, income: int = GOOD) -> Response:
    return await by.post(f"/v1/graduations/{way}/reviews", {"on": on, "income_idr": income})


async def decide(by: Person, way: str, decision: str = "graduate", **more: Any) -> Response:
    return await by.post(f"/v1/graduations/{way}/decide", {"decision": decision, **more})


async def ready(siti: Person, office: Person, *more: Any) -> tuple[Desk, str]:
    """Guide somebody whose two reviews speak for leaving; *more* is what else she has."""
    desk = await open_case(siti)
    way = await a_way_out(office, desk)
    for line in more:
        await recorded(office, await person_of(desk), line)
    for on in ("2026-06-02", "2026-09-02"):
        assert (await review(siti, way, on)).status_code == 201
    return desk, way


async def lines_of(by: Person, desk: Desk) -> dict[str, str]:
    shown = (await by.get(f"/v1/people/{await person_of(desk)}/assistance")).json()["lines"]
    return {one["program"]: one["state"]["code"] for one in shown}


async def test_the_whole_way(siti: Person, office: Person, approver: Person, house: House) -> None:
    desk, way = await ready(siti, office, planned("SEMBAKO", "*", "2026-12", amount_idr=200_000))
    stepped = await siti.post(f"/v1/graduations/{way}/steps", {"step": "training", "on": "2026-03-20"})
    assert [one["step"]["code"] for one in stepped.json()["steps"]] == ["training"]
    shown = (await siti.get(f"/v1/graduations/{way}")).json()
    assert [(one["n"], one["suggestion"]["code"]) for one in shown["reviews"]] == [
        (1, "continue"),
        (2, "exit"),
    ]
    assert (shown["income_before_idr"], shown["income_now_idr"]) == (1_200_000, GOOD)
    done = (await decide(approver, way)).json()
    assert (done["state"]["code"], done["exits"]) == ("graduated", ["PKH", "SEMBAKO"])
    assert await lines_of(siti, desk) == {"SEMBAKO": "stopped", "PENA": "given"}
    undone = await approver.post(f"/v1/graduations/{way}/undo", {"reason": "Usahanya tutup karena banjir."})
    assert (undone.json()["state"]["code"], undone.json()["exits"]) == ("active", [])
    assert await lines_of(siti, desk) == {"SEMBAKO": "planned", "PENA": "given"}
    id_ = parse_public_id(way)
    assert id_
    async with read_only(house.database.sessions) as tx:
        told = await tx.scalars(
            select(Event).where(Event.data["graduation_id"].astext == str(id_.id)).order_by(Event.n)
        )
        rows = list(told)
    assert [row.type for row in rows] == [
        "graduation.started",
        "graduation.reviewed",
        "graduation.reviewed",
        "graduation.step_reached",
        "graduation.decided",
        "graduation.undone",
    ]
    assert not any("income" in key for row in rows for key in row.data)


async def test_a_planned_line_of_a_referral_stops_in_the_chain_of_its_case(
    siti: Person, office: Person, approver: Person, login: LogIn
) -> None:
    desk, way = await ready(siti, office)
    (referral,) = await desk.refer({"program": "SEMBAKO_LANSIA", "purpose": "AID"})
    await acted(await login("dinsos@1374"), referral, "accept")
    assert (await decide(approver, way, exits=["SEMBAKO_LANSIA"])).status_code == 200
    assert (await lines_of(siti, desk))["SEMBAKO_LANSIA"] == "stopped"
    types = [one["type"] for one in (await siti.get(f"/v1/cases/{desk.ticket}/events")).json()["items"]]
    assert "ledger.stopped" in str(types)
    assert (await approver.post(f"/v1/graduations/{way}/undo", {"reason": "Salah."})).status_code == 200
    assert (await lines_of(siti, desk))["SEMBAKO_LANSIA"] == "planned"


async def test_against_the_suggestion_a_reason_is_needed(
    siti: Person, office: Person, approver: Person
) -> None:
    desk = await open_case(siti)
    way = await a_way_out(office, desk)
    unseen = await decide(approver, way)
    assert (unseen.status_code, unseen.json()["code"]) == (409, "not_reviewed")
    await review(siti, way, "2026-06-02", 900_000)
    bare = await decide(approver, way)
    assert (bare.status_code, bare.json()["errors"][0]["pointer"]) == (422, "/reason")
    strange = await decide(approver, way, exits=["NOTHING"], reason="Warisan.")
    assert (strange.status_code, strange.json()["errors"][0]["pointer"]) == (422, "/exits/0")
    assert (await decide(approver, way, reason="Mendapat warisan.")).status_code == 200


async def test_four_eyes_where_the_regency_wants_them(
    siti: Person, office: Person, approver: Person, login: LogIn, house: House
) -> None:
    manager = await login("manajer@1374")
    value = {"publish_rules": True, "close_complaints": True, "decide": True}
    rule = {"region": "13.74", "name": "four_eyes", "value": value, "source": "Perwako 12/2026"}
    made = (await manager.post("/v1/policies", rule)).json()
    at = house.clock() + timedelta(seconds=2)
    await house.knowledge.current(at)
    way = await a_way_out(office, await open_case(siti))
    for on in ("2026-06-02", "2026-09-02"):
        assert (await review(approver, way, on)).status_code == 201
    own = await decide(approver, way)
    assert (own.status_code, own.json()["code"]) == (403, "four_eyes")
    assert (await decide(manager, way)).status_code == 200
    policy = next(one["id"] for one in made["values"] if one["name"] == "four_eyes")
    assert (await manager.post(f"/v1/policies/{policy}/end", {})).status_code == 200
    await house.knowledge.current(at + timedelta(seconds=2))


@pytest.mark.parametrize("decision", ["graduate", "end"])
async def test_of_two_decisions_at_once_one_counts(
    siti: Person, office: Person, approver: Person, login: LogIn, decision: str
) -> None:
    _, way = await ready(siti, office)
    manager = await login("manajer@1374")
    answers = await asyncio.gather(
        *(decide(one, way, decision, reason="Pindah usaha.") for one in (approver, manager, approver))
    )
    assert sorted(one.status_code for one in answers) == [200, 409, 409]


async def test_goes_on_and_is_reviewed_later(siti: Person, office: Person, approver: Person) -> None:
    _, way = await ready(siti, office)
    done = (await decide(approver, way, "continue", reason="Tunggu satu musim lagi.")).json()
    assert (done["state"]["code"], done["decision"]["code"]) == ("active", "continue")
    early = await approver.post(f"/v1/graduations/{way}/undo", {"reason": "x"})
    assert (early.status_code, early.json()["code"]) == (409, "not_graduated")


async def test_after_the_window_nothing_is_taken_back(
    siti: Person, office: Person, approver: Person, house: House
) -> None:
    _, way = await ready(siti, office)
    assert (await decide(approver, way)).status_code == 200
    id_ = parse_public_id(way)
    assert id_
    async with transaction(house.database.sessions) as tx:
        past = datetime.now(UTC) - timedelta(seconds=1)
        await tx.execute(update(Graduation).where(Graduation.id == id_.id).values(undo_until=past))
    late = await approver.post(f"/v1/graduations/{way}/undo", {"reason": "Terlambat."})
    assert (late.status_code, late.json()["code"]) == (409, "window_over")


async def test_who_may_begin_and_with_what(siti: Person, office: Person) -> None:
    desk = await open_case(siti)
    body = {"ticket": desk.ticket, "program": "PENA", "started_on": "2026-03-02", "income_idr": 1}
    outside = await siti.post("/v1/graduations", body)
    assert (outside.status_code, outside.json()["code"]) == (409, "not_in_program")
    other = await siti.post("/v1/graduations", {**body, "program": "PKH"})
    assert (other.status_code, other.json()["errors"][0]["code"]) == (422, "no_graduation")
    ahead = await siti.post("/v1/graduations", {**body, "started_on": "2099-01-01"})
    assert ahead.json()["errors"][0]["pointer"] == "/started_on"
    await a_way_out(office, desk)
    again = await siti.post("/v1/graduations", body)
    assert (again.status_code, again.json()["code"]) == (409, "guided_already")


async def test_reviews_follow_each_other(siti: Person, office: Person) -> None:
    way = await a_way_out(office, await open_case(siti))
    await review(siti, way, "2026-06-02")
    early = await review(siti, way, "2026-05-01")
    assert (early.status_code, early.json()["errors"][0]["code"]) == (422, "before_last")
    assert (await review(siti, way, "2099-01-01")).json()["errors"][0]["code"] == "in_future"


async def test_it_is_seen_through_its_case_and_listed_when_due(
    siti: Person, office: Person, login: LogIn
) -> None:
    desk = await open_case(siti)
    way = await a_way_out(office, desk)
    listed = (await siti.get("/v1/graduations", case=desk.ticket, count="true")).json()
    assert ([one["id"] for one in listed["items"]], listed["count"]) == ([way], 1)
    assert (await siti.get("/v1/graduations", case=desk.ticket, due="true")).json()["items"] == []
    away = await login("rini@1371")
    assert (await away.get(f"/v1/graduations/{way}")).status_code == 404
    assert (await away.get("/v1/graduations", case=desk.ticket)).json()["items"] == []


# Overdue reviews ------------------------------------------------------------------------------------------


async def test_a_review_that_did_not_take_place_becomes_one_task(
    siti: Person, office: Person, house: House, tmp_path: Path
) -> None:
    desk = await open_case(siti)
    way = await a_way_out(office, desk)
    id_ = parse_public_id(way)
    assert id_
    async with read_only(house.database.sessions) as tx:
        due = await tx.scalar(
            select(Work.due_at).where(Work.kind == work.GRADUATION_REVIEW, Work.key.startswith(id_.id.hex))
        )
    assert due is not None
    held = claim_of(work.GRADUATION_REVIEW, {"graduation": id_.id.hex}, "13.74")
    tools = make_tools(house.database, lambda: due, tmp_path)
    early = replace(tools, now=lambda: due - timedelta(days=1))
    await remind_of_review(early, held)
    assert await tasks(siti, desk) == []
    for _ in range(2):
        await remind_of_review(tools, held)
    assert await tasks(siti, desk) == [False]
    assert (await review(siti, way, "2026-06-02")).status_code == 201
    assert await tasks(siti, desk) == [True]


async def tasks(by: Person, desk: Desk) -> list[bool]:
    """Whether each task of a review is done."""
    found = (await by.get(f"/v1/cases/{desk.ticket}/tasks")).json()["items"]
    return [one["done_at"] is not None for one in found if one["kind"]["code"] == "graduation_review"]


async def test_who_has_graduated_gets_no_new_aid_she_left_by_mistake(
    siti: Person, office: Person, approver: Person
) -> None:
    """What was stopped does not stand in the way of a new decision, and nothing is planned by itself."""
    desk, way = await ready(siti, office, planned("SEMBAKO", "*", "2026-12"))
    assert (await decide(approver, way)).status_code == 200
    again = await record(office, await person_of(desk), planned("SEMBAKO", "*", "2027-01"))
    assert again.status_code == 201
    started = await guided_again(office, desk)
    assert started.status_code == 201


async def guided_again(by: Person, desk: Desk) -> Response:
    body = {"ticket": desk.ticket, "program": "PENA", "started_on": "2026-10-01", "income_idr": 1_000_000}
    return await by.post("/v1/graduations", body)


# The target -----------------------------------------------------------------------------------------------


async def test_the_target_counts_households_that_graduated_and_says_how(
    siti: Person, office: Person, approver: Person, login: LogIn
) -> None:
    manager, year = await login("manajer@1374"), datetime.now(UTC).year
    body = {"region": "13.74", "year": year, "points": "0.5", "households": 100, "source": "RKPD"}
    assert (await siti.post("/v1/targets", body)).status_code == 403
    before = (await manager.post("/v1/targets", body)).json()
    _, way = await ready(siti, office)
    assert (await decide(approver, way)).status_code == 200
    (now,) = (await siti.get("/v1/targets", region="13.74")).json()["items"]
    assert now["graduated"] == before["graduated"] + 1
    assert (now["registry"], now["points"], now["households"]) == (None, "0.50", 100)
    assert float(now["points_reached"]) == pytest.approx(now["left"] * 0.5 / 100)
    assert "0.50 / 100" in now["formula"]
    assert now["as_of"]
    assert (await approver.post(f"/v1/graduations/{way}/undo", {"reason": "Salah."})).status_code == 200
    (after,) = (await siti.get("/v1/targets", region="13.74")).json()["items"]
    assert after["graduated"] == before["graduated"]
    assert (await siti.get("/v1/targets", region="13.74", year="2019")).json()["items"] == []


async def test_padang_panjang_aims_at_half_a_point_and_300_households(house: House) -> None:
    async with read_only(house.database.sessions) as tx:
        first = (
            select(PovertyTarget).where(PovertyTarget.regency_code == "13.74").order_by(PovertyTarget.set_at)
        )
        row = (await tx.scalars(first.limit(1))).one()
    assert (float(row.points), row.households, row.set_by) == (0.5, 300, None)


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"points": "0"}, "/points"),
        ({"points": "0.123"}, "/points"),
        ({"households": 0}, "/households"),
        ({"year": 1999}, "/year"),
        ({"region": "13.08"}, None),
    ],
)
async def test_a_target_makes_sense(login: LogIn, changes: dict[str, Any], pointer: str | None) -> None:
    manager = await login("manajer@1374")
    body = {"region": "13.74", "year": 2026, "points": "0.5", "households": 300, "source": "RKPD", **changes}
    refused = await manager.post("/v1/targets", body)
    if pointer is None:
        assert refused.status_code == 403
    else:
        assert [one["pointer"] for one in refused.json()["errors"]] == [pointer]
