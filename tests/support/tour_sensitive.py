"""The part of the walk where few may look: reports, whom they are about, danger, duplicates, full numbers."""

from typing import Any
from uuid import uuid4

from httpx import AsyncClient

from tests.support.desk import open_case
from tests.support.http import Person
from tests.support.people import a_nik

VILLAGE = "13.74.01.1005"


async def sensitive(client: AsyncClient, siti: Person, manager: Person, office: Person) -> None:
    await _report(client, manager)
    await _danger(siti, manager)
    await _duplicates(siti, office)
    await _person(siti)


async def done(by: Person, path: str, body: dict[str, Any], status: int = 200) -> dict[str, Any]:
    answer = await by.post(path, body)
    assert answer.status_code == status, (path, answer.text)
    return dict(answer.json())


async def _report(client: AsyncClient, manager: Person) -> None:
    body = {
        "village": VILLAGE,
        "text": "Bantuan beras dipotong untuk setiap penerima.",
        "about": [{"kind": "text", "text": "orang yang memakai topi"}],
        "notice_version": "2026-1",
    }
    key = {"Idempotency-Key": uuid4().hex}
    for _ in range(2):
        answer = await client.post("/v1/reports", json=body, headers=key)
        assert answer.status_code == 201, answer.text
    desk = (await manager.get("/v1/desks?region=13.74")).json()["items"][0]["id"]
    named = {"about": [{"kind": "desk", "ref": desk}, {"kind": "village_office", "ref": VILLAGE}]}
    await done(manager, f"/v1/cases/{answer.json()['ticket']}/about", named, 201)


async def _danger(siti: Person, manager: Person) -> None:
    subject = {"kind": "person", "nik": a_nik(), "name": "Wati Contoh", "sex": "P"}
    desk = {"subject": subject, "category": "KEKERASAN_PEREMPUAN"}
    case = await open_case(siti, **desk)
    await done(manager, f"/v1/cases/{case.ticket}/risk", {"answers": {"injured": True}}, 201)
    assert (await manager.get(f"/v1/cases/{case.ticket}/risk")).status_code == 200


async def _duplicates(siti: Person, office: Person) -> None:
    subjects = [
        {"kind": "person", "nik": a_nik(), "kk": "1374010101209001", "name": name, "sex": "P"}
        for name in ("Satu Contoh", "Dua Contoh", "Tiga Contoh")
    ]
    first, second, third = [await open_case(siti, subject=one) for one in subjects]
    assert (
        await office.get("/v1/duplicates?count=true&reason=same_household&min_score=1")
    ).status_code == 200
    path = f"/v1/duplicates/{first.ticket}"
    both = [first.ticket, second.ticket]
    await done(office, f"{path}/decide", {"action": "merge", "keep": first.ticket, "tickets": both})
    await done(office, f"{path}/undo", {"other": second.ticket})
    await done(office, f"{path}/decide", {"action": "link", "tickets": [first.ticket, third.ticket]})
    await done(office, f"{path}/undo", {"other": third.ticket})
    await done(office, f"{path}/decide", {"action": "dismiss"})


async def _person(siti: Person) -> None:
    person = (await (await open_case(siti)).read())["subject"]["person"]["id"]
    assert (await siti.get(f"/v1/people/{person}")).status_code == 200
    await done(siti, f"/v1/people/{person}/reveal", {"purpose": "service"})
