"""Bodies of need cards and pledges. What a donor reads has no field that could name a person."""

from datetime import date, datetime
from typing import Annotated

from pydantic import Field

from app.api.schemas.access import PublicIdText
from app.api.schemas.base import CodeText, Day, In, Out
from app.api.schemas.cases import Coded

Pieces = Annotated[int, Field(ge=1, le=100_000)]
Estimate = Annotated[int, Field(ge=1, le=10**12)]
"""Whole rupiah, of the whole quantity."""


class _NeedIn(In):
    kind: CodeText = Field(description="Of the set `need_kind`; it says the unit.")
    quantity: Pieces
    estimated_idr: Estimate
    urgency: CodeText | None = Field(
        default=None, description="Of the set `priority`; the case's own if none."
    )


class CaseNeedIn(_NeedIn):
    referral: PublicIdText | None = Field(
        default=None,
        description="The referral whose face it is; may be left out where only one goes to an open receiver.",
    )


class CampaignNeedIn(_NeedIn):
    component: CodeText = Field(description="Of the campaign.")


class NeedEndIn(In):
    reason: CodeText = Field(description="Of the set `need_end_reason`.")


class NeedOfficeOut(Out):
    """What only the secretariat and the case's own desk read."""

    ticket: str | None
    referral: str | None
    campaign: str | None
    component: str | None
    age: Coded | None
    ppks: Coded | None
    group_size: int | None = Field(
        description="How many on record fit what is shown; counted up to the limit."
    )
    held: int
    given: int
    created_at: datetime
    published_at: datetime | None
    end_reason: Coded | None


class NeedOut(Out):
    id: str
    source: Coded
    kind: Coded
    unit: Coded
    quantity: int
    remaining: int
    estimated_idr: int
    urgency: Coded
    region: str = Field(description="A district, or the regency where a district would tell too much.")
    region_name: str
    story: str
    state: Coded
    published_on: date | None
    allowed_actions: list[Coded]
    office: NeedOfficeOut | None


class PledgeIn(In):
    need: PublicIdText
    quantity: Pieces | None = Field(default=None, description="All that is left when left out.")
    anonymous: bool = Field(default=False, description="Your name is told to the secretariat alone.")


class PledgeWordIn(In):
    deliver_on: Day


class PledgeDeliverIn(In):
    delivered_on: Day


class PledgeReasonIn(In):
    reason: CodeText


class ProofOut(Out):
    id: str
    kind: Coded
    media_type: str
    stored_at: datetime


class PledgeOut(Out):
    id: str
    need: NeedOut
    donor: str
    anonymous: bool
    quantity: int
    state: Coded
    expires_at: datetime | None
    promised_on: date | None
    delivered_on: date | None
    reason: Coded | None
    decided_at: datetime | None
    proofs: list[ProofOut]
    created_at: datetime
    allowed_actions: list[Coded]


class PledgeReportOut(Out):
    """What became of one pledge."""

    pledge: PledgeOut
    worth_idr: int = Field(
        description="By the estimate of the need, whole rupiah; no money passes through here."
    )
    words: str
    certificate: str | None = Field(description="Where its certificate is, once the delivery was accepted.")


class PledgeSumOut(Out):
    region: str
    region_name: str
    donor: str | None = Field(description="None for those who want no name told, together.")
    kind: Coded
    unit: Coded
    source: Coded
    pledges: int
    promised: int
    given: int
    given_idr: int
