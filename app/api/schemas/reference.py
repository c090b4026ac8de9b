"""Bodies of what everybody may look up: regions, codes, agencies, cadres, policies, calendars."""

from datetime import date
from typing import Any, Literal

from pydantic import Field

from app.api.schemas.base import Localised, Out
from app.domain.codes import Level, Trust


class NamedRegion(Out):
    code: str
    name: str


class RegionOut(NamedRegion):
    level: Literal["province", "regency", "district", "village"]
    kind: str | None = Field(
        description="Of a regency `kabupaten` or `kota`; of a village `kelurahan`, `desa` or `desa_adat`."
    )
    parent: str | None


class BelowOut(Out):
    """How many regions of each level lie in it."""

    regencies: int
    districts: int
    villages: int


class CadreCountOut(Out):
    pillar: str
    area_level: Literal["province", "regency", "district", "village"]
    count: int
    areas: int = Field(description="In how many different areas they work.")


class AllotmentOut(Out):
    """How many places of a programme the regency has in a period, and how many are taken."""

    program: str
    component: str = Field(description="A component of the benefit, or `*` for the whole programme.")
    period: str
    quota: int
    taken: int


class ProfileOut(Out):
    """What a place that uses the service says of itself."""

    name: str
    secretariat: str
    six_day_week: bool
    cadres: dict[str, int] = Field(description="Active cadres by pillar, counted now.")
    cadres_by_area: list[CadreCountOut]
    allotments: list[AllotmentOut]
    figures: dict[str, Any] = Field(
        description="As the place gives them, with their date `as_of`: poverty target, campaign, programmes …"
    )


class RegionDetail(RegionOut):
    parents: list[NamedRegion] = Field(description="The province first.")
    below: BelowOut
    zone: Literal["WIB", "WITA", "WIT"]
    valid_to: date | None = Field(description="Of a code that is no more: since when.")
    successor: NamedRegion | None = Field(description="What took its place; rows are found by both codes.")
    formerly: list[NamedRegion] = Field(description="Codes that went over into it.")
    profile: ProfileOut | None = Field(description="Of a regency that uses the service; else null.")


class CodeOut(Out):
    code: str
    label: Localised
    attrs: dict[str, Any]


class CodeSetOut(Out):
    set: str
    label: Localised
    codes: list[CodeOut]


class CodeSetsOut(Out):
    items: list[CodeSetOut]


class AgencyOut(Out):
    code: str
    kind: str
    level: Level
    region: str
    name: Localised
    answers: Literal["direct", "by_proxy"]
    proxy_role: str | None = Field(description="Who answers for it in each regency when it has no account.")
    sectors: list[str]
    general_program: str = Field(description="Its programme for whatever has no programme of its own.")
    source: str
    trust: Trust
    to_be_confirmed: bool
    active: bool


class CadreOut(Out):
    id: str
    pillar: str
    pillar_label: Localised
    name: str
    area: NamedRegion
    account: str | None = Field(description="Her account, if she works on the service herself.")
    capacity: int | None = Field(description="Open cases that she can carry; null where nobody has said.")
    appointed_on: date
    ends_on: date | None
    active: bool
    version: int


class ClockPolicyOut(Out):
    """How long a step may take. What is null counts for every kind, category or priority."""

    id: str = Field(description="Of the row; a regency's own can be ended.")
    step: str
    kind: str | None
    category: str | None
    priority: str | None
    amount: int
    unit: str
    region: str = Field(description="Who set it: the regency, or `ID` for the nation's default.")
    source: str
    trust: Trust
    to_be_confirmed: bool


class RuleOut(Out):
    id: str
    name: str
    label: Localised
    unit: str | None = Field(description="What a number counts: of `time_unit`, or `count`.")
    value: Any
    region: str
    source: str
    trust: Trust
    to_be_confirmed: bool


class PoliciesOut(Out):
    region: str
    clocks: list[ClockPolicyOut]
    values: list[RuleOut]


class OpeningOut(Out):
    weekday: int = Field(description="1 is Monday, 7 Sunday.")
    opens: str
    closes: str


class HolidayOut(Out):
    date: date
    name: str
    kind: Literal["public", "cuti_bersama", "regency"]
    estimated: bool = Field(description="Depends on a sighting or a decree that is not out yet.")


class CalendarOut(Out):
    region: str
    year: int
    zone: Literal["WIB", "WITA", "WIT"]
    hours: list[OpeningOut] = Field(description="Local time; closing belongs to the day.")
    holidays: list[HolidayOut]
