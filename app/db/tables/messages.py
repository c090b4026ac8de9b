"""What is told to people: notices inside, messages outside, the words for both, and whether they arrived."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped

from app.db.tables.base import Base, Code, Id, Json, TenantKey, one_of


class Notice(Base):
    """Something that an account should know, seen when it next looks. Codes and ids only."""

    __tablename__ = "notices"
    __table_args__ = (Index("ix_notices_account", "regency_code", "account_id", "at", "id"),)

    regency_code: Mapped[TenantKey]
    id: Mapped[Id]
    account_id: Mapped[UUID]
    kind: Mapped[Code]
    case_regency: Mapped[Code | None]
    """The tenant of the case: the notice itself lies in that of the account."""
    case_id: Mapped[UUID | None]
    referral_id: Mapped[UUID | None]
    data: Mapped[Json]
    at: Mapped[datetime]
    read_at: Mapped[datetime | None]


class MessageTemplate(Base):
    """The words for an event, a reader's role, a channel and a language; the regency's own before ``ID``."""

    __tablename__ = "message_templates"
    __table_args__ = (UniqueConstraint("regency_code", "event", "audience", "channel", "language"),)

    regency_code: Mapped[TenantKey]
    id: Mapped[Id]
    event: Mapped[Code]
    audience: Mapped[Code]
    channel: Mapped[Code]
    language: Mapped[Code]
    subject: Mapped[str]
    body: Mapped[str]
    active: Mapped[bool]
    version: Mapped[int]


class Message(Base):
    """One message on its way: where to is looked up when it is sent, and kept nowhere."""

    __tablename__ = "messages"
    __table_args__ = (
        Index("ix_messages_due", "due_at", "regency_code", postgresql_where="settled_at IS NULL"),
        Index("ix_messages_case", "regency_code", "case_id", "created_at"),
        Index("ix_messages_created", "regency_code", "created_at", "id"),
        UniqueConstraint("regency_code", "cause_id", "event", "to_kind", "to_id", "channel"),
        one_of("state", ("waiting", "sent", "failed", "suppressed")),
    )

    regency_code: Mapped[TenantKey]
    id: Mapped[Id]
    cause_id: Mapped[UUID]
    """The act that it tells of: one act sends one message to one reader by one channel."""
    event: Mapped[Code]
    audience: Mapped[Code]
    channel: Mapped[Code]
    language: Mapped[Code]
    to_kind: Mapped[Code]
    to_id: Mapped[UUID]
    """An account, or a person; for a reporter the case."""
    case_id: Mapped[UUID | None]
    referral_id: Mapped[UUID | None]
    data: Mapped[Json]
    state: Mapped[Code]
    reason: Mapped[Code | None]
    due_at: Mapped[datetime]
    attempts: Mapped[int]
    claimed_until: Mapped[datetime | None]
    provider_ref: Mapped[str | None]
    created_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
