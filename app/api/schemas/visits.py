"""Bodies of home visits."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import Field

from app.api.schemas.access import PublicIdText
from app.api.schemas.base import CodeText, In, Instant, Localised, NoteText, Out
from app.api.schemas.cases import Coded


class PointIn(In):
    latitude: Annotated[float, Field(ge=-11.5, le=6.5)]
    longitude: Annotated[float, Field(ge=94.5, le=141.5)]
    accuracy_m: Annotated[float, Field(ge=0, le=100_000)] | None = None


class VisitReportIn(In):
    verdict: CodeText = Field(description="Of the set `visit_verdict`.")
    done_at: Instant
    answers: Annotated[dict[CodeText, bool | int | float | CodeText], Field(max_length=60)] = Field(
        default_factory=dict, description="Answers to the checklist at `/v1/visits/checklist`, by its codes."
    )
    narrative: NoteText | None = Field(default=None, description="Kept sealed.")
    point: PointIn | None = Field(default=None, description="Where the house stands; kept sealed.")
    facts: dict[CodeText, Any] = Field(
        default_factory=dict, max_length=100, description="What else was seen; the case is routed again."
    )
    attachments: Annotated[list[PublicIdText], Field(max_length=20)] = Field(
        default_factory=list, description="Stored attachments of the case: its photos."
    )


class VisitIn(In):
    """A visit that is planned, or with ``done`` one that was made already."""

    purpose: CodeText = Field(description="Of the set `visit_purpose`.")
    planned_for: Instant | None = Field(default=None, description="Needed unless the visit was made.")
    visitor: PublicIdText | None = Field(default=None, description="An account; you yourself if left out.")
    cadre: PublicIdText | None = Field(default=None, description="A cadre without an account, who goes.")
    done: VisitReportIn | None = None


class VisitCancelIn(In):
    reason: CodeText = Field(description="Of the set `visit_cancel_reason`.")


class AnswerOut(Out):
    code: str
    label: str
    value: bool | int | float | str


class FindingsOut(Out):
    answers: list[AnswerOut]
    signs: int = Field(description="Signs of poverty that the answers show. A count, never a verdict.")
    signs_of: int = Field(description="How many signs were answered.")
    narrative: str | None
    point: PointIn | None


class VisitBrief(Out):
    id: str
    ticket: str
    village: str
    village_name: str
    purpose: Coded
    state: Coded
    planned_for: datetime
    visitor: str | None
    cadre: str | None
    done_at: datetime | None


class VisitOut(VisitBrief):
    visitor_name: str | None
    verdict: Coded | None
    findings: FindingsOut | None
    cancel_reason: Coded | None
    photos: list[str]
    created_at: datetime
    version: int


class ChoiceOut(Out):
    code: str
    label: Localised


class ChecklistItemOut(Out):
    code: str
    kind: Coded
    label: Localised
    choices: list[ChoiceOut]
    lowest: int | None
    highest: int | None


class ChecklistOut(Out):
    region: str
    items: list[ChecklistItemOut]
