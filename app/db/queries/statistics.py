"""What is published of a month: counted once over every case, read by anybody."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, exists, func, select
from sqlalchemy.dialects.postgresql import insert

from app.db.session import Tx
from app.db.tables.cases import CaseReader
from app.db.tables.figures import CountedCase, FigureCount, FigureCursor, FigureGroup, PublishedStatistics
from app.domain.indicators import TOTAL, VERSION, CaseFacts, of_case

_MEASURE = "opened"


async def counted_since(tx: Tx) -> dict[str, datetime]:
    """Return the tenants whose figures are of the definitions of today, and up to when each is counted."""
    statement = select(FigureCursor.regency_code, FigureCursor.as_of).where(FigureCursor.version == VERSION)
    return {row.regency_code: row.as_of for row in await tx.execute(statement)}


async def months_done(tx: Tx, regencies: Collection[str], months: Collection[str]) -> set[tuple[str, str]]:
    """Return which months of which regencies are published."""
    statement = select(PublishedStatistics.regency_code, PublishedStatistics.month).where(
        PublishedStatistics.regency_code.in_(sorted(regencies)), PublishedStatistics.month.in_(sorted(months))
    )
    return {(row.regency_code, row.month) for row in await tx.execute(statement)}


async def by_district(tx: Tx, regency_code: str, month: str) -> dict[str, int]:
    """Return the cases opened in a month by district, however secret, but for complaints about handlers."""
    cells = await by_value(tx, regency_code, month, TOTAL)
    return {district: n for (district, _), n in cells.items()}


async def by_value(tx: Tx, regency_code: str, month: str, dimension: str) -> dict[tuple[str, str], int]:
    """Return the cases opened in a month by district and value, but for complaints about handlers."""
    statement = (
        select(FigureGroup.district_code, FigureCount.value, func.sum(FigureCount.n))
        .join(
            FigureGroup,
            and_(
                FigureGroup.regency_code == FigureCount.regency_code, FigureGroup.id == FigureCount.group_id
            ),
        )
        .where(
            FigureCount.regency_code == regency_code,
            FigureCount.measure == _MEASURE,
            FigureCount.dimension == dimension,
            FigureCount.month == month,
        )
        .group_by(FigureGroup.district_code, FigureCount.value)
    )
    found = {(row[0], row[1]): int(row[2]) for row in await tx.execute(statement)}
    for place, n in (await _about_handlers(tx, regency_code, month, dimension)).items():
        found[place] -= n
    return {place: n for place, n in found.items() if n}


async def _about_handlers(
    tx: Tx, regency_code: str, month: str, dimension: str
) -> dict[tuple[str, str], int]:
    """Return how the cases count from which somebody is kept out, since they are about her.

    She sees all others that her office shows her: the one about herself would be the difference.
    """
    kept_out = exists().where(
        CaseReader.regency_code == CountedCase.regency_code,
        CaseReader.case_id == CountedCase.case_id,
        CaseReader.standing == "kept_out",
    )
    statement = select(CountedCase.facts).where(CountedCase.regency_code == regency_code, kept_out)
    found: dict[tuple[str, str], int] = {}
    for facts in await tx.scalars(statement):
        for cell, n in of_case(CaseFacts.read(facts)):
            if (cell.measure, cell.dimension, cell.month) == (_MEASURE, dimension, month):
                place = cell.group.district, cell.value
                found[place] = found.get(place, 0) + n
    return found


async def publish(tx: Tx, regency_code: str, month: str, document: dict[str, Any], now: datetime) -> bool:
    """Store what is published, if nothing was; return whether it was this."""
    values = {"regency_code": regency_code, "month": month, "document": document, "published_at": now}
    statement = (
        insert(PublishedStatistics)
        .values(values)
        .on_conflict_do_nothing(index_elements=["regency_code", "month"])
        .returning(PublishedStatistics.month)
    )
    return await tx.scalar(statement) is not None


async def published(tx: Tx, regencies: Collection[str]) -> Sequence[Any]:
    """Return regency, month and instant of what was published, the latest first."""
    statement = (
        select(PublishedStatistics.regency_code, PublishedStatistics.month, PublishedStatistics.published_at)
        .where(PublishedStatistics.regency_code.in_(sorted(regencies)))
        .order_by(PublishedStatistics.month.desc(), PublishedStatistics.regency_code)
    )
    return (await tx.execute(statement)).all()


async def latest(tx: Tx, regencies: Collection[str]) -> dict[str, str]:
    """Return the latest month that each regency published."""
    statement = (
        select(PublishedStatistics.regency_code, func.max(PublishedStatistics.month))
        .where(PublishedStatistics.regency_code.in_(sorted(regencies)))
        .group_by(PublishedStatistics.regency_code)
    )
    return {row[0]: row[1] for row in await tx.execute(statement)}


async def one(tx: Tx, regency_code: str, month: str) -> PublishedStatistics | None:
    found: PublishedStatistics | None = await tx.scalar(
        select(PublishedStatistics).where(
            PublishedStatistics.regency_code == regency_code, PublishedStatistics.month == month
        )
    )
    return found
