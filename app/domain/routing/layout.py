"""All criteria of a list of programmes as one table per fact: the value picks a row, the rows are or-ed.

A row is one whole number whose bits say, for every programme at once, what that value does:

- ``fail``     n bits: a condition of the programme that stands alone is not met
- ``clauses``  layers of n bits: in layer k, the programme's k-th list of alternatives has one that is met
- ``literals`` one bit per distinct condition: met

and the same three again, ``width`` bits higher, for unknown. So the cost of a case is one look-up per fact,
not one comparison per condition and programme, and every condition's verdict comes with it.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from operator import getitem, or_

from app.domain.criteria import Leaf, Literal, holds
from app.domain.facts import FACTS, FactType, Value
from app.domain.routing.cnf import Clause


@dataclass(frozen=True, slots=True)
class Tables:
    """The facts of one value, in three lists of equal length."""

    facts: tuple[str, ...]
    rows: tuple[dict[Value | None, int], ...]
    """The row of each value that a rule names."""
    others: tuple[int, ...]
    """The row of any other value."""


@dataclass(frozen=True, slots=True)
class SetTests:
    """A fact that is a set: each condition over it is a test of its own."""

    fact: str
    unknown: int
    asked: tuple[frozenset[str], ...]
    rows: tuple[tuple[int, int], ...]
    """The row if the sets share an element, and if they do not."""


@dataclass(frozen=True, slots=True)
class Layout:
    size: int
    """How many programmes."""
    width: int
    """How far above its met bits the unknown bits of a row begin."""
    literals: Mapping[Literal, int]
    """Where each literal's bit is, counted from the row's start."""
    alternatives: int
    """The clause bits in use, counted from the first layer."""
    shifts: tuple[int, ...]
    tables: Tables
    sets: tuple[SetTests, ...]

    def bits(self, facts: Mapping[str, Value]) -> int:
        """Look every fact up once. The loops run inside map and reduce: this is most of a case's cost."""
        tables = self.tables
        values = map(facts.get, tables.facts)
        found = reduce(or_, map(dict.get, tables.rows, values, tables.others), 0)
        for one in self.sets:
            value = facts.get(one.fact)
            if isinstance(value, frozenset):
                apart = map(value.isdisjoint, one.asked)
                found = reduce(or_, map(getitem, one.rows, apart), found)
            else:
                found |= one.unknown
        return found

    def fold(self, found: int) -> tuple[int, int]:
        """Tell which programmes fail and which are undecided, as masks over their positions."""
        size, mask = self.size, (1 << self.size) - 1
        fail, unknown = found & mask, (found >> self.width) & mask
        if self.shifts:
            unmet = self.alternatives & ~(found >> size)
            undecided = unmet & (found >> (self.width + size))
            failed = unmet ^ undecided
            for shift in self.shifts:
                fail |= (failed >> shift) & mask
                unknown |= (undecided >> shift) & mask
        return fail, unknown & ~fail


@dataclass(slots=True)
class _Effects:
    """The bits of one literal: what it does when met, when not met, and when unknown."""

    met: int = 0
    unmet: int = 0
    unknown: int = 0


@dataclass(slots=True)
class _Draft:
    size: int
    layers: int
    effects: dict[Literal, _Effects] = field(default_factory=dict)
    alternatives: int = 0


def lay_out(programs: Sequence[Sequence[Clause]], also: Sequence[Literal]) -> Layout:
    """Compile clauses, one list per programme in order of position.

    *also* names literals that are wanted in the answer even if no clause has kept them.
    """
    size = len(programs)
    layers = max((sum(len(c) != 1 for c in clauses) for clauses in programs), default=0)
    draft = _Draft(size, layers)
    for literal in _distinct(programs, also):
        draft.effects[literal] = _Effects()
    start = size * (layers + 1)
    width = start + len(draft.effects)
    places = {literal: start + n for n, literal in enumerate(draft.effects)}
    for literal, effects in draft.effects.items():
        effects.met |= 1 << places[literal]
        effects.unknown |= 1 << (places[literal] + width)
    for position, clauses in enumerate(programs):
        _place(draft, position, clauses, width)
    tables, sets = _tables(draft.effects)
    shifts = tuple(layer * size for layer in range(layers))
    return Layout(size, width, places, draft.alternatives, shifts, tables, sets)


def _distinct(programs: Sequence[Sequence[Clause]], also: Sequence[Literal]) -> Iterator[Literal]:
    seen = {literal: None for clauses in programs for one in clauses for literal in one}
    yield from sorted(seen | dict.fromkeys(also), key=repr)


def _place(draft: _Draft, position: int, clauses: Sequence[Clause], width: int) -> None:
    layer = 0
    for clause in clauses:
        if len(clause) == 1:
            (literal,) = clause
            draft.effects[literal].unmet |= 1 << position
            draft.effects[literal].unknown |= 1 << (position + width)
            continue
        slot = layer * draft.size + position
        draft.alternatives |= 1 << slot
        for literal in clause:
            draft.effects[literal].met |= 1 << (draft.size + slot)
            draft.effects[literal].unknown |= 1 << (draft.size + slot + width)
        layer += 1


def _tables(effects: Mapping[Literal, _Effects]) -> tuple[Tables, tuple[SetTests, ...]]:
    by_fact: dict[str, dict[Literal, _Effects]] = defaultdict(dict)
    for literal, effect in effects.items():
        by_fact[literal.leaf.fact][literal] = effect
    sets = tuple(
        _set_tests(name, found) for name, found in sorted(by_fact.items()) if FACTS[name].type is FactType.SET
    )
    names = tuple(sorted(by_fact.keys() - {one.fact for one in sets}))
    rows = [_rows(by_fact[name]) for name in names]
    tables = Tables(names, tuple(row for row, _ in rows), tuple(other for _, other in rows))
    return tables, sets


def _set_tests(name: str, found: Mapping[Literal, _Effects]) -> SetTests:
    asked, rows = [], []
    for literal, effect in found.items():
        value = literal.leaf.value
        asked.append(frozenset(map(str, value if isinstance(value, tuple) else (value,))))
        row = (effect.met, effect.unmet)
        rows.append(row[::-1] if literal.negated else row)
    return SetTests(name, _unknown(found), tuple(asked), tuple(rows))


def _unknown(found: Mapping[Literal, _Effects]) -> int:
    row = 0
    for effect in found.values():
        row |= effect.unknown
    return row


def _rows(found: Mapping[Literal, _Effects]) -> tuple[dict[Value | None, int], int]:
    rows: dict[Value | None, int] = {None: _unknown(found)}
    shared: dict[int, int] = {}
    values, other = _values([literal.leaf for literal in found])
    for value in values:
        row = _row(found, value)
        rows[value] = shared.setdefault(row, row)
    return rows, _row(found, other)


def _row(found: Mapping[Literal, _Effects], value: Value) -> int:
    row = 0
    for literal, effect in found.items():
        met = holds(literal.leaf, value) != literal.negated
        row |= effect.met if met else effect.unmet
    return row


def _values(leaves: Sequence[Leaf]) -> tuple[Sequence[Value], Value]:
    """List the values that the leaves tell apart, and one that stands for all others."""
    kind = FACTS[leaves[0].fact].type
    if kind is FactType.BOOL:
        return (False, True), False
    named: set[Value] = set()
    for leaf in leaves:
        named.update(leaf.value if isinstance(leaf.value, tuple) else (leaf.value,))
    if kind is FactType.CODE:
        return sorted(map(str, named)), ""
    beyond = max(one for one in named if isinstance(one, int)) + 1
    return range(beyond), beyond
