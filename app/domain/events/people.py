"""What happens to persons and households: numbers, families, merges, and claims that clash.

The other record is named by its id, never by what it says. A merge says nothing of how many cases moved: a
RAHASIA one would be counted.
"""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from app.domain.events.base import Code, Event, Label, Region
from app.domain.events.cases import CaseEvent
from app.domain.events.others import ThingEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonIdentifierAdded(ThingEvent):
    type: ClassVar[str] = "person.identifier_added"
    label: ClassVar[Label] = Label("Nomor identitas dicatat", "Identifier recorded")

    identifier_id: UUID
    kind: Code
    source: Code


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonIdentifierEnded(ThingEvent):
    type: ClassVar[str] = "person.identifier_ended"
    label: ClassVar[Label] = Label("Nomor identitas diakhiri", "Identifier ended")

    identifier_id: UUID
    kind: Code


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonMerged(ThingEvent):
    """In the chain of the one that is kept, and in that of the one that is gone."""

    type: ClassVar[str] = "person.merged"
    label: ClassVar[Label] = Label("Data orang digabung", "Records of a person merged")

    merge_id: UUID
    kept_id: UUID
    gone_id: UUID
    reason: Code


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonSplit(ThingEvent):
    """``merge_id``: the merge that is undone, or the split that was made."""

    type: ClassVar[str] = "person.split"
    label: ClassVar[Label] = Label("Data orang dipisah", "Records of a person split")

    merge_id: UUID
    other_id: UUID
    undone: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseSubjectMoved(CaseEvent):
    """The case is of another record of a person now: merged, split off, or given back."""

    type: ClassVar[str] = "case.subject_moved"
    label: ClassVar[Label] = Label("Subjek kasus berpindah data", "Subject of the case moved")

    merge_id: UUID
    why: Code
    """``merged``, ``split`` or ``undone``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseIdentityDoubted(CaseEvent):
    """The desk named somebody whose number is on record otherwise; nothing was overwritten."""

    type: ClassVar[str] = "case.identity_doubted"
    label: ClassVar[Label] = Label("Identitas subjek diragukan", "Identity of the subject in doubt")

    conflict_id: UUID
    kind: Code


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityConflictFound(ThingEvent):
    """In the chain of the person whose number it is; a case that brought it has its own event."""

    type: ClassVar[str] = "person.identity_conflict_found"
    label: ClassVar[Label] = Label("Pertentangan identitas ditemukan", "Identity conflict found")

    conflict_id: UUID
    kind: Code


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityConflictDecided(ThingEvent):
    type: ClassVar[str] = "person.identity_conflict_decided"
    label: ClassVar[Label] = Label("Pertentangan identitas diputuskan", "Identity conflict decided")

    conflict_id: UUID
    kind: Code
    decision: Code


@dataclass(frozen=True, slots=True, kw_only=True)
class HouseholdFormed(ThingEvent):
    type: ClassVar[str] = "household.formed"
    label: ClassVar[Label] = Label("Keluarga dicatat", "Household recorded")

    village: Region


@dataclass(frozen=True, slots=True, kw_only=True)
class HouseholdChanged(ThingEvent):
    type: ClassVar[str] = "household.changed"
    label: ClassVar[Label] = Label("Data keluarga diubah", "Household changed")

    changed: tuple[Code, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HouseholdMemberJoined(ThingEvent):
    type: ClassVar[str] = "household.member_joined"
    label: ClassVar[Label] = Label("Anggota keluarga ditambahkan", "Household member joined")

    member_id: UUID
    person_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class HouseholdMemberLeft(ThingEvent):
    type: ClassVar[str] = "household.member_left"
    label: ClassVar[Label] = Label("Anggota keluarga keluar", "Household member left")

    member_id: UUID
    person_id: UUID
    reason: Code


@dataclass(frozen=True, slots=True, kw_only=True)
class HouseholdMemberChanged(ThingEvent):
    type: ClassVar[str] = "household.member_changed"
    label: ClassVar[Label] = Label("Hubungan keluarga diubah", "Relation in the household changed")

    member_id: UUID
    person_id: UUID


PEOPLE_EVENTS: tuple[type[Event], ...] = (
    PersonIdentifierAdded,
    PersonIdentifierEnded,
    PersonMerged,
    PersonSplit,
    CaseSubjectMoved,
    CaseIdentityDoubted,
    IdentityConflictFound,
    IdentityConflictDecided,
    HouseholdFormed,
    HouseholdChanged,
    HouseholdMemberJoined,
    HouseholdMemberLeft,
    HouseholdMemberChanged,
)
