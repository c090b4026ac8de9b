"""The compiled catalogue: programmes, and what each regency sees of them on a day.

Within a regency and between two dates on which a version, or a period, begins or ends, nothing but the
case itself makes a difference. That is a view; it is compiled when first asked for and kept.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final, NamedTuple

from app.domain.codes import Level, Purpose
from app.domain.criteria import literals
from app.domain.programs import Effect, Override, Program, StandardUnit, covers, overlaid
from app.domain.routing.cnf import Clause, bare, clauses
from app.domain.routing.layout import Layout, lay_out

_VILLAGE_KINDS: Final = ("kelurahan", "desa", "desa_adat")
_OFFERED: Final = frozenset({Purpose.AID, Purpose.REGISTRY})
_GENERAL: Final = "UMUM."
"""The agency's catch-all, made by seeding: a receiver, not a programme with conditions."""
_LEVELS: Final = {level: place for place, level in enumerate(Level)}
_HOURS: Final[Mapping[StandardUnit, int]] = {
    StandardUnit.HOURS: 1,
    StandardUnit.WORKING_DAYS: 34,
    StandardUnit.DAYS: 24,
    StandardUnit.WEEKS: 168,
    StandardUnit.MONTHS: 730,
}
"""Rough, to compare standards with one another only; a working day is 24 hours times 7/5."""
_NEVER: Final = 1 << 40


class Group(NamedTuple):
    """A clause as its bits: is it met, and which unknown facts can still fulfil it."""

    met: int
    unknown: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class View:
    """What one regency sees. Positions are the ranking's last tie-break: level, standard, code."""

    programs: tuple[Program, ...]
    places: Mapping[str, int]
    clauses: tuple[tuple[Clause, ...] | None, ...]
    leaves: tuple[tuple[int, ...], ...]
    """Per programme, the place of each leaf among the layout's literals, in the order of the criteria."""
    layout: Layout
    wide: tuple[int, ...]
    """Positions of programmes whose criteria are judged by the plain interpreter."""
    situational: tuple[str, ...]
    """The facts about the case and the place themselves that some criterion asks for."""
    closed: int
    partial: int
    """Programmes that cover a part of the regency only."""
    waiting: int
    """Programmes that keep a waiting list when they are full."""
    kinds: Mapping[str, int]
    """By kind of village, the programmes that do not serve it."""
    kind_bound: int
    excluded: Mapping[str, int]
    """By aid held, the programmes that it excludes."""
    excludable: int
    warned: Mapping[str, int]
    complementing: Mapping[str, int]
    covering: Mapping[str, int]
    """By aid held, the programmes for a sector that it serves too."""
    off_sector: Mapping[str, int]
    """By sector, the programmes that do not serve it; widened, as is the next."""
    off_category: Mapping[str, int]
    ones: int
    """All programmes, widened: nothing serves a sector that nobody names."""
    levels: int
    """Eight bits per position: the level's place in the ladder of subsidiarity, times two, plus one."""
    positions: tuple[int, ...]
    digits: str
    """Format that writes a mask with one digit per programme."""
    zeros: int
    """What that text is, as a number, when every digit is zero."""
    groups: tuple[tuple[Group, ...], ...]
    papers: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Immutable; ``_views`` only remembers what any call would compute again."""

    programs: tuple[Program, ...]
    dates: tuple[int, ...]
    """Days, as ordinals, on which some version, period or override begins, or has just ended."""
    overrides: Mapping[tuple[str, str], tuple[Override, ...]] = field(default_factory=dict)
    """By regency and programme."""
    _views: dict[tuple[str, int], View] = field(default_factory=dict, repr=False, compare=False)
    _shared: dict[tuple[object, ...], View] = field(default_factory=dict, repr=False, compare=False)

    def view(self, regency: str, today: date) -> View:
        epoch = bisect_right(self.dates, today.toordinal())
        view = self._views.get((regency, epoch))
        if view is None:
            view = self._compile(regency, today)
            self._views[regency, epoch] = view
        return view

    def program(self, code: str, today: date) -> Program | None:
        """Give the version of *code* in force on *today*; of several, the highest."""
        found = [one for one in self.programs if one.code == code and _valid(one, today)]
        return max(found, key=lambda one: one.version.n, default=None)

    def in_force(self, today: date) -> dict[str, Program]:
        """Give each programme in its version in force on *today*; where none is, in the newest."""
        found: dict[str, Program] = {}
        # In order of their numbers: a valid one gives way to the next valid one only.
        for one in self.programs:
            known = found.get(one.code)
            if known is None or _valid(one, today) or not _valid(known, today):
                found[one.code] = one
        return found

    def program_in(self, regency: str, code: str, today: date) -> Program | None:
        """Give the version in force as the *regency* has it."""
        found = self.program(code, today)
        return None if found is None else self._as_had_in(regency, found, today)

    def _as_had_in(self, regency: str, one: Program, today: date) -> Program:
        own = [some for some in self.overrides.get((regency, one.code), ()) if some.holds(today)]
        return overlaid(one, max(own, key=lambda some: some.n)) if own else one

    def _compile(self, regency: str, today: date) -> View:
        newest: dict[str, Program] = {}
        for one in self.programs:
            if _valid(one, today) and _offered(one) and _reaches(one, regency):
                known = newest.get(one.code)
                if known is None or known.version.n < one.version.n:
                    newest[one.code] = one
        had = [self._as_had_in(regency, one, today) for one in newest.values()]
        seen = tuple(sorted(had, key=_rank))
        partial = _mask(seen, lambda one: not _everywhere(one, regency))
        closed = _mask(seen, lambda one: not _open(one, today))
        versions = tuple((one.code, one.version.n, one.override) for one in seen)
        # An override is its regency's alone; whoever has none shares the view of all others.
        key = (versions, partial, closed, regency if any(one.override for one in seen) else None)
        if key not in self._shared:
            self._shared[key] = _view(seen, partial, closed)
        return self._shared[key]


def compile_catalogue(programs: Iterable[Program], overrides: Iterable[Override] = ()) -> Catalogue:
    """Take in every published version, and override; several of one code may stand beside each other."""
    kept = tuple(sorted(programs, key=lambda one: (one.code, one.version.n)))
    own: dict[tuple[str, str], list[Override]] = defaultdict(list)
    for one in overrides:
        own[one.regency, one.program].append(one)
    days = {day for one in kept for day in _dates(one)}
    days |= {day for found in own.values() for one in found for day in _span(one.valid_from, one.valid_to)}
    return Catalogue(kept, tuple(sorted(days)), {key: tuple(found) for key, found in own.items()})


def _span(first: date, last: date | None) -> Iterable[int]:
    yield first.toordinal()
    if last is not None:
        yield last.toordinal() + 1


def _dates(one: Program) -> Iterable[int]:
    version, period = one.version, one.version.period
    begins = [version.valid_from, period and period.opens_on]
    ends = [version.valid_to, period and period.closes_on]
    yield from (day.toordinal() for day in begins if day)
    yield from (day.toordinal() + 1 for day in ends if day)


def _valid(one: Program, today: date) -> bool:
    version = one.version
    return version.valid_from <= today and (version.valid_to is None or today <= version.valid_to)


def _open(one: Program, today: date) -> bool:
    period = one.version.period
    if period is None:
        return True
    return (period.opens_on or date.min) <= today <= (period.closes_on or date.max)


def _offered(one: Program) -> bool:
    return bool(one.purposes & _OFFERED) and not one.code.startswith(_GENERAL)


def _everywhere(one: Program, regency: str) -> bool:
    return any(covers(area, regency) for area in one.version.coverage)


def _reaches(one: Program, regency: str) -> bool:
    below = f"{regency}."
    return any(covers(area, regency) or area.startswith(below) for area in one.version.coverage)


def _rank(one: Program) -> tuple[int, int, str]:
    standard = one.version.standard
    wait = standard.amount * _HOURS[standard.unit] if standard else _NEVER
    return (_LEVELS[one.level], wait, one.code)


def _mask(seen: Sequence[Program], asked: Callable[[Program], bool]) -> int:
    return sum(1 << place for place, one in enumerate(seen) if asked(one))


def _by(seen: Sequence[Program], keys: Callable[[Program], Iterable[str]]) -> dict[str, int]:
    found: dict[str, int] = defaultdict(int)
    for place, one in enumerate(seen):
        for key in keys(one):
            found[key] |= 1 << place
    return dict(found)


def _widened(seen: Sequence[Program], asked: Callable[[Program], bool]) -> int:
    """Mask with eight bits per programme, the lowest of which tells."""
    return sum(1 << 8 * place for place, one in enumerate(seen) if asked(one))


def _off(seen: Sequence[Program], keys: Callable[[Program], frozenset[str]]) -> dict[str, int]:
    named = sorted({key for one in seen for key in keys(one)})
    return {key: _widened(seen, lambda one, key=key: key not in keys(one)) for key in named}  # type: ignore[misc]


def _excluders(one: Program) -> list[str]:
    found = [other.program for other in one.version.exclusions if other.effect is Effect.EXCLUDE]
    # Aid that she already gets, or is already asked for, is not asked for again.
    return [*found, one.code] if Purpose.AID in one.purposes else found


def _covering(seen: Sequence[Program]) -> dict[str, int]:
    sectors = _by(seen, lambda one: one.version.sectors)
    found = {}
    for one in seen:
        shared = 0
        for sector in one.version.sectors:
            shared |= sectors[sector]
        found[one.code] = shared
    return found


def _view(seen: tuple[Program, ...], partial: int, closed: int) -> View:
    unfolded = tuple(clauses(one.version.criteria) for one in seen)
    own = [[bare(literal) for literal in literals(one.version.criteria)] for one in seen]
    layout = lay_out([one or () for one in unfolded], [literal for one in own for literal in one])
    start = layout.width - len(layout.literals)
    used = {literal.leaf.fact for literal in layout.literals}
    return View(
        programs=seen,
        places={one.code: place for place, one in enumerate(seen)},
        clauses=unfolded,
        leaves=tuple(tuple(layout.literals[literal] - start for literal in one) for one in own),
        layout=layout,
        wide=tuple(place for place, one in enumerate(unfolded) if one is None),
        situational=tuple(sorted(one for one in used if one.startswith(("case.", "place.")))),
        closed=closed,
        partial=partial,
        waiting=_mask(seen, lambda one: one.version.waiting_list),
        kinds={kind: _shunning(seen, kind) for kind in _VILLAGE_KINDS},
        kind_bound=_mask(seen, lambda one: one.version.village_kinds is not None),
        excluded=_by(seen, _excluders),
        excludable=_mask(seen, lambda one: bool(_excluders(one))),
        warned=_by(seen, _warners),
        complementing=_by(seen, lambda one: one.version.complements),
        covering=_covering(seen),
        off_sector=_off(seen, lambda one: one.version.sectors),
        off_category=_off(seen, lambda one: one.version.categories),
        ones=_widened(seen, lambda _one: True),
        levels=sum(2 * _LEVELS[one.level] + 1 << 8 * place for place, one in enumerate(seen)),
        positions=tuple(range(len(seen))),
        digits=f"0{len(seen)}b",
        zeros=int.from_bytes(b"0" * len(seen), "big"),
        groups=tuple(_groups(layout, one or ()) for one in unfolded),
        papers=tuple(tuple(p.code for p in one.version.papers if p.required) for one in seen),
    )


def _shunning(seen: Sequence[Program], kind: str) -> int:
    """Mask what does not serve villages of *kind*."""
    return _mask(seen, lambda one: kind not in (one.version.village_kinds or _VILLAGE_KINDS))


def _warners(one: Program) -> list[str]:
    return [other.program for other in one.version.exclusions if other.effect is Effect.WARN]


def _groups(layout: Layout, unfolded: Sequence[Clause]) -> tuple[Group, ...]:
    found = []
    for clause in unfolded:
        bits = {literal: layout.literals[literal] for literal in clause}
        found.append(
            Group(
                sum(1 << bit for bit in bits.values()),
                tuple((1 << bit + layout.width, one.leaf.fact) for one, bit in bits.items()),
            )
        )
    return tuple(found)
