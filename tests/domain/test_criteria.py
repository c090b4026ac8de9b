"""Criteria: refused with a path when wrong, judged in three values, and said in two languages."""

from typing import Any

import pytest

from app.domain.criteria import Truth, describe, evaluate, literals, parse_criteria, reasons
from app.domain.criteria import unknown_facts as still_unknown
from app.domain.errors import Invalid
from app.domain.facts import Value
from tests.domain.routing_cases import leaf

MET, NOT_MET, UNKNOWN = Truth.MET, Truth.NOT_MET, Truth.UNKNOWN
YES = leaf("household.pregnant", "is", value=True)
POOR = leaf("registry.desil", "between", [1, 4])


def _deep(levels: int) -> Any:
    return {"all": [_deep(levels - 1)]} if levels else YES


@pytest.mark.parametrize(
    ("raw", "pointer", "code"),
    [
        ("no object", "/criteria", "type"),
        ({"fact": "registry.desil"}, "/criteria/op", "required"),
        (leaf("no.such", "eq", 1), "/criteria/fact", "unknown_fact"),
        (leaf("registry.desil", "has", 1), "/criteria/op", "code"),
        (leaf("household.pregnant", "ge", value=True), "/criteria/op", "code"),
        (leaf("household.pregnant", "is", "yes"), "/criteria/value", "type"),
        (leaf("registry.desil", "le", 11), "/criteria/value", "range"),
        (leaf("registry.desil", "between", [4, 1]), "/criteria/value", "range"),
        (leaf("registry.desil", "between", [4]), "/criteria/value", "range"),
        (leaf("registry.desil", "in", []), "/criteria/value", "empty"),
        (leaf("registry.desil", "in", 3), "/criteria/value", "type"),
        (leaf("registry.desil", "in", [1, "2"]), "/criteria/value/1", "range"),
        (leaf("person.sex", "in", ["X"]), "/criteria/value/0", "code"),
        (leaf("person.ppks", "has_any", [1]), "/criteria/value/0", "type"),
        (YES | {"trust": "sure"}, "/criteria/trust", "code"),
        (YES | {"reason": {"id": "x"}}, "/criteria/reason/en", "required"),
        (YES | {"more": 1}, "/criteria/more", "unknown"),
        ({"any": []}, "/criteria/any", "empty"),
        ({"none": "x"}, "/criteria/none", "type"),
        ({"all": [], "any": [YES]}, "/criteria/any", "unknown"),
        ({"all": [{"any": [YES, leaf("x", "eq", 1)]}]}, "/criteria/all/0/any/1/fact", "unknown_fact"),
    ],
)
def test_a_wrong_tree_is_refused_with_its_path(raw: object, pointer: str, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        parse_criteria(raw)
    faults = {(fault.pointer, fault.code) for fault in refused.value.fields}
    assert (pointer, code) in faults
    assert all(fault.id and fault.en for fault in refused.value.fields)


def test_a_tree_may_be_eight_deep_and_not_deeper() -> None:
    parse_criteria(_deep(8))
    with pytest.raises(Invalid) as refused:
        parse_criteria(_deep(9))
    assert [fault.code for fault in refused.value.fields] == ["too_deep"]


@pytest.mark.parametrize(
    ("op", "wanted", "met", "unmet"),
    [
        ("eq", 3, [3], [2, 4]),
        ("ne", 3, [2, 4], [3]),
        ("lt", 3, [2], [3]),
        ("le", 3, [3], [4]),
        ("gt", 3, [4], [3]),
        ("ge", 3, [3], [2]),
        ("between", [2, 4], [2, 3, 4], [1, 5]),
        ("in", [1, 3], [1, 3], [2]),
        ("not_in", [1, 3], [2], [1, 3]),
    ],
)
def test_operators_over_numbers(op: str, wanted: object, met: list[int], unmet: list[int]) -> None:
    tree = parse_criteria(leaf("registry.desil", op, wanted))
    assert all(evaluate(tree, {"registry.desil": value}) is MET for value in met)
    assert all(evaluate(tree, {"registry.desil": value}) is NOT_MET for value in unmet)
    assert evaluate(tree, {}) is UNKNOWN


@pytest.mark.parametrize(
    ("fact", "op", "wanted", "value", "truth"),
    [
        ("household.pregnant", "is", False, False, MET),
        ("household.pregnant", "ne", True, True, NOT_MET),
        ("person.sex", "eq", "P", "L", NOT_MET),
        ("person.sex", "not_in", ["P"], "L", MET),
        ("person.ppks", "has", "LUT", frozenset({"LUT", "FM"}), MET),
        ("person.ppks", "has", "LUT", frozenset(), NOT_MET),
        ("person.ppks", "has_any", ["LUT", "PD"], frozenset({"PD"}), MET),
        ("person.ppks", "has_any", ["LUT", "PD"], frozenset({"FM"}), NOT_MET),
    ],
)
def test_operators_over_other_types(fact: str, op: str, wanted: object, value: Value, truth: Truth) -> None:
    assert evaluate(parse_criteria(leaf(fact, op, wanted)), {fact: value}) is truth


_A, _B = {"household.pregnant": True}, {"registry.desil": 2}
_NOT_A, _NOT_B = {"household.pregnant": False}, {"registry.desil": 9}


@pytest.mark.parametrize(
    ("how", "facts", "truth"),
    [
        ("all", _A | _B, MET),
        ("all", _A, UNKNOWN),
        ("all", _NOT_A, NOT_MET),
        ("any", _A, MET),
        ("any", _NOT_A, UNKNOWN),
        ("any", _NOT_A | _NOT_B, NOT_MET),
        ("any", {}, UNKNOWN),
        ("none", _NOT_A | _NOT_B, MET),
        ("none", _NOT_A, UNKNOWN),
        ("none", _B, NOT_MET),
    ],
)
def test_groups_are_judged_in_three_values(how: str, facts: dict[str, Value], truth: Truth) -> None:
    assert evaluate(parse_criteria({how: [YES, POOR]}), facts) is truth


def test_no_condition_is_met() -> None:
    assert evaluate(parse_criteria({"all": []}), {}) is MET


def test_only_facts_that_still_bear_are_unknown() -> None:
    tree = parse_criteria({"all": [{"any": [YES, leaf("person.age", "ge", 60)]}, POOR]})
    assert still_unknown(tree, {}) == {"household.pregnant", "person.age", "registry.desil"}
    assert still_unknown(tree, {"person.age": 70}) == {"registry.desil"}
    assert still_unknown(tree, {"registry.desil": 9}) == frozenset()


def test_negation_is_counted_through_the_tree() -> None:
    tree = parse_criteria({"none": [YES, {"all": [POOR, {"none": [YES]}]}]})
    assert [literal.negated for literal in literals(tree)] == [True, True, False]


def _said(raw: object, facts: dict[str, Value]) -> tuple[str, str]:
    (one,) = reasons(parse_criteria(raw), facts)
    return one.said


@pytest.mark.parametrize(
    ("raw", "facts", "said"),
    [
        (POOR, {"registry.desil": 2}, "Desil 2, syarat 1\u20134: terpenuhi"),
        (POOR, {"registry.desil": 7}, "Desil 7, syarat 1\u20134: tidak terpenuhi"),
        (POOR, {}, "Desil belum diketahui"),
        (
            POOR | {"trust": "Fw"},
            {"registry.desil": 2},
            "Desil 2, syarat 1\u20134: terpenuhi (perlu dikonfirmasi)",
        ),
        (
            {"none": [leaf("household.civil_servant", "is", value=True)]},
            {"household.civil_servant": True},
            "Ada anggota ASN, TNI atau Polri: ya, syarat tidak: tidak terpenuhi",
        ),
        (
            {"none": [POOR]},
            {"registry.desil": 9},
            "Desil 9, syarat bukan 1\u20134: terpenuhi",
        ),
        (
            leaf("person.ppks", "has_any", ["LUT", "PD"]),
            {"person.ppks": frozenset({"PD", "ODHA"})},
            "Kategori PPKS: PD, syarat salah satu dari LUT, PD: terpenuhi",
        ),
        (
            POOR | {"reason": {"id": "Miskin", "en": "Poor"}},
            {"registry.desil": 2},
            "Miskin: terpenuhi",
        ),
    ],
)
def test_a_reason_is_a_sentence(raw: object, facts: dict[str, Value], said: str) -> None:
    assert _said(raw, facts)[0] == said


def test_a_reason_is_said_in_english_too() -> None:
    assert _said(POOR, {"registry.desil": 2})[1] == "Decile 2, required 1\u20134: met"
    assert _said(POOR | {"trust": "R"}, {})[1] == "Decile is not known yet (to be confirmed)"


def test_every_operator_can_be_said() -> None:
    for op in ("eq", "ne", "lt", "le", "gt", "ge"):
        assert describe(parse_criteria(leaf("person.age", op, 60))).id.startswith("Umur ")
    for op in ("in", "not_in"):
        assert "60, 61" in describe(parse_criteria(leaf("person.age", op, [60, 61]))).en


def test_a_rule_is_described_in_words() -> None:
    said = describe(parse_criteria({"all": [POOR, {"any": [YES, {"none": [POOR]}]}]}))
    assert said.id == (
        "semua dari (Desil 1\u20134; salah satu dari "
        "(Ada ibu hamil atau nifas: ya; tidak satu pun dari (Desil 1\u20134)))"
    )
    assert said.en.startswith("all of (Decile 1\u20134; any of (Somebody is pregnant: yes;")
    assert describe(parse_criteria({"all": []})).en == "no conditions"
