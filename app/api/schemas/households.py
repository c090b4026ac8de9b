"""Bodies of opening household cases under a disaster."""

from typing import Annotated, Any, Literal

from pydantic import Field

from app.api.schemas.base import CodeText, Day, In, NameText, NoteText, Out
from app.api.schemas.cases import NumberText, Sex, VillageText
from app.api.schemas.problem import ProblemField


class HouseholdIn(In):
    """One household: by its family card, or by somebody of it with name or NIK."""

    kk: NumberText | None = None
    nik: NumberText | None = None
    name: NameText | None = None
    born_on: Day | None = None
    sex: Sex | None = None
    phone: NumberText | None = None
    village: VillageText | None = Field(default=None, description="That of the disaster when left out.")
    address: NameText | None = None
    chronology: NoteText | None = None
    facts: dict[CodeText, Any] = Field(default_factory=dict)
    separate_reason: NoteText | None = None


class HouseholdsIn(In):
    households: Annotated[list[HouseholdIn], Field(min_length=1, max_length=200)]


class OpenedSlip(Out):
    ticket: str
    pin: str


class RefusalOut(Out):
    code: str
    detail: str
    errors: list[ProblemField] = Field(default_factory=list)


class HouseholdOut(Out):
    """What became of one row of the request."""

    n: int = Field(description="The row, from 0.")
    verdict: Literal["opened", "exists", "refused"]
    ticket: str | None = Field(description="Of the new case, or of the one that is on record already.")
    pin: str | None = Field(description="For the slip; of a new case only.")
    refusal: RefusalOut | None


class HouseholdsOut(Out):
    ticket: str = Field(description="Of the disaster.")
    opened: int
    exists: int
    refused: int
    households: list[HouseholdOut]
