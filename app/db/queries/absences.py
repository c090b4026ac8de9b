"""Leave of accounts: who is away on a day, and what is recorded of it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select, tuple_

from app.db.session import Tx
from app.db.tables.hands import Absence


@dataclass(frozen=True, slots=True)
class Wanted:
    regency_code: str
    accounts: Collection[UUID]
    on: date | None = None
    """Only leave that holds this day."""


def holds(day: date) -> ColumnElement[bool]:
    """Return the clause that an absence holds *day*, a local date; one that was ended holds no more."""
    until = or_(Absence.to_on.is_(None), Absence.to_on >= day)
    return (Absence.from_on <= day) & until & Absence.ended_at.is_(None)


async def away_on(tx: Tx, regency_code: str, accounts: Collection[UUID], day: date) -> dict[UUID, Absence]:
    """Return the leave of each of *accounts* that is away on *day*."""
    rows = await tx.scalars(
        select(Absence).where(
            Absence.regency_code == regency_code, Absence.account_id.in_(list(accounts)), holds(day)
        )
    )
    return {row.account_id: row for row in rows}


async def overlapping(tx: Tx, absence: Absence) -> Absence | None:
    """Return leave of the same account that shares a day with *absence*."""
    last = absence.to_on
    statement = select(Absence).where(
        Absence.regency_code == absence.regency_code,
        Absence.account_id == absence.account_id,
        Absence.ended_at.is_(None),
        or_(Absence.to_on.is_(None), Absence.to_on >= absence.from_on),
    )
    if last is not None:
        statement = statement.where(Absence.from_on <= last)
    return await tx.scalar(statement.limit(1))


async def find(tx: Tx, regency_code: str, absence_id: UUID, *, for_update: bool = False) -> Absence | None:
    statement = select(Absence).where(Absence.regency_code == regency_code, Absence.id == absence_id)
    found: Absence | None = await tx.scalar(statement.with_for_update() if for_update else statement)
    return found


async def listed(tx: Tx, wanted: Wanted, after: tuple[date, UUID] | None, limit: int) -> Sequence[Absence]:
    """Newest first by their first day."""
    statement = select(Absence).where(*_where(wanted))
    if after is not None:
        statement = statement.where(tuple_(Absence.from_on, Absence.id) < after)
    order = (Absence.from_on.desc(), Absence.id.desc())
    return (await tx.scalars(statement.order_by(*order).limit(limit))).all()


async def counted(tx: Tx, wanted: Wanted) -> int:
    return await tx.scalar(select(func.count()).select_from(Absence).where(*_where(wanted))) or 0


def _where(wanted: Wanted) -> list[ColumnElement[bool]]:
    clauses: list[ColumnElement[bool]] = [
        Absence.regency_code == wanted.regency_code,
        Absence.account_id.in_(list(wanted.accounts)),
    ]
    if wanted.on is not None:
        clauses.append(holds(wanted.on))
    return clauses
