"""Attached files over HTTP: kept clean, read by whom they may be, deleted, and in the list of papers."""

import asyncio
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
from httpx import AsyncClient
from PIL import Image
from sqlalchemy import select

from app.api.deps import House
from app.db.session import read_only, transaction
from app.db.tables.events import Event
from app.db.tables.papers import Attachment, DeletedObject
from tests.conftest import LogIn
from tests.support.desk import Desk, open_case
from tests.support.factories import PASSWORD, make_account
from tests.support.files import CANARY, a_photo, a_scan, attach, attached
from tests.support.http import Person

pytestmark = pytest.mark.commits


async def papers(desk: Desk) -> dict[str, Any]:
    answer = await desk.officer.get(f"/v1/cases/{desk.ticket}/papers")
    assert answer.status_code == 200, answer.text
    return {**answer.json(), "lines": {line["paper"]["code"]: line for line in answer.json()["items"]}}


async def routed_missing(desk: Desk) -> set[str]:
    """Route again, and return the papers that any programme still misses."""
    routed = await desk.officer.post(f"/v1/cases/{desk.ticket}/routing")
    assert routed.status_code == 201, routed.text
    return {paper["code"] for program in routed.json()["programs"] for paper in program["papers_missing"]}


async def resident_of(client: AsyncClient, desk: Desk) -> Person:
    entered = await client.post("/v1/track", json={"ticket": desk.ticket, "pin": desk.pin})
    return Person(client, entered.json()["access_token"], "resident")


async def send_as_resident(her: Person, content: bytes, **fields: str) -> Any:
    headers = {"Authorization": f"Bearer {her.token}", "Accept-Language": "en"}
    return await her.client.post(
        "/v1/track/attachments", files={"file": ("kk.jpg", content)}, data=fields, headers=headers
    )


async def test_what_comes_back_is_the_picture_without_what_the_camera_said(login: LogIn) -> None:
    siti = await login("siti@1374")
    desk = await open_case(siti)
    told = await attached(siti, desk.ticket, a_photo(), paper="KTP", name="../../etc/ktp\u202egpj.exe")
    assert told["state"]["code"] == "stored"
    assert (told["media_type"], told["width"], told["height"]) == ("image/jpeg", 240, 320)
    assert told["name"] == "ktpgpj.exe"
    got = await siti.get(f"/v1/cases/{desk.ticket}/attachments/{told['id']}/content")
    assert got.status_code == 200
    assert got.headers["content-type"] == "image/jpeg"
    assert got.headers["content-disposition"].startswith(f'attachment; filename="{desk.ticket}-')
    assert "sandbox" in got.headers["content-security-policy"]
    assert got.headers["x-content-type-options"] == "nosniff"
    assert got.headers["cache-control"] == "no-store"
    assert CANARY in a_photo()
    assert CANARY not in got.content
    with Image.open(BytesIO(got.content)) as picture:
        assert not picture.getexif()
        assert picture.format == "JPEG"
    assert len(got.content) == told["bytes"]


async def test_the_store_holds_nothing_that_can_be_read(login: LogIn, house: House) -> None:
    siti = await login("siti@1374")
    desk = await open_case(siti)
    told = await attached(siti, desk.ticket, a_scan(2))
    async with read_only(house.database.sessions) as tx:
        row = await tx.scalar(select(Attachment).where(Attachment.id.is_not(None), Attachment.pages == 2))
    assert row is not None
    assert row.object_key is not None
    stored = await house.files.store.get(row.object_key)
    assert b"%PDF" not in stored
    assert b"JFIF" not in stored
    assert row.name_sealed is not None
    assert b"foto" not in row.name_sealed
    assert told["pages"] == 2


async def test_sent_again_with_its_key_it_is_one_file(login: LogIn) -> None:
    siti = await login("siti@1374")
    desk = await open_case(siti)
    key = uuid4().hex
    first = await attach(siti, desk.ticket, a_photo(shade=1), key=key)
    # The frame of a form differs each time; the file is the same.
    again = await attach(siti, desk.ticket, a_photo(shade=1), key=key)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.json() == first.json()
    other = await attach(siti, desk.ticket, a_photo(shade=2), key=key)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    twin = await attach(siti, desk.ticket, a_photo(shade=1))
    assert twin.json()["id"] == first.json()["id"]
    listed = await siti.get(f"/v1/cases/{desk.ticket}/attachments")
    assert [one["id"] for one in listed.json()["items"]] == [first.json()["id"]]


async def test_ten_at_once_are_one_each(login: LogIn) -> None:
    siti = await login("siti@1374")
    desk = await open_case(siti)
    sent = [attach(siti, desk.ticket, a_photo(shade=20 + n)) for n in range(6)]
    same = [attach(siti, desk.ticket, a_photo(shade=20)) for _ in range(4)]
    answers = await asyncio.gather(*sent, *same)
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["id"] for answer in answers}) == 6


async def test_a_paper_that_a_file_shows_counts_as_held_until_the_file_goes(
    login: LogIn, house: House
) -> None:
    siti = await login("siti@1374")
    desk = await open_case(siti, papers=["KTP"])
    before = await papers(desk)
    assert "KK" in {one["code"] for one in before["missing"]}
    assert before["lines"]["KTP"]["seen"]
    told = await attached(siti, desk.ticket, a_photo(), paper="KK")
    after = await papers(desk)
    line = after["lines"]["KK"]
    assert (line["held"], line["seen"], line["attachments"]) == (True, False, [told["id"]])
    assert "KK" not in {one["code"] for one in after["missing"]}
    assert {wish["asker"]["code"] for wish in line["asked_by"]} >= {"program", "category"}
    assert "KK" not in await routed_missing(desk)
    path = f"/v1/cases/{desk.ticket}/attachments/{told['id']}"
    gone = await siti.post(f"{path}/delete", {"reason": "wrong_person"})
    assert (gone.status_code, gone.json()["state"]["code"]) == (200, "deleted")
    assert "KK" in {one["code"] for one in (await papers(desk))["missing"]}
    assert "KK" in await routed_missing(desk)
    assert (await siti.get(f"{path}/content")).status_code == 404
    listed = (await siti.get(f"/v1/cases/{desk.ticket}/attachments")).json()["items"]
    assert [(one["id"], one["state"]["code"]) for one in listed] == [(told["id"], "deleted")]
    async with read_only(house.database.sessions) as tx:
        due = await tx.scalar(select(DeletedObject.due_at).order_by(DeletedObject.due_at.desc()).limit(1))
        row = await tx.scalar(select(Attachment).where(Attachment.deleted_at.is_not(None)).limit(1))
        events = (
            await tx.scalars(select(Event).where(Event.type.startswith("attachment.")).order_by(Event.at))
        ).all()
    assert due is not None
    assert row is not None
    assert row.deleted_at is not None
    assert (due - row.deleted_at).days == 30
    mine = [event for event in events if event.data["attachment_id"].replace("-", "") in told["id"]]
    assert [(event.type, event.data["paper"]) for event in mine] == [
        ("attachment.added", "KK"),
        ("attachment.deleted", "KK"),
    ]
    assert set(mine[0].data) == {"attachment_id", "format", "paper"}


async def test_of_two_files_of_a_paper_one_may_go(login: LogIn) -> None:
    siti = await login("siti@1374")
    desk = await open_case(siti, papers=["KTP"])
    first = await attached(siti, desk.ticket, a_photo(shade=31), paper="KK")
    await attached(siti, desk.ticket, a_photo(shade=32), paper="KK")
    gone = await siti.post(
        f"/v1/cases/{desk.ticket}/attachments/{first['id']}/delete", {"reason": "duplicate"}
    )
    assert gone.status_code == 200
    assert "KK" not in await routed_missing(desk)


async def test_a_paper_that_an_officer_saw_stays_when_its_file_goes(login: LogIn) -> None:
    siti = await login("siti@1374")
    desk = await open_case(siti, papers=[])
    told = await attached(siti, desk.ticket, a_photo(), paper="KK")
    await desk.read()
    await desk.took("ask_completion", {"missing": ["KTP"]})
    await desk.took("complete", {"papers": ["KK", "KTP"]})
    gone = await siti.post(
        f"/v1/cases/{desk.ticket}/attachments/{told['id']}/delete", {"reason": "unreadable"}
    )
    assert gone.status_code == 200
    assert (await papers(desk))["lines"]["KK"]["seen"]


async def test_a_receiver_reads_the_papers_that_the_referral_discloses(login: LogIn) -> None:
    siti, dinsos = await login("siti@1374"), await login("dinsos@1374")
    desk = await open_case(siti)
    paper = await attached(siti, desk.ticket, a_photo(shade=7), paper="KTP")
    await attached(siti, desk.ticket, a_photo(shade=8))
    fields = ["name", "papers"]
    (referral,) = await desk.refer({"program": "BLT_KOTA", "purpose": "AID", "discloses": fields})
    listed = await dinsos.get(f"/v1/referrals/{referral}/attachments")
    assert listed.status_code == 200, listed.text
    assert [(one["id"], one["name"]) for one in listed.json()["items"]] == [(paper["id"], None)]
    content = f"/v1/referrals/{referral}/attachments/{paper['id']}/content"
    assert (await dinsos.get(content)).status_code == 200
    assert (await dinsos.get(f"/v1/cases/{desk.ticket}/attachments")).status_code == 404
    assert (await dinsos.get(f"/v1/cases/{desk.ticket}/attachments/{paper['id']}/content")).status_code == 404
    seen = await siti.get(f"/v1/referrals/{referral}")
    revoked = await siti.post(
        f"/v1/referrals/{referral}/revoke",
        {"reason": "duplicate"},
        headers={"If-Match": seen.headers["ETag"]},
    )
    assert revoked.status_code == 200, revoked.text
    assert (await dinsos.get(content)).status_code == 404
    assert (await dinsos.get(f"/v1/referrals/{referral}/attachments")).json()["items"] == []


async def test_what_a_referral_does_not_disclose_its_receiver_does_not_read(login: LogIn) -> None:
    siti, dinsos = await login("siti@1374"), await login("dinsos@1374")
    desk = await open_case(siti)
    paper = await attached(siti, desk.ticket, a_photo(shade=7), paper="KTP")
    (referral,) = await desk.refer({"program": "BLT_KOTA", "purpose": "AID", "discloses": ["name"]})
    assert (await dinsos.get(f"/v1/referrals/{referral}/attachments")).json()["items"] == []
    hidden = await dinsos.get(f"/v1/referrals/{referral}/attachments/{paper['id']}/content")
    assert hidden.status_code == 404


async def test_a_resident_sends_what_was_asked_and_nothing_else(login: LogIn, client: AsyncClient) -> None:
    siti = await login("siti@1374")
    desk = await open_case(siti, papers=[])
    her = await resident_of(client, desk)
    assert (await send_as_resident(her, a_photo(), paper="KK")).json()["code"] == "no_paper_asked"
    await desk.took("ask_completion", {"missing": ["KK", "SKTM"]})
    asked = await her.get("/v1/track/attachments")
    assert {one["paper"]["code"]: one["received"] for one in asked.json()["papers"]} == {
        "KK": False,
        "SKTM": False,
    }
    other = await send_as_resident(her, a_photo(), paper="KTP")
    assert (other.status_code, other.json()["errors"][0]["code"]) == (422, "paper_not_asked")
    for _ in range(2):
        sent = await send_as_resident(her, a_photo(), paper="KK")
        assert sent.status_code == 201, sent.text
        assert {one["paper"]["code"]: one["received"] for one in sent.json()["papers"]} == {
            "KK": True,
            "SKTM": False,
        }
    listed = (await siti.get(f"/v1/cases/{desk.ticket}/attachments")).json()["items"]
    assert [(one["paper"]["code"], one["created_by"]) for one in listed] == [("KK", None)]
    assert not (await papers(desk))["lines"]["SKTM"]["held"]


async def test_the_slip_of_a_closed_channel_brings_nothing(login: LogIn, client: AsyncClient) -> None:
    siti = await login("siti@1374")
    desk = await open_case(siti)
    await desk.took("ask_completion", {"missing": ["KK"]})
    her = await resident_of(client, desk)
    await desk.read()
    closed = await siti.patch(f"/v1/cases/{desk.ticket}", {"confidentiality": "RAHASIA"}, etag=desk.etag)
    assert closed.status_code in {200, 404}, closed.text
    assert (await send_as_resident(her, a_photo(), paper="KK")).status_code == 403
    assert (await her.get("/v1/track/attachments")).status_code == 403


async def test_a_cadre_brings_a_photo_and_takes_away_only_her_own(login: LogIn) -> None:
    siti, cadre = await login("siti@1374"), await login("psm.guguk@1374")
    desk = await open_case(siti)
    hers = await attached(cadre, desk.ticket, a_photo(shade=3))
    his = await attached(siti, desk.ticket, a_photo(shade=4))
    path = f"/v1/cases/{desk.ticket}/attachments"
    assert (await cadre.post(f"{path}/{his['id']}/delete", {"reason": "duplicate"})).status_code == 403
    assert (await cadre.post(f"{path}/{hers['id']}/delete", {"reason": "duplicate"})).status_code == 200


async def test_a_full_case_and_a_busy_account_are_told(login: LogIn, house: House) -> None:
    async with transaction(house.database.sessions) as tx:
        await make_account(tx, "pengirim")
    sender = await login("pengirim@1374", PASSWORD)
    desk = await open_case(sender)
    path = "/v1/cases/{}/attachments/uploads"
    big = await sender.post(path.format(desk.ticket), {"bytes": 20_000_001})
    assert (big.status_code, big.json()["code"]) == (413, "file_too_large")
    codes = []
    for _ in range(3):
        desk = await open_case(sender)
        for _ in range(11):
            answer = await sender.post(path.format(desk.ticket), {"bytes": 20_000_000})
            codes.append(answer.json().get("code"))
    case_full, day_full = [*[None] * 10, "case_full"], [*[None] * 5, *["upload_quota"] * 6]
    assert codes == [*case_full, *case_full, *day_full]
    full = await attach(sender, desk.ticket, a_photo())
    assert (full.status_code, full.json()["code"]) == (429, "upload_quota")
    assert int(full.headers["Retry-After"]) > 0


async def test_a_case_at_rest_takes_no_file(login: LogIn) -> None:
    siti = await login("siti@1374")
    desk = await open_case(siti)
    await desk.took("void", {"reason": "withdrawn"})
    answer = await attach(siti, desk.ticket, a_photo())
    assert (answer.status_code, answer.json()["code"]) == (409, "case_at_rest")


async def test_a_file_that_the_store_lost_is_said_to_be_missing(login: LogIn, house: House) -> None:
    siti = await login("siti@1374")
    desk = await open_case(siti)
    told = await attached(siti, desk.ticket, a_photo(shade=99))
    async with read_only(house.database.sessions) as tx:
        key = await tx.scalar(select(Attachment.object_key).order_by(Attachment.created_at.desc()).limit(1))
    assert key is not None
    await house.files.store.delete(key)
    answer = await siti.get(f"/v1/cases/{desk.ticket}/attachments/{told['id']}/content")
    assert (answer.status_code, answer.json()["code"]) == (404, "file_missing")
