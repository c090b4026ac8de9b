"""Bodies of a hand-out: slots, devices, check-ins, and the report of a campaign."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from app.api.schemas.access import PublicIdText, RegionText
from app.api.schemas.base import CodeText, In, Instant, NameText, Out
from app.api.schemas.campaigns import LabelText, PlacesCount
from app.api.schemas.cases import Coded
from app.domain.campaigns import Outcome

HexText = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
EntitlementText = Annotated[str, Field(min_length=1, max_length=20)]
StampText = Annotated[str, Field(min_length=20, max_length=40)]


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
