"""A tree of conditions and its truth: met, not met, or unknown (Kleene's strong logic).

Unknown never counts as met: ``all`` needs every part met, ``any`` one part met, and ``none`` is met only
when every part is known not to hold.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Final, NamedTuple

from app.domain.codes import Trust
from app.domain.documents import Words
from app.domain.facts import Facts, Value


class Truth(IntEnum):
    NOT_MET = 0
    UNKNOWN = 1
    MET = 2


class Op(StrEnum):
    EQ = "eq"
    NE = "ne"
    LT = "lt"
    LE = "le"
    GT = "gt"
    GE = "ge"
    BETWEEN = "between"
    IN = "in"
    NOT_IN = "not_in"
    HAS = "has"
    HAS_ANY = "has_any"
    IS = "is"


class How(StrEnum):
    ALL = "all"
    ANY = "any"
    NONE = "none"


Operand = bool | int | str | tuple[int, ...] | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Leaf:
    fact: str
    op: Op
    value: Operand
    source: str
    trust: Trust
    reason: Words | None = None
    own: bool = False
    """The bound is the regency's own, in the place of the programme's."""


@dataclass(frozen=True, slots=True)
class Group:
    how: How
    nodes: tuple["Criteria", ...]


Criteria = Leaf | Group


class Literal(NamedTuple):
    """A leaf as its programme wants it: under an odd number of ``none`` it must not hold."""

    leaf: Leaf
    negated: bool


_COMPARE: Final[Mapping[Op, Callable[..., bool]]] = {
    Op.EQ: lambda value, wanted: value == wanted,
    Op.NE: lambda value, wanted: value != wanted,
    Op.LT: lambda value, wanted: value < wanted,
    Op.LE: lambda value, wanted: value <= wanted,
    Op.GT: lambda value, wanted: value > wanted,
    Op.GE: lambda value, wanted: value >= wanted,
    Op.BETWEEN: lambda value, wanted: wanted[0] <= value <= wanted[1],
    Op.IN: lambda value, wanted: value in wanted,
    Op.NOT_IN: lambda value, wanted: value not in wanted,
    Op.HAS: lambda value, wanted: wanted in value,
    Op.HAS_ANY: lambda value, wanted: not value.isdisjoint(wanted),
    Op.IS: lambda value, wanted: value is wanted,
}


def holds(leaf: Leaf, value: Value) -> bool:
    """Tell whether a known *value* of the leaf's fact fulfils it."""
    return _COMPARE[leaf.op](value, leaf.value)


def evaluate(criteria: Criteria, facts: Facts) -> Truth:
    """Judge a tree the plain way. Routing has a faster way, proved equal to this one."""
    if isinstance(criteria, Leaf):
        value = facts.get(criteria.fact)
        if value is None:
            return Truth.UNKNOWN
        return Truth.MET if holds(criteria, value) else Truth.NOT_MET
    parts = [evaluate(node, facts) for node in criteria.nodes]
    match criteria.how:
        case How.ALL:
            return min(parts, default=Truth.MET)
        case How.ANY:
            return max(parts, default=Truth.NOT_MET)
        case How.NONE:
            return Truth(Truth.MET - max(parts, default=Truth.NOT_MET))


def literals(criteria: Criteria, *, negated: bool = False) -> Iterator[Literal]:
    """Walk the leaves in the order in which they were written; the order is part of stored records."""
    if isinstance(criteria, Leaf):
        yield Literal(criteria, negated)
        return
    inside = negated != (criteria.how is How.NONE)
    for node in criteria.nodes:
        yield from literals(node, negated=inside)


def unknown_facts(criteria: Criteria, facts: Facts) -> frozenset[str]:
    """Name the unknown facts that still bear on the tree; empty once the tree is decided."""
    if evaluate(criteria, facts) is not Truth.UNKNOWN:
        return frozenset()
    if isinstance(criteria, Leaf):
        return frozenset({criteria.fact})
    return frozenset().union(*(unknown_facts(node, facts) for node in criteria.nodes))
