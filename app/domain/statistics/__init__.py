"""Figures that anybody may read, made so that no small group of persons can be told apart."""

from app.domain.statistics.documents import document
from app.domain.statistics.feasible import could_be
from app.domain.statistics.suppressing import ROOM, Chance, Withheld, is_safe, protect
from app.domain.statistics.tables import DIMENSIONS, OTHERS, SMALLEST, Table, joined, merged

__all__ = [
    "DIMENSIONS",
    "OTHERS",
    "ROOM",
    "SMALLEST",
    "Chance",
    "Table",
    "Withheld",
    "could_be",
    "document",
    "is_safe",
    "joined",
    "merged",
    "protect",
]
