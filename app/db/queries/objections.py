"""Objections as they are stored, and whom a silent one is put before."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select, tuple_

from app.db.queries.acting import Acting
from app.db.session import Tx
from app.db.tables.access import Account, Grant
from app.db.tables.deliberations import Deliberation, DeliberationObjection
from app.domain.access import Role
from app.domain.deliberation.objections import VERIFY_DAYS, ObjectionState

Table = DeliberationObjection


def verify_by(acting: Acting, regency: str) -> datetime:
    """Return until when somebody is to verify, from now: working days of the regency's policy."""
    days = int(acting.known.policy_value(regency, "objection_verify_days", VERIFY_DAYS))
    return acting.known.calendar(regency).add_days(acting.now, days)


async def objections_of(tx: Tx, session: Deliberation) -> Sequence[DeliberationObjection]:
    statement = select(Table).where(
        Table.regency_code == session.regency_code, Table.deliberation_id == session.id
    )
    return (await tx.scalars(statement.order_by(Table.filed_at, Table.id))).all()


async def open_count(tx: Tx, session: Deliberation) -> int:
    return (
        await tx.scalar(
            select(func.count())
            .select_from(Table)
            .where(
                Table.regency_code == session.regency_code,
                Table.deliberation_id == session.id,
                Table.state == ObjectionState.OPEN.value,
            )
        )
        or 0
    )


async def lock_objection(tx: Tx, regency: str, objection_id: UUID) -> DeliberationObjection | None:
    found: DeliberationObjection | None = await tx.scalar(
        select(Table)
        .where(Table.regency_code == regency, Table.id == objection_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return found


@dataclass(frozen=True, slots=True)
class Waiting:
    """Which open objections are listed."""

    regency_code: str
    regions: tuple[str, ...]
    escalated: bool | None = None


def _where(wanted: Waiting) -> list[ColumnElement[bool]]:
    areas = [
        or_(
            Deliberation.village_code == one, Deliberation.village_code.startswith(f"{one}.", autoescape=True)
        )
        for one in wanted.regions
    ]
    clauses: list[ColumnElement[bool]] = [
        Table.regency_code == wanted.regency_code,
        Table.state == ObjectionState.OPEN.value,
        or_(*areas),
    ]
    if wanted.escalated is not None:
        clauses.append(Table.escalated_at.is_not(None) if wanted.escalated else Table.escalated_at.is_(None))
    return clauses


async def waiting(
    tx: Tx, wanted: Waiting, after: tuple[datetime, UUID] | None, limit: int
) -> Sequence[tuple[DeliberationObjection, Deliberation]]:
    """Return open objections, the one due first first, each with its session."""
    join = (Deliberation.regency_code == Table.regency_code) & (Deliberation.id == Table.deliberation_id)
    statement = select(Table, Deliberation).join(Deliberation, join).where(*_where(wanted))
    if after is not None:
        statement = statement.where(tuple_(Table.due_at, Table.id) > after)
    rows = await tx.execute(statement.order_by(Table.due_at, Table.id).limit(limit))
    return [(row[0], row[1]) for row in rows]


async def waiting_count(tx: Tx, wanted: Waiting) -> int:
    join = (Deliberation.regency_code == Table.regency_code) & (Deliberation.id == Table.deliberation_id)
    return (
        await tx.scalar(
            select(func.count()).select_from(Table).join(Deliberation, join).where(*_where(wanted))
        )
        or 0
    )


async def office(tx: Tx, regency: str, role: Role, today: date) -> list[UUID]:
    """Return the active accounts that hold a role over the whole regency today."""
    found = await tx.scalars(
        select(Account.id)
        .join(Grant, (Grant.regency_code == Account.regency_code) & (Grant.account_id == Account.id))
        .where(
            Account.regency_code == regency,
            Account.active,
            Grant.role == role.value,
            Grant.region_code == regency,
            Grant.valid_from <= today,
            or_(Grant.valid_to.is_(None), Grant.valid_to >= today),
        )
        .distinct()
        .order_by(Account.id)
    )
    return list(found)


async def photos_named(tx: Tx, regency: str, keys: Collection[str]) -> set[Any]:
    """Return those of *keys* under which a photo of an objection lies in the store."""
    found = await tx.scalars(
        select(Table.photo_key).where(Table.regency_code == regency, Table.photo_key.in_(keys))
    )
    return set(found)
