"""Figures: what may be asked, and the cells of the answer."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

from app.api.schemas.access import RegionText
from app.api.schemas.base import CodeText, In, Out

Place = Literal["regency", "district", "village"]
ListName = Literal["cases", "referrals"]
MonthText = Annotated[str, Field(min_length=7, max_length=7, description="A month, such as `2026-01`.")]


def _one(value: object) -> object:
    if isinstance(value, list):
        raise PydanticCustomError("one_dimension", "one dimension only")
    return value


class MetricsIn(In):
    measures: list[CodeText] = Field(
        min_length=1, max_length=5, description="Codes of `GET /v1/metrics`, each once."
    )
    by: Annotated[CodeText | None, BeforeValidator(_one)] = Field(
        default=None, description="One dimension that every one of the measures has."
    )
    place: Annotated[Place | None, BeforeValidator(_one)] = None
    grain: Literal["month"] | None = None
    from_: MonthText | None = Field(default=None, alias="from", description="The first month.")
    to: MonthText | None = Field(default=None, description="The last month, within the period.")
    region: RegionText | None = Field(default=None, description="Only what lies there.")
    values: list[CodeText] | None = Field(
        default=None, min_length=1, max_length=200, description="Only these values of `by`."
    )
    top: int | None = Field(
        default=None, ge=1, le=100, description="The largest values of `by`; the rest is one cell, `other`."
    )
    compare: Literal["previous_period", "previous_year"] | None = None


class DimensionOut(Out):
    code: str
    name: str
    values_from: str | None = Field(description="The set of `GET /v1/codes` that its values are of, if one.")


class MeasureOut(Out):
    code: str
    name: str
    definition: str
    unit: str
    kind: str = Field(description="`flow`: counted in a month; `stock`: as it stands; `duration`: how long.")
    dimensions: list[str]
    list: ListName | None = Field(description="Where its cells lead to.")


class MetricsCatalogueOut(Out):
    measures: list[MeasureOut]
    dimensions: list[DimensionOut]
    places: list[Place]


class _Split(Out):
    value: str | None = Field(description="Of `by`: a code, `none` for those without one, or `other`.")
    label: str
    place: str | None
    place_label: str | None
    month: str | None


class CellOut(_Split):
    n: int
    compare_n: int | None = None
    list: ListName | None
    filter: str | None = Field(
        description="The query of that list that holds exactly these; none where no single list does."
    )


class DurationOut(_Split):
    n: int = Field(description="How many were measured.")
    median_hours: float | None
    p90_hours: float | None
    error_percent: float = Field(description="How far each may be off: times are counted in bands.")
    compare_median_hours: float | None = None
    compare_p90_hours: float | None = None


class FigureOut(Out):
    measure: str
    cells: list[CellOut]
    durations: list[DurationOut]
    """Of a measure that tells how long; else none."""


class MetricsOut(Out):
    as_of: datetime | None = Field(description="What happened up to here is counted.")
    period: tuple[str, str] | None
    compared_with: tuple[str, str] | None
    definitions: list[MeasureOut]
    figures: list[FigureOut]
