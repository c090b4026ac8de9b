"""Answering a question of figures: counted in the asker's sight, said in words, each cell with its list."""

from dataclasses import replace
from typing import Final

from app.api.drilldown import Place, filter_of
from app.api.presenters.metrics import all_of, label_of, list_of, measure_out
from app.api.reading import Reading
from app.api.schemas.metrics import CellOut, DurationOut, FigureOut, MetricsOut
from app.db.queries import metrics
from app.db.queries.metrics import Ask, Row
from app.db.session import Tx
from app.domain.access import Permission
from app.domain.errors import FieldError, Invalid
from app.domain.ids import NATION
from app.domain.indicators import ERROR_PERCENT, TOTAL, Indicator, Kind, Subject
from app.domain.knowledge import Knowledge
from app.domain.metrics_cells import Cell, Key, Spread, arrange, in_this_period, spreads
from app.domain.metrics_grammar import Question
from app.domain.months import Month, Period

READS: Final = {Subject.CASE: Permission.CASE_READ, Subject.REFERRAL: Permission.REFERRAL_READ}
"""Whose lists somebody may not read, of those she is told no figures."""


async def answer(reading: Reading, tx: Tx, question: Question) -> MetricsOut:
    """Count what is asked.

    Raises:
        Forbidden: the actor reads no such list, so that nothing could be opened.
        Invalid: the region does not exist, or the answer would be too long.
    """
    for measure in question.measures:
        reading.actor.require_ever(READS[measure.subject])
    region = _region(reading.known, question.region)
    figures = [await _figure(reading, tx, question, measure, region) for measure in question.measures]
    return MetricsOut(
        as_of=await metrics.as_of(tx, reading.sight, reading.now),
        period=_ends(question.period),
        compared_with=_ends(question.compared),
        definitions=[measure_out(one, reading.lang) for one in question.measures],
        figures=figures,
    )


def _region(known: Knowledge, region: str | None) -> str | None:
    if region is None or region == NATION:
        return None
    if known.knows_region(region):
        return region
    raise Invalid(
        fields=(
            FieldError(
                "/region",
                "unknown_region",
                "Kode wilayah ini tidak ada. Cari di /v1/regions.",
                "There is no region with this code. Look in /v1/regions.",
            ),
        )
    )


def _ends(period: Period | None) -> tuple[str, str] | None:
    return None if period is None else (period.start.text, period.end.text)


async def _figure(
    reading: Reading, tx: Tx, question: Question, measure: Indicator, region: str | None
) -> FigureOut:
    ask = _ask(question, measure, region)
    rows = await _counted(reading, tx, ask)
    before = None
    if question.compared is not None:
        before = await _counted(reading, tx, replace(ask, months=_ends(question.compared)))
    if measure.kind is Kind.DURATION:
        spread = spreads(rows), spreads(in_this_period(question, before or ()))
        return FigureOut(measure=measure.code, cells=[], durations=_durations(reading, question, *spread))
    cells = arrange(question, rows, before)
    found = [_cell_out(reading, question, measure, cell, region) for cell in cells]
    return FigureOut(measure=measure.code, cells=found, durations=[])


def _ask(question: Question, measure: Indicator, region: str | None) -> Ask:
    return Ask(
        measure=measure.code,
        by=question.by or TOTAL,
        place=question.place,
        by_month=question.by_month,
        months=_ends(question.period),
        region=region,
        values=question.values,
    )


async def _counted(reading: Reading, tx: Tx, ask: Ask) -> list[Row]:
    """Count, under the codes that stand today: a list by such a code holds what was written under another."""
    levels = {code: one.level.value for code, one in reading.known.agencies.items()}
    present = reading.known.regions.successions.present
    rows = await metrics.count(tx, reading.sight, ask, levels)
    return [replace(row, place=present(row.place)) if row.place else row for row in rows]


def _cell_out(
    reading: Reading, question: Question, measure: Indicator, cell: Cell, region: str | None
) -> CellOut:
    value, place, month = cell.key
    by = question.by
    where = Place(by, value, place or region, Month.read(month) if month else None, question.period)
    return CellOut.model_construct(
        value=value if by else None,
        label=label_of(reading.known, measure, by, value, reading.lang),
        place=place,
        place_label=reading.known.region_name(place) if place else None,
        month=month,
        n=cell.n,
        compare_n=cell.before,
        list=list_of(measure.code),
        filter=filter_of(measure.code, where),
    )


def _durations(
    reading: Reading, question: Question, now: dict[Key, Spread], then: dict[Key, Spread]
) -> list[DurationOut]:
    keys = sorted({*now, *then}, key=lambda key: (key.month or "", key.place or ""))
    compared = question.compared is not None
    return [_duration_out(reading, key, now.get(key), then.get(key) if compared else None) for key in keys]


def _duration_out(reading: Reading, key: Key, now: Spread | None, then: Spread | None) -> DurationOut:
    known, lang = reading.known, reading.lang
    return DurationOut(
        value=None,
        label=known.region_name(key.place) if key.place else all_of(lang),
        place=key.place,
        place_label=known.region_name(key.place) if key.place else None,
        month=key.month,
        n=now.n if now else 0,
        median_hours=now.median if now else None,
        p90_hours=now.p90 if now else None,
        error_percent=ERROR_PERCENT,
        compare_median_hours=then.median if then else None,
        compare_p90_hours=then.p90 if then else None,
    )
