"""Reports of a period as they are stored: found, listed, put behind one another."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select, tuple_
from sqlalchemy.orm import defer

from app.db.queries import events
from app.db.queries.acting import Acting
from app.db.session import Tx
from app.db.tables.periodic_reports import PeriodicReport as Table
from app.domain.events.base import Event
from app.domain.periodic_reports import ReportKind, ReportState

STREAM = "periodic_report"
_ABOUT_OTHERS = (ReportKind.AGENCY.value, ReportKind.DONOR.value)
_SIGNED = Table.signed_at.is_not(None)


class Series(NamedTuple):
    """What is reported on: the versions of one series follow one another."""

    regency: str
    kind: str
    first_day: date
    last_day: date
    about: str


@dataclass(frozen=True, slots=True)
class Wanted:
    regencies: Sequence[str]
    """Whose reports the reader sees, all of them."""
    own: Sequence[tuple[str, str]] = ()
    """Regency and agency, or account, whose signed reports are the reader's."""
    kind: str | None = None
    state: str | None = None
    region: str | None = None
    month: tuple[date, date] | None = None
    """Only what is about a part of it."""


async def find(tx: Tx, regency: str, report_id: UUID, *, for_update: bool = False) -> Table | None:
    statement = select(Table).where(Table.regency_code == regency, Table.id == report_id)
    if for_update:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    found: Table | None = await tx.scalar(statement)
    return found


async def versions(tx: Tx, series: Series, *, for_update: bool = False) -> Sequence[Table]:
    """Return the versions of a series, the first one first."""
    statement = _of(series).order_by(Table.n)
    if for_update:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    return (await tx.scalars(statement)).all()


async def is_made(tx: Tx, series: Series) -> bool:
    return await tx.scalar(_of(series).with_only_columns(Table.id).limit(1)) is not None


def _of(series: Series) -> Select[Table]:
    return select(Table).where(
        Table.regency_code == series.regency,
        Table.kind == series.kind,
        Table.first_day == series.first_day,
        Table.last_day == series.last_day,
        Table.about == series.about,
    )


def series_of(row: Table) -> Series:
    return Series(row.regency_code, row.kind, row.first_day, row.last_day, row.about)


def _where(wanted: Wanted) -> list[ColumnElement[bool]]:
    hers = tuple_(Table.regency_code, Table.about).in_(list(wanted.own))
    own = and_(hers, Table.kind.in_(_ABOUT_OTHERS), _SIGNED) if wanted.own else false()
    tenants = sorted({*wanted.regencies, *(regency for regency, _ in wanted.own)})
    found: list[ColumnElement[bool]] = [
        Table.regency_code.in_(tenants),
        or_(Table.regency_code.in_(wanted.regencies), own),
    ]
    if wanted.kind is not None:
        found.append(Table.kind == wanted.kind)
    if wanted.state is not None:
        found.append(Table.state == wanted.state)
    if wanted.region is not None:
        found.append(Table.regency_code == wanted.region)
    if wanted.month is not None:
        found += [Table.first_day <= wanted.month[1], Table.last_day >= wanted.month[0]]
    return found


async def listed(tx: Tx, wanted: Wanted, after: tuple[datetime, UUID] | None, limit: int) -> Sequence[Table]:
    """Return up to *limit* reports, the newest first."""
    statement = select(Table).where(*_where(wanted))
    if after is not None:
        statement = statement.where(tuple_(Table.made_at, Table.id) < after)
    # A list shows no tables, and those of a tally are long.
    statement = statement.options(defer(Table.content, raiseload=True))
    return (await tx.scalars(statement.order_by(Table.made_at.desc(), Table.id.desc()).limit(limit))).all()


async def counted(tx: Tx, wanted: Wanted) -> int:
    return await tx.scalar(select(func.count()).select_from(Table).where(*_where(wanted))) or 0


async def version_numbers(tx: Tx, regency: str, ids: Sequence[UUID]) -> dict[UUID, int]:
    """Return which versions these are."""
    found = await tx.execute(
        select(Table.id, Table.n).where(Table.regency_code == regency, Table.id.in_(ids))
    )
    return {row.id: row.n for row in found}


async def replace(acting: Acting, old: Table, state: ReportState, by: UUID, happened: Event) -> None:
    """Put another version in the place of *old*; what it holds stays as it is."""
    old.state, old.replaced_by = state.value, by
    await tell(acting, old, happened)


async def tell(acting: Acting, row: Table, happened: Event) -> None:
    await acting.tx.flush()
    stream = events.OtherStream(row.regency_code, row.id, STREAM)
    await events.append(
        acting.tx, stream, [happened], actor=acting.actor, now=acting.now, cause_id=acting.cause_id
    )
