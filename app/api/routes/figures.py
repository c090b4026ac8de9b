"""Figures: what may be asked, and what is counted, each cell with the list of what it counts."""

from typing import Final

from app.api.deps import ReadTx
from app.api.figuring import READS, answer
from app.api.presenters.metrics import books, catalogue_out
from app.api.reading import ReadingDep
from app.api.routing import make_router, operation
from app.api.schemas.metrics import MetricsCatalogueOut, MetricsIn, MetricsOut
from app.domain.access import Permission
from app.domain.indicators import INDICATORS
from app.domain.metrics_grammar import Asked, read
from app.domain.months import Month
from app.domain.sla import WIT

router = make_router("dashboards")
_MAY: Final = Permission.DASHBOARD_READ
_MEASURE: Final = {
    "code": "opened",
    "name": "Kasus masuk",
    "definition": "Kasus yang dibuka pada bulan itu, tanpa yang batal.",
    "unit": "kasus",
    "kind": "flow",
    "list": "cases",
    "dimensions": ["kind", "sex"],
}
_CATALOGUE: Final = {
    "measures": [_MEASURE],
    "dimensions": [{"code": "sex", "name": "Jenis kelamin", "values_from": "sex"}],
    "places": ["regency", "district", "village"],
}
_BODY: Final = {"measures": ["opened"], "by": "sex", "from": "2026-01", "to": "2026-11"}
_CELL: Final = {
    "value": "P",
    "label": "Perempuan",
    "place": None,
    "place_label": None,
    "month": None,
    "n": 12,
    "compare_n": None,
    "list": "cases",
    "filter": "status=registered&sex=P&opened_from=2026-01-01&opened_to=2026-12-01",
}
_ANSWER: Final = {
    "as_of": "2026-11-25T03:00:00Z",
    "period": ["2026-01", "2026-11"],
    "compared_with": None,
    "definitions": [_MEASURE],
    "figures": [{"measure": "opened", "cells": [_CELL], "durations": []}],
}


@router.get(
    "/v1/metrics",
    **operation("listMetrics", may=_MAY, answers=MetricsCatalogueOut, example=_CATALOGUE),
)
async def list_metrics(reading: ReadingDep) -> MetricsCatalogueOut:
    """Show what you may ask for, how each figure is defined, and by what it can be split."""
    mine = [one for one in INDICATORS.values() if reading.actor.ever(READS[one.subject])]
    return catalogue_out(mine, reading.lang)


@router.post(
    "/v1/metrics/query",
    **operation("queryMetrics", may=_MAY, answers=MetricsOut, example=_ANSWER, body_example=_BODY),
)
async def query_metrics(body: MetricsIn, reading: ReadingDep, tx: ReadTx) -> MetricsOut:
    """Count in your scope: up to five measures, split by one dimension, by place and by month.

    Each cell carries the query of `GET /v1/cases` or `GET /v1/referrals` that lists what it counts. The
    figures follow what happens within seconds; `as_of` says how far they are.
    """
    asked = Asked(
        measures=body.measures,
        by=body.by,
        place=body.place,
        by_month=body.grain is not None,
        start=body.from_,
        end=body.to,
        region=body.region,
        values=body.values,
        top=body.top,
        compare=body.compare,
    )
    measures = [INDICATORS[code] for code in body.measures if code in INDICATORS]
    # Where the sun rises first it is the next month first.
    now = Month.of(reading.now.astimezone(WIT).date())
    question = read(asked, books(reading.known, measures), now)
    return await answer(reading, tx, question)
