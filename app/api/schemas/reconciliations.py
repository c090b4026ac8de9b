"""Bodies of reconciliations of lists, and of what they find."""

from datetime import date, datetime
from typing import Annotated, Any

from pydantic import Field

from app.api.schemas.access import RegionText
from app.api.schemas.base import CodeText, In, NoteText, Out
from app.api.schemas.cases import Coded, NumberText
from app.api.schemas.jobs import JobOut
from app.domain.exports import ExportFormat
from app.domain.reconciliation import Against, Decision, Kind, ListRole, MissingFrom
from app.services.reconciliations.ordering import MOST_LISTS

IdText = Annotated[str, Field(min_length=1, max_length=64)]


class OtherListIn(In):
    """A list to compare with: of another funder today, or an earlier one of the same programme."""

    list_id: IdText
    profile_id: IdText | None = None
    program: CodeText
    role: ListRole = ListRole.CURRENT


class ReconciliationIn(In):
    region: RegionText = Field(description="The regency, or a place in it: whom the list is for.")
    program: CodeText = Field(description="The programme whose list it is.")
    list_id: IdText
    profile_id: IdText | None = Field(default=None, description="A saved profile of its columns.")
    against: Annotated[list[Against], Field(min_length=1, max_length=len(Against))]
    others: Annotated[list[OtherListIn], Field(max_length=MOST_LISTS)] = Field(default_factory=list)
    missing: Annotated[list[MissingFrom], Field(max_length=len(MissingFrom))] = Field(
        default_factory=list, description="Where to look for people who are not on the list."
    )
    desil_at_most: Annotated[int, Field(ge=1, le=10)] | None = Field(
        default=None, description="With `registry` in `missing`: the highest decile that counts."
    )
    purpose: CodeText = Field(description="Of the set `reveal_purpose`; kept with the access log.")
    repeat: bool = Field(default=False, description="Make an earlier reconciliation of this list anew.")


class OtherListOut(Out):
    list_id: str
    profile_id: str | None
    program: str
    role: Coded


class GroupOut(Out):
    """How many findings of one kind and reason are in one state."""

    kind: Coded
    reason: Coded
    state: Coded
    count: int


class ReconciliationOut(Out):
    id: str
    region: str
    program: str
    list_id: str
    profile_id: str | None
    against: list[Coded]
    others: list[OtherListOut]
    missing: list[Coded]
    desil_at_most: int | None
    purpose: Coded
    state: Coded
    registry_source: str | None = Field(description="The snapshot that it was compared with.")
    registry_period: str | None
    rows: int
    counts: dict[str, int] = Field(description="Rows by the gravest thing found; `missing` has none.")
    groups: list[GroupOut] = Field(description="Findings by kind, reason and state: what there is to work.")
    superseded_by: str | None
    job: JobOut
    created_at: datetime
    finished_at: datetime | None


class FindingSubject(Out):
    """Whom it is about, as the list says, or our record where the list does not."""

    row: int | None = Field(description="Where it stands in the file.")
    name: str
    nik: str | None
    born_on: date | None
    sex: str | None
    village: str | None
    village_name: str | None


class EvidenceOut(Out):
    """Who says so, and since when. `details`: codes, dates and regions by name."""

    source: Coded | None
    told_by: str | None = Field(description="The registry, or the kind of paper of a death.")
    as_of: date | None
    details: dict[str, Any]


class LikelyOut(Out):
    """Somebody whom the row might be."""

    n: int
    source: Coded
    name: str
    born_on: date | None
    village: str | None
    score: int
    reasons: list[Coded]


class FunderOut(Out):
    """A programme that may take over, in the regency's order, with the places that it has left."""

    program: str
    name: str
    left: int


class FindingOut(Out):
    id: str
    kind: Coded
    reason: Coded
    state: Coded
    subject: FindingSubject
    evidence: EvidenceOut
    candidates: list[LikelyOut]
    fallback: list[FunderOut] = Field(description="Of somebody missing, while it is open.")
    allowed_decisions: list[Coded]
    decision: Coded | None
    decision_reason: Coded | None
    program: str | None = Field(description="Who pays instead, or the fallback that was proposed.")
    candidate: int | None
    note: str | None
    corrected_nik: str | None = Field(description="Masked.")
    decided_at: datetime | None
    decided_by: str | None
    approved_at: datetime | None
    approved_by: str | None
    batch: str | None
    version: int


class DecideIn(In):
    decision: Decision
    reason: CodeText = Field(description="Of the set `finding_decision_reason`.")
    note: NoteText | None = None
    nik: NumberText | None = Field(default=None, description="Of `correct_nik`: the right number.")
    program: CodeText | None = Field(
        default=None, description="Of `refer_other`; of `refer_fallback` only if not the first in order."
    )
    candidate: Annotated[int, Field(ge=0, le=9)] | None = Field(
        default=None, description="Of `same_person`: which one, from 0."
    )


class ApproveIn(In):
    agree: bool = True


class BatchIn(In):
    """Open findings of one kind, perhaps of one reason or in one place, decided alike."""

    kind: Kind
    finding_reason: CodeText | None = None
    village: RegionText | None = None
    decision: Decision
    reason: CodeText
    note: NoteText | None = None
    program: CodeText | None = None


class BatchApproveIn(In):
    kind: Kind
    decision: Decision
    village: RegionText | None = None
    batch: IdText | None = None


class BatchOut(Out):
    batch: str | None
    done: int
    changed: int = Field(description="Left as they were: what they say is no longer so. Refresh them.")
    no_place: int = Field(description="Left open: no fallback has a place for them.")
    left: int = Field(description="Of the same kind, still waiting.")


class ExportIn(In):
    format: ExportFormat = ExportFormat.XLSX
    part: CodeText | None = Field(
        default=None, description="Of CSV: `list`, `findings` or `fallback`; a workbook holds all three."
    )
    purpose: CodeText = Field(description="Of the set `reveal_purpose`.")
