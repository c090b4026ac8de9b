"""Aid over HTTP: planned, given, stopped; nobody gets it through two doors, and places run out."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select, update

from app.api.deps import House
from app.db.session import transaction
from app.db.tables.cases import Case, Clock
from app.db.tables.events import Event
from app.db.tables.places import Allotment
from app.db.tables.referrals import AssistanceLine, Referral
from app.domain.ids import parse_public_id
from app.domain.sla import Entry, EntryKind, Limit, Rule, Unit, replay
from tests.conftest import LogIn
from tests.support.desk import Desk, act, acted, open_case
from tests.support.http import Person, log_in, serving
from tests.support.people import a_nik

pytestmark = pytest.mark.commits
BLT = {"program": "BLT_KOTA", "purpose": "AID"}
LANSIA = {"program": "SEMBAKO_LANSIA", "purpose": "AID"}


def cash(amount: int, period: str = "2026-01", **more: Any) -> dict[str, Any]:
    return {
        "component": "cash",
        "amount_idr": amount,
        "period": period,
        "date": "2026-01-05",
        "proof": "BAST 1",
        **more,
    }


@pytest.fixture
async def siti(login: LogIn) -> Person:
    return await login("siti@1374")


@pytest.fixture
async def dinsos(login: LogIn) -> Person:
    return await login("dinsos@1374")


async def events_of(house: House, desk: Desk) -> list[Event]:
    async with transaction(house.database.sessions) as tx:
        case_id = await tx.scalar(select(Case.id).where(Case.ticket == desk.ticket))
        found = await tx.scalars(select(Event).where(Event.stream_id == case_id).order_by(Event.n))
        return list(found)


async def test_three_instalments_fill_the_ledger_and_end_by_themselves(
    siti: Person, dinsos: Person, house: House
) -> None:
    desk = await open_case(siti)
    (referral,) = await desk.refer(BLT)
    shown = await acted(dinsos, referral, "accept")
    assert [(line["state"]["code"], line["planned_idr"]) for line in shown["lines"]] == [
        ("planned", 300_000)
    ] * 3
    await acted(dinsos, referral, "deliver", cash(300_000))
    early = await act(dinsos, referral, "fulfil", {"extent": "full"})
    assert (early.status_code, early.json()["code"]) == (409, "instalments_left")
    await acted(dinsos, referral, "deliver", cash(250_000, "2026-02"))
    shown = await acted(dinsos, referral, "deliver", cash(300_000, "2026-03"))
    assert (shown["status"]["code"], shown["fulfilled_as"]) == ("fulfilled", "full")
    assert sorted(line["amount_idr"] for line in shown["lines"]) == [250_000, 300_000, 300_000]
    assert await desk.status() == "handling"
    happened = await events_of(house, desk)
    last = [(row.type, row.actor_kind) for row in happened[-4:]]
    assert last == [
        ("referral.delivered", "officer"),
        ("ledger.given", "officer"),
        ("referral.fulfilled", "system"),
        ("case.step_taken", "system"),
    ]
    assert len({row.cause_id for row in happened[-4:]}) == 1
    assert sorted(row.data["difference_idr"] for row in happened if row.type == "ledger.given") == [
        -50_000,
        0,
        0,
    ]


async def test_an_end_before_time_stops_what_is_planned_and_frees_the_place(
    siti: Person, dinsos: Person, house: House
) -> None:
    async def taken() -> int:
        async with transaction(house.database.sessions) as tx:
            found = await tx.scalar(select(Allotment.taken).where(Allotment.program_code == "BLT_KOTA"))
            assert found is not None
            return int(found)

    desk, before = await open_case(siti), await taken()
    (referral,) = await desk.refer(BLT)
    await acted(dinsos, referral, "accept")
    assert await taken() == before + 1
    await acted(dinsos, referral, "deliver", cash(300_000))
    shown = await acted(siti, referral, "revoke", {"reason": "wrong_program"})
    assert sorted(line["state"]["code"] for line in shown["lines"]) == ["given", "stopped", "stopped"]
    assert await taken() == before


async def test_a_used_up_allotment_leaves_the_waiting_list(fresh_house: House) -> None:
    async with transaction(fresh_house.database.sessions) as tx:
        await tx.execute(
            update(Allotment).where(Allotment.program_code == "BLT_KOTA").values(taken=Allotment.quota)
        )
    async with serving(fresh_house) as client:
        siti, dinsos = await log_in(client, "siti@1374"), await log_in(client, "dinsos@1374")
        desk = await open_case(siti)
        (referral,) = await desk.refer(BLT)
        full = await act(dinsos, referral, "accept")
        assert (full.status_code, full.json()["code"]) == (409, "allotment_full")
        assert full.json()["data"]["hint"] == "waitlist"
        shown = await acted(dinsos, referral, "accept", {"waitlist_position": 12})
        assert (shown["status"]["code"], shown["waitlist_position"]) == ("waitlisted", 12)
        assert shown["lines"] == []
        assert await desk.status() == "handling"
        assert (await act(dinsos, referral, "start")).status_code == 409


async def test_of_two_doors_to_the_same_aid_one_opens(siti: Person, login: LogIn) -> None:
    yulia = await login("yulia@1374")
    nik = a_nik()
    person = {"kind": "person", "nik": nik, "name": "Yuliana Contoh", "born_on": "1991-07-05", "sex": "P"}
    first = await open_case(siti, subject=person)
    second = await open_case(
        yulia,
        subject=person,
        village="13.74.02.1004",
        category="PERMOHONAN_PANGAN",
        separate_reason="Perkara lain.",
    )
    answers = await asyncio.gather(
        first.step("refer", {"referrals": [LANSIA]}), second.step("refer", {"referrals": [LANSIA]})
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    refused = next(answer for answer in answers if answer.status_code == 409)
    assert refused.json()["code"] == "aid_excluded"


async def test_aid_that_excludes_is_refused_again_at_accept(
    siti: Person, dinsos: Person, house: House
) -> None:
    desk = await open_case(siti)
    (referral,) = await desk.refer(BLT)
    parsed = parse_public_id(referral)
    assert parsed is not None
    async with transaction(house.database.sessions) as tx:
        row = await tx.scalar(select(Referral).where(Referral.id == parsed.id))
        assert row is not None
        # Meanwhile a list of another body says that she holds PKH, which excludes BLT_KOTA.
        tx.add(_line(row, "PKH"))
    refused = await act(dinsos, referral, "accept")
    assert (refused.status_code, refused.json()["data"]["programs"]) == (409, ["PKH"])
    assert (await desk.read())["referrals"][0]["status"]["code"] == "sent"


def _line(row: Referral, program: str) -> AssistanceLine:
    now = datetime.now(UTC)
    return AssistanceLine(
        regency_code=row.regency_code,
        id=row.case_id,
        person_id=row.person_id,
        program_code=program,
        component="*",
        n=1,
        kind="cash",
        state="planned",
        period="2026-1",
        source="import",
        created_at=now,
        updated_at=now,
    )


async def test_what_only_warns_is_told(siti: Person) -> None:
    desk = await open_case(siti)
    await desk.refer({"program": "SEMBAKO", "purpose": "AID"})
    shown = await desk.took("refer", {"referrals": [LANSIA]})
    assert [(one["code"], one["subject"]) for one in shown["warnings"]] == [("aid_overlap", "SEMBAKO")]


async def test_the_due_times_kept_are_those_that_the_clocks_compute(
    siti: Person, dinsos: Person, house: House
) -> None:
    desk = await open_case(siti)
    await desk.took("verify")
    await desk.took("ask_completion", {"missing": ["KK"]})
    await desk.took("complete", {"papers": ["KK"]})
    await desk.took("record_verification", {"verdict": "confirmed", "method": "visit"})
    first, second = await desk.refer(BLT, {"program": "UMUM.DINSOS-1374", "purpose": "INFORMATION"})
    await acted(dinsos, first, "accept")
    await acted(dinsos, second, "return", {"missing": ["KK"]})
    async with transaction(house.database.sessions) as tx:
        case = await tx.scalar(select(Case).where(Case.ticket == desk.ticket))
        assert case is not None
        clocks = (await tx.scalars(select(Clock).where(Clock.case_id == case.id))).all()
        referrals = (await tx.scalars(select(Referral).where(Referral.case_id == case.id))).all()
    known = await house.knowledge.current(datetime.now(UTC))
    from_entries = {row.id: _computed(known, case, row) for row in clocks}
    for row in clocks:
        clock = from_entries[row.id]
        assert (row.due_at, row.stopped_at) == (clock.due_at, clock.stopped_at)
        assert (row.state == "running") is clock.is_running
    running = {row.id: row.due_at for row in clocks if row.state == "running"}
    assert case.due_at == min(due for due in running.values() if due)
    for referral in referrals:
        own = [row.due_at for row in clocks if row.referral_id == referral.id and row.id in running]
        assert referral.due_at == min(own, default=None)


def _computed(known: Any, case: Case, row: Clock) -> Any:
    rule = Rule(Limit(row.amount, Unit(row.unit)), known.calendar(case.regency_code), row.pausable)
    entries = [Entry(EntryKind(one["kind"]), datetime.fromisoformat(one["at"])) for one in row.entries]
    return replay(entries, rule)


async def test_the_ledger_is_read_through_the_cases_in_scope(
    siti: Person, dinsos: Person, login: LogIn
) -> None:
    desk = await open_case(siti)
    (referral,) = await desk.refer(BLT)
    await acted(dinsos, referral, "accept")
    listed = (await siti.get("/v1/assistance", case=desk.ticket, count="true")).json()
    assert (listed["count"], {line["state"]["code"] for line in listed["items"]}) == (3, {"planned"})
    person = listed["items"][0]["person"]
    same = (await siti.get("/v1/assistance", person=person, program="BLT_KOTA")).json()
    assert len(same["items"]) == 3
    elsewhere = await login("rini@1371")
    assert (await elsewhere.get("/v1/assistance", case=desk.ticket)).json()["items"] == []
    assert (await siti.get("/v1/assistance", person="nobody")).status_code == 400
