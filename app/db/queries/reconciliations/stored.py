"""Reconciliations: made, looked for, listed, and finished."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, select, tuple_

from app.db.session import Tx
from app.db.tables.jobs import Job
from app.db.tables.lists import ListFile
from app.db.tables.people import RegistryEntry
from app.db.tables.reconciliations import Reconciliation
from app.domain.jobs import JobState
from app.domain.reconciliation import State
from app.domain.registry import period_end

_UNFINISHED = (JobState.QUEUED.value, JobState.RUNNING.value, JobState.STOPPED.value)


async def find(tx: Tx, regency: str, id_: UUID) -> Reconciliation | None:
    found: Reconciliation | None = await tx.scalar(
        select(Reconciliation)
        .where(Reconciliation.regency_code == regency, Reconciliation.id == id_)
        .execution_options(populate_existing=True)
    )
    return found


async def lock(tx: Tx, regency: str, id_: UUID) -> Reconciliation | None:
    found: Reconciliation | None = await tx.scalar(
        select(Reconciliation)
        .where(Reconciliation.regency_code == regency, Reconciliation.id == id_)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return found


async def of_list(tx: Tx, regency: str, list_id: UUID, program: str) -> Sequence[Reconciliation]:
    """Return the reconciliations of a list for a programme that count, the newest first, locked."""
    statement = (
        select(Reconciliation)
        .where(
            Reconciliation.regency_code == regency,
            Reconciliation.list_id == list_id,
            Reconciliation.program_code == program,
            Reconciliation.state != State.SUPERSEDED.value,
        )
        .order_by(Reconciliation.created_at.desc(), Reconciliation.id.desc())
        .with_for_update()
    )
    return (await tx.scalars(statement)).all()


async def is_underway(tx: Tx, row: Reconciliation) -> bool:
    """Whether its job may still go on."""
    state = await tx.scalar(
        select(Job.state).where(Job.regency_code == row.regency_code, Job.id == row.job_id)
    )
    return row.state == State.RUNNING.value and state in _UNFINISHED


@dataclass(frozen=True, slots=True)
class Wanted:
    regency: str
    program: str | None = None
    state: State | None = None


def _where(wanted: Wanted) -> ColumnElement[bool]:
    found = [Reconciliation.regency_code == wanted.regency]
    if wanted.program is not None:
        found.append(Reconciliation.program_code == wanted.program)
    if wanted.state is not None:
        found.append(Reconciliation.state == wanted.state.value)
    return and_(*found)


async def listed(
    tx: Tx, wanted: Wanted, after: tuple[datetime, UUID] | None, limit: int
) -> Sequence[tuple[Reconciliation, Job]]:
    """Return the newest first, each with its job."""
    own_job = and_(Job.regency_code == Reconciliation.regency_code, Job.id == Reconciliation.job_id)
    statement = select(Reconciliation, Job).join(Job, own_job).where(_where(wanted))
    if after is not None:
        statement = statement.where(tuple_(Reconciliation.created_at, Reconciliation.id) < after)
    order = (Reconciliation.created_at.desc(), Reconciliation.id.desc())
    return [(row[0], row[1]) for row in await tx.execute(statement.order_by(*order).limit(limit))]


async def counted(tx: Tx, wanted: Wanted) -> int:
    return await tx.scalar(select(func.count()).select_from(Reconciliation).where(_where(wanted))) or 0


async def newest_snapshot(tx: Tx, regency: str) -> tuple[str, str] | None:
    """Return source and period of the newest list of the registry here."""
    statement = (
        select(RegistryEntry.source, RegistryEntry.period)
        .where(RegistryEntry.regency_code == regency)
        .distinct()
    )
    found = [(row.source, row.period) for row in await tx.execute(statement)]
    return max(found, key=lambda one: (period_end(one[1]) or date.min, one), default=None)


async def lock_list(tx: Tx, regency: str, list_id: UUID) -> None:
    """Let one at a time order something of a list."""
    await tx.execute(
        select(ListFile.id).where(ListFile.regency_code == regency, ListFile.id == list_id).with_for_update()
    )
