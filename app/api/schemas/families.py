"""Bodies of households and their members."""

from datetime import date, datetime
from typing import Annotated, Any

from pydantic import Field

from app.api.schemas.base import CodeText, Day, In, Out, Whole
from app.api.schemas.cases import Coded, NumberText, VillageText
from app.api.schemas.people import PersonFound

Facts = Annotated[dict[CodeText, Any], Field(max_length=50)]


class MemberIn(In):
    """``person``: her id. ``relation``: a code of ``family_relation``; left out where nobody has said it."""

    person: CodeText
    relation: CodeText | None = None
    from_on: Day | None = Field(default=None, description="Today when left out.")
    source: CodeText = Field(default="said", description="Of the set `identity_source`.")


class FamilyIn(In):
    kk: NumberText | None = None
    village: VillageText
    facts: Facts = Field(default_factory=dict, description="Facts `household.*` of the dictionary.")
    members: Annotated[list[MemberIn], Field(max_length=40)] = Field(default_factory=list)


class RelationIn(In):
    relation: CodeText | None = Field(description="Of the set `family_relation`; null where it is not known.")


class LeaveIn(In):
    reason: CodeText = Field(description="Of the set `member_end_reason`.")
    on: Day | None = Field(
        default=None, description="The first day on which she is not of it; today if left out."
    )


class FamilyFactsIn(In):
    facts: Facts = Field(description="Facts `household.*`; null takes one away.")


class MemberOut(Out):
    person: PersonFound
    relation: Coded | None
    from_on: date | None = Field(description="Null where she came by a case and nobody said since when.")
    to_on: date | None
    end_reason: Coded | None


class FamilyBrief(Out):
    id: str
    village: str
    village_name: str
    members: Whole
    created_at: datetime


class FamilyOut(Out):
    id: str
    kk: str | None = Field(description="Masked.")
    village: str
    village_name: str
    facts: dict[str, Any]
    members: list[MemberOut]
    former: list[MemberOut] = Field(description="Who was of it before, the latest first.")
    created_at: datetime
