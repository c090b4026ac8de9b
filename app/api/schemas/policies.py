"""Bodies that change a regency's rules, its calendar and its duty roster."""

from typing import Annotated, Any

from pydantic import Field

from app.api.schemas.access import RegionText
from app.api.schemas.base import CodeText, Day, In, Instant, Localised, NameText, Out
from app.domain.codes import CaseKind, Priority
from app.domain.sla import ClockStep, Unit

ClockText = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]


class PolicyIn(In):
    """Either a clock's rule (``step``, ``amount``, ``unit``) or a named one (``name``, ``value``)."""

    region: RegionText
    step: ClockStep | None = None
    kind: CaseKind | None = None
    category: CodeText | None = None
    priority: Priority | None = None
    amount: int | None = None
    unit: Unit | None = None
    name: CodeText | None = None
    value: Any = None
    source: NameText = Field(description="The decree or minutes that say so.")


class DayOffIn(In):
    date: Day
    name: NameText


class OpenIn(In):
    days: Annotated[list[Annotated[int, Field(ge=1, le=7)]], Field(min_length=1, max_length=7)]
    opens: ClockText
    closes: ClockText


class OfficeHoursIn(In):
    """Local time; ``six_day_extra`` counts where the week has six days."""

    weekdays: OpenIn
    six_day_extra: OpenIn | None = None


class CalendarIn(In):
    """What is left out stays."""

    region: RegionText
    add: Annotated[list[DayOffIn], Field(max_length=100)] = Field(default_factory=list)
    remove: Annotated[list[Day], Field(max_length=100)] = Field(default_factory=list)
    confirm: Annotated[list[Day], Field(max_length=100)] = Field(
        default_factory=list, description="Estimated national days that are certain by now."
    )
    six_day_week: bool | None = None
    office_hours: OfficeHoursIn | None = None
    year: Annotated[int, Field(ge=2000, le=2100)] | None = Field(
        default=None, description="Which year the answer shows; this year when left out."
    )


class DutyIn(In):
    """One turn of duty: of an account, or of a cadre of the register."""

    region: RegionText
    duty: CodeText
    account_id: CodeText | None = None
    cadre_id: CodeText | None = None
    starts_at: Instant
    ends_at: Instant


class DutyOut(Out):
    id: str
    duty: str
    duty_label: Localised
    account_id: str | None
    cadre_id: str | None
    name: str
    starts_at: Instant
    ends_at: Instant
    on_duty: bool = Field(description="Now.")
