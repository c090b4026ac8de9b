"""Ways out of aid, found through the cases that guide them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select, tuple_

from app.db.queries import work
from app.db.queries.acting import Acting
from app.db.queries.cases import case_by_id
from app.db.queries.scope import Sight, held_to_tenants, sees_case
from app.db.session import Tx
from app.db.tables.cases import Case
from app.db.tables.graduation import Graduation, GraduationReview
from app.db.tables.people import Person
from app.db.tables.referrals import AssistanceLine, Referral
from app.domain.codes import LedgerState, Purpose
from app.domain.graduation import GraduationState
from app.domain.referrals import ReferralStatus

S = ReferralStatus
_IN_PROGRAM: Final = [S.ACCEPTED.value, S.IN_SERVICE.value, S.FULFILLED.value]


@dataclass(frozen=True, slots=True)
class Wanted:
    region: str | None = None
    state: GraduationState | None = None
    program: str | None = None
    case: str | None = None
    """A ticket."""
    due_by: date | None = None
    """Only those whose review is due by then."""


Place = tuple[datetime, UUID]


async def listed(
    tx: Tx, sight: Sight, wanted: Wanted, after: Place | None, limit: int
) -> Sequence[tuple[Graduation, str]]:
    """Return ways out of aid with their tickets, the newest first."""
    statement = _seen(sight, wanted, Graduation, Case.ticket)
    if after is not None:
        statement = statement.where(tuple_(Graduation.created_at, Graduation.id) < after)
    statement = statement.order_by(Graduation.created_at.desc(), Graduation.id.desc())
    return [(row[0], row[1]) for row in await tx.execute(statement.limit(limit))]


async def counted(tx: Tx, sight: Sight, wanted: Wanted) -> int:
    return await tx.scalar(_seen(sight, wanted, func.count())) or 0


def _seen(sight: Sight, wanted: Wanted, *columns: Any) -> Any:
    found: list[ColumnElement[bool]] = [
        held_to_tenants(Graduation.regency_code.expression, sight),
        sees_case(sight),
    ]
    if wanted.region is not None:
        parts = wanted.region.split(".")
        found.append(Graduation.regency_code == ".".join(parts[:2]))
        if len(parts) > 2:  # noqa: PLR2004  # below the regency
            found.append(or_(Case.village_code == wanted.region, Case.district_code == wanted.region))
    if wanted.state is not None:
        found.append(Graduation.state == wanted.state.value)
    if wanted.program is not None:
        found.append(Graduation.program_code == wanted.program)
    if wanted.case is not None:
        found.append(Case.ticket == wanted.case)
    if wanted.due_by is not None:
        found += [Graduation.state == GraduationState.ACTIVE.value, Graduation.review_due_on <= wanted.due_by]
    of_case = and_(Case.regency_code == Graduation.regency_code, Case.id == Graduation.case_id)
    return select(*columns).select_from(Graduation).join(Case, of_case).where(*found)


async def seen(tx: Tx, sight: Sight, regency: str, graduation_id: UUID) -> tuple[Graduation, Case] | None:
    of_case = and_(Case.regency_code == Graduation.regency_code, Case.id == Graduation.case_id)
    row = (
        await tx.execute(
            select(Graduation, Case)
            .join(Case, of_case)
            .where(Graduation.regency_code == regency, Graduation.id == graduation_id, sees_case(sight))
        )
    ).one_or_none()
    return (row[0], row[1]) if row else None


async def lock(tx: Tx, regency: str, graduation_id: UUID) -> Graduation | None:
    """Lock it; its case was locked before."""
    found: Graduation | None = await tx.scalar(
        select(Graduation)
        .where(Graduation.regency_code == regency, Graduation.id == graduation_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return found


async def lock_with_case(tx: Tx, regency: str, graduation_id: UUID) -> tuple[Graduation, Case] | None:
    """Lock its case, then it: for the service's own acts."""
    case_id = await tx.scalar(
        select(Graduation.case_id).where(Graduation.regency_code == regency, Graduation.id == graduation_id)
    )
    case = await case_by_id(tx, regency, case_id, for_update=True) if case_id is not None else None
    row = await lock(tx, regency, graduation_id)
    return (row, case) if row is not None and case is not None else None


async def reviews_of(tx: Tx, row: Graduation) -> Sequence[GraduationReview]:
    found = await tx.scalars(
        select(GraduationReview)
        .where(GraduationReview.regency_code == row.regency_code, GraduationReview.graduation_id == row.id)
        .order_by(GraduationReview.n)
    )
    return found.all()


async def active_of(tx: Tx, person: Person, program: str) -> Graduation | None:
    found: Graduation | None = await tx.scalar(
        select(Graduation).where(
            Graduation.regency_code == person.regency_code,
            Graduation.person_id == person.id,
            Graduation.program_code == program,
            Graduation.state == GraduationState.ACTIVE.value,
        )
    )
    return found


async def is_in_program(tx: Tx, person: Person, program: str) -> bool:
    """Tell whether the ledger or an accepted referral has her in the programme."""
    line = select(AssistanceLine.id).where(
        AssistanceLine.regency_code == person.regency_code,
        AssistanceLine.person_id == person.id,
        AssistanceLine.program_code == program,
        AssistanceLine.state.in_((LedgerState.PLANNED.value, LedgerState.GIVEN.value)),
    )
    referral = select(Referral.id).where(
        Referral.regency_code == person.regency_code,
        Referral.person_id == person.id,
        Referral.program_code == program,
        Referral.purpose == Purpose.AID.value,
        Referral.status.in_(_IN_PROGRAM),
    )
    return bool(await tx.scalar(line.limit(1))) or bool(await tx.scalar(referral.limit(1)))


async def planned_for(
    tx: Tx, row: Graduation, programs: Sequence[str], *, lines: Sequence[UUID] | None = None
) -> list[AssistanceLine]:
    """Return what is planned of *programs* for her household, by case and id; or exactly *lines*."""
    clause: ColumnElement[bool]
    if lines is not None:
        clause = AssistanceLine.id.in_(list(lines))
    else:
        whose = [AssistanceLine.person_id == row.person_id]
        if row.household_id is not None:
            whose.append(AssistanceLine.household_id == row.household_id)
        clause = and_(
            or_(*whose),
            AssistanceLine.program_code.in_(list(programs)),
            AssistanceLine.state == LedgerState.PLANNED.value,
        )
    found = await tx.scalars(
        select(AssistanceLine)
        .where(AssistanceLine.regency_code == row.regency_code, clause)
        .order_by(AssistanceLine.case_id, AssistanceLine.id)
        .execution_options(populate_existing=True)
    )
    return list(found)


async def watch(acting: Acting, row: Graduation, due_at: datetime) -> None:
    """Make the worker look at *due_at* whether the review took place."""
    key = f"{row.id.hex}:{row.review_due_on.isoformat()}"
    payload = {"graduation": row.id.hex}
    new = work.NewWork(row.regency_code, acting.new_id(), work.GRADUATION_REVIEW, key, due_at, payload)
    await work.enqueue(acting.tx, [new])
