"""Agencies' systems that ask by the DCI interface, and the messages that they sent."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db.tables.base import Base, Code, Id, TenantKey, one_of
from app.domain.dci import MessageState


class DciPartner(Base):
    """What one client may ask and be told, and the keys that its messages are signed with."""

    __tablename__ = "dci_partners"
    __table_args__ = (
        ForeignKeyConstraint(["regency_code", "client_row_id"], ["clients.regency_code", "clients.id"]),
    )

    regency_code: Mapped[TenantKey]
    client_row_id: Mapped[UUID] = mapped_column(primary_key=True)
    keys: Mapped[list[Any]]
    """Public Ed25519 keys, one or two: ``x`` as in a JWK, ``kid`` its thumbprint."""
    purposes: Mapped[list[Any]]
    """Codes of the set ``dci_purpose``."""
    fields: Mapped[list[Any]]
    """The most that it is told."""
    callback_url: Mapped[str | None]
    """Where answers go that it does not wait for."""
    active: Mapped[bool]
    version: Mapped[int]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class DciMessage(Base):
    """One message that was taken: its id is not taken twice, and why it asked stays on record."""

    __tablename__ = "dci_messages"
    __table_args__ = (
        UniqueConstraint("regency_code", "client_row_id", "message_digest"),
        Index("ix_dci_messages_made", "regency_code", "taken_at"),
        Index("ix_dci_messages_transaction", "regency_code", "client_row_id", "transaction_digest"),
        Index("ix_dci_messages_due", "due_at", "regency_code", postgresql_where="due_at IS NOT NULL"),
        one_of("state", MessageState),
    )

    regency_code: Mapped[TenantKey]
    id: Mapped[Id]
    """The correlation id."""
    client_row_id: Mapped[UUID]
    account_id: Mapped[UUID]
    message_digest: Mapped[bytes]
    """SHA-256 of the message id."""
    transaction_digest: Mapped[bytes]
    """SHA-256 of the transaction id."""
    action: Mapped[Code]
    items: Mapped[list[Any]]
    """Of each request: purpose, basis (consent or authority), since when, status, reason. Nothing of whom."""
    state: Mapped[Code]
    taken_at: Mapped[datetime]
    body_boxed: Mapped[bytes | None]
    """What was asked, until it is answered; then the answer, until it has arrived."""
    due_at: Mapped[datetime | None]
    """When something is to be done next: to answer, or to try to deliver."""
    claimed_until: Mapped[datetime | None]
    attempts: Mapped[int]
    http_status: Mapped[int | None]
    """What the receiver answered last."""
    problem: Mapped[Code | None]
    """Why there was no answer; a code."""
    ended_at: Mapped[datetime | None]
