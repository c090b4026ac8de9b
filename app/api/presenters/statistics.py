"""Published statistics in words, and as lines for a spreadsheet."""

import csv
from collections.abc import Iterator
from io import StringIO
from typing import Any, Final

from app.api.language import Language
from app.api.presenters.words import said
from app.api.schemas.statistics import (
    CountedOut,
    StatisticsBrief,
    StatisticsOut,
    StatisticsRow,
    StatisticsTable,
)
from app.db.tables.figures import PublishedStatistics
from app.domain.documents import Words
from app.domain.indicators import INDICATORS, NONE
from app.domain.knowledge import Knowledge
from app.domain.statistics import OTHERS

_SETS: Final = {
    "kind": "case_kind",
    "channel": "channel",
    "priority": "priority",
    "sex": "sex",
    "age_band": "age_band",
}
_NAMES: Final = {
    "kind": Words("Jenis", "Kind"),
    "channel": Words("Saluran", "Channel"),
    "priority": Words("Prioritas", "Priority"),
    "sex": Words("Jenis kelamin", "Sex"),
    "age_band": Words("Kelompok umur", "Age band"),
}
_OTHERS: Final = Words("Lainnya (digabung)", "Others (together)")
_UNKNOWN: Final = Words("Tidak diketahui", "Not known")
_NOTE: Final = Words(
    "Sel kosong tidak ditampilkan supaya kelompok kecil tidak dapat dikenali; sebagian di antaranya nol atau "
    "besar. Angka bulan yang sudah diumumkan tidak diubah lagi.",
    "Empty cells are not told, so that no small group can be told apart; some of them are nought or large. "
    "What was published of a month is not changed again.",
)


def brief_out(known: Knowledge, row: Any) -> StatisticsBrief:
    return StatisticsBrief(
        regency=row.regency_code,
        name=known.regions.get(row.regency_code, row.regency_code),
        month=row.month,
        published_at=row.published_at,
    )


def statistics_out(known: Knowledge, row: PublishedStatistics, lang: Language) -> StatisticsOut:
    told = row.document
    brief = brief_out(known, row)
    return StatisticsOut(
        **brief.model_dump(),
        definition=said(INDICATORS["opened"].definition, lang),
        smallest=told["smallest"],
        total=told["total"],
        districts=[
            CountedOut(code=one["district"], label=_district(known, one["district"], lang), n=one["n"])
            for one in told["districts"]
        ],
        tables=[_table(known, one, lang) for one in told["tables"]],
        note=said(_NOTE, lang),
    )


def lines(shown: StatisticsOut) -> str:
    """Return it as CSV: one line for each cell, an empty number where it is not told."""
    out = StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(["regency", "month", "dimension", "district", "value", "cases"])
    writer.writerows(_lines(shown))
    return out.getvalue()


def _lines(shown: StatisticsOut) -> Iterator[list[str | int]]:
    for one in shown.districts:
        yield [shown.regency, shown.month, "total", one.code, "total", one.n]
    for table in shown.tables:
        for value in table.values:
            yield [shown.regency, shown.month, table.dimension, "total", value.code, value.n]
        for row in table.rows:
            for value, n in zip(table.values, row.cells, strict=True):
                cell = "" if n is None else n
                yield [shown.regency, shown.month, table.dimension, row.district, value.code, cell]


def _table(known: Knowledge, told: dict[str, Any], lang: Language) -> StatisticsTable:
    dimension = told["dimension"]
    return StatisticsTable(
        dimension=dimension,
        name=said(_NAMES[dimension], lang),
        withheld=told["withheld"],
        values=[
            CountedOut(code=one["value"], label=_value(known, dimension, one["value"], lang), n=one["n"])
            for one in told["values"]
        ],
        rows=[
            StatisticsRow(
                district=one["district"], label=_district(known, one["district"], lang), cells=one["cells"]
            )
            for one in told["rows"]
        ],
    )


def _district(known: Knowledge, code: str, lang: Language) -> str:
    return said(_OTHERS, lang) if code == OTHERS else known.regions.get(code, code)


def _value(known: Knowledge, dimension: str, code: str, lang: Language) -> str:
    if code == OTHERS:
        return said(_OTHERS, lang)
    return said(_UNKNOWN, lang) if code == NONE else known.label(_SETS[dimension], code, lang)
