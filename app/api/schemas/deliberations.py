"""Bodies of village meetings."""

from datetime import date, datetime
from typing import Annotated

from pydantic import Field

from app.api.schemas.access import PublicIdText
from app.api.schemas.base import CodeText, In, Instant, NameText, NoteText, Out
from app.api.schemas.cases import Coded
from app.domain.deliberation.deciding import Decision
from app.domain.deliberation.papers import Match
from app.domain.deliberation.quorum import ConflictReason
from app.domain.deliberation.states import SessionKind

VillageText = Annotated[str, Field(pattern=r"^[1-9][0-9]\.[0-9]{2}\.[0-9]{2}\.[0-9]{4}$")]
LineText = Annotated[str, Field(min_length=1, max_length=200)]
ShortText = Annotated[str, Field(min_length=1, max_length=40)]
ReasonText = Annotated[str, Field(min_length=1, max_length=2_000)]
Sha256Text = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Rank = Annotated[int, Field(ge=1, le=1_000)]


class DeliberationIn(In):
    village: VillageText
    kind: SessionKind = Field(
        description="`musdes` in a desa, `muskel` in a kelurahan; `sptjm` in its place."
    )
    place: LineText
    starts_at: Instant = Field(description="When it meets; of a statement its day.")
    follows: PublicIdText | None = Field(
        default=None, description="The session whose reopened candidates this one decides on."
    )


class DeliberationPatch(In):
    place: LineText | None = None
    starts_at: Instant | None = None


class ConveneIn(In):
    number: LineText = Field(description="Number of the invitation, as the village writes it.")


class CancelIn(In):
    reason: ReasonText = Field(description="Why it is called off; names nobody.")


class PersonSaid(In):
    name: NameText
    nik: ShortText | None = Field(default=None, description="A resident without NIK is proposed as well.")
    kk: ShortText | None = None
    address: LineText | None = None
    rt: ShortText | None = None
    rw: ShortText | None = None
    note: ReasonText | None = None


class AgendaIn(In):
    ticket: CodeText | None = Field(default=None, description="A case; or else a person in words.")
    person: PersonSaid | None = None
    reason: ReasonText | None = Field(
        default=None, description="Why a TERBATAS case is discussed all the same."
    )


class WithdrawIn(In):
    reason: CodeText = Field(description="Of the set `withdrawal_reason`.")


class AttendanceIn(In):
    role: CodeText = Field(description="Of the set `deliberation_role`.")
    name: NameText
    nik: ShortText | None = Field(
        default=None,
        description="Finds her household, so that she takes no part in deciding on it; not kept.",
    )
    account: PublicIdText | None = Field(default=None, description="Her account, where she has one.")


class ConflictIn(In):
    attendee: PublicIdText
    reason: ConflictReason


class DecisionIn(In):
    candidate: PublicIdText
    decision: Decision
    rank: Rank | None = Field(default=None, description="Of an eligible one: 1 comes first.")
    reason: ReasonText


class DecisionsIn(In):
    decisions: Annotated[list[DecisionIn], Field(min_length=1, max_length=300)]


class MinutesIn(In):
    number: LineText = Field(description="Number of the berita acara, as the village writes it.")
    head: NameText = Field(description="Who signs as head of the village.")


class RatifyIn(In):
    decree: LineText = Field(description="Number of the paper by which the regency ratifies.")


class VerifyIn(In):
    sha256: Sha256Text = Field(
        description="Of the file, or of the content as it stands at the foot of the page."
    )


class QuorumOut(Out):
    reached: bool
    present: int
    least: int
    missing_roles: list[Coded]
    excluded: int


class CutoffOut(Out):
    aims_at: date
    """The monthly cut-off after the meeting."""
    ready_on: date
    """The first day on which it can be ratified."""
    meets: date
    missed: bool
    warning: str | None


class ConflictOut(Out):
    attendee: str
    reason: Coded
    declared: bool
    """Declared by somebody; else found by the service."""


class CandidateOut(Out):
    id: str
    n: int
    source: Coded
    state: Coded
    ticket: str | None
    name: str | None
    """None once she was erased."""
    nik: str | None
    """Masked; whole in the official minutes and in the export."""
    address: str | None
    rt: str | None
    rw: str | None
    note: str | None
    rank: int | None
    decision: Coded | None
    reason: str | None
    quorum: QuorumOut | None
    conflicts: list[ConflictOut]
    stage: Coded
    proposal: str | None
    """The batch that it is in."""
    result_reason: Coded | None
    objections_until: datetime | None


class MinutesOut(Out):
    id: str
    n: int
    number: str
    sha256: str
    made_at: datetime
    signed_at: datetime | None
    scan_sha256: str | None
    stored_sha256: str | None


class DeliberationRow(Out):
    id: str
    village: str
    village_name: str
    kind: Coded
    state: Coded
    place: str
    starts_at: datetime
    follows: str | None
    sitting: int
    objections_until: datetime | None
    ratified_at: datetime | None
    version: int


class DeliberationOut(DeliberationRow):
    invitation_number: str | None
    decree: str | None
    cancel_reason: str | None
    quorum: QuorumOut
    cutoff: CutoffOut
    candidates: list[CandidateOut]
    minutes: list[MinutesOut]
    allowed_actions: list[Coded]


class AttendeeOut(Out):
    id: str
    role: Coded
    name: str
    account: str | None
    at: datetime


class AttendanceOut(Out):
    sitting: int
    quorum: QuorumOut
    items: list[AttendeeOut]


class SuggestionOut(Out):
    source: Coded
    ticket: str
    name: str | None
    nik: str | None
    opened_at: datetime


class VerifiedMinutesOut(Out):
    match: Match
    label: str
    minutes: str | None
    intact: bool
    """Whether what the service keeps still has the hashes that it had when it was signed."""


class PublishedCandidateOut(Out):
    rank: int | None
    name: str
    rt: str | None
    rw: str | None


class PublishedOut(Out):
    id: str
    kind: Coded
    met_on: date
    published_on: date
    objections_until: date
    """The last day on which an objection is taken."""
    eligible: list[PublishedCandidateOut]
    not_eligible: int
    to_survey: int
    how_to_object: str


class VillageResultsOut(Out):
    village: str
    village_name: str
    items: list[PublishedOut]


class ObjectionPoint(In):
    lat: Annotated[float, Field(ge=-11.5, le=6.5)]
    lon: Annotated[float, Field(ge=94.5, le=141.5)]


class ObjectorIn(In):
    name: NameText
    village: VillageText = Field(description="Where she lives.")
    nik: ShortText | None = None
    phone: ShortText | None = None


class ObjectionIn(In):
    candidate: PublicIdText
    objector: ObjectorIn
    reason: NoteText
    point: ObjectionPoint | None = Field(default=None, description="Of the house.")


class ObjectionDecisionIn(In):
    upheld: bool
    finding: ReasonText


class PointOut(Out):
    lat: float
    lon: float


class ObjectionOut(Out):
    id: str
    deliberation: str
    candidate: str
    state: Coded
    objector: str | None
    nik: str | None
    """Masked."""
    reason: str | None
    point: PointOut | None
    photo: bool
    filed_at: datetime
    due_at: datetime
    escalated_to: Coded | None
    escalated_at: datetime | None
    finding: str | None
    decided_at: datetime | None


class ObjectionRow(Out):
    id: str
    deliberation: str
    village: str
    village_name: str
    filed_at: datetime
    due_at: datetime
    escalated_to: Coded | None
    escalated_at: datetime | None
