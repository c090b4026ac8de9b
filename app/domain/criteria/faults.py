"""What is wrong with rules that can be read: conditions that nobody can ever meet, and rules without any.

A fault names its criterion by pointer and in words. Values that are no number, no yes or no and of no closed
list are not said back: nothing that came in is echoed.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final, NamedTuple

from app.domain.criteria.tree import Criteria, Group, How, Leaf, Literal, Op, holds
from app.domain.criteria.words import describe, wanted
from app.domain.documents import Words, step
from app.domain.errors import FieldError
from app.domain.facts import FACTS, Fact, FactType

_OTHER: Final = "\x00"
"""Stands for every code of an open list that the rule does not name."""

_NAMED: Final = frozenset({"contradiction", "never_met"})
"""Faults whose words name their criterion already."""

_Key = tuple[str, str]
"""A fact; of a set, one of its elements."""


class _Held(NamedTuple):
    """What a key may still be, and the condition that left it no more than that."""

    values: frozenset[bool | int | str]
    by: Literal


_Scope = Mapping[_Key, _Held]


def contradictions(criteria: Criteria, pointer: str = "/criteria") -> list[FieldError]:
    """Name each condition, or alternative, that can never hold beside the others that must hold with it.

    Conditions are compared fact by fact; two facts that exclude each other in life are not known here.
    """
    found = _Search(_named(criteria))
    found.walk(criteria, pointer, {}, negated=False)
    return found.faults


def empties(criteria: Criteria, pointer: str = "/criteria") -> Iterator[FieldError]:
    """Name each group without a condition: it would let everybody in, by an oversight most likely."""
    if isinstance(criteria, Leaf):
        return
    at = step(pointer, criteria.how.value)
    if not criteria.nodes:
        yield FieldError(
            at,
            "empty",
            "Tidak ada syarat di sini. Tulis paling sedikit satu.",
            "There is no condition here. Write at least one.",
        )
    for place, node in enumerate(criteria.nodes):
        yield from empties(node, step(at, place))


def named_by_criterion(raw: object, root: str, faults: Iterable[FieldError]) -> tuple[FieldError, ...]:
    """Put the criterion's name before each fault in the tree *raw* that stands at the pointer *root*."""
    return tuple(_prefixed(raw, root, fault) for fault in faults)


def _prefixed(raw: object, root: str, fault: FieldError) -> FieldError:
    if fault.code in _NAMED or not fault.pointer.startswith(f"{root}/"):
        return fault
    label = None
    node = raw
    for part in fault.pointer[len(root) + 1 :].split("/"):
        label = _label_of(node) or label
        node = _below(node, part)
    label = _label_of(node) or label
    if label is None:
        return fault
    return replace(
        fault, id=f"Syarat \u201c{label.id}\u201d: {fault.id}", en=f"\u201c{label.en}\u201d: {fault.en}"
    )


def _label_of(node: object) -> Words | None:
    if not isinstance(node, dict):
        return None
    name = node.get("fact")
    fact = FACTS.get(name) if isinstance(name, str) else None
    return None if fact is None else fact.label


def _below(node: object, part: str) -> object:
    if isinstance(node, dict):
        return node.get(part)
    if isinstance(node, list) and part.isdecimal() and int(part) < len(node):
        return node[int(part)]
    return None


def _named(criteria: Criteria) -> Mapping[str, frozenset[str]]:
    """By open code fact, the codes that the tree names."""
    found: dict[str, set[str]] = {}
    todo: list[Criteria] = [criteria]
    while todo:
        node = todo.pop()
        if isinstance(node, Group):
            todo.extend(node.nodes)
            continue
        values = node.value if isinstance(node.value, tuple) else (node.value,)
        found.setdefault(node.fact, {_OTHER}).update(map(str, values))
    return {name: frozenset(values) for name, values in found.items()}


@dataclass(slots=True)
class _Search:
    named: Mapping[str, frozenset[str]]
    faults: list[FieldError] = field(default_factory=list)

    def walk(self, node: Criteria, at: str, scope: _Scope, *, negated: bool) -> _Scope | None:
        """Narrow *scope* by what *node* asks; None, with a fault, where nothing is left."""
        if isinstance(node, Leaf):
            return self._leaf(Literal(node, negated), at, scope)
        inside = negated != (node.how is How.NONE)
        together = (node.how is How.ALL) != negated if node.how is not How.NONE else not negated
        below = [(one, step(step(at, node.how.value), place)) for place, one in enumerate(node.nodes)]
        if together:
            return self._together(below, scope, negated=inside)
        return self._one_of(below, scope, negated=inside)

    def _leaf(self, literal: Literal, at: str, scope: _Scope) -> _Scope | None:
        narrowed = dict(scope)
        for key, values in self._allowed(literal, scope):
            held = narrowed.get(key)
            left = values if held is None else held.values & values
            if not left:
                self.faults.append(_never(literal, at, None if held is None else held.by))
                return None
            if held is None or left != held.values:
                narrowed[key] = _Held(left, literal)
        return narrowed

    def _together(self, below: list[tuple[Criteria, str]], scope: _Scope, *, negated: bool) -> _Scope | None:
        # What leaves a choice comes last: it is judged by all that must hold beside it.
        ordered = sorted(below, key=lambda one: _leaves_a_choice(one[0], negated=negated))
        alive = True
        for node, at in ordered:
            narrowed = self.walk(node, at, scope, negated=negated)
            alive = alive and narrowed is not None
            scope = scope if narrowed is None else narrowed
        return scope if alive else None

    def _one_of(self, below: list[tuple[Criteria, str]], scope: _Scope, *, negated: bool) -> _Scope | None:
        live = [self.walk(node, here, scope, negated=negated) for node, here in below]
        left = [one for one in live if one is not None]
        if len(left) == 1:
            return left[0]
        return scope if left or not below else None

    def _allowed(self, literal: Literal, scope: _Scope) -> Iterator[tuple[_Key, frozenset[bool | int | str]]]:
        """What a condition leaves of each key that it speaks of."""
        leaf, negated = literal
        fact = FACTS[leaf.fact]
        if fact.type is not FactType.SET:
            values = frozenset(one for one in self._universe(fact) if holds(leaf, one) != negated)
            yield (fact.name, ""), values
            return
        elements = leaf.value if isinstance(leaf.value, tuple) else (leaf.value,)
        keys = [(fact.name, str(one)) for one in elements]
        if negated:
            yield from ((key, frozenset({False})) for key in keys)
        else:
            # Of several it takes one that is still possible; which one is left open.
            open_ = [key for key in keys if key not in scope or True in scope[key].values] or keys[:1]
            if len(open_) == 1:
                yield open_[0], frozenset({True})

    def _universe(self, fact: Fact) -> Iterable[bool | int | str]:
        if fact.type is FactType.BOOL:
            return (False, True)
        if fact.type is FactType.INT:
            return range(fact.low, fact.high + 1)
        return fact.codes if fact.codes is not None else self.named[fact.name]


def _leaves_a_choice(node: Criteria, *, negated: bool) -> bool:
    if isinstance(node, Leaf):
        return node.op is Op.HAS_ANY and not negated
    return (node.how is How.ANY and not negated) or (node.how is How.ALL and negated)


def _never(literal: Literal, at: str, other: Literal | None) -> FieldError:
    this = _said(literal)
    if other is None:
        return FieldError(
            at,
            "never_met",
            f"Syarat \u201c{this.id}\u201d tidak mungkin terpenuhi.",
            f"\u201c{this.en}\u201d can never be met.",
        )
    beside = _said(other)
    return FieldError(
        at,
        "contradiction",
        f"Syarat \u201c{this.id}\u201d tidak mungkin terpenuhi bersama \u201c{beside.id}\u201d.",
        f"\u201c{this.en}\u201d can never be met together with \u201c{beside.en}\u201d.",
    )


def _said(literal: Literal) -> Words:
    fact = FACTS[literal.leaf.fact]
    if fact.type in {FactType.INT, FactType.BOOL} or fact.codes is not None:
        if not literal.negated and literal.leaf.op is not Op.IS:
            return describe(literal.leaf)
        asked = wanted(literal)
        return Words(f"{fact.label.id}: {asked.id}", f"{fact.label.en}: {asked.en}")
    return fact.label
