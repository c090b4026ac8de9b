"""Bodies of an agency's batch: up to a hundred moves of referrals, one verdict for each."""

from typing import Annotated, Any, Literal

from pydantic import Field

from app.api.schemas.access import PublicIdText
from app.api.schemas.base import CodeText, In, NameText, Out
from app.api.schemas.sync import OperationId

MOST_MOVES = 100

Move = Literal[
    "accept",
    "return",
    "refuse",
    "not_ours",
    "waitlist",
    "start",
    "deliver",
    "progress",
    "fulfil",
    "fail",
    "question",
    "note",
    "external_reference",
    "submitted_external",
]
Verdict = Literal["applied", "replayed", "rejected", "waiting"]


class MoveIn(In):
    """Exactly one of ``referral`` and ``reference`` says which referral is moved."""

    id: OperationId = Field(description="Your own; its idempotency key. New for each move.")
    action: Move
    referral: PublicIdText | None = Field(default=None, description="Its id.")
    reference: NameText | None = Field(default=None, description="Your own number for it, exactly.")
    agency: CodeText | None = Field(
        default=None, description="Whose number that is; needed when you answer for an agency of others."
    )
    version: Annotated[int, Field(ge=1)] | None = Field(
        default=None, description="The version that you read last; left out: whichever it has now."
    )
    body: dict[str, Any] = Field(
        default_factory=dict, description="Exactly the body of the single route of the action."
    )


class MovesIn(In):
    moves: Annotated[list[MoveIn], Field(min_length=1, max_length=MOST_MOVES)]


class MovedOut(Out):
    """What became of one move."""

    id: str
    verdict: Verdict
    status: int | None = Field(default=None, description="Of the answer, or of the problem.")
    referral: str | None = Field(default=None, description="The id of the referral that was moved.")
    etag: str | None = None
    answer: Any = Field(default=None, description="As the single route answers.")
    problem: Any = Field(default=None, description="A problem document, as the single route refuses.")


class MovesOut(Out):
    results: list[MovedOut] = Field(description="One for each move, in the order sent.")
