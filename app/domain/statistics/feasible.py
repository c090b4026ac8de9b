"""What somebody who knows everything that is published can still think of a cell that is not.

The cells that are not told are flows between rows and values whose sums are known. How far one can go up or
down, with all others following, is a greatest flow through the rest of the network.
"""

from collections import deque
from collections.abc import Collection, Mapping
from typing import Final

from app.domain.statistics.tables import Place, Table

_ANY: Final = 10**9
Node = tuple[bool, str]
"""Whether a row, and its name."""


def could_be(table: Table, hidden: Collection[Place], place: Place) -> tuple[int, int]:
    """Return the least and the most that the cell can be, as far as sums tell.

    *hidden*: every cell that is not told, *place* among them. All sums of rows and of values are told.
    """
    row, value = (True, place[0]), (False, place[1])
    n = table.cells[place]
    others = [one for one in hidden if one != place]
    # Going down, the row puts elsewhere what it takes from here; going up it takes it from elsewhere.
    down = _flow(_network(table, others), row, value, most=n)
    up = _flow(_network(table, others), value, row, most=table.total)
    return n - down, n + up


def _network(table: Table, hidden: Collection[Place]) -> dict[Node, dict[Node, int]]:
    """Return the room for change: from row to value a cell grows, back it shrinks, to 0 at most."""
    room: dict[Node, dict[Node, int]] = {}
    for row, value in hidden:
        room.setdefault((True, row), {})[False, value] = _ANY
        room.setdefault((False, value), {})[True, row] = table.cells[row, value]
    return room


def _flow(room: dict[Node, dict[Node, int]], start: Node, end: Node, most: int) -> int:
    total = 0
    while total < most:
        way = _way(room, start, end)
        if way is None:
            return total
        width = min(most - total, *(room[one][two] for one, two in way))
        for one, two in way:
            room[one][two] -= width
            room[two][one] = room[two].get(one, 0) + width
        total += width
    return total


def _way(room: Mapping[Node, Mapping[Node, int]], start: Node, end: Node) -> list[tuple[Node, Node]] | None:
    came: dict[Node, Node] = {start: start}
    waiting = deque([start])
    while waiting:
        here = waiting.popleft()
        for there, width in room.get(here, {}).items():
            if width > 0 and there not in came:
                came[there] = here
                waiting.append(there)
    if end not in came:
        return None
    way, node = [], end
    while node != start:
        way.append((came[node], node))
        node = came[node]
    return way[::-1]
