"""What a reconciliation compares, and what it finds."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Final
from uuid import UUID

from app.domain.matching import Identity
from app.domain.programs import Effect


class Kind(StrEnum):
    """What is true of a row, or (``missing``) of somebody who has none; the set ``finding_kind``."""

    MATCHED = "matched"
    """Nothing stands against it; the only kind that is no finding."""
    UNREADABLE = "unreadable"
    NOT_PADAN = "not_padan"
    """The NIK is known, and everybody who knows it knows it with another name or birth date."""
    DECEASED = "deceased"
    MOVED = "moved"
    DOUBLE_FUNDED = "double_funded"
    DUPLICATE = "duplicate"
    PROBABLE = "probable"
    """Nobody has the NIK; somebody else's description is so near that a person must look."""
    UNLISTED = "unlisted"
    """Nobody who was asked knows the person."""
    MISSING = "missing"
    """Entitled, in need or served before, and not on the list."""


class Reason(StrEnum):
    """Why; the set ``finding_reason``."""

    ROW_REFUSED = "row_refused"
    NAME_DIFFERS = "name_differs"
    BIRTH_DIFFERS = "birth_differs"
    DEATH_RECORDED = "death_recorded"
    REGISTRY_DECEASED = "registry_deceased"
    LIST_SAYS_DECEASED = "list_says_deceased"
    LEFT_REGION = "left_region"
    OTHER_VILLAGE = "other_village"
    REGISTRY_MOVED = "registry_moved"
    LIST_SAYS_MOVED = "list_says_moved"
    EXCLUDED_PROGRAM = "excluded_program"
    DISCOURAGED_PROGRAM = "discouraged_program"
    SAME_PROGRAM_ELSEWHERE = "same_program_elsewhere"
    SAME_NIK = "same_nik"
    SAME_NIK_OTHER_NAME = "same_nik_other_name"
    SIMILAR_PERSON = "similar_person"
    NIK_UNKNOWN = "nik_unknown"
    NOBODY_SIMILAR = "nobody_similar"
    STRUCK_OFF = "struck_off"
    """On an earlier list of the programme, or held by the ledger, and not on this one."""
    REGISTRY_ENTITLED = "registry_entitled"
    IN_NEED = "in_need"


class Source(StrEnum):
    """Who says so; the set ``evidence_source``."""

    REGISTRY = "registry"
    PERSON = "person"
    LEDGER = "ledger"
    LIST = "list"
    CASE = "case"
    """Only of who is missing: an ordinary case in which the programme was found to fit."""


class Against(StrEnum):
    """What a list is compared with; the set ``reconcile_against``."""

    REGISTRY = "registry"
    PERSONS = "persons"
    DEATHS_AND_MOVES = "deaths_and_moves"
    LEDGER = "ledger"


class MissingFrom(StrEnum):
    """Where people are looked for who are not on the list; the set ``missing_from``."""

    EARLIER = "earlier"
    """The earlier list of the programme that was named, and the ledger where it was asked."""
    REGISTRY = "registry"
    NEEDS = "needs"


class ListRole(StrEnum):
    """What another list stands for; the set ``list_role``."""

    CURRENT = "current"
    EARLIER = "earlier"


class State(StrEnum):
    """Of a reconciliation; the set ``reconciliation_state``."""

    RUNNING = "running"
    READY = "ready"
    SUPERSEDED = "superseded"
    """Made anew: its open findings are nobody's work any more."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """The first row of the list with the same NIK."""

    n: int
    name_key: str


@dataclass(frozen=True, slots=True)
class Listed:
    """A row of the list."""

    n: int
    who: Identity
    """NIK and KK as text of their digests."""
    refused: tuple[str, ...] = ()
    """Why the row cannot be used at all."""
    earlier: Earlier | None = None
    says_dead: bool = False
    says_moved: bool = False
    """The list itself marks it so, or gives a village of another regency."""


@dataclass(frozen=True, slots=True)
class Record:
    """What one source says of a person."""

    source: Source
    tenant: str
    id: UUID
    who: Identity
    as_of: date
    told_by: str
    """The registry (``DTSEN``), or the kind of paper that a death was recorded by; ``""`` where none says."""
    version: int | None = None
    deceased: bool = False
    deceased_on: date | None = None
    moved: bool = False
    """The source itself says so, without saying where to."""
    shielded: bool = False
    """A closed case of hers exists: nothing is told of where she is."""


@dataclass(frozen=True, slots=True)
class HeldAid:
    """A programme that pays for her already."""

    program: str
    source: Source
    tenant: str
    told_by: str
    as_of: date | None
    effect: Effect | None
    """What the catalogue says of the two programmes; None: it is the list's own, paid in another regency."""


Evidence = dict[str, str | int]
"""Codes, dates and regions that a finding shows: nothing that names a person."""


@dataclass(frozen=True, slots=True)
class Candidate:
    record: Record
    score: int
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    kind: Kind
    reason: Reason
    record: Record | None = None
    evidence: Evidence = field(default_factory=dict)
    candidates: Sequence[Candidate] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """What the list is asked."""

    region: str
    """Who lives outside it has moved away."""
    tells: frozenset[Kind] = frozenset(Kind)
    """What may be found; the rest nobody asked for."""


_ALWAYS: Final = frozenset({Kind.UNREADABLE, Kind.DUPLICATE})
_TELLS: Final[Mapping[Against, frozenset[Kind]]] = MappingProxyType(
    {
        Against.REGISTRY: frozenset({Kind.NOT_PADAN, Kind.PROBABLE, Kind.UNLISTED}),
        Against.PERSONS: frozenset({Kind.NOT_PADAN, Kind.PROBABLE, Kind.UNLISTED}),
        Against.DEATHS_AND_MOVES: frozenset({Kind.DECEASED, Kind.MOVED}),
        Against.LEDGER: frozenset({Kind.DOUBLE_FUNDED}),
    }
)


def asked_of(region: str, against: Iterable[Against], *, other_lists: bool) -> Asked:
    """Return what may be found by comparing with these sources."""
    tells = _ALWAYS.union(*(_TELLS[one] for one in against))
    return Asked(region, tells | {Kind.DOUBLE_FUNDED} if other_lists else tells)
