"""Bodies of likely duplicates: the queue in groups, and what is decided of them."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from app.api.schemas.base import CodeText, In, NoteText, Out, Whole
from app.api.schemas.cases import Coded, SubjectOut
from app.domain.codes import Holder
from app.services.duplicates import Decision


class DuplicateCaseOut(Out):
    """A case of a group, with what tells it from the others."""

    ticket: str
    status: Coded
    category: Coded
    program: str | None
    confidentiality: Coded
    holder: Holder
    village: str
    village_name: str
    subject: SubjectOut
    opened_at: datetime


class DuplicatePairOut(Out):
    """Which two of the group are alike, how much, and why."""

    tickets: list[str]
    score: Whole
    reasons: list[Coded]
    at: datetime


class DuplicateGroupOut(Out):
    """Cases that hang together, worked as one; named by the ticket of the one that was opened first."""

    ticket: str
    since: datetime
    score: Whole
    cases: list[DuplicateCaseOut]
    pairs: list[DuplicatePairOut]


class DuplicateDecisionIn(In):
    """``keep`` is needed to merge; ``tickets`` only where the decision is not about the whole group."""

    action: Decision
    keep: CodeText | None = None
    tickets: Annotated[list[CodeText], Field(max_length=20)] = Field(default_factory=list)
    note: NoteText | None = None


class DuplicateUndoIn(In):
    other: CodeText


class DuplicateDecidedOut(Out):
    """The cases as they are now."""

    cases: list[DuplicateCaseOut]
