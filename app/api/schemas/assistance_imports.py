"""Bodies of lists of aid that are brought into the ledger."""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field

from app.api.schemas.access import RegionText
from app.api.schemas.assistance import IdText, PeriodText
from app.api.schemas.base import CodeText, Day, In, NameText, Out, Rupiah
from app.api.schemas.cases import Coded


class AidImportIn(In):
    """A profile's further column ``amount`` holds each recipient's rupiah, where it is mapped."""

    region: RegionText
    list: IdText
    profile: IdText | None = None
    program: CodeText
    component: Annotated[str, Field(min_length=1, max_length=64, pattern=r"^(\*|[A-Za-z0-9_.:-]+)$")] = "*"
    state: Literal["planned", "given"]
    period: PeriodText
    amount_idr: Rupiah | None = None
    goods: NameText | None = None
    given_on: Day | None = None
    funder: CodeText | None = None
    proof: NameText | None = None
    dry_run: bool = Field(default=False, description="Judge the rows, and write nothing into the ledger.")


class AidImportOut(Out):
    id: str
    list: str
    job: str
    program: str
    component: str
    state: Coded
    period: str
    amount_idr: int | None
    goods: str | None
    given_on: date | None
    funder: str | None
    proof: str | None
    dry_run: bool
    by_verdict: dict[str, int] | None
    """None before the end."""
    by_reason: dict[str, int] | None
    created_at: datetime
    ended_at: datetime | None


class AidRowOut(Out):
    n: int
    """Of the row in the file, the header's rows counted."""
    verdict: Coded
    reasons: "list[Coded]"
    person: str | None
    line: str | None
