"""Leave, the supervisor's view, and handing over everything that somebody has open."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, update

from app.api.deps import House
from app.db.queries import work
from app.db.session import Tx, read_only, transaction
from app.db.tables.cases import Case, Task
from app.db.tables.hands import Visit
from app.db.tables.places import Work
from app.domain.access import Role
from app.domain.ids import parse_public_id
from app.services.leaving import BATCH
from app.worker.jobs.hand_over import hand_over
from tests.conftest import LogIn
from tests.support.desk import VILLAGE, Desk, open_case
from tests.support.factories import PASSWORD, make_account
from tests.support.hands import account_of, made, plan_visit
from tests.support.http import Person, log_in
from tests.support.working import make_tools

pytestmark = pytest.mark.commits
DAY = timedelta(days=1)
OPEN = "&".join(
    f"status={one}"
    for one in ("registered", "incomplete", "verifying", "handling", "awaiting_decision", "referred")
)


def day(n: int) -> str:
    return (datetime.now(UTC).date() + n * DAY).isoformat()


async def leave(by: Person, account: str, first: int, last: int | None, **more: Any) -> Any:
    body = {"account": account, "from": day(first), "to": None if last is None else day(last)}
    return await by.post("/v1/absences", {**body, "reason": "leave", **more})


async def new_officer(
    house: House, client: Any, login: str, role: Role = Role.DESK_OFFICER, region: str = VILLAGE
) -> Person:
    async with transaction(house.database.sessions) as tx:
        await make_account(tx, login, role=role, region=region)
    return await log_in(client, f"{login}@1374", PASSWORD)


async def give(by: Person, desk: Desk, account: str) -> None:
    await made(by, f"/v1/cases/{desk.ticket}/assignments", {"account_id": account})


# Leave ------------------------------------------------------------------------------------------------


async def test_somebody_on_leave_is_given_nothing(login: LogIn, house: House) -> None:
    supervisor, siti = await login("supervisor@1374"), await login("siti@1374")
    dewi = await new_officer(house, siti.client, "dewi.cuti")
    account = await account_of(dewi)
    desk = await open_case(siti)
    recorded = await leave(supervisor, account, -1, 3, deputy=await account_of(siti))
    assert recorded.status_code == 201, recorded.text
    shown = recorded.json()
    assert (shown["from"], shown["to"], shown["deputy_name"]) == (day(-1), day(3), "Siti Rahmah")
    answer = await supervisor.post(f"/v1/cases/{desk.ticket}/assignments", {"account_id": account})
    assert answer.json()["errors"][0]["code"] == "on_leave"
    load = (await supervisor.get("/v1/team/caseload", ticket=desk.ticket)).json()
    (hers,) = [one for one in load["items"] if one["account"] == account]
    assert hers["unfit"]["code"] == "on_leave"
    assert load["suggestion"]["account"] != account
    team = {one["account"]: one for one in (await supervisor.get("/v1/team")).json()["items"]}
    assert team[account]["leave"] == {"until": day(3), "deputy": await account_of(siti)}
    ended = await made(supervisor, f"/v1/absences/{shown['id']}/end", None)
    assert ended["ended_at"]
    await give(supervisor, desk, account)
    again = await supervisor.post(f"/v1/absences/{shown['id']}/end", None)
    assert (again.status_code, again.json()["code"]) == (409, "already_ended")


async def test_leave_that_cannot_be(login: LogIn, house: House) -> None:
    supervisor, siti = await login("supervisor@1374"), await login("siti@1374")
    dewi = await account_of(await new_officer(house, siti.client, "dewi.tak"))
    rini = await account_of(await login("rini@1371"))
    for answer, pointer in (
        (await leave(supervisor, dewi, 5, 4), "/to"),
        (await leave(supervisor, dewi, 0, 900), "/to"),
        (await leave(supervisor, dewi, 0, 1, reason="fun"), "/reason"),
        (await leave(supervisor, dewi, 0, 1, deputy=dewi), "/deputy"),
        (await leave(supervisor, dewi, 0, 1, deputy=rini), "/deputy"),
        (await leave(supervisor, "1374-0193a1b2c3d47e5f8a9b0c1d2e3f4a5b", 0, 1), "/account"),
    ):
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, pointer), answer.text
    assert (await leave(supervisor, dewi, 10, None)).status_code == 201
    for first, last in ((9, 10), (12, 13), (10, None), (0, None)):
        answer = await leave(supervisor, dewi, first, last)
        assert (answer.status_code, answer.json()["code"]) == (409, "already_absent")
    assert (await leave(supervisor, dewi, 8, 9)).status_code == 201


async def test_leave_is_the_teams_own(login: LogIn) -> None:
    supervisor, rizal = await login("supervisor@1374"), await login("rizal@1374")
    kadis, siti = await account_of(await login("kadis@1374")), await login("siti@1374")
    sitis = await account_of(siti)
    before = (await supervisor.get("/v1/absences", count="true", on=day(20))).json()["count"]
    assert (await leave(supervisor, kadis, 20, 21)).json()["code"] == "not_in_your_team"
    assert (await leave(rizal, sitis, 20, 21)).status_code == 403
    assert (await leave(siti, sitis, 20, 21)).status_code == 403
    made_ = await leave(supervisor, sitis, 20, 21)
    assert made_.status_code == 201
    assert (await leave(supervisor, await account_of(supervisor), 20, 21)).status_code == 201
    assert (await rizal.post(f"/v1/absences/{made_.json()['id']}/end", None)).status_code == 404
    assert sitis not in {one["account"] for one in (await rizal.get("/v1/absences")).json()["items"]}
    listed = (await supervisor.get("/v1/absences", count="true", limit=1, on=day(20))).json()
    assert (len(listed["items"]), listed["count"]) == (1, before + 2)
    rest = (await supervisor.get("/v1/absences", cursor=listed["next"], limit=200)).json()["items"]
    assert len(rest) == before + 1
    assert {sitis, await account_of(supervisor)} <= {one["account"] for one in [*listed["items"], *rest]}


# The team ---------------------------------------------------------------------------------------------


async def test_the_team_is_below_and_its_counts_are_the_lists(login: LogIn, house: House) -> None:
    siti, supervisor = await login("siti@1374"), await login("supervisor@1374")
    hendra, manager = await login("hendra@1374"), await login("manajer@1374")
    dewi = await new_officer(house, siti.client, "dewi.tim")
    account = await account_of(dewi)
    for secrecy in ("BIASA", "BIASA", "TERBATAS"):
        desk = await open_case(siti, confidentiality=secrecy)
        await give(supervisor, desk, account)
    closed = await open_case(siti, confidentiality="RAHASIA")
    named = await manager.post(f"/v1/cases/{closed.ticket}/readers", {"account": account})
    assert named.status_code == 201
    await give(manager, closed, account)
    await plan_visit(dewi, desk.ticket)
    await _wind_back(house, desk.ticket)
    resolved = await open_case(siti)
    await give(supervisor, resolved, account)
    await resolved.read()
    await resolved.took("resolve", {"outcome": "information_given"})
    found = {}
    for who in (supervisor, hendra, manager):
        team = {one["account"]: one for one in (await who.get("/v1/team")).json()["items"]}
        her = team[account]
        assert await account_of(who) not in team
        open_ = await _listed(who, account)
        late = await _listed(who, account, "&overdue=true")
        assert (her["open"], her["overdue"]) == (len(open_), len(late)), who.login
        assert her["oldest"] == min(one["opened_at"] for one in open_)
        found[who.login] = (her["open"], her["overdue"], her["visits_planned"])
    # Each counts what she sees: the manager the closed case too.
    assert found == {"supervisor@1374": (3, 1, 1), "hendra@1374": (3, 1, 1), "manajer@1374": (4, 1, 1)}
    logins = {one["login"] for one in (await hendra.get("/v1/team")).json()["items"]}
    assert "siti@1374" in logins
    assert not {"yulia@1374", "supervisor@1374", "kadis@1374", "hendra@1374"} & logins
    assert (await siti.get("/v1/team")).status_code == 403
    assert (await supervisor.get("/v1/team", region="13")).status_code == 400
    assert (await supervisor.get("/v1/team", region="13.71")).json()["items"] == []


async def _listed(who: Person, account: str, more: str = "") -> list[Any]:
    answer = await who.get(f"/v1/cases?{OPEN}&assignee={account}&limit=200{more}")
    return list(answer.json()["items"])


async def _wind_back(house: House, ticket: str) -> None:
    async with transaction(house.database.sessions) as tx:
        case = (
            await tx.scalars(select(Case).where(Case.regency_code == "13.74", Case.ticket == ticket))
        ).one()
        case.due_at = datetime.now(UTC) - DAY


# Handing over -----------------------------------------------------------------------------------------


async def open_with(tx: Tx, account: str) -> tuple[int, int, int]:
    """Count cases, tasks and visits that the account has open, whoever may see them."""
    found = parse_public_id(account)
    assert found is not None
    here, who = "13.74", found.id
    cases = select(func.count()).where(
        Case.regency_code == here, Case.assignee_id == who, Case.status.not_in(("resolved", "closed", "void"))
    )
    tasks = select(func.count()).where(
        Task.regency_code == here, Task.assignee_id == who, Task.done_at.is_(None)
    )
    visits = select(func.count()).where(
        Visit.regency_code == here, Visit.visitor_id == who, Visit.state == "planned"
    )
    return (
        int(await tx.scalar(cases) or 0),
        int(await tx.scalar(tasks) or 0),
        int(await tx.scalar(visits) or 0),
    )


async def test_everything_open_goes_to_the_deputy_and_nothing_stays(login: LogIn, house: House) -> None:
    siti, supervisor, manager = (
        await login("siti@1374"),
        await login("supervisor@1374"),
        await login("manajer@1374"),
    )
    dewi = await new_officer(house, siti.client, "dewi.pergi")
    account, sitis = await account_of(dewi), await account_of(siti)
    desks = [await open_case(siti, confidentiality=one) for one in ("BIASA", "BIASA", "TERBATAS")]
    for desk in desks:
        await give(supervisor, desk, account)
    ended = await open_case(siti)
    await give(supervisor, ended, account)
    await ended.read()
    await ended.took("resolve", {"outcome": "information_given"})
    await made(dewi, f"/v1/cases/{desks[0].ticket}/tasks", {"text": "Telepon.", "assignee": account})
    await plan_visit(dewi, desks[1].ticket)
    closed = await open_case(siti, confidentiality="RAHASIA")
    await manager.post(f"/v1/cases/{closed.ticket}/readers", {"account": account})
    await give(manager, closed, account)
    refused = await supervisor.post(f"/v1/team/{account}/hand-over", {})
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/to")
    assert (await leave(supervisor, account, 0, 5, deputy=sitis)).status_code == 201
    done = await made(supervisor, f"/v1/team/{account}/hand-over", {})
    # The closed case goes to its queue by the system, and the supervisor is told nothing of it.
    assert done == {"to_persons": 3, "to_queues": 0, "tasks": 1, "visits": 1, "left": 0}
    async with read_only(house.database.sessions) as tx:
        assert await open_with(tx, account) == (0, 0, 0)
    for desk in desks:
        assert (await desk.read())["assignee"] == sitis
    seen = (await manager.get(f"/v1/cases/{closed.ticket}/assignments")).json()["items"]
    assert [one["queue"] and one["queue"]["code"] for one in seen] == [None, "secretariat"]
    assert seen[0]["ended_as"]["code"] == "handed_over"
    events = (await manager.get(f"/v1/cases/{closed.ticket}/events")).json()["items"]
    assert events[-1]["actor"]["kind"] == "system"
    # A resolved case keeps who resolved it.
    assert (await ended.read())["assignee"] == account


async def test_an_even_spread_goes_by_room_and_place(login: LogIn, house: House) -> None:
    siti, supervisor = await login("siti@1374"), await login("supervisor@1374")
    here = "13.74.01.1008"
    people = [await new_officer(house, siti.client, f"rata.{n}", region=here) for n in range(3)]
    leaver, *rest = [await account_of(one) for one in people]
    for _ in range(5):
        desk = await open_case(people[0], village=here)
        await give(supervisor, desk, leaver)
    done = await made(supervisor, f"/v1/team/{leaver}/hand-over", {"balanced": True})
    assert (done["to_persons"], done["to_queues"]) == (5, 0)
    team = {one["account"]: one["open"] for one in (await supervisor.get("/v1/team")).json()["items"]}
    assert team[leaver] == 0
    assert sorted(team[one] for one in rest) == [2, 3]


async def test_what_the_person_may_not_have_waits_in_the_queue(login: LogIn, house: House) -> None:
    siti, supervisor = await login("siti@1374"), await login("supervisor@1374")
    dewi = await new_officer(house, siti.client, "dewi.batas")
    account, yulia = await account_of(dewi), await account_of(await login("yulia@1374"))
    desk = await open_case(siti)
    await give(supervisor, desk, account)
    done = await made(supervisor, f"/v1/team/{account}/hand-over", {"to": yulia})
    assert (done["to_persons"], done["to_queues"]) == (0, 1)
    assert (await desk.read())["assignee"] is None


async def test_who_may_not_hand_over(login: LogIn) -> None:
    siti, supervisor, rizal = (
        await login("siti@1374"),
        await login("supervisor@1374"),
        await login("rizal@1374"),
    )
    kadis = await account_of(await login("kadis@1374"))
    above = await supervisor.post(f"/v1/team/{kadis}/hand-over", {"balanced": True})
    assert (above.status_code, above.json()["code"]) == (403, "not_in_your_team")
    hers = await rizal.post(f"/v1/team/{await account_of(siti)}/hand-over", {"balanced": True})
    assert hers.status_code == 404
    for body in ({"queue": "heaven"}, {"to": await account_of(siti)}):
        answer = await supervisor.post(f"/v1/team/{await account_of(siti)}/hand-over", body)
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "no_target")


async def test_many_cases_are_moved_by_the_worker_also_when_it_dies(
    login: LogIn, house: House, tmp_path: Path
) -> None:
    siti, supervisor = await login("siti@1374"), await login("supervisor@1374")
    account = await account_of(await new_officer(house, siti.client, "dewi.banyak"))
    desks = [await open_case(siti) for _ in range(2 * BATCH + 3)]
    await _put_in_hand(house, desks, account)
    done = await made(supervisor, f"/v1/team/{account}/hand-over", {"to": await account_of(siti)})
    assert (done["to_persons"], done["left"]) == (BATCH, BATCH + 3)
    tools = make_tools(house.database, lambda: datetime.now(UTC), tmp_path)
    held = await _claimed(house)
    # The first worker stops before its first batch; the second does the rest.
    tools.stop.set()
    assert await hand_over(tools, held) is not None
    async with read_only(house.database.sessions) as tx:
        assert (await open_with(tx, account))[0] == BATCH + 3
    tools.stop.clear()
    assert await hand_over(tools, held) is None
    # A third begins where the row says, as if nobody had gone on: what was moved is not moved again.
    assert await hand_over(tools, held) is None
    async with read_only(house.database.sessions) as tx:
        assert await open_with(tx, account) == (0, 0, 0)
        (row,) = (await tx.scalars(select(Work).where(Work.id == held.id))).all()
        assert row.payload["after"] > held.payload["after"]
    for desk in (desks[0], desks[BATCH], desks[-1]):
        history = (await siti.get(f"/v1/cases/{desk.ticket}/assignments")).json()["items"]
        assert len(history) == 1


async def _put_in_hand(house: House, desks: list[Desk], account: str) -> None:
    found = parse_public_id(account)
    assert found is not None
    async with transaction(house.database.sessions) as tx:
        await tx.execute(
            update(Case)
            .where(Case.regency_code == "13.74", Case.ticket.in_([desk.ticket for desk in desks]))
            .values(assignee_id=found.id)
        )


async def _claimed(house: House) -> work.Claim:
    async with transaction(house.database.sessions) as tx:
        found = await work.claim(
            tx, "13.74", datetime.now(UTC), work.Wanted((work.HAND_OVER,), timedelta(minutes=2))
        )
        payloads = (await tx.scalars(select(Work.payload).where(Work.kind == work.HAND_OVER))).all()
    assert set(payloads[0]) == {"account", "target", "queue", "balanced", "by", "by_tenant", "after"}
    (held,) = found
    return held
