"""Lists that somebody took out of the service, for as long as they may be fetched."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.db.tables.base import Base, Code, Id, Json, TenantKey, one_of
from app.domain.exports import ExportFormat


class Export(Base):
    """Encrypted in the store in parts, under a key of its own: destroyed, and with it every copy."""

    __tablename__ = "exports"
    __table_args__ = (
        ForeignKeyConstraint(["regency_code", "data_key_id"], ["data_keys.regency_code", "data_keys.id"]),
        ForeignKeyConstraint(["regency_code", "job_id"], ["jobs.regency_code", "jobs.id"]),
        Index("ix_exports_account", "regency_code", "account_id", "created_at", "id"),
        one_of("format", ExportFormat),
    )

    regency_code: Mapped[TenantKey]
    """Of the account that asked: the cases may lie anywhere in its sight."""
    id: Mapped[Id]
    job_id: Mapped[UUID]
    account_id: Mapped[UUID]
    data_key_id: Mapped[UUID]
    format: Mapped[Code]
    language: Mapped[Code]
    filter: Mapped[Json]
    """What the list was narrowed by, as the query of ``GET /v1/cases``; codes and instants only."""
    purpose: Mapped[Code]
    full_nik: Mapped[bool]
    rows: Mapped[int] = mapped_column(BigInteger)
    size: Mapped[int] = mapped_column(BigInteger)
    """Bytes."""
    parts: Mapped[list[Any]]
    """``[object key, bytes]`` in order."""
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    deleted_at: Mapped[datetime | None]
