"""Who works on a case, where they went, whom they reached: assignments, leave, visits, contacts, duty."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped

from app.db.tables.base import Base, Code, Id, TenantKey, one_of
from app.db.tables.cases import of_case


class Assignment(Base):
    """Who had the case in hand, from when to when; the one without an end is in force."""

    __tablename__ = "assignments"
    __table_args__ = (
        of_case(),
        Index("ix_assignments_case", "regency_code", "case_id", "at"),
        Index("ix_assignments_account", "regency_code", "account_id", "at"),
    )

    regency_code: Mapped[TenantKey]
    id: Mapped[Id]
    case_id: Mapped[UUID]
    account_id: Mapped[UUID | None]
    queue: Mapped[Code | None]
    """A queue of the set ``work_queue`` instead of a person."""
    instruction_id: Mapped[UUID | None]
    """A sealed text of the case."""
    at: Mapped[datetime]
    by: Mapped[UUID | None]
    ended_at: Mapped[datetime | None]
    ended_as: Mapped[Code | None]


class Absence(Base):
    """Leave of an account: meanwhile its rung of the ladder is empty, and its work goes to the deputy."""

    __tablename__ = "absences"
    __table_args__ = (
        ForeignKeyConstraint(["regency_code", "account_id"], ["accounts.regency_code", "accounts.id"]),
        Index("ix_absences_account", "regency_code", "account_id", "from_on"),
    )

    regency_code: Mapped[TenantKey]
    id: Mapped[Id]
    account_id: Mapped[UUID]
    from_on: Mapped[date]
    to_on: Mapped[date | None]
    """The last day, included; none while the end is open."""
    reason: Mapped[Code]
    deputy_id: Mapped[UUID | None]
    created_at: Mapped[datetime]
    created_by: Mapped[UUID | None]
    ended_at: Mapped[datetime | None]


class Visit(Base):
    """A home visit: planned, done or cancelled. What was found is personal and lies sealed."""

    __tablename__ = "visits"
    __table_args__ = (
        of_case(),
        Index("ix_visits_case", "regency_code", "case_id", "planned_for"),
        Index("ix_visits_visitor", "regency_code", "visitor_id", "planned_for"),
        Index("ix_visits_day", "regency_code", "planned_for", "id"),
        one_of("state", ("planned", "done", "cancelled")),
    )

    regency_code: Mapped[TenantKey]
    id: Mapped[Id]
    case_id: Mapped[UUID]
    purpose: Mapped[Code]
    state: Mapped[Code]
    planned_for: Mapped[datetime]
    visitor_id: Mapped[UUID | None]
    cadre_id: Mapped[UUID | None]
    """The cadre who goes, where she has no account."""
    done_at: Mapped[datetime | None]
    verdict: Mapped[Code | None]
    findings_sealed: Mapped[bytes | None]
    """One sealed JSON: answers to the checklist, point, narrative."""
    cancel_reason: Mapped[Code | None]
    created_at: Mapped[datetime]
    created_by: Mapped[UUID | None]
    version: Mapped[int]


class Contact(Base):
    """One try to reach the resident: the proof that ``unreachable`` asks for."""

    __tablename__ = "contacts"
    __table_args__ = (of_case(), Index("ix_contacts_case", "regency_code", "case_id", "at"))

    regency_code: Mapped[TenantKey]
    id: Mapped[Id]
    case_id: Mapped[UUID]
    at: Mapped[datetime]
    means: Mapped[Code]
    result: Mapped[Code]
    note_id: Mapped[UUID | None]
    recorded_at: Mapped[datetime]
    by: Mapped[UUID | None]


class DutyShift(Base):
    """Who is on duty for emergencies: Tagana, the child and women protection unit."""

    __tablename__ = "duty_shifts"
    __table_args__ = (Index("ix_duty_shifts_duty", "regency_code", "duty", "starts_at"),)

    regency_code: Mapped[TenantKey]
    id: Mapped[Id]
    duty: Mapped[Code]
    account_id: Mapped[UUID | None]
    cadre_id: Mapped[UUID | None]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    created_at: Mapped[datetime]
    created_by: Mapped[UUID | None]


class Escalation(Base):
    """An overdue clock that was put before somebody higher; none there: before the secretariat."""

    __tablename__ = "escalations"
    __table_args__ = (
        of_case(),
        Index("ix_escalations_case", "regency_code", "case_id", "at"),
        Index(
            "ix_escalations_account",
            "regency_code",
            "account_id",
            "at",
            postgresql_where="ended_at IS NULL",
        ),
    )

    regency_code: Mapped[TenantKey]
    id: Mapped[Id]
    case_id: Mapped[UUID]
    referral_id: Mapped[UUID | None]
    clock_id: Mapped[UUID]
    step: Mapped[Code]
    rung: Mapped[Code]
    account_id: Mapped[UUID | None]
    """Whom it was put before; none where the rung is the secretariat's queue."""
    due_at: Mapped[datetime]
    at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
