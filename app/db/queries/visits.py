"""Home visits: those of a case, and a visitor's day."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, select, tuple_, union, update

from app.db.queries.scope import Sight, case_clauses
from app.db.session import Tx
from app.db.tables.cases import Case
from app.db.tables.hands import Visit
from app.db.tables.papers import Attachment

PLANNED, DONE, CANCELLED = "planned", "done", "cancelled"


@dataclass(frozen=True, slots=True)
class Wanted:
    visitor_id: UUID | None = None
    state: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    """Exclusive."""


async def visits_of(tx: Tx, case: Case) -> Sequence[Visit]:
    """Return the visits of the case, by when they are or were planned."""
    statement = select(Visit).where(Visit.regency_code == case.regency_code, Visit.case_id == case.id)
    return (await tx.scalars(statement.order_by(Visit.planned_for, Visit.id))).all()


async def find(tx: Tx, case: Case, visit_id: UUID) -> Visit | None:
    found: Visit | None = await tx.scalar(
        select(Visit).where(
            Visit.regency_code == case.regency_code, Visit.case_id == case.id, Visit.id == visit_id
        )
    )
    return found


async def listed(
    tx: Tx, sight: Sight, wanted: Wanted, after: tuple[datetime, UUID] | None, limit: int
) -> list[tuple[Visit, str, str]]:
    """Return visits with ticket and village of their cases, in the order of the day."""
    filters = _filters(wanted)
    if after is not None:
        filters.append(tuple_(Visit.planned_for, Visit.id) > after)
    order = (Visit.planned_for, Visit.id)
    keys = _keys(sight, filters, lambda one: one.order_by(*order).limit(limit))
    if keys is None:
        return []
    seen = keys.subquery()
    rows = await tx.execute(
        select(Visit, Case.ticket, Case.village_code)
        .join(seen, and_(Visit.regency_code == seen.c.regency_code, Visit.id == seen.c.id))
        .join(Case, and_(Case.regency_code == Visit.regency_code, Case.id == Visit.case_id))
        .order_by(*order)
        .limit(limit)
    )
    return [(visit, ticket, village) for visit, ticket, village in rows]


async def counted(tx: Tx, sight: Sight, wanted: Wanted) -> int:
    keys = _keys(sight, _filters(wanted), lambda one: one)
    return 0 if keys is None else await tx.scalar(select(func.count()).select_from(keys.subquery())) or 0


def _keys(sight: Sight, filters: Sequence[ColumnElement[bool]], shape: Any) -> Any:
    branches: list[Select[Any]] = [
        shape(
            select(Visit.regency_code, Visit.id, Visit.planned_for)
            .join(Case, and_(Case.regency_code == Visit.regency_code, Case.id == Visit.case_id))
            .where(clause, *filters)
        )
        for clause in case_clauses(sight)
    ]
    if not branches:
        return None
    return union(*branches) if len(branches) > 1 else branches[0]


def _filters(wanted: Wanted) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.visitor_id is not None:
        found.append(Visit.visitor_id == wanted.visitor_id)
    if wanted.state is not None:
        found.append(Visit.state == wanted.state)
    if wanted.since is not None:
        found.append(Visit.planned_for >= wanted.since)
    if wanted.until is not None:
        found.append(Visit.planned_for < wanted.until)
    return found


# Photos -----------------------------------------------------------------------------------------------


async def photos_of(tx: Tx, case: Case) -> dict[UUID, list[UUID]]:
    """Return the stored attachments of each visit of the case."""
    rows = await tx.execute(
        select(Attachment.visit_id, Attachment.id)
        .where(
            Attachment.regency_code == case.regency_code,
            Attachment.case_id == case.id,
            Attachment.visit_id.is_not(None),
            Attachment.state == "stored",
        )
        .order_by(Attachment.created_at, Attachment.id)
    )
    found: dict[UUID, list[UUID]] = {}
    for visit_id, attachment_id in rows:
        if visit_id is not None:
            found.setdefault(visit_id, []).append(attachment_id)
    return found


async def take_photos(tx: Tx, case: Case, visit: Visit, attachments: Collection[UUID]) -> set[UUID]:
    """Put stored attachments of the case to the visit; return those that there were."""
    taken = await tx.scalars(
        update(Attachment)
        .where(
            Attachment.regency_code == case.regency_code,
            Attachment.case_id == case.id,
            Attachment.id.in_(list(attachments)),
            Attachment.state == "stored",
        )
        .values(visit_id=visit.id)
        .returning(Attachment.id)
    )
    return set(taken)
