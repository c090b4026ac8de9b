"""A regency's changes over a programme: what fits, what they do, and that a past decision stays as it was."""

import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.criteria import Leaf, Op, describe, literals
from app.domain.errors import Invalid
from app.domain.facts import FACTS, FactType
from app.domain.programs import Bound, Override, Paper, Program, overlaid, parse_override, parse_program
from app.domain.programs.override import ORDERED, faults, is_empty
from app.domain.routing import (
    Question,
    Replayed,
    compile_catalogue,
    from_json,
    record,
    replay,
    route,
    sealed_to_json,
    to_json,
    versions,
)
from app.domain.routing.stored import to_text
from tests.domain.routing_cases import (
    PADANG_PANJANG,
    ask,
    catalogues,
    document,
    leaf,
    plain_answer,
    questions,
)
from tests.domain.routing_cases import program as a_program

HERE = PADANG_PANJANG.regency
DESIL = leaf("registry.desil", "between", [1, 4])
RULE = {"all": [DESIL, leaf("person.age", "ge", 60), {"none": [leaf("person.age", "ge", 90)]}]}
PAPERS = [{"code": "KTP", "required": True}, {"code": "SKTM", "required": False}]


def an_override(n: int = 1, code: str = "A", **said: Any) -> Override:
    return parse_override(said, (HERE, code, n, date(2026, 1, 1), None, "Perwako 12/2026"))


def a_bound(op: str = "between", value: object = (1, 3), fact: str = "registry.desil") -> dict[str, Any]:
    return {"fact": fact, "op": op, "value": list(value) if isinstance(value, tuple) else value}


@pytest.mark.parametrize(
    ("said", "pointer", "code"),
    [
        ({"bounds": [a_bound(fact="registry.desill")]}, "/bounds/0/fact", "unknown_fact"),
        ({"bounds": [a_bound("eq", 3)]}, "/bounds/0/op", "not_a_bound"),
        ({"bounds": [a_bound("in", (1, 2))]}, "/bounds/0/op", "not_a_bound"),
        ({"bounds": [a_bound("is", value=True, fact="registry.listed")]}, "/bounds/0/op", "not_a_bound"),
        ({"bounds": [a_bound("between", (3, 1))]}, "/bounds/0/value", "range"),
        ({"bounds": [a_bound("le", 99)]}, "/bounds/0/value", "range"),
        ({"bounds": [{"fact": "registry.desil"}]}, "/bounds/0/op", "required"),
        ({"bounds": {}}, "/bounds", "type"),
        ({"criteria": []}, "/criteria", "unknown"),
        ({"papers": {"more": [{"code": "KK"}]}}, "/papers/more/0/required", "required"),
        ({"ladder": [{"rung": "DESA", "contact": ""}]}, "/ladder/0/contact", "type"),
    ],
)
def test_what_is_no_change_of_bounds_is_refused(said: dict[str, Any], pointer: str, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        an_override(**said)
    assert (pointer, code) in [(one.pointer, one.code) for one in refused.value.fields]


@pytest.mark.parametrize(
    ("said", "level", "wrong"),
    [
        ({"bounds": [a_bound()]}, "PUSAT", []),
        ({"bounds": [a_bound(value=(1, 4))]}, "PUSAT", []),
        ({"bounds": [a_bound(value=(1, 5))]}, "PUSAT", [("/bounds/0/value", "looser")]),
        ({"bounds": [a_bound(value=(2, 9))]}, "PROVINSI", [("/bounds/0/value", "looser")]),
        ({"bounds": [a_bound(value=(1, 5))]}, "DESA", [("/bounds/0/value", "looser")]),
        # Of its own programme a regency may be more generous too.
        ({"bounds": [a_bound(value=(1, 5))]}, "KAB_KOTA", []),
        ({"bounds": [a_bound("ge", 65, "person.age")]}, "PUSAT", []),
        ({"bounds": [a_bound("ge", 55, "person.age")]}, "PUSAT", [("/bounds/0/value", "looser")]),
        ({"bounds": [a_bound("le", 3)]}, "KAB_KOTA", [("/bounds/0/fact", "unknown_criterion")]),
        (
            {"bounds": [a_bound("le", 3, "household.size")]},
            "PUSAT",
            [("/bounds/0/fact", "unknown_criterion")],
        ),
        ({"bounds": [a_bound(), a_bound(value=(1, 2))]}, "PUSAT", [("/bounds/1", "twice")]),
        ({"papers": {"less": ["KK"]}}, "PUSAT", [("/papers/less/0", "not_asked")]),
        (
            {"papers": {"more": [{"code": "KTP", "required": True}]}},
            "PUSAT",
            [("/papers/more/0/code", "asked_already")],
        ),
        ({"papers": {"more": [{"code": "SKTM", "required": True}]}}, "PUSAT", []),
        ({"ladder": [{"rung": "BULAN", "contact": "1"}]}, "PUSAT", [("/ladder/0/rung", "unknown_rung")]),
    ],
)
def test_what_does_not_fit_the_programme_is_named(
    said: dict[str, Any], level: str, wrong: list[tuple[str, str]]
) -> None:
    program = a_program("A", RULE, level=level, papers=PAPERS)
    assert [(one.pointer, one.code) for one in faults(an_override(**said), program)] == wrong


def test_nothing_changed_is_empty() -> None:
    assert is_empty(an_override())
    assert not is_empty(an_override(contacts=[{"label": {"id": "a", "en": "a"}, "value": "1"}]))


def test_an_override_moves_bounds_papers_and_contacts_and_nothing_else() -> None:
    ladder = [{"rung": "DINSOS", "label": {"id": "Dinas", "en": "Office"}, "agency": "DINSOS"}]
    program = a_program("A", RULE, papers=PAPERS, ladder=ladder)
    own = an_override(
        3,
        bounds=[a_bound(), a_bound("ge", 65, "person.age")],
        papers={"more": [{"code": "KK", "required": True}], "less": ["SKTM"]},
        contacts=[{"label": {"id": "Loket", "en": "Desk"}, "value": "Jl. Contoh 1"}],
        quota={"note": {"id": "300 keluarga", "en": "300 families"}},
        ladder=[{"rung": "DINSOS", "contact": "0752-000"}],
    )
    laid = overlaid(program, own)
    assert laid.override == 3
    desil, age, never = (literal.leaf for literal in literals(laid.version.criteria))
    assert (desil.value, desil.own, desil.source, desil.trust) == ((1, 3), True, "Perwako 12/2026", "SEED")
    assert (age.value, age.own) == (65, True)
    # Under ``none`` the same question stands turned around: it is not what was meant.
    assert (never.value, never.own) == (90, False)
    assert laid.version.papers == (Paper("KTP", required=True), Paper("KK", required=True))
    assert laid.version.contacts[0].value == "Jl. Contoh 1"
    assert laid.version.ladder[0].contact == "0752-000"
    assert laid.version.quota_note == ("300 keluarga", "300 families")
    same = replace(
        laid.version,
        criteria=program.version.criteria,
        papers=program.version.papers,
        contacts=program.version.contacts,
        ladder=program.version.ladder,
        quota_note=program.version.quota_note,
    )
    assert same == program.version
    assert "(batas kabupaten/kota ini)" in describe(laid.version.criteria).id
    assert "this regency's own bound" in describe(laid.version.criteria).en


def test_a_later_version_that_is_stricter_than_the_override_wins() -> None:
    stricter = a_program("A", {"all": [leaf("registry.desil", "between", [1, 2])]}, level="PUSAT")
    (one,) = literals(overlaid(stricter, an_override(bounds=[a_bound()])).version.criteria)
    assert (one.leaf.value, one.leaf.own) == ((1, 2), False)


def test_only_the_regency_of_the_case_and_the_days_of_the_override_count() -> None:
    program = a_program("A", {"all": [DESIL]})
    own = replace(an_override(bounds=[a_bound()]), valid_from=date(2026, 11, 1), valid_to=date(2026, 11, 30))
    catalogue = compile_catalogue([program], [own])
    facts = {"registry.desil": 4}

    def verdict(question: Question) -> tuple[str, int]:
        (entry,) = record(route(catalogue, question)).entries
        return entry.verdict.value, entry.override

    padang = replace(PADANG_PANJANG, regency="13.71", village="13.71.01.1003")
    assert verdict(ask(facts)) == ("not_eligible", 1)
    assert verdict(ask(facts, place=padang)) == ("eligible", 0)
    for day, wanted in (
        (date(2026, 10, 31), ("eligible", 0)),
        (date(2026, 11, 1), ("not_eligible", 1)),
        (date(2026, 11, 30), ("not_eligible", 1)),
        (date(2026, 12, 1), ("eligible", 0)),
    ):
        assert verdict(ask(facts, today=day)) == wanted, day


def test_of_two_overrides_that_hold_the_later_one_counts() -> None:
    program = a_program("A", {"all": [DESIL]})
    both = [an_override(1, bounds=[a_bound()]), an_override(2, bounds=[a_bound(value=(1, 2))])]
    (entry,) = record(route(compile_catalogue([program], both), ask({"registry.desil": 3}))).entries
    assert (entry.verdict.value, entry.override) == ("not_eligible", 2)


def test_a_record_without_an_override_says_nothing_of_one() -> None:
    program = a_program("A", {"all": [DESIL]})
    plain = record(route(compile_catalogue([program]), ask({"registry.desil": 3})))
    assert "override" not in json.dumps(to_json(plain))
    own = record(
        route(compile_catalogue([program], [an_override(bounds=[a_bound()])]), ask({"registry.desil": 3}))
    )
    assert json.loads(to_text(own)) == to_json(own)
    assert to_json(own)["entries"][0][-1]["override"] == 1  # type: ignore[index]  # JSON
    assert from_json(json.loads(json.dumps(to_json(own)))) == own


def _bounds_of(program: Program, draw: st.DrawFn) -> tuple[Bound, ...]:
    asked = {
        (one.leaf.fact, one.leaf.op): one.leaf
        for one in literals(program.version.criteria)
        if one.leaf.op in ORDERED and FACTS[one.leaf.fact].type is FactType.INT
    }
    return tuple(
        Bound(fact, op, _value(asked[fact, op], draw)) for fact, op in sorted(asked) if draw(st.booleans())
    )


def _value(asked: Leaf, draw: st.DrawFn) -> int | tuple[int, ...]:
    fact = FACTS[asked.fact]
    numbers = st.integers(fact.low, min(fact.high, 100))
    if asked.op is Op.BETWEEN:
        return tuple(sorted((draw(numbers), draw(numbers))))
    return draw(numbers)


@st.composite
def ruled(draw: st.DrawFn) -> tuple[list[Program], list[Override], list[Override]]:
    """Programmes, the overrides in force, and the ones that come later."""
    programs = draw(catalogues())
    now, later = [], []
    for one in programs:
        for n, into in ((1, now), (2, later)):
            own = an_override(n, one.code)
            into.append(
                replace(
                    own,
                    bounds=_bounds_of(one, draw),
                    less_papers=tuple(paper.code for paper in one.version.papers if draw(st.booleans())),
                    more_papers=(Paper("KK", required=draw(st.booleans())),),
                )
            )
    return programs, now, later


@given(ruled(), questions)
def test_with_overrides_the_fast_way_still_answers_as_the_plain_way(
    rules: tuple[list[Program], list[Override], list[Override]], question: Question
) -> None:
    programs, now, _ = rules
    own = {one.program: one for one in now if one.holds(question.today)}
    here = question.place.regency == HERE
    had = [overlaid(one, own[one.code]) if here and one.code in own else one for one in programs]
    found = record(route(compile_catalogue(programs, now), question)).entries
    assert [(one.program, one.verdict, one.leaves) for one in found] == plain_answer(had, question)


@given(ruled(), questions)
def test_a_past_case_comes_out_the_same_whatever_rules_come_later(
    rules: tuple[list[Program], list[Override], list[Override]], question: Question
) -> None:
    programs, now, later = rules
    made = record(route(compile_catalogue(programs, now), question))
    kept = from_json(json.loads(to_text(made)))
    sealed = json.loads(json.dumps(sealed_to_json(question)))
    # Meanwhile every programme has a new version, and every regency new bounds.
    changed = [
        parse_program(document(one.code, {"all": [leaf("registry.desil", "le", 1)]}, n=2)) for one in programs
    ]
    known = versions([*programs, *changed])
    overrides = {(one.regency, one.program, one.n): one for one in [*now, *later]}
    assert replay(kept, sealed, known, overrides) is Replayed.SAME
    if any(one.override for one in kept.entries):
        first = {key: one for key, one in overrides.items() if key[2] != 1}
        assert replay(kept, sealed, known, first) is Replayed.VERSION_MISSING
