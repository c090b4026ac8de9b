"""Letters wherever they are: those that wait for a hand, and those that are done with."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, func, select, tuple_, union

from app.db.queries.scope import Sight, case_clauses
from app.db.session import Tx
from app.db.tables.cases import Case
from app.db.tables.papers import Letter


@dataclass(frozen=True, slots=True)
class Wanted:
    state: str
    after: tuple[datetime, UUID] | None = None
    limit: int = 0
    """One more than a page shows."""


async def listed(tx: Tx, sight: Sight, wanted: Wanted) -> Sequence[tuple[Letter, str, str]]:
    """Return letters with ticket and village of their cases, those drafted first first."""
    order = (Letter.drafted_at, Letter.id)
    behind = [tuple_(*order) > wanted.after] if wanted.after is not None else []
    keys = _keys(sight, wanted, behind, lambda one: one.order_by(*order).limit(wanted.limit))
    if keys is None:
        return []
    seen = keys.subquery()
    rows = await tx.execute(
        select(Letter, Case.ticket, Case.village_code)
        .join(seen, and_(Letter.regency_code == seen.c.regency_code, Letter.id == seen.c.id))
        .join(Case, and_(Case.regency_code == Letter.regency_code, Case.id == Letter.case_id))
        .order_by(*order)
        .limit(wanted.limit)
    )
    return [(letter, ticket, village) for letter, ticket, village in rows]


async def counted(tx: Tx, sight: Sight, wanted: Wanted) -> int:
    keys = _keys(sight, wanted, (), lambda one: one)
    return 0 if keys is None else await tx.scalar(select(func.count()).select_from(keys.subquery())) or 0


def _keys(sight: Sight, wanted: Wanted, more: Sequence[Any], shape: Any) -> Any:
    branches: list[Select[Any]] = [
        shape(
            select(Letter.regency_code, Letter.id, Letter.drafted_at)
            .join(Case, and_(Case.regency_code == Letter.regency_code, Case.id == Letter.case_id))
            .where(clause, Letter.state == wanted.state, *more)
        )
        for clause in case_clauses(sight)
    ]
    if not branches:
        return None
    return union(*branches) if len(branches) > 1 else branches[0]
