"""Attachments, letters with their numbers and templates, and the links that open one referral."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKeyConstraint, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db.tables.base import Base, Code, Id, TenantKey, one_of
from app.db.tables.cases import of_case


class Attachment(Base):
    """A file of a case. The object is written first, the row second; bytes lie encrypted in the store."""

    __tablename__ = "attachments"
    __table_args__ = (
        of_case(),
        Index("ix_attachments_case", "regency_code", "case_id", "created_at"),
        Index("ix_attachments_account", "regency_code", "created_by", "created_at"),
        Index("ix_attachments_object", "regency_code", "object_key"),
        one_of("state", ("uploading", "stored", "refused", "deleted")),
    )

    regency_code: Mapped[TenantKey]
    id: Mapped[Id]
    case_id: Mapped[UUID]
    visit_id: Mapped[UUID | None]
    paper: Mapped[Code | None]
    """What paper it shows, of the set ``paper``; none for a photo or other proof."""
    state: Mapped[Code]
    refusal: Mapped[Code | None]
    media_type: Mapped[Code | None]
    declared_bytes: Mapped[int] = mapped_column(BigInteger)
    received_bytes: Mapped[int] = mapped_column(BigInteger)
    """How much of an upload in parts has come so far."""
    parts: Mapped[list[Any]]
    """Of an upload that is under way, ``[object key, bytes]`` in order; empty once it has ended."""
    stored_bytes: Mapped[int | None] = mapped_column(BigInteger)
    sha256: Mapped[bytes | None]
    """Of what is stored, before encryption."""
    width: Mapped[int | None]
    height: Mapped[int | None]
    pages: Mapped[int | None]
    object_key: Mapped[Code | None]
    name_sealed: Mapped[bytes | None]
    created_at: Mapped[datetime]
    created_by: Mapped[UUID | None]
    stored_at: Mapped[datetime | None]
    deleted_at: Mapped[datetime | None]


class LetterTemplate(Base):
    """How a letter of a kind reads: the regency's own before the nation's (``ID``). Never edited: a new n."""

    __tablename__ = "letter_templates"
    __table_args__ = (UniqueConstraint("regency_code", "kind", "n"),)

    regency_code: Mapped[TenantKey]
    id: Mapped[Id]
    kind: Mapped[Code]
    n: Mapped[int]
    title: Mapped[str]
    body: Mapped[str]
    number_format: Mapped[str]
    valid_days: Mapped[int]
    active: Mapped[bool]
    created_at: Mapped[datetime]
    created_by: Mapped[UUID | None]


class LetterCounter(Base):
    """The last number given in a year; read under its lock, so that numbers have no gaps."""

    __tablename__ = "letter_counters"

    regency_code: Mapped[TenantKey]
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    n: Mapped[int]


class Letter(Base):
    __tablename__ = "letters"
    __table_args__ = (
        of_case(),
        UniqueConstraint("regency_code", "code"),
        UniqueConstraint("regency_code", "year", "n"),
        Index("ix_letters_case", "regency_code", "case_id", "drafted_at"),
        Index("ix_letters_state", "regency_code", "state", "drafted_at", "id"),
        one_of("state", ("draft", "initialled", "signed", "revoked")),
    )

    regency_code: Mapped[TenantKey]
    id: Mapped[Id]
    case_id: Mapped[UUID]
    referral_id: Mapped[UUID | None]
    kind: Mapped[Code]
    template_id: Mapped[UUID]
    template_regency: Mapped[Code]
    state: Mapped[Code]
    code: Mapped[Code]
    """What the QR code holds: random, begins with the tenant's digits, tells nothing by itself."""
    number: Mapped[str | None]
    year: Mapped[int | None]
    n: Mapped[int | None]
    content_sealed: Mapped[bytes]
    """One sealed JSON: the fields filled in, as they stood when drafted."""
    return_note_id: Mapped[UUID | None]
    drafted_at: Mapped[datetime]
    drafted_by: Mapped[UUID | None]
    initialled_at: Mapped[datetime | None]
    initialled_by: Mapped[UUID | None]
    signed_at: Mapped[datetime | None]
    signed_by: Mapped[UUID | None]
    signed_sha256: Mapped[bytes | None]
    """Of the content as signed: a changed letter shows."""
    valid_until: Mapped[date | None]
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[UUID | None]
    revoke_reason: Mapped[Code | None]
    version: Mapped[int]


class LetterLink(Base):
    """Opens one referral to a receiver without an account: expires, can be revoked, each use is counted."""

    __tablename__ = "letter_links"
    __table_args__ = (
        ForeignKeyConstraint(["regency_code", "letter_id"], ["letters.regency_code", "letters.id"]),
        UniqueConstraint("regency_code", "token_digest"),
        Index("ix_letter_links_letter", "regency_code", "letter_id"),
    )

    regency_code: Mapped[TenantKey]
    id: Mapped[Id]
    letter_id: Mapped[UUID]
    referral_id: Mapped[UUID]
    token_digest: Mapped[bytes]
    created_at: Mapped[datetime]
    created_by: Mapped[UUID | None]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    uses: Mapped[int]
    used_at: Mapped[datetime | None]


class DeletedObject(Base):
    """An object to be removed from the store once its time has come; never at once, for backups' sake."""

    __tablename__ = "deleted_objects"

    regency_code: Mapped[TenantKey]
    object_key: Mapped[Code] = mapped_column(Text(collation="C"), primary_key=True)
    due_at: Mapped[datetime]
    reason: Mapped[Code]
