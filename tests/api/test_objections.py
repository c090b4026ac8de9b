"""Objections: who may, when, what an upheld one opens again, and what a silent one becomes."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select

from app.api.deps import House
from app.db.session import transaction
from app.db.tables.deliberations import DeliberationObjection
from app.db.tables.events import Event
from app.domain.ids import parse_public_id
from tests.support.desk import open_case
from tests.support.files import a_photo
from tests.support.http import serving
from tests.support.meetings import Clock, Meeting, eligible, on_clock, refused
from tests.support.people import a_nik

pytestmark = pytest.mark.commits


@pytest.fixture
async def meeting(house: House) -> AsyncIterator[Meeting]:
    clock = Clock()
    async with serving(on_clock(house, clock)) as client:
        yield Meeting(client, clock)


async def published(meeting: Meeting, *names: str) -> list[str]:
    await meeting.plan()
    found = [await meeting.put_person(name) for name in names]
    await meeting.sit()
    await meeting.decide(*(eligible(one, n) for n, one in enumerate(found, 1)))
    await meeting.publish()
    return found


async def test_an_upheld_objection_opens_one_candidate_again_and_nobody_else(meeting: Meeting) -> None:
    first, second, third = await published(meeting, "Satu", "Dua", "Tiga")
    before = {one["id"]: one for one in (await meeting.read())["candidates"]}
    objection = await meeting.object(second)
    blocked = await meeting.try_step("ratify", {"decree": "1"}, "manajer")
    assert blocked.json()["code"] == "objections_open"
    answer = await meeting.verify(objection, upheld=True)
    assert (answer.status_code, answer.json()["state"]["code"]) == (200, "upheld")
    shown = await meeting.read()
    now = {one["id"]: one for one in shown["candidates"]}
    assert (shown["state"]["code"], shown["sitting"]) == ("reopened", 2)
    assert (now[second]["state"]["code"], now[second]["decision"]) == ("reopened", None)
    assert {key: now[key] for key in (first, third)} == {key: before[key] for key in (first, third)}
    other = await meeting.try_step("decisions", {"decisions": [refused(first)]})
    assert (other.status_code, other.json()["code"]) == (409, "candidate_decided")
    # The same people sit again for her alone.
    alone = await meeting.try_step("decisions", {"decisions": [refused(second)]})
    assert alone.json()["code"] == "below_quorum"
    for role in ("LURAH_KADES", "RT", "RW", "PSM", "RT", "TOKOH", "KADER"):
        await meeting.attend(role)
    await meeting.decide(refused(second))
    shown = await meeting.publish()
    assert [one["n"] for one in shown["minutes"]] == [1, 2]
    windows = {one["id"]: one["objections_until"] for one in shown["candidates"]}
    assert windows[first] == windows[third] == before[first]["objections_until"]
    done = await meeting.ratified()
    decisions = {one["id"]: one["decision"]["code"] for one in done["candidates"]}
    assert decisions == {first: "LAYAK", second: "TIDAK_LAYAK", third: "LAYAK"}


async def test_a_reopened_candidate_may_go_on_in_a_session_that_follows(meeting: Meeting) -> None:
    first, second = await published(meeting, "Satu", "Dua")
    await meeting.verify(await meeting.object(first), upheld=True)
    before = meeting.id
    shown = await meeting.plan(follows=before)
    assert shown["follows"] == before
    assert [(one["name"], one["source"]["code"]) for one in shown["candidates"]] == [("Satu", "follow_up")]
    meeting.id = before
    shown = await meeting.read()
    assert shown["state"]["code"] == "published"
    assert {one["id"]: one["state"]["code"] for one in shown["candidates"]} == {
        first: "carried",
        second: "decided",
    }
    assert (await meeting.ratified())["state"]["code"] == "ratified"


async def test_an_objection_that_is_not_upheld_changes_nothing(meeting: Meeting) -> None:
    (only,) = await published(meeting, "Satu")
    objection = await meeting.object(only, objector={"nik": a_nik(), "phone": "081234567890"})
    again = await meeting.verify(objection, upheld=False)
    assert again.json()["state"]["code"] == "not_upheld"
    twice = await meeting.verify(objection, upheld=True)
    assert (twice.status_code, twice.json()["code"]) == (409, "objection_decided")
    assert (await meeting.ratified())["state"]["code"] == "ratified"


async def test_a_late_objection_is_told_what_can_be_done(meeting: Meeting) -> None:
    (only,) = await published(meeting, "Satu")
    meeting.clock.pass_days(15.9)
    answer = await meeting.try_objection(only)
    assert (answer.status_code, answer.json()["code"]) == (409, "objection_late")
    assert "PENGADUAN" in answer.json()["detail"]


async def test_an_objection_before_publication_is_told_to_wait(meeting: Meeting) -> None:
    await meeting.plan()
    candidate = await meeting.put_person()
    answer = await meeting.try_objection(candidate)
    assert (answer.status_code, answer.json()["code"]) == (409, "not_published")


async def test_only_residents_of_the_village_object(meeting: Meeting) -> None:
    (only,) = await published(meeting, "Satu")
    answer = await meeting.try_objection(only, objector={"village": "13.74.02.1004"})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["code"] == "other_village"
    # Her record says where she lives, whatever is stated.
    nik = a_nik()
    yulia = await meeting.person("yulia")
    subject = {"kind": "person", "nik": nik, "name": "Orang Jauh", "born_on": "1991-07-05", "sex": "P"}
    await open_case(yulia, subject=subject, village="13.74.02.1004")
    answer = await meeting.try_objection(only, objector={"nik": nik})
    assert answer.status_code == 422


async def test_one_person_objects_once_to_one_and_three_times_to_all(meeting: Meeting) -> None:
    four = await published(meeting, "Satu", "Dua", "Tiga", "Empat")
    who = {"objector": {"nik": a_nik(), "name": "Penyanggah"}}
    await meeting.object(four[0], **who)
    again = await meeting.try_objection(four[0], **who)
    assert (again.status_code, again.json()["code"]) == (409, "objected_already")
    await meeting.object(four[1], **who)
    await meeting.object(four[2], **who)
    over = await meeting.try_objection(four[3], **who)
    assert (over.status_code, over.json()["code"]) == (429, "objections_used_up")
    assert "Retry-After" in over.headers


async def test_a_photo_and_the_point_help_the_verifier(meeting: Meeting) -> None:
    (only,) = await published(meeting, "Satu")
    objection = await meeting.object(only, point={"lat": -0.46, "lon": 100.4})
    siti = await meeting.person("siti")
    path = f"/v1/deliberations/{meeting.id}/objections/{objection}/photo"

    async def attach(content: bytes, key: str) -> Any:
        return await meeting.client.post(
            path,
            files={"file": ("rumah.jpg", content)},
            headers={"Authorization": f"Bearer {siti.token}", "Idempotency-Key": key},
        )

    key, photo = uuid4().hex, a_photo()
    sent = await attach(photo, key)
    assert (sent.status_code, sent.json()["photo"]) == (201, True)
    assert (await attach(photo, key)).headers["Idempotency-Replayed"] == "true"
    assert (await attach(photo, uuid4().hex)).json()["code"] == "photo_there"
    office = await meeting.person("sekretariat")
    assert (await office.get(path)).headers["content-type"] == "image/jpeg"
    listed = (await office.get(f"/v1/deliberations/{meeting.id}/objections")).json()["items"]
    assert [one["point"] for one in listed] == [{"lat": -0.46, "lon": 100.4}]


async def test_the_desk_takes_an_objection_in_and_does_not_verify_it(meeting: Meeting) -> None:
    (only,) = await published(meeting, "Satu")
    objection = await meeting.object(only)
    assert (await meeting.verify(objection, upheld=True, by="siti")).status_code == 403
    assert (await meeting.verify(objection, upheld=True, by="yulia")).status_code == 404


async def test_nothing_of_the_objector_stands_in_an_event(meeting: Meeting, house: House) -> None:
    (only,) = await published(meeting, "Satu")
    nik = a_nik()
    objection = await meeting.object(only, objector={"name": "Penyanggah Rahasia", "nik": nik})
    await meeting.verify(objection, upheld=True)
    found = parse_public_id(meeting.id)
    assert found is not None
    async with transaction(house.database.sessions) as tx:
        rows = await tx.scalars(
            select(Event).where(Event.regency_code == "13.74", Event.stream_id == found.id)
        )
        told = str([(one.type, one.data) for one in rows])
        row = await tx.scalar(
            select(DeliberationObjection).where(
                DeliberationObjection.regency_code == "13.74",
                DeliberationObjection.deliberation_id == found.id,
            )
        )
    assert row is not None
    assert nik.encode() not in row.private_sealed
    assert nik not in told
    assert "Penyanggah" not in told
    assert "objection.decided" in told
