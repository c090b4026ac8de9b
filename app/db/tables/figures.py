"""Figures kept up to date by the worker: counts by group, what each case was last counted as, how far it is.

They are made of the other tables alone and can be made anew at any time.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger
from sqlalchemy.orm import Mapped, mapped_column

from app.db.tables.base import Base, Code, Id, Json, TenantKey


class FigureGroup(Base):
    """One combination of what decides who sees a case, named as on the case; by name is decided apart."""

    __tablename__ = "figure_groups"

    regency_code: Mapped[TenantKey]
    id: Mapped[Id]
    """A digest of the rest: two workers that meet the same combination make the same row."""
    district_code: Mapped[Code]
    village_code: Mapped[Code]
    confidentiality: Mapped[Code]
    closed_to: Mapped[Code | None]
    desk_id: Mapped[UUID | None]
    away_desk_id: Mapped[UUID | None]
    agency_code: Mapped[Code | None]
    """The receiver, where referrals are counted; none where cases are."""
    sent_district_code: Mapped[Code | None]
    sent_village_code: Mapped[Code | None]


class FigureCount(Base):
    """How much is counted of one measure, split one way, in one month and group."""

    __tablename__ = "figure_counts"

    regency_code: Mapped[TenantKey]
    measure: Mapped[Code] = mapped_column(primary_key=True)
    dimension: Mapped[Code] = mapped_column(primary_key=True)
    month: Mapped[Code] = mapped_column(primary_key=True)
    """``2026-01``; empty for what stands now."""
    group_id: Mapped[UUID] = mapped_column(primary_key=True)
    value: Mapped[Code] = mapped_column(primary_key=True)
    n: Mapped[int] = mapped_column(BigInteger)


class CountedCase(Base):
    """What a case was last counted as, so that it can be taken out again.

    No foreign key: its check would wait for whoever has the case in hand, and all others with it.
    """

    __tablename__ = "counted_cases"

    regency_code: Mapped[TenantKey]
    case_id: Mapped[UUID] = mapped_column(primary_key=True)
    facts: Mapped[Json]


class FigureCursor(Base):
    """Up to which number of the feed a tenant is counted, by which definitions."""

    __tablename__ = "figure_cursors"

    regency_code: Mapped[TenantKey]
    n: Mapped[int] = mapped_column(BigInteger)
    version: Mapped[int]
    as_of: Mapped[datetime]
