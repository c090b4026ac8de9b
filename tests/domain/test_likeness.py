"""How much alike two cases are, and which of a group stands for the others."""

from datetime import UTC, datetime, timedelta
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.codes import Confidentiality
from app.domain.duplicates import (
    HINT,
    PAIR,
    Reason,
    Standing,
    are_alike_in_secrecy,
    connected,
    score,
    to_keep,
)
from app.domain.likeness import likeness
from app.domain.names import name_key
from app.domain.referrals import ReferralStatus as S

R = Reason
NOW = datetime(2026, 11, 25, 3, tzinfo=UTC)


@pytest.mark.parametrize(
    ("one", "other", "found"),
    [
        ("Siti Aminah", "Siti Aminah", 0),
        ("Siti Aminah", "Aminah Siti", 0),
        ("Hj. Siti Aminah, S.Pd", "SITI AMINAH", 0),
        ("Siti Aminah", "Siti Aminah binti Ahmad", 0),
        ("Siti binti Ahmad", "Siti Ahmad", 0),
        ("Muhammad Yusuf", "Moh. Yusup", 1),
        ("Siti Aminah", "Siti Amina", 1),
        ("Siti Aminah", "Siti Amniah", 1),
        ("Siti Aminah", "Siti Aminahh", 0),
        ("Djoko Soesilo", "Joko Susilo", 0),
        ("Siti", "Siti Aminah", None),
        ("Siti Aminah", "Sari Aminah", None),
        ("Siti Aminah", "Siti Rahmah", None),
        ("Siti Aminah", "Sity Amina", None),
        ("Al", "El", None),
        ("", "Siti", None),
        ("Yuliana Contoh", "Yuliana Contoh Putri", 0),
    ],
)
def test_names_that_meet_and_names_that_do_not(one: str, other: str, found: int | None) -> None:
    assert likeness(name_key(one), name_key(other)) == found
    assert likeness(name_key(other), name_key(one)) == found


@given(st.permutations(["siti", "nur", "aminah", "putri"]))
def test_the_order_of_a_name_does_not_matter(words: list[str]) -> None:
    assert likeness("siti nur aminah putri", " ".join(words)) == 0


@pytest.mark.parametrize(
    ("reasons", "spelt_otherwise", "found"),
    [
        ({R.SAME_PERSON, R.SAME_MATTER}, False, 100),
        ({R.SAME_PERSON}, False, 60),
        ({R.SIMILAR_PERSON, R.SAME_MATTER}, False, 85),
        ({R.SIMILAR_PERSON, R.SAME_MATTER}, True, 75),
        ({R.SIMILAR_PERSON}, False, 45),
        ({R.SIMILAR_PERSON}, True, 35),
        ({R.SAME_HOUSEHOLD, R.SAME_MATTER}, False, 70),
        ({R.SAME_HOUSEHOLD, R.SAME_PHONE, R.SAME_MATTER}, False, 75),
        ({R.SAME_HOUSEHOLD, R.SAME_PHONE}, False, 35),
        ({R.SAME_PHONE}, False, 30),
        ({R.SAME_MATTER}, False, 0),
        (set(), False, 0),
    ],
)
def test_scores(reasons: set[Reason], *, spelt_otherwise: bool, found: int) -> None:
    assert score(frozenset(reasons), spelt_otherwise=spelt_otherwise) == found


def test_two_matters_of_one_household_are_no_hint_and_one_matter_is_a_pair() -> None:
    assert score(frozenset({R.SAME_HOUSEHOLD, R.SAME_PHONE})) < HINT
    assert score(frozenset({R.SAME_HOUSEHOLD, R.SAME_MATTER})) >= PAIR


@given(st.sets(st.sampled_from(list(Reason))), st.sampled_from(list(Reason)))
def test_one_more_sign_never_makes_it_less_alike(reasons: set[Reason], more: Reason) -> None:
    assert 0 <= score(frozenset(reasons)) <= score(frozenset(reasons | {more})) <= 100


@given(st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), max_size=30))
def test_groups_cover_each_member_once_and_no_pair_leaves_its_group(pairs: list[tuple[int, int]]) -> None:
    groups = connected(pairs)
    members = [member for group in groups for member in group]
    assert sorted(members) == sorted({one for pair in pairs for one in pair})
    assert all(any({one, other} <= group for group in groups) for one, other in pairs)
    assert all(not (a & b) for a, b in combinations(groups, 2))


def standing(ticket: str, days: int = 0, *referrals: S, secrecy: str = "BIASA") -> Standing:
    return Standing(ticket, NOW + timedelta(days=days), Confidentiality(secrecy), None, referrals)


@pytest.mark.parametrize(
    ("cases", "kept"),
    [
        ([standing("B", 1), standing("A", 0)], "A"),
        ([standing("A", 0, S.SENT), standing("B", 1, S.ACCEPTED)], "B"),
        ([standing("A", 0, S.FULFILLED), standing("B", 1, S.IN_SERVICE), standing("C", 2, S.SENT)], "B"),
        ([standing("A", 0, S.IN_SERVICE), standing("B", 1, S.ACCEPTED)], None),
        ([standing("A", 0), standing("B", 0)], "A"),
        ([], None),
    ],
)
def test_the_case_that_an_agency_works_on_stands_for_the_others_or_else_the_first(
    cases: list[Standing], kept: str | None
) -> None:
    assert to_keep(cases) == kept


def test_cases_of_unequal_secrecy_are_told_apart() -> None:
    assert are_alike_in_secrecy([standing("A"), standing("B")])
    assert not are_alike_in_secrecy([standing("A"), standing("B", secrecy="RAHASIA")])
