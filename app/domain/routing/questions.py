"""What to ask next: the shortest lists of unknown facts that can settle a programme."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from itertools import combinations
from typing import Final

from app.domain.criteria import unknown_facts
from app.domain.facts import FACTS, LEDGER
from app.domain.routing.decision import Decision
from app.domain.routing.match import Match, known_facts

_ORDER: Final = {name: (fact.sensitive, place) for place, (name, fact) in enumerate(FACTS.items())}
_SEARCHED: Final = 3
"""Sizes of lists that are searched through; beyond, each step takes the fact that settles most."""
VILLAGE: Final = "place.village"


def open_groups(decision: Decision, match: Match, position: int) -> list[frozenset[str]]:
    """List the undecided clauses of a programme, each as the unknown facts that can fulfil it."""
    view, question, bits = decision.view, decision.question, match.bits
    groups = [
        frozenset([name for bit, name in unknown if bits & bit])
        for met, unknown in view.groups[position]
        if not bits & met
    ]
    if position in view.wide:
        criteria = view.programs[position].version.criteria
        # No clauses to choose from: each fact that bears on the tree is asked.
        groups += [frozenset({name}) for name in unknown_facts(criteria, known_facts(view, question))]
    if view.excludable >> position & 1 and LEDGER not in question.facts:
        groups.append(frozenset({LEDGER}))
    if match.unplaced >> position & 1:
        groups.append(frozenset({VILLAGE}))
    return groups


def in_order(names: AbstractSet[str]) -> tuple[str, ...]:
    """Easiest first; what is sensitive last."""
    return tuple(sorted(names, key=_ORDER.__getitem__))


def shortest(groups: Sequence[frozenset[str]]) -> tuple[str, ...]:
    """Choose the fewest facts that touch every group; of equal lists, the easiest to answer."""
    chosen = {name for group in groups if len(group) == 1 for name in group}
    left = [group for group in groups if not group & chosen]
    return in_order(chosen | _touch(left) if left else chosen)


def _touch(groups: Sequence[frozenset[str]]) -> frozenset[str]:
    names = in_order(frozenset[str]().union(*groups))
    for size in range(_SEARCHED + 1):
        for some in combinations(names, size):
            if all(not group.isdisjoint(some) for group in groups):
                return frozenset(some)
    best = max(names, key=lambda name: sum(name in group for group in groups))
    return _touch([group for group in groups if best not in group]) | {best}
