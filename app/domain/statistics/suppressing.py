"""Which cells of a table are not told: the small ones, and others, so that no sum gives a small one away.

A cell of 1 to 4 is not told, nor are three more that stand with it in a rectangle. Which rectangles will do
hangs on nothing that would be otherwise if the cell held 0, or 4: the sums of the row and the value fit each
of these, and so does this rule. Cells with nothing in them are hidden the same way, each by its own chance;
so not even *that there is somebody* follows from a cell that is not told. Whoever knows all sums and the
rule, and reckons it back, finds nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol, TypeVar

from app.domain.statistics.feasible import could_be
from app.domain.statistics.tables import SMALLEST, Place, Table

DECOYS: Final = 0.3
"""Which share of the empty cells is hidden too, where there is room."""
_LARGEST: Final = SMALLEST - 1
_TRIES: Final = 20
T = TypeVar("T")
Corners = tuple[Place, Place, Place]
"""Beside it, below it, and across."""
Rectangle = tuple[Place, Corners]


class Chance(Protocol):
    """The part of Python's random numbers that is drawn from."""

    def choice(self, seq: Sequence[T], /) -> T: ...
    def random(self) -> float: ...


@dataclass(frozen=True, slots=True)
class Withheld:
    """There is no room to hide the small cells in: nothing of the table is told, nor sums of values."""


def protect(table: Table, drawn: Chance) -> frozenset[Place] | Withheld:
    """Return the cells that are not told. *drawn*: chance that nobody can foresee.

    Every sum of a row and of a value is told; `tables.merged` has seen to it that none is small.
    """
    for _ in range(_TRIES):
        chosen = _choose(table, drawn)
        if chosen is None:
            return Withheld()
        hidden = frozenset(place for one, corners in chosen for place in (one, *corners))
        if holds(table, chosen) and is_safe(table, hidden):
            return hidden
    return Withheld()


def is_safe(table: Table, hidden: frozenset[Place]) -> bool:
    """Tell whether each cell of less than 5 that is not told could, by its sums, be nothing, and be 5."""
    if not all(place in hidden for place, n in table.cells.items() if 0 < n < SMALLEST):
        return False
    for place in hidden:
        if table.cells[place] < SMALLEST:
            least, most = could_be(table, hidden, place)
            if least > 0 or most < SMALLEST:
                return False
    return True


def corners_of(table: Table, place: Place) -> list[Corners]:
    """Return the rectangles that a small or empty cell can be hidden with."""
    row, value = place
    found = [
        ((row, across), (down, value), (down, across))
        for across in table.values
        for down in table.rows
        if across != value and down != row
    ]
    return [corners for corners in found if _fits(table.cells, place, corners)]


def holds(table: Table, chosen: Sequence[Rectangle]) -> bool:
    """Tell whether all rectangles would do as well if any one of the hidden cells held another 0 to 4."""
    for place, (beside, below, across) in chosen:
        for n in range(SMALLEST):
            more = n - table.cells[place]
            other = dict(table.cells)
            other[place] += more
            other[beside] -= more
            other[below] -= more
            other[across] += more
            if not all(_fits(other, one, corners) for one, corners in chosen):
                return False
    return True


def _fits(cells: Mapping[Place, int], place: Place, corners: Corners) -> bool:
    """Tell whether the corners stay large whatever of 0 to 4 the cell holds: of which it is nothing hangs."""
    n, (beside, below, across) = cells[place], corners
    if not 0 <= n <= _LARGEST:
        return False
    return min(cells[beside], cells[below]) + n >= SMALLEST + _LARGEST and cells[across] - n >= SMALLEST


def _choose(table: Table, drawn: Chance) -> list[Rectangle] | None:
    """Draw a rectangle for each small cell, and for some empty ones; None: one has no room."""
    chosen: list[Rectangle] = []
    for place, n in table.cells.items():
        if n > _LARGEST or (n == 0 and drawn.random() >= DECOYS):
            continue
        ways = corners_of(table, place)
        if ways:
            chosen.append((place, drawn.choice(ways)))
        elif n:
            return None
    return chosen
