"""A case that is opened again: who gets it back, what is no longer counted, and until when it may be."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from httpx import AsyncClient
from sqlalchemy import select, update

from app.api.deps import House
from app.db.session import read_only, transaction
from app.db.tables.access import Account
from app.db.tables.cases import Case
from app.db.tables.hands import Assignment
from app.domain.ids import parse_public_id
from tests.conftest import LogIn
from tests.support.desk import Desk, acted, open_case
from tests.support.http import Person

pytestmark = pytest.mark.commits
TOLD = {"at": "2026-01-06T03:00:00Z", "method": "phone", "by": "Siti"}
BY_DESK = {"method": "in_person", "witness": "Ketua RT 001"}
REOPEN = {"reason": "Bantuan berhenti di tengah jalan."}


async def closed(desk: Desk) -> None:
    await desk.read()
    await desk.took("resolve", {"outcome": "information_given", "told": TOLD})
    await desk.took("confirm", {"received": [], "by_desk": BY_DESK})


async def given(desk: Desk, by: Person, account: str) -> None:
    answer = await by.post(f"/v1/cases/{desk.ticket}/assignments", {"account_id": account})
    assert answer.status_code == 201, answer.text


async def me(person: Person) -> str:
    return str((await person.get("/v1/me")).json()["id"])


async def set_row(house: House, ticket: str, **values: Any) -> None:
    async with transaction(house.database.sessions) as tx:
        await tx.execute(update(Case).where(Case.ticket == ticket).values(**values))


async def history(house: House, ticket: str) -> list[tuple[str | None, str | None]]:
    async with read_only(house.database.sessions) as tx:
        rows = await tx.execute(
            select(Assignment.account_id, Assignment.ended_as)
            .join(Case, (Case.regency_code == Assignment.regency_code) & (Case.id == Assignment.case_id))
            .where(Case.ticket == ticket)
            .order_by(Assignment.at, Assignment.id)
        )
    return [(row[0].hex if row[0] else None, row[1]) for row in rows]


async def test_the_former_assignee_gets_it_back(house: House, login: LogIn) -> None:
    siti, hendra = await login("siti@1374"), await login("hendra@1374")
    desk = await open_case(siti)
    hers = await me(siti)
    await given(desk, hendra, hers)
    await closed(desk)
    # Somebody tidied up meanwhile: nobody has the closed case in hand.
    await set_row(house, desk.ticket, assignee_id=None)
    await desk.read()
    assert (await desk.took("reopen", REOPEN))["assignee"] == hers
    assert [account for account, _ in await history(house, desk.ticket)] == [hers[5:]] * 2
    assert (await history(house, desk.ticket))[-1][1] is None
    events = (await siti.get(f"/v1/cases/{desk.ticket}/events?limit=200")).json()["items"]
    assert [one["data"]["assignee_id"] for one in events if one["type"] == "case.assigned"] == [hers, hers]


async def test_who_has_left_does_not_get_it_back(house: House, login: LogIn) -> None:
    siti, hendra, office = (
        await login("siti@1374"),
        await login("hendra@1374"),
        await login("sekretariat@1374"),
    )
    desk = await open_case(siti)
    account = await me(hendra)
    await given(desk, office, account)
    await desk.read()
    await desk.took("resolve", {"outcome": "information_given", "told": TOLD})
    named = parse_public_id(account)
    assert named is not None
    async with transaction(house.database.sessions) as tx:
        await tx.execute(update(Account).where(Account.id == named.id).values(active=False))
    shown = await desk.took("dispute", {"reason": "Belum.", "by_desk": BY_DESK})
    assert (shown["status"]["code"], shown["assignee"]) == ("handling", None)
    assert await history(house, desk.ticket) == [(account[5:], "reopened")]
    async with transaction(house.database.sessions) as tx:
        await tx.execute(update(Account).where(Account.id == named.id).values(active=True))


async def test_who_is_on_leave_does_not_get_it_back(login: LogIn) -> None:
    siti, hendra, office = (
        await login("siti@1374"),
        await login("hendra@1374"),
        await login("sekretariat@1374"),
    )
    desk = await open_case(siti)
    account = await me(hendra)
    await given(desk, office, account)
    await closed(desk)
    supervisor = await login("supervisor@1374")
    leave = {"account": account, "from": (datetime.now(UTC) - timedelta(days=1)).date().isoformat()}
    away = await supervisor.post("/v1/absences", {**leave, "reason": "leave"})
    assert away.status_code == 201, away.text
    await desk.read()
    assert (await desk.took("reopen", REOPEN))["assignee"] is None
    ended = await supervisor.post(f"/v1/absences/{away.json()['id']}/end", None)
    assert ended.status_code == 200, ended.text


async def test_a_case_that_was_opened_again_counts_as_resolved_nowhere(login: LogIn) -> None:
    siti, office = await login("siti@1374"), await login("sekretariat@1374")
    desk = await open_case(siti)

    async def resolved_in_list() -> bool:
        path = "/v1/cases?limit=200&status=resolved&status=closed"
        return desk.ticket in [one["ticket"] for one in (await siti.get(path)).json()["items"]]

    async def handled() -> int:
        cells = (await office.get("/v1/dashboards/queue")).json()["by_status"]
        return sum(cell["count"] for cell in cells if cell["value"] == "handling")

    before = await handled()
    await closed(desk)
    assert await resolved_in_list()
    await desk.read()
    shown = await desk.took("reopen", REOPEN)
    # Nothing of the end is left on the case, so that no count of the period finds it there.
    assert (shown["outcome"], shown["reopened_count"]) == (None, 1)
    assert not await resolved_in_list()
    assert await handled() == before + 1
    # The log says both: when it ended and that this was taken back, whatever the period that is counted.
    events = (await siti.get(f"/v1/cases/{desk.ticket}/events?limit=200")).json()["items"]
    steps = [one["data"] for one in events if one["type"] == "case.step_taken"]
    assert [(one["from_status"], one["to_status"], one.get("outcome")) for one in steps] == [
        ("registered", "resolved", "information_given"),
        ("resolved", "closed", None),
        ("closed", "handling", None),
    ]


@pytest.mark.parametrize(("days", "open_still"), [(4, True), (6, False)])
async def test_the_window_is_the_regencys_policy_for_desk_and_resident(
    house: House, client: AsyncClient, login: LogIn, days: int, *, open_still: bool
) -> None:
    siti, head = await login("siti@1374"), await login("kadis@1374")
    rule = {"region": "13.74", "name": "reopen_window_days", "value": 5, "source": "Perwako 1/2026"}
    assert (await head.post("/v1/policies", rule)).status_code == 201
    # A process may hold what it knows for a second.
    await house.knowledge.current(house.clock() + timedelta(seconds=2))
    desk = await open_case(siti)
    await closed(desk)
    await set_row(house, desk.ticket, closed_at=house.clock() - timedelta(days=days))
    shown = await desk.read()
    assert ("reopen" in {one["code"] for one in shown["allowed_actions"]}) is open_still
    entered = await client.post("/v1/track", json={"ticket": desk.ticket, "pin": desk.pin})
    resident = Person(client, entered.json()["access_token"], "resident")
    assert ("dispute" in (await resident.get("/v1/track")).json()["allowed_actions"]) is open_still
    late = await resident.post("/v1/track/dispute", {"reason": "Belum menerima."})
    assert late.status_code == (200 if open_still else 409)
    if open_still:
        after = await desk.read()
        assert (after["status"]["code"], after["reopened_count"], after["disputed_count"]) == (
            "handling",
            1,
            1,
        )


async def test_a_resident_who_withdraws_takes_back_what_was_sent(client: AsyncClient, login: LogIn) -> None:
    siti, dinsos = await login("siti@1374"), await login("dinsos@1374")
    desk = await open_case(siti)
    blt, waiting = await desk.refer(
        {"program": "BLT_KOTA", "purpose": "AID"}, {"program": "UMUM.DINSOS-1374", "purpose": "INFORMATION"}
    )
    await acted(dinsos, blt, "accept")
    await acted(dinsos, waiting, "accept", {"waitlist_position": 3})
    entered = await client.post("/v1/track", json={"ticket": desk.ticket, "pin": desk.pin})
    resident = Person(client, entered.json()["access_token"], "resident")
    answer = await resident.post("/v1/track/withdraw", {"note": "Sudah dibantu keluarga."})
    assert (answer.status_code, answer.json()["status"]["code"]) == (200, "void")
    shown = await desk.read()
    assert {one["status"]["code"] for one in shown["referrals"]} == {"revoked"}
    referral = (await siti.get(f"/v1/referrals/{blt}")).json()
    assert (referral["reason"], {one["state"]["code"] for one in referral["lines"]}) == (
        "withdrawn",
        {"stopped"},
    )
    seen = (await dinsos.get(f"/v1/referrals/{blt}")).json()
    assert (seen["sight"], seen["bundle"]) == ("id_only", None)
    again = await resident.post("/v1/track/withdraw", {})
    assert again.status_code == 409
