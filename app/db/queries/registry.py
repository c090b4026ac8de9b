"""Registry snapshots and their rows: found, listed, decided, dropped in time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, delete, exists, func, select, tuple_
from sqlalchemy.dialects.postgresql import insert

from app.db.queries.acting import Acting
from app.db.queries.lists import destroy_key
from app.db.session import Tx
from app.db.tables.registry import RegistryDiff, RegistryRow, RegistrySnapshot
from app.domain.errors import NotFound
from app.domain.registry import SnapshotState

ROWS_AT_ONCE = 5_000
"""Rows deleted in one transaction."""


def no_snapshot() -> NotFound:
    return NotFound(id="Daftar registri ini tidak ada.", en="There is no such registry snapshot.")


@dataclass(frozen=True, slots=True)
class New:
    """A snapshot to be checked; its list is there and its job ordered."""

    id: UUID
    regency_code: str
    source: str
    period: str
    decree: str | None
    list_id: UUID
    profile_id: UUID | None
    data_key_id: UUID
    job_id: UUID


async def claim_period(acting: Acting, new: New) -> bool:
    """Store a snapshot; False where another one of that source and period is not withdrawn."""
    values = {
        "id": new.id,
        "regency_code": new.regency_code,
        "source": new.source,
        "period": new.period,
        "decree": new.decree,
        "list_id": new.list_id,
        "profile_id": new.profile_id,
        "data_key_id": new.data_key_id,
        "job_id": new.job_id,
        "state": SnapshotState.CHECKING.value,
        "rows": None,
        "columns": {},
        "counts": {},
        "version": 1,
        "created_at": acting.now,
        "created_by": acting.actor.account_id,
        "checked_at": None,
        "committed_at": None,
    }
    made = await acting.tx.scalar(
        insert(RegistrySnapshot)
        .values(values)
        .on_conflict_do_nothing(
            index_elements=["regency_code", "source", "period"],
            index_where=RegistrySnapshot.state != SnapshotState.WITHDRAWN.value,
        )
        .returning(RegistrySnapshot.id)
    )
    return made is not None


async def find(
    tx: Tx, regency: str, snapshot_id: UUID, *, for_update: bool = False
) -> RegistrySnapshot | None:
    statement = select(RegistrySnapshot).where(
        RegistrySnapshot.regency_code == regency, RegistrySnapshot.id == snapshot_id
    )
    if for_update:
        statement = statement.with_for_update()
    found: RegistrySnapshot | None = await tx.scalar(statement.execution_options(populate_existing=True))
    return found


async def of_period(tx: Tx, regency: str, source: str, period: str) -> RegistrySnapshot | None:
    """Return the snapshot of a source and period that is not withdrawn."""
    found: RegistrySnapshot | None = await tx.scalar(
        select(RegistrySnapshot).where(
            RegistrySnapshot.regency_code == regency,
            RegistrySnapshot.source == source,
            RegistrySnapshot.period == period,
            RegistrySnapshot.state != SnapshotState.WITHDRAWN.value,
        )
    )
    return found


async def committed(tx: Tx, regency: str, source: str) -> Sequence[RegistrySnapshot]:
    """Return the snapshots of a source that count or counted."""
    found = await tx.scalars(
        select(RegistrySnapshot).where(
            RegistrySnapshot.regency_code == regency,
            RegistrySnapshot.source == source,
            RegistrySnapshot.state == SnapshotState.COMMITTED.value,
        )
    )
    return found.all()


async def listed(
    tx: Tx, regency: str, after: tuple[datetime, UUID] | None, limit: int
) -> Sequence[RegistrySnapshot]:
    """Return the newest first."""
    order = (RegistrySnapshot.created_at, RegistrySnapshot.id)
    statement = select(RegistrySnapshot).where(RegistrySnapshot.regency_code == regency)
    if after is not None:
        statement = statement.where(tuple_(*order) < after)
    found = await tx.scalars(statement.order_by(*(one.desc() for one in order)).limit(limit))
    return found.all()


async def counted(tx: Tx, regency: str) -> int:
    statement = (
        select(func.count()).select_from(RegistrySnapshot).where(RegistrySnapshot.regency_code == regency)
    )
    return await tx.scalar(statement) or 0


@dataclass(frozen=True, slots=True)
class Rows:
    """Which rows of a snapshot are asked for."""

    regency_code: str
    snapshot_id: UUID
    verdict: str | None = None
    reason: str | None = None
    undecided: bool = False
    unusable: bool = False
    """Parked and refused ones, for a workbook."""

    def where(self) -> list[ColumnElement[bool]]:
        found = [
            RegistryRow.regency_code == self.regency_code,
            RegistryRow.snapshot_id == self.snapshot_id,
        ]
        if self.verdict is not None:
            found.append(RegistryRow.verdict == self.verdict)
        if self.unusable:
            found.append(RegistryRow.verdict.in_(("parked", "refused")))
        if self.reason is not None:
            found.append((" " + RegistryRow.reasons + " ").contains(f" {self.reason} ", autoescape=True))
        if self.undecided:
            found.append(RegistryRow.decision.is_(None))
        return found


async def rows(tx: Tx, wanted: Rows, after: int | None, limit: int) -> Sequence[RegistryRow]:
    """Return rows in the order of the file."""
    statement = select(RegistryRow).where(*wanted.where())
    if after is not None:
        statement = statement.where(RegistryRow.n > after)
    return (await tx.scalars(statement.order_by(RegistryRow.n).limit(limit))).all()


async def count_rows(tx: Tx, wanted: Rows) -> int:
    return await tx.scalar(select(func.count()).select_from(RegistryRow).where(*wanted.where())) or 0


async def lock_row(tx: Tx, snapshot: RegistrySnapshot, n: int) -> RegistryRow | None:
    found: RegistryRow | None = await tx.scalar(
        select(RegistryRow)
        .where(
            RegistryRow.regency_code == snapshot.regency_code,
            RegistryRow.snapshot_id == snapshot.id,
            RegistryRow.n == n,
        )
        .with_for_update()
    )
    return found


async def taken_twin(tx: Tx, row: RegistryRow, digest: bytes) -> int | None:
    """Return another row with this NIK that enters."""
    found: int | None = await tx.scalar(
        select(RegistryRow.n)
        .where(
            RegistryRow.regency_code == row.regency_code,
            RegistryRow.snapshot_id == row.snapshot_id,
            RegistryRow.nik_digest == digest,
            RegistryRow.enters.is_(True),
            RegistryRow.n != row.n,
        )
        .limit(1)
    )
    return found


async def diff_of(tx: Tx, regency: str, snapshot_id: UUID, against_id: UUID | None) -> RegistryDiff | None:
    """Return a comparison of a snapshot; the newest one where nothing is said against what."""
    statement = select(RegistryDiff).where(
        RegistryDiff.regency_code == regency, RegistryDiff.snapshot_id == snapshot_id
    )
    if against_id is not None:
        statement = statement.where(RegistryDiff.against_id == against_id)
    found: RegistryDiff | None = await tx.scalar(statement.order_by(RegistryDiff.at.desc()).limit(1))
    return found


async def drop_rows(tx: Tx, regency: str, before: datetime, now: datetime, limit: int) -> int:
    """Delete some thousand rows of one snapshot that was settled before *before*.

    Returns *limit* where there may be more. When the last is gone the key goes too: nobody can read what
    stood in them, in copies neither.
    """
    settled = await tx.scalar(_settled(regency, before))
    if settled is None:
        return 0
    await delete_rows(tx, regency, settled.id)
    left = await tx.scalar(
        select(exists().where(RegistryRow.regency_code == regency, RegistryRow.snapshot_id == settled.id))
    )
    if not left:
        await destroy_key(tx, regency, settled.data_key_id, now)
        settled.version += 1
    return limit


def _settled(regency: str, before: datetime) -> Any:
    rows_left = exists().where(
        RegistryRow.regency_code == RegistrySnapshot.regency_code,
        RegistryRow.snapshot_id == RegistrySnapshot.id,
    )
    return (
        select(RegistrySnapshot)
        .where(
            RegistrySnapshot.regency_code == regency,
            RegistrySnapshot.state.in_((SnapshotState.COMMITTED.value, SnapshotState.WITHDRAWN.value)),
            func.coalesce(
                RegistrySnapshot.committed_at, RegistrySnapshot.checked_at, RegistrySnapshot.created_at
            )
            < before,
            rows_left,
        )
        .order_by(RegistrySnapshot.id)
        .limit(1)
    )


async def delete_rows(tx: Tx, regency: str, snapshot_id: UUID) -> None:
    """Delete the next `ROWS_AT_ONCE` rows of a snapshot."""
    chosen = (
        select(RegistryRow.n)
        .where(RegistryRow.regency_code == regency, RegistryRow.snapshot_id == snapshot_id)
        .order_by(RegistryRow.n)
        .limit(ROWS_AT_ONCE)
    )
    await tx.execute(
        delete(RegistryRow)
        .where(
            RegistryRow.regency_code == regency,
            RegistryRow.snapshot_id == snapshot_id,
            RegistryRow.n.in_(chosen),
        )
        .execution_options(synchronize_session=False)
    )
