"""Bodies of exports."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from app.api.schemas.base import CodeText, In, Instant, Moment, Out
from app.api.schemas.cases import Coded
from app.domain.codes import CaseKind, Holder, Priority
from app.domain.exports import ExportFormat
from app.domain.lifecycle import CaseStatus


class ExportFilterIn(In):
    """What ``GET /v1/cases`` can be narrowed by."""

    status: list[CaseStatus] | None = Field(default=None, min_length=1, max_length=20)
    kind: CaseKind | None = None
    category: CodeText | None = None
    sector: CodeText | None = None
    ppks: CodeText | None = None
    channel: CodeText | None = None
    priority: Priority | None = None
    region: CodeText | None = None
    holder: Holder | None = None
    assignee: CodeText | None = None
    program: CodeText | None = None
    named_program: CodeText | None = None
    agency: CodeText | None = None
    overdue: bool | None = None
    escalated: bool | None = None
    escalated_to: CodeText | None = None
    due_before: Instant | None = None
    due_from: Moment | None = None
    due_to: Moment | None = None
    updated_after: Instant | None = None
    opened_from: Moment | None = None
    opened_to: Moment | None = None
    sex: Literal["L", "P", "none"] | None = None
    age_band: CodeText | None = None
    outcome: CodeText | None = None
    outcome_reason: CodeText | None = None
    confirmed_by: list[Literal["resident", "desk", "silence"]] | None = Field(
        default=None, min_length=1, max_length=3
    )
    resolved_from: Moment | None = None
    resolved_to: Moment | None = None
    closed_from: Moment | None = None
    closed_to: Moment | None = None
    rated: bool | None = None
    reopened: bool | None = None
    disputed: bool | None = None
    bounced: bool | None = None


class ExportIn(In):
    format: ExportFormat
    purpose: CodeText = Field(description="Of the set `reveal_purpose`; it stays on record.")
    filter: ExportFilterIn = ExportFilterIn()
    full_nik: bool = Field(
        default=False, description="Whole numbers, of those whom you may reveal; masked otherwise."
    )


class ExportOut(Out):
    id: str
    job: str
    state: Coded
    format: ExportFormat
    purpose: Coded
    full_nik: bool
    rows: int = Field(description="So far; all of them once the state is `done`.")
    bytes: int
    created_at: datetime
    expires_at: datetime
