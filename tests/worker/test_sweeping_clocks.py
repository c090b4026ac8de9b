"""Clocks that act: whom a silent case reaches, in which order, when, and what ends the silence."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from httpx import AsyncClient

from app.api.deps import House
from app.db.queries.sweeping import unescalatable
from app.db.session import read_only
from app.domain.sla import local_date
from tests.conftest import LogIn
from tests.support.desk import Desk, act, open_case
from tests.support.http import Person, log_in
from tests.support.overdue import multiply
from tests.support.sweeping import MOMENT, TENANT, Sweeper

pytestmark = pytest.mark.commits
LADDER = ("desk_coordinator", "supervisor", "manager", "head", "secretariat")
HENDRA = "(SELECT id FROM accounts WHERE regency_code = '13.74' AND login = 'hendra')"
AWAY = (
    "INSERT INTO absences (regency_code, id, account_id, from_on, to_on, reason, created_at, ended_at) "  # noqa: S608
    f"VALUES ('13.74', gen_random_uuid(), {HENDRA}, :first, :last, 'sakit', :at, :ended)"
)
DARURAT = {"priority": "DARURAT", "priority_reason": "Bahaya."}


@pytest.fixture
async def sweeper(house: House, tmp_path: Path) -> AsyncIterator[Sweeper]:
    """A worker; whatever the test did, every chain and every cache holds in the end."""
    made = Sweeper.of(house, tmp_path)
    yield made
    await made.sound()


@pytest.fixture
async def siti(login: LogIn) -> Person:
    return await login("siti@1374")


async def login_of(sweeper: Sweeper, account: object) -> str | None:
    async with read_only(sweeper.database.sessions) as tx:
        row = (await tx.connection()).exec_driver_sql("SELECT login FROM accounts WHERE id = $1", (account,))
        return (await row).scalar_one_or_none()


async def rungs(sweeper: Sweeper, desk: Desk) -> list[str]:
    return [one.rung for one in await sweeper.escalations(desk.ticket) if one.ended_at is None]


# The ladder ---------------------------------------------------------------------------------------------


async def test_a_silent_case_is_reminded_of_and_then_climbs_to_the_secretariat(
    sweeper: Sweeper, siti: Person
) -> None:
    desk = await open_case(siti)
    clock = await sweeper.running(desk.ticket)
    reminded = await sweeper.look(desk.ticket)
    assert clock.started_at < reminded < clock.due_at
    (event,) = await sweeper.events(desk.ticket, "case.reminded")
    assert await login_of(sweeper, event.data["account_id"]) == "hendra"
    assert await sweeper.look(desk.ticket) == clock.due_at
    assert await rungs(sweeper, desk) == ["desk_coordinator"]
    case = await sweeper.case(desk.ticket)
    assert (case.escalated_at, case.escalated_to) == (clock.due_at + MOMENT, "desk_coordinator")
    await sweeper.look(desk.ticket, times=4)
    assert await rungs(sweeper, desk) == list(LADDER)
    logins = [await login_of(sweeper, one.account_id) for one in await sweeper.escalations(desk.ticket)]
    assert logins == ["hendra", "supervisor", "manajer", "kadis", None]
    assert (await sweeper.case(desk.ticket)).escalated_to == "secretariat"
    assert (await sweeper.running(desk.ticket)).act_at is None
    said = [(one.data["rung"], one.actor_kind) for one in await sweeper.events(desk.ticket, "case.escalated")]
    assert said == [(rung, "system") for rung in LADDER]


async def test_each_rung_has_a_working_day_from_when_it_was_told(sweeper: Sweeper, siti: Person) -> None:
    desk = await open_case(siti)
    await sweeper.look(desk.ticket, times=2)
    # The worker was away for three weeks: the next rung is not told in the same minute as this one.
    await sweeper.look(desk.ticket)
    sweeper.at += timedelta(days=21)
    await sweeper.run()
    await sweeper.run()
    put = await sweeper.escalations(desk.ticket)
    assert len(put) == 3
    calendar = (await sweeper.house.knowledge.current(sweeper.at)).calendar(TENANT)
    assert (await sweeper.running(desk.ticket)).act_at == calendar.add_days(put[-1].at, 1)


async def test_an_emergency_climbs_by_the_hour_day_and_night(sweeper: Sweeper, siti: Person) -> None:
    desk = await open_case(siti, **DARURAT)
    mine = [one for one in await sweeper.clocks(desk.ticket) if one.step == "first_response"]
    due = mine[0].due_at
    assert due is not None
    sweeper.at = due + MOMENT
    await sweeper.run()
    put = [one for one in await sweeper.escalations(desk.ticket) if one.clock_id == mine[0].id]
    (clock,) = [one for one in await sweeper.clocks(desk.ticket) if one.id == mine[0].id]
    assert [one.rung for one in put] == ["desk_coordinator"]
    assert clock.act_at == put[0].at + timedelta(hours=1)


async def test_the_assignee_comes_first_and_nobody_twice(sweeper: Sweeper, siti: Person) -> None:
    desk = await open_case(siti)
    taken = f"UPDATE cases SET assignee_id = {HENDRA} WHERE ticket = :ticket"  # noqa: S608
    await sweeper.execute(taken, ticket=desk.ticket)
    await sweeper.look(desk.ticket, times=3)
    # Hendra also leads the desk: as that he was told already.
    assert await rungs(sweeper, desk) == ["assignee", "supervisor"]


EMPTIED = {
    "inactive": f"UPDATE accounts SET active = false WHERE id = {HENDRA}",  # noqa: S608
    "on leave": AWAY,
    "grant over": f"UPDATE grants SET valid_to = CAST(:first AS date) - 1 WHERE account_id = {HENDRA}",  # noqa: S608
    "not begun": f"UPDATE grants SET valid_from = CAST(:first AS date) + 1 WHERE account_id = {HENDRA}",  # noqa: S608
}


@pytest.mark.parametrize("how", EMPTIED)
async def test_a_rung_where_nobody_stands_goes_to_the_next_at_once(
    fresh_house: House, fresh_client: AsyncClient, tmp_path: Path, how: str
) -> None:
    sweeper = Sweeper.of(fresh_house, tmp_path)
    desk = await open_case(await log_in(fresh_client, "siti@1374"))
    await sweeper.look(desk.ticket)
    due = (await sweeper.running(desk.ticket)).due_at
    assert due is not None
    day = local_date(due + MOMENT, TENANT)
    bound = {"first": day, "last": day, "at": sweeper.at, "ended": None}
    statement = EMPTIED[how]
    await sweeper.execute(statement, **{name: bound[name] for name in bound if f":{name}" in statement})
    await sweeper.look(desk.ticket)
    assert await rungs(sweeper, desk) == ["supervisor"]


async def test_leave_that_is_over_or_was_ended_empties_no_rung(
    fresh_house: House, fresh_client: AsyncClient, tmp_path: Path
) -> None:
    sweeper = Sweeper.of(fresh_house, tmp_path)
    desk = await open_case(await log_in(fresh_client, "siti@1374"))
    due = (await sweeper.running(desk.ticket)).due_at
    assert due is not None
    day = local_date(due + MOMENT, TENANT)
    for first, last, ended in (
        (day - timedelta(days=9), day - timedelta(days=1), None),
        (day + timedelta(days=1), None, None),
        (day - timedelta(days=9), None, sweeper.at),
    ):
        await sweeper.execute(AWAY, first=first, last=last, at=sweeper.at, ended=ended)
    await sweeper.look(desk.ticket, times=2)
    assert await rungs(sweeper, desk) == ["desk_coordinator"]


async def test_with_every_rung_empty_ten_thousand_cases_land_with_the_secretariat_in_one_sweep(
    fresh_house: House, fresh_client: AsyncClient, tmp_path: Path
) -> None:
    sweeper = Sweeper.of(fresh_house, tmp_path)
    desk = await open_case(await log_in(fresh_client, "siti@1374"))
    await multiply(sweeper.database, desk.ticket, 9_999)
    await sweeper.execute(
        "UPDATE accounts SET active = false WHERE regency_code = '13.74' AND id IN (SELECT account_id "
        "FROM grants WHERE role IN ('desk_coordinator', 'desk_officer', 'supervisor', 'manager', 'head'))"
    )
    due = (await sweeper.running(desk.ticket)).due_at
    assert due is not None
    sweeper.at = due + MOMENT
    await sweeper.run()
    landed = "SELECT count(*) FROM escalations WHERE rung = 'secretariat' AND account_id IS NULL"
    assert await sweeper.count(landed) == 10_000
    assert await sweeper.count("SELECT count(*) FROM escalations") == 10_000
    assert await sweeper.count("SELECT count(*) FROM cases WHERE escalated_to = 'secretariat'") == 10_000
    assert await sweeper.count("SELECT count(*) FROM events WHERE type = 'case.escalated'") == 10_000
    assert await sweeper.count("SELECT count(*) FROM clocks WHERE act_at IS NOT NULL") == 0
    async with read_only(sweeper.database.sessions) as tx:
        assert await unescalatable(tx) == 0


async def test_a_clock_that_stands_nowhere_shows(sweeper: Sweeper, siti: Person) -> None:
    desk = await open_case(siti)
    await sweeper.look(desk.ticket, times=2)
    async with read_only(sweeper.database.sessions) as tx:
        assert await unescalatable(tx) == 0
    (put,) = await sweeper.escalations(desk.ticket)
    await sweeper.execute("UPDATE escalations SET ended_at = at WHERE id = :id", id=put.id)
    async with read_only(sweeper.database.sessions) as tx:
        assert await unescalatable(tx) == 1
    await sweeper.execute("UPDATE escalations SET ended_at = NULL WHERE id = :id", id=put.id)


# Who may know -------------------------------------------------------------------------------------------


async def test_a_closed_case_climbs_only_to_those_who_may_see_it(sweeper: Sweeper, siti: Person) -> None:
    desk = await open_case(siti, confidentiality="RAHASIA")
    assert (await sweeper.case(desk.ticket)).closed_to == "manager"
    await sweeper.look(desk.ticket, times=3)
    put = await sweeper.escalations(desk.ticket)
    logins = [await login_of(sweeper, one.account_id) for one in put]
    # First the manager herself, then her office; never the desk, the supervisor or the head.
    assert list(zip([one.rung for one in put], logins, strict=True)) == [
        ("manager", "manajer"),
        ("manager", None),
    ]
    assert (await sweeper.running(desk.ticket)).act_at is None


async def test_whoever_is_complained_of_is_never_told(
    sweeper: Sweeper, siti: Person, fresh_client: AsyncClient
) -> None:
    admin = await log_in(fresh_client, "admin@1374")
    accounts = {
        one["login"]: one["id"] for one in (await admin.get("/v1/accounts?limit=200")).json()["items"]
    }
    about = [{"kind": "account", "ref": accounts["kadis@1374"], "text": None}]
    desk = await open_case(siti, kind="PENGADUAN", category="LAYANAN_PETUGAS", about=about)
    case = await sweeper.case(desk.ticket)
    assert case.closed_to == "inspectorate"
    await sweeper.look(desk.ticket, times=2)
    (put,) = await sweeper.escalations(desk.ticket)
    assert (put.rung, await login_of(sweeper, put.account_id)) == ("inspectorate", "inspektorat")
    assert (await sweeper.running(desk.ticket)).act_at is None
    told = {one.data.get("account_id") for one in await sweeper.events(desk.ticket)}
    kadis = accounts["kadis@1374"].partition("-")[2]
    assert kadis not in {str(one).replace("-", "") for one in told}


async def test_a_restricted_case_passes_over_who_may_not_see_it(sweeper: Sweeper, siti: Person) -> None:
    desk = await open_case(siti, confidentiality="TERBATAS")
    # Its holder's coordinator may; were it another desk's, she may not.
    await sweeper.execute(
        "UPDATE cases SET desk_id = NULL, holder = 'secretariat' WHERE ticket = :t", t=desk.ticket
    )
    await sweeper.look(desk.ticket, times=2)
    assert await rungs(sweeper, desk) == ["supervisor"]


# The clock moves on -------------------------------------------------------------------------------------


async def test_a_step_ends_what_stood_before_somebody(sweeper: Sweeper, siti: Person) -> None:
    desk = await open_case(siti)
    await sweeper.look(desk.ticket, times=3)
    await desk.read()
    await desk.took("verify")
    assert await rungs(sweeper, desk) == []
    case = await sweeper.case(desk.ticket)
    assert (case.escalated_at, case.escalated_to) == (None, None)
    clock = await sweeper.running(desk.ticket)
    assert (clock.step, clock.acts) == ("verification", 0)
    await sweeper.look(desk.ticket, times=2)
    assert await rungs(sweeper, desk) == ["desk_coordinator"]


async def test_a_pause_holds_the_looks_and_a_resumed_clock_is_reminded_of_anew(
    sweeper: Sweeper, siti: Person
) -> None:
    desk = await open_case(siti)
    await sweeper.look(desk.ticket)
    await desk.took("ask_completion", {"missing": ["KK"]})
    states = {one.step: (one.state, one.act_at) for one in await sweeper.clocks(desk.ticket)}
    assert states["first_response"] == ("paused", None)
    await desk.took("complete", {"papers": ["KK"]})
    clock = await sweeper.running(desk.ticket)
    assert (clock.step, clock.acts) == ("first_response", 0)
    assert clock.act_at is not None


async def test_a_pause_without_effect_ends_no_escalation(sweeper: Sweeper, siti: Person) -> None:
    desk = await open_case(siti)
    clock = await sweeper.running(desk.ticket)
    long_ago = clock.started_at - timedelta(days=60)
    calendar = (await sweeper.house.knowledge.current(sweeper.at)).calendar(TENANT)
    await sweeper.execute(
        "UPDATE clocks SET entries = jsonb_build_array(jsonb_build_object('kind', 'start', 'at', "
        "CAST(:at AS timestamptz))), started_at = :at, due_at = :due, act_at = :due WHERE id = :id",
        at=long_ago,
        due=calendar.add_days(long_ago, 1),
        id=clock.id,
    )
    await sweeper.run()
    assert await rungs(sweeper, desk) == ["desk_coordinator"]
    await desk.read()
    await desk.took("ask_completion", {"missing": ["KK"]})
    assert await rungs(sweeper, desk) == ["desk_coordinator"]
    assert (await sweeper.case(desk.ticket)).escalated_to == "desk_coordinator"


async def test_a_longer_limit_takes_an_overdue_clock_back(sweeper: Sweeper, siti: Person) -> None:
    desk = await open_case(siti, priority="MENDESAK", priority_reason="Sakit.")
    await sweeper.look(desk.ticket, times=2)
    assert await rungs(sweeper, desk) == ["desk_coordinator"]
    await desk.read()
    changed = await siti.patch(
        f"/v1/cases/{desk.ticket}", {"priority": "BIASA", "priority_reason": "Sembuh."}, etag=desk.etag
    )
    assert changed.status_code == 200, changed.text
    clock = await sweeper.running(desk.ticket)
    assert (await rungs(sweeper, desk), clock.acts) == ([], 0)
    assert (await sweeper.case(desk.ticket)).escalated_at is None


# Silence of the resident --------------------------------------------------------------------------------


async def test_papers_that_never_come_end_the_case(sweeper: Sweeper, siti: Person) -> None:
    desk = await open_case(siti)
    await desk.took("ask_completion", {"missing": ["KK"]})
    await sweeper.look(desk.ticket)
    assert [one.data["step"] for one in await sweeper.events(desk.ticket, "case.reminded")] == ["completion"]
    await sweeper.look(desk.ticket)
    case = await sweeper.case(desk.ticket)
    assert (case.status, case.outcome) == ("resolved", "incomplete_expired")
    assert await sweeper.escalations(desk.ticket) == []
    (task,) = (await desk.read())["tasks"]
    assert task["kind"]["code"] == "tell_resident"
    last = (await sweeper.events(desk.ticket, "case.step_taken"))[-1]
    assert (last.data["action"], last.actor_kind) == ("expire", "system")


async def test_an_urgent_case_never_lapses_for_want_of_papers(sweeper: Sweeper, siti: Person) -> None:
    desk = await open_case(siti, priority="MENDESAK", priority_reason="Sakit.")
    await desk.took("ask_completion", {"missing": ["KK"]})
    for clock in await sweeper.clocks(desk.ticket):
        assert clock.due_at is not None
        sweeper.at = max(sweeper.at, clock.due_at + MOMENT)
    await sweeper.run()
    assert (await sweeper.case(desk.ticket)).status == "incomplete"
    steps = {one.step for one in await sweeper.escalations(desk.ticket)}
    assert steps == {"first_response", "completion"}


async def test_an_incomplete_case_waits_for_its_running_referrals(
    sweeper: Sweeper, siti: Person, login: LogIn
) -> None:
    desk = await open_case(siti)
    (referral,) = await desk.refer({"program": "BLT_KOTA", "purpose": "AID"})
    dinsos = await login("dinsos@1374")
    accepted = await act(dinsos, referral, "accept")
    assert accepted.status_code == 200, accepted.text
    await desk.read()
    await desk.took("ask_completion", {"missing": ["KK"]})
    (completion,) = [one for one in await sweeper.clocks(desk.ticket) if one.step == "completion"]
    assert completion.due_at is not None
    sweeper.at = completion.due_at + MOMENT
    await sweeper.run()
    assert (await sweeper.case(desk.ticket)).status == "incomplete"
    (put,) = [one for one in await sweeper.escalations(desk.ticket) if one.step == "completion"]
    ended = await act(siti, referral, "revoke", {"reason": "withdrawn"})
    assert ended.status_code == 200, ended.text
    # Nothing stands in the way any more: it ends when the next rung would be told.
    (completion,) = [one for one in await sweeper.clocks(desk.ticket) if one.step == "completion"]
    assert completion.act_at is not None
    assert completion.act_at > put.at
    sweeper.at = completion.act_at + MOMENT
    await sweeper.run()
    case = await sweeper.case(desk.ticket)
    assert (case.status, case.outcome) == ("resolved", "incomplete_expired")


async def test_a_resident_who_says_nothing_closes_her_case_unconfirmed(
    sweeper: Sweeper, siti: Person
) -> None:
    desk = await open_case(siti)
    told = {"at": (sweeper.at - timedelta(hours=1)).isoformat(), "method": "phone", "by": "Siti"}
    await desk.took("resolve", {"outcome": "information_given", "told": told})
    clock = await sweeper.running(desk.ticket)
    assert clock.step == "confirmation"
    await sweeper.look(desk.ticket, times=2)
    case = await sweeper.case(desk.ticket)
    assert (case.status, case.confirmed_by) == ("closed", "silence")
    assert case.closed_at == sweeper.at
    assert await sweeper.escalations(desk.ticket) == []


async def test_nobody_who_was_not_told_is_silent(sweeper: Sweeper, siti: Person) -> None:
    desk = await open_case(siti)
    await desk.took("resolve", {"outcome": "information_given"})
    sweeper.at += timedelta(days=365)
    await sweeper.run()
    assert (await sweeper.case(desk.ticket)).status == "resolved"


async def test_an_objection_escalates_and_never_lapses(sweeper: Sweeper, siti: Person) -> None:
    desk = await open_case(siti)
    told = {"at": (sweeper.at - timedelta(minutes=5)).isoformat(), "method": "phone", "by": "Siti"}
    await desk.took("resolve", {"outcome": "service_given", "told": told})
    by_desk = {"method": "in_person", "witness": "Ketua RT"}
    await desk.took("dispute", {"reason": "Belum.", "by_desk": by_desk})
    await sweeper.look(desk.ticket, times=6)
    assert (await sweeper.case(desk.ticket)).status == "handling"
    assert await rungs(sweeper, desk) == list(LADDER)
    sweeper.at += timedelta(days=365)
    await sweeper.run()
    assert (await sweeper.case(desk.ticket)).status == "handling"
