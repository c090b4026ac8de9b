"""Criteria: rules as data over the fact dictionary, judged in three values, with a reason per leaf."""

from app.domain.criteria.faults import contradictions, empties, named_by_criterion
from app.domain.criteria.operators import OPERATORS, Takes, takes
from app.domain.criteria.parse import parse_criteria, read_criteria
from app.domain.criteria.tree import (
    Criteria,
    Group,
    How,
    Leaf,
    Literal,
    Op,
    Operand,
    Truth,
    evaluate,
    holds,
    literals,
    unknown_facts,
)
from app.domain.criteria.words import Reason, describe, reason, reasons

__all__ = [
    "OPERATORS",
    "Criteria",
    "Group",
    "How",
    "Leaf",
    "Literal",
    "Op",
    "Operand",
    "Reason",
    "Takes",
    "Truth",
    "contradictions",
    "describe",
    "empties",
    "evaluate",
    "holds",
    "literals",
    "named_by_criterion",
    "parse_criteria",
    "read_criteria",
    "reason",
    "reasons",
    "takes",
    "unknown_facts",
]
