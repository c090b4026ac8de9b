"""Shapes of a map: what is refused and where, and that neighbours still touch when they are drawn."""

from collections.abc import Callable
from math import cos, pi, sin
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import Invalid
from app.domain.maps import MOST_CORNERS, MOST_POINTS, WIDE, picture_of
from tests.support.maps import VILLAGES, collection, feature, square


def fits(code: str) -> bool:
    return code in VILLAGES or code == "13.74.01"


def refused(given_: Any) -> list[tuple[str, str]]:
    with pytest.raises(Invalid) as caught:
        picture_of(given_, fits)
    return [(one.pointer, one.code) for one in caught.value.fields]


def test_neighbours_share_their_border() -> None:
    picture = picture_of(collection(), fits)
    assert picture.width == WIDE
    assert 240 <= picture.height <= 260
    first, second = (set(picture.shapes[code][0]) for code in VILLAGES[:2])
    assert len(first & second) == 2, "two corners are of both"


def test_north_is_up() -> None:
    north, south = square(0), [[east, latitude - 1] for east, latitude in square(0)]
    shapes = [feature(VILLAGES[0], north), feature(VILLAGES[1], south)]
    picture = picture_of({"type": "FeatureCollection", "features": shapes}, fits)
    assert picture.height == WIDE
    assert max(y for _, y in picture.shapes[VILLAGES[0]][0]) < min(
        y for _, y in picture.shapes[VILLAGES[1]][0]
    )


def test_a_fine_coast_is_drawn_coarse_and_an_islet_stays() -> None:
    coast = [[100.4 + cos(n * pi / 10_000) / 10, -0.4 + sin(n * pi / 10_000) / 10] for n in range(20_000)]
    islet = [[100.4, -0.9], [100.40001, -0.9], [100.40001, -0.90001], [100.4, -0.9]]
    shapes = [feature(VILLAGES[0], [*coast, coast[0]]), feature(VILLAGES[1], islet)]
    picture = picture_of({"type": "FeatureCollection", "features": shapes}, fits)
    assert sum(len(ring) for rings in picture.shapes.values() for ring in rings) <= MOST_CORNERS
    assert len(picture.shapes[VILLAGES[0]][0]) > 100
    assert len(picture.shapes[VILLAGES[1]][0]) == 4


def test_the_id_names_it_where_no_property_does() -> None:
    shape = {**feature("", square(0)), "properties": None, "id": VILLAGES[0]}
    assert set(picture_of({"type": "FeatureCollection", "features": [shape]}, fits).shapes) == {VILLAGES[0]}


@pytest.mark.parametrize(
    ("change", "pointer", "code"),
    [
        (lambda one: one.update(type="Point"), "", "not_a_feature"),
        (lambda one: one["properties"].update(code="11.01.01.2001"), "/properties/code", "unknown_code"),
        (lambda one: one["properties"].update(code=VILLAGES[1]), "/properties/code", "repeated"),
        (lambda one: one.update(geometry=None), "/geometry", "not_a_polygon"),
        (lambda one: one["geometry"].update(type="LineString"), "/geometry", "not_a_polygon"),
        (lambda one: one["geometry"].update(coordinates=[]), "/geometry/coordinates", "not_a_polygon"),
        (lambda one: one["geometry"].update(type="MultiPolygon"), "/geometry/coordinates", "open_ring"),
        (lambda one: one["geometry"]["coordinates"][0].pop(), "/geometry/coordinates", "open_ring"),
        (
            lambda one: one["geometry"]["coordinates"][0].insert(1, [True, 0]),
            "/geometry/coordinates",
            "not_a_point",
        ),
        (
            lambda one: one["geometry"]["coordinates"][0].insert(1, [-0.4, 100.4]),
            "/geometry/coordinates",
            "not_here",
        ),
    ],
)
def test_each_fault_is_told_at_its_place(change: Callable[[Any], Any], pointer: str, code: str) -> None:
    given_ = collection()
    change(given_["features"][2])
    assert refused(given_) == [(f"/shapes/features/2{pointer}", code)]


def test_the_whole_is_judged_too() -> None:
    assert refused({"type": "Feature"}) == [("/shapes", "not_a_collection")]
    assert refused({"type": "FeatureCollection", "features": []}) == [("/shapes/features", "wrong_length")]
    mixed = [feature(VILLAGES[0], square(0)), feature("13.74.01", square(1))]
    assert refused({"type": "FeatureCollection", "features": mixed}) == [("/shapes/features", "mixed_levels")]
    line = [[100.4, -0.4], [100.4, -0.5], [100.4, -0.6], [100.4, -0.4]]
    flat = {"type": "FeatureCollection", "features": [feature(VILLAGES[0], line)]}
    assert refused(flat) == [("/shapes/features", "no_area")]
    long = square(0)[:1] * (MOST_POINTS + 1)
    many = {"type": "FeatureCollection", "features": [feature(VILLAGES[0], long)]}
    assert refused(many) == [("/shapes/features/0/geometry/coordinates", "too_many_points")]
    wrong = {"type": "FeatureCollection", "features": [None] * 100}
    assert len(refused(wrong)) == 20


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=20,
)


@given(ANYTHING, ANYTHING, ANYTHING, st.sampled_from(["Polygon", "MultiPolygon"]))
def test_nothing_that_is_sent_is_a_fault_of_ours(
    features: Any, properties: Any, shape: Any, kind: str
) -> None:
    one = {"type": "Feature", "properties": properties, "id": VILLAGES[0]}
    one |= {"geometry": {"type": kind, "coordinates": shape}}
    for given_ in (features, [one], [features, one]):
        refused({"type": "FeatureCollection", "features": given_})


def test_a_scribble_that_no_grid_makes_simple_is_refused() -> None:
    # Each corner far from the one before: on no grid do two of them fall together.
    wild = [[100.4 + (n * 7919 % 997) / 5_000, -0.4 - (n * 6101 % 991) / 5_000] for n in range(20_000)]
    shapes = [feature(VILLAGES[0], [*wild, wild[0]])]
    given_ = {"type": "FeatureCollection", "features": shapes}
    assert refused(given_) == [("/shapes/features", "too_many_corners")]
