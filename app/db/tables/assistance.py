"""Lists of aid that were brought into the ledger, and what became of each row."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.db.tables.base import Base, Code, Id, Json, TenantKey, one_of
from app.domain.codes import LedgerState
from app.domain.lists.verdicts import Verdict


class AssistanceImport(Base):
    """One list of who gets, or got, one aid in one period."""

    __tablename__ = "assistance_imports"
    __table_args__ = (
        ForeignKeyConstraint(["regency_code", "list_id"], ["list_files.regency_code", "list_files.id"]),
        Index("ix_assistance_imports_created", "regency_code", "created_at", "id"),
        one_of("state", (LedgerState.PLANNED, LedgerState.GIVEN)),
    )

    regency_code: Mapped[TenantKey]
    id: Mapped[Id]
    list_id: Mapped[UUID]
    profile_id: Mapped[UUID | None]
    job_id: Mapped[UUID]
    program_code: Mapped[Code]
    component: Mapped[Code]
    state: Mapped[Code]
    """Of the lines that it makes."""
    period: Mapped[Code]
    amount_idr: Mapped[int | None]
    """Of each recipient, where the list itself does not say."""
    goods: Mapped[str | None]
    given_on: Mapped[date | None]
    funder: Mapped[Code | None]
    proof: Mapped[str | None]
    dry_run: Mapped[bool]
    """Rows are judged, and nothing else is written."""
    counts: Mapped[Json | None]
    """Rows by verdict and by reason; none before the end."""
    created_at: Mapped[datetime]
    created_by: Mapped[UUID | None]
    ended_at: Mapped[datetime | None]


class AssistanceImportRow(Base):
    """What became of one row; who it is stands in the list itself."""

    __tablename__ = "assistance_import_rows"
    __table_args__ = (
        ForeignKeyConstraint(
            ["regency_code", "import_id"], ["assistance_imports.regency_code", "assistance_imports.id"]
        ),
        Index("ix_assistance_import_rows_nik", "regency_code", "import_id", "nik_digest"),
        one_of("verdict", Verdict),
    )

    regency_code: Mapped[TenantKey]
    import_id: Mapped[UUID] = mapped_column(primary_key=True)
    n: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """Of the row in the file, the header's rows counted."""
    verdict: Mapped[Code]
    reasons: Mapped[list[Any]]
    """Codes of the sets ``list_reason`` and ``aid_reason``."""
    nik_digest: Mapped[bytes | None]
    person_id: Mapped[UUID | None]
    line_id: Mapped[UUID | None]
    """The line that it made, or that stood there for it."""
