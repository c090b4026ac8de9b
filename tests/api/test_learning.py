"""What is learnt about a case later, and what the desk is told when something is wrong."""

import json
from typing import Any

import pytest
from sqlalchemy import func, select

from app.api.deps import House
from app.db.queries.case_view import wrapped_key
from app.db.session import read_only
from app.db.tables import Base
from app.db.tables.cases import Case, Clock, RoutingRecord
from app.domain.routing import Replayed, from_json, replay, versions
from tests.conftest import LogIn
from tests.support.desk import CASE, a_person, open_case
from tests.support.http import Person


@pytest.fixture(scope="module")
async def siti(login: LogIn) -> Person:
    return await login("siti@1374")


async def refused(by: Person, **changes: Any) -> tuple[int, list[str]]:
    answer = await by.post("/v1/cases", {**CASE, "subject": a_person(), **changes})
    return answer.status_code, [one["pointer"] for one in answer.json().get("errors", [])]


async def test_answers_route_again_as_a_new_record_and_the_old_one_stays(siti: Person) -> None:
    desk = await open_case(siti, facts={})
    before = (await siti.get(f"/v1/cases/{desk.ticket}/routing")).json()
    answer = await siti.post(
        f"/v1/cases/{desk.ticket}/facts", {"facts": {"household.pregnant": True}, "source": "resident"}
    )
    assert answer.status_code == 201, answer.text
    after = (await siti.get(f"/v1/cases/{desk.ticket}/routing")).json()
    assert (before["n"], after["n"]) == (1, 2)
    assert (await siti.get(f"/v1/cases/{desk.ticket}/routing", n=1)).json() == before
    told = {p["program"]: p["reasons"] for p in after["programs"]}
    assert told["PKH"] != {p["program"]: p["reasons"] for p in before["programs"]}["PKH"]


async def test_routing_is_told_in_both_languages(siti: Person) -> None:
    desk = await open_case(siti)
    path = f"/v1/cases/{desk.ticket}/routing"
    english = (await siti.get(path)).json()
    indonesian = (await siti.get(path, {"Accept-Language": "id"})).json()
    assert [p["program"] for p in english["programs"]] == [p["program"] for p in indonesian["programs"]]
    assert english["programs"][0]["verdict"]["label"] != indonesian["programs"][0]["verdict"]["label"]


async def test_a_stored_decision_replays_to_the_same_answer(siti: Person, house: House) -> None:
    desk = await open_case(siti)
    async with read_only(house.database.sessions) as tx:
        case = await tx.scalar(select(Case).where(Case.regency_code == "13.74", Case.ticket == desk.ticket))
        assert case is not None
        row = await tx.scalar(
            select(RoutingRecord).where(
                RoutingRecord.regency_code == "13.74", RoutingRecord.case_id == case.id
            )
        )
        wrapped = await wrapped_key(tx, "13.74", case.data_key_id)
    assert row is not None
    assert wrapped is not None
    key = house.vault.unwrap(wrapped)
    sealed = json.loads(house.vault.open(key, "routing_records", "facts", row.id, row.facts_sealed))
    known = await house.knowledge.current(house.clock())
    programs = versions(known.programs.values())
    assert replay(from_json(row.answer), sealed, programs) is Replayed.SAME
    assert replay(from_json(row.answer), None, programs) is Replayed.FACTS_ERASED


async def test_a_raised_priority_needs_its_reason_and_lets_running_clocks_count_anew(
    siti: Person, house: House
) -> None:
    desk = await open_case(siti)
    path, body = f"/v1/cases/{desk.ticket}", {"priority": "DARURAT"}
    assert (await siti.patch(path, body)).status_code == 428
    assert (await siti.patch(path, body, etag='"9"')).status_code == 412
    assert (await siti.patch(path, body, etag=desk.etag)).status_code == 422
    answer = await siti.patch(path, {**body, "priority_reason": "Rumah terbakar."}, etag=desk.etag)
    assert answer.status_code == 200, answer.text
    async with read_only(house.database.sessions) as tx:
        units = await tx.scalars(
            select(Clock.unit)
            .join(Case, (Case.regency_code == Clock.regency_code) & (Case.id == Clock.case_id))
            .where(Case.regency_code == "13.74", Case.ticket == desk.ticket)
        )
        assert set(units) == {"hours"}


async def test_confidentiality_is_only_raised_and_the_place_stays_in_the_regency(siti: Person) -> None:
    desk = await open_case(siti)
    wrong = await siti.patch(
        f"/v1/cases/{desk.ticket}", {"place": {"village": "13.71.02.1003"}}, etag=desk.etag
    )
    assert [one["pointer"] for one in wrong.json()["errors"]] == ["/place/village"]


async def test_a_question_is_answered_at_the_window_in_one_request(siti: Person) -> None:
    told = {"at": "2026-11-25T01:00:00Z", "method": "in_person", "by": "Siti"}
    answer = await siti.post(
        "/v1/cases",
        {
            **CASE,
            "kind": "PERTANYAAN",
            "category": "INFORMASI_PROGRAM",
            "subject": a_person(),
            "resolve_now": {"outcome": "information_given", "told": told},
        },
    )
    assert answer.status_code == 201, answer.text
    assert answer.json()["status"]["code"] == "resolved"
    assert [due["step"]["code"] for due in answer.json()["due"]] == ["confirmation"]


@pytest.mark.parametrize(
    ("changes", "status", "pointers"),
    [
        ({"category": "TIDAK_ADA"}, 422, ["/category"]),
        ({"channel": "MERPATI", "papers": ["KTP", "TIKET"]}, 422, ["/channel", "/papers/1"]),
        ({"program": "TIDAK_ADA"}, 422, ["/program"]),
        ({"facts": {"registry.desil": 1}}, 422, ["/facts/registry.desil"]),
        ({"facts": {"household.children_0_6": "dua"}}, 422, ["/facts/household.children_0_6"]),
        ({"subject": {"kind": "person", "nik": "************9001", "name": "A"}}, 422, ["/subject/nik"]),
        ({"subject": {"kind": "person"}}, 422, ["/subject/name"]),
        ({"subject": {"kind": "household"}}, 422, ["/subject/kk"]),
        ({"place": {"village": "13.74.99.9999"}}, 422, ["/place/village"]),
        ({"place": {"village": "32.04.05.2001"}}, 422, ["/place/village"]),
        ({"priority": "MENDESAK"}, 422, ["/priority_reason"]),
        ({"about": [{"kind": "agency"}]}, 422, ["/about/0/ref"]),
        ({"ticket": "1374-0000-0000-0"}, 422, ["/ticket"]),
        ({"status": "closed"}, 422, ["/status"]),
    ],
)
async def test_what_is_wrong_is_named_by_its_pointer(
    siti: Person, changes: dict[str, Any], status: int, pointers: list[str]
) -> None:
    assert await refused(siti, **changes) == (status, pointers)


async def test_a_village_outside_the_grants_is_refused(siti: Person) -> None:
    assert (await refused(siti, place={"village": "13.74.02.1004"}))[0] == 403


async def test_a_refused_case_leaves_no_row_anywhere(siti: Person, house: House) -> None:
    person = a_person()
    first = await siti.post("/v1/cases", {**CASE, "subject": person})
    assert first.status_code == 201

    async def counts() -> dict[str, int]:
        async with read_only(house.database.sessions) as tx:
            return {
                table.name: int(await tx.scalar(select(func.count()).select_from(table)) or 0)
                for table in Base.metadata.sorted_tables
                # Log-ins, refusals and the worker's numbers are told apart from the case.
                if table.name not in {"access_log", "sessions", "refresh_tokens", "attempts"}
            }

    before = await counts()
    again = await siti.post("/v1/cases", {**CASE, "subject": person})
    assert (again.status_code, again.json()["code"]) == (409, "same_matter")
    assert again.json()["data"]["ticket"] == first.json()["ticket"]
    assert await counts() == before
    apart = await siti.post(
        "/v1/cases", {**CASE, "subject": person, "separate_reason": "Untuk anak yang lain."}
    )
    assert apart.status_code == 201
    assert [one["ticket"] for one in apart.json()["other_cases"]] == [first.json()["ticket"]]


async def test_a_changed_priority_of_a_referred_case_counts_the_clocks_of_its_referrals_too(
    siti: Person, house: House
) -> None:
    desk = await open_case(siti)
    await desk.took("handle")
    await desk.refer({"program": "UMUM.DINSOS-1374", "purpose": "INFORMATION"})
    await desk.read()
    answer = await siti.patch(
        f"/v1/cases/{desk.ticket}",
        {"priority": "MENDESAK", "priority_reason": "Ia jatuh sakit."},
        etag=desk.etag,
    )
    assert answer.status_code == 200, answer.text
    async with read_only(house.database.sessions) as tx:
        case = await tx.scalar(select(Case).where(Case.regency_code == "13.74", Case.ticket == desk.ticket))
        assert case is not None
        rows = (
            await tx.scalars(select(Clock).where(Clock.regency_code == "13.74", Clock.case_id == case.id))
        ).all()
    running = [row for row in rows if row.state == "running"]
    assert [row.step for row in running] == ["acceptance"]
    assert not running[0].pausable
    assert running[0].unit != "working_days"
    assert (case.due_at, case.due_step) == (running[0].due_at, "acceptance")
    assert answer.json()["referrals"][0]["due_at"] == answer.json()["due_at"]


async def test_answers_are_shown_with_their_source_and_only_in_sight(siti: Person, login: LogIn) -> None:
    desk = await open_case(siti)
    path = f"/v1/cases/{desk.ticket}/facts"
    await siti.post(path, {"facts": {"household.pregnant": True}, "source": "resident"})
    told = {
        one["fact"]: (one["value"], one["source"]["code"]) for one in (await siti.get(path)).json()["items"]
    }
    assert told == {"household.children_0_6": (1, "desk"), "household.pregnant": (True, "resident")}
    assert (await (await login("rini@1371")).get(path)).status_code == 404
