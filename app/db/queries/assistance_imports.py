"""Lists of aid, and in a few statements all that a batch of their rows stands against."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, func, insert, or_, select, tuple_

from app.db.session import Tx
from app.db.tables.assistance import AssistanceImport, AssistanceImportRow
from app.db.tables.people import Household, Person
from app.db.tables.referrals import AssistanceLine, Referral
from app.domain.codes import Purpose
from app.domain.referrals import LIVE

Place = tuple[datetime, UUID]


async def find(tx: Tx, regency: str, import_id: UUID) -> AssistanceImport | None:
    found: AssistanceImport | None = await tx.scalar(
        select(AssistanceImport).where(
            AssistanceImport.regency_code == regency, AssistanceImport.id == import_id
        )
    )
    return found


async def listed(tx: Tx, regency: str, after: Place | None, limit: int) -> Sequence[AssistanceImport]:
    """Return the newest first."""
    statement = select(AssistanceImport).where(AssistanceImport.regency_code == regency)
    if after is not None:
        statement = statement.where(tuple_(AssistanceImport.created_at, AssistanceImport.id) < after)
    order = (AssistanceImport.created_at.desc(), AssistanceImport.id.desc())
    return (await tx.scalars(statement.order_by(*order).limit(limit))).all()


async def counted(tx: Tx, regency: str) -> int:
    found = select(func.count()).select_from(AssistanceImport).where(AssistanceImport.regency_code == regency)
    return await tx.scalar(found) or 0


async def rows(
    tx: Tx, row: AssistanceImport, verdict: str | None, after: int, limit: int
) -> Sequence[AssistanceImportRow]:
    """Return rows behind the *after*-th of the file, in its order."""
    statement = select(AssistanceImportRow).where(
        AssistanceImportRow.regency_code == row.regency_code,
        AssistanceImportRow.import_id == row.id,
        AssistanceImportRow.n > after,
    )
    if verdict is not None:
        statement = statement.where(AssistanceImportRow.verdict == verdict)
    return (await tx.scalars(statement.order_by(AssistanceImportRow.n).limit(limit))).all()


async def rows_counted(tx: Tx, row: AssistanceImport, verdict: str | None) -> int:
    statement = (
        select(func.count())
        .select_from(AssistanceImportRow)
        .where(AssistanceImportRow.regency_code == row.regency_code, AssistanceImportRow.import_id == row.id)
    )
    if verdict is not None:
        statement = statement.where(AssistanceImportRow.verdict == verdict)
    return await tx.scalar(statement) or 0


async def sums(tx: Tx, row: AssistanceImport) -> dict[str, Any]:
    """Count the rows by verdict and by reason."""
    of = and_(AssistanceImportRow.regency_code == row.regency_code, AssistanceImportRow.import_id == row.id)
    verdicts = await tx.execute(
        select(AssistanceImportRow.verdict, func.count()).where(of).group_by(AssistanceImportRow.verdict)
    )
    each = (
        select(func.jsonb_array_elements_text(AssistanceImportRow.reasons).label("reason"))
        .where(of)
        .subquery()
    )
    reasons = await tx.execute(select(each.c.reason, func.count()).group_by(each.c.reason))
    return {
        "verdict": {row[0]: row[1] for row in verdicts},
        "reason": {row[0]: row[1] for row in reasons},
    }


async def store(tx: Tx, made: Sequence[dict[str, Any]]) -> None:
    if made:
        await tx.execute(insert(AssistanceImportRow), list(made))


# What a batch stands against ------------------------------------------------------------------------------


async def lock_people(tx: Tx, regency: str, digests: Collection[bytes]) -> list[Person]:
    """Lock whoever is on record under these NIKs, then their households, each in the order of ids."""
    people = list(
        await tx.scalars(
            select(Person)
            .where(Person.regency_code == regency, Person.nik_digest.in_(digests))
            .order_by(Person.id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    )
    homes = sorted({one.household_id for one in people if one.household_id is not None})
    if homes:
        await tx.execute(
            select(Household.id)
            .where(Household.regency_code == regency, Household.id.in_(homes))
            .order_by(Household.id)
            .with_for_update()
        )
    return people


async def seen_before(tx: Tx, row: AssistanceImport, digests: Collection[bytes]) -> set[bytes]:
    """Return those NIKs that an earlier row of the list has."""
    found = await tx.scalars(
        select(AssistanceImportRow.nik_digest).where(
            AssistanceImportRow.regency_code == row.regency_code,
            AssistanceImportRow.import_id == row.id,
            AssistanceImportRow.nik_digest.in_(digests),
        )
    )
    return {one for one in found if one is not None}


async def lines_there(
    tx: Tx, row: AssistanceImport, digests: Collection[bytes], people: Collection[UUID]
) -> list[AssistanceLine]:
    """Return lines of this very aid and period, counter lines left out."""
    whose = [AssistanceLine.nik_digest.in_(digests)]
    if people:
        whose.append(AssistanceLine.person_id.in_(people))
    found = await tx.scalars(
        select(AssistanceLine)
        .where(
            AssistanceLine.regency_code == row.regency_code,
            or_(*whose),
            AssistanceLine.program_code == row.program_code,
            AssistanceLine.component == row.component,
            AssistanceLine.period == row.period,
            AssistanceLine.reverses.is_(None),
        )
        .order_by(AssistanceLine.created_at, AssistanceLine.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return list(found)


async def live_there(tx: Tx, row: AssistanceImport, people: Collection[UUID]) -> set[UUID]:
    """Name those with a live referral for this aid."""
    if not people:
        return set()
    found = await tx.scalars(
        select(Referral.person_id).where(
            Referral.regency_code == row.regency_code,
            Referral.person_id.in_(people),
            Referral.program_code == row.program_code,
            Referral.purpose == Purpose.AID.value,
            Referral.status.in_([status.value for status in LIVE]),
        )
    )
    return {one for one in found if one is not None}
