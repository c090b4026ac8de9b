"""Bodies of the published statistics."""

from datetime import datetime

from pydantic import Field

from app.api.schemas.base import Out


class StatisticsBrief(Out):
    regency: str
    name: str
    month: str
    published_at: datetime


class StatisticsList(Out):
    items: list[StatisticsBrief]


class CountedOut(Out):
    code: str = Field(description="`others`: several that are too small to be told by themselves.")
    label: str
    n: int


class StatisticsRow(Out):
    district: str
    label: str
    cells: list[int | None] = Field(
        description="In the order of `values`; null is not told, so that no small group can be told apart."
    )


class StatisticsTable(Out):
    dimension: str
    name: str
    withheld: bool = Field(description="Nothing of it is told: its small cells could not be hidden.")
    values: list[CountedOut]
    rows: list[StatisticsRow]


class StatisticsOut(StatisticsBrief):
    definition: str
    smallest: int = Field(description="No group of fewer can be told apart.")
    total: int | None = Field(description="Cases opened in the month; null: fewer than `smallest`.")
    districts: list[CountedOut]
    tables: list[StatisticsTable]
    note: str
