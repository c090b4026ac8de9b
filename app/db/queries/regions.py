"""Lists and counts of regions."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, select, tuple_

from app.db.session import Tx
from app.db.tables.knowledge import Region
from app.db.tables.places import Allotment, Cadre
from app.domain.ids import NATION

_AFTER_DOT = "/"
"""The character behind the dot: ``13.74.`` to ``13.74/`` is all below ``13.74``."""


_LAST = "\U0010ffff"
"""Behind every letter: what begins with ``pa`` lies between ``pa`` and this."""


@dataclass(frozen=True, slots=True)
class Wanted:
    parent: str | None = None
    """Its direct children."""
    within: str | None = None
    """Everything below it."""
    begins: str | None = None
    """How the name begins, in its search form."""


def _where(wanted: Wanted) -> list[ColumnElement[bool]]:
    clauses: list[ColumnElement[bool]] = [Region.valid_to.is_(None)]
    if wanted.parent is not None:
        clauses.append(Region.parent_code == wanted.parent)
    if wanted.within is not None and wanted.within != NATION:
        low = wanted.within + "."
        clauses += [Region.code >= low, Region.code < wanted.within + _AFTER_DOT]
    if wanted.begins is not None:
        clauses += [Region.search_name >= wanted.begins, Region.search_name < wanted.begins + _LAST]
    return clauses


async def listed(tx: Tx, wanted: Wanted, after: Sequence[str] | None, limit: int) -> Sequence[Any]:
    """By name where a name is searched, by code otherwise."""
    by_name = wanted.begins is not None
    order = (Region.search_name, Region.code) if by_name else (Region.code,)
    clauses = _where(wanted)
    if after is not None:
        clauses.append(tuple_(*order) > tuple(after[-len(order) :]))
    statement = (
        select(Region.code, Region.name, Region.search_name).where(*clauses).order_by(*order).limit(limit)
    )
    return (await tx.execute(statement)).all()


async def counted(tx: Tx, wanted: Wanted) -> int:
    return await tx.scalar(select(func.count()).select_from(Region).where(*_where(wanted))) or 0


async def cadres_by_area(tx: Tx, regency: str) -> Sequence[Any]:
    """Active cadres of a regency by pillar and the number of parts of their area's code."""
    dots = func.length(Cadre.area_code) - func.length(func.replace(Cadre.area_code, ".", ""))
    statement = (
        select(
            Cadre.pillar,
            dots.label("dots"),
            func.count().label("cadres"),
            func.count(Cadre.area_code.distinct()).label("areas"),
        )
        .where(Cadre.regency_code == regency, Cadre.active)
        .group_by(Cadre.pillar, dots)
        .order_by(Cadre.pillar, dots)
    )
    return (await tx.execute(statement)).all()


async def allotments(tx: Tx, regency: str) -> Sequence[Any]:
    """The regency's places in each programme, the latest period first."""
    statement = (
        select(
            Allotment.program_code.label("program"),
            Allotment.component,
            Allotment.period,
            Allotment.quota,
            Allotment.taken,
        )
        .where(Allotment.regency_code == regency)
        .order_by(Allotment.period.desc(), Allotment.program_code, Allotment.component)
    )
    return (await tx.execute(statement)).all()
