"""Tasks inside cases, tries to reach the resident, and notes that she reads."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from httpx import AsyncClient
from sqlalchemy import update

from app.api.deps import House
from app.db.session import transaction
from app.db.tables.cases import Case
from tests.conftest import LogIn
from tests.support.desk import Desk, open_case
from tests.support.hands import account_of, just_now, made, tomorrow
from tests.support.http import Person

pytestmark = pytest.mark.commits
UNREACHABLE = {"outcome": "unreachable", "told": None}


async def mine(person: Person, **more: Any) -> set[str]:
    answer = await person.get("/v1/tasks", limit=200, **more)
    assert answer.status_code == 200, answer.text
    return {one["id"] for one in answer.json()["items"]}


# Tasks ------------------------------------------------------------------------------------------------


async def test_a_task_waits_for_whom_it_is_meant(login: LogIn) -> None:
    siti, hendra = await login("siti@1374"), await login("hendra@1374")
    desk = await open_case(siti)
    path = f"/v1/cases/{desk.ticket}/tasks"
    named = await made(siti, path, {"text": "Salin KK.", "assignee": await account_of(hendra)})
    anybodys = await made(siti, path, {"text": "Tanya RT.", "due_at": tomorrow()})
    assert (named["kind"]["code"], named["text"], named["overdue"]) == ("todo", "Salin KK.", False)
    assert named["id"] in await mine(hendra)
    assert named["id"] not in await mine(siti)
    # Whoever has the case in hand has what is nobody's by name.
    assert anybodys["id"] not in await mine(siti)
    await made(siti, f"/v1/cases/{desk.ticket}/assignments", {"self": True})
    assert anybodys["id"] in await mine(siti)
    assert anybodys["id"] in await mine(siti, due_before=(datetime.now(UTC) + timedelta(days=2)).isoformat())
    assert named["id"] not in await mine(siti, mine="false", due_before=tomorrow())
    assert {named["id"], anybodys["id"]} <= await mine(siti, mine="false")
    done = await made(hendra, f"{path}/{named['id']}/done", None)
    assert done["done_by"] == await account_of(hendra)
    assert named["id"] not in await mine(hendra)
    assert named["id"] in await mine(hendra, done="true")
    again = await siti.post(f"{path}/{named['id']}/done", None)
    assert (again.status_code, again.json()["code"]) == (409, "already_done")
    listed = (await siti.get("/v1/tasks", mine="false", count="true", limit=200)).json()
    assert listed["count"] == len(listed["items"])


async def test_the_services_own_tasks_are_done_by_their_own_acts(login: LogIn) -> None:
    siti = await login("siti@1374")
    desk = await open_case(siti)
    await desk.took("resolve", {"outcome": "information_given"})
    path = f"/v1/cases/{desk.ticket}/tasks"
    (task,) = (await siti.get(path)).json()["items"]
    assert (task["kind"]["code"], task["text"]) == ("tell_resident", None)
    answer = await siti.post(f"{path}/{task['id']}/done", None)
    assert (answer.status_code, answer.json()["code"]) == (409, "done_by_another_act")


async def test_a_cadre_ends_her_own_task_and_nobody_elses(login: LogIn) -> None:
    siti, cadre = await login("siti@1374"), await login("psm.guguk@1374")
    desk = await open_case(siti)
    path = f"/v1/cases/{desk.ticket}/tasks"
    hers = await made(siti, path, {"text": "Antar surat.", "assignee": await account_of(cadre)})
    sitis = await made(siti, path, {"text": "Telepon."})
    assert (await cadre.post(f"{path}/{sitis['id']}/done", None)).status_code == 403
    assert (await cadre.post(f"{path}/{hers['id']}/done", None)).status_code == 200
    assert (await cadre.post(path, {"text": "Apa saja."})).status_code == 403


async def test_tasks_that_cannot_be(login: LogIn) -> None:
    siti, office = await login("siti@1374"), await login("sekretariat@1374")
    desk = await open_case(siti)
    yulia = await account_of(await login("yulia@1374"))
    path = f"/v1/cases/{desk.ticket}/tasks"
    for body, pointer in (
        ({"text": "x", "assignee": yulia}, "/assignee"),
        ({"text": "x", "assignee": "1371-0193a1b2c3d47e5f8a9b0c1d2e3f4a5b"}, "/assignee"),
        ({"text": "x", "due_at": "2020-01-01T00:00:00Z"}, "/due_at"),
        ({"text": "x", "due_at": "2099-01-01T00:00:00Z"}, "/due_at"),
        ({"text": ""}, "/text"),
    ):
        answer = await siti.post(path, body)
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, pointer), answer.text
    hidden = await open_case(siti, confidentiality="TERBATAS")
    sitis = await account_of(siti)
    answer = await office.post(f"/v1/cases/{hidden.ticket}/tasks", {"text": "x", "assignee": sitis})
    assert answer.json()["errors"][0]["code"] == "cannot_take"
    assert (await siti.post(f"{path}/nothing/done", None)).status_code == 404


# Contacts ---------------------------------------------------------------------------------------------


async def opened_days_ago(house: House, siti: Person, days: int) -> Desk:
    desk = await open_case(siti)
    async with transaction(house.database.sessions) as tx:
        await tx.execute(
            update(Case)
            .where(Case.regency_code == "13.74", Case.ticket == desk.ticket)
            .values(opened_at=datetime.now(UTC) - timedelta(days=days))
        )
    return desk


async def contact(siti: Person, desk: Desk, day: int, means: str, result: str = "no_answer") -> Any:
    at = (datetime.now(UTC) - timedelta(days=day)).isoformat()
    body = {"at": at, "means": means, "result": result, "note": "Nomor mati."}
    return await made(siti, f"/v1/cases/{desk.ticket}/contacts", body)


async def test_unreachable_needs_three_tries_on_three_days_by_two_means(login: LogIn, house: House) -> None:
    siti = await login("siti@1374")
    desk = await opened_days_ago(house, siti, 9)
    await desk.read()
    for day, means in ((5, "phone"), (4, "phone"), (3, "phone")):
        assert (await contact(siti, desk, day, means))["enough"] is False
        refused = await desk.step("resolve", {"outcome": "unreachable"})
        assert (refused.status_code, refused.json()["code"]) == (409, "contacts_missing")
    shown = await contact(siti, desk, 2, "in_person", "not_home")
    assert shown["enough"] is True
    assert [one["means"]["code"] for one in shown["items"]] == ["phone"] * 3 + ["in_person"]
    assert shown["items"][0]["note"] == "Nomor mati."
    # She answers, and the tries before prove nothing any more.
    assert (await contact(siti, desk, 1, "phone", "reached"))["enough"] is False
    refused = await desk.step("resolve", {"outcome": "unreachable"})
    assert refused.json()["code"] == "contacts_missing"
    other = await opened_days_ago(house, siti, 9)
    for day, means in ((5, "phone"), (4, "sms"), (3, "phone")):
        await contact(siti, other, day, means)
    await other.read()
    resolved = await other.took("resolve", {"outcome": "unreachable"})
    assert resolved["outcome"]["outcome"]["code"] == "unreachable"


async def test_a_contact_moves_no_clock_and_holds_to_the_case(login: LogIn) -> None:
    siti = await login("siti@1374")
    desk = await open_case(siti)
    before = await desk.read()
    await made(
        siti,
        f"/v1/cases/{desk.ticket}/contacts",
        {"at": just_now(), "means": "sms", "result": "message_left"},
    )
    after = await desk.read()
    assert (after["due"], after["version"], after["status"]) == (
        before["due"],
        before["version"],
        before["status"],
    )
    for body, pointers in (
        ({"at": tomorrow(), "means": "phone", "result": "reached"}, {"/at"}),
        ({"at": "2020-01-01T00:00:00Z", "means": "phone", "result": "reached"}, {"/at"}),
        ({"at": just_now(), "means": "drum", "result": "maybe"}, {"/means", "/result"}),
    ):
        answer = await siti.post(f"/v1/cases/{desk.ticket}/contacts", body)
        assert answer.status_code == 422
        assert {one["pointer"] for one in answer.json()["errors"]} == pointers


# Notes to the resident --------------------------------------------------------------------------------


async def tracked(client: AsyncClient, desk: Desk) -> dict[str, Any]:
    entered = await client.post("/v1/track", json={"ticket": desk.ticket, "pin": desk.pin})
    resident = Person(client, entered.json()["access_token"], "resident")
    return dict((await resident.get("/v1/track")).json())


async def test_a_note_to_the_resident_is_on_her_page_and_an_inner_one_is_not(
    login: LogIn, client: AsyncClient
) -> None:
    siti = await login("siti@1374")
    desk = await open_case(siti)
    path = f"/v1/cases/{desk.ticket}/notes"
    await made(siti, path, {"text": "Rahasia dalam."})
    shown = await made(siti, path, {"text": "Datang besok dengan KK.", "to_resident": True})
    assert shown["to_resident"] is True
    page = await tracked(client, desk)
    assert [one["text"] for one in page["notes"]] == ["Datang besok dengan KK."]
    assert "Rahasia dalam" not in str(page)
    notes = (await siti.get(path)).json()["items"]
    assert [one["to_resident"] for one in notes] == [False, True]


async def test_a_closed_channel_shows_no_notes(login: LogIn, client: AsyncClient) -> None:
    siti, manager = await login("siti@1374"), await login("manajer@1374")
    desk = await open_case(siti)
    path = f"/v1/cases/{desk.ticket}/notes"
    await made(siti, path, {"text": "Datang besok.", "to_resident": True})
    raised = await siti.patch(f"/v1/cases/{desk.ticket}", {"confidentiality": "RAHASIA"}, etag=desk.etag)
    assert raised.status_code == 200, raised.text
    refused = await manager.post(path, {"text": "Datang lusa.", "to_resident": True})
    assert (refused.status_code, refused.json()["code"]) == (409, "closed_channel")
    assert "Datang" not in str(await tracked(client, desk))
