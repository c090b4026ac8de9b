"""Bodies of registry snapshots."""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field

from app.api.schemas.access import RegionText
from app.api.schemas.base import CodeText, In, NameText, Out
from app.api.schemas.cases import Coded, PersonBrief
from app.api.schemas.jobs import JobOut

Number = Annotated[str, Field(max_length=64)]


class SnapshotIn(In):
    region: RegionText | None = Field(default=None, description="The regency; your own when left out.")
    list_id: CodeText = Field(description="Of `POST /v1/lists`.")
    source: CodeText = Field(description="Of the set `registry_source`.")
    period: Annotated[str, Field(min_length=4, max_length=8)] = Field(
        description="`2026-Q3`, `2026-S1`, `2026-09` or `2026`."
    )
    decree: NameText | None = None
    profile_id: CodeText | None = Field(default=None, description="Of `POST /v1/list-profiles`.")


class CountedCode(Coded):
    rows: int


class SnapshotCounts(Out):
    rows: int
    entering: int = Field(description="Rows that a commit takes in, before people decide.")
    entered: int | None = Field(description="Rows that were taken in.")
    verdicts: list[CountedCode]
    reasons: list[CountedCode]


class SnapshotOut(Out):
    id: str
    region: str
    source: Coded
    period: str
    decree: str | None
    state: Coded
    list_id: str
    profile_id: str | None
    columns: dict[str, str] = Field(description="The titles that were found, by what they hold.")
    counts: SnapshotCounts | None = Field(description="Null until the check has ended.")
    job: JobOut | None
    created_at: datetime
    checked_at: datetime | None
    committed_at: datetime | None
    version: int


class RegistryRowOut(Out):
    """One row, numbers masked; `cells` as they came where the row was not just accepted."""

    n: int = Field(description="Its number in the file.")
    verdict: Coded
    reasons: list[Coded]
    enters: bool
    name: str
    nik: str | None
    kk: str | None
    born_on: date | None
    sex: str | None
    village: str
    desil: int | None
    status: Coded
    programs: list[str]
    decision: Coded | None
    decided_at: datetime | None


class RowFieldsIn(In):
    """What is given takes the place of what the list said; an empty text takes it away."""

    nik: Number | None = None
    kk: Number | None = None
    name: NameText | None = None
    born_on: Number | None = None
    sex: Number | None = None
    village_code: Number | None = None
    desil: Annotated[int, Field(ge=0, le=10)] | None = None


class DecideRowIn(In):
    decision: Literal["take", "drop", "correct"]
    fields: RowFieldsIn | None = Field(default=None, description="With `correct` only.")


class CompareIn(In):
    against: CodeText = Field(description="The older snapshot.")


class ChangeOut(Out):
    kind: Coded
    reason: Coded
    name: str = Field(description="In the form that names are compared in.")
    village: str
    desil_before: int | None
    desil_after: int | None


class DiffOut(Out):
    snapshot: str
    against: str
    at: datetime
    kinds: list[CountedCode]
    reasons: list[CountedCode]
    flagged: int = Field(description="Open cases whose desk was told that the resident was dropped.")
    items: list[ChangeOut]
    next: str | None = None
    count: int | None = None


class GapOut(Out):
    """Somebody in need whom the snapshot does not name."""

    person: PersonBrief
    village: str
    signs: list[Coded]
    tickets: list[str] = Field(description="Her open cases in your sight.")
