"""Desks that work offline: tickets that they hold, what they sent, and what each device was told."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKeyConstraint, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db.tables.base import Base, Code, Id, TenantKey


class TicketBlock(Base):
    """Tickets that a device took along at once, for one village."""

    __tablename__ = "ticket_blocks"
    __table_args__ = (Index("ix_ticket_blocks_device", "regency_code", "device_id", "reserved_at"),)

    regency_code: Mapped[TenantKey]
    id: Mapped[Id]
    account_id: Mapped[UUID]
    device_id: Mapped[UUID]
    village_code: Mapped[Code]
    tickets: Mapped[int]
    reserved_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class ReservedTicket(Base):
    """A slip that was handed out before its case came; the case carries it on from then."""

    __tablename__ = "reserved_tickets"
    __table_args__ = (
        ForeignKeyConstraint(
            ["regency_code", "block_id"], ["ticket_blocks.regency_code", "ticket_blocks.id"]
        ),
        UniqueConstraint("regency_code", "id"),
        Index("ix_reserved_tickets_block", "regency_code", "block_id"),
    )

    regency_code: Mapped[TenantKey]
    ticket: Mapped[Code] = mapped_column(Text(collation="C"), primary_key=True)
    id: Mapped[UUID]
    """What a session of the slip is of until the case has come."""
    block_id: Mapped[UUID]
    village_code: Mapped[Code]
    pin_digest: Mapped[bytes]
    case_id: Mapped[UUID | None]
    used_at: Mapped[datetime | None]


class SyncOperation(Base):
    """One operation of a device that was done: the case it was about, and when the device says it was."""

    __tablename__ = "sync_operations"
    __table_args__ = (Index("ix_sync_operations_case", "regency_code", "case_id", "kind"),)

    regency_code: Mapped[TenantKey]
    account_id: Mapped[UUID] = mapped_column(primary_key=True)
    operation: Mapped[Code] = mapped_column(Text(collation="C"), primary_key=True)
    """The client's own id of it; its idempotency key."""
    kind: Mapped[Code]
    device_id: Mapped[UUID]
    case_id: Mapped[UUID]
    ticket: Mapped[Code]
    made_id: Mapped[UUID | None]
    """What it made beside the case: the visit that later operations name."""
    said_at: Mapped[datetime]
    """When it was done by the device's own clock, as it said."""
    done_at: Mapped[datetime]
    """The same by ours, as far as the device's clock could be trusted; never after it arrived."""
    arrived_at: Mapped[datetime]


class SyncHeld(Base):
    """A case that a device was told of, in which version; what it must forget once it may not see it."""

    __tablename__ = "sync_held"
    __table_args__ = (Index("ix_sync_held_case", "regency_code", "case_id"),)

    regency_code: Mapped[TenantKey]
    account_id: Mapped[UUID] = mapped_column(primary_key=True)
    device_id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(primary_key=True)
    ticket: Mapped[Code]
    digest: Mapped[bytes]
    """Of what was told, so that what did not change is not sent again."""
    told_in: Mapped[int] = mapped_column(BigInteger)
    """The answer that told it, numbered by its instant: later ones acknowledge it by their cursor."""
    gone: Mapped[bool]
    """The device was told to forget it."""
    gone_upto: Mapped[int] = mapped_column(BigInteger)
    """The number of the feed up to which it was told so; 0 for a case that is not gone."""
