"""Bodies of the way out of aid, and of what a regency aims at."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated

from pydantic import Field

from app.api.schemas.access import RegionText
from app.api.schemas.base import CodeText, Day, In, NameText, NoteText, Out, Rupiah, Whole
from app.api.schemas.cases import Coded
from app.domain.graduation import Decision, GraduationStep

TicketText = Annotated[str, Field(min_length=1, max_length=40)]


class GraduationIn(In):
    ticket: TicketText = Field(description="The case that led her into the programme.")
    program: CodeText
    started_on: Day
    income_idr: Rupiah = Field(description="Of the household, a month, when guidance begins.")


class ReachedIn(In):
    step: GraduationStep
    on: Day


class ReviewIn(In):
    on: Day
    income_idr: Rupiah = Field(description="Of the household, a month.")


class DecideIn(In):
    decision: Decision
    exits: Annotated[list[CodeText], Field(max_length=20)] | None = Field(
        default=None, description="Programmes that she leaves; as the regency's policy says when left out."
    )
    reason: NoteText | None = Field(default=None, description="Needed against the suggestion.")


class UndoIn(In):
    reason: NoteText


class StepOut(Out):
    step: Coded
    on: date


class ReviewOut(Out):
    id: str
    n: int
    on: date
    income_idr: int
    suggestion: Coded
    recorded_at: datetime
    recorded_by: str | None


class RuleOut(Out):
    """The regency's rule; a person decides."""

    review_days: int
    income_idr: int
    reviews: int
    undo_days: int


class GraduationOut(Out):
    id: str
    ticket: str
    person: str
    program: str
    program_name: str
    state: Coded
    started_on: date
    income_before_idr: int
    income_now_idr: int
    steps: list[StepOut]
    review_due_on: date
    review_overdue: bool
    suggestion: Coded | None
    decision: Coded | None
    decided_at: datetime | None
    exits: list[str]
    undo_until: datetime | None
    version: int
    created_at: datetime


class GraduationDetail(GraduationOut):
    reviews: list[ReviewOut]
    rule: RuleOut


class TargetIn(In):
    region: RegionText
    year: Annotated[int, Field(ge=2000, le=2100)]
    points: Annotated[Decimal, Field(gt=0, le=100, max_digits=5, decimal_places=2)]
    households: Annotated[int, Field(ge=1, le=10_000_000)]
    source: NameText = Field(description="The plan or decree that says so.")


class RegistryChangeOut(Out):
    source: str
    older: str
    newer: str
    risen: Whole
    dropped: Whole


class TargetOut(Out):
    id: str
    region: str
    year: int
    points: Decimal
    households: int
    source: str
    set_at: datetime
    graduated: int
    """Households with a graduation decided in the year and not taken back."""
    registry: RegistryChangeOut | None
    """None: no two snapshots of one source were compared in the year."""
    left: int
    """Households that left poverty, each once."""
    households_percent: Decimal
    points_reached: Decimal
    formula: str
    as_of: datetime
