"""Keys of agencies' systems; only their digests are stored. Every statement is inside one tenant."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update

from app.db.session import Tx
from app.db.tables.access import Account, Client, ServiceKey


@dataclass(frozen=True, slots=True)
class FoundKey:
    id: UUID
    account_id: UUID
    scopes: list[Any]
    client_scopes: list[Any] | None
    expires_at: datetime
    last_used_at: datetime | None


async def find_key(tx: Tx, regency_code: str, key_digest: bytes, now: datetime) -> FoundKey | None:
    """Return the key if it lives at *now*, with its client and the client's account active."""
    statement = (
        select(
            ServiceKey.id,
            Account.id,
            ServiceKey.scopes,
            Client.scopes,
            ServiceKey.expires_at,
            ServiceKey.last_used_at,
        )
        .join(
            Client,
            (Client.regency_code == ServiceKey.regency_code) & (Client.id == ServiceKey.client_row_id),
        )
        .join(Account, (Account.regency_code == Client.regency_code) & (Account.id == Client.account_id))
        .where(
            ServiceKey.regency_code == regency_code,
            ServiceKey.key_digest == key_digest,
            ServiceKey.revoked_at.is_(None),
            ServiceKey.expires_at > now,
            Client.active,
            Account.active,
        )
    )
    row = (await tx.execute(statement)).one_or_none()
    return FoundKey(*row) if row else None


async def touch(tx: Tx, regency_code: str, key_id: UUID, now: datetime) -> None:
    """Note that the key was used."""
    await tx.execute(
        update(ServiceKey)
        .where(ServiceKey.regency_code == regency_code, ServiceKey.id == key_id)
        .values(last_used_at=now)
    )


async def count_live(tx: Tx, regency_code: str, client_row_id: UUID, now: datetime) -> int:
    statement = (
        select(func.count())
        .select_from(ServiceKey)
        .where(
            ServiceKey.regency_code == regency_code,
            ServiceKey.client_row_id == client_row_id,
            ServiceKey.revoked_at.is_(None),
            ServiceKey.expires_at > now,
        )
    )
    return await tx.scalar(statement) or 0


async def list_keys(tx: Tx, regency_code: str, client_row_id: UUID, limit: int) -> list[ServiceKey]:
    """Return the client's keys, the newest first, those that ended among them."""
    statement = (
        select(ServiceKey)
        .where(ServiceKey.regency_code == regency_code, ServiceKey.client_row_id == client_row_id)
        .order_by(ServiceKey.created_at.desc(), ServiceKey.id.desc())
        .limit(limit)
    )
    return list(await tx.scalars(statement))


async def find_for_update(tx: Tx, regency_code: str, client_row_id: UUID, key_id: UUID) -> ServiceKey | None:
    statement = (
        select(ServiceKey)
        .where(
            ServiceKey.regency_code == regency_code,
            ServiceKey.client_row_id == client_row_id,
            ServiceKey.id == key_id,
        )
        .with_for_update()
    )
    found: ServiceKey | None = await tx.scalar(statement)
    return found


async def add(tx: Tx, key: ServiceKey) -> None:
    tx.add(key)
    await tx.flush()
