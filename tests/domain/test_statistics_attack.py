"""Somebody who knows all that is published, and the rule by which it is, cannot tell a small group apart."""

from collections.abc import Iterator
from itertools import product
from random import Random

import pytest

from app.domain.statistics import (
    OTHERS,
    SMALLEST,
    Table,
    Withheld,
    corners_of,
    could_be,
    holds,
    is_safe,
    joined,
    merged,
    protect,
)
from app.domain.statistics.tables import Place
from tests.support.proof import size

PLANTED = ("R0", "V0")


def chance(seed: int) -> Random:
    return Random(seed)  # noqa: S311  # the same attack each time


def table_of(rows: int, values: int, n: dict[Place, int]) -> Table:
    names = tuple(f"R{i}" for i in range(rows)), tuple(f"V{j}" for j in range(values))
    return Table(*names, {place: n.get(place, 0) for place in product(*names)})


def a_table(drawn: Random, rows: int, values: int, most: int) -> Table:
    """Return a table with a small group planted in its corner, and many empty cells."""
    places = list(product((f"R{i}" for i in range(rows)), (f"V{j}" for j in range(values))))
    cells = {
        place: drawn.choices((0, drawn.randint(1, 6), drawn.randint(7, most)), weights=(3, 1, 8))[0]
        for place in places
    }
    return table_of(rows, values, {**cells, PLANTED: drawn.randint(1, SMALLEST - 1)})


def all_that_fit(table: Table, hidden: frozenset[Place]) -> Iterator[dict[Place, int]]:
    """Give every way to fill what is not told so that all sums are as they are told."""
    unknown = sorted(hidden)
    rows = {row: sum(table.cells[p] for p in unknown if p[0] == row) for row in table.rows}
    values = {value: sum(table.cells[p] for p in unknown if p[1] == value) for value in table.values}

    def fill(at: int, filled: dict[Place, int]) -> Iterator[dict[Place, int]]:
        if at == len(unknown):
            if not any(rows.values()) and not any(values.values()):
                yield dict(filled)
            return
        row, value = unknown[at]
        later = unknown[at + 1 :]
        most = min(rows[row], values[value])
        # The last of its row or value takes what is left.
        least = 0
        if all(one[0] != row for one in later):
            least = rows[row]
        if all(one[1] != value for one in later):
            least = max(least, values[value])
        for n in range(least, most + 1):
            rows[row] -= n
            values[value] -= n
            filled[row, value] = n
            yield from fill(at + 1, filled)
            rows[row] += n
            values[value] += n

    yield from fill(0, {})


def by_the_rule(table: Table, hidden: frozenset[Place]) -> bool:
    """Tell whether the rule could have hidden just this: some choice of rectangles that does, and holds."""
    low = [place for place in hidden if table.cells[place] < SMALLEST]
    if not {place for place, n in table.cells.items() if 0 < n < SMALLEST} <= hidden:
        return False
    ways = [[(one, c) for c in corners_of(table, one) if set(c) <= hidden] for one in low]
    return any(
        frozenset(place for one, corners in chosen for place in (one, *corners)) == hidden
        and holds(table, chosen)
        for chosen in product(*ways)
    )


def test_sums_leave_each_small_group_open_from_nothing_to_five() -> None:
    drawn, told = chance(7), 0
    for _ in range(size(400, 20_000)):
        table = a_table(drawn, drawn.randint(2, 9), drawn.randint(2, 6), 60)
        hidden = protect(table, drawn)
        if isinstance(hidden, Withheld):
            continue
        told += 1
        for place, n in table.cells.items():
            if 0 < n < SMALLEST:
                least, most = could_be(table, hidden, place)
                assert (least, most >= SMALLEST) == (0, True), (table, place)
    assert told > size(60, 3_000)


def test_whoever_knows_the_rule_too_finds_no_small_group() -> None:
    drawn, tried = chance(11), 0
    for _ in range(size(2_000, 40_000)):
        table = a_table(drawn, drawn.randint(2, 3), drawn.randint(2, 3), 17)
        hidden = protect(table, drawn)
        if isinstance(hidden, Withheld) or len(hidden) > 6 or PLANTED not in hidden:
            continue
        tried += 1
        found = set()
        for filled in all_that_fit(table, hidden):
            thought = Table(table.rows, table.values, {**table.cells, **filled})
            if by_the_rule(thought, hidden):
                found.add(filled[PLANTED])
        assert len(found) > 1, (table, hidden)
        assert 0 in found, (table, hidden)
        assert table.cells[PLANTED] in found
    assert tried > 20


def test_without_the_other_corners_the_same_attack_finds_it() -> None:
    drawn, found = chance(3), 0
    for _ in range(200):
        table = a_table(drawn, 4, 4, 60)
        only_small = frozenset(place for place, n in table.cells.items() if 0 < n < SMALLEST)
        least, most = could_be(table, only_small, PLANTED)
        found += least == most == table.cells[PLANTED]
        assert not is_safe(table, only_small) or least == 0
    assert found > 20


def test_what_a_cell_can_be_is_what_trying_all_gives() -> None:
    drawn = chance(5)
    for _ in range(60):
        table = a_table(drawn, 3, 3, 10)
        hidden = frozenset(drawn.sample(sorted(table.cells), drawn.randint(1, 6)))
        ways = list(all_that_fit(table, hidden))
        for place in hidden:
            tried = {way[place] for way in ways}
            assert could_be(table, hidden, place) == (min(tried), max(tried))


@pytest.mark.parametrize(
    "cells",
    [
        {PLANTED: 3},
        {PLANTED: 3, ("R0", "V1"): 40},
        {PLANTED: 3, ("R1", "V1"): 40},
        {PLANTED: 2, ("R0", "V1"): 4, ("R1", "V0"): 4, ("R1", "V1"): 3},
        {PLANTED: 4, ("R0", "V1"): 5, ("R1", "V0"): 5, ("R1", "V1"): 5},
        {("R0", "V0"): 1, ("R1", "V1"): 1, ("R2", "V2"): 1},
    ],
)
def test_where_there_is_no_room_to_hide_nothing_is_told(cells: dict[Place, int]) -> None:
    table = table_of(3, 3, cells)
    for seed in range(20):
        hidden = protect(table, chance(seed))
        assert isinstance(hidden, Withheld)


def test_a_single_row_or_value_with_a_small_group_is_withheld() -> None:
    for rows, values in ((1, 4), (4, 1), (1, 1)):
        table = table_of(rows, values, {PLANTED: 2, ("R0", "V1"): 30, ("R1", "V0"): 30})
        table = Table(table.rows, table.values, {p: n for p, n in table.cells.items() if p in table.cells})
        assert isinstance(protect(table, chance(1)), Withheld)


def test_small_rows_and_values_are_told_together() -> None:
    assert joined({"a": 9, "b": 7}) == {"a": "a", "b": "b"}
    assert joined({"a": 9, "b": 2, "c": 4}) == {"a": "a", "b": OTHERS, "c": OTHERS}
    # One alone under another name would still be one alone.
    assert joined({"a": 9, "b": 20, "c": 4}) == {"a": OTHERS, "b": "b", "c": OTHERS}
    assert joined({"a": 2}) == {"a": OTHERS}
    counts = {("k1", "L"): 20, ("k1", "P"): 9, ("k2", "L"): 3, ("k3", "none"): 2, ("k3", "P"): 30}
    table = merged(counts, joined({"k1": 29, "k2": 3, "k3": 32}))
    assert table.rows == ("k3", OTHERS)
    assert min(table.row_total(row) for row in table.rows) >= SMALLEST
    assert min(table.value_total(value) for value in table.values) >= SMALLEST
    assert table.total == sum(counts.values())


def test_an_empty_cell_that_is_not_told_looks_like_a_small_one() -> None:
    table = table_of(3, 3, dict.fromkeys(product(("R0", "R1", "R2"), ("V0", "V1", "V2")), 20))
    empty = Table(table.rows, table.values, {**table.cells, ("R1", "V1"): 0})
    seen = {bool(protect(empty, chance(seed))) for seed in range(40)}
    assert seen == {True, False}
