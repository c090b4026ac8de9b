"""Bodies of the reports of a period."""

from datetime import date, datetime
from typing import Literal

from pydantic import Field

from app.api.schemas.access import RegionText
from app.api.schemas.base import CodeText, In, Out
from app.api.schemas.cases import Coded
from app.domain.periodic_reports import ReportKind

ColumnKind = Literal["text", "count", "number", "hours", "percent"]


class PeriodicReportIn(In):
    kind: ReportKind
    region: RegionText = Field(description="The regency.")
    from_: CodeText | None = Field(
        default=None, alias="from", description="The first month, as 2026-01. Not of a campaign."
    )
    to: CodeText | None = Field(default=None, description="The last month; the first one when left out.")
    about: CodeText | None = Field(
        default=None, description="An agency's code, the id of a campaign, or of a donor's account."
    )


class ColumnOut(Out):
    code: str
    title: str
    kind: ColumnKind


class SectionOut(Out):
    code: str
    title: str
    note: str | None
    columns: list[ColumnOut]
    rows: list[list[str | int | float | None]]


class PeriodicReportBrief(Out):
    id: str
    kind: Coded
    region: str
    region_name: str
    first_day: date
    last_day: date
    about: str | None
    about_name: str | None
    version: int
    state: Coded
    sha256: str = Field(description="Of the content, in both languages.")
    definitions: int = Field(description="Which version of the definitions it was counted by.")
    as_of: datetime
    made_at: datetime
    made_by: str | None = Field(description="None: the worker, on the regency's day.")
    signed_at: datetime | None
    signed_by: str | None
    replaced_by: str | None = Field(description="The version that stands in its place.")
    allowed_actions: list[Coded]


class PeriodicReportOut(PeriodicReportBrief):
    sections: list[SectionOut]


class TallyHousehold(Out):
    id: str
    kk: str
    village: str
    village_name: str
    cases: int
