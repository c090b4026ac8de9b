"""What is left of a programme: the scarcest of what counts on a day."""

from datetime import date

import pytest

from app.db.queries.allotments import first_and_last
from app.domain.allotments import Left, periods_of, remaining


def test_a_day_lies_in_a_month_a_quarter_a_year_and_in_once() -> None:
    assert set(periods_of(date(2026, 11, 26))) == {"2026-11", "2026-Q4", "2026", "once"}


@pytest.mark.parametrize(
    ("rows", "left"),
    [
        ([], {}),
        ([("A", "*", 5)], {"A": 5}),
        # The month is used up though the year is not.
        ([("A", "*", 5), ("A", "*", 0)], {"A": 0}),
        # Components add up: one that is full leaves the others.
        ([("A", "x", 0), ("A", "y", 3)], {"A": 3}),
        # The whole bounds its parts, and the parts the whole.
        ([("A", "*", 2), ("A", "x", 4), ("A", "y", 4)], {"A": 2}),
        ([("A", "*", 9), ("A", "x", 1), ("A", "y", 0)], {"A": 1}),
        # Of one component the scarcer period counts.
        ([("A", "x", 7), ("A", "x", 2), ("A", "y", 1)], {"A": 3}),
        ([("A", "*", 1), ("B", "x", 0)], {"A": 1, "B": 0}),
    ],
)
def test_what_is_left_is_bounded_by_the_scarcest(
    rows: list[tuple[str, str, int]], left: dict[str, int]
) -> None:
    assert remaining(Left(*row) for row in rows) == left
    assert remaining(Left(*row) for row in reversed(rows)) == left


@pytest.mark.parametrize(
    ("period", "first", "last"),
    [
        ("2026", date(2026, 1, 1), date(2026, 12, 31)),
        ("2026-Q4", date(2026, 10, 1), date(2026, 12, 31)),
        ("2026-Q1", date(2026, 1, 1), date(2026, 3, 31)),
        ("2028-02", date(2028, 2, 1), date(2028, 2, 29)),
    ],
)
def test_a_period_of_the_calendar_has_a_first_and_a_last_day(period: str, first: date, last: date) -> None:
    assert first_and_last(period) == (first, last)
