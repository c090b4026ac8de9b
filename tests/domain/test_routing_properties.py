"""Routing over random rules and random residents: what must hold whatever the rules say."""

import json
from dataclasses import replace
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from app.domain.criteria import Literal, Truth, evaluate, parse_criteria
from app.domain.facts import Value
from app.domain.programs import Program
from app.domain.routing import (
    Question,
    Record,
    Replayed,
    Verdict,
    compile_catalogue,
    explain,
    from_json,
    record,
    replay,
    route,
    sealed_to_json,
    to_json,
    versions,
)
from app.domain.routing.cnf import clauses
from tests.domain.routing_cases import catalogues, facts, plain_answer, questions, trees

UNDECIDED = Verdict.NEEDS_INFORMATION


def _answer(programs: list[Program], question: Question) -> Record:
    return record(route(compile_catalogue(programs), question))


@given(catalogues(), questions)
def test_the_fast_way_answers_as_the_plain_way(programs: list[Program], question: Question) -> None:
    found = _answer(programs, question)
    assert [(one.program, one.verdict, one.leaves) for one in found.entries] == plain_answer(
        programs, question
    )


@given(trees, facts)
def test_clauses_have_the_truth_of_the_tree(tree: object, known: dict[str, Value]) -> None:
    criteria = parse_criteria(tree)
    unfolded = clauses(criteria)
    if unfolded is None:
        return
    parts = [max((_truth(x, known) for x in clause), default=Truth.NOT_MET) for clause in unfolded]
    assert min(parts, default=Truth.MET) is evaluate(criteria, known)


def _truth(literal: Literal, known: dict[str, Value]) -> Truth:
    leaf, negated = literal
    truth = evaluate(leaf, known)
    return Truth(2 - truth) if negated else truth


@given(catalogues(), questions, st.data())
def test_learning_a_fact_only_decides_what_was_undecided(
    programs: list[Program], question: Question, data: st.DataObject
) -> None:
    before = {one.program: one for one in _answer(programs, question).entries}
    learned: dict[str, Value] = {**data.draw(facts), **question.facts}
    after = _answer(programs, replace(question, facts=learned)).entries
    for one in after:
        was = before[one.program]
        assert was.verdict in (UNDECIDED, one.verdict)
        pairs = zip(was.leaves, one.leaves, strict=True)
        assert all(old in ("?", new) for old, new in pairs)


@given(catalogues(), questions, st.randoms())
def test_the_order_of_programmes_and_facts_does_not_matter(
    programs: list[Program], question: Question, chance: Random
) -> None:
    shuffled, names = list(programs), list(question.facts)
    chance.shuffle(shuffled)
    chance.shuffle(names)
    turned = replace(question, facts={name: question.facts[name] for name in names})
    assert _answer(shuffled, turned) == _answer(programs, question)


@given(catalogues(), questions)
def test_unknown_never_counts_as_met(programs: list[Program], question: Question) -> None:
    """An eligible programme has its tree met when every unknown leaf is taken as it suits least."""
    by_code = {one.code: one for one in programs}
    for entry in _answer(programs, question).entries:
        if entry.verdict in (Verdict.ELIGIBLE, Verdict.WAITLIST):
            criteria = by_code[entry.program].version.criteria
            assert evaluate(criteria, question.facts) is Truth.MET
            assert not entry.open_facts


@given(catalogues(), questions)
def test_a_stored_decision_replays_to_the_same_answer(programs: list[Program], question: Question) -> None:
    first = _answer(programs, question)
    stored = json.loads(json.dumps(to_json(first)))
    sealed = json.loads(json.dumps(sealed_to_json(question)))
    assert from_json(stored) == first
    assert replay(from_json(stored), sealed, versions(programs)) is Replayed.SAME


@given(catalogues(), questions, st.data())
def test_answering_all_open_facts_decides(
    programs: list[Program], question: Question, data: st.DataObject
) -> None:
    if question.place.village is None:
        return
    full = data.draw(facts.filter(lambda found: len(found) == 7))
    for entry in _answer(programs, question).entries:
        if entry.verdict is not UNDECIDED:
            continue
        assert entry.questions
        assert set(entry.questions) <= set(entry.open_facts)
        learned: dict[str, Value] = {name: full[name] for name in entry.open_facts} | dict(question.facts)
        again = _answer(programs, replace(question, facts=learned)).entries
        assert next(x for x in again if x.program == entry.program).verdict is not UNDECIDED


@given(catalogues(), questions)
def test_every_decision_can_be_told_in_both_languages(programs: list[Program], question: Question) -> None:
    found = route(compile_catalogue(programs), question)
    said = explain(found, "id"), explain(found, "en")
    assert len(said[0].splitlines()) == len(said[1].splitlines()) >= len(found.verdicts)
