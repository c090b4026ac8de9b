"""Keeping what this process knows fresh: versions looked at once a second, only what changed read again."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import InitVar, dataclass, field, replace
from datetime import date, datetime, timedelta
from itertools import chain, groupby
from types import MappingProxyType
from typing import Any, Final

from app.db.queries import knowledge as stored
from app.db.queries.overrides import override_of
from app.db.session import Database, Tx, read_only
from app.domain.codes import CaseKind, Level, Priority, Trust
from app.domain.documents import Words
from app.domain.ids import NATION
from app.domain.knowledge import (
    KINDS,
    Agency,
    CodeEntry,
    Desk,
    Knowledge,
    Rule,
    Settings,
    implicit_program,
    zone_name,
)
from app.domain.programs import Program, ending, parse_program
from app.domain.regions import Regions
from app.domain.registry import KnownSnapshot
from app.domain.routing import Availability, State, compile_catalogue
from app.domain.sla import (
    FIVE_DAYS,
    SIX_DAYS,
    Calendar,
    ClockStep,
    Policy,
    Unit,
    Week,
    local_date,
    week_of,
    zone_of,
)
from app.domain.successions import Former, Successions

_EACH: Final = timedelta(seconds=1)
_CLOCKS: Final = frozenset(ClockStep)
_ONE_PER_ZONE: Final = ("13", "63", "91")
"""A province of each of the three zones: the calendars of regencies that set nothing themselves."""

Parts = Mapping[str, Any]
"""Fields of `Knowledge` by name."""


@dataclass
class KnowledgeSource:
    """The process's one holder of `Knowledge`; give it to whoever must ask for the present value.

    Args:
        database: where it is read.
        begin_with: what was read before of this database, or of the one that it is a copy of; only what has
            changed since is read anew.
    """

    database: Database
    begin_with: InitVar[Knowledge | None] = None
    _known: Knowledge | None = None
    _looked_at: datetime | None = None
    _day: date | None = None
    _reading: asyncio.Lock = field(default_factory=asyncio.Lock)

    def __post_init__(self, begin_with: Knowledge | None) -> None:
        self._known = begin_with

    async def current(self, now: datetime) -> Knowledge:
        """What is known at *now*, at most a second old; whoever comes during a reading gets the old value.

        Raises:
            Unavailable: the database does not answer, and the last answer is older than a second.
        """
        looked = self._known if self._looked_at is not None else None
        if looked is not None and (self._fresh(now) or self._reading.locked()):
            return looked
        async with self._reading:
            if self._known is None or not self._fresh(now):
                self._known = self._on(await self._read(self._known), local_date(now, NATION))
                self._looked_at = now
            return self._known

    def _on(self, known: Knowledge, day: date) -> Knowledge:
        """Let ``programs`` be those of the day: a version that waits to begin is nobody's rule yet."""
        if day == self._day and known is self._known:
            return known
        self._day = day
        return replace(known, programs=_frozen(known.catalogue.in_force(day)))

    def _fresh(self, now: datetime) -> bool:
        return self._looked_at is not None and abs(now - self._looked_at) < _EACH

    async def _read(self, known: Knowledge | None) -> Knowledge:
        async with read_only(self.database.sessions) as tx:
            versions = await stored.versions(tx)
            if known is None:
                return await load(tx, versions)
            changed = {kind for kind in KINDS if known.versions.get(kind) != versions.get(kind)}
            if not changed:
                return known
            parts = await _parts(tx, _with_dependents(changed))
        return replace(known, **parts, versions=MappingProxyType(versions))


async def load(tx: Tx, versions: Mapping[str, int]) -> Knowledge:
    """Read every kind."""
    parts = await _parts(tx, frozenset(KINDS))
    return Knowledge(**parts, versions=MappingProxyType(dict(versions)))


def _with_dependents(changed: set[str]) -> frozenset[str]:
    # Every agency brings a programme of its own, an override changes one; a calendar's hours are a policy.
    brings = {"agencies": "programs", "overrides": "programs", "policies": "settings"}
    return frozenset(changed | {brings[kind] for kind in changed if kind in brings})


async def _parts(tx: Tx, kinds: frozenset[str]) -> Parts:
    parts: dict[str, Any] = {}
    for kind in KINDS:
        if kind in kinds:
            parts |= await _READERS[kind](tx)
    return parts


async def _regions(tx: Tx) -> Parts:
    lines = chain.from_iterable(text.split("\n") for text in await stored.regions(tx))
    former = Successions(
        Former(row.code, row.name, row.valid_to, row.successor_code)
        for row in await stored.former_regions(tx)
    )
    return {"regions": Regions.of((_pair(line) for line in lines), former)}


def _pair(line: str) -> tuple[str, str]:
    code, _, name = line.partition("\t")
    return code, name


async def _codes(tx: Tx) -> Parts:
    sets: dict[str, dict[str, CodeEntry]] = defaultdict(dict)
    for row in await stored.codes(tx):
        entry = CodeEntry(row.code, row.label_id, row.label_en, MappingProxyType(row.attrs))
        sets[row.set_name][row.code] = entry
    return {"codes": _frozen({name: MappingProxyType(found) for name, found in sets.items()})}


async def _agencies(tx: Tx) -> Parts:
    return {"agencies": _frozen({one.code: one for one in await _read_agencies(tx)})}


async def _read_agencies(tx: Tx) -> list[Agency]:
    return [
        Agency(
            code=row.code,
            kind=row.kind,
            level=Level(row.level),
            region=row.region_code,
            name=Words(row.name_id, row.name_en),
            answers=row.answers,
            proxy_role=row.proxy_role,
            sectors=tuple(row.sectors),
            source=row.source,
            trust=Trust(row.trust),
            active=row.active,
        )
        for row in await stored.agencies(tx)
    ]


async def _programs(tx: Tx) -> Parts:
    listed = [ending(parse_program(row.document), row.last_on) for row in await stored.program_documents(tx)]
    implicit = [implicit_program(agency) for agency in await _read_agencies(tx)]
    programs: dict[str, Program] = {one.code: one for one in chain(implicit, listed)}
    overrides = [override_of(row) for row in await stored.overrides(tx)]
    return {
        "programs": _frozen(programs),
        "catalogue": compile_catalogue([*listed, *implicit], overrides),
        "overrides": _frozen({(one.regency, one.program, one.n): one for one in overrides}),
    }


async def _overrides(_tx: Tx) -> Parts:
    """They are read with the programmes, whose views they change."""
    return {}


async def _policies(tx: Tx) -> Parts:
    clocks: dict[str, list[Policy]] = defaultdict(list)
    rules: dict[str, dict[str, Rule]] = defaultdict(dict)
    for row in await stored.policies(tx):
        if row.name in _CLOCKS:
            clocks[row.regency_code].append(_clock_policy(row))
        else:
            rules[row.regency_code][row.name] = _rule(row)
    return {
        "clocks": _frozen({regency: tuple(found) for regency, found in clocks.items()}),
        "rules": _frozen({regency: MappingProxyType(found) for regency, found in rules.items()}),
    }


def _rule(row: Any) -> Rule:
    told = row.value.get("label")
    return Rule(
        row.name,
        row.value["value"],
        row.source,
        Trust(row.trust),
        row.id,
        Words(told["id"], told["en"]) if told else None,
        row.value.get("unit"),
    )


def _clock_policy(row: Any) -> Policy:
    return Policy(
        step=ClockStep(row.name),
        amount=row.value["amount"],
        unit=Unit(row.value["unit"]),
        source=row.source,
        trust=Trust(row.trust),
        kind=CaseKind(row.kind) if row.kind else None,
        category=row.category,
        priority=Priority(row.priority) if row.priority else None,
        region=row.regency_code,
        id=row.id,
    )


async def _settings(tx: Tx) -> Parts:
    settings = {
        row.regency_code: Settings(
            regency=row.regency_code,
            name=row.name,
            secretariat=row.secretariat_name,
            six_day_week=row.six_day_week,
            inspectorate_account_id=row.inspectorate_account_id,
            profile=MappingProxyType(row.profile),
        )
        for row in await stored.settings(tx)
    }
    days: dict[str, set[date]] = defaultdict(set)
    for row in await stored.holidays(tx):
        days[row.regency_code].add(row.on_date)
    calendars = _calendars(settings, days, await stored.office_hours(tx))
    return {"settings": _frozen(settings), "calendars": _frozen(calendars)}


def _calendars(
    settings: Mapping[str, Settings],
    days: Mapping[str, set[date]],
    hours: Mapping[str, Mapping[str, Any]],
) -> dict[str, Calendar]:
    national = frozenset(days.get(NATION, ()))

    def week(regency: str) -> Week:
        own = settings.get(regency)
        six_days = own is not None and own.six_day_week
        said = hours.get(regency) or hours.get(NATION)
        if said is None:
            return SIX_DAYS if six_days else FIVE_DAYS
        return week_of(said, six_days=six_days)

    calendars = {
        zone_name(province): Calendar(zone=zone_of(province), holidays=national, week=week(NATION))
        for province in _ONE_PER_ZONE
    }
    for regency in (settings.keys() | days.keys() | hours.keys()) - {NATION}:
        holidays = national | days.get(regency, frozenset())
        calendars[regency] = Calendar(zone=zone_of(regency), holidays=holidays, week=week(regency))
    return calendars


async def _desks(tx: Tx) -> Parts:
    active = [
        Desk(row.id, row.regency_code, row.village_code, row.name, row.active)
        for row in await stored.desks(tx)
        if row.active
    ]
    by_village = groupby(active, key=lambda desk: desk.village)
    return {"desks": _frozen({village: tuple(found) for village, found in by_village})}


async def _availabilities(tx: Tx) -> Parts:
    said: dict[str, dict[str, Availability]] = defaultdict(dict)
    for row in await stored.availabilities(tx):
        said[row.regency_code][row.program_code] = Availability(State(row.state), row.until)
    return {"availabilities": _frozen({tenant: MappingProxyType(found) for tenant, found in said.items()})}


async def _registry(tx: Tx) -> Parts:
    found: dict[str, dict[str, KnownSnapshot]] = defaultdict(dict)
    for row in await stored.snapshots(tx):
        one = KnownSnapshot(row.regency_code, row.source, row.period)
        known = found[one.regency].get(one.source)
        if known is None or one.ends >= known.ends:
            found[one.regency][one.source] = one
    return {"registry": _frozen({regency: tuple(each.values()) for regency, each in found.items()})}


def _frozen(found: dict[Any, Any]) -> Mapping[Any, Any]:
    return MappingProxyType(found)


_READERS: Final[Mapping[str, Callable[[Tx], Awaitable[Parts]]]] = {
    "regions": _regions,
    "codes": _codes,
    "agencies": _agencies,
    "programs": _programs,
    "overrides": _overrides,
    "policies": _policies,
    "settings": _settings,
    "desks": _desks,
    "availabilities": _availabilities,
    "registry": _registry,
}
