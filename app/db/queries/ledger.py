"""The assistance ledger: lines of a referral, what a household holds, and the allotments that run out."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, tuple_

from app.db.queries.acting import Acting
from app.db.queries.scope import Sight, held_to_tenants, sees_case
from app.db.session import Tx
from app.db.tables.cases import Case
from app.db.tables.people import Person
from app.db.tables.places import Allotment
from app.db.tables.referrals import AssistanceLine, Referral
from app.domain.codes import LedgerState, Purpose
from app.domain.errors import Conflict
from app.domain.ledger import Held, Line, Origin, held_by_household, period_of
from app.domain.programs import GoodsKind, Per
from app.domain.referrals import LIVE, ReferralStatus

ALL_COMPONENTS = "*"


def line_of(row: AssistanceLine) -> Line:
    return Line(
        id=row.id,
        origin=Origin(row.program_code, row.person_id, row.referral_id),
        component=row.component,
        kind=GoodsKind(row.kind),
        state=LedgerState(row.state),
        period=row.period or "",
        instalment=row.n,
        planned_idr=row.planned_idr,
        given_idr=row.amount_idr,
        goods=row.goods,
        given_on=row.given_on,
        reverses=row.reverses,
    )


async def rows_of_referral(tx: Tx, referral: Referral) -> list[AssistanceLine]:
    await tx.flush()
    statement = select(AssistanceLine).where(
        AssistanceLine.regency_code == referral.regency_code,
        AssistanceLine.case_id == referral.case_id,
        AssistanceLine.referral_id == referral.id,
    )
    return list(
        await tx.scalars(statement.order_by(AssistanceLine.component, AssistanceLine.n, AssistanceLine.id))
    )


async def lines_of_case(tx: Tx, case: Case) -> list[Line]:
    statement = select(AssistanceLine).where(
        AssistanceLine.regency_code == case.regency_code, AssistanceLine.case_id == case.id
    )
    found = await tx.scalars(statement.order_by(AssistanceLine.created_at, AssistanceLine.id))
    return [line_of(row) for row in found]


async def store_lines(
    acting: Acting, referral: Referral, rows: Sequence[AssistanceLine], lines: Iterable[Line]
) -> None:
    """Bring the stored lines of a referral to *lines*: changed ones are written, new ones added."""
    known = {row.id: row for row in rows}
    for line in lines:
        row = known.get(line.id)
        if row is None:
            acting.tx.add(await _new_row(acting, referral, line))
        elif line_of(row) != line:
            row.state, row.period, row.updated_at = line.state.value, line.period, acting.now
            row.amount_idr, row.goods, row.given_on = line.given_idr, line.goods, line.given_on


async def _new_row(acting: Acting, referral: Referral, line: Line) -> AssistanceLine:
    person = await _person_of(acting.tx, referral.regency_code, referral.person_id)
    return AssistanceLine(
        regency_code=referral.regency_code,
        id=line.id,
        case_id=referral.case_id,
        referral_id=referral.id,
        person_id=referral.person_id,
        household_id=person.household_id if person else await _household_of(acting.tx, referral),
        nik_digest=person.nik_digest if person else None,
        program_code=line.origin.program,
        component=line.component,
        n=line.instalment,
        kind=line.kind.value,
        state=line.state.value,
        amount_idr=line.given_idr,
        planned_idr=line.planned_idr,
        goods=line.goods,
        period=line.period,
        given_on=line.given_on,
        proof=None,
        reverses=line.reverses,
        created_at=acting.now,
        updated_at=acting.now,
    )


async def _person_of(tx: Tx, regency_code: str, person_id: UUID | None) -> Any:
    if person_id is None:
        return None
    found = await tx.execute(
        select(Person.household_id, Person.nik_digest).where(
            Person.regency_code == regency_code, Person.id == person_id
        )
    )
    return found.one_or_none()


async def _household_of(tx: Tx, referral: Referral) -> UUID | None:
    found: UUID | None = await tx.scalar(
        select(Case.household_id).where(
            Case.regency_code == referral.regency_code, Case.id == referral.case_id
        )
    )
    return found


# What stands against giving more -----------------------------------------------------------------------


async def held_by_home(tx: Tx, case: Case, today: date) -> tuple[Held, ...]:
    """List what the person of *case* and her household hold or are about to get.

    Ask under the locks of person and household. Lines of other regencies are found by her NIK's digest; they
    are read, not locked.
    """
    await tx.flush()
    person = await _person_of(tx, case.regency_code, case.person_id)
    home = (person.household_id if person else None) or case.household_id
    here = _of_home(case, home)
    lines = [line_of(row) for row in await tx.scalars(_active_lines(here(AssistanceLine)))]
    if person is not None and person.nik_digest is not None:
        elsewhere = and_(
            AssistanceLine.nik_digest == person.nik_digest, AssistanceLine.regency_code != case.regency_code
        )
        lines += [line_of(row) for row in await tx.scalars(_active_lines(elsewhere))]
    referrals = await tx.execute(
        select(Referral.program_code, Referral.person_id, Referral.id, Referral.status).where(
            here(Referral),
            Referral.purpose == Purpose.AID.value,
            Referral.status.in_([status.value for status in LIVE]),
        )
    )
    live = [(Origin(row[0], row[1], row[2]), ReferralStatus(row[3])) for row in referrals]
    return held_by_household(lines, live, today)


def _of_home(case: Case, home: UUID | None) -> Any:
    """Return what makes a clause on lines or referrals: of the case, its person, or her household."""
    tenant, person_id = case.regency_code, case.person_id
    members = select(Person.id).where(Person.regency_code == tenant, Person.household_id == home)

    def clause(table: Any) -> ColumnElement[bool]:
        ways: list[ColumnElement[bool]] = [table.case_id == case.id]
        if person_id is not None:
            ways.append(table.person_id == person_id)
        if home is not None:
            ways += [table.person_id.in_(members), _of_house(table, home)]
        return and_(table.regency_code == tenant, or_(*ways))

    return clause


def _of_house(table: Any, home: UUID) -> ColumnElement[bool]:
    if table is AssistanceLine:
        return AssistanceLine.household_id == home
    return exists().where(
        Case.regency_code == Referral.regency_code, Case.id == Referral.case_id, Case.household_id == home
    )


def _active_lines(clause: ColumnElement[bool]) -> Any:
    active = [LedgerState.PLANNED.value, LedgerState.GIVEN.value]
    return select(AssistanceLine).where(clause, AssistanceLine.state.in_(active))


# Allotments ---------------------------------------------------------------------------------------------


async def take_allotment(tx: Tx, referral: Referral, components: Collection[str], today: date) -> None:
    """Take one place of each allotment of the programme that counts on *today*; without one nothing blocks.

    Raises:
        Conflict: the allotment is used up; the referral may go on the waiting list.
    """
    for row in await _lock_allotments(tx, referral, components, today):
        if row.taken >= row.quota:
            raise Conflict(
                "allotment_full",
                "Kuota program ini sudah habis; terima ke daftar tunggu dengan menyebut nomor urutnya.",
                "The allotment of this programme is used up; accept it to the waiting list, with its place.",
                {"hint": "waitlist", "program": referral.program_code, "quota": row.quota},
            )
        row.taken += 1


async def free_allotment(tx: Tx, referral: Referral, components: Collection[str], taken_on: date) -> None:
    """Give back the place that was taken on *taken_on*."""
    for row in await _lock_allotments(tx, referral, components, taken_on):
        row.taken = max(row.taken - 1, 0)


async def _lock_allotments(
    tx: Tx, referral: Referral, components: Collection[str], day: date
) -> list[Allotment]:
    periods = [period_of(day, per) for per in Per]
    statement = (
        select(Allotment)
        .where(
            Allotment.regency_code == referral.regency_code,
            Allotment.program_code == referral.program_code,
            Allotment.component.in_([ALL_COMPONENTS, *components]),
            Allotment.period.in_(periods),
        )
        .order_by(Allotment.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return list(await tx.scalars(statement))


# Reading ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LineFilter:
    person: UUID | None = None
    case: str | None = None
    """A ticket."""
    tenant: str | None = None
    program: str | None = None


async def list_lines(
    tx: Tx, sight: Sight, wanted: LineFilter, limit: int, after: tuple[datetime, UUID] | None
) -> Sequence[tuple[AssistanceLine, str | None]]:
    """Return up to *limit* lines with their tickets, newest first, of cases that the actor sees.

    A line without a case (from a list) is seen through any case of its person.
    """
    statement = _seen_lines(sight, wanted, AssistanceLine, Case.ticket)
    if after is not None:
        statement = statement.where(tuple_(AssistanceLine.created_at, AssistanceLine.id) < after)
    statement = statement.order_by(AssistanceLine.created_at.desc(), AssistanceLine.id.desc())
    return [(row[0], row[1]) for row in await tx.execute(statement.limit(limit))]


async def count_lines(tx: Tx, sight: Sight, wanted: LineFilter) -> int:
    """Return exactly how many lines the list of the same sight and filter holds."""
    return await tx.scalar(_seen_lines(sight, wanted, func.count())) or 0


def _seen_lines(sight: Sight, wanted: LineFilter, *columns: Any) -> Any:
    of_person = select(Case.person_id).where(
        Case.regency_code == AssistanceLine.regency_code,
        Case.person_id == AssistanceLine.person_id,
        sees_case(sight),
    )
    through_case = and_(Case.id.is_not(None), sees_case(sight))
    statement = (
        select(*columns)
        .select_from(AssistanceLine)
        .outerjoin(
            Case, and_(Case.regency_code == AssistanceLine.regency_code, Case.id == AssistanceLine.case_id)
        )
        .where(
            held_to_tenants(AssistanceLine.regency_code.expression, sight),
            or_(
                through_case,
                and_(AssistanceLine.case_id.is_(None), of_person.correlate(AssistanceLine).exists()),
            ),
        )
    )
    if wanted.tenant is not None:
        statement = statement.where(AssistanceLine.regency_code == wanted.tenant)
    if wanted.person is not None:
        statement = statement.where(AssistanceLine.person_id == wanted.person)
    if wanted.case is not None:
        statement = statement.where(Case.ticket == wanted.case)
    if wanted.program is not None:
        statement = statement.where(AssistanceLine.program_code == wanted.program)
    return statement
