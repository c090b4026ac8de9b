"""Reference tables: regions, agencies, programmes and their versions, codes, and each kind's version."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.db.tables.base import REFERENCE, Base, Code, Json, one_of
from app.domain.codes import Level, Trust
from app.domain.programs import VersionStatus


class Region(Base):
    __tablename__ = "regions"
    __table_args__ = (
        Index("ix_regions_parent", "parent_code", "code"),
        Index("ix_regions_search", "search_name", "code"),
        Index("ix_regions_former", "code", postgresql_where="valid_to IS NOT NULL"),
        {"info": REFERENCE},
    )

    code: Mapped[Code] = mapped_column(Text(collation="C"), primary_key=True)
    name: Mapped[str]
    search_name: Mapped[Code]
    """Compared byte by byte, so that one index serves the beginning of a name and the order of a page."""
    parent_code: Mapped[Code | None]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    successor_code: Mapped[Code | None]


class Agency(Base):
    __tablename__ = "agencies"
    __table_args__ = (
        one_of("level", Level),
        one_of("answers", ("direct", "by_proxy")),
        one_of("trust", Trust),
        {"info": REFERENCE},
    )

    code: Mapped[Code] = mapped_column(Text(collation="C"), primary_key=True)
    kind: Mapped[Code]
    level: Mapped[Code]
    region_code: Mapped[Code]
    """``ID`` for the nation; a province or regency code otherwise."""
    name_id: Mapped[str]
    name_en: Mapped[str]
    answers: Mapped[Code]
    proxy_role: Mapped[Code]
    sectors: Mapped[list[Any]]
    source: Mapped[str]
    trust: Mapped[Code]
    active: Mapped[bool]


class Program(Base):
    __tablename__ = "programs"
    __table_args__ = (one_of("level", Level), {"info": REFERENCE})

    code: Mapped[Code] = mapped_column(Text(collation="C"), primary_key=True)
    agency_code: Mapped[Code]
    """An agency's code; or a kind (``DINSOS``), which means the body of that kind in the case's regency."""
    level: Mapped[Code]
    name_id: Mapped[str]
    name_en: Mapped[str]
    purposes: Mapped[list[Any]]
    implicit: Mapped[bool]
    """The programme ``UMUM`` that every agency has: never ranked, open to any referral."""
    active: Mapped[bool]


class ProgramVersion(Base):
    __tablename__ = "program_versions"
    __table_args__ = (one_of("status", VersionStatus), {"info": REFERENCE})

    program_code: Mapped[Code] = mapped_column(ForeignKey("programs.code"), primary_key=True)
    n: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    status: Mapped[Code]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    """The document's own last day; ``last_on`` is the day on which it was really over."""
    document: Mapped[Json]
    digest: Mapped[str]
    """SHA-256 of the canonical document: seed writes a version only when it changed."""
    revision: Mapped[int]
    """Counts the changes of a draft and its steps; the version's ``ETag``."""
    last_on: Mapped[date | None]
    """Set when another version takes its place or it is retired; the document itself never changes."""
    makers: Mapped[list[Any]]
    """Public ids of everybody who wrote in it, whoever began it first; empty for what the service shipped."""
    drafted_at: Mapped[datetime]
    submitted_by: Mapped[Code | None]
    """Public ids, here and below: a table without tenants says of whose account it speaks."""
    submitted_at: Mapped[datetime | None]
    remark: Mapped[str | None]
    """Why whoever checked gave it back."""
    published_by: Mapped[Code | None]
    published_at: Mapped[datetime | None]
    retired_by: Mapped[Code | None]
    retired_at: Mapped[datetime | None]


class CodeRow(Base):
    __tablename__ = "codes"
    __table_args__ = {"info": REFERENCE}  # noqa: RUF012  # SQLAlchemy reads it as a plain class attribute

    set_name: Mapped[Code] = mapped_column(Text(collation="C"), primary_key=True)
    code: Mapped[Code] = mapped_column(Text(collation="C"), primary_key=True)
    position: Mapped[int]
    label_id: Mapped[str]
    label_en: Mapped[str]
    attrs: Mapped[Json]


class KnowledgeVersion(Base):
    """One row for each kind of knowledge; a higher number makes every process read that kind again."""

    __tablename__ = "knowledge_versions"
    __table_args__ = {"info": REFERENCE}  # noqa: RUF012  # SQLAlchemy reads it as a plain class attribute

    kind: Mapped[Code] = mapped_column(Text(collation="C"), primary_key=True)
    version: Mapped[int]
