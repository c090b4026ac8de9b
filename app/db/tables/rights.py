"""What a person asks for under Law 27/2022, and breaches of her data that must be told."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped

from app.db.tables.base import Base, Code, Id, TenantKey, one_of
from app.domain.rights import BreachState, RequestKind, RequestState


class DataRequest(Base):
    """One wish about one's own data, with the identity check, its clock, and how it was decided.

    What was asked lies sealed under the person's own key, so that an erasure takes it along; the row stays
    as the record that it was asked and done.
    """

    __tablename__ = "data_requests"
    __table_args__ = (
        ForeignKeyConstraint(["regency_code", "person_id"], ["persons.regency_code", "persons.id"]),
        Index("ix_data_requests_person", "regency_code", "person_id", "taken_at"),
        Index("ix_data_requests_taken", "regency_code", "taken_at", "id"),
        Index(
            "ix_data_requests_due",
            "regency_code",
            "due_at",
            "id",
            postgresql_where="state IN ('open', 'proposed')",
        ),
        # What restrains the use of somebody's data now: looked at before each referral, message and export.
        Index(
            "ix_data_requests_in_force",
            "regency_code",
            "person_id",
            "kind",
            postgresql_where="state = 'granted' AND lifted_at IS NULL AND kind IN ('freeze', 'object')",
        ),
        one_of("kind", RequestKind),
        one_of("state", RequestState),
    )

    regency_code: Mapped[TenantKey]
    id: Mapped[Id]
    person_id: Mapped[UUID]
    village_code: Mapped[Code]
    """Where she lived when it was taken: who may see it, also after an erasure."""
    kind: Mapped[Code]
    state: Mapped[Code]
    identity_method: Mapped[Code]
    """How it was checked that it is she who asks; by whoever took it."""
    asked_sealed: Mapped[bytes | None]
    """One sealed JSON under the person's key: her words, and of a correction the new values."""
    taken_at: Mapped[datetime]
    taken_by: Mapped[UUID | None]
    due_at: Mapped[datetime]
    proposed_at: Mapped[datetime | None]
    proposed_by: Mapped[UUID | None]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None]
    reason: Mapped[Code | None]
    """Of a refusal, from the set ``data_refusal``."""
    lifted_at: Mapped[datetime | None]
    lifted_by: Mapped[UUID | None]
    escalated_at: Mapped[datetime | None]
    version: Mapped[int]


class Breach(Base):
    """Personal data that got out, were changed or lost: whom it concerns, and whether it was told in time."""

    __tablename__ = "breaches"
    __table_args__ = (
        Index("ix_breaches_found", "regency_code", "found_at", "id"),
        Index("ix_breaches_due", "regency_code", "due_at", "id", postgresql_where="state = 'open'"),
        one_of("state", BreachState),
    )

    regency_code: Mapped[TenantKey]
    id: Mapped[Id]
    state: Mapped[Code]
    nature: Mapped[Code]
    data_kinds: Mapped[list[Any]]
    """Codes of the set ``breach_data``."""
    persons_count: Mapped[int]
    data_key_id: Mapped[UUID]
    private_sealed: Mapped[bytes]
    """One sealed JSON: what happened, what was done about it, whom to turn to."""
    happened_at: Mapped[datetime]
    found_at: Mapped[datetime]
    due_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID | None]
    authority_told_at: Mapped[datetime | None]
    authority_told_by: Mapped[UUID | None]
    authority_reference: Mapped[str | None]
    persons_told_at: Mapped[datetime | None]
    persons_told_by: Mapped[UUID | None]
    persons_told_method: Mapped[Code | None]
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[UUID | None]
    escalated_at: Mapped[datetime | None]
    version: Mapped[int]
