"""Lists of programmes against what is known: the question, the rows of the lists, and what was found."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db.tables.base import Base, Code, Id, Json, TenantKey, one_of
from app.domain.reconciliation import Decision, FindingState, Kind, Source, State


class Reconciliation(Base):
    __tablename__ = "reconciliations"
    __table_args__ = (
        Index("ix_reconciliations_created", "regency_code", "created_at", "id"),
        Index("ix_reconciliations_list", "regency_code", "list_id", "program_code"),
        one_of("state", State),
    )

    regency_code: Mapped[TenantKey]
    id: Mapped[Id]
    region_code: Mapped[Code]
    """Whom the list is for; who lives elsewhere has moved."""
    program_code: Mapped[Code]
    list_id: Mapped[UUID]
    profile_id: Mapped[UUID | None]
    against: Mapped[list[Any]]
    others: Mapped[list[Any]]
    """Further lists: ``list_id``, ``profile_id``, ``program``, ``role``."""
    missing: Mapped[list[Any]]
    desil_at_most: Mapped[int | None]
    purpose: Mapped[Code]
    job_id: Mapped[UUID]
    state: Mapped[Code]
    data_key_id: Mapped[UUID]
    """Seals the rows; erased, nothing of the lists can be read."""
    registry_source: Mapped[Code | None]
    registry_period: Mapped[Code | None]
    """The snapshot that the list was compared with; none where none was asked or stored."""
    row_count: Mapped[int]
    counts: Mapped[Json]
    """Rows by outcome, the missing beside them."""
    superseded_by: Mapped[UUID | None]
    created_at: Mapped[datetime]
    created_by: Mapped[UUID | None]
    finished_at: Mapped[datetime | None]


class ReconciliationRow(Base):
    """A row of a list: digests and keys to find it by; what it says stands sealed."""

    __tablename__ = "reconciliation_rows"
    __table_args__ = (
        ForeignKeyConstraint(
            ["regency_code", "reconciliation_id"], ["reconciliations.regency_code", "reconciliations.id"]
        ),
        Index(
            "ix_reconciliation_rows_nik", "regency_code", "reconciliation_id", "list_no", "nik_digest", "n"
        ),
    )

    regency_code: Mapped[TenantKey]
    reconciliation_id: Mapped[UUID] = mapped_column(primary_key=True)
    list_no: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """0: the list itself; from 1 the others in their order."""
    n: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """Where it stands in the file, from 1."""
    nik_digest: Mapped[bytes | None]
    nik_last4: Mapped[Code | None]
    kk_digest: Mapped[bytes | None]
    name_key: Mapped[Code]
    born_on: Mapped[date | None]
    sex: Mapped[Code | None]
    village_code: Mapped[Code | None]
    sealed: Mapped[bytes]
    says: Mapped[Code | None]
    """``dead`` or ``moved``, where the list itself marks it."""
    refused: Mapped[list[Any]]
    """Why it cannot be used; empty for a usable row."""
    outcome: Mapped[Code | None]
    """The gravest thing found; none while nobody has looked, and of other lists."""


class ReconciliationFinding(Base):
    __tablename__ = "reconciliation_findings"
    __table_args__ = (
        ForeignKeyConstraint(
            ["regency_code", "reconciliation_id"], ["reconciliations.regency_code", "reconciliations.id"]
        ),
        # A step that is done again finds what it wrote.
        UniqueConstraint("regency_code", "reconciliation_id", "list_no", "row_n", "kind"),
        Index(
            "ix_reconciliation_findings_work",
            "regency_code",
            "reconciliation_id",
            "kind",
            "village_code",
            "id",
        ),
        Index("ix_reconciliation_findings_batch", "regency_code", "reconciliation_id", "batch_id"),
        # Promised places are counted by programme.
        Index(
            "ix_reconciliation_findings_fallback",
            "regency_code",
            "other_program",
            postgresql_where="decision = 'refer_fallback'",
        ),
        one_of("kind", [kind for kind in Kind if kind is not Kind.MATCHED]),
        one_of("state", FindingState),
        one_of("source", Source),
        one_of("decision", Decision),
    )

    regency_code: Mapped[TenantKey]
    id: Mapped[Id]
    reconciliation_id: Mapped[UUID]
    list_no: Mapped[int | None]
    row_n: Mapped[int | None]
    """The row; of somebody who is missing that of an earlier list, or none."""
    kind: Mapped[Code]
    reason: Mapped[Code]
    source: Mapped[Code | None]
    evidence: Mapped[Json]
    """Codes, dates and regions; never a name, a number or a village of another regency."""
    village_code: Mapped[Code]
    """Where the row or the missing person is counted; the region where the list does not say."""
    nik_digest: Mapped[bytes | None]
    """Of whom is missing: who holds a fallback meanwhile counts no more as promised."""
    subject_tenant: Mapped[Code | None]
    subject_id: Mapped[UUID | None]
    """The person or registry entry that the evidence is of."""
    subject_version: Mapped[int | None]
    """A decision on a person who has changed since is refused."""
    candidates: Mapped[list[Any]]
    """Of a probable one: source, tenant, id, score and reasons of each."""
    state: Mapped[Code]
    decision: Mapped[Code | None]
    decision_reason: Mapped[Code | None]
    other_program: Mapped[Code | None]
    """Who pays instead, or the fallback that was proposed."""
    chosen: Mapped[int | None]
    """The candidate, from 0."""
    note_sealed: Mapped[bytes | None]
    """The note, and a corrected NIK."""
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None]
    approved_at: Mapped[datetime | None]
    approved_by: Mapped[UUID | None]
    batch_id: Mapped[UUID | None]
    """Decided together with others by one act."""
    version: Mapped[int]
    created_at: Mapped[datetime]
