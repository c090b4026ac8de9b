"""Berita acara: what stands in it, what proves it, and what shows that a file was changed."""

from collections.abc import AsyncIterator
from hashlib import sha256
from typing import Any

import pytest
from sqlalchemy import update

from app.api.deps import House
from app.db.session import transaction
from app.db.tables.deliberations import DeliberationMinutes
from app.domain.ids import parse_public_id
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


async def decided(meeting: Meeting, nik: str) -> dict[str, Any]:
    await meeting.plan()
    first = await meeting.put(person={"name": "Nurhayati Contoh", "nik": nik, "rt": "001"})
    second = await meeting.put_person("Bukan Siapa")
    await meeting.sit()
    await meeting.decide(eligible(first), refused(second))
    return await meeting.minutes()


async def verified(meeting: Meeting, digest: str) -> dict[str, Any]:
    answer = await (await meeting.person("siti")).post(
        f"/v1/deliberations/{meeting.id}/verify", {"sha256": digest}
    )
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def test_the_official_form_is_whole_and_the_published_one_is_masked(meeting: Meeting) -> None:
    nik = a_nik()
    made = await decided(meeting, nik)
    siti = await meeting.person("siti")
    path = f"/v1/deliberations/{meeting.id}/minutes/{made['id']}/page"
    official, pinned = (await siti.get(f"{path}?official=true")).text, (await siti.get(path)).text
    assert nik in official
    assert "Tidak berpenghasilan." in official
    assert made["sha256"] in official
    assert nik not in pinned
    assert f"************{nik[-4:]}" in pinned
    assert "Tidak berpenghasilan." not in pinned
    for form in ("true", "false"):
        pdf = await siti.get(f"{path}?form=pdf&official={form}")
        assert pdf.content.startswith(b"%PDF")
        assert pdf.content == (await siti.get(f"{path}?form=pdf&official={form}")).content


async def test_a_signed_paper_is_proved_by_its_hash_and_a_changed_one_is_not(meeting: Meeting) -> None:
    made = await decided(meeting, a_nik())
    photo = a_photo()
    assert (await meeting.sign(made["id"], photo)).status_code == 201
    assert (await verified(meeting, made["sha256"]))["match"] == "content"
    told = await verified(meeting, sha256(photo).hexdigest())
    assert (told["match"], told["minutes"], told["intact"]) == ("signed_original", made["id"], True)
    siti = await meeting.person("siti")
    kept = await siti.get(f"/v1/deliberations/{meeting.id}/minutes/{made['id']}/scan")
    assert kept.headers["content-type"] == "image/jpeg"
    assert (await verified(meeting, sha256(kept.content).hexdigest()))["match"] == "signed_copy"
    told = await verified(meeting, sha256(photo + b"\x00").hexdigest())
    assert (told["match"], told["minutes"]) == ("none", None)


async def test_a_file_changed_in_the_store_is_not_intact(meeting: Meeting, house: House) -> None:
    made = await decided(meeting, a_nik())
    await meeting.sign(made["id"])
    found = parse_public_id(made["id"])
    assert found is not None
    async with transaction(house.database.sessions) as tx:
        await tx.execute(
            update(DeliberationMinutes)
            .where(DeliberationMinutes.regency_code == "13.74", DeliberationMinutes.id == found.id)
            .values(stored_sha256=b"\x00" * 32)
        )
    assert (await verified(meeting, made["sha256"]))["intact"] is False


async def test_minutes_are_signed_once_and_only_the_last_ones(meeting: Meeting) -> None:
    made = await decided(meeting, a_nik())
    photo = a_photo()
    assert (await meeting.sign(made["id"], photo)).status_code == 201
    again = await meeting.sign(made["id"], photo)
    assert (again.status_code, again.json()["code"]) == (409, "deliberation_step_not_possible")
    assert (await meeting.sign("1374-0193a1b2c3d47e5f8a9b0c1d2e3f4a5b")).status_code in {404, 409}


async def test_unsigned_minutes_are_taken_back_to_correct_a_decision(meeting: Meeting) -> None:
    made = await decided(meeting, a_nik())
    shown = await meeting.step("resume")
    assert (shown["state"]["code"], shown["minutes"]) == ("sitting", [])
    await meeting.decide(eligible(shown["candidates"][0]["id"], 2), eligible(shown["candidates"][1]["id"], 1))
    later = await meeting.minutes()
    assert (later["n"], later["sha256"] != made["sha256"]) == (2, True)
    assert (await meeting.try_step("publish")).json()["code"] == "deliberation_step_not_possible"
    assert (await meeting.sign(made["id"])).status_code == 404
    assert (await meeting.sign(later["id"])).status_code == 201


async def test_a_file_that_is_no_paper_is_refused_and_nothing_is_signed(meeting: Meeting) -> None:
    made = await decided(meeting, a_nik())
    assert (await meeting.sign(made["id"], b"MZ not a picture")).status_code == 415
    assert (await meeting.read())["state"]["code"] == "minuted"


async def test_nobody_is_left_undecided_when_the_quorum_is_there(meeting: Meeting) -> None:
    await meeting.plan()
    await meeting.put_person()
    await meeting.sit()
    answer = await meeting.try_step("minutes", {"number": "1", "head": "Lurah"})
    assert (answer.status_code, answer.json()["code"]) == (409, "candidates_undecided")


async def test_the_public_page_shows_initials_of_the_eligible_and_no_number(meeting: Meeting) -> None:
    nik = a_nik()
    await meeting.plan()
    first = await meeting.put(person={"name": "Nurhayati Contoh", "nik": nik, "rt": "001", "rw": "002"})
    second = await meeting.put_person("Bukan Siapa")
    await meeting.sit()
    await meeting.decide(eligible(first), refused(second))
    path = f"/v1/villages/{meeting.village}/deliberations"
    before = (await meeting.client.get(path)).json()["items"]
    assert meeting.id not in {one["id"] for one in before}
    await meeting.publish()
    told = (await meeting.client.get(path)).json()
    (mine,) = [one for one in told["items"] if one["id"] == meeting.id]
    assert mine["eligible"] == [{"rank": 1, "name": "N. C.", "rt": "001", "rw": "002"}]
    assert (mine["not_eligible"], mine["to_survey"]) == (1, 0)
    page = await meeting.client.get(path, headers={"Accept": "text/html"})
    assert page.headers["content-type"].startswith("text/html")
    for text in (page.text, str(told)):
        assert nik not in text
        assert nik[-4:] not in text
        assert "Nurhayati" not in text
        assert "Bukan" not in text
        assert "Tidak berpenghasilan" not in text
    meeting.clock.pass_days(50)
    later = (await meeting.client.get(path)).json()["items"]
    assert meeting.id not in {one["id"] for one in later}
    assert (await meeting.client.get("/v1/villages/13.74/deliberations")).status_code == 404


async def test_the_head_s_statement_stands_in_for_a_meeting(meeting: Meeting) -> None:
    await meeting.plan(kind="sptjm")
    desk, candidate = await meeting.put_case()
    by_desk = await meeting.try_step("decisions", {"decisions": [eligible(candidate)]})
    assert (by_desk.status_code, by_desk.json()["code"]) == (403, "head_only")
    await meeting.decide(eligible(candidate), by="lurah.guguk")
    made = await meeting.minutes(by="lurah.guguk")
    assert (await meeting.sign(made["id"])).status_code == 201
    await meeting.step("publish")
    done = await meeting.ratified()
    assert (done["state"]["code"], done["candidates"][0]["stage"]["code"]) == ("ratified", "DRAF")
    siti = await meeting.person("siti")
    page = await siti.get(f"/v1/deliberations/{meeting.id}/minutes/{made['id']}/page")
    assert "Tanggung Jawab Mutlak" in page.text
    assert desk.ticket


async def test_a_case_that_became_confidential_is_published_no_longer(meeting: Meeting) -> None:
    await meeting.plan()
    desk, candidate = await meeting.put_case()
    await meeting.sit()
    await meeting.decide(eligible(candidate))
    await meeting.publish()
    path = f"/v1/villages/{meeting.village}/deliberations"

    async def shown() -> int:
        items = (await meeting.client.get(path)).json()["items"]
        return next(len(one["eligible"]) for one in items if one["id"] == meeting.id)

    assert await shown() == 1
    manager = await meeting.person("manajer")
    seen = await manager.get(f"/v1/cases/{desk.ticket}")
    raised = await manager.patch(
        f"/v1/cases/{desk.ticket}", {"confidentiality": "TERBATAS"}, etag=seen.headers["ETag"]
    )
    assert raised.status_code == 200, raised.text
    assert await shown() == 0
