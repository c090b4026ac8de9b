"""The hand-out: signed lists, devices without a network that come back in any order, nothing given twice."""

import asyncio
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from httpx import AsyncClient
from python_calamine import CalamineWorkbook
from sqlalchemy import func, select

from app.api.deps import House
from app.db.session import read_only
from app.db.tables.campaigns import CampaignCheckin
from app.db.tables.events import Event
from app.db.tables.referrals import AssistanceLine
from tests.support.campaigns import Device, Home, Walk, a_device, put_on_record, walk_of
from tests.support.http import log_in

pytestmark = pytest.mark.commits
PROXY = {"name": "Rahmat Contoh", "relation": "NEIGHBOUR", "letter": "Surat kuasa 3/RT02"}


@pytest.fixture
async def walk(fresh_house: House, fresh_client: AsyncClient, tmp_path: Path) -> Walk:
    homes = [Home(desil=1 + n % 4, district=f"13.74.0{1 + n % 2}") for n in range(8)]
    homes += [Home(({"person.disability": True},), desil=8, district=f"13.74.0{1 + n % 2}") for n in range(5)]
    await put_on_record(fresh_house, homes)
    return await walk_of(fresh_house, fresh_client, tmp_path)


@pytest.fixture
async def two(walk: Walk) -> tuple[Device, Device]:
    """Two devices with the same list."""
    slot = await walk.to_hand_out()
    return await a_device(walk, slot), await a_device(walk, slot, walk.chief)


async def lines(walk: Walk) -> dict[str, int]:
    """Count the campaign's lines of the ledger by state."""
    async with read_only(walk.house.database.sessions) as tx:
        rows = await tx.execute(
            select(AssistanceLine.state, func.count())
            .where(AssistanceLine.source == "campaign")
            .group_by(AssistanceLine.state)
        )
        return {row[0]: row[1] for row in rows}


def verdicts(results: list[dict[str, Any]]) -> list[str]:
    return [one["verdict"]["code"] for one in results]


def refusals(results: list[dict[str, Any]]) -> list[str | None]:
    return [one["refusal"] and one["refusal"]["code"] for one in results]


async def test_two_devices_that_come_back_in_any_order_give_each_aid_once(
    walk: Walk, two: tuple[Device, Device]
) -> None:
    one, other = two
    assert one.whole()
    assert one.codes == other.codes
    assert len(one.codes) == 10
    assert set(one.taken["entries"][0]) == {"code", "name", "nik", "component", "slot"}
    early = (datetime.now(UTC) - timedelta(minutes=5)).isoformat()
    mine = [one.tells(code) for code in one.codes[:6]]
    theirs = [other.tells(code, device_at=early) for code in one.codes[4:]]
    assert verdicts(await one.sent(*mine)) == ["given"] * 6
    results = await other.sent(*theirs)
    assert verdicts(results) == ["duplicate"] * 2 + ["given"] * 4
    first = results[0]["first"]
    assert (first["device"], first["device_name"]) == (one.id, "Tablet")
    assert datetime.fromisoformat(first["device_at"]) > datetime.fromisoformat(early)
    assert await lines(walk) == {"given": 10}
    found = (await walk.office.get(f"{walk.path}/checkins?finding=open&count=true")).json()
    assert found["count"] == 2
    assert {one["verdict"]["code"] for one in found["items"]} == {"duplicate"}
    decided = f"{walk.path}/checkins/{found['items'][0]['id']}/decide"
    assert (await walk.chief.post(decided, {"decision": "given_twice"})).status_code == 409
    assert (await walk.office.post(decided, {"decision": "entah"})).status_code == 422
    answer = await walk.office.post(decided, {"decision": "given_twice"})
    assert (answer.status_code, answer.json()["finding"]) == (200, "decided")
    assert (await walk.office.post(decided, {"decision": "given_twice"})).status_code == 409


async def test_both_at_the_same_moment_make_one(walk: Walk, two: tuple[Device, Device]) -> None:
    one, other = two
    answers = await asyncio.gather(
        one.sent(*(one.tells(code) for code in one.codes)),
        other.sent(*(other.tells(code) for code in reversed(other.codes))),
    )
    found = sorted(verdicts(answers[0]) + verdicts(answers[1]))
    assert found == ["duplicate"] * 10 + ["given"] * 10
    assert await lines(walk) == {"given": 10}


async def test_a_batch_that_is_sent_again_changes_nothing(walk: Walk, two: tuple[Device, Device]) -> None:
    one, _ = two
    told = [one.tells(code) for code in one.codes[:3]]
    before = await one.sent(*told)
    again = await one.sent(*told)
    assert [{**x, "replayed": True} for x in before] == again
    twins = await asyncio.gather(*(one.sent(*told) for _ in range(4)))
    assert all(verdicts(results) == ["given"] * 3 for results in twins)
    other = one.tells(one.codes[4], told[0]["client_id"])
    assert refusals(await one.sent(other)) == ["client_id_reused"]
    async with read_only(walk.house.database.sessions) as tx:
        assert await tx.scalar(select(func.count()).select_from(CampaignCheckin)) == 3
    assert await lines(walk) == {"given": 3, "planned": 7}


async def test_the_same_person_twice_in_one_batch_is_a_duplicate(two: tuple[Device, Device]) -> None:
    one, _ = two
    code = one.codes[0]
    assert verdicts(await one.sent(one.tells(code), one.tells(code))) == ["given", "duplicate"]


async def test_a_tampered_list_is_refused_whole_and_a_tampered_check_in_alone(
    two: tuple[Device, Device],
) -> None:
    one, other = two
    assert not Device(one.walk, one.by, one.id, one.key, {**one.taken, "v": 2}, one.signature).whole()
    for changes in (
        {"list_signature": other.signature},
        {"list_signature": "0" * 64},
        {"list_id": other.taken["list"]},
    ):
        refused = await one.send(one.tells(one.codes[0]), **changes)
        assert (refused.status_code, refused.json()["code"]) == (422, "list_not_ours")
    good, forged = one.tells(one.codes[0]), one.tells(one.codes[1])
    forged["device_at"] = datetime.now(UTC).isoformat()
    strange = one.tells("0000-0000")
    results = await one.sent(good, forged, strange)
    assert refusals(results) == [None, "bad_signature", "not_on_list"]


async def test_what_happened_after_the_lists_end_is_refused_and_found_out(
    walk: Walk, two: tuple[Device, Device]
) -> None:
    one, _ = two
    late = one.tells(one.codes[0], device_at=(datetime.now(UTC) + timedelta(hours=25)).isoformat())
    old = one.tells(one.codes[1], device_at=(datetime.now(UTC) - timedelta(hours=1)).isoformat())
    results = await one.sent(late, old)
    assert refusals(results) == ["clock_ahead", "before_list"]
    found = (await walk.office.get(f"{walk.path}/checkins?finding=open&count=true")).json()
    assert found["count"] == 2
    assert await lines(walk) == {"planned": 10}


async def test_an_expired_list_tells_only_what_happened_before_its_end(
    walk: Walk, two: tuple[Device, Device]
) -> None:
    one, _ = two
    ends = datetime.fromisoformat(one.taken["expires_at"])
    in_time = one.tells(one.codes[0], device_at=(ends - timedelta(minutes=1)).isoformat())
    late = one.tells(one.codes[1], device_at=ends.isoformat())
    object.__setattr__(walk.house, "clock", lambda: ends + timedelta(minutes=30))
    one.by = await log_in(walk.office.client, "sekretariat@1374")
    results = await one.sent(in_time, late)
    assert (verdicts(results), refusals(results)) == (["given", "refused"], [None, "list_expired"])


async def test_a_proxy_needs_relation_and_letter_and_her_name_lies_sealed(
    walk: Walk, two: tuple[Device, Device]
) -> None:
    one, _ = two
    results = await one.sent(
        one.tells(one.codes[0], proxy=PROXY),
        one.tells(one.codes[1], proxy={**PROXY, "relation": "SELF"}),
        one.tells(one.codes[2], proxy={**PROXY, "relation": "KAWAN"}),
        one.tells(one.codes[3], outcome="turned_away", reason="no_letter"),
        one.tells(one.codes[4], proof={"kind": "photo", "sha256": "a" * 64}),
    )
    assert verdicts(results) == ["given", "refused", "refused", "noted", "given"]
    shown = (await walk.office.get(f"{walk.path}/checkins")).text
    assert "Rahmat" not in shown
    async with read_only(walk.house.database.sessions) as tx:
        rows = (await tx.scalars(select(CampaignCheckin))).all()
        told = (await tx.execute(select(Event.data))).all()
    assert sum(row.proxy_sealed is not None for row in rows) >= 1
    assert all(b"Rahmat" not in (row.proxy_sealed or b"") for row in rows)
    assert "Rahmat" not in str(told)


async def test_who_dropped_out_gets_nothing_and_who_moved_up_does(
    walk: Walk, two: tuple[Device, Device]
) -> None:
    one, _ = two
    gone = next(x for x in await walk.recipients(state="selected") if x["component"] == "FM")
    path = f"{walk.path}/recipients/{gone['id']}/replace"
    assert (await walk.office.post(path, {"reason": "refused"})).status_code == 200
    assert refusals(await one.sent(one.tells(gone["code"]))) == ["not_entitled"]
    slot = (await walk.office.get(f"{walk.path}/slots")).json()["items"][0]
    fresh = await a_device(walk, slot)
    new = next(x for x in await walk.recipients(state="selected") if x["replaces"] == gone["id"])
    assert new["code"] in fresh.codes
    assert gone["code"] not in fresh.codes
    assert verdicts(await fresh.sent(fresh.tells(new["code"]))) == ["given"]


async def test_whoever_hands_out_sees_her_slots_only(walk: Walk) -> None:
    siti = await log_in(walk.office.client, "siti@1374")
    me = (await siti.get("/v1/me")).json()["id"]
    other = await walk.to_hand_out()
    hers = await walk.slot(region="13.74.01", crew=[me])
    body = {"name": "HP Siti", "slots": [other["id"]]}
    assert (await siti.post(f"{walk.path}/devices", body)).status_code == 403
    assert (await siti.get(f"{walk.path}/recipients")).status_code == 403
    device = await a_device(walk, hers, siti)
    assert device.codes == []
    office = await a_device(walk, other)
    assert (await siti.post(f"{walk.path}/devices/{office.id}/list", {"hours": 1})).status_code == 403
    assert (await siti.get(f"{walk.path}/devices?count=true")).json()["count"] == 1


async def test_a_lost_device_tells_nothing_more(two: tuple[Device, Device]) -> None:
    one, other = two
    path = f"{one.walk.path}/devices/{one.id}/revoke"
    assert (await other.by.post(path, {})).status_code == 200
    refused = await one.send(one.tells(one.codes[0]))
    assert (refused.status_code, refused.json()["code"]) == (409, "device_revoked")
    assert (await other.by.post(path, {})).status_code == 409


async def test_the_report_counts_and_closes_the_hand_out(walk: Walk, two: tuple[Device, Device]) -> None:
    one, other = two
    await one.sent(*(one.tells(code) for code in one.codes[:7]))
    reported = await walk.took("report")
    assert reported["counts"]["no_show"] == 3
    assert await lines(walk) == {"given": 7, "stopped": 3}
    late = await other.send(other.tells(other.codes[8]))
    assert (late.status_code, late.json()["code"]) == (409, "nothing_handed_out")
    report = (await walk.office.get(f"{walk.path}/report")).json()
    total = report["total"]
    assert (total["planned"], total["selected"], total["given"], total["no_show"]) == (10, 10, 7, 3)
    for group in ("by_component", "by_district", "by_sex", "by_age"):
        assert sum(row["given"] for row in report[group]) == 7
    cash = next(row for row in report["value"] if row["component"] == "FM")
    assert cash["amount_idr"] == 300_000 * cash["given"]
    sheet = await walk.office.get(f"{walk.path}/report/xlsx")
    book = CalamineWorkbook.from_filelike(BytesIO(sheet.content))
    assert book.get_sheet_by_name("Komponen").to_python()[-1][1:4] == [10.0, 10.0, 7.0]
    assert (await walk.step("close")).status_code == 403
    await walk.took("close", walk.chief)


async def test_slots_that_have_no_room_hold_the_start_back(walk: Walk) -> None:
    await walk.make()
    await walk.took("open")
    await walk.select()
    await walk.took("approve", walk.chief)
    await walk.slot(capacity=9)
    refused = await walk.step("start")
    assert (refused.status_code, refused.json()["code"]) == (409, "slots_full")
    await walk.slot(region="13.74.02", capacity=1)
    assert (await walk.step("start")).status_code == 200


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"device_at": "2026-12-05T09:12:44"}, "/checkins/0/device_at"),
        ({"device_at": "kemarin pagi sekali ya"}, "/checkins/0/device_at"),
        ({"outcome": "turned_away"}, "/checkins/0/reason"),
        ({"reason": "no_stock"}, "/checkins/0/reason"),
        ({"proof": {"kind": "janji"}}, "/checkins/0/proof/kind"),
        ({"signature": "zz"}, "/checkins/0/signature"),
    ],
)
async def test_a_check_in_that_cannot_be_read_is_refused(
    two: tuple[Device, Device], changes: dict[str, Any], pointer: str
) -> None:
    one, _ = two
    refused = await one.send({**one.tells(one.codes[0]), **changes})
    assert refused.status_code == 422, refused.text
    assert pointer in {error["pointer"] for error in refused.json()["errors"]}
