"""Who is who: further identifiers, household membership with its history, merges, and claims that clash."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped

from app.db.tables.base import Base, Code, Id, Json, TenantKey, one_of

CONFLICT_KINDS = (
    "nik_other_person",
    "identifier_other_person",
    "kk_other_village",
    "kk_differs",
    "kk_two_heads",
)
MERGE_KINDS = ("merge", "split")


def _of_person() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["regency_code", "person_id"], ["persons.regency_code", "persons.id"])


class PersonIdentifier(Base):
    """A number of a person besides her present NIK: an earlier NIK, a BPJS number, a registry id, a passport.

    It keeps the data key that it was sealed with, so that a merge moves it without opening it.
    """

    __tablename__ = "person_identifiers"
    __table_args__ = (
        _of_person(),
        Index("ix_person_identifiers_person", "regency_code", "person_id", "created_at"),
        # Two live claims to one number cannot be written, whoever comes first.
        Index(
            "uq_person_identifiers_digest",
            "regency_code",
            "kind",
            "digest",
            unique=True,
            postgresql_where="ended_at IS NULL",
        ),
    )

    regency_code: Mapped[TenantKey]
    id: Mapped[Id]
    person_id: Mapped[UUID]
    kind: Mapped[Code]
    data_key_id: Mapped[UUID]
    number_sealed: Mapped[bytes]
    digest: Mapped[bytes]
    last4: Mapped[Code]
    source: Mapped[Code]
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    created_at: Mapped[datetime]
    created_by: Mapped[UUID | None]
    ended_at: Mapped[datetime | None]
    """Since when it no longer counts: mistyped, replaced, or given to whom it belongs."""
    ended_by: Mapped[UUID | None]


class HouseholdMember(Base):
    """That a person was of a household, as what, and for how long.

    ``persons.household_id`` says who is of it now; a person who came by a case alone has no row here until
    somebody says what she is in the family.
    """

    __tablename__ = "household_members"
    __table_args__ = (
        _of_person(),
        ForeignKeyConstraint(["regency_code", "household_id"], ["households.regency_code", "households.id"]),
        Index("ix_household_members_home", "regency_code", "household_id", "from_on"),
        Index("ix_household_members_person", "regency_code", "person_id", "from_on"),
    )

    regency_code: Mapped[TenantKey]
    id: Mapped[Id]
    household_id: Mapped[UUID]
    person_id: Mapped[UUID]
    relation: Mapped[Code | None]
    """Of the set ``family_relation``; unknown where nobody has said it."""
    from_on: Mapped[date]
    to_on: Mapped[date | None]
    """The first day on which she is no longer of it."""
    end_reason: Mapped[Code | None]
    source: Mapped[Code]
    created_at: Mapped[datetime]
    created_by: Mapped[UUID | None]


class PersonMerge(Base):
    """Two records that were one person, or one that was two, and all that moved, so that it can move back."""

    __tablename__ = "person_merges"
    __table_args__ = (
        _of_person(),
        Index("ix_person_merges_person", "regency_code", "person_id", "at"),
        Index("ix_person_merges_other", "regency_code", "other_id", "at"),
        one_of("kind", MERGE_KINDS),
    )

    regency_code: Mapped[TenantKey]
    id: Mapped[Id]
    kind: Mapped[Code]
    person_id: Mapped[UUID]
    """Who stays: of a merge the one that is kept, of a split the one that cases were taken from."""
    other_id: Mapped[UUID]
    """Who is gone after a merge, or new after a split."""
    reason: Mapped[Code]
    score: Mapped[int]
    reasons: Mapped[list[Any]]
    moved: Mapped[Json]
    """Per table the ids of the rows that moved; and what of the kept one was changed, by name."""
    left: Mapped[Json | None]
    """After an undo: per table how many rows did not go back, since they moved on."""
    at: Mapped[datetime]
    by: Mapped[UUID | None]
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[UUID | None]


class IdentityConflict(Base):
    """Two claims to one number: shown to a person who decides, and never settled by overwriting."""

    __tablename__ = "identity_conflicts"
    __table_args__ = (
        _of_person(),
        Index("ix_identity_conflicts_person", "regency_code", "person_id", "found_at"),
        Index(
            "ix_identity_conflicts_open", "regency_code", "found_at", "id", postgresql_where="state = 'open'"
        ),
        # What was decided once is not asked again.
        UniqueConstraint("regency_code", "person_id", "kind", "claim_digest"),
        one_of("kind", CONFLICT_KINDS),
        one_of("state", ("open", "decided")),
    )

    regency_code: Mapped[TenantKey]
    id: Mapped[Id]
    kind: Mapped[Code]
    person_id: Mapped[UUID]
    """Whose the number is on record; of a KK the person who claims it now."""
    other_id: Mapped[UUID | None]
    """The other claimant, where she has a record of her own."""
    household_id: Mapped[UUID | None]
    case_id: Mapped[UUID | None]
    """The case that brought the claim."""
    village_code: Mapped[Code]
    data_key_id: Mapped[UUID]
    claim_sealed: Mapped[bytes]
    """One sealed JSON: what was claimed."""
    claim_digest: Mapped[bytes]
    """Keyed, of what was claimed: the same claim is one row."""
    score: Mapped[int]
    reasons: Mapped[list[Any]]
    """Codes of the set ``match_reason``: how alike the claim and the record are."""
    state: Mapped[Code]
    decision: Mapped[Code | None]
    found_at: Mapped[datetime]
    found_by: Mapped[UUID | None]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None]
