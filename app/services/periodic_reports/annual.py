"""The year against the service standard: what was promised, what was kept, what residents said of it."""

from collections.abc import Sequence
from typing import Final

from app.db.queries import report_sums
from app.db.queries.acting import Acting
from app.domain.documents import Words
from app.domain.figure_words import coded_words
from app.domain.indicators import INDICATORS
from app.domain.months import Period
from app.domain.periodic_reports import COUNT, PERCENT, TEXT, Cell, Column, Days, Section
from app.services.periodic_reports import monthly
from app.services.periodic_reports.figures import Figures, definitions, office_sight

_BY_MONTH: Final = ("opened", "resolved", "closed_confirmed", "closed_unconfirmed", "disputed")


async def sections(acting: Acting, figures: Figures, regency: str, days: Days) -> list[Section]:
    """Return the tables of the year."""
    return [
        await _standard(acting, regency, days),
        await monthly.summary(figures),
        await _months(figures),
        await figures.split("kind", Words("Menurut jenis", "By kind"), "kind", ("opened", "resolved")),
        await figures.split("sector", Words("Menurut sektor", "By sector"), "sector", ("opened", "resolved")),
        await figures.split("outcome", Words("Hasil akhir", "Outcomes"), "outcome", ("resolved",)),
        await monthly.reasons(figures),
        await figures.times("times", Words("Waktu", "Time"), monthly.TIMES),
        await monthly.unmet(figures),
        definitions((*monthly.FLOWS, *monthly.STOCKS, "rated", *monthly.TIMES)),
    ]


async def _standard(acting: Acting, regency: str, days: Days) -> Section:
    """Return each promise with how often it was kept, by the clocks that ended in the year."""
    known = acting.known
    found = await report_sums.clocks_ended(acting.tx, office_sight(known, regency), regency, *days)
    rows: list[Sequence[Cell]] = [
        (
            coded_words(known, "clock_step", one.step),
            _allowance(coded_words(known, "time_unit", one.unit), one.amount),
            one.ended,
            one.in_time,
            round(100 * one.in_time / one.ended, 1),
        )
        for one in found
    ]
    columns = (
        Column("step", Words("Tahap", "Step"), TEXT),
        Column("allowance", Words("Janji waktu", "Promised time"), TEXT),
        Column("ended", Words("Selesai", "Ended")),
        Column("in_time", Words("Tepat waktu", "In time")),
        Column("share", Words("Tepat waktu (%)", "In time (%)"), PERCENT),
    )
    return Section("standard", Words("Standar pelayanan", "Service standard"), columns, rows)


def _allowance(unit: Words, amount: int) -> Words:
    return Words(f"{amount} {unit.id.lower()}", f"{amount} {unit.en.lower()}")


async def _months(figures: Figures) -> Section:
    rows: list[Sequence[Cell]] = []
    for month in figures.period.months:
        alone = Period(month, month)
        counts = [await figures.total(one, alone) for one in _BY_MONTH]
        rows.append((Words(month.text, month.text), *counts))
    heads = [Column(one, INDICATORS[one].name, COUNT) for one in _BY_MONTH]
    month_head = Column("month", Words("Bulan", "Month"), TEXT)
    return Section("months", Words("Menurut bulan", "By month"), (month_head, *heads), rows)
