"""Ways out of aid: who is guided, how income went, what was decided; and what a regency aims at."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, Numeric
from sqlalchemy.orm import Mapped, mapped_column

from app.db.tables.base import Base, Code, Id, TenantKey, one_of
from app.db.tables.cases import of_case
from app.domain.graduation.states import Decision, GraduationState, Suggestion


class Graduation(Base):
    """A person who is led from aid to her own earning, by a programme that ends in graduation."""

    __tablename__ = "graduations"
    __table_args__ = (
        of_case(),
        Index("ix_graduations_case", "regency_code", "case_id"),
        Index("ix_graduations_person", "regency_code", "person_id"),
        Index("ix_graduations_started", "regency_code", "created_at", "id"),
        Index("ix_graduations_review", "regency_code", "review_due_on", postgresql_where="state = 'active'"),
        Index("ix_graduations_decided", "regency_code", "decided_at", postgresql_where="state = 'graduated'"),
        one_of("state", GraduationState),
        one_of("suggestion", Suggestion),
        one_of("decision", Decision),
    )

    regency_code: Mapped[TenantKey]
    id: Mapped[Id]
    case_id: Mapped[UUID]
    person_id: Mapped[UUID]
    household_id: Mapped[UUID | None]
    program_code: Mapped[Code]
    state: Mapped[Code]
    version: Mapped[int]
    started_on: Mapped[date]
    income_before_idr: Mapped[int]
    """Of the household, a month."""
    income_now_idr: Mapped[int]
    """Of the last review."""
    steps: Mapped[list[Any]]
    """Of the set ``graduation_step``, each with the day."""
    review_due_on: Mapped[date]
    suggestion: Mapped[Code | None]
    decision: Mapped[Code | None]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None]
    exits: Mapped[list[Any]]
    """Programmes that she leaves."""
    stopped: Mapped[list[Any]]
    """Ids of the planned lines that the decision stopped."""
    undo_until: Mapped[datetime | None]
    undone_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    created_by: Mapped[UUID | None]
    updated_at: Mapped[datetime]


class GraduationReview(Base):
    """One look at how she does; rows are only added."""

    __tablename__ = "graduation_reviews"
    __table_args__ = (
        ForeignKeyConstraint(
            ["regency_code", "graduation_id"], ["graduations.regency_code", "graduations.id"]
        ),
        Index("ix_graduation_reviews_of", "regency_code", "graduation_id", "n"),
        one_of("suggestion", Suggestion),
    )

    regency_code: Mapped[TenantKey]
    id: Mapped[Id]
    graduation_id: Mapped[UUID]
    n: Mapped[int]
    on_date: Mapped[date]
    income_idr: Mapped[int]
    """Of the household, a month."""
    suggestion: Mapped[Code]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID | None]


class PovertyTarget(Base):
    """What a regency aims at in one year. The latest row of a year counts; earlier ones stay."""

    __tablename__ = "poverty_targets"
    __table_args__ = (Index("ix_poverty_targets_year", "regency_code", "year", "set_at"),)

    regency_code: Mapped[TenantKey]
    id: Mapped[Id]
    year: Mapped[int]
    points: Mapped[Decimal] = mapped_column(Numeric(5, 2))
    """Percentage points by which the poverty rate is to fall."""
    households: Mapped[int]
    source: Mapped[str]
    set_at: Mapped[datetime]
    set_by: Mapped[UUID | None]
