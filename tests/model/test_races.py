"""What must hold when several ask at the same instant."""

import asyncio
import json
from collections import Counter
from typing import Any
from uuid import uuid4

import pytest
from httpx import AsyncClient, Response
from sqlalchemy import func, select

from app.api.deps import House
from app.db.session import read_only
from app.db.tables.cases import Case
from app.db.tables.events import Event
from app.db.tables.people import Person as PersonRow
from tests.conftest import LogIn
from tests.support.desk import CASE, a_person, open_case
from tests.support.http import Person

pytestmark = pytest.mark.commits

TWINS, RACERS = 8, 16


@pytest.fixture
async def siti(login: LogIn) -> Person:
    return await login("siti@1374")


async def patiently(by: Person, path: str, body: dict[str, Any], headers: dict[str, str]) -> Response:
    """Send until the service has time: who waits too long for the others is told to come again (503)."""
    for _ in range(20):
        answer = await by.post(path, body, headers=headers)
        if answer.status_code != 503:
            return answer
        assert int(answer.headers["Retry-After"]) > 0
    raise AssertionError(path)


async def count(house: House, *where: Any) -> int:
    async with read_only(house.database.sessions) as tx:
        return await tx.scalar(select(func.count()).select_from(Case).where(*where)) or 0


@pytest.mark.parametrize("round_", range(5))
async def test_eight_twins_open_one_case(siti: Person, house: House, round_: int) -> None:
    before = await count(house)
    body = {**CASE, "subject": a_person()}
    key = uuid4().hex
    answers = await asyncio.gather(*(siti.post("/v1/cases", body, key=key) for _ in range(TWINS)))
    assert {answer.status_code for answer in answers} == {201}, round_
    assert len({answer.content for answer in answers}) == 1
    assert sum("idempotency-replayed" in answer.headers for answer in answers) == TWINS - 1
    assert await count(house) == before + 1


async def test_the_same_key_with_another_body_is_refused(siti: Person, house: House) -> None:
    key = uuid4().hex
    bodies = [{**CASE, "subject": a_person()} for _ in range(TWINS)]
    before = await count(house)
    answers = await asyncio.gather(*(siti.post("/v1/cases", body, key=key) for body in bodies))
    assert Counter(answer.status_code for answer in answers) == {201: 1, 422: TWINS - 1}
    assert await count(house) == before + 1


@pytest.mark.parametrize("round_", range(5))
async def test_two_desks_on_one_matter_open_one_case(
    siti: Person, login: LogIn, house: House, round_: int
) -> None:
    """A lock closes the race and not luck: all ask at once, each with a key of its own."""
    hendra = await login("hendra@1374")
    subject = a_person()
    body = {**CASE, "subject": subject}
    answers = await asyncio.gather(
        *((siti if n % 2 else hendra).post("/v1/cases", body) for n in range(TWINS))
    )
    statuses = Counter(answer.status_code for answer in answers)
    assert statuses == {201: 1, 409: TWINS - 1}, round_
    (ticket,) = [answer.json()["ticket"] for answer in answers if answer.status_code == 201]
    assert all(ticket in answer.text for answer in answers if answer.status_code == 409)
    apart = await siti.post("/v1/cases", {**body, "separate_reason": "Hal lain."})
    assert apart.status_code == 201, apart.text
    async with read_only(house.database.sessions) as tx:
        found = await tx.scalars(select(PersonRow.id).where(PersonRow.nik_last4 == subject["nik"][-4:]))
        assert len(found.all()) == 1


@pytest.mark.parametrize("action", ["verify", "handle", "resolve"])
async def test_of_sixteen_on_one_version_one_wins(siti: Person, house: House, action: str) -> None:
    desk = await open_case(siti)
    body = {"outcome": "information_given"} if action == "resolve" else {}
    path, named = f"/v1/cases/{desk.ticket}/{action}", {"If-Match": desk.etag}
    answers = await asyncio.gather(*(patiently(siti, path, body, named) for _ in range(RACERS)))
    assert Counter(answer.status_code for answer in answers) == {200: 1, 412: RACERS - 1}
    timeline = (await siti.get(f"/v1/cases/{desk.ticket}/events")).json()["items"]
    async with read_only(house.database.sessions) as tx:
        events = await tx.scalar(
            select(func.count()).where(Event.case_id == Case.id, Case.ticket == desk.ticket)
        )
        case = await tx.scalar(select(Case).where(Case.ticket == desk.ticket))
    assert case is not None
    assert (case.version, case.event_count, events) == (2, len(timeline), len(timeline))


async def test_of_sixteen_patches_on_one_version_one_wins(siti: Person) -> None:
    desk = await open_case(siti)
    path = f"/v1/cases/{desk.ticket}"
    changes = [{"place": {"village": "13.74.01.1005", "detail": f"Rumah {n}"}} for n in range(RACERS)]
    answers = await asyncio.gather(*(siti.patch(path, change, etag=desk.etag) for change in changes))
    assert Counter(answer.status_code for answer in answers) == {200: 1, 412: RACERS - 1}
    won = next(n for n, answer in enumerate(answers) if answer.status_code == 200)
    assert f"Rumah {won}" in json.dumps((await siti.get(path)).json())


async def test_writers_of_one_case_keep_one_chain(siti: Person, client: AsyncClient) -> None:
    desk = await open_case(siti)
    notes = await asyncio.gather(
        *(siti.post(f"/v1/cases/{desk.ticket}/notes", {"text": f"Catatan {n}"}) for n in range(RACERS))
    )
    assert {answer.status_code for answer in notes} == {201}
    events = (await siti.get(f"/v1/cases/{desk.ticket}/events?limit=100")).json()["items"]
    assert [one["n"] for one in events] == list(range(1, len(events) + 1))
    assert sum(one["type"] == "case.noted" for one in events) in {0, RACERS}
    assert (await client.get("/livez")).status_code == 200


async def referred(siti: Person, office: Person, *programs: str) -> tuple[str, list[str]]:
    desk = await open_case(siti)
    wanted = [
        {"program": one, "purpose": "INFORMATION" if one.startswith("UMUM") else "AID"} for one in programs
    ]
    shown = await desk.took("refer", {"referrals": wanted}, office)
    return desk.ticket, [one["id"] for one in shown["referrals"]]


async def test_of_sixteen_answers_on_one_version_one_wins(siti: Person, login: LogIn) -> None:
    office, dinsos = await login("sekretariat@1374"), await login("dinsos@1374")
    _, (referral,) = await referred(siti, office, "BLT_KOTA")
    etag = (await dinsos.get(f"/v1/referrals/{referral}")).headers["ETag"]
    path, named = f"/v1/referrals/{referral}/accept", {"If-Match": etag}
    answers = await asyncio.gather(*(patiently(dinsos, path, {}, named) for _ in range(RACERS)))
    assert Counter(answer.status_code for answer in answers) == {200: 1, 412: RACERS - 1}
    shown = (await dinsos.get(f"/v1/referrals/{referral}")).json()
    assert [line["state"]["code"] for line in shown["lines"]] == ["planned"] * 3


@pytest.mark.parametrize("round_", range(3))
async def test_answers_to_all_referrals_at_once_end_the_case_once(
    siti: Person, login: LogIn, round_: int
) -> None:
    office, dinsos = await login("sekretariat@1374"), await login("dinsos@1374")
    ticket, ids = await referred(siti, office, "BLT_KOTA", "SEMBAKO_LANSIA", "UMUM.DINSOS-1374")
    tags = [(await dinsos.get(f"/v1/referrals/{one}")).headers["ETag"] for one in ids]
    answers = await asyncio.gather(
        *(
            dinsos.post(f"/v1/referrals/{one}/refuse", {"reason": "other"}, headers={"If-Match": tag})
            for one, tag in zip(ids, tags, strict=True)
        )
    )
    assert [answer.status_code for answer in answers] == [200] * 3, round_
    assert (await siti.get(f"/v1/cases/{ticket}")).json()["status"]["code"] == "handling"
    events = (await siti.get(f"/v1/cases/{ticket}/events?limit=100")).json()["items"]
    assert [one["n"] for one in events] == list(range(1, len(events) + 1))
    back = [one for one in events if one["data"].get("to_status") == "handling"]
    assert len(back) == 1
