"""Lives of cases that differ in all that figures are split by, and the worker that counts them."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from sqlalchemy import select, update

from app.api.deps import House
from app.db.queries import work
from app.db.session import transaction
from app.db.tables.cases import Case, CaseReader
from app.db.tables.referrals import Referral
from app.domain.ids import parse_public_id
from app.worker.loop import JOBS, work_once
from tests.support.desk import CASE, a_person, open_case
from tests.support.http import Person
from tests.support.personas import PLACES, Kind
from tests.support.rights import R
from tests.support.working import make_tools

TENANT: Final = "13.74"


async def lived(house: House, people: dict[Kind, Person], folder: Path) -> None:
    """Let cases of every secrecy live in every place, with somebody named on some; count them all."""
    await varied(house, people, await lives(people))
    await count_all(house, folder)


async def count_all(house: House, folder: Path) -> None:
    """Run the worker until everything that happened is counted."""
    tools = make_tools(house.database, lambda: datetime.now(UTC), folder)
    async with transaction(house.database.sessions) as tx:
        await work.ensure_periodic(tx, tools.now())
    jobs = {kind: JOBS[kind] for kind in (work.NUMBER_FEED, work.COUNT_FIGURES)}
    for _ in range(4):
        await work_once(tools, jobs)


async def lives(people: dict[Kind, Person]) -> list[str]:
    """Open cases of every secrecy in every place, one about a handler; refer and return those at home."""
    found = []
    whom: tuple[dict[str, Any], ...] = (
        {},
        {"sex": "L", "born_on": "2015-03-04"},
        {"sex": "L", "born_on": "1950-03-04"},
    )
    desk = people[Kind(R.DESK_OFFICER, "own")]
    for n in range(12):
        secrecy = ("BIASA", "BIASA", "TERBATAS", "RAHASIA")[n % 4]
        made = await open_case(
            desk,
            subject={**a_person(), **whom[n % 3]} if n % 5 else {"kind": "place"},
            confidentiality=secrecy,
            channel=("DATANG", "TELEPON")[n % 2],
            **({"ppks": "LUT"} if n % 3 else {}),
        )
        found.append(made.ticket)
    for relation, village in PLACES.items():
        if relation != "own":
            maker = people[Kind(R.DESK_OFFICER, relation)]
            await open_case(maker, village=village)
            await open_case(maker, village=village, confidentiality="TERBATAS")
    found.append(await complain(people))
    manager = people[Kind(R.MANAGER, "own")]
    for n, ticket in enumerate(found):
        program = ("BLT_KOTA", "SEMBAKO_LANSIA", "UMUM.BAZNAS-1374")[n % 3]
        etag = (await manager.get(f"/v1/cases/{ticket}")).headers["ETag"]
        sent = {"referrals": [{"program": program, "purpose": "INFORMATION"}]}
        referred = await manager.post(f"/v1/cases/{ticket}/refer", sent, headers={"If-Match": etag})
        assert referred.status_code == 200, referred.text
    return found


async def complain(people: dict[Kind, Person]) -> str:
    """Complain about the desk officer at home, from a desk elsewhere."""
    accused = (await people[Kind(R.DESK_OFFICER, "own")].get("/v1/me")).json()["id"]
    about = {
        "kind": "PENGADUAN",
        "category": "LAYANAN_PETUGAS",
        "about": [{"kind": "account", "ref": accused}],
    }
    typist = people[Kind(R.DESK_OFFICER, "other_village")]
    answer = await typist.post("/v1/cases", {**CASE, **about, "subject": a_person()})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["ticket"])


def edges(n: int) -> datetime:
    """Half an hour before or after a month begins in the west, *n* months ago: in UTC it is another day."""
    first = date.today().replace(day=1)  # noqa: DTZ011  # which month it is matters to nothing here
    for _ in range(n):
        first = (first - timedelta(days=1)).replace(day=1)
    before = timedelta(minutes=-30 if n % 2 else 30)
    return datetime(first.year, first.month, first.day, tzinfo=UTC) - timedelta(hours=7) + before


ENDS: Final[tuple[dict[str, Any], ...]] = (
    {"status": "closed", "confirmed_by": "desk", "outcome": "aid_received", "rating": 5},
    {
        "status": "closed",
        "confirmed_by": "silence",
        "outcome": "not_eligible",
        "outcome_reason": "decile_too_high",
    },
    {"status": "resolved", "outcome": "information_given"},
    {"status": "void", "void_reason": "invalid"},
    {"status": "handling", "disputed_count": 1, "reopened_count": 1},
    {"status": "awaiting_decision", "bounce_count": 3},
    {"status": "handling", "escalated_to": "manager", "escalated_at": edges(1)},
    {"status": "handling", "escalated_to": "supervisor", "escalated_at": None},
    {"status": "closed", "confirmed_by": "resident", "outcome": "aid_partial", "rating": 3, "sector": None},
    {"status": "registered", "program_code": "PKH", "priority": "MENDESAK"},
    {
        "status": "void",
        "void_reason": "withdrawn",
        "rating": 2,
        "disputed_count": 1,
        "escalated_to": "manager",
    },
    {"status": "incomplete", "holder": "secretariat"},
    {"status": "handling"},
)
ANSWERS: Final[tuple[dict[str, Any], ...]] = (
    {"status": "fulfilled", "accepted_at": edges(2), "ended_at": edges(1)},
    {"status": "refused", "reason": "decile_too_high", "ended_at": edges(2)},
    {"status": "not_ours", "ended_at": edges(1)},
    {"status": "expired", "ended_at": edges(1)},
    {"status": "unfulfilled", "reason": "over_quota", "accepted_at": edges(1), "ended_at": edges(1)},
    {"status": "sent"},
)


async def varied(house: House, people: dict[Kind, Person], tickets: list[str]) -> None:
    """Write into the cases and referrals what their whole lives would have, and who is named on them."""
    ids = {kind: (await people[kind].get("/v1/me")).json()["id"] for kind in NAMED}
    async with transaction(house.database.sessions) as tx:
        rows = await tx.scalars(select(Case).where(Case.regency_code == TENANT, Case.ticket.in_(tickets)))
        cases = {row.ticket: row for row in rows}
        for n, ticket in enumerate(tickets):
            ended = {"resolved": ("resolved_at",), "closed": ("resolved_at", "closed_at")}
            more = {name: edges(1 + n % 2) for name in ended.get(ENDS[n]["status"], ())}
            of_case = (Case.regency_code == TENANT, Case.ticket == ticket)
            await tx.execute(
                update(Case).where(*of_case).values(**ENDS[n], **more, opened_at=edges(2 + n % 3))
            )
            of_referral = (Referral.regency_code == TENANT, Referral.case_id == cases[ticket].id)
            answer = ANSWERS[n % len(ANSWERS)]
            await tx.execute(update(Referral).where(*of_referral).values(**answer, sent_at=edges(3)))
        for kind, (n, standing) in NAMED.items():
            account = parse_public_id(ids[kind])
            assert account is not None
            if standing == "assigned":
                of_case = (Case.regency_code == TENANT, Case.ticket == tickets[n])
                await tx.execute(update(Case).where(*of_case).values(assignee_id=account.id))
                continue
            tx.add(
                CaseReader(
                    regency_code=TENANT,
                    case_id=cases[tickets[n]].id,
                    account_id=account.id,
                    standing=standing,
                    opened_at=edges(2),
                )
            )


NAMED: Final = {
    Kind(R.SECRETARIAT_OFFICER, "own"): (3, "named"),
    Kind(R.DESK_COORDINATOR, "own"): (7, "named"),
    Kind(R.SUPERVISOR, "own"): (0, "kept_out"),
    Kind(R.HEAD, "own"): (4, "kept_out"),
    Kind(R.AGENCY_OFFICER, "receiver"): (7, "named"),
    Kind(R.DESK_OFFICER, "other_village"): (2, "assigned"),
    Kind(R.VILLAGE_HEAD, "own"): (6, "assigned"),
}
"""Whom sight decides by name, and on which of the cases."""
