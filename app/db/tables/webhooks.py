"""Where events are pushed to: endpoints of agency clients and secretariats, and what was sent to each."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.db.tables.base import Base, Code, Id, Json, TenantKey, one_of
from app.domain.webhooks import DeliveryState, Stopped, WebhookState


class Webhook(Base):
    """One endpoint, how far the feed was put out for it, and the claim of the worker that sends to it."""

    __tablename__ = "webhooks"
    __table_args__ = (
        Index("ix_webhooks_due", "due_at", "regency_code", postgresql_where="due_at IS NOT NULL"),
        one_of("state", WebhookState),
        one_of("stopped", Stopped),
    )

    regency_code: Mapped[TenantKey]
    id: Mapped[Id]
    account_id: Mapped[UUID | None]
    """The agency client by whose eyes it sees; none: the regency's secretariat."""
    url: Mapped[str]
    description: Mapped[str]
    types: Mapped[list[Any]]
    """Types of events; empty: all."""
    regencies: Mapped[list[Any]]
    programs: Mapped[list[Any]]
    secret_boxed: Mapped[bytes]
    old_secret_boxed: Mapped[bytes | None]
    old_secret_until: Mapped[datetime | None]
    state: Mapped[Code]
    stopped: Mapped[Code | None]
    """Why it is disabled."""
    position: Mapped[Json]
    """The last number of each tenant's feed that was put out."""
    last_seq: Mapped[int] = mapped_column(BigInteger)
    waiting: Mapped[int]
    due_at: Mapped[datetime | None]
    claimed_until: Mapped[datetime | None]
    claims: Mapped[int] = mapped_column(BigInteger)
    """Counts every claim and so names the present one."""
    failures: Mapped[int]
    """Attempts without an answer of 2xx since the last one that had it."""
    last_success_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    created_by: Mapped[UUID]
    version: Mapped[int]


class WebhookDelivery(Base):
    """One event on its way to one endpoint, with the body as it was when the event was numbered."""

    __tablename__ = "webhook_deliveries"
    __table_args__ = (
        Index(
            "ix_webhook_deliveries_waiting",
            "regency_code",
            "webhook_id",
            "order_key",
            "seq",
            postgresql_where="state = 'waiting'",
        ),
        Index("ix_webhook_deliveries_made", "regency_code", "created_at"),
        one_of("state", DeliveryState),
    )

    regency_code: Mapped[TenantKey]
    webhook_id: Mapped[UUID] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    event_regency: Mapped[Code]
    event_id: Mapped[UUID]
    type: Mapped[Code]
    feed_n: Mapped[int] = mapped_column(BigInteger)
    """The event's number in its tenant's feed; 0 for a test event."""
    order_key: Mapped[UUID]
    """The case; what waits under the same key is sent in the order of ``seq``."""
    body: Mapped[str] = mapped_column(Text())
    state: Mapped[Code]
    due_at: Mapped[datetime]
    attempts: Mapped[int]
    status: Mapped[int | None]
    problem: Mapped[Code | None]
    """Why the last attempt had no answer; a code."""
    attempted_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
