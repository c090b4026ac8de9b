"""Tables of one month: districts by the values of one dimension, small rows and columns put together."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

SMALLEST: Final = 5
"""What is fewer is never told (design, section 7)."""
NONE: Final = "none"
"""The value of those of whom it is not known."""
OTHERS: Final = "others"
"""The row or column of what would be too small by itself."""
DIMENSIONS: Final = ("kind", "channel", "priority", "sex", "age_band")
"""None is a function of another, so no table gives an equation for the cells of another one. Not in: the
category, which has its kind; the PPKS category, which has its age."""

Place = tuple[str, str]
"""Row and value."""


@dataclass(frozen=True, slots=True)
class Table:
    rows: tuple[str, ...]
    values: tuple[str, ...]
    cells: Mapping[Place, int]
    """Of every row and value; 0 where nothing is."""

    def row_total(self, row: str) -> int:
        return sum(self.cells[row, value] for value in self.values)

    def value_total(self, value: str) -> int:
        return sum(self.cells[row, value] for row in self.rows)

    @property
    def total(self) -> int:
        return sum(self.cells.values())


def merged(counts: Mapping[Place, int], rows: Mapping[str, str]) -> Table:
    """Return the table of *counts*, its rows put together by *rows*, its small values with the next ones.

    What is not known is never told by itself: who has a sex on record and no birth date would be the
    difference of two tables.
    """
    together: dict[Place, int] = {}
    for (row, value), n in counts.items():
        place = rows[row], value
        together[place] = together.get(place, 0) + n
    totals: dict[str, int] = {}
    for (_, value), n in together.items():
        totals[value] = totals.get(value, 0) + n
    columns = joined(totals, unknown=NONE)
    cells: dict[Place, int] = {}
    for (row, value), n in together.items():
        place = row, columns[value]
        cells[place] = cells.get(place, 0) + n
    names = tuple(sorted({row for row, _ in cells}, key=_last))
    values = tuple(sorted({value for _, value in cells}, key=_last))
    whole = {(row, value): cells.get((row, value), 0) for row in names for value in values}
    return Table(names, values, whole)


def joined(totals: Mapping[str, int], unknown: str | None = None) -> dict[str, str]:
    """Return under which name each is told: those with less than 5, *unknown*, and as many more as it takes.

    What is put together holds at least 5, or is everything.
    """
    small = [name for name, n in totals.items() if n < SMALLEST or name == unknown]
    if not small:
        return {name: name for name in totals}
    left = sorted((name for name in totals if name not in small), key=lambda name: (totals[name], name))
    held = sum(totals[name] for name in small)
    # One alone under another name is still one alone.
    while left and (held < SMALLEST or len(small) < 2):  # noqa: PLR2004
        taken = left.pop(0)
        small.append(taken)
        held += totals[taken]
    return {name: OTHERS if name in small else name for name in totals}


def _last(name: str) -> tuple[bool, str]:
    return name == OTHERS, name
