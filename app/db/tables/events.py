"""What happened, in order, tamper-evident: events, the numbered feed, seals."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db.tables.base import Base, Code, Id, Json, TenantKey, one_of
from app.domain.codes import ActorKind


class Event(Base):
    """One thing that happened. Rows are only added; each holds the hash of its forerunner in its stream."""

    __tablename__ = "events"
    __table_args__ = (
        UniqueConstraint("regency_code", "stream_id", "n"),
        one_of("actor_kind", ActorKind),
    )

    regency_code: Mapped[TenantKey]
    id: Mapped[Id]
    stream_id: Mapped[UUID]
    """The case's id; for events outside cases the id of the account, desk or programme stream."""
    n: Mapped[int]
    case_id: Mapped[UUID | None]
    referral_id: Mapped[UUID | None]
    type: Mapped[Code]
    at: Mapped[datetime]
    actor_kind: Mapped[Code]
    actor_id: Mapped[UUID | None]
    cause_id: Mapped[UUID]
    data: Mapped[Json]
    prev_hash: Mapped[bytes]
    hash: Mapped[bytes]


class Stream(Base):
    """The head of a chain that is not a case's: accounts, clients, desks, programmes of one tenant."""

    __tablename__ = "streams"

    regency_code: Mapped[TenantKey]
    id: Mapped[Id]
    kind: Mapped[Code]
    event_count: Mapped[int]
    head: Mapped[bytes]


class FeedPending(Base):
    """An event that has no number yet: written with the event, taken away when the worker numbers it."""

    __tablename__ = "feed_pending"

    regency_code: Mapped[TenantKey]
    event_id: Mapped[UUID] = mapped_column(primary_key=True)


class FeedHead(Base):
    __tablename__ = "feed_heads"

    regency_code: Mapped[TenantKey]
    n: Mapped[int] = mapped_column(BigInteger)


class FeedRow(Base):
    __tablename__ = "feed"
    __table_args__ = (UniqueConstraint("regency_code", "event_id"),)

    regency_code: Mapped[TenantKey]
    n: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    event_id: Mapped[UUID]
    case_id: Mapped[UUID | None]
    numbered_at: Mapped[datetime]


class Seal(Base):
    """The signed heads of all chains of a tenant that changed since the seal before."""

    __tablename__ = "seals"

    regency_code: Mapped[TenantKey]
    n: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    feed_n: Mapped[int] = mapped_column(BigInteger)
    heads: Mapped[list[Any]]
    prev_digest: Mapped[bytes]
    digest: Mapped[bytes]
    key_id: Mapped[Code]
    signature: Mapped[bytes]
