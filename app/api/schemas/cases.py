"""Bodies of cases: what a desk sends, and what everybody reads."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from app.api.schemas.base import CodeText, Day, In, Instant, NameText, NoteText, Out, Whole
from app.domain.codes import (
    AboutKind,
    CaseKind,
    Confidentiality,
    Holder,
    Outcome,
    Priority,
    SubjectKind,
)

NumberText = Annotated[str, Field(min_length=1, max_length=40)]
"""NIK, KK or phone as it is written, separators and all; read by ``domain.identity``."""
VillageText = Annotated[str, Field(pattern=r"^[1-9][0-9]\.[0-9]{2}\.[0-9]{2}\.[0-9]{4}$")]
Codes = Annotated[list[CodeText], Field(max_length=50)]
Sex = Literal["L", "P"]


class SubjectIn(In):
    """Whom the case is for. A person needs an ``id`` from a search, a ``nik``, or a ``name``."""

    kind: SubjectKind = SubjectKind.PERSON
    id: CodeText | None = None
    nik: NumberText | None = None
    kk: NumberText | None = None
    name: NameText | None = None
    born_on: Day | None = None
    sex: Sex | None = None
    phone: NumberText | None = None
    address: NameText | None = None


class ReporterIn(In):
    """``tell``: she agreed to be told of the case by phone; nobody is told whose reporter is anonymous."""

    relation: CodeText = "SELF"
    name: NameText | None = None
    phone: NumberText | None = None
    anonymous: bool = False
    tell: bool = False


class AboutIn(In):
    """``ref`` is the code or public id of what it is about; ``text`` only for kind ``text``."""

    kind: AboutKind
    ref: CodeText | None = None
    text: NameText | None = None


class PlaceIn(In):
    village: VillageText
    address: NameText | None = None
    detail: NameText | None = None


class ToldIn(In):
    at: Instant
    method: CodeText
    by: NameText


class ResolveNowIn(In):
    outcome: Outcome
    reason: CodeText | None = None
    told: ToldIn


class CaseIn(In):
    kind: CaseKind
    category: CodeText
    sector: CodeText | None = None
    ppks: CodeText | None = None
    service_pillar: CodeText | None = None
    channel: CodeText
    priority: Priority | None = None
    priority_reason: NoteText | None = None
    confidentiality: Confidentiality | None = None
    subject: SubjectIn
    reporter: ReporterIn = ReporterIn()
    about: Annotated[list[AboutIn], Field(max_length=10)] = Field(default_factory=list)
    place: PlaceIn
    chronology: NoteText
    current_aid: Codes = Field(default_factory=list)
    program: CodeText | None = None
    facts: dict[CodeText, Any] = Field(default_factory=dict)
    papers: Codes = Field(default_factory=list)
    tried: Codes = Field(default_factory=list)
    legal_basis: CodeText
    notice_version: CodeText
    resolve_now: ResolveNowIn | None = None
    separate_reason: NoteText | None = None
    ticket: NumberText | None = Field(
        default=None, description="Of a slip that was handed out already; see `/v1/tickets/reserve`."
    )


class CasePatchIn(In):
    """Only what is sent changes; confidentiality can only be raised."""

    category: CodeText | None = None
    sector: CodeText | None = None
    priority: Priority | None = None
    priority_reason: NoteText | None = None
    confidentiality: Confidentiality | None = None
    phone: NumberText | None = None
    place: PlaceIn | None = None


class FactsIn(In):
    """Answers from the fact dictionary, with where they come from."""

    facts: Annotated[dict[CodeText, Any], Field(min_length=1, max_length=100)]
    source: CodeText
    as_of: Day | None = None


class CaseSearchIn(In):
    """One thing typed: a ticket, a NIK, KK or phone, or a name. In the body, never in the address."""

    q: Annotated[str, Field(min_length=3, max_length=200)]
    cursor: Annotated[str, Field(max_length=1000)] | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50
    count: bool = False


# What is read ------------------------------------------------------------------------------------------


class Coded(Out):
    code: str
    label: str


class PersonBrief(Out):
    id: str
    name: str
    nik: str | None
    """Masked."""
    born_on: date | None
    sex: str | None


class SubjectOut(Out):
    kind: SubjectKind
    person: PersonBrief | None = None


class ReporterOut(Out):
    relation: Coded
    name: str | None = None
    phone: str | None = None
    """Masked."""
    anonymous: bool = False


class PlaceOut(Out):
    village: str
    village_name: str
    district: str
    regency: str
    address: str | None = None
    detail: str | None = None


class AboutOut(Out):
    kind: AboutKind
    ref: str | None = None
    text: str | None = None


class DeskBrief(Out):
    id: str
    name: str


class DueOut(Out):
    step: Coded
    due_at: datetime | None
    state: str
    started_at: datetime


class TaskOut(Out):
    id: str
    kind: Coded
    created_at: datetime
    done_at: datetime | None


class ProgramAnswer(Out):
    """One programme considered, in words."""

    program: str
    name: str
    level: Coded
    agency: str
    verdict: Coded
    reasons: list[str]
    obstacles: list[str]
    warnings: list[str]
    papers_missing: list[Coded]
    questions: list[str]
    to_be_confirmed: bool
    benefit: str


class QuestionOut(Out):
    fact: str
    question: str


class RegistryOrigin(Out):
    """Of which list what the registry says is, and whether that still holds."""

    listed: bool
    source: str
    period: str
    old: bool = Field(description="The period ended long ago, by the regency's policy: check it first.")
    dropped_in: str | None = Field(description="A newer list of that source leaves her out.")


class RoutingOut(Out):
    """What fits and why. ``programs`` holds the best ones; ``considered`` how many were looked at."""

    n: int
    at: datetime
    mode: str
    destination: str
    engine_version: str
    considered: int
    registry: RegistryOrigin | None = Field(
        default=None, description="Null where the registry has nothing of her, or the facts were erased."
    )
    programs: list[ProgramAnswer]
    questions: list[QuestionOut]
    ladder: list[str]


class ReferralBrief(Out):
    id: str
    program: str
    program_name: str
    agency: str
    purpose: str
    status: Coded
    sent_at: datetime
    ended_at: datetime | None = None
    due_at: datetime | None = None


class FactOut(Out):
    """One answer about the resident, with where it comes from and the day on which it was true."""

    fact: str
    label: str
    value: bool | int | str | list[str] | None
    source: Coded
    as_of: date
    at: datetime


class DuplicateHint(Out):
    """Another case that may be the same: no more than the ticket, the date, whom to ask, and why."""

    ticket: str
    opened_at: datetime
    holder: str
    reasons: list[Coded]
    score: Whole
    """0 to 100: how much alike they are."""


class CaseBrief(Out):
    """One row of a list."""

    ticket: str
    kind: Coded
    category: Coded
    sector: Coded | None
    priority: Coded
    confidentiality: Coded
    status: Coded
    holder: Holder
    village: str
    village_name: str
    subject: SubjectOut
    opened_at: datetime
    updated_at: datetime
    due_at: datetime | None
    due_step: Coded | None
    overdue: bool
    escalated_at: datetime | None
    """Since when an overdue clock stands before somebody higher."""
    escalated_to: Coded | None
    assignee: str | None


class OutcomeOut(Out):
    outcome: Coded
    reason: Coded | None
    resolved_at: datetime | None
    told_at: datetime | None
    told_method: Coded | None
    closed_at: datetime | None
    confirmed_by: str | None
    rating: int | None


class CaseOut(CaseBrief):
    ppks: Coded | None
    service_pillar: Coded | None
    channel: Coded
    reporter: ReporterOut
    place: PlaceOut
    chronology: str | None
    about: list[AboutOut]
    current_aid: list[str]
    program: str | None
    desk: DeskBrief | None
    legal_basis: Coded
    notice_version: str
    outcome: OutcomeOut | None
    reopened_count: Whole
    disputed_count: Whole
    due: list[DueOut]
    referrals: list[ReferralBrief]
    tasks: list[TaskOut]
    routing: RoutingOut | None
    papers_missing: list[Coded]
    allowed_actions: list[Coded]
    version: int


class CaseOpenedOut(Out):
    """The answer to opening: what the slip needs, what fits, and what comes next. The PIN is shown once."""

    ticket: str
    pin: str | None = Field(description="Null where the slip is out already: it was reserved.")
    status: Coded
    kind: Coded
    category: Coded
    priority: Coded
    confidentiality: Coded
    holder: Holder
    desk: DeskBrief | None
    subject: SubjectOut
    place: PlaceOut
    opened_at: datetime
    due: list[DueOut]
    routing: RoutingOut | None
    papers_missing: list[Coded]
    allowed_actions: list[Coded]
    warnings: list[str]
    other_cases: list[DuplicateHint]
    duplicate_of: str | None = Field(
        default=None, description="With a reserved ticket: the case on record, to which its slip leads on."
    )
    version: int


class ReceiptOut(Out):
    """All that is shown to the officer who typed a case that she may not see: the slip."""

    ticket: str
    pin: str | None
    opened_at: datetime
    receipt: str


class QueueCell(Out):
    value: str
    label: str
    count: int
    filter: str
    """The query of ``GET /v1/cases`` that lists the same cases."""


class QueueOut(Out):
    as_of: datetime
    open: int
    by_status: list[QueueCell]
    by_village: list[QueueCell]
    by_program: list[QueueCell]
    by_age: list[QueueCell]
    by_overdue: list[QueueCell]
