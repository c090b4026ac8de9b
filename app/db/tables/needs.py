"""Need cards, the pledges of donors on them, and the proof that a donor gave. No text of a person in any."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db.tables.base import Base, Code, Id, TenantKey, one_of
from app.domain.needs import NeedSource, NeedState, PledgeState, ProofKind


class Need(Base):
    """What a donor may read of it is kind, quantity, price, urgency, and the columns ``shown_…``."""

    __tablename__ = "needs"
    __table_args__ = (
        ForeignKeyConstraint(["regency_code", "case_id"], ["cases.regency_code", "cases.id"]),
        ForeignKeyConstraint(["regency_code", "referral_id"], ["referrals.regency_code", "referrals.id"]),
        ForeignKeyConstraint(["regency_code", "campaign_id"], ["campaigns.regency_code", "campaigns.id"]),
        # A referral has one face.
        UniqueConstraint("regency_code", "referral_id"),
        Index("ix_needs_listed", "regency_code", "listed_at", "id"),
        Index("ix_needs_case", "regency_code", "case_id"),
        one_of("source", NeedSource),
        one_of("state", NeedState),
        CheckConstraint("0 <= given AND given <= held AND held <= quantity", name="counts_fit"),
    )

    regency_code: Mapped[TenantKey]
    id: Mapped[Id]
    source: Mapped[Code]
    case_id: Mapped[UUID | None]
    referral_id: Mapped[UUID | None]
    campaign_id: Mapped[UUID | None]
    component: Mapped[Code | None]
    """Of the campaign."""
    kind: Mapped[Code]
    unit: Mapped[Code]
    quantity: Mapped[int]
    held: Mapped[int]
    """Promised or given: the sum over its pledges that stand."""
    given: Mapped[int]
    estimated_idr: Mapped[int] = mapped_column(BigInteger)
    """Of the whole quantity, whole rupiah."""
    urgency: Mapped[Code]
    state: Mapped[Code]
    shown_region: Mapped[Code]
    shown_age: Mapped[Code | None]
    shown_ppks: Mapped[Code | None]
    group_size: Mapped[int | None]
    """How many on record fitted what is shown, when it was published; counted no further than needed."""
    created_at: Mapped[datetime]
    created_by: Mapped[UUID | None]
    listed_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    published_by: Mapped[UUID | None]
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[Code | None]
    updated_at: Mapped[datetime]


class Pledge(Base):
    __tablename__ = "pledges"
    __table_args__ = (
        ForeignKeyConstraint(["regency_code", "need_id"], ["needs.regency_code", "needs.id"]),
        Index("ix_pledges_need", "regency_code", "need_id"),
        Index("ix_pledges_listed", "regency_code", "created_at", "id"),
        Index("ix_pledges_donor", "regency_code", "donor_id", "created_at", "id"),
        one_of("state", PledgeState),
        CheckConstraint("quantity > 0", name="something_promised"),
    )

    regency_code: Mapped[TenantKey]
    id: Mapped[Id]
    need_id: Mapped[UUID]
    donor_tenant: Mapped[Code]
    donor_id: Mapped[UUID]
    donor_name: Mapped[str]
    """Of the organisation, as its account is called when it promised."""
    anonymous: Mapped[bool]
    """Its name is told to nobody but the secretariat."""
    quantity: Mapped[int]
    state: Mapped[Code]
    expires_at: Mapped[datetime | None]
    reason: Mapped[Code | None]
    """Why it was given back or released, last."""
    data_key_id: Mapped[UUID]
    """Of its proofs."""
    created_at: Mapped[datetime]
    promised_on: Mapped[date | None]
    """By when the donor means to deliver."""
    delivered_on: Mapped[date | None]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None]
    updated_at: Mapped[datetime]


class PledgeProof(Base):
    """A photo or a receipt; object first, row second. Read by its donor and its checkers."""

    __tablename__ = "pledge_proofs"
    __table_args__ = (
        ForeignKeyConstraint(["regency_code", "pledge_id"], ["pledges.regency_code", "pledges.id"]),
        Index("ix_pledge_proofs_pledge", "regency_code", "pledge_id", "stored_at"),
        Index("ix_pledge_proofs_object", "regency_code", "object_key"),
        one_of("kind", ProofKind),
    )

    regency_code: Mapped[TenantKey]
    id: Mapped[Id]
    pledge_id: Mapped[UUID]
    kind: Mapped[Code]
    object_key: Mapped[Code]
    media_type: Mapped[Code]
    sha256: Mapped[bytes]
    stored_at: Mapped[datetime]
    stored_by: Mapped[UUID | None]
