"""A campaign over HTTP: made, opened, nominated for, selected, explained, approved by a second person."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from httpx import AsyncClient

from app.api.deps import House
from tests.support.campaigns import BODY, Home, Walk, put_on_record, walk_of
from tests.support.desk import a_person, open_case
from tests.support.http import log_in

pytestmark = pytest.mark.commits
PD, POOR_HOME = {"person.disability": True}, {"household.income_below_minimum": True}


@pytest.fixture
async def walk(fresh_house: House, fresh_client: AsyncClient, tmp_path: Path) -> Walk:
    return await walk_of(fresh_house, fresh_client, tmp_path)


@pytest.fixture
async def crowd(fresh_house: House) -> int:
    """Twelve poor, six disabled of whom two are poor as well, four without need; evenly in two districts."""
    homes = [Home(desil=1 + n % 4, district=f"13.74.0{1 + n % 2}") for n in range(10)]
    homes += [Home((PD,), desil=8, district=f"13.74.0{1 + n % 2}") for n in range(4)]
    homes += [Home((PD,), desil=1, district=f"13.74.0{1 + n}") for n in range(2)]
    homes += [Home(desil=9) for _ in range(4)]
    return await put_on_record(fresh_house, homes)


async def test_a_selection_is_true_to_its_quotas_and_says_why(walk: Walk, crowd: int) -> None:
    made = await walk.make()
    assert (made["state"]["code"], made["places"], made["organiser"]) == ("draft", 10, "DINSOS-1374")
    await walk.took("open")
    found = await walk.select()
    result = found["selection"]["result"]
    assert crowd == 20
    assert (result["candidates"], result["selected"], result["open_places"]) == (16, 10, 0)
    assert {(one["component"], one["district"]): one["taken"] for one in found["cells"]} == {
        ("PD", "13.74.01"): 2, ("PD", "13.74.02"): 2, ("FM", "13.74.01"): 3, ("FM", "13.74.02"): 3,
    }  # fmt: skip
    chosen = await walk.recipients(state="selected")
    people = [one["person"]["id"] for one in chosen]
    assert len(set(people)) == 10
    shown = (await walk.office.get(f"{walk.path}/recipients/{chosen[0]['id']}")).json()
    assert sum(one["points"] for one in shown["grounds"]) == shown["need"]
    assert shown["registry"] == {"source": "DTSEN", "period": "2026-Q4"}
    assert shown["words"]
    assert {one["component"] for one in shown["conditions"]} == {"PD", "FM"}


async def test_the_same_input_gives_the_same_answer(walk: Walk, crowd: int) -> None:
    await walk.make()
    await walk.took("open")
    first = await walk.select()
    before = {one["id"]: (one["state"], one["component"]) for one in await walk.recipients()}
    assert (await walk.step("withdraw")).status_code == 200
    second = await walk.select()
    after = {one["id"]: (one["state"], one["component"]) for one in await walk.recipients()}
    assert after == before
    assert second["selection"]["n"] == 2
    assert second["selection"]["candidates_sha256"] == first["selection"]["candidates_sha256"]
    assert second["selection"]["result"] == first["selection"]["result"]
    assert crowd


async def test_nobody_with_excluded_aid_and_one_of_each_household(walk: Walk, fresh_house: House) -> None:
    homes = [
        Home(desil=1, programs=("UEP-1374",)),
        Home(desil=1, programs=("BLT_KOTA",)),
        Home((PD, PD), desil=1),
        Home((PD,), desil=3),
    ]
    await put_on_record(fresh_house, homes)
    await walk.make(rules={"excludes": ["BLT_KOTA"]})
    await walk.took("open")
    found = await walk.select()
    assert found["selection"]["result"]["passed_over"] == {"aid_excluded": 2, "household_has_one": 1}
    excluded = [one for one in await walk.recipients(state="passed_over") if one["need"] is not None]
    causes = set()
    for one in excluded:
        shown = (await walk.office.get(f"{walk.path}/recipients/{one['id']}")).json()
        causes |= {(against["program"], against["cause"]) for against in shown["against"]}
    assert {("UEP-1374", "same_aid"), ("BLT_KOTA", "campaign_rule")} <= causes


async def test_candidates_come_from_cases_villages_and_the_registry(walk: Walk, crowd: int) -> None:
    siti = await log_in(walk.office.client, "siti@1374")
    poor, secret = a_person(), a_person()
    desk = await open_case(siti, subject=poor, ppks="PD", category="PERMOHONAN_BANSOS")
    closed = await open_case(siti, subject=secret, confidentiality="RAHASIA")
    await walk.make(components=[{**BODY["components"][0], "criteria": _ppks("PD")}])
    assert (await siti.post(f"{walk.path}/recipients", {"tickets": [desk.ticket]})).status_code == 409
    await walk.took("open")
    lines = {"tickets": [desk.ticket, desk.ticket, closed.ticket, "apa"], "niks": [poor["nik"], "1"]}
    answer = await walk.office.post(f"{walk.path}/recipients", lines)
    assert answer.status_code == 201, answer.text
    assert [one["verdict"]["code"] for one in answer.json()["results"]] == [
        "nominated", "already", "unknown", "malformed", "already", "malformed",
    ]  # fmt: skip
    village = await siti.post(f"{walk.path}/recipients", {"niks": [a_person()["nik"]]})
    assert village.json()["results"][0]["verdict"]["code"] == "unknown"
    await walk.select()
    (chosen,) = await walk.recipients(state="selected")
    assert {one["code"] for one in chosen["routes"]} == {"case", "village"}
    assert chosen["component"] == "PD"
    assert crowd


def _ppks(code: str) -> dict[str, Any]:
    return {"fact": "person.ppks", "op": "has", "value": code, "source": "SEED 4", "trust": "SEED"}


async def test_whoever_selected_does_not_approve_and_two_approvals_make_one(walk: Walk, crowd: int) -> None:
    chief = walk.chief
    await walk.make()
    await walk.took("open")
    await walk.select()
    assert (await walk.step("approve")).status_code == 403
    walk.office, own = chief, walk.office
    head = await log_in(chief.client, "kadis@1374")
    version = (await walk.read())["version"]
    answers = await asyncio.gather(
        *(
            who.post(f"{walk.path}/approve", {}, headers={"If-Match": f'"{version}"'})
            for who in (chief, head, chief)
        )
    )
    assert sorted(one.status_code for one in answers) == [200, 412, 412]
    walk.office = own
    chosen = await walk.recipients(state="selected")
    codes = {one["code"] for one in chosen}
    assert len(codes) == len(chosen) == 10
    lines = await own.get("/v1/assistance?program=UEP-1374&limit=200")
    assert lines.status_code == 200
    assert crowd


async def test_a_manager_who_made_the_campaign_needs_a_second_person(walk: Walk, crowd: int) -> None:
    walk.office = walk.chief
    await walk.make()
    await walk.took("open")
    await walk.select()
    refused = await walk.step("approve", walk.chief)
    assert (refused.status_code, refused.json()["code"]) == (409, "second_person_needed")
    given_back = await walk.step("return", walk.chief, {"reason": "quota_wrong"})
    assert given_back.json()["return_reason"]["code"] == "quota_wrong"
    head = await log_in(walk.chief.client, "kadis@1374")
    await walk.select()
    assert (await walk.step("approve", head)).status_code == 200
    assert crowd


async def test_aid_promised_meanwhile_stops_the_approval(walk: Walk, crowd: int) -> None:
    await walk.make()
    await walk.took("open")
    await walk.select()
    chosen = (await walk.recipients(state="selected"))[0]
    supervisor = await log_in(walk.office.client, "supervisor@1374")
    line = {"program": "UEP-1374", "component": "goods", "state": "planned", "period": "once"}
    desk = await open_case(await log_in(walk.office.client, "siti@1374"))
    assert desk
    told = await supervisor.post("/v1/assistance", {"person": chosen["person"]["id"], "lines": [line]})
    assert told.status_code == 201, told.text
    refused = await walk.step("approve", walk.chief)
    assert (refused.status_code, refused.json()["code"]) == (409, "recipients_changed")
    await walk.took("withdraw")
    await walk.select()
    assert chosen["id"] not in {one["id"] for one in await walk.recipients(state="selected")}
    await walk.took("approve", walk.chief)
    assert crowd


async def test_the_reserve_moves_up_in_its_order(walk: Walk, crowd: int) -> None:
    await walk.make()
    await walk.took("open")
    await walk.select()
    await walk.took("approve", walk.chief)
    gone = next(one for one in await walk.recipients(state="selected") if one["component"] == "FM")
    waiting = [
        (await walk.office.get(f"{walk.path}/recipients/{one['id']}")).json()
        for one in await walk.recipients(state="reserve", district=gone["district"])
    ]
    fitting = [
        one
        for one in waiting
        if any(c["component"] == "FM" and c["verdict"]["code"] == "met" for c in one["conditions"])
    ]
    expected = min(fitting, key=lambda one: one["place_in_order"])
    path = f"{walk.path}/recipients/{gone['id']}/replace"
    assert (await walk.office.post(path, {"reason": "bosan"})).status_code == 422
    done = await walk.office.post(path, {"reason": "moved"})
    assert (done.status_code, done.json()["state"]["code"]) == (200, "dropped")
    successor = next(one for one in await walk.recipients(state="selected") if one["replaces"] == gone["id"])
    assert (successor["id"], successor["component"]) == (expected["id"], "FM")
    assert successor["code"] not in {None, gone["code"]}
    assert (await walk.office.post(path, {"reason": "moved"})).status_code == 409
    report = (await walk.office.get(f"{walk.path}/report")).json()
    assert (report["total"]["selected"], report["total"]["replaced"]) == (10, 1)
    assert crowd


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"region": "13"}, "/region"),
        ({"region": "13.74.01"}, "/region"),
        ({"program": "PKH2"}, "/program"),
        ({"program": "BHAKTI_SOSIAL-1872"}, "/program"),
        ({"budget_source": "KANTONG"}, "/budget_source"),
        ({"ends_on": "2026-12-04"}, "/ends_on"),
        ({"ends_on": "2028-12-04"}, "/ends_on"),
        ({"rules": {"excludes": ["APA"]}}, "/rules/excludes/0"),
        ({"components": [BODY["components"][0]] * 2}, "/components"),
        ({"components": [{**BODY["components"][0], "quota": 4000}, {**BODY["components"][1], "quota": 4000}]},
         "/components"),
        ({"components": [{**BODY["components"][0], "districts": {"13.71.01": 4}}]},
         "/components/0/districts/13.71.01"),
        ({"components": [{**BODY["components"][0], "districts": {"13.74.01": 3}}]},
         "/components/0/districts"),
        ({"components": [{**BODY["components"][0], "goods": None}]}, "/components/0/amount_idr"),
        ({"components": [{**BODY["components"][0], "criteria": {"fact": "apa"}}]}, None),
    ],
)  # fmt: skip
async def test_a_campaign_that_makes_no_sense_is_refused(
    client: AsyncClient, changes: dict[str, Any], pointer: str | None
) -> None:
    office = await log_in(client, "sekretariat@1374")
    answer = await office.post("/v1/campaigns", {**BODY, **changes})
    assert answer.status_code == 422, answer.text
    pointers = {one["pointer"] for one in answer.json()["errors"]}
    assert pointers if pointer is None else pointer in pointers


async def test_the_organiser_reads_names_only_while_it_hands_out(walk: Walk, crowd: int) -> None:
    organiser = await log_in(walk.office.client, "dinsos@1374")
    stranger = await log_in(walk.office.client, "lkks@1374")
    desk = await log_in(walk.office.client, "siti@1374")
    await walk.make()
    await walk.took("open")
    await walk.select()
    assert (await organiser.get(f"{walk.path}/recipients")).status_code == 403
    assert (await stranger.get(walk.path)).status_code == 404
    assert (await desk.get(f"{walk.path}/recipients")).status_code == 403
    await walk.took("approve", walk.chief)
    seen = await walk.recipients(organiser)
    assert len(seen) == 10
    assert {one["state"]["code"] for one in seen} == {"selected"}
    assert all(one["need"] is None and one["person"]["born_on"] is None for one in seen)
    assert (await organiser.get(f"{walk.path}/recipients?state=reserve")).json()["items"] == []
    assert (await organiser.get(f"{walk.path}/recipients/{seen[0]['id']}")).status_code == 403
    report = (await organiser.get(f"{walk.path}/report")).json()
    assert report["published"] is True
    assert report["by_component"][0]["selected"] is None
    assert crowd
