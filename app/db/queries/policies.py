"""Holidays with their names, as calendars show them. Policies themselves are read as knowledge."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import select

from app.db.session import Tx
from app.db.tables.places import Holiday
from app.domain.ids import NATION


async def holidays(tx: Tx, regency: str, year: int) -> Sequence[Any]:
    """The nation's and the regency's days off in a year."""
    statement = (
        select(Holiday.regency_code, Holiday.on_date, Holiday.name, Holiday.kind, Holiday.estimated)
        .where(
            Holiday.regency_code.in_({NATION, regency}),
            Holiday.on_date.between(date(year, 1, 1), date(year, 12, 31)),
        )
        .order_by(Holiday.on_date, Holiday.regency_code)
    )
    return (await tx.execute(statement)).all()
