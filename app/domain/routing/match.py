"""Judging every programme of a view at once, and ranking them: the hot path.

Whole numbers serve as sets of programmes; bit *p* is the programme at position *p* of the view.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Final, NamedTuple

from app.domain.criteria import Truth, evaluate
from app.domain.facts import LEDGER, Facts, village_kind
from app.domain.programs import covers
from app.domain.routing.catalogue import View
from app.domain.routing.model import Availability, Place, Question, State, Verdict

VERDICTS: Final = tuple(Verdict)
VERDICT_SHIFT: Final = 3
MISSES_SECTOR: Final = 0b100
MISSES_NEED: Final = 0b110
COVERED: Final = 0b001


class Match(NamedTuple):
    """The answer as numbers; words and lists are made from it when somebody reads it."""

    bits: int
    """The verdict of every condition, in the layout of the view."""
    keys: bytes
    """Per position, from the high bits: the verdict's place; misses the sector; misses the category;
    covered by aid held."""
    order: list[int]
    """Positions, best first."""
    not_covered: int
    paused: int
    full: int
    unplaced: int
    """Programmes whose coverage cannot be told while the village is unknown."""

    def verdict(self, position: int) -> Verdict:
        return VERDICTS[self.keys[position] >> VERDICT_SHIFT]

    def found(self, verdict: Verdict, *, in_sector: bool) -> list[int]:
        """List the positions with *verdict*, best first; *in_sector* only those that serve the need's."""
        wanted = MISSES_SECTOR if in_sector else 0
        return [
            place for place in self.order if self.verdict(place) is verdict and not self.keys[place] & wanted
        ]


def judge(view: View, question: Question) -> Match:
    facts = known_facts(view, question)
    bits = view.layout.bits(facts)
    fail, unknown = view.layout.fold(bits)
    for position in view.wide:
        truth = evaluate(view.programs[position].version.criteria, facts)
        fail |= (truth is Truth.NOT_MET) << position
        unknown |= (truth is Truth.UNKNOWN) << position
    ledger = facts.get(LEDGER)
    held = question.live | ledger if isinstance(ledger, frozenset) else question.live
    fail |= union(view.excluded, held)
    if ledger is None:
        unknown |= view.excludable
    not_covered, unplaced = _coverage(view, question.place)
    paused, full = _capacity(view, question)
    shut = view.closed | not_covered | paused
    keys = _keys(view, question, _Judged(fail, unknown | unplaced, shut, full), held)
    order = sorted(_nearest_first(view, held), key=keys.__getitem__)
    return Match(bits, keys, order, not_covered, paused, full, unplaced)


def known_facts(view: View, question: Question) -> Facts:
    """Add the case and the place, where a criterion of the view asks for them."""
    if not view.situational:
        return question.facts
    found = dict(question.facts)
    for name in view.situational:
        value = _SITUATION[name](question)
        if value is not None:
            found[name] = value
    return found


_SITUATION: Final[Mapping[str, Callable[[Question], str | None]]] = {
    "case.kind": lambda question: question.need.kind.value,
    "case.category": lambda question: question.need.category,
    "case.sector": lambda question: question.need.sector,
    "case.priority": lambda question: question.need.priority.value,
    "place.village": lambda question: question.place.village,
    "place.village_kind": lambda question: village_kind(question.place.village),
    "place.regency": lambda question: question.place.regency,
}


def union(masks: Mapping[str, int], codes: Iterable[str]) -> int:
    found = 0
    for code in codes:
        found |= masks.get(code, 0)
    return found


def _coverage(view: View, place: Place) -> tuple[int, int]:
    """Tell what does not cover the place, and what may not: the village is unknown."""
    bound = view.partial | view.kind_bound
    if not bound:
        return 0, 0
    village = place.village
    if village is None:
        return 0, bound
    kind = village_kind(village)
    missed = view.kind_bound if kind is None else view.kinds[kind]
    if view.partial:
        for position in positions(view.partial):
            areas = view.programs[position].version.coverage
            if not any(covers(area, village) for area in areas):
                missed |= 1 << position
    return missed, 0


def positions(mask: int) -> Iterable[int]:
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low


def _holds(said: Availability, today: date) -> bool:
    return said.until is None or today <= said.until


def _capacity(view: View, question: Question) -> tuple[int, int]:
    """Tell what is paused and what is full today. An unknown capacity is neither."""
    paused = full = 0
    places = view.places
    for code, said in question.availability.items():
        if said.state is State.OPEN or code not in places or not _holds(said, question.today):
            continue
        if said.state is State.PAUSED:
            paused |= 1 << places[code]
        else:
            full |= 1 << places[code]
    for code, remaining in question.capacity.items():
        if remaining <= 0 and code in places:
            full |= 1 << places[code]
    return paused, full


class _Judged(NamedTuple):
    fail: int
    unknown: int
    shut: int
    full: int


def _keys(view: View, question: Question, judged: _Judged, held: frozenset[str]) -> bytes:
    """Build the sort keys of all programmes side by side, one byte for each."""
    fail, unknown, shut, full = judged
    need = question.need
    away = shut | (full & ~view.waiting)
    refused = fail & ~away
    asking = unknown & ~(fail | away)
    waiting = full & ~(fail | away | unknown)
    key = _spread(view, away)
    key = key << 1 | _spread(view, refused | asking)
    key = key << 1 | _spread(view, refused | waiting)
    key = key << 1 | (view.off_sector.get(need.sector, view.ones) if need.sector else 0)
    key = key << 1 | (view.off_category.get(need.category, view.ones) if need.category else 0)
    key = key << 1 | _spread(view, union(view.covering, held))
    return key.to_bytes(len(view.programs), "little")


def _spread(view: View, plane: int) -> int:
    """Widen a mask: the bit of each programme becomes the lowest of its byte."""
    if not plane:
        return 0
    return int.from_bytes(format(plane, view.digits).encode(), "big") ^ view.zeros


def _nearest_first(view: View, held: frozenset[str]) -> Sequence[int]:
    """Positions by level, and within a level first what complements the aid held."""
    fitting = union(view.complementing, held)
    if not fitting:
        return view.positions
    distance = (view.levels - _spread(view, fitting)).to_bytes(len(view.programs), "little")
    return sorted(view.positions, key=distance.__getitem__)
