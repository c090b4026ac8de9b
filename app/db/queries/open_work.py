"""What somebody has open, case by case: the work of a hand-over."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Select, func, select, union

from app.db.queries.scope import Sight, sees_case
from app.db.session import Tx
from app.db.tables.cases import Case, Task
from app.db.tables.hands import Visit

AT_REST = ("resolved", "closed", "void")


@dataclass(frozen=True, slots=True)
class Owner:
    regency_code: str
    account_id: UUID


def _open_with(owner: Owner) -> list[Select[UUID]]:
    here, who = owner.regency_code, owner.account_id
    return [
        select(Case.id).where(
            Case.regency_code == here, Case.assignee_id == who, Case.status.not_in(AT_REST)
        ),
        select(Task.case_id).where(
            Task.regency_code == here, Task.assignee_id == who, Task.done_at.is_(None)
        ),
        select(Visit.case_id).where(
            Visit.regency_code == here, Visit.visitor_id == who, Visit.state == "planned"
        ),
    ]


async def cases_with(tx: Tx, owner: Owner, after: UUID | None, limit: int) -> Sequence[UUID]:
    """Return up to *limit* cases in which *owner* has something open, by id: the order of locking."""
    found = union(*_open_with(owner)).subquery()
    statement = select(found.c.id).order_by(found.c.id).limit(limit)
    if after is not None:
        statement = statement.where(found.c.id > after)
    return (await tx.scalars(statement)).all()


async def visible_left(tx: Tx, owner: Owner, sight: Sight, after: UUID | None) -> int:
    """Count the cases behind *after* in which *owner* has something open, as far as *sight* goes."""
    found = union(*_open_with(owner)).subquery()
    statement = (
        select(func.count())
        .select_from(Case)
        .join(found, found.c.id == Case.id)
        .where(Case.regency_code == owner.regency_code, sees_case(sight))
    )
    if after is not None:
        statement = statement.where(Case.id > after)
    return await tx.scalar(statement) or 0


async def visible(tx: Tx, regency_code: str, sight: Sight, cases: Collection[UUID]) -> set[UUID]:
    """Return those of *cases* that lie within *sight*."""
    rows = await tx.scalars(
        select(Case.id).where(Case.regency_code == regency_code, Case.id.in_(list(cases)), sees_case(sight))
    )
    return set(rows)


async def tasks_of(tx: Tx, case: Case, account_id: UUID) -> Sequence[Task]:
    statement = select(Task).where(
        Task.regency_code == case.regency_code,
        Task.case_id == case.id,
        Task.assignee_id == account_id,
        Task.done_at.is_(None),
    )
    return (await tx.scalars(statement.order_by(Task.id))).all()


async def visits_of(tx: Tx, case: Case, account_id: UUID) -> Sequence[Visit]:
    statement = select(Visit).where(
        Visit.regency_code == case.regency_code,
        Visit.case_id == case.id,
        Visit.visitor_id == account_id,
        Visit.state == "planned",
    )
    return (await tx.scalars(statement.order_by(Visit.id))).all()
