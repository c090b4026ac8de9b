"""The steps of a campaign, what a check-in counts for, what may be published, what need weighs."""

from datetime import UTC, datetime, timedelta
from itertools import product
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.access import Permission
from app.domain.campaigns import (
    CampaignAction,
    CampaignState,
    CheckinRefusal,
    CheckinVerdict,
    Outcome,
    RecipientState,
    Row,
    Span,
    allowed_actions,
    band_of,
    checkin_text,
    decide,
    is_signed,
    is_weights,
    list_text,
    publish,
    published,
    read_weights,
    refusal_of_time,
    score,
    sign,
    verdict_of,
)
from app.domain.campaigns.states import STEPS
from app.domain.errors import Conflict

MAKER, OTHER = UUID(int=1), UUID(int=2)
S, A = CampaignState, CampaignAction
POLICY = {
    "desil": [60, 50, 40, 30, 20, 10, 0, 0, 0, 0],
    "not_ranked": 30,
    "ppks": 15,
    "aid_held": -5,
    "grounds": {"household.elderly_alone": 15},
}


@pytest.mark.parametrize(("state", "action"), list(product(S, A)))
def test_each_state_takes_the_steps_of_the_table_and_no_other(state: S, action: A) -> None:
    step = next((one for one in STEPS if (one.source, one.action) == (state, action)), None)
    if step is None:
        with pytest.raises(Conflict, match="campaign_step_not_possible"):
            decide(state, action, makers=frozenset({MAKER}), by=OTHER)
    else:
        assert decide(state, action, makers=frozenset({MAKER}), by=OTHER) is step


def test_every_state_is_reached_and_only_the_last_ones_hold() -> None:
    assert {one.target for one in STEPS} | {S.DRAFT} == set(S)
    assert set(S) - {one.source for one in STEPS} == {S.CLOSED, S.CANCELLED}


@pytest.mark.parametrize("action", [A.APPROVE, A.CLOSE])
def test_whoever_made_or_selected_does_not_approve(action: A) -> None:
    state = S.SELECTED if action is A.APPROVE else S.REPORTED
    for by in (MAKER, None):
        with pytest.raises(Conflict, match="second_person_needed"):
            decide(state, action, makers=frozenset({MAKER}), by=by)
    every = frozenset(Permission)
    assert action not in allowed_actions(state, every, makers=frozenset({MAKER}), by=MAKER)
    assert action in allowed_actions(state, every, makers=frozenset({MAKER}), by=OTHER)


def test_nobody_settles_a_selection_but_the_service() -> None:
    every = frozenset(Permission)
    assert A.SETTLE not in allowed_actions(S.SELECTING, every, makers=frozenset(), by=OTHER)


@pytest.mark.parametrize(
    ("state", "outcome", "verdict"),
    [
        (RecipientState.SELECTED, Outcome.GIVEN, CheckinVerdict.GIVEN),
        (RecipientState.SELECTED, Outcome.TURNED_AWAY, CheckinVerdict.NOTED),
        (RecipientState.GIVEN, Outcome.GIVEN, CheckinVerdict.DUPLICATE),
        (RecipientState.GIVEN, Outcome.TURNED_AWAY, CheckinVerdict.DUPLICATE),
        (RecipientState.DROPPED, Outcome.GIVEN, CheckinVerdict.REFUSED),
        (RecipientState.NO_SHOW, Outcome.GIVEN, CheckinVerdict.REFUSED),
        (RecipientState.RESERVE, Outcome.GIVEN, CheckinVerdict.REFUSED),
    ],
)
def test_what_a_check_in_counts_for(state: RecipientState, outcome: Outcome, verdict: CheckinVerdict) -> None:
    assert verdict_of(state, outcome) is verdict


NOW = datetime(2026, 12, 5, 3, tzinfo=UTC)
SPAN = Span(NOW - timedelta(hours=2), NOW + timedelta(hours=22))


@pytest.mark.parametrize(
    ("at", "now", "refusal"),
    [
        (NOW, NOW, None),
        (NOW + timedelta(minutes=9), NOW, None),
        (NOW + timedelta(minutes=11), NOW, CheckinRefusal.CLOCK_AHEAD),
        (SPAN.issued_at - timedelta(minutes=9), NOW, None),
        (SPAN.issued_at - timedelta(minutes=11), NOW, CheckinRefusal.BEFORE_LIST),
        (SPAN.expires_at, NOW + timedelta(days=3), CheckinRefusal.LIST_EXPIRED),
        (SPAN.expires_at - timedelta(seconds=1), NOW + timedelta(days=30), None),
    ],
)
def test_it_is_judged_by_when_it_happened_and_not_by_when_it_came(
    at: datetime, now: datetime, refusal: CheckinRefusal | None
) -> None:
    assert refusal_of_time(at, SPAN, now) is refusal


def test_a_signature_holds_for_one_text_and_one_key() -> None:
    key = b"k" * 32
    text = list_text({"b": 1, "a": ["é"]})
    assert text == '{"a":["é"],"b":1}'.encode()
    signature = sign(key, text)
    assert is_signed(key, text, signature)
    assert not is_signed(b"o" * 32, text, signature)
    assert not is_signed(key, text + b" ", signature)
    line = checkin_text("l", "c", "7Q2M-9XKD", "2026-12-05T09:12:44+07:00", "given")
    assert line == b"l|c|7Q2M-9XKD|2026-12-05T09:12:44+07:00|given"


@given(st.lists(st.integers(0, 30), min_size=1, max_size=8))
def test_no_small_cell_is_published_and_none_follows_from_the_sum(cells: list[int]) -> None:
    shown = published(cells)
    assert all(one is None or one >= 5 for one in shown)
    assert len(shown) == len(cells)
    left_out = [cell for cell, one in zip(cells, shown, strict=True) if one is None]
    if len(cells) > 1:
        assert len(left_out) != 1


def test_places_are_no_persons() -> None:
    rows = [Row("PD", 150, 3, 2, 1, 0), Row("FM", 200, 190, 180, 10, 6)]
    assert publish(rows) == [Row("PD", 150, None, None, None, None), Row("FM", 200, None, None, None, None)]


@pytest.mark.parametrize(
    ("age", "band"),
    [(0, "0-5"), (5, "0-5"), (6, "6-17"), (18, "18-59"), (59, "18-59"), (60, "60-69"), (99, "70+")],
)
def test_ages_fall_into_bands(age: int, band: str) -> None:
    on = NOW.date()
    assert band_of(on.replace(year=on.year - age), on) == band
    assert band_of(None, on) == "unknown"


def test_need_is_the_sum_of_its_grounds() -> None:
    weights = read_weights(POLICY)
    facts = {"registry.desil": 2, "household.elderly_alone": True, "person.ppks": frozenset({"LUT"})}
    points, grounds = score(facts, weights, 2)
    assert points == 50 + 15 + 15 - 10
    assert dict(grounds) == {"desil": 50, "ppks": 15, "household.elderly_alone": 15, "aid_held": -10}
    assert score({}, weights, 0) == (30, (("not_ranked", 30),))


@pytest.mark.parametrize(
    "changes",
    [
        {"desil": [1] * 9},
        {"desil": [True] * 10},
        {"ppks": None},
        {"aid_held": 5_000},
        {"grounds": {"person.age": 3}},
        {"grounds": {"person.unheard_of": 3}},
        {"more": 1},
    ],
)
def test_weights_of_another_form_are_refused(changes: dict[str, object]) -> None:
    assert is_weights(POLICY)
    assert not is_weights({**POLICY, **changes})
    assert not is_weights([])
