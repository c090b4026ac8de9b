"""Bodies of the steps of a case: one declared model per action."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from app.api.schemas.base import CodeText, Day, In, Instant, NameText, NoteText, Out, Rupiah
from app.api.schemas.cases import CaseOut, Codes, ToldIn
from app.domain.codes import Outcome, Purpose, VoidReason

TicketText = Annotated[str, Field(min_length=12, max_length=40)]
PublicIdText = Annotated[str, Field(pattern=r"^[0-9]{4}-[0-9a-f]{32}$")]
LetterCode = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z][A-Za-z0-9_.-]*$")]
"""A code as events may hold it."""
DisclosedField = Literal[
    "name", "nik", "kk", "phone", "address", "born_on", "sex", "chronology", "facts", "papers"
]
_MANY = 20


class StepIn(In):
    note: NoteText | None = Field(default=None, description="Kept sealed.")


class AskCompletionIn(StepIn):
    missing: Annotated[list[LetterCode], Field(min_length=1, max_length=_MANY, description="Papers.")]


class CompleteIn(StepIn):
    papers: Codes = Field(default_factory=list, description="Shown now; the originals stay with her.")
    facts: dict[CodeText, Any] = Field(
        default_factory=dict, max_length=100, description="Answers; the case is routed again."
    )
    source: CodeText = Field(default="resident", description="Where the answers come from.")


class VerifyIn(StepIn):
    """Begin the verification."""


class HandleIn(StepIn):
    """Take the case into handling."""


class RecordVerificationIn(StepIn):
    verdict: Literal["confirmed", "partly", "not_confirmed"]
    method: Literal["registry", "document", "phone", "visit"]


class ProposeIn(In):
    recommendation: Literal["refer", "resolve"]
    reason: NoteText
    outcome: Outcome | None = None
    programs: Codes = Field(default_factory=list)


class ReturnIn(In):
    note: NoteText


class ReferralIn(In):
    """One referral. The agency follows from the programme; a complaint may name a rung of its ladder."""

    program: CodeText
    purpose: Purpose
    agency: CodeText | None = None
    discloses: Annotated[list[DisclosedField], Field(max_length=10)] | None = Field(
        default=None, description="Only these fields; what the purpose needs if left out."
    )
    note: NoteText | None = None
    fallback_of: PublicIdText | None = None
    override_reason: NoteText | None = Field(
        default=None, description="Why it goes again to a body that answered `not_ours`; secretariat only."
    )


class ReferIn(StepIn):
    referrals: Annotated[list[ReferralIn], Field(min_length=1, max_length=10)]
    incomplete_reason: NoteText | None = Field(
        default=None, description="Why it goes without all required papers; urgent cases need none."
    )


class ResolveIn(StepIn):
    outcome: Outcome
    reason: CodeText | None = Field(default=None, description="Required for `not_eligible`.")
    told: ToldIn | None = Field(default=None, description="Without it the task to tell the resident is made.")
    revoke_reason: CodeText | None = Field(default=None, description="Revokes the live referrals.")


class ReceivedIn(In):
    """One aid in her words. Without amount and goods it says: yes, all of it."""

    program: LetterCode
    amount_idr: Rupiah | None = None
    goods: NameText | None = None
    on: Day | None = None


class ByDeskIn(In):
    """How the desk got her word, and who heard it."""

    method: CodeText
    witness: NameText


Rating = Annotated[int, Field(ge=1, le=5)]
ReceivedList = Annotated[list[ReceivedIn], Field(max_length=_MANY)]


class ConfirmIn(In):
    received: ReceivedList
    rating: Rating | None = None
    comment: NoteText | None = None
    by_desk: ByDeskIn


class DisputeIn(In):
    reason: NoteText
    received: ReceivedList = Field(default_factory=list)
    by_desk: ByDeskIn


class ReopenIn(In):
    reason: NoteText


class VoidIn(StepIn):
    reason: VoidReason
    duplicate_of: TicketText | None = Field(default=None, description="The case that stands.")
    revoke_reason: CodeText | None = Field(default=None, description="Revokes the live referrals.")


class RestoreIn(In):
    reason: NoteText


class StepWarning(Out):
    code: Literal["paper_due", "aid_overlap"]
    subject: str = Field(description="The paper or the programme.")
    words: str


class StepOut(CaseOut):
    """The case after the step, and what should be looked at."""

    warnings: list[StepWarning] = Field(default_factory=list)
    disputed: bool = Field(
        default=False, description="Her confirmation differs from the ledger: the case is open again."
    )


# Without a step ----------------------------------------------------------------------------------------


class TellIn(In):
    at: Instant
    method: CodeText
    by: NameText


class NoteIn(In):
    text: NoteText
    to_resident: bool = Field(
        default=False, description="Shown on her tracking page; else for officers only."
    )


class NoteOut(Out):
    id: str
    text: str
    to_resident: bool
    at: datetime
    by: str | None


class PinIn(In):
    reason: LetterCode = Field(default="lost", description="Why the slip's PIN is replaced.")


class PinOut(Out):
    """The PIN is shown this once."""

    ticket: str
    pin: str
