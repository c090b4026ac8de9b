"""Subscriptions of the DCI interface: made, ended, and which are to be looked at anew."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert

from app.db.session import Tx
from app.db.tables.dci import DciMessage
from app.db.tables.dci_subscriptions import DciSubscription
from app.db.tables.registry import RegistrySnapshot

Row = DciSubscription


async def subscribe(tx: Tx, new: DciSubscription) -> bool:
    """Store a subscription; False where the client follows her for that purpose already."""
    values = {column.name: getattr(new, column.name) for column in Row.__table__.columns}
    made = await tx.scalar(
        insert(Row)
        .values(values)
        .on_conflict_do_nothing(
            index_elements=["regency_code", "client_row_id", "nik_digest", "purpose"],
            index_where=Row.ended_at.is_(None) & Row.nik_digest.is_not(None),
        )
        .returning(Row.id)
    )
    return made is not None


async def count_live(tx: Tx, regency: str, client_row_id: UUID, now: datetime) -> int:
    statement = select(func.count()).where(
        Row.regency_code == regency,
        Row.client_row_id == client_row_id,
        Row.ended_at.is_(None),
        Row.until > now,
    )
    return await tx.scalar(statement) or 0


async def end(tx: Tx, regency: str, client_row_id: UUID, ids: Sequence[UUID], now: datetime) -> set[UUID]:
    """End those of *ids* that are the client's own and live; return which."""
    ended = await tx.scalars(
        update(Row)
        .where(
            Row.regency_code == regency,
            Row.client_row_id == client_row_id,
            Row.id.in_(list(ids)),
            Row.ended_at.is_(None),
        )
        .values(ended_at=now)
        .returning(Row.id)
        .execution_options(synchronize_session=False)
    )
    return set(ended)


async def tenants(tx: Tx, before: datetime) -> list[str]:
    """Return the tenants that have subscriptions which were looked at before: a read over all tenants."""
    statement = select(Row.regency_code).where(Row.ended_at.is_(None), Row.checked_at < before).distinct()
    return sorted(await tx.scalars(statement))


async def last_change(tx: Tx, regency: str) -> datetime | None:
    """Return when a list of the regency last began to count."""
    found: datetime | None = await tx.scalar(
        select(func.max(RegistrySnapshot.committed_at)).where(RegistrySnapshot.regency_code == regency)
    )
    return found


async def to_check(tx: Tx, regency: str, before: datetime, limit: int) -> Sequence[DciSubscription]:
    found = await tx.scalars(
        select(Row)
        .where(Row.regency_code == regency, Row.ended_at.is_(None), Row.checked_at < before)
        .order_by(Row.checked_at, Row.id)
        .limit(limit)
    )
    return found.all()


async def checked(tx: Tx, row: DciSubscription, told_digest: bytes, now: datetime) -> bool:
    """Note what is told now; False where somebody else has looked meanwhile, or it ended."""
    changed = await tx.scalar(
        update(Row)
        .where(
            Row.regency_code == row.regency_code,
            Row.id == row.id,
            Row.checked_at == row.checked_at,
            Row.ended_at.is_(None),
        )
        .values(told_digest=told_digest, checked_at=now)
        .returning(Row.id)
        .execution_options(synchronize_session=False)
    )
    return changed is not None


async def end_old(tx: Tx, regency: str, now: datetime) -> None:
    """End what is over, and what nobody can be told of any more."""
    await tx.execute(
        update(Row)
        .where(
            Row.regency_code == regency,
            Row.ended_at.is_(None),
            (Row.until <= now) | Row.nik_digest.is_(None),
        )
        .values(ended_at=now)
        .execution_options(synchronize_session=False)
    )


async def post(tx: Tx, message: DciMessage) -> None:
    tx.add(message)
    await tx.flush()
