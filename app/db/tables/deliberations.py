"""Village meetings: who was there, whom they decided on, minutes, objections, and proposals."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped

from app.db.tables.base import Base, Code, Id, Json, TenantKey, one_of
from app.domain.deliberation.deciding import Decision, Source, Standing
from app.domain.deliberation.objections import ObjectionState
from app.domain.deliberation.states import SessionKind, SessionState
from app.domain.referrals import RegistryStage


def _of_session() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ["regency_code", "deliberation_id"], ["deliberations.regency_code", "deliberations.id"]
    )


class Deliberation(Base):
    """One meeting of a village, or its head's statement in place of one."""

    __tablename__ = "deliberations"
    __table_args__ = (
        Index("ix_deliberations_village", "regency_code", "village_code", "starts_at", "id"),
        Index("ix_deliberations_regency", "regency_code", "starts_at", "id"),
        one_of("kind", SessionKind),
        one_of("state", SessionState),
    )

    regency_code: Mapped[TenantKey]
    id: Mapped[Id]
    village_code: Mapped[Code]
    kind: Mapped[Code]
    state: Mapped[Code]
    place: Mapped[str]
    starts_at: Mapped[datetime]
    follows: Mapped[UUID | None]
    """The session whose reopened candidates it decides on."""
    sitting: Mapped[int]
    """1, and one more for each time that something is decided again."""
    data_key_id: Mapped[UUID]
    """Seals what is the meeting's own: who was there, and its minutes."""
    invitation_number: Mapped[str | None]
    invitation: Mapped[Json | None]
    """What the invitation says; it names nobody."""
    convened_at: Mapped[datetime | None]
    opened_at: Mapped[datetime | None]
    published_at: Mapped[datetime | None]
    objections_until: Mapped[datetime | None]
    ratified_at: Mapped[datetime | None]
    ratified_by: Mapped[UUID | None]
    decree: Mapped[str | None]
    """Number of the paper by which the regency ratified."""
    cancel_reason: Mapped[str | None]
    created_at: Mapped[datetime]
    created_by: Mapped[UUID | None]
    updated_at: Mapped[datetime]
    version: Mapped[int]


class DeliberationAttendee(Base):
    """Somebody who sat in a meeting, by the role in which she came."""

    __tablename__ = "deliberation_attendees"
    __table_args__ = (
        _of_session(),
        Index("ix_deliberation_attendees_session", "regency_code", "deliberation_id", "sitting"),
    )

    regency_code: Mapped[TenantKey]
    id: Mapped[Id]
    deliberation_id: Mapped[UUID]
    sitting: Mapped[int]
    role: Mapped[Code]
    name_sealed: Mapped[bytes]
    person_id: Mapped[UUID | None]
    household_id: Mapped[UUID | None]
    account_id: Mapped[UUID | None]
    at: Mapped[datetime]
    by: Mapped[UUID | None]
    left_at: Mapped[datetime | None]
    """Taken off the list again: written by mistake."""


class DeliberationCandidate(Base):
    """A person on the agenda, what was decided, and how far her proposal is."""

    __tablename__ = "deliberation_candidates"
    __table_args__ = (
        _of_session(),
        UniqueConstraint("regency_code", "deliberation_id", "n"),
        Index("ix_deliberation_candidates_case", "regency_code", "case_id"),
        Index("ix_deliberation_candidates_person", "regency_code", "person_id"),
        Index("ix_deliberation_candidates_batch", "regency_code", "batch_id"),
        one_of("state", Standing),
        one_of("source", Source),
        one_of("decision", Decision),
        one_of("stage", RegistryStage),
    )

    regency_code: Mapped[TenantKey]
    id: Mapped[Id]
    deliberation_id: Mapped[UUID]
    n: Mapped[int]
    source: Mapped[Code]
    origin_id: Mapped[UUID | None]
    """The candidate of the session before, of whom this one is the continuation."""
    case_id: Mapped[UUID | None]
    person_id: Mapped[UUID | None]
    household_id: Mapped[UUID | None]
    data_key_id: Mapped[UUID]
    """Hers or her case's, so that erasing her erases this; a key of its own where nobody has one."""
    private_sealed: Mapped[bytes]
    """One sealed JSON: name, nik, kk, address, rt, rw, note."""
    nik_digest: Mapped[bytes | None]
    state: Mapped[Code]
    rank: Mapped[int | None]
    decision: Mapped[Code | None]
    reason_sealed: Mapped[bytes | None]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None]
    quorum: Mapped[Json | None]
    """How it stood for this decision: present, least, missing_roles, excluded."""
    conflicts: Mapped[list[Any]]
    """Who takes no part: ``{attendee_id, reason, declared}``."""
    minutes_n: Mapped[int | None]
    objections_until: Mapped[datetime | None]
    stage: Mapped[Code]
    batch_id: Mapped[UUID | None]
    result_reason: Mapped[Code | None]
    withdrawn_reason: Mapped[Code | None]
    added_at: Mapped[datetime]
    added_by: Mapped[UUID | None]


class DeliberationMinutes(Base):
    """Berita acara or SPTJM, and the scan of the signed paper. A later one adds to the first."""

    __tablename__ = "deliberation_minutes"
    __table_args__ = (
        _of_session(),
        UniqueConstraint("regency_code", "deliberation_id", "n"),
        Index("ix_deliberation_minutes_object", "regency_code", "scan_key"),
    )

    regency_code: Mapped[TenantKey]
    id: Mapped[Id]
    deliberation_id: Mapped[UUID]
    n: Mapped[int]
    number: Mapped[str]
    content_sealed: Mapped[bytes]
    sha256: Mapped[bytes]
    """Of the official content, as it stands in print."""
    made_at: Mapped[datetime]
    made_by: Mapped[UUID | None]
    dropped_at: Mapped[datetime | None]
    """Taken back before anybody signed."""
    scan_key: Mapped[Code | None]
    scan_media: Mapped[Code | None]
    scan_sha256: Mapped[bytes | None]
    """Of the file as it came."""
    stored_sha256: Mapped[bytes | None]
    """Of the file as it is kept: written anew, as every file is."""
    signed_at: Mapped[datetime | None]
    signed_by: Mapped[UUID | None]


class DeliberationObjection(Base):
    """A resident's objection to one candidate (sanggah)."""

    __tablename__ = "deliberation_objections"
    __table_args__ = (
        _of_session(),
        Index("ix_deliberation_objections_session", "regency_code", "deliberation_id", "filed_at"),
        Index(
            "ix_deliberation_objections_open",
            "regency_code",
            "due_at",
            "id",
            postgresql_where="state = 'open'",
        ),
        Index("ix_deliberation_objections_photo", "regency_code", "photo_key"),
        one_of("state", ObjectionState),
    )

    regency_code: Mapped[TenantKey]
    id: Mapped[Id]
    deliberation_id: Mapped[UUID]
    candidate_id: Mapped[UUID]
    state: Mapped[Code]
    data_key_id: Mapped[UUID]
    private_sealed: Mapped[bytes]
    """One sealed JSON: name, nik, phone, reason, point."""
    objector_digest: Mapped[bytes]
    """Of her NIK, or of name and birth date: one person objects once to one candidate."""
    photo_key: Mapped[Code | None]
    photo_media: Mapped[Code | None]
    photo_sha256: Mapped[bytes | None]
    filed_at: Mapped[datetime]
    filed_by: Mapped[UUID | None]
    due_at: Mapped[datetime]
    """When the verifier is reminded."""
    acts: Mapped[int]
    """How often it was put before somebody."""
    escalated_to: Mapped[Code | None]
    escalated_at: Mapped[datetime | None]
    finding_sealed: Mapped[bytes | None]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None]


class ProposalBatch(Base):
    """The eligible of a village, exported together and followed to the ministry's answer."""

    __tablename__ = "proposal_batches"
    __table_args__ = (
        Index("ix_proposal_batches_regency", "regency_code", "created_at", "id"),
        one_of("stage", RegistryStage),
    )

    regency_code: Mapped[TenantKey]
    id: Mapped[Id]
    village_code: Mapped[Code]
    stage: Mapped[Code]
    count: Mapped[int]
    cutoff_on: Mapped[date]
    """The monthly cut-off that it goes to."""
    reason: Mapped[Code | None]
    """Why it was returned last."""
    created_at: Mapped[datetime]
    created_by: Mapped[UUID | None]
    updated_at: Mapped[datetime]
    version: Mapped[int]
