"""What a search may ask: of one person by her NIK or one family by its KK, with conditions of a closed set.

Whoever asks brings the number. There is no search that finds people by what they are.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from operator import eq, ge, gt, le, lt
from typing import Any, Final


class QueryType(StrEnum):
    """The published ways to write a query."""

    IDTYPE_VALUE = "idtype-value"
    EXPRESSION = "expression"
    PREDICATE = "predicate"


class Entity(StrEnum):
    """What an answer is about: a family, or one person of it."""

    GROUP = "Group"
    MEMBER = "Member"


class Key(StrEnum):
    """The numbers by which may be asked."""

    NIK = "NIK"
    KK = "KK"

    @property
    def entity(self) -> Entity:
        """What is told when the request does not say."""
        return Entity.MEMBER if self is Key.NIK else Entity.GROUP


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition as any of the three ways writes it."""

    attribute: str
    operator: str
    value: Any


@dataclass(frozen=True, slots=True)
class Ask:
    """A query of the closed set."""

    key: Key
    number: str
    conditions: tuple[Condition, ...] = ()

    @property
    def needs(self) -> frozenset[str]:
        """The fields that the conditions read: whoever may not be told them may not ask by them."""
        return frozenset(one.attribute for one in self.conditions)

    def holds(self, values: Mapping[str, Any]) -> bool:
        """Tell whether all conditions hold; of an unknown value none does."""
        return all(
            values.get(one.attribute) is not None
            and _OPERATORS[one.operator](values[one.attribute], _read(one))
            for one in self.conditions
        )


_OPERATORS: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    "eq": eq,
    "lt": lt,
    "le": le,
    "gt": gt,
    "ge": ge,
}
_ALLOWED: Final[Mapping[str, frozenset[str]]] = {
    "birth_date": frozenset({"eq"}),
    "village": frozenset({"eq"}),
    "poverty_score": frozenset(_OPERATORS),
}
MOST_CONDITIONS: Final = 8
LONGEST_NUMBER: Final = 64


def read_by_id(kind: str, value: Any) -> Ask | None:
    """Read a query of type ``idtype-value``; None where it is none of ours."""
    if kind not in set(Key) or not isinstance(value, str) or not 0 < len(value) <= LONGEST_NUMBER:
        return None
    return Ask(Key(kind), value)


def read_conditions(conditions: Iterable[Condition]) -> Ask | None:
    """Read conditions that must all hold: one number, equal; and others of the closed set. None otherwise."""
    ask, others = None, []
    for n, one in enumerate(conditions):
        if n == MOST_CONDITIONS:
            return None
        if one.attribute in set(Key):
            if ask is not None or one.operator != "eq":
                return None
            ask = read_by_id(one.attribute, one.value)
            if ask is None:
                return None
        elif one.operator in _ALLOWED.get(one.attribute, ()) and _read(one) is not None:
            others.append(one)
        else:
            return None
    return None if ask is None else Ask(ask.key, ask.number, tuple(others))


def _read(one: Condition) -> Any:
    """Return the value as it is compared; None where it is of another kind."""
    if one.attribute == "poverty_score":
        whole = isinstance(one.value, int) and not isinstance(one.value, bool)
        return one.value if whole else None
    if not isinstance(one.value, str):
        return None
    if one.attribute == "village":
        return one.value
    try:
        return date.fromisoformat(one.value).isoformat()
    except ValueError:
        return None
