"""Bodies of desks."""

from typing import Annotated

from pydantic import Field

from app.api.schemas.access import PublicIdText
from app.api.schemas.base import CodeText, In, NameText, Out, Rupiah
from app.api.schemas.reference import NamedRegion

VillageText = Annotated[str, Field(pattern=r"^[0-9]{2}\.[0-9]{2}\.[0-9]{2}\.[0-9]{4}$")]
ClockText = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
Weekday = Annotated[int, Field(ge=1, le=7, description="1 is Monday.")]
YearNumber = Annotated[int, Field(ge=2000, le=2100)]


class OfficerIn(In):
    account_id: PublicIdText
    duties: list[CodeText] = Field(min_length=1, max_length=10)


class HoursIn(In):
    days: list[Weekday] = Field(min_length=1, max_length=7)
    opens: ClockText
    closes: ClockText


class BudgetIn(In):
    source: CodeText = Field(description="For instance `DANA_DESA` or `APBD`.")
    idr_per_year: Rupiah
    year: YearNumber


class DeskIn(In):
    village: VillageText
    name: NameText
    founding_rule: NameText = Field(description="The village's rule or the decree that founds it.")
    budget: BudgetIn
    hours: list[HoursIn] = Field(min_length=1, max_length=14)
    officers: list[OfficerIn] = Field(default_factory=list, max_length=50)
    active: bool = True


class DeskPatch(In):
    """What is left out stays. ``officers`` and ``hours`` replace the whole list."""

    name: NameText | None = None
    founding_rule: NameText | None = None
    budget: BudgetIn | None = None
    hours: list[HoursIn] | None = Field(default=None, min_length=1, max_length=14)
    officers: list[OfficerIn] | None = Field(default=None, max_length=50)
    active: bool | None = None


class OfficerOut(Out):
    account_id: str
    name: str
    duties: list[str]


class HoursOut(Out):
    days: list[int]
    opens: str
    closes: str


class BudgetOut(Out):
    source: str
    idr_per_year: int
    year: int


class DeskOut(Out):
    id: str
    regency: str
    village: NamedRegion
    village_kind: str | None
    name: str
    founding_rule: str
    budget: BudgetOut
    hours: list[HoursOut]
    officers: list[OfficerOut]
    active: bool
    version: int
