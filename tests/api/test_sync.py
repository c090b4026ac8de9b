"""A batch of what a desk did offline: every verdict, and that each operation has its effect once."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from app.api.deps import House
from app.db.session import read_only
from app.db.tables.cases import Case, CaseText
from app.db.tables.sync import SyncOperation
from tests.conftest import LogIn
from tests.support.desk import open_case
from tests.support.http import Person, log_in
from tests.support.offline import Device

pytestmark = pytest.mark.commits
WEEK = timedelta(days=7)


@pytest.fixture(scope="module")
async def siti(login: LogIn) -> Person:
    return await login("siti@1374")


@pytest.fixture
def device(siti: Person) -> Device:
    return Device(siti)


async def count(house: House, *where: Any) -> int:
    async with read_only(house.database.sessions) as tx:
        return await tx.scalar(select(func.count()).select_from(where[0]).where(*where[1:])) or 0


def verdicts(results: list[dict[str, Any]]) -> list[str]:
    return [one["verdict"] for one in results]


async def test_a_day_without_a_link_comes_in_any_order(device: Device, siti: Person) -> None:
    opens = device.opens()
    mine = {"operation": opens["id"]}
    visit = device.does(
        "visit_plan", {"purpose": "verification", "planned_for": device.clock(-WEEK)}, case=mine
    )
    day = [
        device.does("note", {"text": "Datang lagi besok."}, case=mine),
        device.does(
            "contact",
            {"at": device.clock(timedelta(minutes=30)), "means": "phone", "result": "no_answer"},
            case=mine,
        ),
        device.does("visit_cancel", {"reason": "weather"}, case=mine, visit={"operation": visit["id"]}),
        visit,
        device.does("step", {}, action="verify", case=mine),
        device.does("facts", {"facts": {"household.pregnant": True}, "source": "desk"}, case=mine),
        device.does("attach", {"bytes": 1000, "paper": "KTP", "name": "ktp.jpg"}, case=mine),
        device.does("assign", {"self": True}, case=mine),
        device.does("task", {"text": "Telepon warga."}, case=mine),
        opens,
    ]
    results = await device.sync(*day)
    assert verdicts(results) == ["applied"] * len(day), results
    assert len({one["ticket"] for one in results}) == 1
    shown = (await siti.get(f"/v1/cases/{results[-1]['ticket']}")).json()
    assert shown["status"]["code"] == "verifying"
    assert results[-1]["answer"]["pin"]
    again = await device.sync(*reversed(day))
    assert verdicts(again) == ["replayed"] * len(day)
    assert again[0]["answer"] == results[-1]["answer"]


async def test_one_failure_undoes_nothing_of_its_group(device: Device, house: House) -> None:
    opens = device.opens()
    mine = {"operation": opens["id"]}
    bad = device.does("note", {"words": "?"}, case=mine)
    unknown = device.does(
        "contact", {"at": device.clock(), "means": "TELEPATHY", "result": "no_answer"}, case=mine
    )
    after_bad = device.does("note", {"text": "Sesudah yang ditolak."}, case=mine, after=[bad["id"]])
    good = device.does("note", {"text": "Tetap tersimpan."}, case=mine)
    step = device.does("step", {"outcome": "NONE"}, action="resolve", case=mine)
    nothing = device.does("step", {}, action="fly", case=mine)
    results = await device.sync(bad, opens, unknown, after_bad, step, nothing, good)
    assert verdicts(results) == [
        "rejected",
        "applied",
        "rejected",
        "rejected",
        "rejected",
        "rejected",
        "applied",
    ]
    assert results[0]["problem"]["errors"][0]["pointer"] in {"/text", "/words"}
    assert results[3]["problem"]["code"] == "parent_rejected"
    assert results[3]["problem"]["data"] == {"parent": bad["id"]}
    mended = {**bad, "body": {"text": "Diperbaiki."}}
    assert verdicts(await device.sync(mended, after_bad)) == ["applied", "applied"], "a refusal holds no key"
    async with read_only(house.database.sessions) as tx:
        case_id = await tx.scalar(select(Case.id).where(Case.ticket == results[1]["ticket"]))
    assert await count(house, CaseText, CaseText.case_id == case_id, CaseText.kind == "note") == 3


async def test_it_waits_for_a_parent_that_has_not_come(device: Device) -> None:
    opens = device.opens()
    note = device.does("note", {"text": "Sebelum kasusnya."}, case={"operation": opens["id"]})
    later = device.does("note", {"text": "Lagi."}, case={"operation": opens["id"]}, after=[note["id"]])
    first = await device.sync(later, note)
    assert verdicts(first) == ["waiting", "waiting"]
    assert [one["waiting_for"] for one in first] == [note["id"], opens["id"]] or first[0][
        "waiting_for"
    ] == opens["id"]
    assert (await device.one(opens))["verdict"] == "applied"
    assert verdicts(await device.sync(later, note)) == ["applied", "applied"]


async def test_cycles_are_refused_and_the_rest_is_done(device: Device) -> None:
    opens = device.opens()
    mine = {"operation": opens["id"]}
    one, two, three = (device.does("note", {"text": "x"}, case=mine) for _ in range(3))
    one["after"], two["after"], three["after"] = [two["id"]], [one["id"]], [two["id"]]
    own = device.opens()
    own["after"] = [own["id"]]
    results = await device.sync(one, two, three, opens, own)
    assert verdicts(results) == ["rejected", "rejected", "rejected", "applied", "rejected"]
    codes = [result["problem"]["code"] for result in results if result["problem"]]
    assert codes == ["dependency_cycle", "dependency_cycle", "parent_rejected", "dependency_cycle"]


async def test_different_fields_merge_and_the_same_field_conflicts(device: Device, login: LogIn) -> None:
    desk = await open_case(device.officer)
    case, other = {"ticket": desk.ticket}, await login("supervisor@1374")
    shown = await desk.read()
    base = {"sector": (shown["sector"] or {}).get("code"), "category": shown["category"]["code"]}
    sectors = [code for code in ("PENDIDIKAN", "KESEHATAN", "SOSIAL") if code != base["sector"]]
    changed = await other.patch(f"/v1/cases/{desk.ticket}", {"sector": sectors[0]}, etag=desk.etag)
    assert changed.status_code == 200, changed.text

    place = {"village": shown["place"]["village"], "address": "RT 002"}
    merged = device.does(
        "patch_case",
        {"place": place},
        case=case,
        base={"place": {"village": place["village"], "address": "RT 001"}},
    )
    assert (await device.one(merged))["verdict"] == "applied"
    clash = device.does(
        "patch_case", {"sector": sectors[1], "place": {**place, "address": "RT 009"}}, case=case
    )
    clash["base"] = {"sector": base["sector"], "place": {"village": place["village"], "address": "RT 002"}}
    result = await device.one(clash)
    assert result["verdict"] == "conflict"
    assert result["conflicts"] == [
        {"field": "sector", "base": base["sector"], "mine": sectors[1], "theirs": sectors[0]}
    ]
    shown = await desk.read()
    assert shown["sector"]["code"] == sectors[0]
    assert shown["place"]["address"] == "RT 002", "of an operation that conflicts nothing is written"
    decided = {**clash, "base": {**clash["base"], "sector": sectors[0]}}
    assert (await device.one(decided))["verdict"] == "applied"
    assert (await device.one(decided))["verdict"] == "replayed"
    bare = device.does("patch_case", {"sector": sectors[0]}, case=case)
    assert (await device.one(bare))["problem"]["code"] == "base_required"


async def test_a_place_keeps_what_the_desk_does_not_name(device: Device) -> None:
    place = {"village": "13.74.01.1005", "address": "RT 001", "detail": "Rumah biru."}
    desk = await open_case(device.officer)
    opens = await device.one(device.opens(place=place))
    move = device.does("patch_case", {"place": {"village": place["village"], "address": "RT 007"}})
    move |= {
        "case": {"ticket": opens["ticket"]},
        "base": {"place": {"village": place["village"], "address": "RT 001"}},
    }
    assert (await device.one(move))["verdict"] == "applied"
    desk.ticket = opens["ticket"]
    shown = (await desk.read())["place"]
    assert (shown["address"], shown["detail"]) == ("RT 007", "Rumah biru.")


async def test_a_step_conflicts_when_somebody_else_took_one(device: Device, login: LogIn) -> None:
    desk = await open_case(device.officer)
    case = {"ticket": desk.ticket}
    step = device.does("step", {}, action="verify", case=case, base={"status": "registered"})
    # What leaves the status alone does not matter.
    assert (
        await device.one(
            device.does("facts", {"facts": {"household.pregnant": True}, "source": "desk"}, case=case)
        )
    )["verdict"] == "applied"
    await desk.read()
    await desk.took("handle", {}, await login("supervisor@1374"))
    result = await device.one(step)
    assert result["verdict"] == "conflict"
    assert result["conflicts"] == [
        {"field": "status", "base": "registered", "mine": "verify", "theirs": "handling"}
    ]
    assert (await device.one({**step, "base": {}}))["problem"]["code"] == "base_required"
    assert (await device.one({**step, "base": {"status": "handling"}}))["problem"]["status"] == 409


async def test_a_week_old_batch_of_a_clock_days_off_works(siti: Person, house: House) -> None:
    for skew in (timedelta(days=3), timedelta(days=-3), timedelta(days=-20000)):
        device = Device(siti, skew=skew)
        opens = device.opens(ago=WEEK)
        mine = {"operation": opens["id"]}
        planned = device.clock(timedelta(days=5))
        visit = device.does(
            "visit_plan", {"purpose": "verification", "planned_for": planned}, case=mine, ago=WEEK
        )
        seen = {"verdict": "poor", "done_at": device.clock(timedelta(days=5))}
        results = await device.sync(
            opens,
            device.does(
                "contact",
                {"at": device.clock(timedelta(days=6)), "means": "phone", "result": "no_answer"},
                case=mine,
                ago=timedelta(days=6),
            ),
            visit,
            device.does(
                "visit_complete", seen, case=mine, visit={"operation": visit["id"]}, ago=timedelta(days=5)
            ),
        )
        if skew.days > -20000:
            assert verdicts(results) == ["applied"] * 4, results
        assert results[0]["verdict"] == "applied"
        async with read_only(house.database.sessions) as tx:
            row = (
                await tx.scalars(select(SyncOperation).where(SyncOperation.operation == opens["id"]))
            ).one()
            opened_at = await tx.scalar(select(Case.opened_at).where(Case.id == row.case_id))
        assert abs(row.said_at - datetime.fromisoformat(opens["at"])) < timedelta(seconds=1)
        assert opened_at is not None
        assert abs(opened_at - row.arrived_at) < timedelta(seconds=5), "it is opened when it came"
        if skew.days > -20000:
            assert abs(row.done_at - (datetime.now(UTC) - WEEK)) < timedelta(minutes=5)


async def test_two_devices_with_one_queue_do_each_once(siti: Person, house: House) -> None:
    one, two = Device(siti), Device(siti)
    batch = []
    for _ in range(12):
        opens = one.opens()
        batch += [opens, one.does("note", {"text": "Sekali saja."}, case={"operation": opens["id"]})]
    answers = await asyncio.gather(one.send(batch), two.send(batch[::-1]))
    assert [answer.status_code for answer in answers] == [200, 200]
    found = [{x["id"]: x for x in answer.json()["results"]} for answer in answers]
    tickets = set()
    for operation in batch:
        both = [results[operation["id"]] for results in found]
        told = sorted(x["verdict"] for x in both)
        assert told in (["applied", "replayed"], ["applied", "waiting"], ["replayed", "waiting"]), told
        tickets |= {x["ticket"] for x in both if x["ticket"]}
    assert len(tickets) == 12
    last = await one.sync(*batch)
    assert set(verdicts(last)) <= {"replayed", "applied"}
    assert await count(house, Case, Case.ticket.in_(tickets)) == 12
    async with read_only(house.database.sessions) as tx:
        ids = (await tx.scalars(select(Case.id).where(Case.ticket.in_(tickets)))).all()
    assert await count(house, CaseText, CaseText.case_id.in_(ids), CaseText.kind == "note") == 12


async def test_an_operation_is_the_same_on_its_single_route(device: Device, siti: Person) -> None:
    """Httpx writes a body compactly, as the operation's digest is taken."""
    opens = device.opens()
    first = await device.one(opens)
    single = await siti.post("/v1/cases", opens["body"], key=opens["id"])
    assert single.status_code == 201
    assert single.headers["Idempotency-Replayed"] == "true"
    assert single.json() == first["answer"]
    body = {"text": "Lewat jalan tunggal."}
    path = f"/v1/cases/{first['ticket']}/notes"
    made = await siti.post(path, body, key="note-by-itself")
    assert made.status_code == 201
    note = device.does("note", body, case={"ticket": first["ticket"]}, id="note-by-itself")
    assert (await device.one(note))["verdict"] == "replayed"
    other = {**note, "body": {"text": "Lain."}}
    assert (await device.one(other))["problem"]["code"] == "idempotency_key_reused"
    as_contact = {**note, "kind": "task", "body": {"text": "Lain."}}
    assert (await device.one(as_contact))["problem"]["code"] == "idempotency_key_reused"


async def test_what_a_desk_did_before_it_lost_the_case_stays_done(device: Device) -> None:
    desk = await open_case(device.officer)
    case = {"ticket": desk.ticket}
    note = device.does("note", {"text": "Sebelum diserahkan."}, case=case)
    secret = device.does(
        "patch_case", {"confidentiality": "TERBATAS"}, case=case, base={"confidentiality": "BIASA"}
    )
    assert verdicts(await device.sync(note, secret)) == ["applied", "applied"]
    again = await device.sync(note, secret)
    assert verdicts(again) == ["replayed", "replayed"]
    assert [one["answer"] for one in again] == [None, None], "she may not see it any more"
    fresh = device.does("note", {"text": "Sesudahnya."}, case=case)
    assert (await device.one(fresh))["problem"]["status"] == 404


async def test_a_revoked_token_is_refused_whole_and_nothing_is_lost(device: Device, house: House) -> None:
    thief = Device(await log_in(device.officer.client, "siti@1374"), id=device.id)
    batch = [device.opens(), device.opens()]
    await thief.officer.client.post("/v1/oauth/revoke", data={"token": thief.officer.token})
    house.sessions.clear()
    before = await count(house, Case)
    refused = await thief.send(batch)
    assert refused.status_code == 401
    assert await count(house, Case) == before
    assert verdicts(await device.sync(*batch)) == ["applied", "applied"], (
        "the queue is sent again after a log-in"
    )


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"case": {}}, "/operations/0/case"),
        ({"case": {"ticket": "x", "operation": "y"}}, "/operations/0/case"),
        ({"visit": {"operation": "y"}}, "/operations/0/visit"),
        ({"action": "verify"}, "/operations/0/action"),
        ({"kind": "erase"}, "/operations/0/kind"),
        ({"at": "2026-11-25"}, "/operations/0/at"),
        ({"id": ""}, "/operations/0/id"),
        ({"extra": 1}, "/operations/0/extra"),
    ],
    ids=str,
)
async def test_a_batch_of_another_form_is_refused_whole(
    device: Device, change: dict[str, Any], pointer: str
) -> None:
    note = {**device.does("note", {"text": "x"}, case={"ticket": "1374-0000-0000-0"}), **change}
    answer = await device.send([note])
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["pointer"] == pointer


async def test_bounds_of_a_batch(device: Device) -> None:
    note = device.does("note", {"text": "x"}, case={"ticket": "1374-0000-0000-0"})
    assert (await device.send([note, note])).status_code == 422
    assert (await device.send([{**note, "id": str(n)} for n in range(501)])).status_code == 422
    assert (await device.send([])).status_code == 422
    assert (await device.send([{**note, "body": {"text": "x" * 1_000_000}}])).status_code == 413


async def test_odd_instants_are_taken_and_bound_to_the_arrival(device: Device) -> None:
    for at in ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "1970-01-01T00:00:00Z"):
        opens = {**device.opens(), "at": at}
        assert (await device.one(opens))["verdict"] == "applied", at
