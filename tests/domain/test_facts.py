"""Facts: a closed dictionary; a missing value is unknown, and only what follows is derived."""

from datetime import UTC, date, datetime

import pytest

from app.domain.errors import Invalid
from app.domain.facts import (
    FACTS,
    FactType,
    FactValue,
    Member,
    age_on,
    derive,
    facts_to_json,
    known,
    parse_fact,
    parse_facts,
    village_kind,
)

TODAY = date(2026, 11, 25)
BUT_ONE = date(2000, 11, 26)


def test_every_fact_has_words_in_both_languages() -> None:
    for fact in FACTS.values():
        assert all([*fact.label, *fact.question]), fact.name
        assert not fact.label.id.startswith("!")
        assert (fact.type is FactType.INT) == (fact.high > 0)


@pytest.mark.parametrize(
    ("name", "raw", "value"),
    [
        ("registry.desil", 3, 3),
        ("registry.desil", 0, None),
        ("registry.desil", None, None),
        ("registry.listed", False, False),
        ("person.age", 0, 0),
        ("person.sex", "P", "P"),
        ("case.category", "PPKS", "PPKS"),
        ("person.ppks", ["LUT", "PD", "LUT"], frozenset({"LUT", "PD"})),
        ("ledger.active_programs", [], frozenset()),
    ],
)
def test_a_value_is_read(name: str, raw: object, value: object) -> None:
    assert parse_fact(name, raw) == value


@pytest.mark.parametrize(
    ("name", "raw", "code"),
    [
        ("person.shoe_size", 43, "unknown_fact"),
        ("registry.desil", 11, "range"),
        ("registry.desil", False, "range"),
        ("registry.desil", True, "range"),
        ("registry.desil", "2", "range"),
        ("person.age", -1, "range"),
        ("person.age", 2.0, "range"),
        ("household.pregnant", 1, "type"),
        ("person.sex", "X", "code"),
        ("case.category", "x" * 81, "too_long"),
        ("case.category", " ", "type"),
        ("person.ppks", "LUT", "type"),
        ("person.ppks", [1], "type"),
    ],
)
def test_a_wrong_value_is_refused_with_its_place(name: str, raw: object, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        parse_facts({name: raw})
    (fault,) = refused.value.fields
    assert fault.code == code
    assert fault.pointer.startswith(f"/facts/{name}")
    assert fault.id
    assert fault.en


def test_all_faults_are_told_at_once() -> None:
    with pytest.raises(Invalid) as refused:
        parse_facts({"a/b": 1, "person.age": "old"})
    assert [fault.pointer for fault in refused.value.fields] == ["/facts/a~1b", "/facts/person.age"]


def test_facts_that_are_no_object_are_refused() -> None:
    with pytest.raises(Invalid):
        parse_facts([])


def test_facts_survive_being_stored() -> None:
    facts = parse_facts({"person.ppks": ["PD", "LUT"], "person.age": 4, "registry.desil": 0})
    assert facts_to_json(facts) == {"person.age": 4, "person.ppks": ["LUT", "PD"]}
    assert parse_facts(facts_to_json(facts)) == facts


def test_provenance_stands_beside_the_value() -> None:
    found = FactValue(2, "DTSEN 2026-3", datetime(2026, 9, 1, tzinfo=UTC))
    assert known({"registry.desil": found}) == {"registry.desil": 2}


@pytest.mark.parametrize(
    ("born", "age"),
    [(BUT_ONE, 25), (date(2000, 11, 25), 26), (date(2027, 1, 1), 0), (date(2004, 2, 29), 22)],
)
def test_age_is_completed_years(born: date, age: int) -> None:
    assert age_on(born, TODAY) == age


@pytest.mark.parametrize(
    ("village", "kind"),
    [
        ("13.74.01.1003", "kelurahan"),
        ("13.08.04.2001", "desa"),
        ("91.03.01.3001", "desa_adat"),
        ("13.74.01", None),
        (None, None),
    ],
)
def test_the_village_code_tells_its_kind(village: str | None, kind: str | None) -> None:
    assert village_kind(village) == kind


def test_a_household_is_counted() -> None:
    family = [
        Member(date(1990, 1, 1), disability_severe=False, pregnant=True),
        Member(date(2024, 1, 1), disability_severe=False, pregnant=False),
        Member(date(1950, 1, 1), disability_severe=True, pregnant=False),
    ]
    facts = derive({}, today=TODAY, born_on=date(1990, 1, 1), household=family)
    assert facts["person.age"] == 36
    assert facts["household.size"] == 3
    assert facts["household.children_0_6"] == 1
    assert facts["household.elderly"] == 1
    assert facts["household.pregnant"] is True
    assert facts["household.severe_disability"] is True
    assert facts["household.elderly_alone"] is False
    assert "household.school_children.sd" not in facts


def test_one_unknown_birth_date_leaves_the_counts_unknown() -> None:
    facts = derive({}, today=TODAY, household=[Member(), Member(date(2024, 1, 1), pregnant=False)])
    assert facts["household.size"] == 2
    assert not {"household.children", "household.elderly", "household.pregnant"} & facts.keys()


def test_grades_are_counted_when_all_are_known() -> None:
    family = [Member(school_grade="SD"), Member(school_grade="SD"), Member(school_grade="NONE")]
    facts = derive({}, today=TODAY, household=family)
    assert facts["household.school_children.sd"] == 2
    assert facts["household.school_children.sma"] == 0


def test_what_was_given_wins_over_what_was_derived() -> None:
    given = {"person.age": 61, "household.elderly_alone": False, "registry.listed": False}
    facts = derive({**given, "registry.desil": 2, "household.size": 1}, today=TODAY, born_on=date(1990, 1, 1))
    assert {name: facts[name] for name in given} == given
    assert facts["household.single_person_kk"] is True


def test_living_alone_and_desil_have_consequences() -> None:
    facts = derive({"registry.desil": 2}, today=TODAY, household=[Member()], born_on=date(1950, 1, 1))
    assert facts["registry.listed"] is True
    assert facts["household.elderly_alone"] is True
    assert facts["household.elderly"] == 1


def test_severe_disability_is_a_disability_in_the_household() -> None:
    facts = derive({"person.disability_severe": True}, today=TODAY)
    assert facts["person.disability"] is True
    assert facts["household.severe_disability"] is True
