"""Bodies of the search before a case is opened."""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field, model_validator

from app.api.schemas.base import CodeText, Day, In, NameText, Out, Whole
from app.api.schemas.cases import (
    Coded,
    Codes,
    DuplicateHint,
    NumberText,
    PersonBrief,
    Sex,
    VillageText,
)
from app.domain.identifiers import IdentifierKind


class LookupIn(In):
    """A NIK, a family card number, or a name with the birth date."""

    nik: NumberText | None = None
    kk: NumberText | None = None
    name: NameText | None = None
    born_on: date | None = None

    @model_validator(mode="after")
    def _one_way(self) -> "LookupIn":
        ways = (self.nik is not None, self.kk is not None, self.name is not None and self.born_on is not None)
        if sum(ways) != 1:
            raise ValueError("give nik, or kk, or name with born_on")
        return self


class PersonFound(PersonBrief):
    village: str
    village_name: str
    provisional: bool


class RegistryFound(Out):
    """What the registry says; ``listed`` is null where there is no NIK to ask with."""

    listed: bool | None
    source: str | None = None
    period: str | None = None
    status: str | None = None
    desil: int | None = None
    dropped_in: str | None = Field(
        default=None, description="A newer list of that source and regency leaves her out."
    )
    old: bool | None = Field(default=None, description="The period ended long ago, by the regency's policy.")


class AidFound(Out):
    program: str
    name: str
    state: str


class LookupOut(Out):
    people: list[PersonFound]
    registry: RegistryFound
    aid: list[AidFound]
    cases: list[DuplicateHint]


class IdentifierOut(Out):
    """A further number of a person, masked."""

    id: str
    kind: Coded
    number: str
    source: Coded
    valid_from: date | None
    valid_to: date | None
    ended_at: datetime | None


class MembershipOut(Out):
    """A household that a person is or was of."""

    household: str
    relation: Coded | None
    from_on: date | None
    to_on: date | None
    end_reason: Coded | None


class ConflictBrief(Out):
    id: str
    kind: Coded
    state: Literal["open", "decided"]
    found_at: datetime


class MergeBrief(Out):
    """``merge``: ``other`` is gone and leads here, or leads on from here. ``split``: ``other`` was made."""

    id: str
    kind: Literal["merge", "split"]
    kept: str
    other: str
    reason: Coded
    at: datetime
    undone_at: datetime | None


class PersonOut(PersonFound):
    """A person on record, masked; ``cases`` are those in your sight that are open."""

    phone: str | None
    do_not_contact: bool
    deceased_on: date | None
    cases: list[DuplicateHint]
    identifiers: list[IdentifierOut]
    household: str | None = Field(description="The household that she is of now.")
    households: list[MembershipOut]
    conflicts: list[ConflictBrief]
    merges: list[MergeBrief]
    version: int


class RevealIn(In):
    """``purpose``: a code of the list ``reveal_purpose``."""

    purpose: CodeText


class NumberRevealed(Out):
    kind: Coded
    number: str


class RevealedOut(Out):
    """Numbers, phone and address in full. Who asked, when and what for is on record."""

    id: str
    name: str
    nik: str | None
    kk: str | None
    phone: str | None
    address: str | None
    identifiers: list[NumberRevealed]
    purpose: Coded


class CandidatesIn(In):
    """A NIK, a family card, or a name with a birth date or a village; the more, the better the score."""

    nik: NumberText | None = None
    kk: NumberText | None = None
    name: NameText | None = None
    born_on: Day | None = None
    village: VillageText | None = None
    sex: Sex | None = None

    @model_validator(mode="after")
    def _enough(self) -> "CandidatesIn":
        named = self.name is not None and (self.born_on is not None or self.village is not None)
        if self.nik is None and self.kk is None and not named:
            raise ValueError("give nik, or kk, or name with born_on or village")
        return self


class CandidateOut(Out):
    person: PersonFound
    score: Whole = Field(description="0 to 100: how likely it is she.")
    reasons: list[Coded] = Field(description="Of the set `match_reason`: what speaks for it and against it.")
    strong: bool = Field(description="Nobody may be recorded beside her without naming her.")


class CandidatesOut(Out):
    candidates: list[CandidateOut]


class PersonIn(In):
    """A person to be recorded. ``in_spite_of``: ids of candidates who are said to be others."""

    name: NameText
    village: VillageText
    nik: NumberText | None = None
    kk: NumberText | None = None
    born_on: Day | None = None
    sex: Sex | None = None
    phone: NumberText | None = None
    address: NameText | None = None
    in_spite_of: Codes = Field(default_factory=list)


class RegisteredOut(Out):
    """``conflict``: the NIK is on record for somebody else, so she has none until a person has decided."""

    person: PersonFound
    conflict: str | None


class IdentifierIn(In):
    kind: IdentifierKind
    number: Annotated[str, Field(min_length=1, max_length=60)]
    source: CodeText = Field(description="Of the set `identity_source`.")
    valid_from: Day | None = None
    valid_to: Day | None = None


class IdentifierAddedOut(Out):
    """Either the number as it was recorded, or the conflict with whoever has it on record."""

    identifier: IdentifierOut | None
    conflict: str | None


class MergeIn(In):
    """``other`` is the record that goes; its id leads to this one afterwards."""

    other: CodeText
    reason: CodeText = Field(description="Of the set `merge_reason`.")


class OtherPersonIn(In):
    name: NameText
    born_on: Day | None = None
    sex: Sex | None = None


class SplitIn(In):
    """Undo a merge (``merge``), or split ``cases`` off to a new ``person`` with a ``reason``."""

    merge: CodeText | None = None
    cases: Annotated[list[CodeText], Field(max_length=50)] = Field(default_factory=list)
    person: OtherPersonIn | None = None
    reason: CodeText = Field(default="other_person", description="Of the set `split_reason`.")

    @model_validator(mode="after")
    def _one_of_two(self) -> "SplitIn":
        if (self.merge is None) == (not self.cases) or bool(self.cases) != (self.person is not None):
            raise ValueError("give merge, or cases with person")
        return self


class MergeOut(MergeBrief):
    """``cases``: of those that moved, the ones in your sight. ``double_aid``: what both hold."""

    person: PersonFound
    score: Whole
    reasons: list[Coded]
    cases: list[str]
    double_aid: list[str]
    left: list[str] = Field(description="Of an undo: kinds of rows of which some moved on since, and stay.")


class ConflictOut(ConflictBrief):
    """Two claims to one number. ``claim`` shows what was said, its number masked."""

    person: PersonFound
    other: PersonFound | None
    ticket: str | None = Field(description="The case that brought it, if you may see it.")
    claim: dict[str, str | None]
    score: Whole
    reasons: list[Coded]
    decision: Coded | None
    decided_at: datetime | None


class DecideIn(In):
    decision: Literal["same_person", "corrected", "other_person", "given", "stays", "moved"]
