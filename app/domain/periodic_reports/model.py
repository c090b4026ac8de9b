"""What a report is: its kinds and states, its tables, the digest of what they hold, and who may sign."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

from app.domain.documents import Words
from app.domain.errors import Conflict, Forbidden


class ReportKind(StrEnum):
    """The set ``periodic_report_kind``."""

    MONTHLY = "monthly"
    TALLY = "tally"
    AGENCY = "agency"
    CAMPAIGN = "campaign"
    DONOR = "donor"
    ANNUAL = "annual"


class ReportState(StrEnum):
    """The set ``periodic_report_state``."""

    DRAFT = "draft"
    SIGNED = "signed"
    SUPERSEDED = "superseded"
    """A later version stands in its place: of a draft the next draft, of a signed one the next that is."""


Cell = Words | int | float | None
TEXT, COUNT, NUMBER, HOURS, PERCENT = "text", "count", "number", "hours", "percent"
"""What the cells of a column are."""

TITLES: Final[Mapping[ReportKind, Words]] = MappingProxyType(
    {
        ReportKind.MONTHLY: Words("Laporan bulanan sekretariat", "Monthly report of the secretariat"),
        ReportKind.TALLY: Words("Rekap harian per layanan", "Daily tally per service"),
        ReportKind.AGENCY: Words("Laporan rujukan instansi", "Report of an agency's referrals"),
        ReportKind.CAMPAIGN: Words("Laporan kegiatan bantuan", "Report of a campaign"),
        ReportKind.DONOR: Words("Laporan donatur", "Report to a donor"),
        ReportKind.ANNUAL: Words(
            "Laporan tahunan standar pelayanan (maklumat)", "Annual report on the service standard"
        ),
    }
)


@dataclass(frozen=True, slots=True)
class Column:
    code: str
    title: Words
    kind: str = COUNT


@dataclass(frozen=True, slots=True)
class Section:
    """One table. No cell of it names a person."""

    code: str
    title: Words
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]
    note: Words | None = None


def content_of(sections: Sequence[Section]) -> list[dict[str, Any]]:
    """Return the tables as they are stored."""
    return [
        {
            "code": one.code,
            "title": one.title._asdict(),
            "note": one.note._asdict() if one.note else None,
            "columns": [
                {"code": column.code, "title": column.title._asdict(), "kind": column.kind}
                for column in one.columns
            ],
            "rows": [[_cell(cell) for cell in row] for row in one.rows],
        }
        for one in sections
    ]


def _cell(cell: Cell) -> Any:
    return cell._asdict() if isinstance(cell, Words) else cell


def digest(content: Sequence[Mapping[str, Any]]) -> str:
    """Return the SHA-256 of the tables: the same whichever way they were stored in between."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return sha256(text.encode()).hexdigest()


def check_signature(state: ReportState, made_by: UUID | None, signer: UUID | None) -> None:
    """Let only a second person sign, and only the version that waits for it.

    Raises:
        Conflict: it is signed, or replaced.
        Forbidden: whoever made it may not sign it.
    """
    if state is not ReportState.DRAFT:
        raise Conflict(
            "report_not_draft",
            "Hanya rancangan terbaru yang dapat ditandatangani.",
            "Only the newest draft can be signed.",
            {"state": state.value},
        )
    if made_by is not None and made_by == signer:
        raise Forbidden(
            "four_eyes",
            "Yang menyusun laporan tidak boleh menandatanganinya: minta orang lain.",
            "Whoever made the report may not sign it: ask somebody else.",
        )
