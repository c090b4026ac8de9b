"""Bodies of campaigns: made, selected, explained, handed out, reported."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from app.api.schemas.access import PublicIdText, RegionText
from app.api.schemas.base import CodeText, Day, In, NameText, Out, Rupiah
from app.api.schemas.cases import Coded, PersonBrief
from app.domain.campaigns import Share
from app.domain.programs import GoodsKind

PlacesCount = Annotated[int, Field(ge=1, le=5_000)]
LabelText = Annotated[str, Field(min_length=1, max_length=120)]


class ComponentIn(In):
    code: CodeText = Field(description="As the programme calls its component, where it has one.")
    label: LabelText
    kind: GoodsKind
    amount_idr: Rupiah | None = Field(default=None, description="Of one recipient; needed for cash.")
    goods: LabelText | None = Field(default=None, description="What one recipient gets; needed for the rest.")
    quota: PlacesCount
    districts: Annotated[dict[RegionText, Annotated[int, Field(ge=0, le=5_000)]], Field(max_length=100)] = (
        Field(default_factory=dict, description="Places per kecamatan; shared out when left out.")
    )
    criteria: dict[str, Any] | None = Field(
        default=None, description="A tree over the fact dictionary; those of the programme when left out."
    )


class RulesIn(In):
    per_household: bool = Field(default=True, description="At most one recipient of each household.")
    from_registry: bool = Field(
        default=True, description="Everybody on record who meets a component is a candidate."
    )
    share: Share = Share.EQUAL
    excludes: Annotated[list[CodeText], Field(max_length=50)] = Field(
        default_factory=list, description="Programmes that nobody may hold beside this campaign."
    )


class CampaignIn(In):
    region: RegionText = Field(description="The regency.")
    name: NameText
    program: CodeText
    funder: NameText = Field(description="Who pays, as the budget says it; an office, never a person.")
    funder_code: CodeText | None = Field(default=None, description="The body that pays, if it is an agency.")
    budget_source: CodeText
    starts_on: Day
    ends_on: Day
    components: Annotated[list[ComponentIn], Field(min_length=1, max_length=20)]
    rules: RulesIn = Field(default_factory=RulesIn)


class CampaignPatchIn(In):
    """What is left out stays. Only while the campaign is a draft or open."""

    name: NameText | None = None
    funder: NameText | None = None
    funder_code: CodeText | None = None
    budget_source: CodeText | None = None
    starts_on: Day | None = None
    ends_on: Day | None = None
    components: Annotated[list[ComponentIn], Field(min_length=1, max_length=20)] | None = None
    rules: RulesIn | None = None


class ReasonIn(In):
    reason: CodeText


class ComponentOut(Out):
    code: str
    label: str
    kind: Coded
    amount_idr: int | None
    goods: str | None
    quota: int
    districts: dict[str, int]
    criteria: dict[str, Any] | None
    criteria_words: str = Field(description="What it asks, in words.")


class RulesOut(Out):
    per_household: bool
    from_registry: bool
    share: Coded
    excludes: list[str]


class CellOut(Out):
    component: str
    district: str
    district_name: str
    places: int
    taken: int


class SelectionOut(Out):
    n: int
    job: str
    ordered_at: datetime
    ended_at: datetime | None
    weights: dict[str, Any] | None = Field(description="What each ground of need weighed.")
    program_version: int | None
    candidates_sha256: str | None = Field(description="Of everything that was placed.")
    result: dict[str, Any] | None


class CampaignOut(Out):
    id: str
    region: str
    region_name: str
    name: str
    program: str
    organiser: str
    organiser_name: str
    funder: str
    funder_code: str | None
    budget_source: Coded
    starts_on: date
    ends_on: date
    components: list[ComponentOut]
    rules: RulesOut
    state: Coded
    places: int
    counts: dict[str, int] = Field(description="Recipients by state.")
    cells: list[CellOut] = Field(description="Places per component and district, once they are shared out.")
    selection: SelectionOut | None
    return_reason: Coded | None
    created_at: datetime
    approved_at: datetime | None
    started_at: datetime | None
    reported_at: datetime | None
    allowed_actions: list[Coded]
    version: int


class CampaignRow(Out):
    id: str
    region: str
    name: str
    program: str
    organiser: str
    funder: str
    starts_on: date
    ends_on: date
    state: Coded
    places: int
    created_at: datetime


# Recipients -----------------------------------------------------------------------------------------------


class NominationsIn(In):
    """By cases, by persons on record, by NIK: at most 200 together."""

    tickets: Annotated[list[Annotated[str, Field(max_length=40)]], Field(max_length=200)] = Field(
        default_factory=list
    )
    people: Annotated[list[PublicIdText], Field(max_length=200)] = Field(default_factory=list)
    niks: Annotated[list[Annotated[str, Field(max_length=64)]], Field(max_length=200)] = Field(
        default_factory=list
    )


class NominationOut(Out):
    given: Literal["tickets", "people", "niks"]
    n: int = Field(description="Which of that list, from 0.")
    verdict: Coded
    recipient: str | None


class NominationsOut(Out):
    nominated: int
    results: list[NominationOut]


class RecipientRow(Out):
    """For the organiser without born_on, sex, need, reason and routes."""

    id: str
    person: PersonBrief
    village: str
    district: str
    state: Coded
    reason: Coded | None
    component: str | None
    need: int | None
    routes: list[Coded]
    code: str | None = Field(description="The entitlement, from the approval on.")
    slot: str | None
    replaces: str | None
    given_at: datetime | None


class GroundOut(Out):
    code: str
    label: str
    points: int


class ConditionOut(Out):
    component: str
    verdict: Coded
    reasons: list[str]


class AgainstOut(Out):
    program: str
    program_name: str
    effect: str
    cause: str


class RecipientOut(RecipientRow):
    """With all that spoke for and against her."""

    grounds: list[GroundOut]
    conditions: list[ConditionOut]
    aid_held: list[str]
    against: list[AgainstOut] = Field(description="Aid that excludes this one, or that one should know of.")
    registry: dict[str, Any] | None = Field(description="Which registry of which period spoke.")
    place_in_order: int | None
    tie: Coded | None = Field(description="What decided between her and a neighbour of equal need.")
    words: list[str] = Field(description="The same in sentences.")
