"""Days off: the nation's, and what a regency adds to them or knows better."""

from collections.abc import Collection, Sequence
from datetime import date

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from app.db.session import Tx
from app.db.tables.places import Holiday
from app.domain.ids import NATION


async def holidays(tx: Tx, regency: str, year: int) -> Sequence[Holiday]:
    """The nation's and the regency's days off in a year; of two on one day the regency's."""
    statement = select(Holiday).where(
        Holiday.regency_code.in_({NATION, regency}),
        Holiday.on_date.between(date(year, 1, 1), date(year, 12, 31)),
    )
    # The nation's first, so that the regency's word replaces it.
    rows = sorted(await tx.scalars(statement), key=lambda row: row.regency_code != NATION)
    by_day = {row.on_date: row for row in rows}
    return [by_day[day] for day in sorted(by_day)]


async def all_days(tx: Tx, regency: str) -> dict[date, Holiday]:
    """Every day off that one tenant has, of all years."""
    rows = await tx.scalars(select(Holiday).where(Holiday.regency_code == regency))
    return {row.on_date: row for row in rows}


async def put_days(tx: Tx, regency: str, days: Collection[tuple[date, str, str]]) -> None:
    """Add days with their name and kind; a day that is there gets the new name."""
    if not days:
        return
    rows = [
        {"regency_code": regency, "on_date": day, "name": name, "kind": kind, "estimated": False}
        for day, name, kind in days
    ]
    new = insert(Holiday).values(rows)
    await tx.execute(
        new.on_conflict_do_update(
            index_elements=[Holiday.regency_code, Holiday.on_date],
            set_={"name": new.excluded.name, "kind": new.excluded.kind, "estimated": new.excluded.estimated},
        )
    )


async def drop_days(tx: Tx, regency: str, days: Collection[date]) -> None:
    if days:
        await tx.execute(
            delete(Holiday).where(Holiday.regency_code == regency, Holiday.on_date.in_(sorted(days)))
        )
