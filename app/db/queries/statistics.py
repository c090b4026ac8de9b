"""What is published of a month: counted once over every case, read by anybody."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, select
from sqlalchemy.dialects.postgresql import insert

from app.db.session import Tx
from app.db.tables.events import FeedHead
from app.db.tables.figures import FigureCount, FigureCursor, FigureGroup, PublishedStatistics
from app.domain.indicators import TOTAL, VERSION

_MEASURE = "opened"


async def waiting(tx: Tx, months: Mapping[str, str]) -> list[str]:
    """Return the regencies whose figures are where their feed is, and whose month is not published yet.

    *months*: the month of each regency that is due.
    """
    statement = (
        select(FeedHead.regency_code, PublishedStatistics.month)
        .join(FigureCursor, FigureCursor.regency_code == FeedHead.regency_code)
        .outerjoin(
            PublishedStatistics,
            and_(
                PublishedStatistics.regency_code == FeedHead.regency_code,
                PublishedStatistics.month.in_(sorted(set(months.values()))),
            ),
        )
        .where(
            FeedHead.regency_code.in_(sorted(months)),
            FigureCursor.n >= FeedHead.n,
            FigureCursor.version == VERSION,
        )
    )
    rows = (await tx.execute(statement)).all()
    done = {row.regency_code for row in rows if row.month == months[row.regency_code]}
    return sorted({row.regency_code for row in rows} - done)


async def by_district(tx: Tx, regency_code: str, month: str) -> dict[str, int]:
    """Return the cases opened in a month by district, whoever may see them."""
    cells = await by_value(tx, regency_code, month, TOTAL)
    return {district: n for (district, _), n in cells.items()}


async def by_value(tx: Tx, regency_code: str, month: str, dimension: str) -> dict[tuple[str, str], int]:
    """Return the cases opened in a month by district and value, whoever may see them."""
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
    return {(row[0], row[1]): int(row[2]) for row in await tx.execute(statement)}


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


async def one(tx: Tx, regency_code: str, month: str) -> PublishedStatistics | None:
    found: PublishedStatistics | None = await tx.scalar(
        select(PublishedStatistics).where(
            PublishedStatistics.regency_code == regency_code, PublishedStatistics.month == month
        )
    )
    return found
