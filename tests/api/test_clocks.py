"""The ledger of a case's clocks in words, and the lists by due and by escalated."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from app.api.deps import House
from tests.conftest import LogIn
from tests.support.desk import Desk, open_case
from tests.support.http import Person
from tests.support.sweeping import MOMENT, Sweeper

pytestmark = pytest.mark.commits


@pytest.fixture
async def sweeper(house: House, tmp_path: Path) -> AsyncIterator[Sweeper]:
    made = Sweeper.of(house, tmp_path)
    yield made
    await made.sound()


@pytest.fixture
async def siti(login: LogIn) -> Person:
    return await login("siti@1374")


async def ledger(reader: Person, desk: Desk) -> list[dict[str, Any]]:
    answer = await reader.get(f"/v1/cases/{desk.ticket}/clock")
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


def said(clock: dict[str, Any], language: str = "en") -> list[str]:
    return [line[language] for line in clock["words"]]


async def test_a_clock_tells_its_rule_what_ran_and_when_it_is_due(siti: Person) -> None:
    desk = await open_case(siti)
    (clock,) = await ledger(siti, desk)
    assert (clock["step"]["code"], clock["state"]) == ("first_response", "running")
    assert clock["limit"]["source"]
    assert clock["limit"]["unit"]["code"] == "working_days"
    english, indonesian = said(clock), said(clock, "id")
    assert len(english) == len(indonesian) == 5
    assert english[0].startswith("Limit: 1 working days (source: ")
    assert indonesian[0].startswith("Batas waktu: 1 hari kerja (sumber: ")
    assert english[1].startswith("Started: ")
    assert english[1].endswith(" WIB")
    assert english[3].startswith("Due: ")
    assert indonesian[3].startswith("Tenggat: ")
    assert clock["next_look_at"] < clock["due_at"]


async def test_it_tells_what_paused_a_clock_and_why(siti: Person) -> None:
    desk = await open_case(siti)
    await desk.took("ask_completion", {"missing": ["KK"]})
    first, completion = sorted(await ledger(siti, desk), key=lambda one: one["step"]["code"], reverse=True)
    assert (first["state"], completion["state"]) == ("paused", "running")
    assert first["entries"][-1]["kind"] == "pause"
    assert first["entries"][-1]["moved"] is True
    assert "papers were asked of the resident" in said(first)[2]
    assert "menunggu berkas dari warga" in said(first, "id")[2]
    assert "No time runs during the pause; the due time moves on" in said(first)
    assert first["next_look_at"] is None
    await desk.took("complete", {"papers": ["KK"]})
    first = next(one for one in await ledger(siti, desk) if one["step"]["code"] == "first_response")
    assert [one["kind"] for one in first["entries"]] == ["start", "pause", "resume"]
    assert "the papers are complete" in said(first)[3]


async def test_it_tells_that_a_pause_of_an_urgent_case_has_no_effect(siti: Person) -> None:
    desk = await open_case(siti, priority="MENDESAK", priority_reason="Sakit.")
    await desk.took("ask_completion", {"missing": ["KK"]})
    first = next(one for one in await ledger(siti, desk) if one["step"]["code"] == "first_response")
    assert (first["state"], first["limit"]["pausable"]) == ("running", False)
    assert first["entries"][-1]["moved"] is False
    assert "no effect: urgent or overdue" in said(first)[2]


async def test_it_tells_whom_an_overdue_clock_reached(sweeper: Sweeper, siti: Person) -> None:
    desk = await open_case(siti)
    await sweeper.look(desk.ticket, times=3)
    (clock,) = await ledger(siti, desk)
    assert [one["rung"]["code"] for one in clock["escalations"]] == ["desk_coordinator", "supervisor"]
    assert all(one["account"].startswith("1374-") for one in clock["escalations"])
    lines = said(clock, "id")
    assert [line.partition(":")[0] for line in lines if line.startswith("Dinaikkan")] == [
        "Dinaikkan ke Koordinator meja",
        "Dinaikkan ke Supervisor",
    ]
    await desk.read()
    await desk.took("verify")
    clock = next(one for one in await ledger(siti, desk) if one["step"]["code"] == "first_response")
    assert all(one["ended_at"] for one in clock["escalations"])
    assert "(selesai: " in "".join(said(clock, "id"))


async def test_it_tells_the_clocks_of_referrals_with_their_programme(siti: Person) -> None:
    desk = await open_case(siti)
    (referral,) = await desk.refer({"program": "BLT_KOTA", "purpose": "AID"})
    clock = next(one for one in await ledger(siti, desk) if one["referral"])
    assert (clock["referral"], clock["program"], clock["step"]["code"]) == (
        referral,
        "BLT_KOTA",
        "acceptance",
    )


@pytest.mark.parametrize("part", ["clock", "offers"])
async def test_a_case_out_of_sight_has_no_clock(login: LogIn, siti: Person, part: str) -> None:
    desk = await open_case(siti, confidentiality="RAHASIA")
    other = await login("yulia@1374")
    assert (await other.get(f"/v1/cases/{desk.ticket}/{part}")).status_code == 404


# Lists --------------------------------------------------------------------------------------------------


async def tickets(reader: Person, query: str) -> list[str]:
    found: list[str] = []
    cursor = ""
    while True:
        answer = await reader.get(f"/v1/cases?{query}&limit=2{cursor}")
        assert answer.status_code == 200, answer.text
        found += [one["ticket"] for one in answer.json()["items"]]
        if not answer.json()["next"]:
            return found
        cursor = f"&cursor={answer.json()['next']}"


async def test_lists_by_due_and_escalated_page_through_each_case_once(
    sweeper: Sweeper, siti: Person, login: LogIn
) -> None:
    office = await login("sekretariat@1374")
    urgent = {"priority": "MENDESAK", "priority_reason": "Sakit."}
    mine = [await open_case(siti, **more) for more in ({}, urgent, {}, urgent, {})]
    for desk in mine[:3]:
        due = (await sweeper.running(desk.ticket)).due_at
        assert due is not None
        sweeper.at = max(sweeper.at, due + MOMENT)
    await sweeper.run()
    closed = await open_case(siti)
    await closed.took("void", {"reason": "withdrawn"})
    own = {desk.ticket for desk in (*mine, closed)}
    rows = {ticket: await sweeper.case(ticket) for ticket in own}

    def ordered(column: str) -> list[str]:
        held = [row for row in rows.values() if getattr(row, column)]
        return [row.ticket for row in sorted(held, key=lambda row: (getattr(row, column), row.id))]

    for column, query in (("due_at", "sort=due"), ("escalated_at", "sort=escalated")):
        found = await tickets(office, query)
        assert len(found) == len(set(found))
        assert [one for one in found if one in own] == ordered(column)
        assert closed.ticket not in found
        counted = (await office.get(f"/v1/cases?{query}&count=true&limit=1")).json()["count"]
        assert counted == len(found)
    escalated = set(await tickets(office, "escalated=true"))
    quiet = set(await tickets(office, "escalated=false"))
    assert not escalated & quiet
    assert escalated & own == {row.ticket for row in rows.values() if row.escalated_at}
    assert escalated | quiet == set(await tickets(office, "sort=opened"))
    shown = (await office.get("/v1/cases?sort=escalated&limit=1")).json()["items"][0]
    # How high it stands by now depends on the hour: an urgent one climbs through the night.
    assert shown["escalated_to"]["code"] in {"desk_coordinator", "supervisor", "manager", "head"}
    assert shown["escalated_at"]


@pytest.mark.parametrize("query", ["sort=age", "escalated=maybe", "sort="])
async def test_an_unknown_order_is_refused(siti: Person, query: str) -> None:
    assert (await siti.get(f"/v1/cases?{query}")).status_code == 400


async def test_a_list_by_due_shows_what_is_most_urgent_first(siti: Person) -> None:
    ordinary = await open_case(siti)
    urgent = await open_case(siti, priority="DARURAT", priority_reason="Bahaya.")
    found = await tickets(siti, "sort=due")
    assert found.index(urgent.ticket) < found.index(ordinary.ticket)
