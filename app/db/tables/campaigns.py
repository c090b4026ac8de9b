"""Campaigns: what is handed out, who is chosen and why, and each hand-out as a device told it."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped

from app.db.tables.base import Base, Code, Id, Json, TenantKey, one_of
from app.domain.campaigns import CampaignState, CheckinVerdict, Outcome, RecipientState, Tie


def of_campaign() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["regency_code", "campaign_id"], ["campaigns.regency_code", "campaigns.id"])


def of_recipient() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ["regency_code", "recipient_id"], ["campaign_recipients.regency_code", "campaign_recipients.id"]
    )


class Campaign(Base):
    __tablename__ = "campaigns"
    __table_args__ = (
        Index("ix_campaigns_created", "regency_code", "created_at", "id"),
        one_of("state", CampaignState),
    )

    regency_code: Mapped[TenantKey]
    id: Mapped[Id]
    name: Mapped[str]
    program_code: Mapped[Code]
    agency_code: Mapped[Code]
    """The organiser: whose programme it is."""
    funder: Mapped[str]
    """Who pays, as it stands in the budget: of an office, never of a person."""
    funder_code: Mapped[Code | None]
    """The body that pays, where it is one of the agencies."""
    budget_source: Mapped[Code]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    components: Mapped[list[Any]]
    """In their order: code, label, kind, amount_idr, goods, quota, districts, criteria."""
    rules: Mapped[Json]
    """How it selects: per_household, from_registry, share, excludes."""
    state: Mapped[Code]
    version: Mapped[int]
    selection_n: Mapped[int]
    """Counts the selections; the newest is the one that holds."""
    return_reason: Mapped[Code | None]
    created_at: Mapped[datetime]
    created_by: Mapped[UUID | None]
    updated_at: Mapped[datetime]
    approved_at: Mapped[datetime | None]
    approved_by: Mapped[UUID | None]
    started_at: Mapped[datetime | None]
    reported_at: Mapped[datetime | None]


class CampaignSelection(Base):
    """One selection with all that it was made from; the same input gives the same answer."""

    __tablename__ = "campaign_selections"
    __table_args__ = (of_campaign(), UniqueConstraint("regency_code", "campaign_id", "n"))

    regency_code: Mapped[TenantKey]
    id: Mapped[Id]
    campaign_id: Mapped[UUID]
    n: Mapped[int]
    job_id: Mapped[UUID]
    ordered_at: Mapped[datetime]
    ordered_by: Mapped[UUID | None]
    input: Mapped[Json]
    """Weights, components, rules, versions, the day, and once it is placed the quota of every cell."""
    candidates_sha256: Mapped[Code | None]
    """Of what was placed: need, aid, age, lot, household and components of every candidate."""
    result: Mapped[Json | None]
    """Counts: candidates, chosen, reserve, passed over by reason, open places."""
    ended_at: Mapped[datetime | None]


class CampaignRecipient(Base):
    """One nominated person. She is in a campaign once, whichever ways she came."""

    __tablename__ = "campaign_recipients"
    __table_args__ = (
        of_campaign(),
        ForeignKeyConstraint(["regency_code", "person_id"], ["persons.regency_code", "persons.id"]),
        UniqueConstraint("regency_code", "campaign_id", "person_id"),
        UniqueConstraint("regency_code", "campaign_id", "code"),
        Index("ix_campaign_recipients_state", "regency_code", "campaign_id", "state", "id"),
        Index("ix_campaign_recipients_order", "regency_code", "campaign_id", "order_n", "id"),
        one_of("state", RecipientState),
        one_of("tie", Tie),
    )

    regency_code: Mapped[TenantKey]
    id: Mapped[Id]
    campaign_id: Mapped[UUID]
    person_id: Mapped[UUID]
    household_id: Mapped[UUID | None]
    village_code: Mapped[Code]
    district_code: Mapped[Code]
    born_on: Mapped[date | None]
    """As it was when she was weighed: placing her again must find the same."""
    routes: Mapped[list[Any]]
    """How she came: route, at, by, and the id of the case or list."""
    state: Mapped[Code]
    reason: Mapped[Code | None]
    """Why she was passed over, or dropped out."""
    weighed_n: Mapped[int]
    """The selection that weighed her last; 0: none."""
    need: Mapped[int]
    aid_count: Mapped[int]
    lot: Mapped[Code]
    fits: Mapped[list[Any]]
    """Components whose conditions she meets."""
    basis_sealed: Mapped[bytes | None]
    """Points with their grounds, verdicts of the conditions, and aid that stands against or beside it."""
    component: Mapped[Code | None]
    order_n: Mapped[int | None]
    """Her place in the order of the selection; the reserve moves up by it."""
    tie: Mapped[Code | None]
    code: Mapped[Code | None]
    """The entitlement, from the approval on."""
    line_id: Mapped[UUID | None]
    slot_id: Mapped[UUID | None]
    replaces: Mapped[UUID | None]
    """The recipient whose place she took."""
    given_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    created_by: Mapped[UUID | None]
    updated_at: Mapped[datetime]


class CampaignSlot(Base):
    """A place and an hour of the hand-out, and who works there."""

    __tablename__ = "campaign_slots"
    __table_args__ = (
        of_campaign(),
        Index("ix_campaign_slots_time", "regency_code", "campaign_id", "starts_at", "id"),
    )

    regency_code: Mapped[TenantKey]
    id: Mapped[Id]
    campaign_id: Mapped[UUID]
    region_code: Mapped[Code]
    """Whose residents it is for."""
    place: Mapped[str]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    capacity: Mapped[int]
    crew: Mapped[list[Any]]
    """Accounts that hand out there, by id."""
    created_at: Mapped[datetime]
    created_by: Mapped[UUID | None]


class CampaignDevice(Base):
    """A device that hands out without a network, for one account and some slots."""

    __tablename__ = "campaign_devices"
    __table_args__ = (
        of_campaign(),
        Index("ix_campaign_devices_campaign", "regency_code", "campaign_id", "id"),
    )

    regency_code: Mapped[TenantKey]
    id: Mapped[Id]
    campaign_id: Mapped[UUID]
    name: Mapped[str]
    account_id: Mapped[UUID | None]
    slots: Mapped[list[Any]]
    key_boxed: Mapped[bytes]
    """Its signing key, sealed by the service."""
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class CampaignList(Base):
    """A signed list that a device took along: what it may tell of, and until when."""

    __tablename__ = "campaign_lists"
    __table_args__ = (
        of_campaign(),
        ForeignKeyConstraint(
            ["regency_code", "device_id"], ["campaign_devices.regency_code", "campaign_devices.id"]
        ),
    )

    regency_code: Mapped[TenantKey]
    id: Mapped[Id]
    campaign_id: Mapped[UUID]
    device_id: Mapped[UUID]
    signature: Mapped[Code]
    recipients: Mapped[list[Any]]
    """Ids of those on it."""
    issued_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class CampaignCheckin(Base):
    """What a device told of one recipient, and what it counted for; changed by a decision only."""

    __tablename__ = "campaign_checkins"
    __table_args__ = (
        of_campaign(),
        of_recipient(),
        UniqueConstraint("regency_code", "campaign_id", "device_id", "client_id"),
        # However two devices race, one hand-out counts.
        Index(
            "uq_campaign_checkins_given",
            "regency_code",
            "recipient_id",
            unique=True,
            postgresql_where="verdict = 'given'",
        ),
        Index("ix_campaign_checkins_campaign", "regency_code", "campaign_id", "arrived_at", "id"),
        one_of("outcome", Outcome),
        one_of("verdict", CheckinVerdict),
        one_of("finding", ("open", "decided")),
    )

    regency_code: Mapped[TenantKey]
    id: Mapped[Id]
    campaign_id: Mapped[UUID]
    recipient_id: Mapped[UUID]
    device_id: Mapped[UUID]
    list_id: Mapped[UUID]
    client_id: Mapped[Code]
    content_sha256: Mapped[Code]
    """Of what was sent: sent again it is a replay, otherwise another message under a used id."""
    device_at: Mapped[datetime]
    arrived_at: Mapped[datetime]
    by: Mapped[UUID | None]
    outcome: Mapped[Code]
    reason: Mapped[Code | None]
    """Why she was turned away."""
    verdict: Mapped[Code]
    refusal: Mapped[Code | None]
    first_id: Mapped[UUID | None]
    """The check-in that counted, of which this is a duplicate."""
    proxy_sealed: Mapped[bytes | None]
    """Who came in her stead: name, relation, letter; under the recipient's key."""
    proof: Mapped[Json | None]
    """How the receipt is proved: kind, and the hash of what the device keeps."""
    finding: Mapped[Code | None]
    """Both say that it was given: open until a person has decided what happened."""
    decision: Mapped[Code | None]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None]
