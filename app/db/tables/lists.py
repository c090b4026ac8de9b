"""Lists of persons that came as files, and the profiles by which their columns are read."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db.tables.base import Base, Code, Id, Json, TenantKey, one_of
from app.domain.lists.files import ListKind


class ListFile(Base):
    """A list as it came, encrypted in the store in parts. Its data key is its own: destroyed, it is gone."""

    __tablename__ = "list_files"
    __table_args__ = (
        ForeignKeyConstraint(["regency_code", "data_key_id"], ["data_keys.regency_code", "data_keys.id"]),
        # The same file sent again is the one that is there.
        Index(
            "uq_list_files_sha256",
            "regency_code",
            "sha256",
            unique=True,
            postgresql_where="deleted_at IS NULL",
        ),
        Index("ix_list_files_created", "regency_code", "created_at", "id"),
        one_of("kind", ListKind),
    )

    regency_code: Mapped[TenantKey]
    id: Mapped[Id]
    data_key_id: Mapped[UUID]
    name_sealed: Mapped[bytes | None]
    """What its sender calls it."""
    kind: Mapped[Code]
    encoding: Mapped[Code | None]
    """Of a text, found by the whole of it."""
    size: Mapped[int] = mapped_column(BigInteger)
    """Bytes."""
    sha256: Mapped[bytes]
    parts: Mapped[list[Any]]
    """``[object key, bytes]`` in order; empty once it is deleted."""
    created_at: Mapped[datetime]
    created_by: Mapped[UUID | None]
    deleted_at: Mapped[datetime | None]


class ListProfile(Base):
    """Which header words a list has for what; never edited: another name, or the next version of it."""

    __tablename__ = "list_profiles"
    __table_args__ = (UniqueConstraint("regency_code", "name", "n"),)

    regency_code: Mapped[TenantKey]
    id: Mapped[Id]
    name: Mapped[str]
    n: Mapped[int]
    columns: Mapped[Json]
    created_at: Mapped[datetime]
    created_by: Mapped[UUID | None]
