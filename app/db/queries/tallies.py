"""The daily tally: cases by the day on which they were opened and the service that they ask for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, literal, or_, select

from app.db.queries.local_days import local_day, span
from app.db.queries.rights import frozen_here
from app.db.queries.scope import Sight, held_to_tenants, sees_case
from app.db.session import Tx
from app.db.tables.cases import Case
from app.db.tables.people import DataKey, Household, Person
from app.domain.lifecycle import CaseStatus

PROGRAM: Final = "program:"
CATEGORY: Final = "category:"
_DAY: Final = timedelta(days=1)


class Tally(NamedTuple):
    day: date
    service: str
    """``program:`` with the code of the programme that was asked for, or else ``category:``."""
    n: int


class Home(NamedTuple):
    """A household that came for a service on a day, its number sealed."""

    id: UUID
    kk_sealed: bytes
    wrapped: bytes
    village_code: str
    cases: int
    persons: Sequence[UUID]
    """Whose cases they are: what is read is read of them."""


def _service() -> ColumnElement[str]:
    return func.coalesce(literal(PROGRAM) + Case.program_code, literal(CATEGORY) + Case.category)


def _opened(sight: Sight, regency: str, first: date, last: date) -> list[ColumnElement[bool]]:
    return [
        Case.regency_code == regency,
        held_to_tenants(Case.regency_code.expression, sight),
        Case.status != CaseStatus.VOID.value,
        sees_case(sight),
        *span(Case.opened_at, Case.regency_code, first, last + _DAY),
    ]


async def by_day(tx: Tx, sight: Sight, regency: str, first: date, last: date) -> list[Tally]:
    """Count the cases opened from a day to another, both within, but for the void ones."""
    opened = (
        select(local_day(Case.opened_at, Case.regency_code).label("day"), _service().label("service"))
        .where(*_opened(sight, regency, first, last))
        .subquery()
    )
    statement = (
        select(opened.c.day, opened.c.service, func.count())
        .group_by(opened.c.day, opened.c.service)
        .order_by(opened.c.day, opened.c.service)
    )
    return [Tally._make(row) for row in await tx.execute(statement)]


async def by_service(tx: Tx, sight: Sight, regency: str, first: date, last: date) -> dict[str, int]:
    opened = select(_service().label("service")).where(*_opened(sight, regency, first, last)).subquery()
    statement = select(opened.c.service, func.count()).group_by(opened.c.service)
    return {row[0]: int(row[1]) for row in await tx.execute(statement)}


@dataclass(frozen=True, slots=True)
class HomeFilter:
    regency: str
    first: date
    last: date
    service: str | None = None


async def homes(tx: Tx, sight: Sight, wanted: HomeFilter, after: UUID | None, limit: int) -> Sequence[Home]:
    """Return the households with a number whose cases a tally counts, but for those whose data are frozen."""
    same_person = and_(Person.regency_code == Case.regency_code, Person.id == Case.person_id)
    home = or_(Household.id == Case.household_id, Household.id == Person.household_id)
    found: list[Any] = [
        *_opened(sight, wanted.regency, wanted.first, wanted.last),
        Household.kk_sealed.is_not(None),
        DataKey.wrapped.is_not(None),
        or_(Case.person_id.is_(None), Case.person_id.not_in(frozen_here(wanted.regency))),
    ]
    if wanted.service is not None:
        found.append(_service() == wanted.service)
    if after is not None:
        found.append(Household.id > after)
    keys = (Household.id, Household.kk_sealed, DataKey.wrapped, Household.village_code)
    statement = (
        select(*keys, func.count(Case.id.distinct()), func.array_agg(Case.person_id.distinct()))
        .select_from(Case)
        .outerjoin(Person, same_person)
        .join(Household, and_(Household.regency_code == Case.regency_code, home))
        .join(
            DataKey,
            and_(DataKey.regency_code == Household.regency_code, DataKey.id == Household.data_key_id),
        )
        .where(*found)
        .group_by(*keys)
        .order_by(Household.id)
        .limit(limit)
    )
    rows = await tx.execute(statement)
    return [Home._make([*row[:5], [one for one in row[5] if one is not None]]) for row in rows]
