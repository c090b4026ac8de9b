"""The part of the walk where people ask about their own data, and a breach is told."""

from collections.abc import Awaitable, Callable

from tests.support.data_rights import a_breach, ask, granted, person_of
from tests.support.desk import open_case
from tests.support.http import Person

TOLD = {"at": "2026-01-06T03:00:00Z", "method": "phone", "by": "Siti"}
WORD = {"received": [], "by_desk": {"method": "in_person", "witness": "Rina"}}


async def rights_tour(who: Callable[[str], Awaitable[Person]]) -> None:
    """Copy, freeze and lift, object, correct, refuse, erase; record a breach, tell it, close it."""
    siti, manager, head = await who("siti@1374"), await who("manajer@1374"), await who("kadis@1374")
    desk = await open_case(siti)
    person = await person_of(desk)
    copy = await granted(siti, person, "copy")
    frozen = await granted(siti, person, "freeze")
    await granted(siti, person, "object")
    fixed = await ask(siti, person, "correct", corrections={"name": "Yuliana Betul"})
    erase = await ask(siti, person, "erase")
    await desk.read()
    await desk.took("resolve", {"outcome": "information_given", "told": TOLD})
    await desk.took("confirm", WORD)
    for by, one, act, body in (
        (siti, frozen, "lift", None),
        (manager, fixed, "grant", None),
        (manager, erase, "grant", None),
        (head, erase, "grant", None),
    ):
        answer = await by.post(f"/v1/data-requests/{one['id']}/{act}", body)
        assert answer.status_code == 200, answer.text
    other = await ask(siti, await person_of(await open_case(siti)), "erase")
    refused = await manager.post(f"/v1/data-requests/{other['id']}/refuse", {"reason": "legal_duty"})
    assert refused.status_code == 200, refused.text
    breach = await a_breach(manager)
    for to in ("authority", "persons"):
        told = await manager.post(f"/v1/breaches/{breach['id']}/tell", {"to": to, "at": breach["found_at"]})
        assert told.status_code == 200, told.text
    assert (await manager.post(f"/v1/breaches/{breach['id']}/close")).status_code == 200
    for by, path in (
        (siti, "/v1/data-requests?count=true&overdue=true&state=open&kind=copy"),
        (siti, f"/v1/data-requests/{copy['id']}"),
        (manager, "/v1/breaches?count=true"),
        (manager, f"/v1/breaches/{breach['id']}"),
    ):
        answer = await by.get(path)
        assert answer.status_code == 200, answer.text
    await _audit_tour(await who("auditor@1374"), desk.ticket, person)
    again = await granted(siti, await person_of(await open_case(siti)), "copy")
    assert (await siti.get(f"/v1/data-requests/{again['id']}/copy")).status_code == 200


async def _audit_tour(auditor: Person, ticket: str, person: str) -> None:
    me = (await auditor.get("/v1/me")).json()["id"]
    for asked in ({}, {"case": ticket}, {"person": person}, {"actor": me}):
        page = await auditor.get("/v1/audit", limit=1, **asked)
        assert page.status_code == 200, page.text
        if cursor := page.json()["next"]:
            assert (await auditor.get("/v1/audit", limit=1, cursor=cursor)).status_code == 200
    assert (await auditor.get("/v1/audit/seals")).status_code == 200
    ordered = await auditor.post("/v1/audit/verifications", {})
    assert ordered.status_code == 202, ordered.text
