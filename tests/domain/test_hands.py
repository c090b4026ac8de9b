"""Who may take a case, who should, whose people they are, what a visit asks, and who is unreachable."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

import app
from app.domain.access import Actor, CaseSight, ClosedTo, Grant, Role
from app.domain.codes import ActorKind, Confidentiality
from app.domain.errors import Invalid
from app.domain.hands import (
    Hand,
    Load,
    Nearness,
    Standing,
    Tried,
    Unfit,
    check_answers,
    contacts_enough,
    is_below,
    nearness,
    parse_checklist,
    poverty_signs,
    suggest,
    why_unfit,
)
from app.domain.hands.caseload import ranked
from app.domain.sla import WIB, WIT

VILLAGE, OTHER, DISTRICT, REGENCY = "13.74.01.1005", "13.74.01.1006", "13.74.01", "13.74"
ME, DESK = UUID(int=1), UUID(int=7)
BIASA, TERBATAS, RAHASIA = Confidentiality
R = Role


def person(*grants: Grant, active: bool = True, away: bool = False) -> Standing:
    return Standing(Actor(ActorKind.OFFICER, REGENCY, ME, grants), active, away)


def case(level: Confidentiality = BIASA, **more: Any) -> CaseSight:
    return CaseSight(VILLAGE, level, UUID(int=9), DESK, **more)


HERE = Grant(R.DESK_OFFICER, VILLAGE)


@pytest.mark.parametrize(
    ("who", "what", "why"),
    [
        (person(HERE), case(), None),
        (person(HERE, active=False), case(), Unfit.INACTIVE),
        (person(HERE, away=True), case(), Unfit.ON_LEAVE),
        (person(Grant(R.DESK_OFFICER, OTHER)), case(), Unfit.OUTSIDE_AREA),
        (person(Grant(R.VILLAGE_HEAD, VILLAGE)), case(), Unfit.OUTSIDE_AREA),
        (person(Grant(R.CADRE, DISTRICT)), case(), None),
        (person(), case(), Unfit.OUTSIDE_AREA),
        # The assignment itself opens a limited case, never a closed one.
        (person(HERE), case(TERBATAS), None),
        (person(HERE), case(RAHASIA), Unfit.NOT_NAMED),
        (person(HERE), case(RAHASIA, named=frozenset({ME})), None),
        (person(HERE), case(RAHASIA, closed_to=ClosedTo.MANAGER), Unfit.NOT_NAMED),
        (person(Grant(R.MANAGER, REGENCY)), case(RAHASIA, closed_to=ClosedTo.MANAGER), None),
        (person(Grant(R.MANAGER, REGENCY)), case(RAHASIA, closed_to=ClosedTo.HEAD), Unfit.NOT_NAMED),
        # Complained of: whatever the office, and said before anything else of a person.
        (person(HERE), case(about_accounts=frozenset({ME})), Unfit.KEPT_OUT),
        (
            person(Grant(R.HEAD, REGENCY)),
            case(RAHASIA, named=frozenset({ME}), about_accounts=frozenset({ME})),
            Unfit.KEPT_OUT,
        ),
        # A desk's people work on what was handed to their desk, wherever it lies.
        (person(Grant(R.DESK_OFFICER, OTHER, None, DESK)), case(away_desk_id=DESK), None),
    ],
)
def test_who_may_have_a_case(who: Standing, what: CaseSight, why: Unfit | None) -> None:
    assert why_unfit(who, what) is why


@pytest.mark.parametrize(
    ("person", "above", "below"),
    [
        ([HERE], [Grant(R.DESK_COORDINATOR, VILLAGE)], True),
        ([HERE], [Grant(R.DESK_COORDINATOR, OTHER)], False),
        ([HERE], [Grant(R.SUPERVISOR, REGENCY)], True),
        ([HERE], [HERE], False),
        ([Grant(R.SUPERVISOR, REGENCY)], [Grant(R.SUPERVISOR, REGENCY)], False),
        ([Grant(R.MANAGER, REGENCY)], [Grant(R.HEAD, REGENCY)], True),
        ([Grant(R.HEAD, REGENCY)], [Grant(R.MANAGER, REGENCY)], False),
        # A regency's office is not below a district's, whatever its rank.
        ([Grant(R.FACILITATOR, REGENCY)], [Grant(R.SUPERVISOR, DISTRICT)], False),
        # Two hats: a head elsewhere in the area is nobody's subordinate there.
        ([HERE, Grant(R.HEAD, REGENCY)], [Grant(R.MANAGER, REGENCY)], False),
        ([HERE, Grant(R.DESK_OFFICER, "13.71.01.1001")], [Grant(R.SUPERVISOR, REGENCY)], True),
        ([Grant(R.DONOR, REGENCY)], [Grant(R.HEAD, REGENCY)], False),
        ([Grant(R.AGENCY_OFFICER, None, "DINSOS-1374")], [Grant(R.HEAD, REGENCY)], False),
        ([], [Grant(R.HEAD, REGENCY)], False),
    ],
)
def test_who_works_for_whom(person: list[Grant], above: list[Grant], *, below: bool) -> None:
    assert is_below(person, above) is below


def hand(n: int, near: Nearness = Nearness.VILLAGE, *, open_: int = 0, works: bool = True) -> Hand:
    return Hand(UUID(int=n), near, Load(open_, 0, 10), works=works)


@pytest.mark.parametrize(
    ("hands", "best", "reasons"),
    [
        ([hand(1, open_=3), hand(2, open_=1)], 2, ("same_village", "has_room", "fewest_open")),
        # Near before idle, but not beyond what one can carry.
        ([hand(1, open_=9), hand(2, Nearness.REGENCY)], 1, ("same_village", "has_room")),
        ([hand(1, open_=10), hand(2, Nearness.DISTRICT)], 2, ("same_district", "has_room", "fewest_open")),
        # Nobody has room: still somebody.
        ([hand(1, open_=12), hand(2, open_=11)], 2, ("same_village", "full", "fewest_open")),
        # Who only visits is not given the case.
        ([hand(1, works=False), hand(2, Nearness.REGENCY)], 2, ("same_regency", "has_room", "fewest_open")),
        ([hand(2), hand(1)], 1, ("same_village", "has_room", "fewest_open")),
    ],
)
def test_the_suggestion_and_why(hands: list[Hand], best: int, reasons: tuple[str, ...]) -> None:
    found = suggest(hands)
    assert found is not None
    assert (found.account_id.int, found.reasons) == (best, reasons)


def test_nobody_is_suggested_where_nobody_works() -> None:
    assert suggest([]) is None
    assert suggest([hand(1, works=False)]) is None


@given(st.permutations([hand(n, near, open_=n % 4) for n, near in enumerate([*Nearness, *Nearness], 1)]))
def test_the_order_does_not_depend_on_how_they_come(hands: list[Hand]) -> None:
    assert ranked(hands) == ranked(sorted(hands, key=lambda one: one.account_id))


@pytest.mark.parametrize(
    ("grants", "near"),
    [
        ([Grant(R.DESK_OFFICER, VILLAGE), Grant(R.SUPERVISOR, REGENCY)], Nearness.VILLAGE),
        ([Grant(R.FACILITATOR, DISTRICT)], Nearness.DISTRICT),
        ([Grant(R.DESK_OFFICER, OTHER), Grant(R.SUPERVISOR, REGENCY)], Nearness.REGENCY),
        ([], Nearness.REGENCY),
    ],
)
def test_how_near_somebody_works(grants: list[Grant], near: Nearness) -> None:
    assert nearness(grants, VILLAGE) is near


# Contacts ---------------------------------------------------------------------------------------------

POLICY = {"contacts": 3, "days": 3, "means": 2}
DAY = timedelta(days=1)
NOON = datetime(2026, 11, 2, 5, tzinfo=UTC)


def tried(day: float, means: str = "phone", *, reached: bool = False) -> Tried:
    return Tried(NOON + day * DAY, means, reached)


@pytest.mark.parametrize(
    ("contacts", "enough"),
    [
        ([], False),
        ([tried(0), tried(1), tried(2, "in_person")], True),
        ([tried(0), tried(1), tried(2)], False),
        ([tried(0), tried(0.1, "sms"), tried(1)], False),
        ([tried(0), tried(1, "sms")], False),
        # She was reached in between: what was in vain before proves nothing any more.
        ([tried(0), tried(1, "sms"), tried(2, reached=True), tried(3), tried(4), tried(5)], False),
        ([tried(0, reached=True), tried(1), tried(2, "sms"), tried(3)], True),
        ([tried(0), tried(1, "sms"), tried(2), tried(3, reached=True)], False),
    ],
)
def test_when_somebody_counts_as_unreachable(contacts: list[Tried], *, enough: bool) -> None:
    assert contacts_enough(contacts, POLICY, WIB) is enough
    assert contacts_enough(reversed(contacts), POLICY, WIB) is enough


def test_days_are_those_of_the_region() -> None:
    # 23:30 and 00:30 in the west are 01:30 and 02:30 of one day in the east.
    late = [datetime(2026, 11, 2, 16, 30, tzinfo=UTC), datetime(2026, 11, 2, 17, 30, tzinfo=UTC)]
    two = [Tried(at, means, reached=False) for at, means in zip(late, ("phone", "sms"), strict=True)]
    policy = {"contacts": 2, "days": 2, "means": 2}
    assert contacts_enough(two, policy, WIB)
    assert not contacts_enough(two, policy, WIT)


def test_without_a_policy_the_usual_numbers_count() -> None:
    assert contacts_enough([tried(0), tried(1), tried(2, "sms")], {}, WIB)
    assert not contacts_enough([tried(0), tried(1, "sms")], {}, WIB)


# The checklist ----------------------------------------------------------------------------------------

VALUES = json.loads((Path(app.__file__).parent / "data" / "policies.json").read_text("utf-8"))["values"]
SHIPPED = next(one["value"] for one in VALUES if one["name"] == "visit_checklist")
ITEMS = parse_checklist(SHIPPED)
LABEL = {"id": "Makan", "en": "Meals"}


def test_the_shipped_checklist_asks_fourteen_signs_of_poverty() -> None:
    assert len(ITEMS) == 14
    assert all(item.poor_if is not None for item in ITEMS)
    poorest = {
        "floor_area": 6, "floor": "earth", "wall": "bamboo", "roof": "thatch", "toilet": "none",
        "water": "unprotected", "light": "none", "fuel": "wood", "meals": 1, "protein": 0, "clothes": 1,
        "treatment": False, "schooling": "none", "savings": False,
    }  # fmt: skip
    assert check_answers(ITEMS, poorest) == ()
    assert poverty_signs(ITEMS, poorest) == (14, 14)
    better = {"floor_area": 8.5, "floor": "tile", "meals": 3, "treatment": True}
    assert poverty_signs(ITEMS, better) == (0, 4)
    assert poverty_signs(ITEMS, {"floor_area": 8, "meals": 3}) == (1, 2)


@pytest.mark.parametrize(
    ("answers", "pointer", "code"),
    [
        ({"height": 3}, "/answers/height", "unknown_item"),
        ({"meals": True}, "/answers/meals", "wrong_answer"),
        ({"meals": "2"}, "/answers/meals", "wrong_answer"),
        ({"meals": -1}, "/answers/meals", "wrong_answer"),
        ({"meals": 11}, "/answers/meals", "wrong_answer"),
        ({"floor": "marble"}, "/answers/floor", "wrong_answer"),
        ({"floor": 1}, "/answers/floor", "wrong_answer"),
        ({"treatment": 1}, "/answers/treatment", "wrong_answer"),
        ({"treatment": "yes"}, "/answers/treatment", "wrong_answer"),
    ],
)
def test_answers_are_held_to_the_checklist(answers: dict[str, Any], pointer: str, code: str) -> None:
    (wrong,) = check_answers(ITEMS, answers)
    assert (wrong.pointer, wrong.code) == (pointer, code)
    assert wrong.id
    assert wrong.en


@pytest.mark.parametrize(
    "value",
    [
        None,
        {},
        "meals",
        [None],
        [{"code": "meals", "kind": "number"}],
        [{"code": "meals", "kind": "date", "label": LABEL}],
        [{"code": "two meals", "kind": "bool", "label": LABEL}],
        [{"code": "meals", "kind": "bool", "label": {"id": "", "en": "x"}}],
        [{"code": "meals", "kind": "bool", "label": "Makan"}],
        [{"code": "meals", "kind": "choice", "label": LABEL}],
        [{"code": "meals", "kind": "bool", "label": LABEL, "choices": [{"code": "a", "label": LABEL}]}],
        [{"code": "meals", "kind": "number", "label": LABEL, "min": 9, "max": 1}],
        [{"code": "meals", "kind": "number", "label": LABEL, "max": "many"}],
        [{"code": "meals", "kind": "number", "label": LABEL, "poor_if": 2}],
        [{"code": "meals", "kind": "number", "label": LABEL, "poor_if": {"at_most": "2"}}],
        [{"code": "meals", "kind": "bool", "label": LABEL, "poor_if": "no"}],
        [{"code": "m", "kind": "choice", "label": LABEL, "choices": [{"code": "a", "label": LABEL}],
          "poor_if": ["b"]}],
        [{"code": "meals", "kind": "bool", "label": LABEL}] * 2,
        [{"code": f"m{n}", "kind": "bool", "label": LABEL} for n in range(61)],
    ],
)  # fmt: skip
def test_a_checklist_that_makes_no_sense_is_refused(value: object) -> None:
    with pytest.raises(Invalid) as caught:
        parse_checklist(value)
    assert caught.value.fields[0].pointer.startswith("/value")


Json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=12,
)


@given(st.lists(st.dictionaries(st.sampled_from(sorted(SHIPPED[1])), Json)) | Json)
def test_any_json_is_a_checklist_or_refused(value: object) -> None:
    try:
        items = parse_checklist(value)
    except Invalid:
        return
    assert poverty_signs(items, {}) == (0, 0)
