"""What a regency makes of a programme: who holds a place of its quota, and its own bounds and papers."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db.tables.base import Base, Code, Id, Json, TenantKey, one_of


class AllotmentPlace(Base):
    """A place that a referral holds; it goes with the row, whatever day it is by then."""

    __tablename__ = "allotment_places"
    __table_args__ = (
        ForeignKeyConstraint(["regency_code", "referral_id"], ["referrals.regency_code", "referrals.id"]),
        ForeignKeyConstraint(["regency_code", "allotment_id"], ["allotments.regency_code", "allotments.id"]),
        Index("ix_allotment_places_allotment", "regency_code", "allotment_id"),
    )

    regency_code: Mapped[TenantKey]
    referral_id: Mapped[UUID] = mapped_column(primary_key=True)
    allotment_id: Mapped[UUID] = mapped_column(primary_key=True)
    taken_at: Mapped[datetime]


class ProgramOverride(Base):
    """What a regency changes in a programme, on top of whichever version is in force.

    Never edited once it is published.
    """

    __tablename__ = "program_overrides"
    __table_args__ = (
        UniqueConstraint("regency_code", "program_code", "n"),
        one_of("status", ("draft", "published", "retired")),
    )

    regency_code: Mapped[TenantKey]
    id: Mapped[Id]
    program_code: Mapped[Code] = mapped_column(ForeignKey("programs.code"))
    n: Mapped[int]
    status: Mapped[Code]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    """The last day of validity."""
    document: Mapped[Json]
    source: Mapped[str]
    """The regency's decree."""
    drafted_at: Mapped[datetime]
    drafted_by: Mapped[UUID | None]
    published_at: Mapped[datetime | None]
    published_by: Mapped[UUID | None]
    """Never who drafted it."""
    retired_at: Mapped[datetime | None]
    retired_by: Mapped[UUID | None]
