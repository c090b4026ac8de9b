"""Which cells of a table are not told: the small ones, and others, so that no sum gives a small one away.

A cell of 1 to 4 is not told, nor are three more that stand with it in a rectangle, each large enough that it
stays large whatever from 0 to 4 the small one is: the sums of the row and the value fit all of these, and so
does this rule itself. Some cells with nothing in them are hidden the same way, now and then in a table
without a small one, so that not even *that there is somebody* follows from a cell that is not told. Which
rectangles, and how many, is drawn by chance: whoever knows the rule cannot reckon it back.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol, TypeVar

from app.domain.statistics.feasible import could_be
from app.domain.statistics.tables import SMALLEST, Place, Table

ROOM: Final = 2 * SMALLEST - 1
"""What a corner must hold: less 4, it is still not small."""
_TRIES: Final = 20


T = TypeVar("T")


class Chance(Protocol):
    """The part of Python's random numbers that is drawn from."""

    def choice(self, seq: Sequence[T], /) -> T: ...
    def sample(self, population: Sequence[T], /, k: int) -> list[T]: ...
    def randint(self, a: int, b: int, /) -> int: ...


@dataclass(frozen=True, slots=True)
class Withheld:
    """There is no room to hide the small cells in: nothing of the table is told, nor sums of values."""


def protect(table: Table, drawn: Chance) -> frozenset[Place] | Withheld:
    """Return the cells that are not told. *drawn*: chance that nobody can foresee.

    Every sum of a row and of a value is told; `tables.merged` has seen to it that none is small.
    """
    small = [place for place, n in table.cells.items() if 0 < n < SMALLEST]
    for _ in range(_TRIES):
        hidden = _hide(table, small, drawn)
        if hidden is not None and is_safe(table, hidden):
            return hidden
    return Withheld()


def is_safe(table: Table, hidden: frozenset[Place]) -> bool:
    """Tell whether each cell of less than 5 that is not told could be nothing, and could be 5."""
    if not all(place in hidden for place, n in table.cells.items() if 0 < n < SMALLEST):
        return False
    for place in hidden:
        if table.cells[place] < SMALLEST:
            least, most = could_be(table, hidden, place)
            if least > 0 or most < SMALLEST:
                return False
    return True


def _hide(table: Table, small: list[Place], drawn: Chance) -> frozenset[Place] | None:
    """Return the small cells, some empty ones, and what stands with each; None: there is no room for one."""
    hidden: set[Place] = set()
    for place in small:
        corners = _corners(table, place, drawn)
        if corners is None:
            return None
        hidden |= {place, *corners}
    empty = [place for place, n in table.cells.items() if n == 0]
    wanted = drawn.randint(1, len(small) + 1) if small else drawn.randint(0, 1)
    for place in drawn.sample(empty, min(wanted, len(empty))):
        corners = _corners(table, place, drawn)
        if corners is not None:
            hidden |= {place, *corners}
    return frozenset(hidden)


def _corners(table: Table, place: Place, drawn: Chance) -> tuple[Place, Place, Place] | None:
    """Draw the other three of a rectangle, each with `ROOM`."""
    row, value = place
    beside = [other for other in table.values if other != value and table.cells[row, other] >= ROOM]
    below = [other for other in table.rows if other != row and table.cells[other, value] >= ROOM]
    found = [
        ((row, across), (down, value), (down, across))
        for across in beside
        for down in below
        if table.cells[down, across] >= ROOM
    ]
    return drawn.choice(found) if found else None
