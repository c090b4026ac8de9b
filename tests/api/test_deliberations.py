"""A village meeting over HTTP, from the plan to the ratified result."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from app.api.deps import House
from tests.support.desk import open_case
from tests.support.http import log_in, serving
from tests.support.meetings import ROLES, Clock, Meeting, eligible, on_clock, refused
from tests.support.people import a_nik

pytestmark = pytest.mark.commits


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def meeting(house: House, clock: Clock) -> AsyncIterator[Meeting]:
    async with serving(on_clock(house, clock)) as client:
        yield Meeting(client, clock)


async def test_a_meeting_goes_from_the_plan_to_the_ratified_result(meeting: Meeting) -> None:
    planned = await meeting.plan()
    assert planned["state"]["code"] == "draft"
    assert {one["code"] for one in planned["allowed_actions"]} >= {"put", "convene", "cancel"}
    desk, by_case = await meeting.put_case()
    by_words = await meeting.put_person()
    without = await meeting.put(person={"name": "Tanpa Nomor"})
    await meeting.sit()
    await meeting.decide(eligible(by_case), eligible(by_words, 2), refused(without))
    published = await meeting.publish()
    assert (published["state"]["code"], published["quorum"]["reached"]) == ("published", True)
    first = published["candidates"][0]
    assert (first["ticket"], first["stage"]["code"]) == (desk.ticket, "BERITA_ACARA")
    assert first["nik"].startswith("************")
    early = await meeting.try_step("ratify", {"decree": "460/1"}, "manajer")
    assert (early.status_code, early.json()["code"]) == (409, "objection_window_open")
    done = await meeting.ratified()
    assert (done["state"]["code"], done["decree"], done["allowed_actions"]) == ("ratified", "460/1", [])
    siti = await meeting.person("siti")
    events = (await siti.get(f"/v1/cases/{desk.ticket}/events")).json()["items"]
    kinds = [one["type"] for one in events]
    assert kinds.count("case.deliberated") == 4


async def test_below_quorum_records_but_neither_decides_nor_is_ratified(meeting: Meeting) -> None:
    await meeting.plan()
    candidate = await meeting.put_person()
    await meeting.sit(ROLES[:4])
    answer = await meeting.try_step("decisions", {"decisions": [eligible(candidate)]})
    assert (answer.status_code, answer.json()["code"]) == (409, "below_quorum")
    assert answer.json()["data"]["present"] == 4
    made = await meeting.minutes()
    assert (await meeting.sign(made["id"])).status_code == 201
    await meeting.step("publish")
    meeting.clock.pass_days(16)
    answer = await meeting.try_step("ratify", {"decree": "460/1"}, "manajer")
    assert (answer.status_code, answer.json()["code"]) == (409, "below_quorum")


async def test_a_missing_role_is_a_missing_quorum(meeting: Meeting) -> None:
    await meeting.plan()
    candidate = await meeting.put_person()
    await meeting.sit(("LURAH_KADES", *["RT"] * 5, "RW", "TOKOH"))
    answer = await meeting.try_step("decisions", {"decisions": [eligible(candidate)]})
    assert answer.status_code == 409
    assert answer.json()["data"]["missing_roles"] == ["PSM"]


async def test_whoever_has_a_conflict_counts_for_everything_but_that(meeting: Meeting) -> None:
    await meeting.plan()
    mine, other = await meeting.put_person("Adik Ketua"), await meeting.put_person("Orang Lain")
    there = await meeting.sit(ROLES[:7])
    for n in (1, 2):
        shown = await meeting.step(f"agenda/{mine}/conflicts", {"attendee": there[n], "reason": "family"})
    assert [one["declared"] for one in shown["candidates"][0]["conflicts"]] == [True, True]
    again = await meeting.try_step(f"agenda/{mine}/conflicts", {"attendee": there[1], "reason": "family"})
    assert (again.status_code, again.json()["code"]) == (409, "declared_already")
    answer = await meeting.try_step("decisions", {"decisions": [eligible(mine)]})
    assert (answer.status_code, answer.json()["code"]) == (409, "below_quorum")
    assert (answer.json()["data"]["present"], answer.json()["data"]["excluded"]) == (5, 2)
    await meeting.decide(eligible(other))
    for _ in range(2):
        await meeting.attend("TOKOH")
    shown = await meeting.decide(eligible(mine, 2))
    assert [one["quorum"]["excluded"] for one in shown["candidates"]] == [2, 0]
    # Declared after the decision, it falls.
    shown = await meeting.step(f"agenda/{other}/conflicts", {"attendee": there[0], "reason": "officer"})
    assert shown["candidates"][1]["decision"] is None


async def test_a_candidate_who_sits_there_is_excluded_by_that_alone(meeting: Meeting) -> None:
    await meeting.plan()
    nik = a_nik()
    body = {"kind": "person", "nik": nik, "name": "Calon Hadir", "born_on": "1991-07-05", "sex": "P"}
    _, candidate = await meeting.put_case(subject=body)
    await meeting.sit()
    await meeting.attend("RT", nik=nik)
    shown = await meeting.read()
    (conflict,) = shown["candidates"][0]["conflicts"]
    assert (conflict["reason"]["code"], conflict["declared"]) == ("self", False)
    shown = await meeting.decide(eligible(candidate))
    assert shown["candidates"][0]["quorum"]["excluded"] == 1


async def test_no_confidential_case_comes_on_an_agenda_by_itself(meeting: Meeting) -> None:
    await meeting.plan()
    manager = await meeting.person("manajer")
    desk, candidate = await meeting.put_case()
    await meeting.step(f"agenda/{candidate}/withdraw", {"reason": "own_wish"})
    seen = await manager.get(f"/v1/cases/{desk.ticket}")
    raised = await manager.patch(
        f"/v1/cases/{desk.ticket}", {"confidentiality": "TERBATAS"}, etag=seen.headers["ETag"]
    )
    assert raised.status_code == 200, raised.text
    answer = await meeting.try_step("agenda", {"ticket": desk.ticket}, "manajer")
    assert (answer.status_code, answer.json()["code"]) == (409, "confidential")
    with_reason = {"ticket": desk.ticket, "reason": "Keluarga meminta sendiri."}
    shown = await meeting.step("agenda", with_reason, "manajer")
    assert shown["candidates"][-1]["ticket"] is None
    hidden = await meeting.try_step("agenda", {"ticket": desk.ticket})
    assert hidden.status_code == 404


async def test_nobody_is_on_two_agendas_at_once(meeting: Meeting) -> None:
    await meeting.plan()
    desk, candidate = await meeting.put_case()
    nik = a_nik()
    await meeting.put(person={"name": "Satu", "nik": nik})
    first = meeting.id
    await meeting.plan()
    for item in ({"ticket": desk.ticket}, {"person": {"name": "Satu", "nik": nik}}):
        answer = await meeting.try_step("agenda", item)
        assert (answer.status_code, answer.json()["code"]) == (409, "on_an_agenda"), item
    second, meeting.id = meeting.id, first
    await meeting.step("cancel", {"reason": "Banjir."})
    meeting.id = second
    assert await meeting.put(ticket=desk.ticket) != candidate


async def test_the_agenda_is_suggested_from_proposals_and_from_whom_the_registry_misses(
    meeting: Meeting,
) -> None:
    await meeting.plan()
    siti = await meeting.person("siti")
    before = (await siti.get(f"/v1/deliberations/{meeting.id}/suggestions?limit=200")).json()["items"]
    desk, candidate = await meeting.put_case()
    missed = await open_case(siti)
    found = (await siti.get(f"/v1/deliberations/{meeting.id}/suggestions?limit=200")).json()["items"]
    told = {one["ticket"]: one["source"]["code"] for one in found}
    assert told[missed.ticket] == "gap"
    assert desk.ticket not in told
    await meeting.step(f"agenda/{candidate}/withdraw", {"reason": "wrong_person"})
    found = (await siti.get(f"/v1/deliberations/{meeting.id}/suggestions?limit=200")).json()["items"]
    assert {one["ticket"]: one["source"]["code"] for one in found}[desk.ticket] == "case"
    assert len(found) == len(before) + 2


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"kind": "musdes"}, "/kind"),
        ({"starts_at": "2020-01-01T09:00:00+07:00"}, "/starts_at"),
        ({"village": "13.74.01.9999"}, "/village"),
    ],
)
async def test_a_plan_that_makes_no_sense_is_refused(
    meeting: Meeting, changes: dict[str, str], pointer: str
) -> None:
    body = {"village": meeting.village, "kind": "muskel", "place": "Balai"}
    starts = {"starts_at": "2027-01-04T09:00:00+07:00"}
    siti = await meeting.person("sekretariat")
    answer = await siti.post("/v1/deliberations", {**body, **starts, **changes})
    assert answer.status_code == 422, answer.text
    assert pointer in {one["pointer"] for one in answer.json()["errors"]}


async def test_the_invitation_goes_out_in_time_and_a_change_makes_it_void(meeting: Meeting) -> None:
    await meeting.plan(days=2)
    empty = await meeting.try_step("convene", {"number": "1"})
    assert (empty.status_code, empty.json()["code"]) == (409, "notice_too_short")
    siti = await meeting.person("siti")
    later = {"starts_at": (meeting.clock() + timedelta(days=5)).isoformat()}
    etag = (await siti.get(f"/v1/deliberations/{meeting.id}")).headers["ETag"]
    assert (await siti.patch(f"/v1/deliberations/{meeting.id}", later, etag=etag)).status_code == 200
    empty = await meeting.try_step("convene", {"number": "1"})
    assert (empty.status_code, empty.json()["code"]) == (409, "agenda_empty")
    await meeting.put_person()
    assert (await siti.get(f"/v1/deliberations/{meeting.id}/invitation")).status_code == 409
    await meeting.step("convene", {"number": "005/77"})
    page = await siti.get(f"/v1/deliberations/{meeting.id}/invitation")
    assert "005/77" in page.text
    assert "Nurhayati" not in page.text
    assert "Ketua RT" in page.text
    pdf = await siti.get(f"/v1/deliberations/{meeting.id}/invitation?form=pdf")
    assert pdf.content.startswith(b"%PDF")
    early = await meeting.try_step("open")
    assert (early.status_code, early.json()["code"]) == (409, "not_its_day")
    etag = (await siti.get(f"/v1/deliberations/{meeting.id}")).headers["ETag"]
    moved = await siti.patch(f"/v1/deliberations/{meeting.id}", {"place": "Kantor"}, etag=etag)
    assert moved.json()["state"]["code"] == "draft"


async def test_the_session_warns_when_its_window_misses_the_cutoff(meeting: Meeting) -> None:
    shown = await meeting.plan(starts_at="2027-01-04T09:00:00+07:00")
    cutoff = shown["cutoff"]
    assert (cutoff["aims_at"], cutoff["meets"], cutoff["missed"]) == ("2027-01-17", "2027-02-17", True)
    assert "2027-02-17" in cutoff["warning"]
    shown = await meeting.plan(starts_at="2027-01-02T09:00:00+07:00")
    assert (shown["cutoff"]["missed"], shown["cutoff"]["warning"]) == (False, None)


async def test_two_ratifications_at_once_make_one(meeting: Meeting) -> None:
    await meeting.plan()
    candidate = await meeting.put_person()
    await meeting.sit()
    await meeting.decide(eligible(candidate))
    await meeting.publish()
    meeting.clock.pass_days(16)
    people = [await meeting.person(one) for one in ("manajer", "kadis", "manajer", "kadis")]
    etag = (await people[0].get(f"/v1/deliberations/{meeting.id}")).headers["ETag"]
    path = f"/v1/deliberations/{meeting.id}/ratify"
    answers = await asyncio.gather(
        *(one.post(path, {"decree": "460/1"}, headers={"If-Match": etag}) for one in people)
    )
    assert sorted(one.status_code for one in answers) == [200, 412, 412, 412]


async def test_a_version_is_asked_for_and_an_old_one_is_stale(meeting: Meeting) -> None:
    await meeting.plan()
    siti = await meeting.person("siti")
    path = f"/v1/deliberations/{meeting.id}/cancel"
    assert (await siti.post(path, {"reason": "x"})).status_code == 428
    assert (await siti.post(path, {"reason": "x"}, headers={"If-Match": '"99"'})).status_code == 412


async def test_another_village_s_desk_finds_nothing(meeting: Meeting) -> None:
    await meeting.plan()
    other = await log_in(meeting.client, "yulia@1374")
    assert (await other.get(f"/v1/deliberations/{meeting.id}")).status_code == 404
    listed = (await other.get("/v1/deliberations?limit=200")).json()["items"]
    assert meeting.id not in {one["id"] for one in listed}
    assert (await other.get(f"/v1/deliberations?region={meeting.village}")).status_code == 403
    office = await log_in(meeting.client, "sekretariat@1374")
    listed = (await office.get(f"/v1/deliberations?region={meeting.village}&limit=200&count=true")).json()
    assert meeting.id in {one["id"] for one in listed["items"]}
    assert listed["count"] >= 1


async def test_the_attendance_is_corrected_before_and_not_after_a_decision(meeting: Meeting) -> None:
    await meeting.plan()
    candidate = await meeting.put_person()
    there = await meeting.sit()
    await meeting.step(f"attendance/{there[-1]}/remove")
    siti = await meeting.person("siti")
    listed = (await siti.get(f"/v1/deliberations/{meeting.id}/attendance")).json()
    assert (len(listed["items"]), listed["quorum"]["present"]) == (7, 7)
    await meeting.decide(eligible(candidate))
    late = await meeting.try_step(f"attendance/{there[0]}/remove")
    assert (late.status_code, late.json()["code"]) == (409, "already_deciding")
