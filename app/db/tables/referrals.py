"""Referrals to programmes, and the assistance ledger that they fill."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db.tables.base import Base, Code, Id, Json, TenantKey, one_of
from app.db.tables.cases import of_case
from app.domain.codes import LedgerSource, LedgerState, Purpose

REFERRAL_STATUSES = (
    "sent",
    "accepted",
    "returned",
    "waitlisted",
    "in_service",
    "refused",
    "not_ours",
    "expired",
    "fulfilled",
    "unfulfilled",
    "revoked",
)


class Referral(Base):
    __tablename__ = "referrals"
    __table_args__ = (
        of_case(),
        Index("ix_referrals_case", "regency_code", "case_id"),
        # An agency above the regency reads over tenants: the index leads with the agency.
        Index("ix_referrals_inbox", "agency_code", "sent_at", "id"),
        Index("ix_referrals_regency", "regency_code", "sent_at", "id"),
        Index("ix_referrals_person", "regency_code", "person_id"),
        # Receivers ask by a number of their own, wherever the case lies.
        Index(
            "ix_referrals_agency_reference",
            "agency_code",
            "external_ref",
            postgresql_where="external_ref IS NOT NULL",
        ),
        # The waiting lists, in their order.
        Index(
            "ix_referrals_waiting",
            "regency_code",
            "program_code",
            "waitlist_position",
            "accepted_at",
            "id",
            postgresql_where="status = 'waitlisted' AND purpose = 'AID'",
        ),
        one_of("status", REFERRAL_STATUSES),
        one_of("purpose", Purpose),
    )

    regency_code: Mapped[TenantKey]
    id: Mapped[Id]
    case_id: Mapped[UUID]
    program_code: Mapped[Code] = mapped_column(ForeignKey("programs.code"))
    program_version: Mapped[int | None]
    agency_code: Mapped[Code] = mapped_column(ForeignKey("agencies.code"))
    purpose: Mapped[Code]
    status: Mapped[Code]
    sub_status: Mapped[Code | None]
    """For REGISTRY: the state of the proposal (domain.md 5.3)."""
    round: Mapped[int]
    version: Mapped[int]
    disclosed: Mapped[list[Any]]
    """Names of the fields that the receiver may see while the referral lives."""
    external_ref: Mapped[str | None]
    """The receiver's own number for it."""
    fallback_of: Mapped[UUID | None]
    village_code: Mapped[Code]
    district_code: Mapped[Code]
    person_id: Mapped[UUID | None]
    sent_at: Mapped[datetime]
    sent_by: Mapped[UUID | None]
    updated_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    reason: Mapped[Code | None]
    missing: Mapped[list[Any]]
    right_body: Mapped[Code | None]
    fulfilled_as: Mapped[Code | None]
    waitlist_position: Mapped[int | None]
    """The number that its receiver gave it: it orders the list; where one stands in it is counted."""
    place_offered_at: Mapped[datetime | None]
    """When its receiver was told that a place is free for it; none again once it left the waiting list."""
    submitted_external: Mapped[Json | None]
    recorded_on_behalf: Mapped[Json | None]
    """Who answered for a receiver without an account: role, source, date, paper."""
    due_at: Mapped[datetime | None]
    nudged_at: Mapped[datetime | None]
    """When a silent receiver was last reminded."""


class ReferralOffer(Base):
    """The next programme of the stored ranking, laid before the sender after a referral expired."""

    __tablename__ = "referral_offers"
    __table_args__ = (
        of_case(),
        Index("ix_referral_offers_case", "regency_code", "case_id", "at"),
        one_of("state", ("waiting", "taken", "dropped")),
    )

    regency_code: Mapped[TenantKey]
    id: Mapped[Id]
    case_id: Mapped[UUID]
    fallback_of: Mapped[UUID]
    program_code: Mapped[Code]
    purpose: Mapped[Code]
    disclosed: Mapped[list[Any]]
    state: Mapped[Code]
    at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None]


class AssistanceLine(Base):
    """One planned or given piece of aid. A line is reversed by a new line, never edited away."""

    __tablename__ = "assistance_lines"
    __table_args__ = (
        ForeignKeyConstraint(["regency_code", "referral_id"], ["referrals.regency_code", "referrals.id"]),
        Index("ix_assistance_lines_case", "regency_code", "case_id"),
        Index("ix_assistance_lines_person", "regency_code", "person_id", "program_code"),
        Index(
            "ix_assistance_lines_household",
            "regency_code",
            "household_id",
            postgresql_where="household_id IS NOT NULL",
        ),
        Index("ix_assistance_lines_nik_anywhere", "nik_digest"),
        # A line is taken back once, and what a list or a campaign says twice stands there once.
        UniqueConstraint("regency_code", "reverses"),
        UniqueConstraint("regency_code", "once_key"),
        one_of("state", LedgerState),
        one_of("source", LedgerSource),
    )

    regency_code: Mapped[TenantKey]
    id: Mapped[Id]
    case_id: Mapped[UUID | None]
    referral_id: Mapped[UUID | None]
    person_id: Mapped[UUID | None]
    household_id: Mapped[UUID | None]
    nik_digest: Mapped[bytes | None]
    program_code: Mapped[Code]
    component: Mapped[Code]
    n: Mapped[int]
    kind: Mapped[Code]
    state: Mapped[Code]
    amount_idr: Mapped[int | None]
    planned_idr: Mapped[int | None]
    goods: Mapped[str | None]
    period: Mapped[Code | None]
    given_on: Mapped[date | None]
    proof: Mapped[str | None]
    reverses: Mapped[UUID | None]
    reason: Mapped[Code | None]
    """Why it was stopped or taken back."""
    source: Mapped[Code]
    source_id: Mapped[UUID | None]
    """The referral, list, campaign or pledge that it came from."""
    funder: Mapped[Code | None]
    """The body that pays; none: the one that runs the programme."""
    once_key: Mapped[Code | None]
    """What makes a second telling of the same aid the same line."""
    recorded_by: Mapped[UUID | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
