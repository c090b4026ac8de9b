"""An upload in parts over a bad link: it goes on where it stopped, and whatever breaks, nothing is lost."""

import asyncio
from typing import Any

import pytest

from app.api.deps import House
from app.domain.attachments import SMALLEST_PART
from tests.conftest import LogIn
from tests.support.desk import Desk, open_case
from tests.support.files import a_photo, attached, send_part
from tests.support.http import Person

pytestmark = pytest.mark.commits

PHOTO = a_photo(1200, 900)
STEP = SMALLEST_PART


async def begun(by: Person, desk: Desk, size: int = len(PHOTO), **more: str) -> str:
    answer = await by.post(f"/v1/cases/{desk.ticket}/attachments/uploads", {"bytes": size, **more})
    assert answer.status_code == 201, answer.text
    assert answer.headers["Upload-Offset"] == "0"
    return str(answer.json()["id"])


async def shown(by: Person, desk: Desk, id_: str) -> dict[str, Any]:
    answer = await by.get(f"/v1/cases/{desk.ticket}/attachments/{id_}")
    assert answer.headers["Upload-Offset"] == str(answer.json()["received_bytes"])
    return dict(answer.json())


async def test_parts_become_the_same_file_as_one_request(login: LogIn) -> None:
    siti = await login("siti@1374")
    desk = await open_case(siti, papers=[])
    id_ = await begun(siti, desk, paper="KK", name="kk.jpg")
    assert len(PHOTO) > 3 * STEP
    for at in range(0, len(PHOTO), STEP):
        answer = await send_part(siti, desk.ticket, id_, at, PHOTO[at : at + STEP])
        assert answer.status_code == 200, answer.text
        assert int(answer.headers["Upload-Offset"]) == min(at + STEP, len(PHOTO))
    done = await shown(siti, desk, id_)
    assert (done["state"]["code"], done["name"], done["paper"]["code"]) == ("stored", "kk.jpg", "KK")
    other = await open_case(siti)
    whole = await attached(siti, other.ticket, PHOTO)
    content = [
        (await siti.get(f"/v1/cases/{ticket}/attachments/{one}/content")).content
        for ticket, one in ((desk.ticket, id_), (other.ticket, whole["id"]))
    ]
    assert content[0] == content[1]
    papers = (await siti.get(f"/v1/cases/{desk.ticket}/papers")).json()
    assert "KK" not in {one["code"] for one in papers["missing"]}


async def test_a_part_may_be_sent_again_and_a_gap_is_told(login: LogIn) -> None:
    siti = await login("siti@1374")
    desk = await open_case(siti)
    id_ = await begun(siti, desk)
    for _ in range(3):
        assert (await send_part(siti, desk.ticket, id_, 0, PHOTO[:STEP])).status_code == 200
    gap = await send_part(siti, desk.ticket, id_, 2 * STEP, PHOTO[2 * STEP : 3 * STEP])
    assert (gap.status_code, gap.json()["code"]) == (409, "wrong_offset")
    assert gap.json()["data"] == {"offset": STEP}
    small = await send_part(siti, desk.ticket, id_, STEP, b"x" * 10)
    assert (small.status_code, small.json()["code"]) == (422, "part_too_small")
    beyond = await send_part(siti, desk.ticket, id_, STEP, PHOTO)
    assert (beyond.status_code, beyond.json()["code"]) == (422, "beyond_the_end")
    assert (await shown(siti, desk, id_))["received_bytes"] == STEP
    rest = await send_part(siti, desk.ticket, id_, STEP, PHOTO[STEP:])
    assert rest.json()["state"]["code"] == "stored"
    # The answer of the last part was lost.
    again = await send_part(siti, desk.ticket, id_, STEP, PHOTO[STEP:])
    assert (again.status_code, again.json()["state"]["code"]) == (200, "stored")


async def test_the_same_part_from_two_at_once_is_one_part(login: LogIn) -> None:
    siti = await login("siti@1374")
    desk = await open_case(siti)
    id_ = await begun(siti, desk)
    answers = await asyncio.gather(*(send_part(siti, desk.ticket, id_, 0, PHOTO) for _ in range(4)))
    assert {answer.status_code for answer in answers} == {200}
    assert {answer.json()["state"]["code"] for answer in answers} == {"stored"}
    listed = await siti.get(f"/v1/cases/{desk.ticket}/attachments")
    assert len(listed.json()["items"]) == 1
    events = await siti.get(f"/v1/cases/{desk.ticket}/events")
    assert [one["type"] for one in events.json()["items"]].count("attachment.added") == 1


async def test_a_file_that_is_not_taken_ends_its_upload(login: LogIn) -> None:
    siti = await login("siti@1374")
    desk = await open_case(siti)
    id_ = await begun(siti, desk, 50_000)
    refused = await send_part(siti, desk.ticket, id_, 0, b"GIF89a" + bytes(49_994))
    assert (refused.status_code, refused.json()["code"]) == (415, "file_type_not_taken")
    told = await shown(siti, desk, id_)
    assert (told["state"]["code"], told["refusal"]["code"]) == ("refused", "file_type_not_taken")
    more = await send_part(siti, desk.ticket, id_, 0, bytes(50_000))
    assert (more.status_code, more.json()["code"]) == (409, "upload_ended")


async def test_when_the_scanner_was_away_the_last_part_is_asked_for_again(login: LogIn, house: House) -> None:
    siti = await login("siti@1374")
    desk = await open_case(siti)
    id_ = await begun(siti, desk)
    cleaner = house.files.cleaner
    cleaner._waiting += 100  # noqa: SLF001  # a long line of others
    try:
        busy = await send_part(siti, desk.ticket, id_, 0, PHOTO)
        assert (busy.status_code, busy.json()["code"]) == (503, "uploads_busy")
    finally:
        cleaner._waiting -= 100  # noqa: SLF001
    assert (await shown(siti, desk, id_))["received_bytes"] == len(PHOTO)
    done = await send_part(siti, desk.ticket, id_, len(PHOTO), b"")
    assert (done.status_code, done.json()["state"]["code"]) == (200, "stored")


async def test_an_upload_can_be_given_up(login: LogIn) -> None:
    siti = await login("siti@1374")
    desk = await open_case(siti)
    id_ = await begun(siti, desk)
    await send_part(siti, desk.ticket, id_, 0, PHOTO[:STEP])
    gone = await siti.post(f"/v1/cases/{desk.ticket}/attachments/{id_}/delete", {"reason": "not_needed"})
    assert (gone.status_code, gone.json()["state"]["code"]) == (200, "deleted")
    assert (await send_part(siti, desk.ticket, id_, STEP, PHOTO[STEP:])).status_code == 409


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 400),
        ({"Upload-Offset": "-1"}, 400),
        ({"Upload-Offset": "x"}, 400),
        ({"Upload-Offset": "\u0663".encode()}, 400),
        ({"Upload-Offset": "9" * 15}, 400),
        ({"Upload-Offset": "0", "Content-Type": "application/json"}, 415),
    ],
)
async def test_a_part_says_where_it_belongs(login: LogIn, headers: dict[str, Any], status: int) -> None:
    siti = await login("siti@1374")
    desk = await open_case(siti)
    id_ = await begun(siti, desk)
    answer = await siti.client.patch(
        f"/v1/cases/{desk.ticket}/attachments/{id_}",
        content=PHOTO,
        headers={
            "Authorization": f"Bearer {siti.token}",
            "Content-Type": "application/octet-stream",
            **headers,
        },
    )
    assert answer.status_code == status, answer.text


async def test_a_stranger_can_neither_see_nor_add(login: LogIn) -> None:
    siti, yulia = await login("siti@1374"), await login("yulia@1374")
    desk = await open_case(siti)
    id_ = await begun(siti, desk)
    assert (await send_part(yulia, desk.ticket, id_, 0, PHOTO)).status_code == 404
    other = await open_case(siti)
    assert (await send_part(siti, other.ticket, id_, 0, PHOTO)).status_code == 404
    assert (await shown(siti, desk, id_))["received_bytes"] == 0
