"""Operations of a batch: parents first, cycles named; and times of a clock that is off."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.sync import Operation, corrected, differences, moved_instants, plan
from app.domain.sync.changes import without_base
from app.domain.sync.times import done_from

NOW = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("sent", "order", "cyclic"),
    [
        ({"a": [], "b": []}, "ab", ""),
        ({"b": ["a"], "a": []}, "ab", ""),
        ({"c": ["b"], "b": ["a"], "a": []}, "abc", ""),
        ({"a": ["elsewhere"]}, "a", ""),
        ({"a": ["a"]}, "", "a"),
        ({"a": ["b"], "b": ["a"], "c": []}, "c", "ab"),
        # What hangs on a cycle is in none; what a cycle hangs on is in none either.
        ({"a": ["b", "x"], "b": ["a"], "c": ["a"], "x": []}, "xc", "ab"),
        # On the way from one cycle to another.
        ({"a": ["b"], "b": ["a"], "m": ["a"], "c": ["d", "m"], "d": ["c"]}, "m", "abcd"),
    ],
)
def test_parents_come_first_and_cycles_are_named(sent: dict[str, list[str]], order: str, cyclic: str) -> None:
    planned = plan([Operation(id_, tuple(parents)) for id_, parents in sent.items()])
    assert "".join(planned.order) == order
    assert planned.cyclic == set(cyclic)


def test_a_chain_may_be_as_long_as_a_batch_in_the_worst_order() -> None:
    chain = [Operation(str(n), (str(n - 1),) if n else ()) for n in reversed(range(500))]
    assert plan(chain).order == tuple(str(n) for n in range(500))


batches = st.lists(st.lists(st.integers(0, 11), max_size=3), min_size=1, max_size=10)


@given(batches)
def test_every_operation_is_ordered_once_or_named_as_cyclic(parents: list[list[int]]) -> None:
    sent = [Operation(str(n), tuple(map(str, above))) for n, above in enumerate(parents)]
    planned = plan(sent)
    assert sorted([*planned.order, *planned.cyclic]) == sorted(one.id for one in sent)
    place = {id_: n for n, id_ in enumerate(planned.order)}
    for one in sent:
        if one.id in place:
            assert all(place[p] < place[one.id] for p in one.parents if p in place)


@pytest.mark.parametrize("off", [timedelta(), 3 * DAY, -3 * DAY, 400 * DAY, timedelta(seconds=90)], ids=str)
def test_a_clock_that_is_off_is_put_right_and_nothing_was_done_after_it_came(off: timedelta) -> None:
    sent_at, done = NOW - off, NOW - off - timedelta(hours=2)
    found = corrected(done, sent_at, NOW)
    assert abs(found - (NOW - timedelta(hours=2))) <= timedelta(minutes=2)
    assert corrected(sent_at + DAY, sent_at, NOW) == NOW
    assert done_from(done, sent_at, NOW) <= found


def test_instants_of_a_body_are_moved_and_appointments_are_not() -> None:
    fast = NOW + 3 * DAY
    body = {"planned_for": "2026-12-01T09:00:00+07:00", "done": {"done_at": "2026-11-28T02:00:00+00:00"}}
    moved = moved_instants("visit_plan", body, fast, NOW)
    assert moved == {**body, "done": {"done_at": "2026-11-25T02:00:00+00:00"}}
    assert body["done"]["done_at"].startswith("2026-11-28"), "the body itself stays, its digest is taken"
    for nonsense in ({"at": 5}, {"at": "yesterday"}, {"at": "2026-11-28T02:00:00"}, {}):
        assert moved_instants("contact", nonsense, fast, NOW) == nonsense


@pytest.mark.parametrize(
    ("mine", "base", "theirs", "fields"),
    [
        ({"sector": "A"}, {"sector": None}, {"sector": None}, []),
        ({"sector": "A"}, {"sector": None}, {"sector": "B"}, ["sector"]),
        ({"sector": "A"}, {"sector": None}, {"sector": "A"}, []),
        ({"sector": "A"}, {"sector": None, "priority": "X"}, {"sector": None, "priority": "Y"}, []),
        (
            {"place": {"village": "1", "address": "b"}},
            {"place": {"village": "1", "address": "a"}},
            {"place": {"village": "1", "address": "c", "detail": "d"}},
            ["place.address"],
        ),
    ],
)
def test_only_the_same_field_conflicts(mine: dict, base: dict, theirs: dict, fields: list[str]) -> None:  # type: ignore[type-arg]
    assert [one.field for one in differences(mine, base, theirs)] == fields
    assert without_base(mine, base) == []
    assert without_base(mine, {}) != []
