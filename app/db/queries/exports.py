"""Exports: asked for, filled by the worker part after part, fetched, and gone after a day."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import func, select, tuple_

from app.db.queries import attachments, lists
from app.db.queries.case_filter import CaseFilter, OfEnd
from app.db.queries.local_days import Moment
from app.db.queries.person_filter import person_of
from app.db.session import Tx
from app.db.tables.access import Account
from app.db.tables.exports import Export
from app.db.tables.people import DataKey, Person
from app.domain.ids import parse_public_id

_JUDGED: Final = frozenset({"assignee", "overdue"})
"""What a filter does not hold as it was asked for."""
_TIMES: Final = re.compile(r"(due|opened|updated|resolved|closed)_(from|to|before|after)")
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")


def filter_of(raw: Mapping[str, Any], now: datetime) -> CaseFilter:
    """Read a stored filter; what it says of being overdue is judged at *now*."""
    found = _named(CaseFilter, raw)
    if raw.get("assignee"):
        named = parse_public_id(raw["assignee"])
        found["assignee"] = named.id if named else None
    if raw.get("overdue") is not None:
        found["overdue"] = (raw["overdue"], now)
    person = person_of(raw.get("sex"), raw.get("age_band"))
    return CaseFilter(**found, of_person=person, of_end=OfEnd(**_named(OfEnd, raw)))


def _named(part: type[CaseFilter | OfEnd], raw: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is stored of the fields of *part*, the times as they were asked for."""
    names = [one.name for one in fields(part) if raw.get(one.name) is not None and one.name not in _JUDGED]
    return {name: _moment(raw[name]) if _TIMES.fullmatch(name) else raw[name] for name in names}


def _moment(text: str) -> Moment:
    return date.fromisoformat(text) if _DAY.fullmatch(text) else datetime.fromisoformat(text)


async def find(tx: Tx, regency: str, export_id: UUID) -> Export | None:
    found: Export | None = await tx.scalar(
        select(Export).where(Export.regency_code == regency, Export.id == export_id)
    )
    return found


async def lock(tx: Tx, regency: str, export_id: UUID) -> Export | None:
    found: Export | None = await tx.scalar(
        select(Export)
        .where(Export.regency_code == regency, Export.id == export_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return found


async def listed(
    tx: Tx, regency: str, account_id: UUID, after: tuple[datetime, UUID] | None, limit: int
) -> Sequence[Export]:
    """Return an account's own, the newest first."""
    statement = select(Export).where(Export.regency_code == regency, Export.account_id == account_id)
    if after is not None:
        statement = statement.where(tuple_(Export.created_at, Export.id) < after)
    found = await tx.scalars(statement.order_by(Export.created_at.desc(), Export.id.desc()).limit(limit))
    return found.all()


async def counted(tx: Tx, regency: str, account_id: UUID) -> int:
    statement = select(func.count()).select_from(Export)
    statement = statement.where(Export.regency_code == regency, Export.account_id == account_id)
    return await tx.scalar(statement) or 0


async def account_is_active(tx: Tx, regency: str, account_id: UUID) -> bool:
    return bool(
        await tx.scalar(
            select(Account.active).where(Account.regency_code == regency, Account.id == account_id)
        )
    )


async def keys_of(tx: Tx, persons: Sequence[Person]) -> dict[tuple[str, UUID], bytes]:
    """Return the wrapped data keys of *persons* by (tenant, key), those that were not destroyed."""
    found = await tx.execute(
        select(DataKey.regency_code, DataKey.id, DataKey.wrapped).where(
            DataKey.regency_code.in_({one.regency_code for one in persons}),
            DataKey.id.in_([one.data_key_id for one in persons]),
            DataKey.wrapped.is_not(None),
        )
    )
    return {(row.regency_code, row.id): row.wrapped for row in found}


async def drop_old(tx: Tx, regency: str, now: datetime, limit: int) -> int:
    """Take away up to *limit* exports that have expired; the row stays, as a record that they were made."""
    statement = (
        select(Export)
        .where(Export.regency_code == regency, Export.expires_at < now, Export.deleted_at.is_(None))
        .order_by(Export.id)
        .limit(limit)
    )
    rows = (await tx.scalars(statement.with_for_update(skip_locked=True))).all()
    for row in rows:
        await attachments.delete_later(tx, regency, part_keys(row), due_at=now, reason="retention")
        row.parts, row.deleted_at = [], now
        await lists.destroy_key(tx, regency, row.data_key_id, now)
    return len(rows)


def part_keys(row: Export) -> list[str]:
    return [str(key) for key, _ in row.parts]


async def needed_parts(tx: Tx, regency: str, keys: set[str]) -> set[str]:
    """Return those of *keys* that an export names."""
    rows: Sequence[Any] = (
        await tx.scalars(
            select(Export.parts).where(Export.regency_code == regency, Export.deleted_at.is_(None))
        )
    ).all()
    return {str(key) for parts in rows for key, _ in parts} & keys
