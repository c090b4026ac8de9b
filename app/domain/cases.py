"""A case as the desk brings it, and what may be changed on it later."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from types import MappingProxyType
from uuid import UUID

from app.domain.codes import (
    AboutKind,
    CaseKind,
    Confidentiality,
    Outcome,
    Priority,
    SubjectKind,
)

NO_FACTS: Mapping[str, object] = MappingProxyType({})

EMERGENCY_OUTRANKS = {Priority.BIASA: 0, Priority.MENDESAK: 1, Priority.DARURAT: 2}


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom the case is for. A person is met by id, by NIK, or by name with birth date and village."""

    kind: SubjectKind
    person_id: UUID | None = None
    nik: str | None = None
    kk: str | None = None
    name: str | None = None
    born_on: date | None = None
    sex: str | None = None
    phone: str | None = None
    address: str | None = None


@dataclass(frozen=True, slots=True)
class Reporter:
    relation: str
    name: str | None = None
    phone: str | None = None
    anonymous: bool = False
    tell: bool = False
    """She agreed to be told of the case by phone."""


@dataclass(frozen=True, slots=True)
class AboutGiven:
    kind: AboutKind
    ref: str | None = None
    """A public id or code; none for free text."""
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Told:
    at: datetime
    method: str
    by: str


@dataclass(frozen=True, slots=True)
class ResolveNow:
    outcome: Outcome
    reason: str | None
    told: Told


@dataclass(frozen=True, slots=True)
class NewCase:
    kind: CaseKind
    category: str
    channel: str
    subject: Subject
    reporter: Reporter
    village: str
    chronology: str
    legal_basis: str
    notice_version: str
    sector: str | None = None
    ppks: str | None = None
    service_pillar: str | None = None
    priority: Priority | None = None
    priority_reason: str | None = None
    confidentiality: Confidentiality | None = None
    about: tuple[AboutGiven, ...] = ()
    place_address: str | None = None
    place_detail: str | None = None
    current_aid: tuple[str, ...] = ()
    program: str | None = None
    facts: Mapping[str, object] = field(default_factory=lambda: NO_FACTS)
    papers: tuple[str, ...] = ()
    tried: tuple[str, ...] = ()
    resolve_now: ResolveNow | None = None
    separate_reason: str | None = None
    ticket: str | None = None
    """Of a slip that was handed out before the case came here."""


def priority_of(new: NewCase, category: Mapping[str, object], facts: Mapping[str, object]) -> Priority:
    """Return the highest of what the kind, the category, the patient's PBI and the officer say.

    A patient whose PBI is off is at least MENDESAK (design, section 4).
    """
    found = [Priority(str(category.get("default_priority", Priority.BIASA)))]
    if new.priority:
        found.append(new.priority)
    if new.kind is CaseKind.DARURAT or category.get("emergency") is True:
        found.append(Priority.DARURAT)
    in_care = facts.get("person.in_care_now") is True or facts.get("person.medical_emergency") is True
    if in_care and facts.get("person.bpjs_status") == "INACTIVE":
        found.append(Priority.MENDESAK)
    return max(found, key=EMERGENCY_OUTRANKS.__getitem__)


def same_matter(new: NewCase, other_program: str | None, other_category: str) -> bool:
    """Tell whether a case of the same person is the same matter: the same programme, or else category."""
    if new.program is not None or other_program is not None:
        return new.program == other_program
    return new.category == other_category
