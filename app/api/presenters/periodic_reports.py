"""Reports of a period as answers, and as what stands on paper or in a workbook."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from app.api.language import Language
from app.api.presenters.words import coded, said
from app.api.reading import Reading
from app.api.schemas.cases import Coded
from app.api.schemas.periodic_reports import (
    ColumnOut,
    PeriodicReportBrief,
    PeriodicReportOut,
    SectionOut,
)
from app.db.tables.periodic_reports import PeriodicReport
from app.domain.access import Permission
from app.domain.documents import Words
from app.domain.ids import public_id
from app.domain.periodic_reports import ReportKind, ReportState

_SIGN: Final = Words("Tandatangani", "Sign")


def brief_out(reading: Reading, row: PeriodicReport) -> PeriodicReportBrief:
    return PeriodicReportBrief.model_construct(**_brief(reading, row))


def report_out(reading: Reading, row: PeriodicReport) -> PeriodicReportOut:
    sections = [_section(one, reading.lang) for one in row.content]
    return PeriodicReportOut.model_construct(**_brief(reading, row), sections=sections)


def _brief(reading: Reading, row: PeriodicReport) -> dict[str, Any]:
    known, lang, regency = reading.known, reading.lang, row.regency_code

    def named(id_: UUID | None) -> str | None:
        return None if id_ is None else public_id(regency, id_)

    return {
        "id": public_id(regency, row.id),
        "kind": coded(known, "periodic_report_kind", row.kind, lang),
        "region": regency,
        "region_name": known.region_name(regency),
        "first_day": row.first_day,
        "last_day": row.last_day,
        "about": _about(row),
        "about_name": row.about_name or None,
        "version": row.n,
        "state": coded(known, "periodic_report_state", row.state, lang),
        "sha256": row.sha256,
        "definitions": row.definitions,
        "as_of": row.as_of,
        "made_at": row.made_at,
        "made_by": named(row.made_by),
        "signed_at": row.signed_at,
        "signed_by": named(row.signed_by),
        "replaced_by": named(row.replaced_by),
        "allowed_actions": _actions(reading, row),
    }


def _about(row: PeriodicReport) -> str | None:
    if row.kind in {ReportKind.CAMPAIGN, ReportKind.DONOR}:
        return public_id(row.regency_code, UUID(row.about))
    return row.about or None


def _actions(reading: Reading, row: PeriodicReport) -> list[Coded]:
    actor = reading.actor
    waits = row.state == ReportState.DRAFT and (row.made_by is None or row.made_by != actor.account_id)
    may = waits and actor.has(Permission.REPORT_SIGN, row.regency_code)
    return [Coded(code="sign", label=said(_SIGN, reading.lang))] if may else []


def _section(stored: Mapping[str, Any], lang: Language) -> SectionOut:
    return SectionOut.model_construct(
        code=stored["code"],
        title=stored["title"][lang],
        note=stored["note"][lang] if stored["note"] else None,
        columns=[
            ColumnOut.model_construct(code=one["code"], title=one["title"][lang], kind=one["kind"])
            for one in stored["columns"]
        ],
        rows=[[cell[lang] if isinstance(cell, dict) else cell for cell in row] for row in stored["rows"]],
    )
