"""Who may come in: accounts, grants, clients, sessions, refresh tokens, counters of tries, the access log."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db.tables.base import Base, Code, Id, TenantKey, one_of


class Account(Base):
    __tablename__ = "accounts"
    __table_args__ = (
        UniqueConstraint("regency_code", "login"),
        UniqueConstraint("regency_code", "sign_in_digest"),
        # Read across tenants: an ID token says who somebody is at the issuer, and not where he serves.
        Index(
            "ix_accounts_sign_in_digest",
            "sign_in_digest",
            postgresql_where=text("sign_in_digest IS NOT NULL"),
        ),
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
    sign_in_digest: Mapped[bytes | None]
    """Keyed digest of issuer and subject: who this is at the external issuer. Set by an administrator."""
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
    scopes: Mapped[list[Any] | None]
    """The most that its tokens and keys may do, as permissions; none: all that its grants give."""
    account_id: Mapped[UUID | None]
    active: Mapped[bool]
    created_at: Mapped[datetime]


class ServiceKey(Base):
    """A key that an agency's system sends as it is, instead of asking for a token first."""

    __tablename__ = "service_keys"
    __table_args__ = (
        UniqueConstraint("regency_code", "key_digest"),
        ForeignKeyConstraint(["regency_code", "client_row_id"], ["clients.regency_code", "clients.id"]),
        Index("ix_service_keys_client", "regency_code", "client_row_id"),
    )

    regency_code: Mapped[TenantKey]
    id: Mapped[Id]
    client_row_id: Mapped[UUID]
    name: Mapped[str]
    """What the administrator calls it: which machine, which use."""
    key_digest: Mapped[bytes]
    """SHA-256 of a long random key."""
    begins: Mapped[str]
    """The first characters of the key, by which its owner knows it again."""
    scopes: Mapped[list[Any]]
    """Permissions, never more than its client's; narrower than what the grants give is what it can do."""
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]
    """Within an hour."""


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
    scopes: Mapped[list[Any] | None]
    """Permissions that the token was asked for; none: all that the grants give."""
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
    __table_args__ = (
        Index("ix_access_log_subject", "regency_code", "subject_id", "at"),
        Index("ix_access_log_ticket", "regency_code", "ticket", "at", postgresql_where="ticket IS NOT NULL"),
    )

    regency_code: Mapped[TenantKey]
    segment_id: Mapped[UUID] = mapped_column(primary_key=True)
    n: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    actor_kind: Mapped[Code]
    actor_id: Mapped[UUID | None]
    action: Mapped[Code]
    subject_kind: Mapped[Code]
    subject_id: Mapped[UUID | None]
    ticket: Mapped[Code | None]
    """The case that the path named, whether or not there is one."""
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
