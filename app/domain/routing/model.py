"""What routing is asked, and what it answers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Final, NamedTuple

from app.domain.codes import CaseKind, Priority
from app.domain.facts import Facts

ENGINE_VERSION: Final = "1"
"""Bump it with every change of answers: the golden corpus holds the answers of this version."""


class Verdict(StrEnum):
    """In the order of the ranking."""

    ELIGIBLE = "eligible"
    WAITLIST = "waitlist"
    NEEDS_INFORMATION = "needs_information"
    NOT_ELIGIBLE = "not_eligible"
    NOT_AVAILABLE = "not_available"


class Obstacle(StrEnum):
    """Why a programme cannot be had now, whoever asks."""

    CLOSED_PERIOD = "closed_period"
    NOT_COVERED = "not_covered"
    PAUSED = "paused"
    FULL = "full"


class Mode(StrEnum):
    """What kind of answer the case wants."""

    MATCH = "match"
    """Which programmes fit."""
    LADDER = "ladder"
    """Who hears the complaint next."""
    ANSWER = "answer"
    """A question or suggestion: answered here, or passed to the programme's owner."""
    CLOSED_CHANNEL = "closed_channel"
    """Violence and abuse: no list of programmes, the protected channel at once."""


class State(StrEnum):
    OPEN = "open"
    FULL = "full"
    PAUSED = "paused"


@dataclass(frozen=True, slots=True)
class Availability:
    state: State
    until: date | None = None
    """The last day on which it holds; ``None`` is until it is changed."""


@dataclass(frozen=True, slots=True)
class Need:
    """What the case is about. The last three come from the category's attributes in the code list."""

    kind: CaseKind
    category: str | None = None
    sector: str | None = None
    priority: Priority = Priority.BIASA
    root: str | None = None
    """The category at the top of the category's branch."""
    names_need: bool = False
    """The category names a need, so that programmes are matched whatever the kind of the case."""
    duty: str | None = None
    """The roster or receiver that an emergency of this category calls out."""


@dataclass(frozen=True, slots=True)
class Place:
    regency: str
    village: str | None = None


_NONE: Final[frozenset[str]] = frozenset()


@dataclass(frozen=True, slots=True)
class Question:
    """Everything an answer depends on, beside the catalogue.

    Who has read the ledger and found nothing must say so with an empty set; a missing one is unknown.
    """

    facts: Facts
    need: Need
    place: Place
    today: date
    """The local date: ages, validity and periods are taken on it."""
    availability: Mapping[str, Availability] = field(default_factory=dict)
    """By programme; a missing one is open."""
    capacity: Mapping[str, int] = field(default_factory=dict)
    """What remains of the regency's allotment; a missing one is unknown and never blocks."""
    live: frozenset[str] = _NONE
    """Programmes with a live referral of the household: as good as held."""
    papers: frozenset[str] = _NONE
    about_program: str | None = None
    """The programme that a complaint or a question is about."""
    tried: frozenset[str] = _NONE
    """Rungs of the complaint ladder that the resident has been to."""


class Entry(NamedTuple):
    """One programme considered."""

    program: str
    version: int
    verdict: Verdict
    leaves: str
    """One character per leaf in the order of the criteria: ``+`` met, ``-`` not met, ``?`` unknown."""
    obstacles: tuple[Obstacle, ...]
    excluded_by: tuple[str, ...]
    """Aid held, or a live referral, that cannot go together with this one (itself included)."""
    warned_by: tuple[str, ...]
    complements: tuple[str, ...]
    """Aid held that this programme is made to go with."""
    answers_need: bool
    covered: bool
    """Aid already held serves the same sector."""
    papers_missing: tuple[str, ...]
    """Required papers not held, of a programme that can still be had; they block no verdict."""
    questions: tuple[str, ...]
    """The shortest list of unknown facts that can make her eligible."""
    open_facts: tuple[str, ...]
    """All unknown facts that still bear on the verdict."""
    override: int = 0
    """Which override of the case's regency was laid over the version; 0 is none."""


@dataclass(frozen=True, slots=True)
class Record:
    """A decision as it is stored: codes and versions, no value of any fact."""

    engine_version: str
    mode: Mode
    need: Need
    place: Place
    today: date
    availability: Mapping[str, Availability]
    capacity: Mapping[str, int]
    about: tuple[str, int] | None
    """The programme the case is about, with the version that was in force."""
    tried: tuple[str, ...]
    entries: tuple[Entry, ...]
    """Best first."""
    questions: tuple[str, ...]
    """What to ask next: it decides the most promising undecided programmes."""
    ladder: tuple[str, ...]
    """Rungs of the complaint ladder still to be climbed, first one next."""
