"""Bodies of the hand-over to and from SP4N-LAPOR!."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from app.api.schemas.access import RegionText
from app.api.schemas.base import CodeText, In, NameText, NoteText, Out
from app.api.schemas.cases import Coded, VillageText
from app.domain.lapor import MOST_ROWS, Kind

ReferenceText = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9._/#-]+$")]
_FILE = 800_000


class ReportsIn(In):
    """Exactly one of ``csv`` and ``reports`` is the file."""

    region: RegionText = Field(description="The regency whose reports these are.")
    village: VillageText = Field(
        description="Where reports are filed that name no village: that of the secretariat, as a rule."
    )
    csv: Annotated[str, Field(min_length=1, max_length=_FILE)] | None = Field(
        default=None, description="The file as text, with a line of titles."
    )
    reports: Annotated[list[dict[str, Any]], Field(min_length=1, max_length=MOST_ROWS)] | None = Field(
        default=None, description="The same rows as JSON."
    )


class ReportVerdictOut(Out):
    """What became of one row; ``known`` is a report that has its case already."""

    n: int = Field(description="Of the row, from 1; the line of titles is not counted.")
    reference: str | None
    verdict: Literal["opened", "known", "rejected", "waiting"]
    ticket: str | None = None
    problem: Any = Field(default=None, description="A problem document; pointers are the titles.")


class ReportsOut(Out):
    results: list[ReportVerdictOut]


class ReferenceOut(Out):
    system: Coded
    reference: str
    direction: Literal["in", "out"] = Field(description="`in`: it came from there; `out`: it went there.")
    at: datetime


class SendingOut(Out):
    id: str
    system: Coded
    kind: Coded
    state: Coded
    attempts: int
    created_at: datetime
    ended_at: datetime | None
    reason: Coded | None


class HandOverOut(Out):
    """What a case is called elsewhere, what went there, and the files that could go now."""

    ticket: str
    references: list[ReferenceOut]
    sendings: list[SendingOut]
    report: dict[str, Any] | None = Field(
        description="The case in the shape of the other system; null where it may not go there."
    )
    answer: str = Field(description="The follow-up by template: without anything about a person.")


class SendIn(In):
    """``title`` and ``text`` are what is told; of an answer, the template when ``text`` is left out."""

    kind: Kind
    title: NameText | None = None
    text: NoteText | None = None
    classification: CodeText | None = None


class NumberIn(In):
    reference: ReferenceText
