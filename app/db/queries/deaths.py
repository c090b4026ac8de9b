"""What a death touches, read under the lock of the person, and what is kept of it."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, exists, or_, select

from app.db.queries.acting import Acting
from app.db.queries.cases import AT_REST, case_by_id
from app.db.queries.scope import Sight, live_referral, sees_case
from app.db.session import Tx
from app.db.tables.cases import Case
from app.db.tables.people import Death, Person
from app.db.tables.referrals import AssistanceLine, Referral
from app.domain.codes import LedgerState


async def locked_person(tx: Tx, tenant: str, person_id: UUID) -> Person | None:
    """Return the person as she is under her lock; lock her household next."""
    statement = select(Person).where(Person.regency_code == tenant, Person.id == person_id)
    found: Person | None = await tx.scalar(
        statement.with_for_update().execution_options(populate_existing=True)
    )
    return found


async def touched_cases(tx: Tx, person: Person) -> Sequence[UUID]:
    """Name her cases that are open, or have something running or planned, in the order of locking."""
    tenant = person.regency_code
    runs = exists().where(Referral.regency_code == tenant, Referral.case_id == Case.id, live_referral())
    planned = exists().where(
        AssistanceLine.regency_code == tenant, AssistanceLine.case_id == Case.id, _planned_for(person)
    )
    statement = select(Case.id).where(
        Case.regency_code == tenant,
        Case.person_id == person.id,
        or_(Case.status.notin_(AT_REST), runs, planned),
    )
    return (await tx.scalars(statement.order_by(Case.id))).all()


async def planned_lines(tx: Tx, person: Person, case_id: UUID | None) -> Sequence[AssistanceLine]:
    """Return what is planned for her in one case, or (None) outside any case."""
    await tx.flush()
    here = AssistanceLine.case_id.is_(None) if case_id is None else AssistanceLine.case_id == case_id
    statement = select(AssistanceLine).where(
        AssistanceLine.regency_code == person.regency_code, here, _planned_for(person)
    )
    return (await tx.scalars(statement.order_by(AssistanceLine.id).with_for_update())).all()


def _planned_for(person: Person) -> ColumnElement[bool]:
    return (AssistanceLine.person_id == person.id) & (AssistanceLine.state == LedgerState.PLANNED.value)


async def lines_by_id(tx: Tx, tenant: str, ids: Iterable[UUID]) -> Sequence[AssistanceLine]:
    statement = select(AssistanceLine).where(
        AssistanceLine.regency_code == tenant, AssistanceLine.id.in_(list(ids))
    )
    return (await tx.scalars(statement.order_by(AssistanceLine.id).with_for_update())).all()


async def locked_case(acting: Acting, tenant: str, case_id: UUID) -> Case | None:
    """Return the case as it is under its lock."""
    case = await case_by_id(acting.tx, tenant, case_id, for_update=True)
    if case is not None:
        await acting.tx.refresh(case)
    return case


async def deaths_of(tx: Tx, person: Person) -> Sequence[Death]:
    """Return every record of her death, the latest first; all but the first were taken back."""
    statement = select(Death).where(Death.regency_code == person.regency_code, Death.person_id == person.id)
    return (await tx.scalars(statement.order_by(Death.at.desc(), Death.id.desc()))).all()


async def tickets_in_sight(tx: Tx, sight: Sight, tenant: str, cases: Iterable[UUID]) -> dict[UUID, str]:
    """Name the tickets of those cases that the actor sees."""
    rows = await tx.execute(
        select(Case.id, Case.ticket).where(
            Case.regency_code == tenant, Case.id.in_(list(cases)), sees_case(sight)
        )
    )
    return {row.id: row.ticket for row in rows}
