"""Routing case by case: verdicts, ranking, capacity, questions, replay, words."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from app.domain.codes import CaseKind
from app.domain.facts import LEDGER, Value
from app.domain.programs import Program
from app.domain.routing import (
    Availability,
    Entry,
    Need,
    Obstacle,
    Place,
    Question,
    Record,
    Replayed,
    State,
    Verdict,
    compile_catalogue,
    differences,
    explain,
    explain_entry,
    record,
    replay,
    route,
    sealed_to_json,
    versions,
)
from tests.domain.routing_cases import COMPLAINT, LADDER, ask, leaf, program

POOR = leaf("registry.desil", "le", 4)
ASSESSED = leaf("person.assessed_poor", "is", value=True)
ELIGIBLE, WAITLIST = Verdict.ELIGIBLE, Verdict.WAITLIST
UNDECIDED, REFUSED, AWAY = (
    Verdict.NEEDS_INFORMATION,
    Verdict.NOT_ELIGIBLE,
    Verdict.NOT_AVAILABLE,
)
FULL, PAUSED = Availability(State.FULL), Availability(State.PAUSED)


def answer(programs: list[Program], question: Question) -> Record:
    return record(route(compile_catalogue(programs), question))


def only(one: Program, question: Question) -> Entry:
    (entry,) = answer([one], question).entries
    return entry


@pytest.mark.parametrize(
    ("facts", "verdict"),
    [
        ({"registry.desil": 4}, ELIGIBLE),
        ({"registry.desil": 5}, UNDECIDED),
        ({"registry.desil": 5, "person.assessed_poor": True}, ELIGIBLE),
        ({"registry.desil": 5, "person.assessed_poor": False}, REFUSED),
        ({}, UNDECIDED),
    ],
)
def test_decile_or_assessed(facts: Mapping[str, Value], verdict: Verdict) -> None:
    assert only(program("A", {"any": [POOR, ASSESSED]}), ask(facts)).verdict is verdict


@pytest.mark.parametrize(
    ("version", "more", "verdict", "obstacles"),
    [
        ({}, {"capacity": {"A": 1}}, ELIGIBLE, ()),
        ({}, {"capacity": {"A": 0}}, AWAY, (Obstacle.FULL,)),
        ({"waiting_list": True}, {"capacity": {"A": 0}}, WAITLIST, (Obstacle.FULL,)),
        ({"waiting_list": True}, {"availability": {"A": FULL}}, WAITLIST, (Obstacle.FULL,)),
        ({}, {"availability": {"A": PAUSED}}, AWAY, (Obstacle.PAUSED,)),
        ({}, {"availability": {"A": replace(PAUSED, until=date(2026, 11, 24))}}, ELIGIBLE, ()),
        ({}, {"availability": {"A": replace(PAUSED, until=date(2026, 11, 25))}}, AWAY, (Obstacle.PAUSED,)),
        ({"period": {"opens_on": "2026-11-26", "closes_on": None}}, {}, AWAY, (Obstacle.CLOSED_PERIOD,)),
        ({"period": {"opens_on": "2026-11-25", "closes_on": "2026-11-25"}}, {}, ELIGIBLE, ()),
        ({"period": {"opens_on": None, "closes_on": "2026-11-24"}}, {}, AWAY, (Obstacle.CLOSED_PERIOD,)),
        ({"village_kinds": ["desa"]}, {}, AWAY, (Obstacle.NOT_COVERED,)),
        ({"village_kinds": ["desa"]}, {"place": Place("13.74")}, UNDECIDED, ()),
        ({"coverage": ["13.74.02"]}, {}, AWAY, (Obstacle.NOT_COVERED,)),
        ({"coverage": ["13.74.01"]}, {}, ELIGIBLE, ()),
        ({"coverage": ["13.74.01"]}, {"place": Place("13.74")}, UNDECIDED, ()),
    ],
)  # fmt: skip
def test_what_cannot_be_had_now(
    version: dict[str, Any], more: dict[str, Any], verdict: Verdict, obstacles: tuple[Obstacle, ...]
) -> None:
    entry = only(program("A", **version), ask(**more))
    assert (entry.verdict, entry.obstacles) == (verdict, obstacles)


@pytest.mark.parametrize(
    "version",
    [
        {"coverage": ["13.71"]},
        {"valid_from": "2026-11-26"},
        {"valid_to": "2026-11-24"},
        {"purposes": ["COMPLAINT"]},
    ],
)
def test_what_is_no_programme_of_the_place_and_day_is_not_considered(
    version: dict[str, Any],
) -> None:
    assert not answer([program("A", **version)], ask()).entries


def test_the_catch_all_of_an_agency_is_not_matched() -> None:
    assert not answer([program("UMUM.DINSOS-1374")], ask()).entries


def test_the_version_of_the_day_is_used() -> None:
    old = program("A", POOR, valid_to="2026-11-24")
    new = program("A", {"all": []}, n=2, valid_from="2026-11-25")
    both = [old, new]
    assert only_version(both, ask({"registry.desil": 9})) == (2, ELIGIBLE)
    before = ask({"registry.desil": 9}, today=date(2026, 11, 24))
    assert only_version(both, before) == (1, REFUSED)


def only_version(programs: list[Program], question: Question) -> tuple[int, Verdict]:
    (entry,) = answer(programs, question).entries
    return entry.version, entry.verdict


def test_aid_held_and_live_referrals_exclude_or_warn() -> None:
    rule = {"source": "test", "trust": "F"}
    one = program(
        "A",
        exclusions=[
            {"program": "PKH", "effect": "exclude", **rule},
            {"program": "SEMBAKO", "effect": "warn", **rule},
        ],
    )
    held = only(one, ask({LEDGER: frozenset({"PKH", "SEMBAKO"})}))
    assert (held.verdict, held.excluded_by, held.warned_by) == (REFUSED, ("PKH",), ("SEMBAKO",))
    assert only(one, ask({LEDGER: frozenset({"SEMBAKO"})})).verdict is ELIGIBLE
    assert only(one, ask(live=frozenset({"PKH"}))).verdict is REFUSED
    assert only(one, ask(live=frozenset({"A"}))).excluded_by == ("A",)


def test_an_unread_ledger_is_asked_for() -> None:
    question = ask()
    entry = only(program("A"), replace(question, facts={}))
    assert (entry.verdict, entry.questions) == (UNDECIDED, (LEDGER,))


def _order(programs: list[Program], question: Question) -> list[str]:
    return [entry.program for entry in answer(programs, question).entries]


def test_the_ranking_in_its_order_of_reasons() -> None:
    food = {"sectors": ["PANGAN"]}
    programs = [
        program("REFUSED", POOR, level="DESA", **food),
        program("OTHER_SECTOR", level="DESA", sectors=["PERUMAHAN"]),
        program("OTHER_CATEGORY", level="DESA", categories=["DATA"], **food),
        program("FAR", level="PUSAT", **food),
        program("FAR_FITTING", level="PUSAT", complements=["HELD"], **food),
        program("NEAR", level="KAB_KOTA", **food),
        program("NEAR_SLOW", level="KAB_KOTA", standard=_days(9), **food),
        program("NEAR_FAST", level="KAB_KOTA", standard=_days(2), **food),
        program("COVERED", level="DESA", sectors=["PANGAN", "ENERGI"]),
        program("HELD", level="DESA", sectors=["ENERGI"]),
    ]
    question = ask({"registry.desil": 9, LEDGER: frozenset({"HELD"})})
    assert _order(programs, question) == [
        "NEAR_FAST",
        "NEAR_SLOW",
        "NEAR",
        "FAR_FITTING",
        "FAR",
        "COVERED",
        "OTHER_CATEGORY",
        "OTHER_SECTOR",
        "REFUSED",
        "HELD",
    ]


def _days(amount: int) -> dict[str, object]:
    return {"amount": amount, "unit": "working_days", "source": "test", "trust": "F"}


def test_the_shortest_list_of_questions() -> None:
    tree = {
        "all": [
            POOR,
            {"any": [leaf("household.pregnant", "is", value=True), leaf("person.age", "ge", 60)]},
            {"any": [leaf("person.age", "ge", 60), leaf("household.elderly", "ge", 1)]},
        ]
    }
    entry = only(program("A", tree), ask())
    assert entry.questions == ("registry.desil", "person.age")
    assert set(entry.open_facts) > set(entry.questions)
    assert only(program("A", tree), ask({"registry.desil": 9})).questions == ()


def test_the_most_promising_programmes_are_asked_about_first() -> None:
    long = program("A", {"all": [POOR, ASSESSED]}, level="DESA")
    short = program("B", leaf("person.age", "ge", 60), level="PUSAT")
    other = program("C", leaf("person.sex", "eq", "L"), sectors=["ENERGI"])
    found = answer([long, short, other], ask())
    assert found.questions == ("person.age", "registry.desil", "person.assessed_poor")
    assert not answer([program("D"), other], ask()).questions
    assert answer([other], ask()).questions == ("person.sex",)


def test_many_groups_of_questions_still_get_a_list() -> None:
    names = ["household.pregnant", "person.job_lost", "person.orphan", "person.pensioner"]
    names += ["household.owns_land", "person.farmer_group", "household.house_unfit", "person.has_nik"]
    pairs = zip(names[::2], names[1::2], strict=True)
    tree = {"all": [{"any": [leaf(name, "is", value=True) for name in pair]} for pair in pairs]}
    assert len(only(program("A", tree), ask()).questions) == 4


def test_criteria_too_wide_to_unfold_are_judged_all_the_same() -> None:
    ages = [[leaf("person.age", "eq", n), leaf("household.size", "eq", n)] for n in range(1, 9)]
    wide = program("A", {"any": [{"all": pair} for pair in ages]})
    fits = ask({"person.age": 3, "household.size": 3})
    assert only(wide, fits).verdict is ELIGIBLE
    assert only(wide, ask({"person.age": 3, "household.size": 4})).verdict is REFUSED
    entry = only(wide, ask({"person.age": 3}))
    assert (entry.verdict, entry.questions) == (UNDECIDED, ("household.size",))


def test_the_case_and_the_place_are_facts_too() -> None:
    tree = {"all": [leaf("case.sector", "eq", "PANGAN"), leaf("place.village_kind", "eq", "kelurahan")]}
    assert only(program("A", tree), ask()).verdict is ELIGIBLE
    unplaced = only(program("A", tree), ask(place=Place("13.74")))
    assert (unplaced.verdict, unplaced.leaves) == (UNDECIDED, "+?")


def test_papers_never_change_a_verdict() -> None:
    papers = [{"code": "KTP", "required": True}, {"code": "SKTM", "required": False}]
    one = program("A", papers=papers)
    assert only(one, ask()).papers_missing == ("KTP",)
    assert only(one, ask(papers=frozenset({"KTP"}))).papers_missing == ()
    assert only(one, ask()).verdict is ELIGIBLE


def test_replay_says_why_it_cannot() -> None:
    one = program("A", POOR)
    question = ask({"registry.desil": 2})
    first, sealed = answer([one], question), sealed_to_json(question)
    assert replay(first, sealed, versions([one])) is Replayed.SAME
    assert replay(first, None, versions([one])) is Replayed.FACTS_ERASED
    assert replay(first, sealed, {}) is Replayed.VERSION_MISSING
    assert replay(replace(first, engine_version="0"), sealed, {}) is Replayed.OTHER_ENGINE
    changed = {**versions([one]), ("A", 1): program("A", leaf("registry.desil", "le", 1))}
    assert replay(first, sealed, changed) is Replayed.DIFFERENT


def test_a_replay_uses_the_versions_of_then() -> None:
    old, new = program("A", POOR), program("A", ASSESSED, n=2)
    question = ask({"registry.desil": 2}, about_program="B", need=COMPLAINT)
    first = answer([old, program("B", ladder=LADDER)], replace(question, need=Need(CaseKind.LAYANAN)))
    assert first.about == ("B", 1)
    known = versions([old, new, program("B", ladder=LADDER)])
    assert replay(first, sealed_to_json(question), known) is Replayed.SAME


def test_a_draft_rule_is_tried_against_the_past() -> None:
    question = ask({"registry.desil": 4})
    before = answer([program("A", POOR), program("B")], question)
    after = answer([program("A", leaf("registry.desil", "le", 3)), program("B")], question)
    (found,) = differences(before, after)
    assert (found.program, found.before, found.after) == ("A", ELIGIBLE, REFUSED)


def test_a_decision_is_told_in_words() -> None:
    catalogue = compile_catalogue([program("A", {"all": [POOR, ASSESSED]}, complements=["B"])])
    decision = route(catalogue, ask({"registry.desil": 2, LEDGER: frozenset({"B"})}))
    assert explain(decision) == (
        "Program A: perlu keterangan.\n"
        "  - Desil 2, syarat paling banyak 4: terpenuhi\n"
        "  - Dinilai miskin lewat kunjungan belum diketahui\n"
        "  - Melengkapi B\n"
        "  ? Apa hasil penilaian kunjungan rumah?"
    )
    assert "Decile 2, required at most 4: met" in explain(decision, "en")


def test_after_erasure_the_words_hold_no_value() -> None:
    one = program("A", POOR)
    said = explain_entry(only(one, ask({"registry.desil": 2})), one)
    assert said.reasons[0].said.id == "Desil, syarat paling banyak 4: terpenuhi"


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"live": frozenset({"A"})}, "Already received or applied for"),
        ({"live": frozenset({"B"})}, "Cannot go together with B"),
        ({"live": frozenset({"C"})}, "Note: already receives C; whoever decides may exclude"),
        ({"availability": {"A": PAUSED}}, "Paused by its agency"),
    ],
)
def test_notes_are_told(more: dict[str, Any], said: str) -> None:
    rule = {"source": "test", "trust": "F"}
    others = [
        {"program": "B", "effect": "exclude", **rule},
        {"program": "C", "effect": "warn", **rule},
    ]
    decision = route(compile_catalogue([program("A", exclusions=others)]), ask(**more))
    assert f"  - {said}" in explain(decision, "en").splitlines()


def test_a_view_is_compiled_once_for_places_that_see_the_same() -> None:
    catalogue = compile_catalogue([program("A"), program("B", coverage=["63.03"])])
    day = date(2026, 11, 25)
    assert catalogue.view("13.74", day) is catalogue.view("13.71", date(2026, 12, 1))
    assert catalogue.view("13.74", day) is not catalogue.view("63.03", day)


def test_one_catalogue_answers_for_the_last_day_and_the_day_after() -> None:
    period = {"opens_on": "2026-11-24", "closes_on": "2026-11-25"}
    catalogue = compile_catalogue([program("A", valid_to="2026-11-25"), program("B", period=period)])
    found = [dict(route(catalogue, ask(today=date(2026, 11, day))).verdicts) for day in (23, 24, 25, 26)]
    assert found == [
        {"A": ELIGIBLE, "B": AWAY},
        {"A": ELIGIBLE, "B": ELIGIBLE},
        {"A": ELIGIBLE, "B": ELIGIBLE},
        {"B": AWAY},
    ]
