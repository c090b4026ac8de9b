"""Places of a campaign: true to the quota, by need, one each, the same however the candidates come in."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.campaigns import (
    Candidate,
    Cell,
    Coming,
    Placed,
    Places,
    Share,
    Slot,
    Tie,
    apportion,
    cells_of,
    lot_of,
    place,
    share_slots,
)

COMPONENTS = ("PD", "LUT", "FM")
DISTRICTS = ("18.72.01", "18.72.02")
SEED = UUID(int=7)


def somebody(n: int, need: int, *fits: str, home: int | None = None, **more: object) -> Candidate:
    values = {"district": DISTRICTS[0], "aid": 0, "born": 700_000, "lot": lot_of(SEED, UUID(int=n)), **more}
    return Candidate(UUID(int=n), UUID(int=home) if home else None, fits=fits, need=need, **values)  # type: ignore[arg-type]


@st.composite
def candidates(draw: st.DrawFn) -> list[Candidate]:
    return [
        somebody(
            n,
            draw(st.integers(0, 4)),
            *[code for code in COMPONENTS if draw(st.booleans())],
            home=draw(st.none() | st.integers(1, 8)),
            district=draw(st.sampled_from(DISTRICTS)),
            aid=draw(st.integers(0, 2)),
            born=draw(st.none() | st.integers(700_000, 700_003)),
        )
        for n in range(1, draw(st.integers(0, 30)) + 1)
    ]


quotas = st.fixed_dictionaries(
    {(code, district): st.integers(0, 5) for code in COMPONENTS for district in DISTRICTS}
)


def rank(one: Candidate) -> tuple[int, int, bool, int, str, UUID]:
    return (-one.need, one.aid, one.born is None, one.born or 0, one.lot, one.id)


@given(candidates(), quotas)
@settings(max_examples=300, deadline=None)
def test_places_are_true_to_quota_need_and_household(
    people: list[Candidate], places: dict[Cell, int]
) -> None:
    placed = place(people, places)
    by_id = {one.id: one for one in people}
    taken = Counter(placed.chosen.values())
    assert all(count <= places[cell] for cell, count in taken.items())
    for id_, (component, district) in placed.chosen.items():
        assert component in by_id[id_].fits
        assert district == by_id[id_].district
    homes = [by_id[id_].home for id_ in placed.chosen if by_id[id_].home]
    assert len(homes) == len(set(homes))
    assert all(by_id[id_].home in homes for id_ in placed.beside)
    assert placed.reserve == {
        one.id for one in people if one.fits and one.id not in placed.chosen and one.home not in set(homes)
    }
    for id_ in placed.reserve:
        left = by_id[id_]
        for component in left.fits:
            cell = (component, left.district)
            seated = [by_id[one] for one, where in placed.chosen.items() if where == cell]
            assert len(seated) == places[cell], "no place that she could fill stays empty"
            assert all(rank(one) < rank(left) for one in seated), "nobody who needs it less sits there"


@given(candidates(), quotas, st.randoms(use_true_random=False))
@settings(max_examples=100, deadline=None)
def test_the_answer_does_not_hang_on_the_order_of_asking(
    people: list[Candidate], places: dict[Cell, int], random: object
) -> None:
    mixed = list(people)
    random.shuffle(mixed)  # type: ignore[attr-defined]
    assert place(mixed, dict(reversed(places.items()))) == place(people, places)


def placed_as(found: Placed) -> dict[int, str]:
    return {id_.int: component for id_, (component, _) in found.chosen.items()}


def test_somebody_moves_to_her_other_component_so_that_both_have_a_place() -> None:
    quota = {("PD", DISTRICTS[0]): 1, ("FM", DISTRICTS[0]): 1}
    found = place([somebody(1, 9, "PD", "FM"), somebody(2, 5, "PD")], quota)
    assert placed_as(found) == {1: "FM", 2: "PD"}


def test_a_chain_of_three_moves() -> None:
    quota = {(code, DISTRICTS[0]): 1 for code in COMPONENTS}
    people = [somebody(1, 9, "PD", "LUT"), somebody(2, 8, "PD", "LUT", "FM"), somebody(3, 7, "PD")]
    found = place(people, quota)
    assert placed_as(found).keys() == {1, 2, 3}
    assert placed_as(found)[3] == "PD"


def test_ties_are_broken_in_the_order_that_is_told() -> None:
    quota = {("FM", DISTRICTS[0]): 2}
    people = [
        somebody(1, 5, "FM", aid=1, born=1),
        somebody(2, 5, "FM", aid=0, born=9),
        somebody(3, 5, "FM", aid=0, born=8),
        somebody(4, 5, "FM", aid=0, born=8),
    ]
    found = place(people, quota)
    first, second = sorted((3, 4), key=lambda n: lot_of(SEED, UUID(int=n)))
    assert [one.int for one in found.order] == [first, second, 2, 1]
    ties = {id_.int: tie for id_, tie in found.ties.items()}
    assert ties == {first: Tie.LOT, second: Tie.LOT, 2: Tie.OLDER, 1: Tie.FEWER_AID}


def test_a_lot_is_drawn_once_for_a_campaign() -> None:
    person = UUID(int=3)
    assert lot_of(SEED, person) == lot_of(SEED, person)
    assert lot_of(UUID(int=8), person) != lot_of(SEED, person)


@given(st.integers(0, 5_000), st.dictionaries(st.sampled_from("abcdefgh"), st.integers(0, 900), min_size=1))
def test_places_are_shared_out_to_the_last_one(total: int, weights: dict[str, int]) -> None:
    parts = apportion(total, weights)
    assert sum(parts.values()) == total
    whole = sum(weights.values())
    if whole:
        for code, weight in weights.items():
            assert abs(parts[code] - total * weight / whole) < 1


@pytest.mark.parametrize(
    ("total", "weights", "parts"),
    [
        (150, {"a": 1, "b": 1, "c": 1, "d": 1, "e": 1}, {"a": 30, "b": 30, "c": 30, "d": 30, "e": 30}),
        (7, {"a": 1, "b": 1, "c": 1}, {"a": 3, "b": 2, "c": 2}),
        (10, {"a": 0, "b": 0}, {"a": 5, "b": 5}),
        (10, {"a": 6, "b": 3, "c": 2}, {"a": 5, "b": 3, "c": 2}),
        (4, {}, {}),
    ],
)
def test_the_largest_remainder_gets_the_odd_place(
    total: int, weights: dict[str, int], parts: dict[str, int]
) -> None:
    assert apportion(total, weights) == parts


def test_places_given_per_district_stand_as_they_are() -> None:
    places = (Places("PD", 5, {DISTRICTS[0]: 5}), Places("FM", 3, {}))
    fitting = {("FM", DISTRICTS[0]): 1, ("FM", DISTRICTS[1]): 8}
    equal = cells_of(places, DISTRICTS, Share.EQUAL, fitting)
    by_need = cells_of(places, DISTRICTS, Share.NEED, fitting)
    assert equal == {
        ("PD", DISTRICTS[0]): 5, ("PD", DISTRICTS[1]): 0, ("FM", DISTRICTS[0]): 2, ("FM", DISTRICTS[1]): 1
    }  # fmt: skip
    assert (by_need["FM", DISTRICTS[0]], by_need["FM", DISTRICTS[1]]) == (0, 3)


def test_everybody_comes_to_the_nearest_place_with_room() -> None:
    at = datetime(2026, 12, 5, 1, tzinfo=UTC)
    city, near, early = UUID(int=1), UUID(int=2), UUID(int=3)
    slots = [
        Slot(city, "18.72", at, 1),
        Slot(near, "18.72.01", at + timedelta(hours=2), 1),
        Slot(early, "18.72.01", at, 1),
    ]
    people = [Coming(UUID(int=10 + n), "18.72.01.1003") for n in range(3)] + [
        Coming(UUID(int=20), "18.72.02.1001")
    ]
    found, without = share_slots(slots, people)
    assert [found.get(one.id) for one in people] == [early, near, city, None]
    assert without == [UUID(int=20)]
