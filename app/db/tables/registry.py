"""Registry snapshots: what a list of one source and period holds, row by row, and what it changed."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.db.tables.base import Base, Code, Id, Json, TenantKey, one_of
from app.domain.lists.verdicts import Verdict
from app.domain.registry import Change, ChangeReason, Decision, SnapshotState


class RegistrySnapshot(Base):
    """One list of the registry, from the dry run to what it is when it counts."""

    __tablename__ = "registry_snapshots"
    __table_args__ = (
        ForeignKeyConstraint(["regency_code", "list_id"], ["list_files.regency_code", "list_files.id"]),
        ForeignKeyConstraint(["regency_code", "data_key_id"], ["data_keys.regency_code", "data_keys.id"]),
        # One list for a period at a time; whoever comes second is told so.
        Index(
            "uq_registry_snapshots_period",
            "regency_code",
            "source",
            "period",
            unique=True,
            postgresql_where="state <> 'withdrawn'",
        ),
        Index("ix_registry_snapshots_created", "regency_code", "created_at", "id"),
        one_of("state", SnapshotState),
    )

    regency_code: Mapped[TenantKey]
    id: Mapped[Id]
    source: Mapped[Code]
    period: Mapped[Code]
    decree: Mapped[str | None]
    list_id: Mapped[UUID]
    profile_id: Mapped[UUID | None]
    data_key_id: Mapped[UUID]
    """Seals the rows."""
    state: Mapped[Code]
    job_id: Mapped[UUID]
    """Of the last work on it."""
    rows: Mapped[int | None]
    columns: Mapped[Json]
    """What was found in the header: field to title."""
    counts: Mapped[Json]
    """Rows by ``verdict`` and by ``reason``, and how many were ``entered``."""
    version: Mapped[int]
    created_at: Mapped[datetime]
    created_by: Mapped[UUID | None]
    checked_at: Mapped[datetime | None]
    committed_at: Mapped[datetime | None]


class RegistryRow(Base):
    """One row of a snapshot as the dry run found it. Filled by COPY; written again by a decision only."""

    __tablename__ = "registry_rows"
    __table_args__ = (
        Index("ix_registry_rows_nik", "regency_code", "snapshot_id", "nik_digest", "n"),
        Index(
            "ix_registry_rows_verdict",
            "regency_code",
            "snapshot_id",
            "verdict",
            "n",
            postgresql_where="verdict <> 'accepted'",
        ),
        one_of("verdict", Verdict),
        one_of("decision", Decision),
    )

    regency_code: Mapped[TenantKey]
    snapshot_id: Mapped[UUID] = mapped_column(primary_key=True)
    n: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """Of the row in the file, the header's rows counted."""
    verdict: Mapped[Code]
    reasons: Mapped[Code]
    """Codes of the set ``list_reason``, between spaces."""
    enters: Mapped[bool]
    """Whether the commit takes it in."""
    nik_digest: Mapped[bytes | None]
    kk_digest: Mapped[bytes | None]
    name_key: Mapped[Code]
    born_on: Mapped[date | None]
    village_code: Mapped[Code]
    desil: Mapped[int | None]
    status: Mapped[Code]
    programs: Mapped[list[Any]]
    sealed: Mapped[bytes]
    """One sealed JSON: name, NIK, KK, sex; and the cells as they came where the row was not just accepted."""
    decision: Mapped[Code | None]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None]


class RegistryDiff(Base):
    """One comparison of two snapshots of a source."""

    __tablename__ = "registry_diffs"

    regency_code: Mapped[TenantKey]
    snapshot_id: Mapped[UUID] = mapped_column(primary_key=True)
    against_id: Mapped[UUID] = mapped_column(primary_key=True)
    counts: Mapped[Json]
    """Changes by kind and by reason; rows without a NIK that cannot be compared."""
    flagged: Mapped[int]
    """Open cases whose desk was told."""
    at: Mapped[datetime]


class RegistryChange(Base):
    """One person who came, went, or was ranked otherwise between two snapshots."""

    __tablename__ = "registry_changes"
    __table_args__ = (
        Index("ix_registry_changes_kind", "regency_code", "snapshot_id", "against_id", "kind", "nik_digest"),
        one_of("kind", Change),
        one_of("reason", ChangeReason),
    )

    regency_code: Mapped[TenantKey]
    snapshot_id: Mapped[UUID] = mapped_column(primary_key=True)
    against_id: Mapped[UUID] = mapped_column(primary_key=True)
    nik_digest: Mapped[bytes] = mapped_column(primary_key=True)
    kind: Mapped[Code]
    reason: Mapped[Code]
    name_key: Mapped[Code]
    village_code: Mapped[Code]
    desil_before: Mapped[int | None]
    desil_after: Mapped[int | None]
