"""The duty roster: who can be called out, and when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, and_, func, select, tuple_

from app.db.session import Tx
from app.db.tables.access import Account
from app.db.tables.hands import DutyShift
from app.db.tables.places import Cadre


@dataclass(frozen=True, slots=True)
class Shift:
    """One turn with the name of whoever has it."""

    regency_code: str
    id: UUID
    duty: str
    account_id: UUID | None
    """Of the person; a cadre's own account where she has one."""
    cadre_id: UUID | None
    name: str
    active: bool
    starts_at: datetime
    ends_at: datetime

    def on_duty(self, now: datetime) -> bool:
        return self.active and self.starts_at <= now < self.ends_at


@dataclass(frozen=True, slots=True)
class Wanted:
    regency_code: str
    duty: str | None = None
    since: datetime | None = None
    """Only turns that end later."""


def _shifts(regency: str) -> Select[*tuple[Any, ...]]:
    account_of = and_(Cadre.regency_code == DutyShift.regency_code, Cadre.id == DutyShift.cadre_id)
    return (
        select(
            DutyShift.regency_code,
            DutyShift.id,
            DutyShift.duty,
            DutyShift.account_id,
            DutyShift.cadre_id,
            DutyShift.starts_at,
            DutyShift.ends_at,
            Cadre.account_id.label("cadre_account_id"),
            Cadre.name.label("cadre_name"),
            Cadre.active.label("cadre_active"),
            Account.name.label("account_name"),
            Account.active.label("account_active"),
        )
        .outerjoin(Cadre, account_of)
        .outerjoin(
            Account,
            and_(Account.regency_code == DutyShift.regency_code, Account.id == DutyShift.account_id),
        )
        .where(DutyShift.regency_code == regency)
    )


def _shift(row: Row[*tuple[Any, ...]]) -> Shift:
    return Shift(
        row.regency_code,
        row.id,
        row.duty,
        row.account_id or row.cadre_account_id,
        row.cadre_id,
        row.account_name or row.cadre_name or "",
        bool(row.account_active or row.cadre_active),
        row.starts_at,
        row.ends_at,
    )


async def on_duty(tx: Tx, regency: str, duty: str, now: datetime) -> list[Shift]:
    """Return who is on duty at *now*, the longest first; nobody who is inactive."""
    statement = _shifts(regency).where(
        DutyShift.duty == duty, DutyShift.starts_at <= now, DutyShift.ends_at > now
    )
    rows = await tx.execute(statement.order_by(DutyShift.starts_at, DutyShift.id))
    return [one for one in map(_shift, rows) if one.active]


async def listed(tx: Tx, wanted: Wanted, after: tuple[datetime, UUID] | None, limit: int) -> Sequence[Shift]:
    """By their beginning."""
    statement = _shifts(wanted.regency_code).where(*_where(wanted))
    if after is not None:
        statement = statement.where(tuple_(DutyShift.starts_at, DutyShift.id) > after)
    rows = await tx.execute(statement.order_by(DutyShift.starts_at, DutyShift.id).limit(limit))
    return [_shift(row) for row in rows]


async def counted(tx: Tx, wanted: Wanted) -> int:
    statement = select(func.count()).select_from(DutyShift)
    statement = statement.where(DutyShift.regency_code == wanted.regency_code, *_where(wanted))
    return await tx.scalar(statement) or 0


def _where(wanted: Wanted) -> list[ColumnElement[bool]]:
    clauses: list[ColumnElement[bool]] = []
    if wanted.duty is not None:
        clauses.append(DutyShift.duty == wanted.duty)
    if wanted.since is not None:
        clauses.append(DutyShift.ends_at > wanted.since)
    return clauses


async def shift_of(tx: Tx, regency: str, shift_id: UUID) -> Shift | None:
    row = (await tx.execute(_shifts(regency).where(DutyShift.id == shift_id))).one_or_none()
    return _shift(row) if row is not None else None


async def lock_shift(tx: Tx, regency: str, shift_id: UUID) -> DutyShift | None:
    found: DutyShift | None = await tx.scalar(
        select(DutyShift).where(DutyShift.regency_code == regency, DutyShift.id == shift_id).with_for_update()
    )
    return found


async def overlapping(tx: Tx, new: DutyShift) -> bool:
    """Tell whether the person has a turn of the same duty that shares a moment with *new*."""
    who = (
        DutyShift.account_id == new.account_id
        if new.account_id is not None
        else DutyShift.cadre_id == new.cadre_id
    )
    found = await tx.scalar(
        select(DutyShift.id)
        .where(
            DutyShift.regency_code == new.regency_code,
            DutyShift.duty == new.duty,
            who,
            DutyShift.starts_at < new.ends_at,
            DutyShift.ends_at > new.starts_at,
        )
        .limit(1)
    )
    return found is not None


async def is_active(tx: Tx, regency: str, account_id: UUID | None, cadre_id: UUID | None) -> bool:
    """Tell whether the person is an active officer, or a cadre in office, of the regency."""
    if account_id is not None:
        return bool(
            await tx.scalar(
                select(Account.active).where(
                    Account.regency_code == regency, Account.id == account_id, Account.kind == "officer"
                )
            )
        )
    return bool(
        await tx.scalar(select(Cadre.active).where(Cadre.regency_code == regency, Cadre.id == cadre_id))
    )
