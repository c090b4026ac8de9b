"""Criteria in words: what a rule asks, and why it is met, not met, or not known yet."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Final, NamedTuple

from app.domain.codes import TO_BE_CONFIRMED
from app.domain.criteria.tree import (
    Criteria,
    Group,
    How,
    Leaf,
    Literal,
    Op,
    Truth,
    evaluate,
    literals,
)
from app.domain.documents import Words
from app.domain.facts import FACTS, Facts, FactType, Value

_DASH: Final = "\u2013"
_VERDICTS: Final[Mapping[Truth, Words]] = {
    Truth.MET: Words("terpenuhi", "met"),
    Truth.NOT_MET: Words("tidak terpenuhi", "not met"),
}
_CONFIRM: Final = Words(" (perlu dikonfirmasi)", " (to be confirmed)")
_HOW: Final[Mapping[How, Words]] = {
    How.ALL: Words("semua dari", "all of"),
    How.ANY: Words("salah satu dari", "any of"),
    How.NONE: Words("tidak satu pun dari", "none of"),
}


class Reason(NamedTuple):
    """One leaf's verdict with its sentence, as an answer shows it."""

    fact: str
    truth: Truth
    said: Words
    source: str
    trust: str
    to_be_confirmed: bool


def reasons(criteria: Criteria, facts: Facts) -> tuple[Reason, ...]:
    """Give the reason of every leaf, in the order of the tree."""
    return tuple(
        reason(literal, judge(literal, facts), facts.get(literal.leaf.fact)) for literal in literals(criteria)
    )


def judge(literal: Literal, facts: Facts) -> Truth:
    """Tell what a literal comes to: its leaf's truth, turned around where it is negated."""
    truth = evaluate(literal.leaf, facts)
    return Truth(Truth.MET - truth) if literal.negated else truth


def reason(literal: Literal, truth: Truth, value: Value | None) -> Reason:
    """Say a literal's verdict. Without a *value* (erased facts) the sentence leaves it out."""
    leaf = literal.leaf
    weak = leaf.trust in TO_BE_CONFIRMED
    said = _sentence(literal, truth, value)
    if weak:
        said = Words(said.id + _CONFIRM.id, said.en + _CONFIRM.en)
    return Reason(leaf.fact, truth, said, leaf.source, leaf.trust.value, weak)


@lru_cache(maxsize=8192)
def _sentence(literal: Literal, truth: Truth, value: Value | None) -> Words:
    leaf = literal.leaf
    label = FACTS[leaf.fact].label
    if truth is Truth.UNKNOWN:
        return Words(f"{label.id} belum diketahui", f"{label.en} is not known yet")
    verdict = _VERDICTS[truth]
    if leaf.reason is not None:
        return Words(f"{leaf.reason.id}: {verdict.id}", f"{leaf.reason.en}: {verdict.en}")
    asked = wanted(literal)
    shown = _EMPTY if value is None else _value(leaf, value)
    return Words(
        f"{label.id}{shown.id}, syarat {asked.id}: {verdict.id}",
        f"{label.en}{shown.en}, required {asked.en}: {verdict.en}",
    )


_EMPTY: Final = Words("", "")
_OWN: Final = Words(" (batas kabupaten/kota ini)", " (this regency's own bound)")
_YES_NO: Final = {True: Words("ya", "yes"), False: Words("tidak", "no")}


def _value(leaf: Leaf, value: Value) -> Words:
    if isinstance(value, bool):
        return Words(f": {_YES_NO[value].id}", f": {_YES_NO[value].en}")
    if isinstance(value, int):
        return Words(f" {value}", f" {value}")
    if isinstance(value, str):
        named = _name(leaf, value)
        return Words(f": {named.id}", f": {named.en}")
    # Only what the rule asks about: the rest of a list is nobody's business here.
    asked = {leaf.value} if isinstance(leaf.value, str) else set(_many(leaf))
    shown = ", ".join(sorted(value & {str(one) for one in asked}))
    return Words(f": {shown}", f": {shown}") if shown else Words(": tidak ada", ": none")


def _many(leaf: Leaf) -> tuple[int, ...] | tuple[str, ...]:
    return leaf.value if isinstance(leaf.value, tuple) else ()


def _name(leaf: Leaf, code: object) -> Words:
    return FACTS[leaf.fact].names.get(str(code)) or _alike(str(code))


def _list(leaf: Leaf) -> Words:
    named = [_name(leaf, code) for code in _many(leaf)]
    return Words(", ".join(one.id for one in named), ", ".join(one.en for one in named))


def _with(before: Words, asked: Words) -> Words:
    return Words(f"{before.id}{asked.id}", f"{before.en}{asked.en}")


_ASKED: Final[Mapping[Op, Callable[[Leaf], Words]]] = {
    Op.EQ: lambda leaf: _name(leaf, leaf.value),
    Op.NE: lambda leaf: _with(Words("selain ", "other than "), _name(leaf, leaf.value)),
    Op.LT: lambda leaf: Words(f"di bawah {leaf.value}", f"below {leaf.value}"),
    Op.LE: lambda leaf: Words(f"paling banyak {leaf.value}", f"at most {leaf.value}"),
    Op.GT: lambda leaf: Words(f"di atas {leaf.value}", f"above {leaf.value}"),
    Op.GE: lambda leaf: Words(f"paling sedikit {leaf.value}", f"at least {leaf.value}"),
    Op.BETWEEN: lambda leaf: _alike(_DASH.join(map(str, _many(leaf)))),
    Op.IN: lambda leaf: _with(Words("salah satu dari ", "one of "), _list(leaf)),
    Op.NOT_IN: lambda leaf: _with(Words("selain ", "none of "), _list(leaf)),
    Op.HAS: lambda leaf: Words(f"termasuk {leaf.value}", f"including {leaf.value}"),
    Op.HAS_ANY: lambda leaf: _with(Words("salah satu dari ", "any of "), _list(leaf)),
}


def _alike(text: str) -> Words:
    return Words(text, text)


def wanted(literal: Literal) -> Words:
    """Say what value a literal wants, without its fact; and whether a regency set it for itself."""
    asked = _asked(literal)
    return Words(asked.id + _OWN.id, asked.en + _OWN.en) if literal.leaf.own else asked


def _asked(literal: Literal) -> Words:
    leaf = literal.leaf
    if FACTS[leaf.fact].type is FactType.BOOL:
        return _YES_NO[(bool(leaf.value) != (leaf.op is Op.NE)) != literal.negated]
    asked = _ASKED[leaf.op](leaf)
    return Words(f"bukan {asked.id}", f"not {asked.en}") if literal.negated else asked


def describe(criteria: Criteria) -> Words:
    """Say what the rule asks, for the catalogue: ``semua dari: Desil 1-4; salah satu dari (…)``."""
    if isinstance(criteria, Leaf):
        return _describe_leaf(criteria)
    if not criteria.nodes:
        return Words("tanpa syarat", "no conditions")
    if len(criteria.nodes) == 1 and criteria.how is not How.NONE:
        return describe(criteria.nodes[0])
    return _describe_group(criteria)


def _describe_leaf(leaf: Leaf) -> Words:
    label, asked = FACTS[leaf.fact].label, wanted(Literal(leaf, negated=False))
    weak = _CONFIRM if leaf.trust in TO_BE_CONFIRMED else _EMPTY
    colon = "" if FACTS[leaf.fact].type is FactType.INT else ":"
    return Words(f"{label.id}{colon} {asked.id}{weak.id}", f"{label.en}{colon} {asked.en}{weak.en}")


def _describe_group(group: Group) -> Words:
    parts = [describe(node) for node in group.nodes]
    how = _HOW[group.how]
    return Words(
        f"{how.id} ({'; '.join(part.id for part in parts)})",
        f"{how.en} ({'; '.join(part.en for part in parts)})",
    )
