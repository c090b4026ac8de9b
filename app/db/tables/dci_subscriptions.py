"""Whose changes in the registry a client of the DCI interface wants to be told."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped

from app.db.tables.base import Base, Code, Id, TenantKey


class DciSubscription(Base):
    """One person that one client follows, for one purpose; her number itself is not kept."""

    __tablename__ = "dci_subscriptions"
    __table_args__ = (
        ForeignKeyConstraint(
            ["regency_code", "client_row_id"], ["dci_partners.regency_code", "dci_partners.client_row_id"]
        ),
        Index(
            "uq_dci_subscriptions_live",
            "regency_code",
            "client_row_id",
            "nik_digest",
            "purpose",
            unique=True,
            postgresql_where="ended_at IS NULL AND nik_digest IS NOT NULL",
        ),
        Index("ix_dci_subscriptions_live", "regency_code", "checked_at", postgresql_where="ended_at IS NULL"),
    )

    regency_code: Mapped[TenantKey]
    id: Mapped[Id]
    """Its code, behind the tenant's digits."""
    client_row_id: Mapped[UUID]
    account_id: Mapped[UUID]
    nik_digest: Mapped[bytes | None]
    """None: she was erased, and nothing is told any more."""
    purpose: Mapped[Code]
    basis: Mapped[Code]
    """``consent`` or ``authority``."""
    told_digest: Mapped[bytes]
    """SHA-256 of the record that was told last, so that only a change is told."""
    created_at: Mapped[datetime]
    until: Mapped[datetime]
    checked_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
