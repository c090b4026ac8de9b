"""Bodies of campaigns: made, selected, explained, handed out, reported."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from app.api.schemas.access import PublicIdText, RegionText
from app.api.schemas.base import CodeText, Day, In, Instant, NameText, Out, Rupiah
from app.api.schemas.cases import Coded, PersonBrief
from app.domain.campaigns import Outcome, Share
from app.domain.programs import GoodsKind

PlacesCount = Annotated[int, Field(ge=1, le=5_000)]
LabelText = Annotated[str, Field(min_length=1, max_length=120)]
HexText = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
EntitlementText = Annotated[str, Field(min_length=1, max_length=20)]
StampText = Annotated[str, Field(min_length=20, max_length=40)]


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


# Hand-out -------------------------------------------------------------------------------------------------


class SlotIn(In):
    region: RegionText = Field(description="Whose residents it is for.")
    place: NameText
    starts_at: Instant
    ends_at: Instant
    capacity: PlacesCount
    crew: Annotated[list[PublicIdText], Field(max_length=50)] = Field(
        default_factory=list, description="Accounts that hand out there."
    )


class SlotOut(Out):
    id: str
    region: str
    region_name: str
    place: str
    starts_at: datetime
    ends_at: datetime
    capacity: int
    taken: int
    crew: list[str]


class DeviceIn(In):
    name: LabelText
    slots: Annotated[list[PublicIdText], Field(min_length=1, max_length=100)]


class DeviceOut(Out):
    id: str
    name: str
    account_id: str | None
    slots: list[str]
    created_at: datetime
    revoked_at: datetime | None


class NewDeviceOut(DeviceOut):
    key: str = Field(description="Base64 of the device's signing key. Shown once; keep it on the device.")


class ListIn(In):
    hours: Annotated[int, Field(ge=1, le=72)] = Field(
        default=24, description="How long it may be used without a network."
    )


class SignedListOut(Out):
    list: dict[str, Any] = Field(description="What the device takes along: v, ids, times, entries.")
    signature: str = Field(
        description="HMAC-SHA256, hex, over the JSON of `list`: keys sorted, no spaces, UTF-8, under the key."
    )
    algorithm: Literal["HMAC-SHA256"] = "HMAC-SHA256"


class ProxyIn(In):
    name: NameText
    relation: CodeText = Field(description="Of the set `reporter_relation`, not SELF.")
    letter: LabelText = Field(description="Number or code of the letter of authority.")


class ProofIn(In):
    kind: CodeText = Field(description="Of the set `receipt_proof`.")
    sha256: HexText | None = Field(default=None, description="Of the photo or signature that is kept.")
    code: LabelText | None = None


class CheckinIn(In):
    client_id: CodeText = Field(description="New for each check-in, the same each time it is sent.")
    code: EntitlementText
    device_at: StampText = Field(description="When, by the device; RFC 3339, signed as it is written here.")
    outcome: Outcome = Outcome.GIVEN
    reason: CodeText | None = Field(default=None, description="Of `turn_away_reason`, when she got nothing.")
    proxy: ProxyIn | None = None
    proof: ProofIn | None = None
    signature: HexText = Field(
        description="HMAC-SHA256, hex, over `list|client_id|code|device_at|outcome` under the device's key."
    )


class CheckinsIn(In):
    device_id: PublicIdText
    list_id: PublicIdText
    list_signature: HexText
    checkins: Annotated[list[CheckinIn], Field(min_length=1, max_length=50)]


class FirstOut(Out):
    """The check-in that counted."""

    checkin: str
    device: str
    device_name: str | None
    device_at: datetime
    arrived_at: datetime


class CheckedInOut(Out):
    client_id: str
    verdict: Coded
    refusal: Coded | None
    checkin: str | None
    first: FirstOut | None
    replayed: bool


class CheckedIn(Out):
    given: int
    duplicates: int
    refused: int
    results: list[CheckedInOut]


class CheckinOut(Out):
    id: str
    recipient: str
    device: str
    client_id: str
    device_at: datetime
    arrived_at: datetime
    outcome: Coded
    reason: Coded | None
    verdict: Coded
    refusal: Coded | None
    first: str | None
    by_proxy: bool
    proof: dict[str, Any] | None
    finding: Literal["open", "decided"] | None
    decision: Coded | None
    decided_at: datetime | None


class DecisionIn(In):
    decision: CodeText


# Report ---------------------------------------------------------------------------------------------------


class CountsOut(Out):
    """A number that is null is left out of a published report."""

    key: str
    label: str
    planned: int | None
    selected: int | None
    given: int | None
    no_show: int | None
    replaced: int | None


class ValueOut(Out):
    component: str
    given: int | None
    amount_idr: int | None


class ReportOut(Out):
    id: str
    name: str
    state: Coded
    organiser: str
    funder: str
    budget_source: Coded
    published: bool = Field(description="Without cells below five.")
    as_of: datetime
    total: CountsOut
    by_component: list[CountsOut]
    by_district: list[CountsOut]
    by_sex: list[CountsOut]
    by_age: list[CountsOut]
    value: list[ValueOut] = Field(description="What was given, by the ledger; all of it by this funder.")
