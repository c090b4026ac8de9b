"""Bodies of giving a case to somebody, and of the caseload that is looked at before."""

from datetime import datetime

from pydantic import Field

from app.api.schemas.access import PublicIdText
from app.api.schemas.base import CodeText, In, NoteText, Out
from app.api.schemas.cases import Coded


class AssignIn(In):
    """Exactly one of ``account_id``, ``queue`` and ``self``."""

    account_id: PublicIdText | None = None
    queue: CodeText | None = Field(default=None, description="Of the set `work_queue`.")
    take: bool = Field(default=False, alias="self", description="You take it yourself.")
    instruction: NoteText | None = Field(default=None, description="Kept sealed.")


class AssignmentOut(Out):
    id: str
    account: str | None
    name: str | None
    queue: Coded | None
    instruction: str | None
    at: datetime
    by: str | None
    ended_at: datetime | None
    ended_as: Coded | None


class LoadOut(Out):
    open: int
    overdue: int
    capacity: int


class CandidateOut(Out):
    account: str
    login: str
    name: str
    nearness: Coded
    load: LoadOut
    works: bool = Field(description="May take the steps of the case, and not only visit.")
    unfit: Coded | None = Field(description="Why this person cannot have it; null if nothing stands against.")


class SuggestionOut(Out):
    account: str
    name: str
    reasons: list[Coded]


class CaseloadOut(Out):
    ticket: str
    suggestion: SuggestionOut | None
    items: list[CandidateOut] = Field(description="The best first, then those who cannot.")
