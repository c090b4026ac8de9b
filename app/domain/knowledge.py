"""What a process knows of the trade: one immutable value, made at start and handed to the services.

Everything in it is small, seldom changed and read by nearly every request. What is counted while it is
used (allotments, cases, the ledger) is not in it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timezone
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

from app.domain.codes import CaseKind, Level, Priority, Purpose, Trust
from app.domain.criteria import Group, How
from app.domain.documents import Words
from app.domain.ids import NATION
from app.domain.programs import Benefit, FulfilledOn, Override, Program, ProgramVersion
from app.domain.regions import Regions
from app.domain.registry import OLD_AFTER_MONTHS, Snapshots, newest
from app.domain.routing import Availability, Catalogue, Need, OverrideKey
from app.domain.sla import Calendar, ClockStep, Matter, Policy, pick, zone_of

IMPLICIT: Final = "UMUM."
"""Begins the code of the programme that every agency has without listing it."""

KINDS: Final = (
    "regions",
    "codes",
    "agencies",
    "programs",
    "overrides",
    "policies",
    "settings",
    "desks",
    "availabilities",
    "registry",
)
"""What has a version row of its own. Calendars are made of settings and holidays, kind ``settings``."""

_PROVINCE: Final = 2
_REGENCY: Final = 5
"""How many characters of a region's code name its province and its regency."""

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class CodeEntry:
    code: str
    label_id: str
    label_en: str
    attrs: Json


@dataclass(frozen=True, slots=True)
class Agency:
    code: str
    kind: str
    level: Level
    region: str
    """``ID`` for the nation; a province's or regency's code otherwise."""
    name: Words
    answers: str
    """``direct``, or ``by_proxy``: answered for by ``proxy_role`` of the case's regency."""
    proxy_role: str
    sectors: tuple[str, ...]
    source: str
    trust: Trust
    active: bool

    @property
    def by_proxy(self) -> bool:
        return self.answers == "by_proxy"


@dataclass(frozen=True, slots=True)
class Desk:
    id: UUID
    regency: str
    village: str
    name: str
    active: bool


@dataclass(frozen=True, slots=True)
class Settings:
    """What a regency sets for itself."""

    regency: str
    name: str
    secretariat: str
    six_day_week: bool
    inspectorate_account_id: UUID | None
    profile: Json


@dataclass(frozen=True, slots=True)
class Rule:
    """A policy that is no clock: a number, a switch or a list, under its name."""

    name: str
    value: Any
    source: str
    trust: Trust
    id: UUID | None = None
    """Of the stored row."""
    label: Words | None = None
    """How people call it; the nation's row says it, for a regency's own too."""
    unit: str | None = None
    """What a number counts."""


@dataclass(frozen=True, slots=True)
class Knowledge:
    regions: Regions
    codes: Mapping[str, Mapping[str, CodeEntry]]
    agencies: Mapping[str, Agency]
    programs: Mapping[str, Program]
    """By code, the newest published version; the implicit ones of the agencies too."""
    catalogue: Catalogue
    clocks: Mapping[str, tuple[Policy, ...]]
    """By regency; the nation's defaults under ``ID``."""
    rules: Mapping[str, Mapping[str, Rule]]
    """By regency, then by name; the nation's defaults under ``ID``."""
    settings: Mapping[str, Settings]
    calendars: Mapping[str, Calendar]
    """By regency, and by zone name where a regency has set nothing."""
    desks: Mapping[str, tuple[Desk, ...]]
    """By village, the active ones."""
    availabilities: Mapping[str, Mapping[str, Availability]]
    """By the tenant that said so (a regency, a province, ``ID``), then by programme."""
    versions: Mapping[str, int]
    overrides: Mapping[OverrideKey, Override] = field(default_factory=lambda: _NO_OVERRIDES)
    """The published ones, by regency, programme and number."""

    registry: Snapshots = field(default_factory=lambda: _NO_SNAPSHOTS)
    """The snapshots that count: the newest of each source, by regency."""

    def registry_entry(self, found: Iterable[Json], regency: str, today: date) -> dict[str, Any]:
        """The entry that counts of those *found* of a person, and what it is worth today; {} without any.

        *regency* is where she is asked for: its policy says from when an entry is old.
        """
        old_after = int(self.policy_value(regency, "registry_old_months", OLD_AFTER_MONTHS))
        return newest(found, self.registry, today, old_after)

    def family(self, region: str) -> tuple[str, ...]:
        """The codes under which what lies in a region may be written, itself first (`Successions`)."""
        return self.regions.successions.family(region)

    def knows_region(self, code: str) -> bool:
        """Whether a region stands, or once stood: it may be asked for, and not be chosen."""
        return code in self.regions or code in self.regions.successions

    def region_name(self, code: str) -> str:
        """The name of a region, also of one that is no more; the code where nobody knows it."""
        return str(self.regions.get(code, code))

    def label(self, set_name: str, code: str | None, language: str) -> str:
        """The words for a code; the code itself where nobody has given it words."""
        entry = self.codes.get(set_name, _NO_CODES).get(code or "")
        if entry is None:
            return code or ""
        return entry.label_en if language == "en" else entry.label_id

    def attrs(self, set_name: str, code: str | None) -> Json:
        entry = self.codes.get(set_name, _NO_CODES).get(code or "")
        return entry.attrs if entry else _NOTHING

    def knows(self, set_name: str, code: str) -> bool:
        return code in self.codes.get(set_name, _NO_CODES)

    def policy_value(self, regency: str, name: str, default: Any = None) -> Any:
        """The regency's value, or else the nation's, or else *default*."""
        for place in (regency, NATION):
            rule = self.rules.get(place, _NO_RULES).get(name)
            if rule is not None:
                return rule.value
        return default

    def clock_policy(self, step: ClockStep, matter: Matter) -> Policy:
        """The allowance for one step of one case, by the rules of `sla.pick`.

        Raises:
            NotFound: no row covers the step.
        """
        places = (matter.region[:_REGENCY], matter.region[:_PROVINCE], NATION)
        rows = (row for place in places for row in self.clocks.get(place, ()))
        return pick(rows, step, matter)

    def calendar(self, regency: str) -> Calendar:
        own = (self.calendars.get(code) for code in self.family(regency))
        return next((one for one in own if one is not None), None) or self.calendars[zone_name(regency)]

    def zone(self, regency: str) -> timezone:
        return self.calendar(regency).zone

    def availability(self, regency: str) -> Mapping[str, Availability]:
        """What of each programme is open, full or paused here: the nearest word counts. Missing is open."""
        if not self.availabilities:
            return _ALL_OPEN
        places = (NATION, regency[:_PROVINCE], regency)
        return {
            code: found
            for place in places
            for code, found in self.availabilities.get(place, _ALL_OPEN).items()
        }

    def need(self, kind: CaseKind, category: str | None, sector: str | None, priority: Priority) -> Need:
        """What the case wants, with what its category says: sector, branch, whether it names a need, duty."""
        attrs = self.attrs("case_category", category)
        return Need(
            kind,
            category,
            sector or attrs.get("default_sector"),
            priority,
            root=self._root(category),
            names_need=bool(attrs.get("need")),
            duty=attrs.get("duty"),
        )

    def _root(self, category: str | None) -> str | None:
        parent = self.attrs("case_category", category).get("parent")
        return category if parent is None else self._root(parent)

    def tenants_in(self, region: str) -> tuple[str, ...]:
        """The regencies that hold what lies in *region*: its own, or those below a province or ``ID``."""
        return (region[:_REGENCY],) if len(region) >= _REGENCY else self.regions.regencies(region)

    def program(self, code: str, today: date) -> Program | None:
        """The version in force on the local date *today*; an implicit programme always is."""
        return self.catalogue.program(code, today)

    def program_in(self, regency: str, code: str, today: date) -> Program | None:
        """The same as the *regency* has it: with its own bounds, papers and contacts."""
        return self.catalogue.program_in(regency, code, today)

    def agency(self, name: str, regency: str) -> Agency | None:
        """The agency of that code; or the body of that kind in the regency, its province, or the nation."""
        found = self.agencies.get(name)
        if found is not None:
            return found
        for place in (regency.replace(".", ""), regency.split(".", maxsplit=1)[0].ljust(4, "0")):
            found = self.agencies.get(f"{name}-{place}")
            if found is not None:
                return found
        return None

    def dinsos(self, regency: str) -> Agency | None:
        return self.agency("DINSOS", regency)

    def desk_of(self, village: str) -> Desk | None:
        """The desk that serves a village; the oldest where there are several."""
        here = (desk for code in self.family(village) for desk in self.desks.get(code, ()))
        return next((desk for desk in here if desk.regency == village[:_REGENCY]), None)


def implicit_program(agency: Agency) -> Program:
    """The programme ``UMUM`` of an agency: open to any referral, never ranked."""
    name = Words(f"Layanan umum {agency.name.id}", f"General services of {agency.name.en}")
    version = ProgramVersion(
        n=1,
        valid_from=date(2000, 1, 1),
        valid_to=None,
        coverage=(agency.region,),
        village_kinds=None,
        sectors=frozenset(agency.sectors),
        categories=frozenset(),
        target=Words("Siapa saja yang dirujuk", "Whoever is referred"),
        criteria=Group(How.ALL, ()),
        exclusions=(),
        complements=frozenset(),
        benefit=Benefit(name, (), FulfilledOn.FIRST_DELIVERY),
        papers=(),
        quota_note=None,
        period=None,
        waiting_list=True,
        proposes=Words("Puskesos atau sekretariat SLRT", "The desk or the SLRT secretariat"),
        decides=agency.name,
        standard=None,
        ladder=(),
        contacts=(),
        legal_basis=(),
        source=agency.source,
        trust=agency.trust,
    )
    return Program(implicit_code(agency.code), agency.code, agency.level, frozenset(Purpose), name, version)


def implicit_code(agency: str) -> str:
    return f"{IMPLICIT}{agency}"


def is_implicit(program: str) -> bool:
    return program.startswith(IMPLICIT)


def zone_name(region: str) -> str:
    """``WIB``, ``WITA`` or ``WIT``: what the calendar of regencies that set nothing is kept under."""
    return zone_of(region).tzname(None)


_NOTHING: Final[Json] = MappingProxyType({})
_NO_CODES: Final[Mapping[str, CodeEntry]] = MappingProxyType({})
_ALL_OPEN: Final[Mapping[str, Availability]] = MappingProxyType({})
_NO_OVERRIDES: Final[Mapping[OverrideKey, Override]] = MappingProxyType({})
_NO_SNAPSHOTS: Final[Snapshots] = MappingProxyType({})
_NO_RULES: Final[Mapping[str, Rule]] = MappingProxyType({})
