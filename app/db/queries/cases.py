"""How cases are found, listed, counted and changed; every function takes the actor's sight."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    and_,
    exists,
    func,
    literal,
    or_,
    select,
    tuple_,
    union,
)

from app.db.queries.outside import called
from app.db.queries.scope import Sight, case_clauses, sees_case
from app.db.session import Tx
from app.db.tables.cases import Case, CaseAbout, Clock, Task
from app.db.tables.people import Person
from app.db.tables.referrals import Referral
from app.domain.errors import NotFound

AT_REST = ("resolved", "closed", "void")


class Order(StrEnum):
    """What a list is sorted by. By a time that a case has not, it is not in the list."""

    OPENED = "opened"
    """Newest first."""
    DUE = "due"
    """Most urgent first."""
    ESCALATED = "escalated"
    """Standing longest before somebody first."""


@dataclass(frozen=True, slots=True)
class CaseFilter:
    """What a list is narrowed by; a field that is None narrows nothing."""

    status: Sequence[str] | None = None
    kind: str | None = None
    category: str | None = None
    sector: str | None = None
    priority: str | None = None
    region: str | None = None
    holder: str | None = None
    assignee: UUID | None = None
    program: str | None = None
    agency: str | None = None
    outside_reference: str | None = None
    """The number that another system knows it by, exactly."""
    overdue: tuple[bool, datetime] | None = None
    """Whether the earliest clock was due before the instant, or not."""
    escalated: bool | None = None
    """Whether an overdue clock stands before somebody."""
    due_before: datetime | None = None
    updated_after: datetime | None = None
    opened_from: datetime | None = None
    opened_to: datetime | None = None
    """Exclusive."""
    order: Order = Order.OPENED


@dataclass(frozen=True, slots=True)
class Search:
    """One thing typed into the search field, already turned into what can be looked up."""

    ticket: str | None = None
    digests: Sequence[bytes] = ()
    """Look-up digests of the text as NIK, KK or phone."""
    name_key: str | None = None


@dataclass(frozen=True, slots=True)
class Page:
    limit: int
    after: tuple[datetime, UUID] | None = None


def not_found() -> NotFound:
    return NotFound(
        id="Kasus tidak ditemukan, atau berada di luar wilayah tugas Anda.",
        en="No such case, or it lies outside your area.",
    )


async def find_case(tx: Tx, sight: Sight, tenant: str, ticket: str, *, for_update: bool = False) -> Case:
    """Return the case of *ticket*, locked when *for_update*.

    Raises:
        NotFound: there is none, or the actor may not know of it.
    """
    statement = select(Case).where(Case.regency_code == tenant, Case.ticket == ticket, sees_case(sight))
    found = await tx.scalar(statement.with_for_update() if for_update else statement)
    if found is None:
        raise not_found()
    return found


async def is_seen(tx: Tx, sight: Sight, case: Case) -> bool:
    """Tell whether the case, as it is in this transaction, lies in the sight."""
    await tx.flush()
    statement = select(Case.id).where(
        Case.regency_code == case.regency_code, Case.id == case.id, sees_case(sight)
    )
    return await tx.scalar(statement) is not None


async def case_by_id(tx: Tx, regency_code: str, case_id: UUID, *, for_update: bool = False) -> Case | None:
    """Return a case by its key, without asking who looks: for the service's own steps."""
    statement = select(Case).where(Case.regency_code == regency_code, Case.id == case_id)
    return await tx.scalar(statement.with_for_update() if for_update else statement)


async def case_seen(tx: Tx, sight: Sight, regency_code: str, case_id: UUID) -> Case | None:
    """Return a case by its key if the actor sees it: an agency sees its referrals and not their cases."""
    found: Case | None = await tx.scalar(
        select(Case).where(Case.regency_code == regency_code, Case.id == case_id, sees_case(sight))
    )
    return found


async def list_cases(
    tx: Tx, sight: Sight, wanted: CaseFilter, page: Page, search: Search | None = None
) -> Sequence[Case]:
    """Return up to ``limit + 1`` cases in their order: the one too many says that there is a next page."""
    by, after, order = _ordered(wanted.order, page.after)
    filters = [*conditions(wanted, sight), *_search(search), *after]
    branches = [
        select(Case.regency_code, by, Case.id).where(clause, *filters).order_by(*order).limit(page.limit + 1)
        for clause in case_clauses(sight)
    ]
    if not branches:
        return []
    keys = union(*branches).subquery() if len(branches) > 1 else branches[0].subquery()
    statement = (
        select(Case)
        .join(keys, and_(Case.regency_code == keys.c.regency_code, Case.id == keys.c.id))
        .order_by(*order)
        .limit(page.limit + 1)
    )
    return (await tx.scalars(statement)).all()


def place_of(case: Case, order: Order) -> tuple[datetime, UUID]:
    """Return where a case of a list stands in its order."""
    at = {Order.DUE: case.due_at, Order.ESCALATED: case.escalated_at}.get(order)
    return at or case.opened_at, case.id


def _ordered(order: Order, after: tuple[datetime, UUID] | None) -> tuple[Any, list[ColumnElement[bool]], Any]:
    """Return the column that sorts, the clause of what comes after a place, and the order."""
    if order is Order.OPENED:
        beyond = [] if after is None else [tuple_(Case.opened_at, Case.id) < after]
        return Case.opened_at, beyond, (Case.opened_at.desc(), Case.id.desc())
    by: Any = Case.due_at if order is Order.DUE else Case.escalated_at
    beyond = [] if after is None else [tuple_(by, Case.id) > after]
    return by, beyond, (by, Case.id)


async def count_cases(tx: Tx, sight: Sight, wanted: CaseFilter, search: Search | None = None) -> int:
    """Return exactly how many cases the list of the same sight and filter holds."""
    keys = case_keys(sight, [*conditions(wanted, sight), *_search(search)])
    if keys is None:
        return 0
    return await tx.scalar(select(func.count()).select_from(keys.subquery())) or 0


def case_keys(sight: Sight, filters: Sequence[ColumnElement[bool]]) -> Any:
    branches = [select(Case.regency_code, Case.id).where(c, *filters) for c in case_clauses(sight)]
    if not branches:
        return None
    return union(*branches) if len(branches) > 1 else branches[0]


def conditions(wanted: CaseFilter, sight: Sight) -> list[ColumnElement[bool]]:
    """Return the filter as clauses on ``cases``."""
    found: list[ColumnElement[bool]] = []
    for column, value in (
        (Case.kind, wanted.kind),
        (Case.category, wanted.category),
        (Case.sector, wanted.sector),
        (Case.priority, wanted.priority),
        (Case.holder, wanted.holder),
        (Case.assignee_id, wanted.assignee),
    ):
        if value is not None:
            found.append(column == value)
    if wanted.status is not None:
        found.append(Case.status.in_(wanted.status))
    if wanted.region is not None:
        found.append(or_(*(_in_region(code, sight) for code in sight.family_of(wanted.region))))
    if wanted.program is not None:
        found.append(
            or_(Case.program_code == wanted.program, _referred(Referral.program_code, wanted.program))
        )
    if wanted.agency is not None:
        found.append(_referred(Referral.agency_code, wanted.agency))
    if wanted.outside_reference is not None:
        found.append(called(wanted.outside_reference))
    return [*found, *_times(wanted)]


def _times(wanted: CaseFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.overdue is not None:
        late, now = wanted.overdue
        found.append(Case.due_at < now if late else or_(Case.due_at.is_(None), Case.due_at >= now))
    if wanted.escalated is not None:
        stands = Case.escalated_at.is_not(None)
        found.append(stands if wanted.escalated else ~stands)
    if wanted.order is not Order.OPENED:
        found.append((Case.due_at if wanted.order is Order.DUE else Case.escalated_at).is_not(None))
    if wanted.due_before is not None:
        found.append(Case.due_at < wanted.due_before)
    if wanted.updated_after is not None:
        found.append(Case.updated_at > wanted.updated_after)
    if wanted.opened_from is not None:
        found.append(Case.opened_at >= wanted.opened_from)
    if wanted.opened_to is not None:
        found.append(Case.opened_at < wanted.opened_to)
    return found


def _in_region(region: str, sight: Sight) -> ColumnElement[bool]:
    parts = region.split(".")
    tenant = Case.regency_code == ".".join(parts[:2])
    match len(parts):
        case 1:
            return Case.regency_code.in_(sight.regencies_of(region))
        case 2:
            return tenant
        case 3:
            return and_(tenant, Case.district_code == region)
        case _:
            return and_(tenant, Case.village_code == region)


def _referred(column: Any, value: str) -> ColumnElement[bool]:
    return exists().where(
        Referral.regency_code == Case.regency_code, Referral.case_id == Case.id, column == value
    )


def _search(search: Search | None) -> list[ColumnElement[bool]]:
    if search is None:
        return []
    ways: list[ColumnElement[bool]] = []
    if search.ticket is not None:
        ways.append(Case.ticket == search.ticket)
    if search.digests:
        ways.append(
            _of_person(
                or_(
                    Person.nik_digest.in_(search.digests),
                    Person.kk_digest.in_(search.digests),
                    Person.phone_digest.in_(search.digests),
                )
            )
        )
    if search.name_key:
        ways.append(_of_person(Person.name_key.startswith(search.name_key, autoescape=True)))
    return [or_(*ways)] if ways else [literal(value=False)]


def _of_person(clause: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(Person.regency_code == Case.regency_code, Person.id == Case.person_id, clause)


# What hangs on a case ---------------------------------------------------------------------------------


async def person_of(tx: Tx, found: Case) -> Person | None:
    if found.person_id is None:
        return None
    return await tx.scalar(
        select(Person).where(Person.regency_code == found.regency_code, Person.id == found.person_id)
    )


async def persons_of(tx: Tx, cases: Sequence[Case]) -> dict[tuple[str, UUID], Person]:
    """Return the persons of a page of cases by (tenant, id), in one statement."""
    keys = [(c.regency_code, c.person_id) for c in cases if c.person_id is not None]
    if not keys:
        return {}
    tenants = {tenant for tenant, _ in keys}
    rows = await tx.scalars(
        select(Person).where(Person.regency_code.in_(tenants), Person.id.in_([id_ for _, id_ in keys]))
    )
    return {(row.regency_code, row.id): row for row in rows}


async def abouts_of(tx: Tx, found: Case) -> Sequence[CaseAbout]:
    statement = select(CaseAbout).where(
        CaseAbout.regency_code == found.regency_code, CaseAbout.case_id == found.id
    )
    return (await tx.scalars(statement.order_by(CaseAbout.n))).all()


async def clocks_of(tx: Tx, found: Case) -> Sequence[Clock]:
    statement = select(Clock).where(Clock.regency_code == found.regency_code, Clock.case_id == found.id)
    return (await tx.scalars(statement.order_by(Clock.started_at, Clock.id))).all()


async def tasks_of(tx: Tx, found: Case) -> Sequence[Task]:
    statement = select(Task).where(Task.regency_code == found.regency_code, Task.case_id == found.id)
    return (await tx.scalars(statement.order_by(Task.created_at, Task.id))).all()
