"""Figures that anybody may read, made so that no small group of persons can be told apart."""

from app.domain.statistics.documents import document
from app.domain.statistics.feasible import could_be
from app.domain.statistics.suppressing import Chance, Withheld, corners_of, holds, is_safe, protect
from app.domain.statistics.tables import DIMENSIONS, OTHERS, SMALLEST, Table, joined, merged

__all__ = [
    "DIMENSIONS",
    "OTHERS",
    "SMALLEST",
    "Chance",
    "Table",
    "Withheld",
    "corners_of",
    "could_be",
    "document",
    "holds",
    "is_safe",
    "joined",
    "merged",
    "protect",
]
