"""The assistance ledger: lines of a referral, and what a household holds."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, func, or_, select, tuple_

from app.db.queries.acting import Acting
from app.db.queries.holding import Home, holding_of, line_of
from app.db.queries.scope import Sight, held_to_tenants, sees_case
from app.db.session import Tx
from app.db.tables.cases import Case
from app.db.tables.people import Person
from app.db.tables.referrals import AssistanceLine, Referral
from app.domain.codes import LedgerSource
from app.domain.ledger import Held, Line


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
        reason=None,
        source=LedgerSource.CASE.value,
        source_id=referral.id,
        funder=None,
        once_key=None,
        recorded_by=acting.actor.account_id,
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
    digest = person.nik_digest if person else None
    home = Home(
        case.regency_code,
        case.person_id,
        (person.household_id if person else None) or case.household_id,
        (digest,) if digest else (),
        case.id,
    )
    return (await holding_of(tx, home)).held(today)


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


async def line_seen(
    tx: Tx, sight: Sight, regency: str, line_id: UUID
) -> tuple[AssistanceLine | None, Case | None]:
    """Return one line with its case; nothing of a case that the actor does not see.

    Whether a line without a case may be seen hangs on its person: the caller asks.
    """
    row = await tx.scalar(
        select(AssistanceLine).where(AssistanceLine.regency_code == regency, AssistanceLine.id == line_id)
    )
    if row is None or row.case_id is None:
        return row, None
    case = await tx.scalar(
        select(Case).where(Case.regency_code == regency, Case.id == row.case_id, sees_case(sight))
    )
    return (row, case) if case is not None else (None, None)
