"""What each device holds of the cases: told in which answer, with which content, and what it must forget."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import and_, or_, select, tuple_
from sqlalchemy.dialects.postgresql import insert

from app.db.queries.scope import Sight, sees_case
from app.db.session import Tx
from app.db.tables.cases import Case
from app.db.tables.events import FeedRow
from app.db.tables.people import DataKey
from app.db.tables.referrals import Referral
from app.db.tables.sync import SyncHeld

CaseKey = tuple[str, UUID]
"""Tenant and id."""


@dataclass(frozen=True, slots=True)
class Device:
    account_id: UUID
    id: UUID


@dataclass(frozen=True, slots=True)
class Telling:
    """What one answer tells of a case; *digest* is of its content."""

    tenant: str
    case_id: UUID
    ticket: str
    digest: bytes


async def held_of(tx: Tx, device: Device, keys: Collection[CaseKey]) -> dict[CaseKey, SyncHeld]:
    """Return what the device was told of these cases."""
    if not keys:
        return {}
    rows = await tx.scalars(
        select(SyncHeld).where(
            SyncHeld.regency_code.in_(sorted({tenant for tenant, _ in keys})),
            SyncHeld.account_id == device.account_id,
            SyncHeld.device_id == device.id,
            SyncHeld.case_id.in_(sorted({id_ for _, id_ in keys})),
        )
    )
    return {(row.regency_code, row.case_id): row for row in rows}


async def held_page(
    tx: Tx, device: Device, tenants: Collection[str], after: CaseKey | None, limit: int
) -> Sequence[SyncHeld]:
    """Return the next rows of the device by key: for a look at all that it holds."""
    statement = select(SyncHeld).where(
        SyncHeld.regency_code.in_(sorted(tenants)),
        SyncHeld.account_id == device.account_id,
        SyncHeld.device_id == device.id,
    )
    if after is not None:
        statement = statement.where(tuple_(SyncHeld.regency_code, SyncHeld.case_id) > after)
    return (await tx.scalars(statement.order_by(SyncHeld.regency_code, SyncHeld.case_id).limit(limit))).all()


async def seen_of(tx: Tx, sight: Sight, keys: Collection[CaseKey]) -> dict[CaseKey, Case]:
    """Return those of the cases that lie in the sight now."""
    if not keys:
        return {}
    rows = await tx.scalars(
        select(Case).where(
            or_(*(and_(Case.regency_code == tenant, Case.id.in_(ids)) for tenant, ids in _by_tenant(keys))),
            sees_case(sight),
        )
    )
    return {(row.regency_code, row.id): row for row in rows}


async def tell(
    tx: Tx, device: Device, told: Sequence[Telling], answer: int, *, gone_upto: int | None = None
) -> None:
    """Write down what answer number *answer* tells: these cases, or that they are to be forgotten.

    *gone_upto* is the number of the feed up to which it is told that they are gone; None: they are told.
    """
    if not told:
        return
    rows = [
        {
            "regency_code": one.tenant,
            "account_id": device.account_id,
            "device_id": device.id,
            "case_id": one.case_id,
            "ticket": one.ticket,
            "digest": one.digest,
            "told_in": answer,
            "gone": gone_upto is not None,
            "gone_upto": gone_upto or 0,
        }
        for one in sorted(told, key=lambda one: (one.tenant, one.case_id))
    ]
    new = insert(SyncHeld).values(rows)
    await tx.execute(
        new.on_conflict_do_update(
            index_elements=["regency_code", "account_id", "device_id", "case_id"],
            set_={name: new.excluded[name] for name in ("digest", "told_in", "gone", "gone_upto")},
        )
    )


async def changed_in(tx: Tx, tenant: str, after: int, limit: int) -> list[tuple[int, UUID | None]]:
    """Return the next numbers of a tenant's feed with their cases; None for what is of no case."""
    rows = await tx.execute(
        select(FeedRow.n, FeedRow.case_id)
        .where(FeedRow.regency_code == tenant, FeedRow.n > after)
        .order_by(FeedRow.n)
        .limit(limit)
    )
    return [(row.n, row.case_id) for row in rows]


# What is told of a page of cases, in one statement each ------------------------------------------------


async def referrals_of_all(tx: Tx, cases: Sequence[Case]) -> Mapping[CaseKey, list[Referral]]:
    if not cases:
        return {}
    rows = await tx.scalars(
        select(Referral)
        .where(
            Referral.regency_code.in_(sorted({one.regency_code for one in cases})),
            Referral.case_id.in_([one.id for one in cases]),
        )
        .order_by(Referral.sent_at, Referral.id)
    )
    found: dict[CaseKey, list[Referral]] = {}
    for row in rows:
        found.setdefault((row.regency_code, row.case_id), []).append(row)
    return found


async def wrapped_keys(tx: Tx, keys: Collection[CaseKey]) -> Mapping[CaseKey, bytes]:
    """Return the wrapped data keys by (tenant, id); those that were destroyed are missing."""
    if not keys:
        return {}
    rows = await tx.execute(
        select(DataKey.regency_code, DataKey.id, DataKey.wrapped).where(
            DataKey.regency_code.in_(sorted({tenant for tenant, _ in keys})),
            DataKey.id.in_(sorted({id_ for _, id_ in keys})),
        )
    )
    return {(row.regency_code, row.id): row.wrapped for row in rows}


def _by_tenant(keys: Collection[CaseKey]) -> list[tuple[str, list[Any]]]:
    found: dict[str, list[UUID]] = {}
    for tenant, id_ in sorted(keys):
        found.setdefault(tenant, []).append(id_)
    return list(found.items())
