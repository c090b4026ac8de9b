"""A criteria tree as clauses: all of them must be met, each by at least one of its literals.

Kleene's three values form a distributive lattice with De Morgan's laws, so the clauses have the truth of
the tree, unknown included. Literals drop source, trust and words: equal questions are asked once.
"""

from collections.abc import Iterable
from functools import reduce
from typing import Final

from app.domain.codes import Trust
from app.domain.criteria import Criteria, How, Leaf, Literal

Clause = frozenset[Literal]
MOST_CLAUSES: Final = 48
"""A tree that needs more is judged by the plain interpreter: right, only slower."""


class TooWideError(Exception):
    """The tree would unfold into too many clauses."""


def bare(literal: Literal) -> Literal:
    leaf = literal.leaf
    return Literal(Leaf(leaf.fact, leaf.op, leaf.value, "", Trust.OURS), literal.negated)


def clauses(criteria: Criteria) -> tuple[Clause, ...] | None:
    """Unfold a tree; ``None`` if it is too wide."""
    try:
        found = _unfold(criteria, negated=False)
    except TooWideError:
        return None
    return tuple(sorted(found, key=_order))


def _order(clause: Clause) -> list[str]:
    return sorted(map(repr, clause))


def _unfold(node: Criteria, *, negated: bool) -> frozenset[Clause]:
    if isinstance(node, Leaf):
        return frozenset({frozenset({bare(Literal(node, negated))})})
    inside = negated != (node.how is How.NONE)
    parts = [_unfold(child, negated=inside) for child in node.nodes]
    # ``all`` asks for every part; turned around, and so in ``any`` and ``none``, the roles change.
    together = (node.how is How.ALL) != negated if node.how is not How.NONE else not negated
    return _both(parts) if together else reduce(_either, parts, frozenset({frozenset[Literal]()}))


def _both(parts: Iterable[frozenset[Clause]]) -> frozenset[Clause]:
    return _absorb(frozenset[Clause]().union(*parts))


def _either(left: frozenset[Clause], right: frozenset[Clause]) -> frozenset[Clause]:
    return _absorb(frozenset(one | other for one in left for other in right))


def _absorb(found: frozenset[Clause]) -> frozenset[Clause]:
    """Drop a clause that a shorter one implies."""
    if len(found) > 8 * MOST_CLAUSES:
        raise TooWideError
    kept = frozenset(one for one in found if not any(other < one for other in found))
    if len(kept) > MOST_CLAUSES:
        raise TooWideError
    return kept
