"""Need cards as they are stored and listed; and how many people fit what a card would show."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, false, func, or_, select, tuple_

from app.db.queries import events
from app.db.queries.acting import Acting
from app.db.queries.scope import Sight, sees_case
from app.db.session import Tx
from app.db.tables.cases import Case
from app.db.tables.needs import Need
from app.db.tables.people import Person
from app.domain.events.base import Event
from app.domain.needs import LADDER, NOTHING, Level, NeedState, Shown, Subject
from app.domain.needs.coarse import BANDS

OPEN: Final = (NeedState.PUBLISHED.value, NeedState.RESERVED.value)
"""The states in which a card is the face of something: those who may help find it."""


async def find(tx: Tx, regency: str, need_id: UUID, *, for_update: bool = False) -> Need | None:
    statement = select(Need).where(Need.regency_code == regency, Need.id == need_id)
    if for_update:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    found: Need | None = await tx.scalar(statement)
    return found


async def of_referral(tx: Tx, regency: str, referral_id: UUID, *, for_update: bool = False) -> Need | None:
    statement = select(Need).where(Need.regency_code == regency, Need.referral_id == referral_id)
    if for_update:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    found: Need | None = await tx.scalar(statement)
    return found


async def of_case(tx: Tx, case: Case) -> Sequence[Need]:
    """Return the cards of a case, oldest first."""
    statement = select(Need).where(Need.regency_code == case.regency_code, Need.case_id == case.id)
    return (await tx.scalars(statement.order_by(Need.created_at, Need.id))).all()


async def by_ids(tx: Tx, keys: Sequence[tuple[str, UUID]]) -> dict[tuple[str, UUID], Need]:
    if not keys:
        return {}
    statement = select(Need).where(
        Need.regency_code.in_({regency for regency, _ in keys}), Need.id.in_({id_ for _, id_ in keys})
    )
    return {(row.regency_code, row.id): row for row in await tx.scalars(statement)}


async def tell(acting: Acting, need: Need, *happened: Event) -> None:
    """Write what happened to a card; its row is locked."""
    stream = events.OtherStream(need.regency_code, need.id, "need")
    await events.append(
        acting.tx, stream, happened, actor=acting.actor, now=acting.now, cause_id=acting.cause_id
    )


# Listing ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class NeedFilter:
    office: Sequence[str]
    """Regencies whose secretariat asks: it sees drafts and ended cards too, of cases that it sees."""
    public: Sequence[str]
    """Regencies whose open cards are seen."""
    region: str | None = None
    """A district: cards that show it."""
    source: str | None = None
    kind: str | None = None
    urgency: str | None = None
    state: str | None = None


def _where(wanted: NeedFilter, sight: Sight) -> list[ColumnElement[bool]]:
    case = exists().where(Case.regency_code == Need.regency_code, Case.id == Need.case_id, sees_case(sight))
    office = and_(Need.regency_code.in_(wanted.office), or_(Need.case_id.is_(None), case))
    public = and_(Need.regency_code.in_(wanted.public), Need.state == NeedState.PUBLISHED.value)
    clauses: list[ColumnElement[bool]] = [
        or_(office if wanted.office else false(), public if wanted.public else false())
    ]
    for column, value in (
        (Need.shown_region, wanted.region),
        (Need.source, wanted.source),
        (Need.kind, wanted.kind),
        (Need.urgency, wanted.urgency),
        (Need.state, wanted.state),
    ):
        if value is not None:
            clauses.append(column == value)
    return clauses


async def listed(
    tx: Tx, sight: Sight, wanted: NeedFilter, after: tuple[datetime, UUID] | None, limit: int
) -> Sequence[Need]:
    """Return up to *limit* cards, the newest first."""
    statement = select(Need).where(*_where(wanted, sight))
    if after is not None:
        statement = statement.where(tuple_(Need.listed_at, Need.id) < after)
    return (await tx.scalars(statement.order_by(Need.listed_at.desc(), Need.id.desc()).limit(limit))).all()


async def counted(tx: Tx, sight: Sight, wanted: NeedFilter) -> int:
    statement = select(func.count()).select_from(Need).where(*_where(wanted, sight))
    return await tx.scalar(statement) or 0


async def tickets_seen(tx: Tx, sight: Sight, needs: Sequence[Need]) -> dict[UUID, str]:
    """Return the tickets of the cases behind cards, of those that the actor sees."""
    ids = {one.case_id for one in needs if one.case_id is not None}
    if not ids:
        return {}
    rows = await tx.execute(
        select(Case.id, Case.ticket).where(
            Case.regency_code.in_({one.regency_code for one in needs}), Case.id.in_(ids), sees_case(sight)
        )
    )
    return {row.id: row.ticket for row in rows}


# How small a group is -----------------------------------------------------------------------------------


async def groups_of(tx: Tx, subject: Subject, today: date, most: int) -> Mapping[Level, int]:
    """Count for each rung of the ladder who on record fits what it shows, up to *most*."""
    levels = [level for level in LADDER if level is not NOTHING and subject.has(level)]
    counts = [
        select(func.count()).select_from(_fitting(subject, level, today).limit(most).subquery())
        for level in levels
    ]
    if not counts:
        return {}
    row = (await tx.execute(select(*(one.scalar_subquery() for one in counts)))).one()
    return dict(zip(levels, (int(n) for n in row), strict=True))


def _fitting(subject: Subject, level: Level, today: date) -> Select[*tuple[Any, ...]]:
    statement = select(Person.id).where(
        Person.regency_code == subject.regency, Person.deceased_on.is_(None), Person.merged_into.is_(None)
    )
    if level.district:
        # A range instead of LIKE: "13.74.01." up to the character behind the dot, which the index reads.
        first = f"{subject.district}."
        statement = statement.where(
            Person.village_code >= first, Person.village_code < f"{subject.district}/"
        )
    if level.age and subject.age is not None:
        youngest, oldest = BANDS[subject.age]
        statement = statement.where(
            Person.born_on <= _years_before(today, youngest),
            Person.born_on > _years_before(today, oldest + 1),
        )
    if level.ppks:
        counted_as = exists().where(
            Case.regency_code == Person.regency_code, Case.person_id == Person.id, Case.ppks == subject.ppks
        )
        statement = statement.where(counted_as)
    return statement


def _years_before(day: date, years: int) -> date:
    year = day.year - years
    # Nobody was born on 29 February of a year that has none.
    return date(year, 3, 1) if (day.month, day.day) == (2, 29) and year % 4 else day.replace(year=year)


async def shown_before(tx: Tx, case: Case) -> Level | None:
    """Return what all cards of the same person, or else of the same case, show; None: there are none."""
    same = Case.person_id == case.person_id if case.person_id is not None else Case.id == case.id
    rows = await tx.execute(
        select(Need.shown_region, Need.shown_age, Need.shown_ppks)
        .join(Case, and_(Case.regency_code == Need.regency_code, Case.id == Need.case_id))
        .where(Need.regency_code == case.regency_code, Need.published_at.is_not(None), same)
    )
    levels = [Shown(row.shown_region, row.shown_age, row.shown_ppks, None).level for row in rows]
    if not levels:
        return None
    return Level(
        district=all(one.district for one in levels),
        age=all(one.age for one in levels),
        ppks=all(one.ppks for one in levels),
    )
