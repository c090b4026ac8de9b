"""Every cell of the figures opens a list that holds exactly as many, for every role that may read figures."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

import pytest
from httpx import AsyncClient
from sqlalchemy import select, update

from app.api.deps import House
from app.db.queries import work
from app.db.session import transaction
from app.db.tables.cases import Case, CaseReader
from app.db.tables.referrals import Referral
from app.domain.ids import parse_public_id
from app.domain.indicators import INDICATORS, Indicator, Subject
from app.domain.indicators import Kind as Counted
from app.domain.months import Month
from app.worker.loop import JOBS, work_once
from tests.support.desk import CASE, a_person, open_case
from tests.support.http import Person
from tests.support.personas import AGENCIES, EXPIRED, HOME, PLACES, RECEIVERS, REVOKED, Kind, kinds, settle
from tests.support.proof import LONG
from tests.support.rights import COUNTERS, R
from tests.support.working import make_tools

pytestmark = pytest.mark.commits

SHORT: Final = {"own", "receiver", "other_agency"}
ELSEWHERE: Final = {(R.DESK_OFFICER, "other_village"), (R.MANAGER, "other_regency")}
READERS: Final = [
    kind
    for kind in kinds()
    if kind.role in COUNTERS
    and kind not in {EXPIRED, REVOKED}
    and (LONG or kind.relation in SHORT or (kind.role, kind.relation) in ELSEWHERE)
]
ORDERED: Final = sorted(READERS, key=lambda kind: kind.relation != "own")
COUNTS: Final = [
    one for one in INDICATORS.values() if one.kind is not Counted.DURATION and one.code != "rating_sum"
]
"""What leads to a list."""
TENANT: Final = "13.74"


@dataclass
class Ground:
    house: House
    people: dict[Kind, Person]
    counted: dict[tuple[str, str, str], int] = field(default_factory=dict)

    def counts(self, kind: Kind) -> list[Indicator]:
        """What leads to a list that the reader may read."""
        receives = kind.relation in AGENCIES and kind.role in RECEIVERS
        return [one for one in COUNTS if not receives or one.subject is Subject.REFERRAL]

    async def ask(self, kind: Kind, **question: Any) -> dict[str, Any]:
        answer = await self.people[kind].post("/v1/metrics/query", question)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def holds(self, kind: Kind, name: str, query: str) -> int:
        """How many the list of that query holds; each is counted once."""
        key = (str(kind), name, query)
        if key not in self.counted:
            answer = await self.people[kind].get(f"/v1/{name}?limit=1&count=true&{query}")
            assert answer.status_code == 200, (query, answer.text)
            self.counted[key] = answer.json()["count"]
        return self.counted[key]


@pytest.fixture(scope="module")
async def ground(house: House, client: AsyncClient, tmp_path_factory: pytest.TempPathFactory) -> Ground:
    people = await settle(house, client)
    tickets = await lives(people)
    await varied(house, people, tickets)
    tools = make_tools(house.database, lambda: datetime.now(UTC), tmp_path_factory.mktemp("work"))
    async with transaction(house.database.sessions) as tx:
        await work.ensure_periodic(tx, tools.now())
    jobs = {kind: JOBS[kind] for kind in (work.NUMBER_FEED, work.COUNT_FIGURES)}
    for _ in range(4):
        await work_once(tools, jobs)
    return Ground(house, people)


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


def questions(measures: list[Indicator], number: int) -> Iterator[dict[str, Any]]:
    """Give questions that have each measure with its dimensions, its places and its months.

    In the short form a reader gets a share of them, and all readers together get all of them.
    """
    this = Month.of(edges(0).date() + timedelta(days=1))
    period = {"from": this.plus(-3).text, "to": this.text}
    asked = []
    for measure in measures:
        timed = {} if measure.kind is Counted.STOCK else period
        one = {"measures": [measure.code], **timed}
        asked += [{**one, "by": by} for by in measure.dimensions]
        asked += [{**one, "place": place} for place in ("regency", "district", "village")]
        asked += [{**one, "region": region, "by": measure.dimensions[0]} for region in (HOME, HOME[:8], "13")]
        asked += [{**one, "grain": "month"}] if timed else []
    yield from (one for n, one in enumerate(asked) if LONG or n % SHARE == number % SHARE)


SHARE: Final = len([kind for kind in READERS if kind.relation == "own"])
"""A reader gets one question in so many: those at home together get all, and the others their part."""


@pytest.mark.parametrize(("number", "kind"), list(enumerate(ORDERED)), ids=[str(one) for one in ORDERED])
async def test_each_cell_opens_a_list_of_as_many(ground: Ground, number: int, kind: Kind) -> None:
    told = 0
    for question in questions(ground.counts(kind), number):
        answer = await ground.ask(kind, **question)
        (figure,) = answer["figures"]
        assert answer["as_of"] is not None
        for cell in figure["cells"]:
            held = await ground.holds(kind, cell["list"], cell["filter"])
            assert held == cell["n"], (question, cell["filter"])
            told += cell["n"]
    assert told > 0
