"""Criteria: rules as data over the fact dictionary, judged in three values, with a reason per leaf."""

from app.domain.criteria.parse import parse_criteria, read_criteria
from app.domain.criteria.tree import (
    Criteria,
    Group,
    How,
    Leaf,
    Literal,
    Op,
    Truth,
    evaluate,
    holds,
    literals,
    unknown_facts,
)
from app.domain.criteria.words import Reason, describe, reason, reasons

__all__ = [
    "Criteria",
    "Group",
    "How",
    "Leaf",
    "Literal",
    "Op",
    "Reason",
    "Truth",
    "describe",
    "evaluate",
    "holds",
    "literals",
    "parse_criteria",
    "read_criteria",
    "reason",
    "reasons",
    "unknown_facts",
]
