"""What a case is called in other systems, and what was handed over to them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from app.db.tables.base import Base, Code, Id, TenantKey, one_of
from app.db.tables.cases import of_case
from app.domain.lapor import Direction, Kind, SendingState


class OutsideReference(Base):
    """A number of another system: one case for each, however often its report comes in."""

    __tablename__ = "outside_references"
    __table_args__ = (
        of_case(),
        Index("ix_outside_references_case", "regency_code", "case_id"),
        one_of("direction", Direction),
    )

    regency_code: Mapped[TenantKey]
    reference: Mapped[Code] = mapped_column(primary_key=True)
    """First in the key: whoever has a number in hand asks for it wherever it comes from."""
    system: Mapped[Code] = mapped_column(primary_key=True)
    """A code of the set ``outside_system``."""
    case_id: Mapped[UUID | None]
    """None within the transaction that opens the case only."""
    direction: Mapped[Code]
    at: Mapped[datetime]
    by: Mapped[UUID | None]


class OutsideSending(Base):
    """One report or answer on its way to another system; its words are a sealed text of the case."""

    __tablename__ = "outside_sendings"
    __table_args__ = (
        of_case(),
        Index("ix_outside_sendings_case", "regency_code", "case_id", "created_at"),
        one_of("kind", Kind),
        one_of("state", SendingState),
    )

    regency_code: Mapped[TenantKey]
    id: Mapped[Id]
    case_id: Mapped[UUID]
    system: Mapped[Code]
    kind: Mapped[Code]
    text_id: Mapped[UUID]
    state: Mapped[Code]
    attempts: Mapped[int]
    created_at: Mapped[datetime]
    created_by: Mapped[UUID | None]
    tried_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    reason: Mapped[Code | None]
    """Why it was given up: the other system refused it, was silent too long, or the person was erased."""
