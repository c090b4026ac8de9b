"""A report of a period as a file: what stands on the paper, and the sheets of the workbook."""

import re
from collections.abc import Iterable
from datetime import date
from typing import Any, Final

from app.api.language import Language
from app.api.presenters.words import said
from app.api.reading import Reading
from app.api.schemas.periodic_reports import PeriodicReportOut, SectionOut
from app.db.tables.periodic_reports import PeriodicReport
from app.domain.cells import harmless
from app.domain.documents import Words
from app.domain.ids import tenant_digits
from app.domain.letters import day_in_words
from app.domain.periodic_reports import ReportState
from app.integrations.workbooks import Cell, Sheet

_NOT_IN_NAME: Final = re.compile(r"[\[\]:*?/\\']")
_LONGEST_NAME: Final = 31
_DRAFT: Final = Words("RANCANGAN, belum ditandatangani", "DRAFT, not signed")
_REPLACED: Final = Words("DIGANTIKAN oleh versi berikutnya", "SUPERSEDED by a later version")
_FACTS: Final = {
    "kind": Words("Laporan", "Report"),
    "region": Words("Wilayah", "Region"),
    "about": Words("Tentang", "About"),
    "period": Words("Periode", "Period"),
    "version": Words("Versi", "Version"),
    "state": Words("Keadaan", "State"),
    "as_of": Words("Data sampai", "Figures as of"),
    "definitions": Words("Versi definisi", "Version of the definitions"),
    "signed": Words("Ditandatangani", "Signed"),
    "sha256": Words("SHA-256 isi", "SHA-256 of the content"),
}


def file_name(row: PeriodicReport, ending: str) -> str:
    place = tenant_digits(row.regency_code)
    return f"laporan-{row.kind}-{place}-{row.first_day}-{row.last_day}-v{row.n}.{ending}"


def facts_of(reading: Reading, report: PeriodicReportOut) -> list[tuple[str, str]]:
    """Return what the report says of itself, each with its name."""
    zone, lang = reading.known.zone(report.region), reading.lang
    values = {
        "kind": report.kind.label,
        "region": report.region_name,
        "about": report.about_name,
        "period": f"{_day(report.first_day, lang)} - {_day(report.last_day, lang)}",
        "version": str(report.version),
        "state": report.state.label,
        "as_of": f"{report.as_of.astimezone(zone):%Y-%m-%d %H:%M}",
        "definitions": str(report.definitions),
        "signed": f"{report.signed_at.astimezone(zone):%Y-%m-%d %H:%M}" if report.signed_at else None,
        "sha256": report.sha256,
    }
    return [(said(_FACTS[name], lang), value) for name, value in values.items() if value]


def _day(day: date, lang: Language) -> str:
    return day.isoformat() if lang == "en" else day_in_words(day)


def sheets_of(reading: Reading, report: PeriodicReportOut) -> list[Sheet]:
    """Return the workbook: first what the report is, then a sheet for each table."""
    head = (said(Words("Hal", "Item"), reading.lang), said(Words("Isi", "Value"), reading.lang))
    about = said(Words("Tentang", "About"), reading.lang)
    facts = [(name, harmless(value)) for name, value in facts_of(reading, report)]
    names = _names([about, *(one.title for one in report.sections)])
    tables = [
        Sheet(name, [column.title for column in one.columns], [_safe(row) for row in one.rows])
        for name, one in zip(names[1:], report.sections, strict=True)
    ]
    return [Sheet(names[0], head, facts), *tables]


def _names(titles: Iterable[str]) -> list[str]:
    """Return names that a workbook takes, no two of them alike."""
    found: list[str] = []
    for title in titles:
        name = _NOT_IN_NAME.sub(" ", title)[:_LONGEST_NAME].strip()
        if name.lower() in {one.lower() for one in found}:
            name = f"{name[: _LONGEST_NAME - 3]} {len(found)}"
        found.append(name)
    return found


def _safe(row: Iterable[Cell]) -> list[Cell]:
    return [harmless(cell) if isinstance(cell, str) else cell for cell in row]


def page_of(reading: Reading, report: PeriodicReportOut) -> dict[str, Any]:
    """Return everything that stands on the paper, as texts; the same version gives the same."""
    known, lang = reading.known, reading.lang
    settings = known.settings.get(report.region)
    office = settings.secretariat if settings else ""
    note = {ReportState.DRAFT: _DRAFT, ReportState.SUPERSEDED: _REPLACED}.get(ReportState(report.state.code))
    government = Words(f"Pemerintah {report.region_name}", f"Government of {report.region_name}")
    return {
        "lang": lang,
        "government": said(government, lang),
        "letterhead": office or said(Words("Sekretariat SLRT", "SLRT secretariat"), lang),
        "title": report.kind.label,
        "note": said(note, lang) if note else "",
        "facts": [[name, value] for name, value in facts_of(reading, report)],
        "page": said(Words("Halaman", "Page"), lang),
        "hash": report.sha256,
        "sections": [_table(one) for one in report.sections],
    }


def _table(one: SectionOut) -> dict[str, Any]:
    return {
        "title": one.title,
        "note": one.note or "",
        "head": [column.title for column in one.columns],
        "right": [column.kind != "text" for column in one.columns],
        "rows": [["" if cell is None else str(cell) for cell in row] for row in one.rows],
    }
