"""Bodies of the catalogue and of the finder."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from app.api.schemas.access import RegionText
from app.api.schemas.base import CodeText, Day, In, Localised, Out
from app.api.schemas.overrides import OwnRulesOut
from app.domain.codes import CaseKind, Level, Priority, Purpose, Trust
from app.domain.routing import State, Verdict


class ProgramOut(Out):
    """A programme as lists show it."""

    code: str
    name: Localised
    agency: str = Field(
        description="Its code; a kind such as `DINSOS` means that body of the case's regency."
    )
    level: Level
    purposes: list[Purpose]
    version: int
    valid_from: date
    valid_to: date | None
    coverage: list[str]
    sectors: list[str]
    target: Localised
    benefit: Localised
    source: str
    trust: Trust
    to_be_confirmed: bool


class CriterionOut(Out):
    """One condition of the rule, in the order of the rule."""

    fact: str
    label: Localised
    asked: str = Field(description="In the language asked for.")
    negated: bool = Field(description="It must not hold.")
    source: str
    trust: Trust
    to_be_confirmed: bool


class ComponentOut(Out):
    code: str
    label: Localised
    kind: str
    amount_idr: int | None
    per: str
    instalments: int
    when: str | None = Field(description="Who gets this part, in the language asked for; null is everybody.")
    source: str
    trust: Trust
    to_be_confirmed: bool


class ExclusionOut(Out):
    program: str
    effect: Literal["exclude", "warn"]
    source: str
    trust: Trust
    to_be_confirmed: bool


class PaperOut(Out):
    code: str
    label: Localised
    required: bool


class HeldPaperOut(PaperOut):
    held: bool


class StandardOut(Out):
    amount: int
    unit: str
    source: str
    trust: Trust
    to_be_confirmed: bool


class RungOut(Out):
    rung: str
    label: Localised
    agency: str | None
    contact: str | None = Field(default=None, description="Whom to reach there, as the regency says.")


class ContactOut(Out):
    label: Localised
    value: str


class PeriodOut(Out):
    opens_on: date | None
    closes_on: date | None


class AvailabilityOut(Out):
    program: str
    region: str = Field(description="Where it holds: a regency, a province, or `ID` for the nation.")
    state: State
    until: date | None = Field(description="The last day on which it holds.")
    changed_at: datetime


class ProgramDetail(ProgramOut):
    implicit: bool = Field(description="The general programme that every agency has.")
    village_kinds: list[str] | None
    categories: list[str]
    criteria_text: str = Field(description="The whole rule in the language asked for.")
    criteria: list[CriterionOut]
    criteria_tree: dict[str, Any] | None = Field(
        description="The rule as data; null for a general programme."
    )
    exclusions: list[ExclusionOut]
    complements: list[str]
    components: list[ComponentOut]
    fulfilled_on: str
    papers: list[PaperOut]
    quota: Localised | None
    period: PeriodOut | None
    waiting_list: bool
    proposes: Localised
    decides: Localised
    standard: StandardOut | None
    ladder: list[RungOut] = Field(description="Where a complaint goes, the first rung first.")
    contacts: list[ContactOut]
    legal_basis: list[str]
    availability: list[AvailabilityOut]
    own: OwnRulesOut | None = Field(
        default=None, description="What the regency of `region` changes; its rules are then shown here."
    )


class VersionOut(Out):
    n: int
    status: Literal["draft", "published", "retired"]
    valid_from: date
    valid_to: date | None
    criteria_text: str
    source: str
    trust: Trust
    to_be_confirmed: bool
    digest: str


class VersionsOut(Out):
    items: list[VersionOut]


class AvailabilityIn(In):
    state: State
    until: Day | None = Field(
        default=None, description="The last day on which it holds; null is until changed."
    )


class NeedIn(In):
    kind: CaseKind = CaseKind.LAYANAN
    category: CodeText | None = None
    sector: CodeText | None = None
    priority: Priority = Priority.BIASA


FactName = Annotated[str, Field(min_length=1, max_length=80)]


class MatchIn(In):
    region: RegionText = Field(description="A village, or a regency where the village is not known.")
    facts: dict[FactName, bool | int | str | list[str] | None] = Field(
        default_factory=dict,
        max_length=200,
        description="By name of the fact dictionary (`/v1/codes?set=fact`); null or left out is unknown.",
    )
    need: NeedIn = NeedIn()
    papers: list[CodeText] = Field(default_factory=list, max_length=60)
    on: Day | None = Field(default=None, description="The local day; today when left out.")


class ReasonOut(Out):
    fact: str
    verdict: Literal["met", "not_met", "unknown"]
    text: str
    source: str
    trust: Trust
    to_be_confirmed: bool


class FactQuestionOut(Out):
    fact: str
    text: str


class MatchedOut(Out):
    program: str
    version: int
    name: Localised
    agency: str
    agency_name: Localised | None
    level: Level
    verdict: Verdict
    verdict_text: str
    answers_need: bool
    reasons: list[ReasonOut]
    notes: list[str] = Field(description="Obstacles, exclusions, warnings.")
    questions: list[FactQuestionOut] = Field(description="The shortest list that can make her eligible.")
    papers_missing: list[PaperOut]
    papers: list[HeldPaperOut] = Field(description="All that it asks for, required ones first.")
    benefit: Localised
    proposes: Localised = Field(description="Who puts her name in.")
    decides: Localised
    contacts: list[ContactOut] = Field(description="Where to go or call, the regency's own first.")
    own: OwnRulesOut | None = Field(default=None, description="What the regency changes in its rules.")


class DeskHereOut(Out):
    """The desk of the village: there she can apply for any of it."""

    id: str
    name: str
    village: str


class MatchOut(Out):
    engine_version: str
    region: str
    on: date
    desk: DeskHereOut | None = Field(description="Null where the village has none, or is not known.")
    items: list[MatchedOut] = Field(description="Best first.")
    questions: list[FactQuestionOut] = Field(description="What to ask next.")
