"""Need cards and pledges: their tables, what they count, and how little a card tells of a person."""

from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.documents import Words
from app.domain.errors import Conflict
from app.domain.needs import (
    ACTIVE,
    LADDER,
    NOTHING,
    Card,
    Level,
    NeedAction,
    NeedSource,
    NeedState,
    PledgeAction,
    PledgeState,
    Subject,
    actions_of,
    check_hands,
    check_left,
    check_proofs,
    coarsen,
    counted,
    decide_need,
    decide_pledge,
    story,
)
from app.domain.needs.coarse import BANDS, age_band

N, S, A = NeedState, PledgeState, PledgeAction
PLEDGES = {
    (S.RESERVED, A.PLEDGE): S.PLEDGED,
    (S.RESERVED, A.DELIVER): S.DELIVERED,
    (S.PLEDGED, A.DELIVER): S.DELIVERED,
    (S.DELIVERED, A.ACCEPT): S.ACCEPTED,
    (S.DELIVERED, A.RETURN): S.PLEDGED,
    **{(source, A.CANCEL): S.CANCELLED for source in (S.RESERVED, S.PLEDGED)},
    **{(source, A.RELEASE): S.RELEASED for source in (S.RESERVED, S.PLEDGED)},
    **{(source, A.EXPIRE): S.EXPIRED for source in (S.RESERVED, S.PLEDGED)},
}
NEEDS = {
    (N.DRAFT, NeedAction.PUBLISH): N.PUBLISHED,
    (N.PUBLISHED, NeedAction.RESERVE): N.PUBLISHED,
    **{(source, NeedAction.WITHDRAW): N.WITHDRAWN for source in (N.DRAFT, N.PUBLISHED, N.RESERVED)},
}


@pytest.mark.parametrize("state", S)
@pytest.mark.parametrize("action", A)
def test_a_pledge_takes_the_steps_of_its_table_and_no_other(state: S, action: A) -> None:
    if (state, action) in PLEDGES:
        assert decide_pledge(state, action) is PLEDGES[state, action]
        return
    with pytest.raises(Conflict):
        decide_pledge(state, action)


@pytest.mark.parametrize("state", N)
@pytest.mark.parametrize("action", NeedAction)
def test_a_card_takes_the_steps_of_its_table_and_no_other(state: N, action: NeedAction) -> None:
    if (state, action) in NEEDS:
        assert decide_need(state, action) is NEEDS[state, action]
        return
    with pytest.raises(Conflict):
        decide_need(state, action)


def test_nobody_runs_out_of_what_was_delivered_and_nobody_else_does_a_donors_step() -> None:
    assert S.EXPIRED not in {PLEDGES.get((S.DELIVERED, action)) for action in A}
    assert actions_of(S.RESERVED, donor=True, office=False) == (A.PLEDGE, A.DELIVER, A.CANCEL)
    assert actions_of(S.RESERVED, donor=False, office=True) == (A.RELEASE,)
    assert actions_of(S.DELIVERED, donor=True, office=False) == ()
    assert {state for state, _ in PLEDGES} == set(ACTIVE)


@given(st.lists(st.tuples(st.integers(1, 9), st.booleans()), max_size=8), st.integers(0, 9))
def test_what_a_card_counts_is_never_more_than_it_needs(parts: list[tuple[int, bool]], more: int) -> None:
    held = sum(part for part, _ in parts)
    handed = sum(part for part, is_given in parts if is_given)
    quantity = held + more or 1
    state = counted(quantity, held, handed)
    assert (state is N.FULFILLED) == (handed == quantity)
    assert (state is N.PUBLISHED) == (held < quantity)
    with pytest.raises(ValueError, match="no more than is needed"):
        counted(quantity, quantity + 1, handed)


def test_the_second_donor_is_told_that_it_is_taken_or_how_much_is_left() -> None:
    check_left(N.PUBLISHED, 3, 3)
    with pytest.raises(Conflict) as taken:
        check_left(N.RESERVED, 0, 1)
    with pytest.raises(Conflict) as short:
        check_left(N.PUBLISHED, 3, 4)
    assert (taken.value.code, short.value.code) == ("need_taken", "not_so_much_left")
    assert short.value.data == {"remaining": 3}


def test_a_delivery_is_proved_by_both_and_accepted_by_another() -> None:
    check_proofs(["receipt", "photo", "photo"])
    with pytest.raises(Conflict) as missing:
        check_proofs(["photo"])
    assert missing.value.data == {"missing": ["receipt"]}
    writer, publisher = uuid4(), uuid4()
    check_hands(uuid4(), (writer, publisher))
    for hand in (writer, publisher, None):
        with pytest.raises(Conflict):
            check_hands(hand, (writer, publisher))


# How little is told ---------------------------------------------------------------------------------------

SUBJECTS = st.builds(
    Subject,
    st.just("13.74"),
    st.just("13.74.01"),
    st.sampled_from([None, *BANDS]),
    st.sampled_from([None, "LUT", "PD"]),
)
COUNTS = st.dictionaries(st.sampled_from(LADDER), st.integers(0, 12))
LEVELS = st.one_of(st.none(), st.sampled_from(LADDER))


@given(SUBJECTS, COUNTS, st.integers(0, 12), LEVELS)
def test_fewer_than_k_people_are_never_told_apart(
    subject: Subject, counts: dict[Level, int], k: int, within: Level | None
) -> None:
    shown = coarsen(subject, counts, k, within)
    # A generalisation of the truth: each detail is hers, or hidden.
    assert shown.region in {subject.regency, subject.district}
    assert shown.age in {None, subject.age}
    assert shown.ppks in {None, subject.ppks}
    if shown.level != NOTHING:
        # No policy goes below five.
        assert shown.group == counts[shown.level] >= max(k, 5)
    assert within is None or shown.level.within(within) or shown.level == NOTHING


@given(SUBJECTS, COUNTS, st.integers(5, 12))
def test_more_people_on_record_never_hide_more(subject: Subject, counts: dict[Level, int], k: int) -> None:
    more = {level: n + 3 for level, n in counts.items()}
    before, after = coarsen(subject, counts, k).level, coarsen(subject, more, k).level
    assert LADDER.index(after) <= LADDER.index(before)


def test_the_bands_cover_every_age_once() -> None:
    for years in range(151):
        assert [name for name, (low, high) in BANDS.items() if low <= years <= high] == [age_band(years)]


def test_a_story_is_made_of_labels() -> None:
    card = Card(
        NeedSource.CASE,
        Words("Kursi roda", "Wheelchair"),
        Words("unit", "unit"),
        1,
        "Padang Panjang Barat",
        Words("Lansia", "Elderly"),
        Words("Lanjut usia terlantar", "Neglected elderly"),
    )
    assert story(card) == Words(
        "Seorang lansia (lanjut usia terlantar) di Padang Panjang Barat membutuhkan 1 unit kursi roda.",
        "A resident (elderly, neglected elderly) in Padang Panjang Barat needs 1 unit of: wheelchair.",
    )
