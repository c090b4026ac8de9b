"""Bodies of the ledger: aid recorded by hand, all that a household has, and what may stand beside it."""

from typing import Annotated, Literal

from pydantic import Field

from app.api.schemas.base import CodeText, Day, In, NameText, Out, Rupiah
from app.api.schemas.cases import Coded
from app.api.schemas.referrals import AssistanceOut

MOST_LINES = 60
MOST_PEOPLE = 200
IdText = Annotated[str, Field(min_length=1, max_length=40)]
PeriodText = Annotated[str, Field(min_length=4, max_length=8, description="2026, 2026-Q4, 2026-11 or once.")]


class AidIn(In):
    program: CodeText
    component: Annotated[str, Field(min_length=1, max_length=64, pattern=r"^(\*|[A-Za-z0-9_.:-]+)$")] = "*"
    state: Literal["planned", "given"]
    period: PeriodText
    amount_idr: Rupiah | None = None
    goods: NameText | None = None
    given_on: Day | None = None
    proof: NameText | None = Field(default=None, description="The number of a paper; no names.")
    funder: CodeText | None = Field(
        default=None, description="Who pays, where it is not the programme's body."
    )


class AssistanceIn(In):
    person: IdText
    lines: Annotated[list[AidIn], Field(min_length=1, max_length=MOST_LINES)]


class LedgerReasonIn(In):
    reason: CodeText = Field(description="Of the set `ledger_reason`.")


class RecordedOut(Out):
    items: list[AssistanceOut]


class ReversedOut(Out):
    line: AssistanceOut
    counter: AssistanceOut


class TotalOut(Out):
    key: str
    label: str
    given_idr: int
    planned_idr: int
    lines: int
    """Those that count: planned and given."""


class TotalsOut(Out):
    by_program: list[TotalOut]
    by_level: list[TotalOut]
    by_year: list[TotalOut]


class HeldOut(AssistanceOut):
    regency: str
    own: bool
    """Hers; otherwise of somebody whom she lives with."""


class PersonAssistanceOut(Out):
    person: str
    lines: list[HeldOut]
    totals: TotalsOut
    truncated: bool
    """There is more than is shown; totals count what is shown."""


class OverlapIn(In):
    """Either ``people`` (their ids) or one ``nik``."""

    people: Annotated[list[IdText], Field(min_length=1, max_length=MOST_PEOPLE)] | None = None
    nik: Annotated[str, Field(min_length=1, max_length=40)] | None = None
    program: CodeText
    component: CodeText | None = None
    period: PeriodText | None = None
    purpose: CodeText = Field(description="Of the set `overlap_purpose`.")


class ClassOut(Out):
    level: Coded
    kind: Coded


class FindingOut(Out):
    cause: Coded
    effect: Literal["exclude", "warn"]
    program: str
    words: str


class OverlapOut(Out):
    person: str | None
    """None where no record has the NIK, and for whoever sees no records."""
    ruling: Coded
    forbidden: bool
    classes: list[ClassOut]
    """Of what stands against it."""
    findings: list[FindingOut] | None = None
    complements: list[str] | None = None
    """Programmes that she has and that the one asked about is meant to stand beside."""
    still_fits: list[str] | None = None
    """Programmes that would still complement what the household has."""
    lines: list[HeldOut] | None = None


class OverlapsOut(Out):
    items: list[OverlapOut]
