"""Trying a draft, and what no later rule can change: the answer that a past case was given."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.domain.programs import Period, Program, ending
from app.domain.programs.versions import Standing, superseded
from app.domain.routing import (
    CHANGED,
    Question,
    Replayed,
    Shift,
    Trial,
    Verdict,
    compile_catalogue,
    from_json,
    record,
    replay,
    route,
    sealed_to_json,
    to_json,
    versions,
)
from app.domain.routing.tally import SAMPLES, Tally, coarse, tally_of
from app.domain.routing.trial import Decided, Outcome, decided_in_brief
from tests.domain.routing_cases import TODAY, ask, catalogues, document, leaf, program, questions, trees

PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""Programmes take long to draw on a machine that does much else."""
Stored = tuple[dict[str, Any], dict[str, Any]]


def stored(programs: list[Program], question: Question) -> Stored:
    """Decide, and give what the database keeps: the answer, and what lies sealed."""
    answer = json.loads(json.dumps(to_json(record(route(compile_catalogue(programs), question)))))
    return answer, json.loads(json.dumps(sealed_to_json(question)))


def changed(one: Program, n: int, tree: Any, **version: Any) -> Program:
    return program(one.code, tree, **{"n": n, "level": one.level.value, **version})


@st.composite
def _changes(draw: st.DrawFn) -> list[tuple[str, Any, int]]:
    """Later rules: of which programme, what they ask, and how many days later they begin."""
    return draw(st.lists(st.tuples(st.sampled_from("ABCDEF"), trees, st.integers(0, 40)), max_size=6))


@given(catalogues(), questions, _changes())
@PATIENT
def test_a_past_case_routes_the_same_after_every_later_rule(
    programs: list[Program], question: Question, changes: list[tuple[str, Any, int]]
) -> None:
    answer, sealed = stored(programs, question)
    published = {one.code: [one] for one in programs}
    in_force = list(programs)
    for code, tree, days in changes:
        before = published.setdefault(code, [])
        begins = TODAY + timedelta(days=days)
        made = program(code, tree, n=len(before) + 1, valid_from=begins.isoformat())
        before.append(made)
        in_force = [*_ended(in_force, made), made]
        known = versions(one for listed in published.values() for one in listed)
        assert replay(from_json(answer), sealed, known) is Replayed.SAME
        # Whatever the catalogue of the day says now: the record is not made of it.
        compile_catalogue(in_force).view("13.74", begins)
        assert answer == json.loads(json.dumps(to_json(from_json(answer))))


def _ended(in_force: list[Program], made: Program) -> list[Program]:
    standing = [
        Standing(one.version.n, one.version.valid_from, one.version.valid_to)
        for one in in_force
        if one.code == made.code
    ]
    last = dict(superseded(made.version.valid_from, standing))
    return [ending(one, last.get(one.version.n)) if one.code == made.code else one for one in in_force]


@given(catalogues(), questions)
@PATIENT
def test_the_same_rules_move_nobody(programs: list[Program], question: Question) -> None:
    answer, sealed = stored(programs, question)
    for one in programs:
        draft = replace(one, version=replace(one.version, n=2, valid_from=date(2030, 1, 1)))
        outcome = Trial(draft, versions(programs)).judge(answer, sealed)
        considered = one.code in {entry[0] for entry in answer["entries"]}
        assert outcome.shift is (Shift.SAME if considered else Shift.NOT_CONCERNED)
        assert not outcome.elsewhere


@given(catalogues(), questions, trees)
@PATIENT
def test_a_trial_decides_as_routing_does(programs: list[Program], question: Question, tree: Any) -> None:
    """The verdict after is that of the whole catalogue with the draft in the place of its version."""
    answer, sealed = stored(programs, question)
    before = {entry[0]: entry[2] for entry in answer["entries"]}
    for one in programs:
        draft = replace(changed(one, 2, tree), version=replace(one.version, criteria=_tree(tree)))
        others = [other for other in programs if other.code != one.code]
        after = dict(route(compile_catalogue([draft, *others]), question).verdicts)
        trial = Trial(draft, versions(programs))
        outcome = trial.judge(answer, sealed)
        assert trial.judge_brief(_in_brief(answer, one.code), sealed) == outcome
        told = before.get(one.code)
        assert outcome.before == (None if told is None else Verdict(told))
        assert outcome.after == after.get(one.code)
        assert (outcome.shift in CHANGED) == (
            told != outcome.after or _others_moved(answer, [draft, *others], question)
        )


def _in_brief(answer: dict[str, Any], code: str) -> Decided:
    """What the database sends of a record in which no override and no period can count."""
    head = {name: answer[name] for name in answer.keys() - {"entries", "questions", "ladder"}}
    return decided_in_brief(head, [part for entry in answer["entries"] for part in entry[:3]], code)


def _tree(tree: Any) -> Any:
    return program("X", tree).version.criteria


def _others_moved(answer: Mapping[str, Any], programs: list[Program], question: Question) -> bool:
    order = [code for code, _ in route(compile_catalogue(programs), question).verdicts]
    return order != [entry[0] for entry in answer["entries"]]


POOR = leaf("registry.desil", "le", 4)
POORER = leaf("registry.desil", "le", 2)


def test_a_stricter_bound_takes_out_who_is_above_it() -> None:
    programs = [program("A", POOR), program("B", leaf("person.age", "ge", 0), sectors=["PENDIDIKAN"])]
    trial = Trial(program("A", POORER, n=2), versions(programs))
    found = {
        desil: trial.judge(*stored(programs, ask({"registry.desil": desil, "person.age": 40})))
        for desil in (1, 3, 9)
    }
    assert {desil: one.shift for desil, one in found.items()} == {
        1: Shift.SAME, 3: Shift.NO_LONGER_ELIGIBLE, 9: Shift.SAME,
    }  # fmt: skip
    assert (found[3].first_before, found[3].first_after, found[3].elsewhere) == ("A", "B", True)


def test_another_place_in_the_ranking_is_told_though_the_verdict_stays() -> None:
    programs = [program("A", POOR), program("B", POOR)]
    draft = program("A", POOR, n=2, sectors=["PENDIDIKAN"])
    found = Trial(draft, versions(programs)).judge(*stored(programs, ask({"registry.desil": 1})))
    assert (found.shift, found.before, found.after) == (
        Shift.OTHER_ORDER, Verdict.ELIGIBLE, Verdict.ELIGIBLE,
    )  # fmt: skip
    assert (found.first_before, found.first_after) == ("A", "B")


def test_a_question_less_or_more_is_told() -> None:
    programs = [program("A", {"all": [POOR]})]
    unknown = stored(programs, ask({"person.age": 70}))
    assert (
        Trial(program("A", leaf("person.age", "ge", 60), n=2), versions(programs)).judge(*unknown).shift
        is Shift.NEWLY_ELIGIBLE
    )
    assert (
        Trial(program("A", leaf("person.age", "le", 60), n=2), versions(programs)).judge(*unknown).shift
        is Shift.NO_LONGER_UNDECIDED
    )
    refused = stored(programs, ask({"registry.desil": 9}))
    asked = Trial(program("A", leaf("person.age", "le", 60), n=2), versions(programs)).judge(*refused)
    assert asked.shift is Shift.NOW_UNDECIDED


def test_what_was_closed_on_the_day_stays_closed_and_nothing_else_of_the_calendar_counts() -> None:
    shut = program("A", POOR, period={"opens_on": "2026-01-01", "closes_on": "2026-02-01"})
    question = ask({"registry.desil": 1})
    draft = program(
        "A", POOR, n=2, valid_from="2031-01-01", period={"opens_on": "2031-01-01", "closes_on": None}
    )
    closed = Trial(draft, versions([shut])).judge(*stored([shut], question))
    assert (closed.shift, closed.after) == (Shift.SAME, Verdict.NOT_AVAILABLE)
    open_ = program("A", POOR)
    assert Trial(draft, versions([open_])).judge(*stored([open_], question)).shift is Shift.SAME
    assert draft.version.period == Period(date(2031, 1, 1), None)


def test_a_programme_for_a_new_place_is_newly_had_there() -> None:
    old = program("A", POOR, coverage=["13.71"])
    other = program("B", POOR)
    answer, sealed = stored([old, other], ask({"registry.desil": 1}))
    outcome = Trial(program("A", POOR, n=2, coverage=["13"]), versions([old, other])).judge(answer, sealed)
    assert (outcome.shift, outcome.before, outcome.after) == (Shift.NEWLY_ELIGIBLE, None, Verdict.ELIGIBLE)
    gone = Trial(program("B", POOR, n=2, coverage=["63"]), versions([old, other])).judge(answer, sealed)
    assert (gone.shift, gone.after) == (Shift.NO_LONGER_ELIGIBLE, None)


def test_what_cannot_be_decided_anew_is_counted_apart() -> None:
    programs = [program("A", POOR), program("B", POOR)]
    answer, sealed = stored(programs, ask({"registry.desil": 3}))
    draft = program("A", POORER, n=2)
    trial = Trial(draft, versions(programs))
    assert trial.judge(answer, None).shift is Shift.FACTS_ERASED
    assert trial.judge({**answer, "engine_version": "0"}, sealed).shift is Shift.OTHER_ENGINE
    assert trial.judge({**answer, "mode": "ladder"}, sealed).shift is Shift.NOT_CONCERNED
    assert Trial(draft, versions(programs[:1])).judge(answer, sealed).shift is Shift.VERSION_MISSING
    own_gone = Trial(draft, versions(programs[1:])).judge(answer, sealed)
    assert own_gone.shift is Shift.VERSION_MISSING
    assert document("A")["code"] == "A"


@given(st.lists(st.tuples(st.sampled_from(Shift), st.sampled_from("AB"), st.sampled_from("AB"))))
def test_counts_that_are_merged_are_those_of_one_run(given_: list[tuple[Shift, str, str]]) -> None:
    outcomes = [Outcome(shift, Verdict.ELIGIBLE, None, *firsts) for shift, *firsts in given_]
    whole, parts = Tally(), Tally()
    for n, outcome in enumerate(outcomes):
        whole.add("13.74", f"{n:032}", outcome)
        part = Tally()
        part.add("13.74", f"{n:032}", outcome)
        parts.merge(tally_of(json.loads(json.dumps(part.to_json()))))
    assert parts.to_json() == whole.to_json()
    assert all(len(kept) <= SAMPLES for kept in whole.samples.values())
    assert whole.changed == sum(shift in CHANGED for shift, *_ in given_)
    assert coarse(whole.changed) % 5 == 0
