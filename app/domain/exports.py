"""Exports: their formats and their columns."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final

from app.domain.documents import Words


class ExportFormat(StrEnum):
    """The set ``export_format``."""

    CSV = "csv"
    XLSX = "xlsx"
    NDJSON = "ndjson"


MOST_IN_WORKBOOK: Final = 1_000_000
"""Rows of one sheet of Excel (1,048,576), with room for the heading."""
KEPT: Final = timedelta(hours=24)
"""How long an export may be fetched: it is a copy of what others keep watch over."""
ENDINGS: Final = {ExportFormat.CSV: "csv", ExportFormat.XLSX: "xlsx", ExportFormat.NDJSON: "ndjson"}
MEDIA_TYPES: Final = {
    ExportFormat.CSV: "text/csv; charset=utf-8",
    ExportFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ExportFormat.NDJSON: "application/x-ndjson",
}


@dataclass(frozen=True, slots=True)
class Column:
    key: str
    """Its name in NDJSON."""
    heading: Words


def _column(key: str, indonesian: str, english: str) -> Column:
    return Column(key, Words(indonesian, english))


CASE_COLUMNS: Final[Sequence[Column]] = (
    _column("ticket", "Tiket", "Ticket"),
    _column("kind", "Jenis", "Kind"),
    _column("category", "Kategori", "Category"),
    _column("sector", "Sektor", "Sector"),
    _column("priority", "Prioritas", "Priority"),
    _column("confidentiality", "Kerahasiaan", "Confidentiality"),
    _column("status", "Status", "Status"),
    _column("holder", "Pemegang", "Holder"),
    _column("village", "Kode desa/kelurahan", "Village code"),
    _column("village_name", "Desa/kelurahan", "Village"),
    _column("district_name", "Kecamatan", "District"),
    _column("regency_name", "Kabupaten/kota", "Regency"),
    _column("name", "Nama warga", "Name of the resident"),
    _column("nik", "NIK", "NIK"),
    _column("born_on", "Tanggal lahir", "Date of birth"),
    _column("sex", "Jenis kelamin", "Sex"),
    _column("opened_at", "Dibuka", "Opened"),
    _column("updated_at", "Berubah", "Changed"),
    _column("due_at", "Tenggat", "Due"),
    _column("overdue", "Lewat tenggat", "Overdue"),
    _column("escalated_at", "Dieskalasi sejak", "Escalated since"),
    _column("outcome", "Hasil", "Outcome"),
    _column("resolved_at", "Selesai", "Resolved"),
    _column("closed_at", "Ditutup", "Closed"),
)
