"""Bodies of a supervisor's view."""

from datetime import date, datetime

from pydantic import Field

from app.api.schemas.base import Out
from app.api.schemas.cases import Coded


class OfficeOut(Out):
    role: Coded
    region: str | None


class LeaveOut(Out):
    until: date | None = Field(description="The last day; null while the end is open.")
    deputy: str | None


class TeamMemberOut(Out):
    account: str
    login: str
    name: str
    offices: list[OfficeOut]
    open: int
    overdue: int
    oldest: datetime | None = Field(description="When the oldest open case was opened.")
    visits_planned: int
    leave: LeaveOut | None


class TeamOut(Out):
    region: str
    items: list[TeamMemberOut]
