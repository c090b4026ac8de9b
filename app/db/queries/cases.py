"""How cases are found, listed, counted and changed; every function takes the actor's sight."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
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

from app.db.queries.case_filter import CaseFilter, Order, conditions
from app.db.queries.scope import Sight, case_clauses, sees_case
from app.db.session import Tx
from app.db.tables.cases import Case, CaseAbout, Clock, Task
from app.db.tables.people import Person
from app.domain.errors import NotFound

AT_REST = ("resolved", "closed", "void")


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
