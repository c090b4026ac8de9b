"""Which questions a fact can be asked: the operators of its type, and how many values each takes."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from app.domain.criteria.tree import Op
from app.domain.facts import FactType


class Takes(StrEnum):
    ONE = "one"
    MANY = "many"
    """A list of one or more."""
    PAIR = "pair"
    """Two numbers, low then high, both included."""


OPERATORS: Final[Mapping[FactType, tuple[Op, ...]]] = {
    FactType.BOOL: (Op.IS, Op.EQ, Op.NE),
    FactType.INT: (Op.EQ, Op.NE, Op.LT, Op.LE, Op.GT, Op.GE, Op.BETWEEN, Op.IN, Op.NOT_IN),
    FactType.CODE: (Op.EQ, Op.NE, Op.IN, Op.NOT_IN),
    FactType.SET: (Op.HAS, Op.HAS_ANY),
}
"""In the order in which an editor offers them."""

MANY: Final = frozenset({Op.IN, Op.NOT_IN, Op.HAS_ANY})


def takes(op: Op) -> Takes:
    if op is Op.BETWEEN:
        return Takes.PAIR
    return Takes.MANY if op in MANY else Takes.ONE
