"""The register of cadres (PSKS): lists and counts."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select, tuple_

from app.db.session import Tx
from app.db.tables.places import Cadre


@dataclass(frozen=True, slots=True)
class Wanted:
    regencies: Sequence[str]
    region: str
    """The area that the cadre's own area lies in; of a regency or above this adds nothing."""
    pillar: str | None = None
    active: bool | None = True


def _where(wanted: Wanted) -> list[ColumnElement[bool]]:
    clauses: list[ColumnElement[bool]] = [Cadre.regency_code.in_(wanted.regencies)]
    if wanted.region not in wanted.regencies and wanted.region.count(".") > 1:
        below = (Cadre.area_code > wanted.region + ".") & (Cadre.area_code < wanted.region + "/")
        clauses.append(or_(Cadre.area_code == wanted.region, below))
    if wanted.pillar is not None:
        clauses.append(Cadre.pillar == wanted.pillar)
    if wanted.active is not None:
        clauses.append(Cadre.active.is_(wanted.active))
    return clauses


async def listed(tx: Tx, wanted: Wanted, after: tuple[str, str, UUID] | None, limit: int) -> Sequence[Any]:
    """By pillar and area."""
    order = (Cadre.pillar, Cadre.area_code, Cadre.id)
    clauses = _where(wanted)
    if after is not None:
        clauses.append(tuple_(*order) > after)
    statement = (
        select(
            Cadre.regency_code,
            Cadre.id,
            Cadre.pillar,
            Cadre.name,
            Cadre.area_code,
            Cadre.account_id,
            Cadre.capacity,
            Cadre.appointed_on,
            Cadre.ends_on,
            Cadre.active,
            Cadre.version,
        )
        .where(*clauses)
        .order_by(*order)
        .limit(limit)
    )
    return (await tx.execute(statement)).all()


async def counted(tx: Tx, wanted: Wanted) -> int:
    return await tx.scalar(select(func.count()).select_from(Cadre).where(*_where(wanted))) or 0


async def find(tx: Tx, regency_code: str, cadre_id: UUID, *, for_update: bool = False) -> Cadre | None:
    statement = select(Cadre).where(Cadre.regency_code == regency_code, Cadre.id == cadre_id)
    found: Cadre | None = await tx.scalar(statement.with_for_update() if for_update else statement)
    return found


async def with_account(tx: Tx, regency_code: str, account_id: UUID) -> Cadre | None:
    """Return the active cadre that works with an account."""
    statement = select(Cadre).where(
        Cadre.regency_code == regency_code, Cadre.account_id == account_id, Cadre.active
    )
    return await tx.scalar(statement.limit(1))
