"""Persons, households, registry entries, and the data keys that seal what is personal about them."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped

from app.db.tables.base import Base, Code, Id, Json, TenantKey


class DataKey(Base):
    """A key of one person, reporter or case, wrapped by the service's master key. Gone means erased."""

    __tablename__ = "data_keys"

    regency_code: Mapped[TenantKey]
    id: Mapped[Id]
    wrapped: Mapped[bytes | None]
    created_at: Mapped[datetime]
    destroyed_at: Mapped[datetime | None]
    copy_of: Mapped[UUID | None]
    """The key that this one opens the same values as: of a case that was split off to another person."""


class Household(Base):
    __tablename__ = "households"
    __table_args__ = (
        UniqueConstraint("regency_code", "kk_digest"),
        Index("ix_households_village", "regency_code", "village_code", "created_at"),
    )

    regency_code: Mapped[TenantKey]
    id: Mapped[Id]
    data_key_id: Mapped[UUID]
    kk_sealed: Mapped[bytes | None]
    kk_digest: Mapped[bytes | None]
    village_code: Mapped[Code]
    facts: Mapped[Json]
    """Names of the fact dictionary (``household.*``) to values, with no name or number of a person."""
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class Person(Base):
    __tablename__ = "persons"
    __table_args__ = (
        UniqueConstraint("regency_code", "nik_digest"),
        UniqueConstraint("regency_code", "provisional_digest"),
        Index("ix_persons_name", "regency_code", "name_key", "born_on"),
        # A name may be spelt otherwise: who was born that day in that village is compared by hand.
        Index("ix_persons_born", "regency_code", "born_on", "village_code"),
        # The people of a village by name: its list, and who in it has nearly that name.
        Index("ix_persons_village", "regency_code", "village_code", "name_key"),
        Index("ix_persons_nik_anywhere", "nik_digest"),
        Index("ix_persons_kk", "regency_code", "kk_digest"),
        Index("ix_persons_phone", "regency_code", "phone_digest"),
        Index("ix_persons_household", "regency_code", "household_id"),
        # Of the few records that were merged; costs nobody else anything.
        Index(
            "ix_persons_merged",
            "regency_code",
            "merged_into",
            postgresql_where="merged_into IS NOT NULL",
        ),
    )

    regency_code: Mapped[TenantKey]
    id: Mapped[Id]
    data_key_id: Mapped[UUID]
    household_id: Mapped[UUID | None]
    name: Mapped[str]
    name_key: Mapped[Code]
    nik_sealed: Mapped[bytes | None]
    nik_digest: Mapped[bytes | None]
    nik_last4: Mapped[Code | None]
    """Shown in lists, so that a list opens no sealed value."""
    kk_digest: Mapped[bytes | None]
    phone_sealed: Mapped[bytes | None]
    phone_digest: Mapped[bytes | None]
    address_sealed: Mapped[bytes | None]
    born_on: Mapped[date | None]
    sex: Mapped[Code | None]
    village_code: Mapped[Code]
    facts: Mapped[Json]
    """Names of the fact dictionary (``person.*``) to values."""
    provisional: Mapped[bool]
    """No NIK yet: newborn, neglected, unknown."""
    provisional_digest: Mapped[bytes | None]
    """Digest of name key, birth date and village of a person without NIK: two desks meet on it."""
    do_not_contact: Mapped[bool]
    """No message of any kind goes to her phone."""
    deceased_on: Mapped[date | None]
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    version: Mapped[int]
    merged_into: Mapped[UUID | None]
    """The person that this record turned out to be. It keeps its NIK, and whoever asks by it is led on."""


class Death(Base):
    """A recorded death and what it ended, so that a mistake can be taken back whole."""

    __tablename__ = "deaths"
    __table_args__ = (
        ForeignKeyConstraint(["regency_code", "person_id"], ["persons.regency_code", "persons.id"]),
        Index("ix_deaths_person", "regency_code", "person_id", "at"),
    )

    regency_code: Mapped[TenantKey]
    id: Mapped[Id]
    person_id: Mapped[UUID]
    died_on: Mapped[date]
    source: Mapped[Code]
    ended: Mapped[Json]
    """The cases, referrals and planned lines that it ended, by id, with the status that they had."""
    at: Mapped[datetime]
    by: Mapped[UUID | None]
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[UUID | None]


class RegistryEntry(Base):
    """What the integrated registry (DTSEN, DTKS, BDT) says of one person in one period."""

    __tablename__ = "registry_entries"
    __table_args__ = (
        Index("ix_registry_entries_nik_anywhere", "nik_digest"),
        Index("ix_registry_entries_name", "regency_code", "name_key", "born_on"),
        Index(
            "ix_registry_entries_kk", "regency_code", "kk_digest", postgresql_where="kk_digest IS NOT NULL"
        ),
    )

    regency_code: Mapped[TenantKey]
    id: Mapped[Id]
    """Of a snapshot's entry, made of the snapshot's id and the row: `entry_ids` is the stretch of one."""
    snapshot_id: Mapped[UUID | None]
    nik_digest: Mapped[bytes | None]
    kk_digest: Mapped[bytes | None]
    name_key: Mapped[Code]
    born_on: Mapped[date | None]
    village_code: Mapped[Code]
    """The regency's code where the list does not tell the village."""
    source: Mapped[Code]
    period: Mapped[Code]
    status: Mapped[Code]
    desil: Mapped[int | None]
    programs: Mapped[list[Any]]
    facts: Mapped[Json]
