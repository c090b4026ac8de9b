"""Risk questions of violence and child protection: asked in the closed channel, and what they move."""

from datetime import datetime
from typing import Any

import pytest
from httpx import Response
from sqlalchemy import select, text

from app.api.deps import House
from app.db.queries.emergencies import alarm_key
from app.db.session import read_only
from app.db.tables.cases import Clock
from app.db.tables.places import Work
from tests.conftest import LogIn
from tests.support.desk import open_case
from tests.support.http import Person
from tests.support.secrecy import opened, row_of

pytestmark = pytest.mark.commits
HIGH = {"in_danger_now": True}


@pytest.fixture
async def manager(login: LogIn) -> Person:
    return await login("manajer@1374")


async def violence(login: LogIn, **changes: Any) -> str:
    told = await opened(await login("siti@1374"), category="KEKERASAN_PEREMPUAN", **changes)
    return str(told["ticket"])


async def ask(by: Person, ticket: str, answers: Any) -> Response:
    return await by.post(f"/v1/cases/{ticket}/risk", {"answers": answers})


async def test_a_high_risk_makes_it_an_emergency_and_sends_for_help(
    login: LogIn, manager: Person, house: House
) -> None:
    ticket = await violence(login)
    case = await row_of(house, ticket)
    assert case.priority == "MENDESAK"
    answer = await ask(manager, ticket, HIGH)
    assert answer.status_code == 201, answer.text
    assert answer.json()["items"][0]["level"]["code"] == "high"
    moved = await row_of(house, ticket)
    assert moved.priority == "DARURAT"
    assert moved.due_at is not None
    assert case.due_at is not None
    assert moved.due_at < case.due_at
    async with read_only(house.database.sessions) as tx:
        alarmed = await tx.scalar(
            select(Work.key).where(
                Work.regency_code == "13.74",
                Work.kind == "send_emergency",
                Work.key == alarm_key(case.id, "DARURAT"),
            )
        )
    assert alarmed is not None


async def test_every_assessment_stays_and_a_later_low_one_calms_nothing(
    login: LogIn, manager: Person, house: House
) -> None:
    ticket = await violence(login)
    await ask(manager, ticket, HIGH)
    await ask(manager, ticket, {"in_danger_now": False, "injured": None})
    shown = (await manager.get(f"/v1/cases/{ticket}/risk")).json()
    assert [one["level"]["code"] for one in shown["items"]] == ["high", "low"]
    assert shown["items"][1]["answers"][1]["answer"] is None
    assert len(shown["questions"]) > 8
    assert (await row_of(house, ticket)).priority == "DARURAT"


async def test_answers_stand_sealed_and_in_no_event(login: LogIn, manager: Person, house: House) -> None:
    ticket = await violence(login)
    await ask(manager, ticket, {"sexual_violence": True})
    async with read_only(house.database.sessions) as tx:
        for table in ("events", "risk_assessments"):
            rows = (await tx.execute(text(f"SELECT row_to_json(t)::text FROM {table} t"))).scalars()  # noqa: S608
            assert "sexual_violence" not in " ".join(rows), table
        levels = await tx.execute(text("SELECT data::text FROM events WHERE type = 'case.risk_assessed'"))
        assert all('"level"' not in row[0] for row in levels)


async def test_nobody_outside_the_closed_channel_asks_or_reads(login: LogIn, manager: Person) -> None:
    ticket = await violence(login)
    await ask(manager, ticket, HIGH)
    for name in ("siti", "hendra", "sekretariat", "kadis", "supervisor", "auditor"):
        other = await login(f"{name}@1374")
        assert (await other.get(f"/v1/cases/{ticket}/risk")).status_code == 404, name
        assert (await ask(other, ticket, HIGH)).status_code == 404, name


async def test_an_ordinary_case_has_no_risk_questions(login: LogIn) -> None:
    siti = await login("siti@1374")
    answer = await ask(siti, (await open_case(siti)).ticket, HIGH)
    assert (answer.status_code, answer.json()["code"]) == (409, "no_risk_questions")


@pytest.mark.parametrize("answers", [{}, {"unknown": True}, {"in_danger_now": "ya"}, None])
async def test_wrong_answers_are_refused(login: LogIn, manager: Person, answers: Any) -> None:
    assert (await ask(manager, await violence(login), answers)).status_code == 422


async def test_the_protection_standard_is_three_working_days_where_it_is_not_urgent(house: House) -> None:
    """domain.md 1.9: a violence report is followed up within three working days."""
    known = await house.knowledge.current(house.clock())
    for category in ("KEKERASAN", "KEKERASAN_ANAK", "KEKERASAN_PEREMPUAN", "EKSPLOITASI", "PERDAGANGAN_ORANG",
                     "ANAK_BERHADAPAN_HUKUM", "ANAK_DALAM_BAHAYA"):  # fmt: skip
        rows = [one for one in known.clocks["ID"] if one.category == category and one.step == "handling"]
        assert [(one.amount, one.unit.value) for one in rows] == [(3, "working_days")], category


async def test_an_urgent_one_is_faster_than_the_standard(login: LogIn, manager: Person, house: House) -> None:
    ticket = await violence(login)
    path = f"/v1/cases/{ticket}"
    etag = (await manager.get(path)).headers["ETag"]
    taken = await manager.post(f"{path}/handle", {}, headers={"If-Match": etag})
    assert taken.status_code == 200, taken.text
    case = await row_of(house, ticket)
    async with read_only(house.database.sessions) as tx:
        clock = await tx.scalar(
            select(Clock).where(
                Clock.regency_code == "13.74", Clock.case_id == case.id, Clock.step == "handling"
            )
        )
    assert clock is not None
    assert clock.due_at is not None
    assert isinstance(clock.started_at, datetime)
    assert (clock.due_at - clock.started_at).days <= 1
