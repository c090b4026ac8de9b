"""Bodies of a regency's changes to a programme."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from app.api.schemas.access import RegionText
from app.api.schemas.base import CodeText, Day, In, Localised, NameText, Out
from app.api.schemas.cases import Coded

FactName = Annotated[str, Field(min_length=1, max_length=80)]
Number = Annotated[int, Field(ge=0, le=10_000_000_000)]


class BoundIn(In):
    """The value that takes the place of the programme's, wherever it asks this of this fact."""

    fact: FactName
    op: Literal["lt", "le", "gt", "ge", "between"]
    value: Number | Annotated[list[Number], Field(min_length=2, max_length=2)]


class PaperIn(In):
    code: CodeText
    required: bool


class PapersIn(In):
    more: list[PaperIn] = Field(default_factory=list, max_length=30)
    less: list[CodeText] = Field(default_factory=list, max_length=30)


class WordsIn(In):
    id: NameText
    en: NameText


class ContactIn(In):
    label: WordsIn
    value: NameText


class NoteIn(In):
    note: WordsIn


class RungIn(In):
    rung: CodeText
    contact: NameText


class ChangesIn(In):
    """Only what differs from the programme's own rules."""

    bounds: list[BoundIn] = Field(default_factory=list, max_length=30)
    papers: PapersIn = PapersIn()
    contacts: list[ContactIn] = Field(default_factory=list, max_length=20)
    quota: NoteIn | None = None
    ladder: list[RungIn] = Field(default_factory=list, max_length=20)


class OverrideIn(In):
    region: RegionText = Field(description="A regency that uses the service.")
    valid_from: Day
    valid_to: Day | None = Field(default=None, description="The last day; open when left out.")
    source: NameText = Field(description="The decree that it stands on.")
    changes: ChangesIn


class OverrideOut(Out):
    id: str
    program: str
    region: str
    n: int
    status: Coded
    valid_from: date
    valid_to: date | None
    source: str
    changes: dict[str, Any] = Field(description="As it was drafted.")
    criteria_text: str | None = Field(
        description="The whole rule as it stands there, in the language asked for; null if no bound moves."
    )
    does_not_fit: list[str] = Field(
        description="What of it does not fit the programme's newest version, as pointers: left out there."
    )
    drafted_at: datetime
    published_at: datetime | None
    retired_at: datetime | None


class OwnRulesOut(Out):
    """Which override is laid over the programme in the region asked for."""

    region: str
    n: int
    source: str
    valid_from: date
    valid_to: date | None
    bounds: list[Localised] = Field(description="The criteria whose bound is the regency's own.")
