"""Front office, back office, and the second person who decides: at the desk, or at the secretariat."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from httpx import AsyncClient
from sqlalchemy import delete, select, update

from app.api.deps import House
from app.db.queries import knowledge
from app.db.session import transaction
from app.db.tables.access import Account, Grant
from app.db.tables.cases import Case, Task
from app.db.tables.hands import Absence
from app.db.tables.places import Policy
from tests.support.desk import Desk, open_case
from tests.support.factories import IDS
from tests.support.http import Person, log_in

pytestmark = pytest.mark.commits
RESOLVE = {"recommendation": "resolve", "reason": "Sudah dijelaskan.", "outcome": "information_given"}
INFORMED = {
    "outcome": "information_given",
    "told": {"at": "2026-01-06T03:00:00Z", "method": "phone", "by": "S"},
}


@pytest.fixture
async def siti(fresh_client: AsyncClient) -> Person:
    return await log_in(fresh_client, "siti@1374")


async def who(siti: Person, name: str) -> Person:
    return await log_in(siti.client, f"{name}@1374")


async def proposed(siti: Person, body: dict[str, Any] = RESOLVE, **changes: Any) -> Desk:
    desk = await open_case(siti, **changes)
    await desk.took("handle")
    await desk.took("propose", body)
    return desk


async def holder_of(desk: Desk, by: Person) -> str:
    return str((await desk.read(by))["holder"])


async def account_id(house: House, login: str) -> Any:
    async with transaction(house.database.sessions) as tx:
        return await tx.scalar(
            select(Account.id).where(Account.regency_code == "13.74", Account.login == login)
        )


async def test_a_desk_with_a_second_person_decides_itself(siti: Person) -> None:
    desk = await proposed(siti)
    hendra = await who(siti, "hendra")
    assert await holder_of(desk, hendra) == "desk"
    assert "decide_resolve" in [one["code"] for one in (await desk.read(hendra))["allowed_actions"]]
    shown = await desk.took("decide_resolve", INFORMED, hendra)
    assert (shown["status"]["code"], shown["holder"]) == ("resolved", "desk")


async def test_an_officer_of_the_desk_does_not_decide(siti: Person) -> None:
    desk = await proposed(siti)
    assert (await desk.step("decide_resolve", INFORMED, siti)).status_code == 403


@pytest.mark.parametrize("reason", ["absent", "inactive", "over", "gone"])
async def test_a_desk_without_a_second_person_proposes_to_the_secretariat(
    siti: Person, fresh_house: House, reason: str
) -> None:
    hendra, now = await account_id(fresh_house, "hendra"), datetime.now(UTC)
    mine = (Grant.regency_code == "13.74", Grant.account_id == hendra, Grant.role == "desk_coordinator")
    async with transaction(fresh_house.database.sessions) as tx:
        match reason:
            case "absent":
                tx.add(
                    Absence(
                        regency_code="13.74",
                        id=IDS.new_id(now),
                        account_id=hendra,
                        from_on=now.date() - timedelta(days=1),
                        to_on=now.date() + timedelta(days=1),
                        reason="leave",
                        created_at=now,
                    )
                )
            case "inactive":
                await tx.execute(
                    update(Account)
                    .where(Account.regency_code == "13.74", Account.id == hendra)
                    .values(active=False)
                )
            case "over":
                await tx.execute(update(Grant).where(*mine).values(valid_to=now.date() - timedelta(days=2)))
            case _:
                await tx.execute(delete(Grant).where(*mine))
    desk = await proposed(siti)
    manager = await who(siti, "manajer")
    assert await holder_of(desk, manager) == "secretariat"
    shown = await desk.took("decide_resolve", INFORMED, manager)
    assert (shown["status"]["code"], shown["holder"]) == ("resolved", "desk")


async def test_the_only_coordinator_puts_her_own_proposal_to_the_secretariat(siti: Person) -> None:
    hendra = await who(siti, "hendra")
    desk = await proposed(hendra)
    assert await holder_of(desk, hendra) == "secretariat"
    assert "decide_resolve" not in [one["code"] for one in (await desk.read(hendra))["allowed_actions"]]
    alone = await desk.step("decide_resolve", INFORMED, hendra)
    assert (alone.status_code, alone.json()["code"]) == (403, "put_to_secretariat")
    assert (await desk.took("decide_resolve", INFORMED, await who(siti, "pemaraf")))["holder"] == "desk"


@pytest.mark.parametrize(
    ("programs", "holder"), [(["PKH"], "secretariat"), ([], "secretariat"), (["PBI_REAKTIVASI"], "desk")]
)
async def test_what_is_not_left_to_desks_is_put_to_the_secretariat(
    siti: Person, programs: list[str], holder: str
) -> None:
    body = {"recommendation": "refer", "reason": "Layak.", "programs": programs}
    desk = await proposed(siti, body)
    hendra = await who(siti, "hendra")
    assert await holder_of(desk, hendra) == holder
    sent = {"referrals": [{"program": "PKH", "purpose": "AID"}], "incomplete_reason": "Menyusul."}
    refused = await desk.step("decide_refer", sent, hendra)
    assert refused.status_code == (403 if holder == "secretariat" else 409)
    assert refused.json()["code"] == (
        "put_to_secretariat" if holder == "secretariat" else "secretariat_decides"
    )
    await desk.read(manager := await who(siti, "manajer"))
    assert (await desk.took("decide_refer", sent, manager))["holder"] == "desk"


async def test_a_proposal_of_the_secretariat_stays_there(siti: Person) -> None:
    desk = await open_case(siti)
    await desk.read(office := await who(siti, "sekretariat"))
    await desk.took("handle", {}, office)
    await desk.took("propose", RESOLVE, office)
    assert await holder_of(desk, office) == "secretariat"


async def test_a_returned_proposal_goes_back_to_its_maker_with_the_note(
    siti: Person, fresh_house: House
) -> None:
    desk = await proposed(siti)
    hendra = await who(siti, "hendra")
    await desk.read(hendra)
    back = await desk.took("return", {"note": "Lengkapi hasil kunjungan."}, hendra)
    assert (back["status"]["code"], back["holder"]) == ("handling", "desk")
    maker = await account_id(fresh_house, "siti")
    async with transaction(fresh_house.database.sessions) as tx:
        case = await tx.scalar(select(Case).where(Case.ticket == desk.ticket))
        assert case is not None
        assert case.assignee_id == maker
        (task,) = (await tx.scalars(select(Task).where(Task.kind == "correct_proposal"))).all()
        assert (task.assignee_id, task.text_id is not None, task.done_at) == (maker, True, None)
    events = (await siti.get(f"/v1/cases/{desk.ticket}/events")).json()["items"]
    assert "case.assigned" in [one["type"] for one in events]
    assert "Lengkapi" not in str(events)
    await desk.read()
    await desk.took("propose", RESOLVE)
    async with transaction(fresh_house.database.sessions) as tx:
        done = await tx.scalar(select(Task.done_at).where(Task.kind == "correct_proposal"))
    assert done is not None


async def test_where_the_maker_has_left_the_task_waits_for_whoever_has_the_case(
    siti: Person, fresh_house: House
) -> None:
    desk = await proposed(siti)
    async with transaction(fresh_house.database.sessions) as tx:
        await tx.execute(
            update(Account)
            .where(Account.regency_code == "13.74", Account.login == "siti")
            .values(active=False)
        )
    manager = await who(siti, "manajer")
    await desk.read(manager)
    await desk.took("return", {"note": "Kurang."}, manager)
    async with transaction(fresh_house.database.sessions) as tx:
        case = await tx.scalar(select(Case).where(Case.ticket == desk.ticket))
        task = await tx.scalar(select(Task).where(Task.kind == "correct_proposal"))
    assert case is not None
    assert task is not None
    assert (case.assignee_id, task.assignee_id) == (None, None)


@pytest.mark.parametrize(("asked", "code"), [(True, 409), (False, 200)])
async def test_the_maker_decides_only_where_the_regency_does_not_ask_for_four_eyes(
    siti: Person,
    fresh_house: House,
    asked: bool,  # noqa: FBT001  # a column of the table
    code: int,
) -> None:
    async with transaction(fresh_house.database.sessions) as tx:
        tx.add(
            Policy(
                regency_code="13.74",
                id=IDS.new_id(datetime.now(UTC)),
                name="four_eyes",
                value={"value": {"publish_rules": True, "close_complaints": True, "decide": asked}},
                source="OURS",
                trust="OURS",
            )
        )
        await knowledge.bump(tx, ["policies"])
    await fresh_house.knowledge.current(datetime.now(UTC) + timedelta(seconds=5))
    manager = await who(siti, "manajer")
    desk = await open_case(siti)
    await desk.read(manager)
    await desk.took("handle", {}, manager)
    await desk.took("propose", RESOLVE, manager)
    answer = await desk.step("decide_resolve", INFORMED, manager)
    assert answer.status_code == code, answer.text
    if asked:
        assert answer.json()["code"] == "second_person_needed"
        assert (await desk.step("decide_resolve", INFORMED, await who(siti, "kadis"))).status_code == 200


@pytest.mark.parametrize("outcome", ["complaint_upheld", "information_given", "passed_to_other_system"])
async def test_nobody_closes_a_complaint_alone(siti: Person, outcome: str) -> None:
    desk = await open_case(siti, kind="PENGADUAN", category="PROGRAM_KURANG", program="PKH")
    await desk.took("handle")
    body = {**INFORMED, "outcome": outcome}
    alone = await desk.step("resolve", body)
    assert (alone.status_code, alone.json()["code"]) == (409, "second_person_needed")
    await desk.took("propose", {**RESOLVE, "outcome": outcome})
    hendra = await who(siti, "hendra")
    await desk.read(hendra)
    assert (await desk.took("decide_resolve", body, hendra))["status"]["code"] == "resolved"
