"""Bodies of the rules of programmes: drafts, checking, trials, and what an editor of rules needs."""

from datetime import date, datetime
from typing import Annotated, Any

from pydantic import Field

from app.api.schemas.access import RegionText
from app.api.schemas.base import CodeText, Day, In, Localised, NameText, Out
from app.api.schemas.cases import Coded
from app.api.schemas.jobs import JobOut
from app.domain.codes import Level, Purpose
from app.domain.criteria import Op, Takes
from app.domain.fact_dictionary import FactType

ProgramCode = Annotated[str, Field(min_length=3, max_length=40, pattern=r"^[A-Z][A-Z0-9_]*(-[0-9]{4})?$")]
Rules = Annotated[
    dict[str, Any],
    Field(
        description="The version as `GET …/versions/{n}` shows it in `document.version`; `n` is the "
        "service's. Every fault is named by its pointer."
    ),
]


class NameIn(In):
    id: NameText
    en: NameText


class NewProgramIn(In):
    code: ProgramCode
    agency: CodeText
    level: Level
    purposes: list[Purpose] = Field(min_length=1, max_length=4)
    name: NameIn
    version: Rules


class RulesIn(In):
    """The whole document. Code, body and level are the programme's and may be left out."""

    code: CodeText | None = None
    agency: CodeText | None = None
    level: Level | None = None
    purposes: list[Purpose] | None = Field(default=None, min_length=1, max_length=4)
    name: NameIn | None = None
    version: Rules


class VersionReturnIn(In):
    remark: Annotated[str, Field(min_length=1, max_length=2_000)]


class VersionRetireIn(In):
    last_on: Day = Field(description="The last day in force: today or later.")


class RuleFaultOut(Out):
    pointer: str
    code: str
    detail: Localised


class CriterionNodeOut(Out):
    """One condition, or group of conditions, in words."""

    pointer: str
    fact: str | None = Field(description="Null for a group.")
    words: Localised


class VersionDetail(Out):
    program: str
    n: int
    status: Coded
    name: Localised
    agency: str
    level: Level
    valid_from: date
    valid_to: date | None
    last_on: date | None = Field(
        description="The last day in force, once another version or a person set it."
    )
    digest: str = Field(description="SHA-256 of the document without its number.")
    document: dict[str, Any]
    criteria_text: Localised
    criteria: list[CriterionNodeOut] = Field(description="In the order of the tree.")
    makers: list[str] = Field(description="Accounts that wrote in it; none of them may publish it.")
    drafted_at: datetime
    submitted_by: str | None
    submitted_at: datetime | None
    remark: str | None = Field(description="Why it was returned.")
    published_by: str | None
    published_at: datetime | None
    retired_by: str | None
    retired_at: datetime | None
    faults: list[RuleFaultOut] = Field(description="What stands against publishing it today; of drafts only.")
    allowed_actions: list[Coded]


class DraftOut(Out):
    program: str
    n: int
    status: Coded
    name: Localised
    agency: str
    valid_from: date
    digest: str
    makers: list[str]
    drafted_at: datetime
    submitted_at: datetime | None
    remark: str | None


class TryIn(In):
    since: Day = Field(alias="from", description="Cases opened from this local day.")
    until: Day = Field(alias="to", description="Until this local day, included.")
    region: RegionText | None = Field(default=None, description="The owner's whole region when left out.")
    sample: Annotated[int, Field(ge=1, le=10_000_000)] | None = Field(
        default=None, description="About so many cases; all of them when left out."
    )


class ShiftOut(Out):
    shift: Coded
    cases: int


class ProposalMoveOut(Out):
    before: str | None = Field(description="The programme proposed first; null is none.")
    after: str | None
    cases: int


class TriedCaseOut(Out):
    ticket: str
    shift: Coded
    before: Coded | None = Field(description="The programme's verdict then; null: not considered.")
    after: Coded | None
    first_before: str | None
    first_after: str | None


class TrialOut(Out):
    job: JobOut
    program: str
    version: int
    digest: str = Field(description="Of the document that was tried.")
    since: date
    until: date
    region: str
    exact: bool = Field(
        description="False for whoever sees no cases there: numbers are rounded down to fives, and no case "
        "is shown."
    )
    changed: int = Field(description="Cases with another verdict or order.")
    elsewhere: int = Field(description="Cases whose first proposal is another programme.")
    shifts: list[ShiftOut]
    moves: list[ProposalMoveOut] = Field(description="The twenty most frequent.")
    cases: list[TriedCaseOut] = Field(description="Examples that you may see, at most 20 of each kind.")


class CriteriaIn(In):
    criteria: Any = Field(description="A tree of `all`, `any`, `none` over conditions.")


class CriteriaOut(Out):
    valid: bool
    words: Localised = Field(description="The whole rule.")
    nodes: list[CriterionNodeOut]
    faults: list[RuleFaultOut] = Field(
        description="Each names its criterion in words, and the pointer to it."
    )


class OperatorOut(Out):
    op: Op
    label: Localised
    takes: Takes


class FactCodeOut(Out):
    code: str
    label: Localised


class DictionaryFactOut(Out):
    name: str
    type: FactType
    label: Localised
    question: Localised
    source: Coded
    sensitive: bool
    operators: list[OperatorOut]
    minimum: int | None
    maximum: int | None
    code_set: str | None = Field(description="The set of `/v1/codes`, `program` or `region` of its values.")
    codes: list[FactCodeOut] | None = Field(description="Null where the values are no short list.")


class FactsOut(Out):
    items: list[DictionaryFactOut] = Field(description="Easiest to learn first.")
