"""Long work that somebody asked for and can watch: an import, a comparison, a trial of rules."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.db.tables.base import Base, Code, Id, Json, TenantKey, one_of
from app.domain.jobs import JobKind, JobState


class Job(Base):
    """One piece of long work. The row of kind ``run_job`` in ``work`` makes the worker take it up."""

    __tablename__ = "jobs"
    __table_args__ = (
        Index("ix_jobs_created", "regency_code", "created_at", "id"),
        one_of("state", JobState),
        one_of("kind", JobKind),
    )

    regency_code: Mapped[TenantKey]
    id: Mapped[Id]
    kind: Mapped[Code]
    permission: Mapped[Code]
    """Who holds it in ``region_code`` may see, stop and resume the job."""
    region_code: Mapped[Code]
    state: Mapped[Code]
    done: Mapped[int] = mapped_column(BigInteger)
    total: Mapped[int | None] = mapped_column(BigInteger)
    """In the unit of the kind (rows, cases); none while nobody has counted."""
    input: Mapped[Json]
    """Ids and codes that the work needs; nothing personal."""
    position: Mapped[Json]
    """How far it is: what a worker that takes it up goes on from."""
    result: Mapped[Json | None]
    problem: Mapped[Json | None]
    """Why it failed: ``code``, ``id``, ``en``."""
    stop_requested: Mapped[bool]
    created_at: Mapped[datetime]
    created_by: Mapped[UUID | None]
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    updated_at: Mapped[datetime]
