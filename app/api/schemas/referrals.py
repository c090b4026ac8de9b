"""Bodies of referrals: one declared model per action, and what each side reads."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from app.api.schemas.base import Day, In, NameText, NoteText, Out
from app.api.schemas.cases import Coded, Codes
from app.api.schemas.steps import DisclosedField, LetterCode
from app.domain.referrals import RegistryStage, Sight

Position = Annotated[int, Field(ge=1, le=1_000_000)]
Money = Annotated[int, Field(ge=1, le=2_147_483_647)]
"""Whole rupiah of one delivery; it fits the database's integer."""
PeriodText = Annotated[str, Field(min_length=1, max_length=20)]


class OnBehalfIn(In):
    """Where the answer of a receiver without an account comes from."""

    source: NameText
    date: Day
    paper: NameText


class ActionIn(In):
    note: NoteText | None = Field(default=None, description="Kept sealed.")
    on_behalf: OnBehalfIn | None = Field(
        default=None, description="Required when you answer for a receiver without an account."
    )


class AcceptIn(ActionIn):
    waitlist: bool = Field(
        default=False,
        description="Accepted to the end of the waiting list: takes no place of the allotment.",
    )
    waitlist_position: Position | None = Field(
        default=None, description="The same, with a number of your own that orders the list."
    )
    reference: NameText | None = Field(
        default=None, description="Your own number for it; by it you find and move the referral later."
    )


class StartIn(ActionIn):
    """The service has begun."""


class ReturnIn(ActionIn):
    missing: Annotated[list[LetterCode], Field(min_length=1, max_length=20)] = Field(
        description="Papers, or reasons of the set `return_reason`."
    )


class RefuseIn(ActionIn):
    reason: LetterCode


class NotOursIn(ActionIn):
    right_body: LetterCode | Literal["up"] = Field(description="The right agency, or `up`.")


class WaitlistIn(ActionIn):
    position: Position | None = Field(
        default=None, description="A number of your own that orders the list; the end when left out."
    )


class DeliverIn(ActionIn):
    component: LetterCode
    amount_idr: Money | None = None
    goods: NameText | None = None
    period: PeriodText = Field(description="`2026-11`, `2026-Q4`, `2026` or `once`.")
    date: Day
    proof: NameText


class ProgressIn(ActionIn):
    stage: RegistryStage


class FulfilIn(ActionIn):
    extent: Literal["full", "partial"]
    finding: NoteText | None = Field(default=None, description="Required of a complaint.")
    answer: NoteText | None = Field(default=None, description="Required of a complaint.")


class FailIn(ActionIn):
    reason: LetterCode


class TextIn(ActionIn):
    text: NoteText


class ReferenceIn(ActionIn):
    reference: NameText


class SubmittedIn(ActionIn):
    system: LetterCode
    reference: NameText
    date: Day
    papers: Codes = Field(default_factory=list, description="Papers shown now.")


class ResendIn(In):
    note: NoteText | None = None


class RevokeIn(In):
    reason: LetterCode
    note: NoteText | None = None


class ReopenIn(In):
    reason: NoteText


class AnswerIn(In):
    text: NoteText


# What is read ------------------------------------------------------------------------------------------


class OnBehalfOut(Out):
    count: int
    role: str | None
    action: str
    source: str
    date: date
    paper: str


class ExternalOut(Out):
    system: str
    reference: str
    date: date


class LineOut(Out):
    """One piece of aid, planned or given."""

    id: str
    program: str
    component: str
    instalment: int
    kind: Coded
    state: Coded
    period: str | None
    planned_idr: int | None
    amount_idr: int | None
    goods: str | None
    given_on: date | None
    proof: str | None = None


class AssistanceOut(LineOut):
    ticket: str | None
    person: str | None
    referral: str | None
    source: Coded
    funder: str | None
    """Who pays; none: the body that runs the programme."""
    level: Coded | None
    reverses: str | None
    """The line that this one takes back."""
    why: Coded | None
    """Why it was stopped or taken back outside a referral."""
    created_at: datetime


class MessageOut(Out):
    id: str
    kind: str
    text: str
    at: datetime


class Bundle(Out):
    """What the referral discloses; a field that is not disclosed is absent."""

    name: str | None = None
    nik: str | None = None
    kk: str | None = None
    phone: str | None = None
    address: str | None = None
    born_on: date | None = None
    sex: str | None = None
    chronology: str | None = None
    facts: dict[str, Any] | None = None
    papers: list[str] | None = None


class WaitingOut(Out):
    """Where it stands in the waiting list of its programme and regency, counted now."""

    position: int = Field(description="From 1; whoever leaves lets all behind move up.")
    of: int = Field(description="How many wait.")
    offered_at: datetime | None = Field(description="When its receiver was told that a place is free.")


class ReferralRow(Out):
    """One row of the inbox. Of a revoked or expired one its receiver reads id, status and instant only."""

    id: str
    sight: Sight
    status: Coded
    updated_at: datetime
    ticket: str | None = None
    program: str | None = None
    program_name: str | None = None
    agency: str | None = None
    agency_name: str | None = None
    purpose: Coded | None = None
    village: str | None = None
    village_name: str | None = None
    round: int | None = None
    sent_at: datetime | None = None
    accepted_at: datetime | None = None
    ended_at: datetime | None = None
    due_at: datetime | None = None
    overdue: bool = False
    external_ref: str | None = None
    waiting: WaitingOut | None = Field(default=None, description="Only while it waits.")


class ReferralOut(ReferralRow):
    stage: Coded | None = None
    discloses: list[DisclosedField] = Field(default_factory=list)
    bundle: Bundle | None = None
    fallback_of: str | None = None
    missing: list[str] = Field(default_factory=list)
    reason: str | None = None
    right_body: str | None = None
    fulfilled_as: str | None = None
    waitlist_position: int | None = Field(
        default=None, description="The number that the receiver gave; `waiting` says where it stands."
    )
    submitted_external: ExternalOut | None = None
    on_behalf: OnBehalfOut | None = None
    lines: list[LineOut] = Field(default_factory=list)
    messages: list[MessageOut] = Field(default_factory=list)
    allowed_actions: list[Coded] = Field(default_factory=list)
    version: int | None = None
