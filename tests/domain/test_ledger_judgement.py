"""What may stand beside what a household has, in every combination that a rule names."""

import json
from dataclasses import replace
from datetime import date
from importlib.resources import files
from itertools import product
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.codes import LedgerState
from app.domain.ledger import (
    Asked,
    Cause,
    Held,
    HeldBy,
    Judgement,
    Limit,
    Line,
    Origin,
    Ruling,
    held_by_household,
    in_words,
    is_period,
    judge,
    still_fits,
)
from app.domain.ledger.totals import totals, year_of
from app.domain.programs import Effect, GoodsKind, parse_program

ROWS = json.loads(files("app.data").joinpath("programs.json").read_text("utf-8"))
PROGRAMS = {one.code: one for one in map(parse_program, ROWS)}
MOTHER, CHILD = UUID(int=1), UUID(int=2)
TODAY = date(2026, 11, 26)
HERE = ("PBI_JK", "SEMBAKO_LANSIA", "PKH", "BLT_KOTA", "PENA")


def a_line(program: str, state: LedgerState = LedgerState.PLANNED, period: str = "2026-12") -> Line:
    on = date(2026, 10, 5) if state is LedgerState.GIVEN else None
    return Line(
        UUID(int=9), Origin(program, MOTHER), "cash", GoodsKind.CASH, state, period,
        planned_idr=300_000, given_idr=300_000 if on else None, given_on=on,
    )  # fmt: skip


def asked_of(held: tuple[str, ...], program: str, limit: Limit | None = None) -> Judgement:
    found = [Held(Origin(one, MOTHER), HeldBy.LEDGER) for one in held]
    return judge(Asked(program, MOTHER), found, (), PROGRAMS, limit)


@pytest.mark.parametrize(
    ("held", "program", "ruling", "causes"),
    [
        ((), "BLT_KOTA", Ruling.FREE, []),
        (("BLT_KOTA",), "BLT_KOTA", Ruling.FORBIDDEN, [Cause.SAME_AID]),
        (("PKH",), "BLT_KOTA", Ruling.FORBIDDEN, [Cause.EXCLUDED]),
        (("BLT_KOTA",), "PKH", Ruling.FORBIDDEN, [Cause.EXCLUDED]),
        (("PKH",), "BLT_DD", Ruling.WARNED, [Cause.EXCLUDED]),
        (("PBI_JK",), "BLT_KOTA", Ruling.FREE, []),
        (("PKH", "SEMBAKO"), "BLT_KOTA", Ruling.FORBIDDEN, [Cause.EXCLUDED, Cause.EXCLUDED]),
    ],
)
def test_what_is_forbidden_warned_or_free(
    held: tuple[str, ...], program: str, ruling: Ruling, causes: list[Cause]
) -> None:
    found = asked_of(held, program)
    assert (found.ruling, [one.cause for one in found.findings]) == (ruling, causes)


def test_of_another_member_the_same_aid_only_warns() -> None:
    held = [Held(Origin("PKH", CHILD), HeldBy.LEDGER)]
    found = judge(Asked("PKH", MOTHER), held, (), PROGRAMS, None)
    assert [(one.cause, one.effect) for one in found.findings] == [(Cause.SAME_AID_IN_HOUSEHOLD, Effect.WARN)]


@pytest.mark.parametrize(
    ("effect", "ruling"), [(Effect.WARN, Ruling.WARNED), (Effect.EXCLUDE, Ruling.FORBIDDEN)]
)
def test_more_programmes_than_the_policy_has(effect: Effect, ruling: Ruling) -> None:
    limit = Limit(2, effect)
    assert asked_of(("PBI_JK",), "SEMBAKO_LANSIA", limit).ruling is Ruling.FREE
    found = asked_of(("PBI_JK", "PENA"), "SEMBAKO_LANSIA", limit)
    assert (found.ruling, found.findings[0].cause, found.findings[0].held) == (ruling, Cause.TOO_MANY, 2)


def test_one_component_is_given_once_for_one_period_even_when_that_is_over() -> None:
    past = a_line("BLT_KOTA", LedgerState.GIVEN, "2026-10")
    held = held_by_household([past], (), TODAY)
    assert held == ()
    again = Asked("BLT_KOTA", MOTHER, "cash", "2026-10")
    assert [one.cause for one in judge(again, held, [past], PROGRAMS, None).findings] == [Cause.SAME_PERIOD]
    assert judge(replace(again, period="2026-12"), held, [past], PROGRAMS, None).ruling is Ruling.FREE
    taken_back = replace(past, state=LedgerState.REVERSED)
    assert judge(again, held, [taken_back], PROGRAMS, None).ruling is Ruling.FREE


def test_what_complements_is_named_and_what_is_excluded_does_not_fit() -> None:
    held = [Held(Origin("BLT_KOTA", MOTHER), HeldBy.LEDGER)]
    assert asked_of(("BLT_KOTA",), "PBI_JK").complements == ("BLT_KOTA",)
    assert still_fits(held, PROGRAMS, HERE) == ["PBI_JK", "SEMBAKO_LANSIA"]


@given(
    held=st.lists(st.sampled_from(sorted(PROGRAMS)), max_size=5), program=st.sampled_from(sorted(PROGRAMS))
)
def test_more_held_never_makes_less_forbidden(held: list[str], program: str) -> None:
    order = [Ruling.FREE, Ruling.WARNED, Ruling.FORBIDDEN]
    rulings = [order.index(asked_of(tuple(held[:n]), program).ruling) for n in range(len(held) + 1)]
    assert rulings == sorted(rulings)


@given(st.sampled_from(sorted(PROGRAMS)), st.sampled_from(sorted(PROGRAMS)))
def test_exclusion_counts_both_ways(one: str, other: str) -> None:
    assert asked_of((one,), other).ruling is asked_of((other,), one).ruling


def test_every_finding_has_words_in_both_languages() -> None:
    for held, program in product(PROGRAMS, PROGRAMS):
        for finding in asked_of((held,), program, Limit(1, Effect.WARN)).findings:
            words = in_words(finding, PROGRAMS)
            assert words.id
            assert words.en
            assert words.id != words.en


@pytest.mark.parametrize(("text", "good"), [
    ("2026", True), ("2026-Q4", True), ("2026-12", True), ("once", True),
    ("2026-13", False), ("2026-Q5", False), ("Q4", False), ("", False), ("2026-1", False),
])  # fmt: skip
def test_the_forms_of_a_period(text: str, good: bool) -> None:  # noqa: FBT001  # a table's column
    assert is_period(text) is good


def test_totals_count_what_is_planned_and_given_only() -> None:
    lines = [
        a_line("PKH", LedgerState.GIVEN, "2025-Q4"),
        a_line("PKH", LedgerState.PLANNED, "2026-Q1"),
        a_line("PKH", LedgerState.STOPPED, "2026-Q2"),
        a_line("PKH", LedgerState.REVERSED, "2026-Q3"),
        a_line("PBI_JK", LedgerState.GIVEN, "once"),
    ]
    by_year = totals(lines, year_of)
    assert {key: (one.given_idr, one.planned_idr, one.lines) for key, one in by_year.items()} == {
        "2025": (300_000, 0, 1),
        "2026": (300_000, 300_000, 2),
    }
