"""When the rule speaks for leaving aid, and how far a regency is."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import Conflict
from app.domain.graduation import GraduationState, Rule, Suggestion, progress, require_active, suggest

RULE = Rule(review_days=90, income_idr=3_000_000, reviews=2, undo_days=30)
MILLION = 1_000_000


@pytest.mark.parametrize(
    ("before", "incomes", "said"),
    [
        (1, (), Suggestion.CONTINUE),
        (1, (3,), Suggestion.CONTINUE),
        (1, (3, 3), Suggestion.EXIT),
        (1, (2, 3, 4), Suggestion.EXIT),
        (1, (4, 2), Suggestion.CONTINUE),
        (2, (4, 1), Suggestion.HELP),
        # Who began above the bound is not better off than before.
        (5, (4, 4), Suggestion.HELP),
        (5, (5, 6), Suggestion.EXIT),
        (0, (0, 0), Suggestion.CONTINUE),
    ],
)
def test_the_rule_suggests(before: int, incomes: tuple[int, ...], said: Suggestion) -> None:
    assert suggest(before * MILLION, [one * MILLION for one in incomes], RULE) is said


@given(st.integers(0, 10**7), st.lists(st.integers(0, 10**7), max_size=6), st.integers(1, 4))
def test_exit_needs_as_many_good_reviews_as_the_rule_asks(
    before: int, incomes: list[int], reviews: int
) -> None:
    rule = Rule(90, 3_000_000, reviews, 30)
    good = len(incomes) >= reviews and all(one >= max(before, 3_000_000) for one in incomes[-reviews:])
    assert (suggest(before, incomes, rule) is Suggestion.EXIT) is good


def test_the_next_review_is_counted_in_days() -> None:
    assert RULE.next_review(date(2026, 11, 26)) == date(2027, 2, 24)


@pytest.mark.parametrize("state", [GraduationState.GRADUATED, GraduationState.ENDED])
def test_what_has_ended_takes_nothing_more(state: GraduationState) -> None:
    require_active(GraduationState.ACTIVE)
    with pytest.raises(Conflict):
        require_active(state)


@pytest.mark.parametrize(
    ("left", "share", "points"),
    [
        (0, "0.00", "0.00"),
        (60, "20.00", "0.10"),
        (300, "100.00", "0.50"),
        (1, "0.33", "0.00"),
        (330, "110.00", "0.55"),
    ],
)
def test_each_household_stands_for_its_part_of_the_points(left: int, share: str, points: str) -> None:
    made = progress(Decimal("0.5"), 300, left)
    assert (made.households, made.share, made.points) == (left, Decimal(share), Decimal(points))


def test_a_target_of_no_household_is_no_division() -> None:
    assert progress(Decimal("0.5"), 0, 5).share == 0
