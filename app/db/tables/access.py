"""Who may come in: accounts, grants, clients, sessions, refresh tokens, counters of tries, the access log."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db.tables.base import Base, Code, Id, TenantKey, one_of


class Account(Base):
    __tablename__ = "accounts"
    __table_args__ = (
        UniqueConstraint("regency_code", "login"),
        one_of("kind", ("officer", "client")),
    )

    regency_code: Mapped[TenantKey]
    id: Mapped[Id]
    login: Mapped[Code]
    """Without the tenant: ``siti``; the person types ``siti@1374``."""
    name: Mapped[str]
    kind: Mapped[Code]
    password_hash: Mapped[str | None]
    email: Mapped[str | None]
    """Where messages for this account go; none: in-app notices only."""
    demo: Mapped[bool]
    active: Mapped[bool]
    created_at: Mapped[datetime]
    version: Mapped[int]


class Grant(Base):
    __tablename__ = "grants"
    __table_args__ = (
        ForeignKeyConstraint(["regency_code", "account_id"], ["accounts.regency_code", "accounts.id"]),
        Index("ix_grants_account", "regency_code", "account_id"),
    )

    regency_code: Mapped[TenantKey]
    id: Mapped[Id]
    account_id: Mapped[UUID]
    role: Mapped[Code]
    region_code: Mapped[Code | None]
    agency_code: Mapped[Code | None]
    desk_id: Mapped[UUID | None]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]


class Client(Base):
    __tablename__ = "clients"
    __table_args__ = (UniqueConstraint("regency_code", "client_id"),)

    regency_code: Mapped[TenantKey]
    id: Mapped[Id]
    client_id: Mapped[Code]
    """Without the tenant: ``baznas``; the client sends ``baznas@1374``."""
    name: Mapped[str]
    secret_digest: Mapped[bytes | None]
    """SHA-256 of a long random secret; none for a first-party frontend that cannot keep one."""
    first_party: Mapped[bool]
    """Only a first-party frontend may use the password grant."""
    account_id: Mapped[UUID | None]
    active: Mapped[bool]
    created_at: Mapped[datetime]


class Session(Base):
    __tablename__ = "sessions"
    __table_args__ = (
        Index("ix_sessions_family", "regency_code", "family_id"),
        Index("ix_sessions_account", "regency_code", "account_id"),
    )

    regency_code: Mapped[TenantKey]
    token_digest: Mapped[bytes] = mapped_column(primary_key=True)
    account_id: Mapped[UUID | None]
    case_id: Mapped[UUID | None]
    """Set for a resident who came with ticket and PIN; then there is no account."""
    link_id: Mapped[UUID | None]
    """Set for a receiver who opened a letter's link; then there is no account either."""
    client_row_id: Mapped[UUID | None]
    family_id: Mapped[UUID]
    issued_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class RefreshToken(Base):
    __tablename__ = "refresh_tokens"
    __table_args__ = (Index("ix_refresh_tokens_family", "regency_code", "family_id"),)

    regency_code: Mapped[TenantKey]
    token_digest: Mapped[bytes] = mapped_column(primary_key=True)
    account_id: Mapped[UUID]
    client_row_id: Mapped[UUID | None]
    family_id: Mapped[UUID]
    issued_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class Attempt(Base):
    """How often something was tried in a window: log-ins by account and by address, PINs by ticket."""

    __tablename__ = "attempts"

    regency_code: Mapped[TenantKey]
    bucket: Mapped[Code] = mapped_column(Text(collation="C"), primary_key=True)
    key_digest: Mapped[bytes] = mapped_column(primary_key=True)
    window_started_at: Mapped[datetime]
    count: Mapped[int]


class AccessEntry(Base):
    """A read of personal data, a refusal or a log-in; chained within one process's segment."""

    __tablename__ = "access_log"
    __table_args__ = (Index("ix_access_log_subject", "regency_code", "subject_id", "at"),)

    regency_code: Mapped[TenantKey]
    segment_id: Mapped[UUID] = mapped_column(primary_key=True)
    n: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    actor_kind: Mapped[Code]
    actor_id: Mapped[UUID | None]
    action: Mapped[Code]
    subject_kind: Mapped[Code]
    subject_id: Mapped[UUID | None]
    result: Mapped[Code]
    request_id: Mapped[str]
    purpose: Mapped[Code | None]
    hash: Mapped[bytes]


class IdempotencyKey(Base):
    __tablename__ = "idempotency_keys"
    __table_args__ = (Index("ix_idempotency_keys_created", "regency_code", "created_at"),)

    regency_code: Mapped[TenantKey]
    account_id: Mapped[UUID] = mapped_column(primary_key=True)
    """The account; for a resident's session the case's id, for a receiver's that of the link."""
    route: Mapped[Code] = mapped_column(Text(collation="C"), primary_key=True)
    key: Mapped[Code] = mapped_column(Text(collation="C"), primary_key=True)
    body_digest: Mapped[bytes]
    case_id: Mapped[UUID | None]
    status: Mapped[int | None]
    answer_sealed: Mapped[bytes | None]
    headers: Mapped[list[Any] | None]
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
