"""The life of a version, the days on which it may begin, and conditions that can never hold."""

from datetime import date
from itertools import product
from typing import Any

import pytest
from hypothesis import given

from app.domain.criteria import (
    OPERATORS,
    Takes,
    Truth,
    contradictions,
    empties,
    evaluate,
    named_by_criterion,
    parse_criteria,
    takes,
)
from app.domain.errors import Conflict, FieldError, Forbidden, Invalid
from app.domain.facts import FACTS, FactType
from app.domain.programs import VersionAction, VersionStatus, digest_of
from app.domain.programs.versions import (
    CHECKERS,
    STEPS,
    Standing,
    actions_from,
    decide,
    require_other_hands,
    superseded,
    validity_faults,
)
from tests.domain.routing_cases import document, facts, leaf, trees

S, A = VersionStatus, VersionAction
TODAY = date(2026, 11, 26)
OLD = leaf("person.age", "ge", 60)
YOUNG = leaf("person.age", "lt", 18)


@pytest.mark.parametrize(("status", "action"), list(product(S, A)))
def test_every_status_by_every_action(status: VersionStatus, action: VersionAction) -> None:
    leads = {(one.status, one.action): one.leads_to for one in STEPS}.get((status, action))
    if leads is not None:
        assert decide(status, action) is leads
        assert action in actions_from(status)
        return
    with pytest.raises(Conflict) as refused:
        decide(status, action)
    edited = status in {S.PUBLISHED, S.RETIRED} and action is not A.RETIRE
    assert refused.value.code == ("version_published" if edited else "wrong_status")


def test_nothing_leads_back_from_what_is_published() -> None:
    assert {one.leads_to for one in STEPS if one.status is S.PUBLISHED} == {S.RETIRED}
    assert (actions_from(S.RETIRED), actions_from(S.WITHDRAWN)) == ((), ())
    assert {one.status for one in STEPS if one.action is A.PUBLISH} == {S.CHECKING}
    assert {A.PUBLISH, A.RETIRE} <= CHECKERS


def test_no_maker_checks() -> None:
    require_other_hands(["1374-a", "1374-b"], "1374-c")
    with pytest.raises(Forbidden):
        require_other_hands(["1374-a", "1374-b"], "1374-b")


def _standing(n: int, first: str, last: str | None = None) -> Standing:
    return Standing(n, date.fromisoformat(first), None if last is None else date.fromisoformat(last))


@pytest.mark.parametrize(
    ("n", "begins", "others", "codes"),
    [
        (2, "2026-11-26", [_standing(1, "2025-01-01")], []),
        (2, "2026-11-25", [_standing(1, "2025-01-01")], ["in_the_past"]),
        (3, "2026-12-01", [_standing(1, "2025-01-01"), _standing(2, "2027-01-01")], ["overlaps"]),
        (3, "2027-01-01", [_standing(1, "2025-01-01"), _standing(2, "2027-01-01")], ["overlaps"]),
        (3, "2027-01-02", [_standing(1, "2025-01-01", "2026-12-31"), _standing(2, "2027-01-01")], []),
        # The second was retired before it began: it is in nobody's way.
        (3, "2026-12-01", [_standing(1, "2025-01-01"), _standing(2, "2027-01-01", "2026-11-30")], []),
        (2, "2027-02-01", [_standing(1, "2025-01-01"), _standing(3, "2027-01-01")], ["older_than_published"]),
    ],
)
def test_on_which_day_a_version_may_begin(
    n: int, begins: str, others: list[Standing], codes: list[str]
) -> None:
    found = list(validity_faults(n, date.fromisoformat(begins), others, TODAY))
    assert [one.code for one in found] == codes
    assert all(one.id and one.en for one in found)


def test_a_new_version_ends_what_would_last_longer() -> None:
    others = [
        _standing(1, "2025-01-01", "2026-06-30"),
        _standing(2, "2026-07-01"),
        _standing(3, "2026-08-01"),
    ]
    assert dict(superseded(date(2027, 1, 1), others)) == {2: date(2026, 12, 31), 3: date(2026, 12, 31)}


@pytest.mark.parametrize(
    ("tree", "pointers"),
    [
        ({"all": [OLD, YOUNG]}, ["/criteria/all/1"]),
        ({"all": [OLD, leaf("person.age", "ge", 61)]}, []),
        ({"all": [OLD, {"any": [YOUNG, leaf("person.disability", "is", value=True)]}]},
         ["/criteria/all/1/any/0"]),
        ({"all": [{"any": [YOUNG, OLD]}, leaf("person.age", "between", [20, 30])]},
         ["/criteria/all/0/any/0", "/criteria/all/0/any/1"]),
        ({"none": [OLD, leaf("person.age", "lt", 60)]}, ["/criteria/none/1"]),
        ({"none": [OLD, YOUNG]}, []),
        ({"any": [OLD, YOUNG]}, []),
        ({"all": [leaf("registry.desil", "eq", 3), {"none": [leaf("registry.desil", "le", 4)]}]},
         ["/criteria/all/1/none/0"]),
        ({"all": [leaf("person.sex", "eq", "P"), leaf("person.sex", "not_in", ["P"])]}, ["/criteria/all/1"]),
        ({"all": [leaf("place.regency", "eq", "13.74"), leaf("place.regency", "ne", "13.74")]},
         ["/criteria/all/1"]),
        ({"all": [leaf("place.regency", "ne", "13.74"), leaf("place.regency", "ne", "13.71")]}, []),
        ({"all": [leaf("person.ppks", "has", "LUT"), leaf("person.ppks", "has", "PD")]}, []),
        ({"all": [leaf("person.ppks", "has_any", ["LUT", "PD"]),
                  {"none": [leaf("person.ppks", "has", "LUT")]}]}, []),
        ({"all": [leaf("person.ppks", "has_any", ["LUT", "PD"]),
                  {"none": [leaf("person.ppks", "has_any", ["PD", "LUT"])]}]}, ["/criteria/all/0"]),
        (leaf("registry.desil", "gt", 10), ["/criteria"]),
        ({"all": [leaf("person.disability", "is", value=True), leaf("person.disability", "ne", value=True)]},
         ["/criteria/all/1"]),
    ],
)  # fmt: skip
def test_conditions_that_can_never_hold_together_are_named(tree: Any, pointers: list[str]) -> None:
    found = contradictions(parse_criteria(tree))
    assert [one.pointer for one in found] == pointers
    assert all(one.id and one.en for one in found)


@given(trees, facts)
def test_what_somebody_meets_is_no_contradiction_at_its_root(tree: Any, known: dict[str, Any]) -> None:
    criteria = parse_criteria(tree)
    if evaluate(criteria, known) is Truth.MET:
        search = contradictions(criteria)
        # A dead alternative may stand beside one that she meets; the tree as a whole is not dead.
        assert "/criteria" not in [one.pointer for one in search]


def test_the_words_of_a_contradiction_name_both_conditions() -> None:
    (found,) = contradictions(parse_criteria({"all": [OLD, YOUNG]}))
    assert found.id == (
        "Syarat \u201cUmur di bawah 18\u201d tidak mungkin terpenuhi bersama "
        "\u201cUmur paling sedikit 60\u201d."
    )
    assert found.en == "\u201cAge below 18\u201d can never be met together with \u201cAge at least 60\u201d."


def test_an_empty_group_is_named_wherever_it_stands() -> None:
    tree = parse_criteria({"all": [OLD, {"all": []}]})
    assert [one.pointer for one in empties(tree)] == ["/criteria/all/1/all"]


def test_a_fault_is_told_with_the_name_of_its_criterion() -> None:
    raw = {"all": [{**OLD, "op": "has"}, {"fact": "x"}]}
    with pytest.raises(Invalid) as refused:
        parse_criteria(raw)
    said = {one.pointer: one for one in named_by_criterion(raw, "/criteria", refused.value.fields)}
    assert said["/criteria/all/0/op"].id.startswith("Syarat \u201cUmur\u201d: ")
    assert said["/criteria/all/0/op"].en.startswith("\u201cAge\u201d: ")
    assert not said["/criteria/all/1/op"].id.startswith("Syarat")
    other = FieldError("/elsewhere", "x", "a", "b")
    assert named_by_criterion(raw, "/criteria", [other]) == (other,)
    broken = FieldError("/criteria/all/9/op", "x", "a", "b")
    assert named_by_criterion(raw, "/criteria", [broken]) == (broken,)


@pytest.mark.parametrize("fact", list(FACTS.values()), ids=lambda fact: fact.name)
def test_each_fact_is_asked_with_the_operators_of_its_type_only(fact: Any) -> None:
    values = {
        FactType.BOOL: True,
        FactType.INT: fact.low,
        FactType.CODE: min(fact.codes or ["X"]),
        FactType.SET: "X",
    }
    one = values[fact.type]
    for op in OPERATORS[fact.type]:
        value = {Takes.ONE: one, Takes.MANY: [one], Takes.PAIR: [one, one]}[takes(op)]
        parse_criteria(leaf(fact.name, op.value, value))


def test_the_digest_is_of_the_rules_and_not_of_their_number() -> None:
    first, second = document("A"), document("A", n=7)
    assert digest_of(first) == digest_of(second)
    assert digest_of(first) != digest_of(document("A", OLD))
