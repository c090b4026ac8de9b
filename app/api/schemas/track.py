"""Bodies of tracking with a slip: status and words only, nothing of the person."""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field

from app.api.schemas.attachments import TrackPaperOut
from app.api.schemas.base import In, NoteText, Out
from app.api.schemas.cases import Coded
from app.api.schemas.steps import Rating, ReceivedList


class TrackIn(In):
    ticket: Annotated[str, Field(min_length=1, max_length=40)]
    pin: Annotated[str, Field(min_length=1, max_length=40)]


class TrackTokenOut(Out):
    access_token: str
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105  # the name of a kind of token
    expires_in: int = Field(description="Seconds.")


class TrackStepOut(Out):
    at: datetime
    words: str
    why: str | None = Field(default=None, description="The reason, in words, where one was given.")


class TrackHolderOut(Out):
    """Who has the matter in hand now: a body, or the resident herself."""

    kind: Literal["resident", "desk", "secretariat", "agency"]
    name: str
    waits_for: Coded | None = Field(default=None, description="The step that is under way.")
    until: datetime | None = Field(default=None, description="When that step is due.")
    late: bool = False


class TrackNoteOut(Out):
    at: datetime
    text: str


class TrackInstalmentOut(Out):
    instalment: int
    period: str | None
    state: Coded
    amount_idr: int | None
    goods: str | None
    given_on: date | None


class TrackWaitingOut(Out):
    """Where she stands in the waiting list now."""

    position: int
    of: int


class TrackProgramOut(Out):
    program: str
    name: str
    status: Coded
    agency: str | None = Field(default=None, description="The name of the body that runs it.")
    why: str | None = Field(default=None, description="Why it ended or came back, in words.")
    waiting: TrackWaitingOut | None = None
    instalments: list[TrackInstalmentOut]


class TrackOut(Out):
    ticket: str
    status: Coded
    words: str = Field(description="Where the case stands, in one sentence.")
    opened_at: datetime
    held_by: list[TrackHolderOut] = Field(default_factory=list, description="Who has it now, until when.")
    ask_at: str | None = Field(default=None, description="The desk where to ask.")
    outcome: Coded | None = None
    needed: list[TrackPaperOut] = Field(default_factory=list, description="Papers asked of you.")
    steps: list[TrackStepOut] = Field(default_factory=list)
    notes: list[TrackNoteOut] = Field(default_factory=list, description="What officers wrote to you.")
    programs: list[TrackProgramOut] = Field(default_factory=list)
    allowed_actions: list[Literal["confirm", "dispute", "rating", "attach", "withdraw"]] = Field(
        default_factory=list
    )
    disputed: bool = Field(default=False, description="Your answer differs from what is recorded.")


class TrackConfirmIn(In):
    received: ReceivedList
    rating: Rating | None = None
    comment: NoteText | None = None


class TrackDisputeIn(In):
    reason: NoteText
    received: ReceivedList = Field(default_factory=list)


class TrackRatingIn(In):
    rating: Rating


class TrackWithdrawIn(In):
    note: NoteText | None = None
