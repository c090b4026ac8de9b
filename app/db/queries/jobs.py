"""Long work: asked for, moved on by the worker, stopped and resumed by people."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select, tuple_

from app.db.queries import work
from app.db.queries.acting import Acting
from app.db.session import Tx
from app.db.tables.jobs import Job
from app.domain.access import Actor, Permission
from app.domain.jobs import OPEN, JobKind, JobState


@dataclass(frozen=True, slots=True)
class Order:
    """What is asked for: the tenant whose rows it works on, and who may watch it."""

    kind: JobKind
    regency_code: str
    region: str
    permission: Permission
    input: dict[str, Any]
    total: int | None = None


async def order(acting: Acting, wanted: Order) -> Job:
    """Store a job and the work that runs it. The worker takes it up within a second of the commit."""
    job = Job(
        regency_code=wanted.regency_code,
        id=acting.new_id(),
        kind=wanted.kind.value,
        permission=wanted.permission.value,
        region_code=wanted.region,
        state=JobState.QUEUED.value,
        done=0,
        total=wanted.total,
        input=wanted.input,
        position={},
        result=None,
        problem=None,
        stop_requested=False,
        created_at=acting.now,
        created_by=acting.actor.account_id,
        started_at=None,
        ended_at=None,
        updated_at=acting.now,
    )
    acting.tx.add(job)
    await acting.tx.flush()
    await enqueue(acting.tx, job, acting.new_id(), acting.now)
    return job


async def enqueue(tx: Tx, job: Job, work_id: UUID, now: datetime) -> None:
    """Make the worker take the job up; its key counts the resumptions, so that each is work of its own."""
    again = job.position.get("resumed", 0)
    new = work.NewWork(
        job.regency_code, work_id, work.RUN_JOB, f"{job.id.hex}:{again}", now, {"job": job.id.hex}
    )
    await work.enqueue(tx, [new])


async def find(tx: Tx, regency: str, job_id: UUID) -> Job | None:
    found: Job | None = await tx.scalar(
        select(Job)
        .where(Job.regency_code == regency, Job.id == job_id)
        .execution_options(populate_existing=True)
    )
    return found


async def by_id(tx: Tx, regency: str, ids: Sequence[UUID]) -> dict[UUID, Job]:
    found = await tx.scalars(select(Job).where(Job.regency_code == regency, Job.id.in_(ids)))
    return {job.id: job for job in found}


async def lock(tx: Tx, regency: str, job_id: UUID) -> Job | None:
    found: Job | None = await tx.scalar(
        select(Job)
        .where(Job.regency_code == regency, Job.id == job_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return found


@dataclass(frozen=True, slots=True)
class Wanted:
    regency_code: str
    permissions: frozenset[str]
    """What the actor holds in the whole tenant."""
    account_id: UUID | None
    kind: JobKind | None = None
    open_only: bool = False


def may_watch(actor: Actor, job: Job) -> bool:
    """Whoever asked for it, and whoever could have asked for it there."""
    own = job.created_by is not None and job.created_by == actor.account_id
    return own or actor.has(Permission(job.permission), job.region_code)


def _where(wanted: Wanted) -> list[ColumnElement[bool]]:
    found = [
        Job.regency_code == wanted.regency_code,
        or_(Job.permission.in_(sorted(wanted.permissions)), Job.created_by == wanted.account_id),
    ]
    if wanted.kind is not None:
        found.append(Job.kind == wanted.kind.value)
    if wanted.open_only:
        found.append(Job.state.in_(sorted(state.value for state in OPEN)))
    return found


async def listed(tx: Tx, wanted: Wanted, after: tuple[datetime, UUID] | None, limit: int) -> Sequence[Job]:
    """Return the newest first."""
    statement = select(Job).where(*_where(wanted))
    if after is not None:
        statement = statement.where(tuple_(Job.created_at, Job.id) < after)
    found = await tx.scalars(statement.order_by(Job.created_at.desc(), Job.id.desc()).limit(limit))
    return found.all()


async def counted(tx: Tx, wanted: Wanted) -> int:
    return await tx.scalar(select(func.count()).select_from(Job).where(*_where(wanted))) or 0
