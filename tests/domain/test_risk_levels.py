"""How answers about danger are weighed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.codes import Priority
from app.domain.risk import Answers, RiskLevel, RiskQuestion, level_of, priority_for

QUESTIONS = (
    RiskQuestion("danger", 5, decides=True),
    RiskQuestion("lives", 3, decides=False),
    RiskQuestion("injured", 3, decides=False),
    RiskQuestion("child", 2, decides=False),
    RiskQuestion("worse", 2, decides=False),
)
LOW, MEDIUM, HIGH = RiskLevel
answers = st.dictionaries(
    st.sampled_from([one.code for one in QUESTIONS]), st.sampled_from([True, False, None])
)


@pytest.mark.parametrize(
    ("given_", "level"),
    [
        ({}, LOW),
        ({"danger": False, "lives": False}, LOW),
        ({"danger": True}, HIGH),
        ({"danger": None}, LOW),
        ({"danger": None, "worse": None}, MEDIUM),
        ({"child": True}, LOW),
        ({"lives": True}, MEDIUM),
        ({"lives": True, "injured": True}, MEDIUM),
        ({"lives": True, "injured": True, "child": True}, HIGH),
        ({"lives": None, "injured": None}, MEDIUM),
    ],
)
def test_levels(given_: Answers, level: RiskLevel) -> None:
    assert level_of(QUESTIONS, given_) is level


@given(answers, st.sampled_from([one.code for one in QUESTIONS]))
def test_another_yes_never_makes_it_less_dangerous(given_: dict[str, bool | None], code: str) -> None:
    order = list(RiskLevel)
    before, after = level_of(QUESTIONS, given_), level_of(QUESTIONS, {**given_, code: True})
    assert order.index(before) <= order.index(after)


@pytest.mark.parametrize("now", list(Priority))
def test_a_case_is_never_made_less_urgent(now: Priority) -> None:
    order = list(Priority)
    assert all(order.index(priority_for(level, now)) >= order.index(now) for level in RiskLevel)
    assert priority_for(HIGH, now) is Priority.DARURAT
    assert priority_for(MEDIUM, now) is not Priority.BIASA
