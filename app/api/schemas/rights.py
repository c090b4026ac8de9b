"""Bodies of data requests and of the breach register."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from app.api.schemas.access import RegionText
from app.api.schemas.base import CodeText, Day, In, Instant, Localised, NameText, NoteText, Out
from app.api.schemas.cases import Coded, NumberText, Sex
from app.api.schemas.steps import PublicIdText
from app.domain.rights import RequestKind


class IdentityIn(In):
    method: CodeText = Field(description="How you checked who asks; of the set `identity_check`.")


class CorrectionsIn(In):
    """The right values, of those fields that are wrong. A NIK is corrected by its own address."""

    name: NameText | None = None
    born_on: Day | None = None
    sex: Sex | None = None
    phone: NumberText | None = None
    address: NoteText | None = None


class DataRequestIn(In):
    person: PublicIdText
    kind: RequestKind
    identity: IdentityIn
    words: NoteText | None = Field(default=None, description="What she says, in her words; kept sealed.")
    corrections: CorrectionsIn | None = None


class RefuseIn(In):
    reason: CodeText = Field(description="Of the set `data_refusal`.")


class DataRequestOut(Out):
    id: str
    person: str
    kind: Coded
    state: Coded
    identity_method: Coded
    taken_at: datetime
    taken_by: str | None
    due_at: datetime
    overdue: bool
    proposed_at: datetime | None
    proposed_by: str | None
    decided_at: datetime | None
    decided_by: str | None
    reason: Coded | None
    lifted_at: datetime | None
    escalated_at: datetime | None


class DataCopyOut(Out):
    request: str
    made_at: datetime
    sections: dict[str, list[dict[str, Any]]] = Field(description="What is held of her, by kind.")


class BreachIn(In):
    region: RegionText
    nature: CodeText = Field(description="Of the set `breach_nature`.")
    data: Annotated[list[CodeText], Field(min_length=1, max_length=20, description="Of `breach_data`.")]
    persons: Annotated[int, Field(ge=0, le=1_000_000_000, description="About how many; 0: not known yet.")]
    happened_at: Instant
    found_at: Instant
    what: NoteText
    done: NoteText
    contact: NameText


class BreachTellIn(In):
    to: Literal["authority", "persons"]
    at: Instant
    reference: NameText | None = Field(default=None, description="The authority's own number.")
    method: CodeText | None = Field(default=None, description="Of the set `contact_method`.")


class BreachOut(Out):
    id: str
    state: str
    nature: Coded
    data: list[Coded]
    persons: int
    happened_at: datetime
    found_at: datetime
    due_at: datetime
    overdue: bool
    authority_told_at: datetime | None
    authority_reference: str | None
    persons_told_at: datetime | None
    persons_told_method: Coded | None
    closed_at: datetime | None
    escalated_at: datetime | None
    notices: dict[str, Localised] | None = Field(
        default=None, description="The text for the authority and for the persons; of one entry only."
    )


__all__ = [
    "BreachIn",
    "BreachOut",
    "BreachTellIn",
    "DataCopyOut",
    "DataRequestIn",
    "DataRequestOut",
    "RefuseIn",
]
