"""The shape of a programme and of one version of its rules."""

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Final

from app.domain.codes import Level, Purpose, Trust
from app.domain.criteria import Criteria
from app.domain.documents import Words

NATION: Final = "ID"


class Effect(StrEnum):
    EXCLUDE = "exclude"
    """Cannot be held together."""
    WARN = "warn"
    """May be held together; the one who decides is told."""


class GoodsKind(StrEnum):
    CASH = "cash"
    GOODS = "goods"
    SERVICE = "service"


class Per(StrEnum):
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"
    ONCE = "once"


class FulfilledOn(StrEnum):
    ENROLMENT = "enrolment"
    FIRST_DELIVERY = "first_delivery"
    LAST_DELIVERY = "last_delivery"


class StandardUnit(StrEnum):
    HOURS = "hours"
    WORKING_DAYS = "working_days"
    DAYS = "days"
    WEEKS = "weeks"
    MONTHS = "months"


@dataclass(frozen=True, slots=True)
class Exclusion:
    program: str
    effect: Effect
    source: str
    trust: Trust


@dataclass(frozen=True, slots=True)
class Component:
    code: str
    label: Words
    kind: GoodsKind
    amount_idr: int | None
    """Whole rupiah of one instalment; ``None`` where it is not money or not fixed."""
    per: Per
    instalments: int
    when: Criteria | None
    """Who gets this part; ``None`` is everybody in the programme."""
    source: str
    trust: Trust


@dataclass(frozen=True, slots=True)
class Benefit:
    summary: Words
    components: tuple[Component, ...]
    fulfilled_on: FulfilledOn


@dataclass(frozen=True, slots=True)
class Paper:
    code: str
    required: bool


@dataclass(frozen=True, slots=True)
class Period:
    """When applications are taken; both days included, ``None`` is open-ended."""

    opens_on: date | None
    closes_on: date | None


@dataclass(frozen=True, slots=True)
class Standard:
    amount: int
    unit: StandardUnit
    source: str
    trust: Trust


@dataclass(frozen=True, slots=True)
class Rung:
    """One step of the complaint ladder. An *agency* without suffix is the regency's body of that kind."""

    rung: str
    label: Words
    agency: str | None
    contact: str | None = None
    """Whom to reach there, as a regency names it."""


@dataclass(frozen=True, slots=True)
class Contact:
    label: Words
    value: str


@dataclass(frozen=True, slots=True)
class ProgramVersion:
    n: int
    valid_from: date
    valid_to: date | None
    """The last day of validity."""
    coverage: tuple[str, ...]
    village_kinds: frozenset[str] | None
    sectors: frozenset[str]
    categories: frozenset[str]
    target: Words
    criteria: Criteria
    exclusions: tuple[Exclusion, ...]
    complements: frozenset[str]
    benefit: Benefit
    papers: tuple[Paper, ...]
    quota_note: Words | None
    period: Period | None
    waiting_list: bool
    proposes: Words
    decides: Words
    standard: Standard | None
    ladder: tuple[Rung, ...]
    contacts: tuple[Contact, ...]
    legal_basis: tuple[str, ...]
    source: str
    trust: Trust


@dataclass(frozen=True, slots=True)
class Program:
    code: str
    agency: str
    level: Level
    purposes: frozenset[Purpose]
    name: Words
    version: ProgramVersion
    override: int = 0
    """Which override of a regency is laid over the version; 0 is none."""


def ending(program: Program, last_on: date | None) -> Program:
    """Give the programme as it is in force: until *last_on*, unless its version ends earlier itself."""
    own = program.version.valid_to
    if last_on is None or (own is not None and own <= last_on):
        return program
    return replace(program, version=replace(program.version, valid_to=last_on))


def covers(area: str, place: str) -> bool:
    """Tell whether region *area* covers *place*: the nation, the same, or a prefix that ends at a dot."""
    return area in (NATION, place) or place.startswith(f"{area}.")
