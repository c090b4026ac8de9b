"""Reports of a period as they were counted: one row for each version, whose content never changes."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped

from app.db.tables.base import Base, Code, Id, TenantKey, one_of
from app.domain.periodic_reports import ReportKind, ReportState


class PeriodicReport(Base):
    __tablename__ = "periodic_reports"
    __table_args__ = (
        UniqueConstraint("regency_code", "kind", "first_day", "last_day", "about", "n"),
        Index("ix_periodic_reports_made", "regency_code", "made_at", "id"),
        one_of("kind", ReportKind),
        one_of("state", ReportState),
        CheckConstraint("first_day <= last_day", name="days_in_order"),
    )

    regency_code: Mapped[TenantKey]
    id: Mapped[Id]
    kind: Mapped[Code]
    first_day: Mapped[date]
    last_day: Mapped[date]
    about: Mapped[Code]
    """An agency's code, or the id of a campaign or of a donor's account; empty for the whole regency."""
    about_name: Mapped[str]
    """What that was called when it was counted: a body or an undertaking, never a person."""
    n: Mapped[int]
    """Which version it is, from 1."""
    state: Mapped[Code]
    content: Mapped[list[Any]]
    """Tables of counts with their titles in both languages; no personal data."""
    sha256: Mapped[Code]
    """Of the content."""
    definitions: Mapped[int]
    """Which version of the definitions of figures it was counted by."""
    as_of: Mapped[datetime]
    made_at: Mapped[datetime]
    made_by: Mapped[UUID | None]
    """None: the worker, on the regency's day."""
    signed_at: Mapped[datetime | None]
    signed_by: Mapped[UUID | None]
    replaced_by: Mapped[UUID | None]
    """The version that stands in its place."""
