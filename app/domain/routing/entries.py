"""Spelling a decision out: one entry per programme considered, in codes."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Final

from app.domain.facts import LEDGER
from app.domain.routing.decision import Decision
from app.domain.routing.match import COVERED, MISSES_NEED, VERDICT_SHIFT, VERDICTS, Match, positions
from app.domain.routing.model import ENGINE_VERSION, Entry, Obstacle, Record, Verdict
from app.domain.routing.questions import in_order, open_groups, shortest

_PROMISING: Final = 5
"""How many undecided programmes the questions of a decision serve."""
_NOTHING: Final[tuple[str, ...]] = ()
_POSSIBLE: Final = frozenset({Verdict.ELIGIBLE, Verdict.WAITLIST, Verdict.NEEDS_INFORMATION})


def record(decision: Decision) -> Record:
    """Give the decision as it is stored: no value of a fact is in it."""
    question, about = decision.question, decision.about
    entries = () if decision.match is None else _entries(decision, decision.match)
    seen = decision.view.places
    return Record(
        engine_version=ENGINE_VERSION,
        mode=decision.mode,
        need=question.need,
        place=question.place,
        today=question.today,
        availability={code: one for code, one in question.availability.items() if code in seen},
        capacity={code: one for code, one in question.capacity.items() if code in seen},
        about=None if about is None else (about.code, about.version.n),
        tried=tuple(sorted(question.tried)),
        entries=entries,
        questions=_ask(entries),
        ladder=tuple(rung.rung for rung in decision.ladder),
    )


@dataclass(frozen=True, slots=True)
class _Remarks:
    """What concerns a few programmes only, by position."""

    marks: list[str]
    """One character per literal of the layout."""
    obstacles: Mapping[int, tuple[Obstacle, ...]]
    excluded: Mapping[int, tuple[str, ...]]
    warned: Mapping[int, tuple[str, ...]]
    complements: Mapping[int, tuple[str, ...]]


def _entries(decision: Decision, match: Match) -> tuple[Entry, ...]:
    view = decision.view
    held = decision.question.live
    ledger = decision.question.facts.get(LEDGER)
    if isinstance(ledger, frozenset):
        held |= ledger
    count = len(view.layout.literals)
    remarks = _Remarks(
        _marks(match.bits, view.layout.width, count),
        _obstacles(decision, match),
        _touching(view.excluded, held),
        _touching(view.warned, held),
        _touching(view.complementing, held),
    )
    entry = partial(_entry, decision, match, remarks)
    return tuple(map(entry, match.order))


def _marks(bits: int, width: int, count: int) -> list[str]:
    start = width - count
    met, unknown = bits >> start, bits >> (start + width)
    return ["?" if unknown >> n & 1 else "-+"[met >> n & 1] for n in range(count)]


def _entry(decision: Decision, match: Match, remarks: _Remarks, place: int) -> Entry:
    view, papers = decision.view, decision.question.papers
    one, key = view.programs[place], match.keys[place]
    verdict = VERDICTS[key >> VERDICT_SHIFT]
    questions = open_facts = _NOTHING
    if verdict is Verdict.NEEDS_INFORMATION:
        questions, open_facts = _to_ask(tuple(open_groups(decision, match, place)))
    wanted = view.papers[place] if verdict in _POSSIBLE else _NOTHING
    return Entry(
        one.code,
        one.version.n,
        verdict,
        "".join(map(remarks.marks.__getitem__, view.leaves[place])),
        remarks.obstacles.get(place, ()),
        remarks.excluded.get(place, ()),
        remarks.warned.get(place, ()),
        remarks.complements.get(place, ()),
        not key & MISSES_NEED,
        bool(key & COVERED),
        tuple([code for code in wanted if code not in papers]) if papers else wanted,
        questions,
        open_facts,
        one.override,
    )


@lru_cache(maxsize=4096)
def _to_ask(groups: tuple[frozenset[str], ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Give the shortest list and all open facts; few sets of groups come again and again."""
    return shortest(groups), in_order(frozenset[str]().union(*groups))


def _obstacles(decision: Decision, match: Match) -> dict[int, tuple[Obstacle, ...]]:
    found: dict[int, tuple[Obstacle, ...]] = defaultdict(tuple)
    for mask, obstacle in (
        (decision.view.closed, Obstacle.CLOSED_PERIOD),
        (match.not_covered, Obstacle.NOT_COVERED),
        (match.paused, Obstacle.PAUSED),
        (match.full, Obstacle.FULL),
    ):
        for place in positions(mask):
            found[place] += (obstacle,)
    return dict(found)


def _touching(masks: Mapping[str, int], held: frozenset[str]) -> dict[int, tuple[str, ...]]:
    found: dict[int, tuple[str, ...]] = defaultdict(tuple)
    for code in sorted(held):
        for place in positions(masks.get(code, 0)):
            found[place] += (code,)
    return dict(found)


def _ask(entries: tuple[Entry, ...]) -> tuple[str, ...]:
    """Join the lists of the most promising undecided programmes, shortest list first.

    Once something fits, nobody is asked about programmes that do not answer her need.
    """
    undecided = [one for one in entries if one.verdict is Verdict.NEEDS_INFORMATION]
    wanted = [one for one in undecided if one.answers_need]
    if not wanted and entries and entries[0].verdict is Verdict.NEEDS_INFORMATION:
        wanted = undecided
    lists = sorted((one.questions for one in wanted[:_PROMISING]), key=len)
    return tuple(dict.fromkeys(name for names in lists for name in names))
