"""The people of an area, by name."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select, tuple_

from app.db.queries.identity_conflicts import lies_in
from app.db.session import Tx
from app.db.tables.people import Person


@dataclass(frozen=True, slots=True)
class Wanted:
    areas: Sequence[str]
    """Regencies, districts or villages."""
    begins: str | None = None
    """How the name's key begins."""
    provisional: bool | None = None


async def listed(tx: Tx, wanted: Wanted, after: tuple[str, UUID] | None, limit: int) -> Sequence[Person]:
    """By name; records that were merged are left out."""
    statement = select(Person).where(*_where(wanted))
    if after is not None:
        statement = statement.where(tuple_(Person.name_key, Person.id) > after)
    return (await tx.scalars(statement.order_by(Person.name_key, Person.id).limit(limit))).all()


async def counted(tx: Tx, wanted: Wanted) -> int:
    statement = select(func.count()).select_from(Person).where(*_where(wanted))
    return await tx.scalar(statement) or 0


def _where(wanted: Wanted) -> list[ColumnElement[bool]]:
    clauses: list[ColumnElement[bool]] = [
        or_(*(_in_area(area) for area in wanted.areas)),
        Person.merged_into.is_(None),
    ]
    if wanted.begins:
        clauses.append(Person.name_key.startswith(wanted.begins, autoescape=True))
    if wanted.provisional is not None:
        clauses.append(Person.provisional.is_(wanted.provisional))
    return clauses


def _in_area(area: str) -> ColumnElement[bool]:
    tenant = Person.regency_code == area[:5]
    return tenant if area.count(".") == 1 else and_(tenant, lies_in(Person.village_code.expression, area))
