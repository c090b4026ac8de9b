"""Two descriptions of a person: one, perhaps one, or two people."""

from dataclasses import replace
from datetime import date
from string import digits

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from app.domain.matching import PROBABLE, SURE, Identity, Reason, block_keys, compare
from app.domain.names import name_key

R = Reason
BORN = date(1991, 7, 5)
SITI = Identity("1374014507910001", "1374010101200001", "siti aminah", BORN, "13.74.01.1003", "P")
NAMELESS_NUMBERS = replace(SITI, nik=None, kk=None)


def _named(name: str) -> Identity:
    return replace(NAMELESS_NUMBERS, name_key=name_key(name))


@pytest.mark.parametrize(
    ("one", "other", "reason"),
    [
        ("Siti Aminah", "Siti Aminah", R.NAME_SAME),
        ("Hj. Siti Aminah, S.Pd", "SITI AMINAH", R.NAME_SAME),
        ("Siti Aminah binti Ahmad", "Siti Aminah Ahmad", R.NAME_SAME),
        ("Djoko Soesilo", "Joko Susilo", R.NAME_SAME),
        ("Siti Aminah", "Aminah Siti", R.NAME_REORDERED),
        ("Siti Aminah", "Sitiaminah", R.NAME_JOINED),
        ("Siti Aminah", "Siti Amina", R.NAME_LETTER_OFF),
        ("Siti Aminah", "Siti Amniah", R.NAME_LETTER_OFF),
        ("Muhammad Yusuf", "Moh. Yusup", R.NAME_LETTER_OFF),
        ("Siti Aminah", "Siti Aminah Putri", R.NAME_PART),
        ("M Yusuf Contoh", "Muhammad Yusuf Contoh", R.NAME_INITIAL),
        ("Abdul Rahman", "A Rahman", R.NAME_INITIAL),
        ("Siti Aminah", "Siti Rahmah", R.NAME_DIFFERS),
        ("Siti", "Siti Aminah", R.NAME_DIFFERS),
        ("A B", "Andi Budi", R.NAME_DIFFERS),
    ],
)
def test_how_names_meet(one: str, other: str, reason: Reason) -> None:
    assert reason in compare(_named(one), _named(other)).reasons


@pytest.mark.parametrize(
    ("nik", "reason"),
    [
        ("1374014507910001", R.NIK_SAME),
        ("1374014507910007", R.NIK_DIGIT_OFF),
        ("1374014507919001", R.NIK_DIGIT_OFF),
        ("1374104507910001", R.NIK_DIGITS_SWAPPED),
        ("1374014507190001", R.NIK_DIGITS_SWAPPED),
        ("1374014507911002", R.NIK_DIFFERS),
        ("0471314507910001", R.NIK_DIFFERS),
        ("137401450791000", R.NIK_DIFFERS),
        ("٣374014507910001", R.NIK_DIFFERS),
    ],
)
def test_how_numbers_meet(nik: str, reason: Reason) -> None:
    assert compare(SITI, replace(SITI, nik=nik)).reasons[0] is reason


@pytest.mark.parametrize(
    ("born", "reason"),
    [
        (date(1991, 7, 5), R.BORN_SAME),
        (date(1991, 5, 7), R.BORN_SWAPPED),
        (date(1991, 7, 15), R.BORN_DIGIT_OFF),
        (date(1981, 7, 5), R.BORN_DIGIT_OFF),
        (date(1984, 2, 11), R.BORN_DIFFERS),
    ],
)
def test_how_birth_dates_meet(born: date, reason: Reason) -> None:
    assert reason in compare(NAMELESS_NUMBERS, replace(NAMELESS_NUMBERS, born_on=born)).reasons


def test_a_birth_date_is_believed_from_the_other_ones_nik() -> None:
    told = replace(SITI, nik=None)
    misread = replace(SITI, born_on=date(1984, 2, 11))
    assert R.BORN_BY_NIK in compare(told, misread).reasons
    assert R.NIK_AGAINST_BIRTH in compare(told, misread).reasons


@pytest.mark.parametrize(
    ("what", "other", "low", "high"),
    [
        ("all the same", SITI, 100, 100),
        ("one NIK and name, the birth date of a list that guesses", replace(SITI, born_on=date(1990, 1, 1)),
         SURE, 100),
        ("one NIK, married name", replace(SITI, name_key="siti aminah contoh"), SURE, 100),
        ("one NIK, another name and birth date: two people claim it",
         Identity(SITI.nik, None, "budi santoso", date(1970, 3, 3)), 0, 30),
        ("one NIK, another name: perhaps a nickname", replace(SITI, name_key="upik"), PROBABLE, SURE - 1),
        ("a digit off", replace(SITI, nik="1374014507910007"), SURE, 99),
        ("a digit off and a letter off", replace(SITI, nik="1374014507919001", name_key="siti amina"),
         PROBABLE, SURE - 1),
        ("twins", replace(SITI, nik="1374014507910002", name_key="nur rahmah"), 0, PROBABLE - 1),
        ("no NIK, all else", NAMELESS_NUMBERS, SURE, 99),
        ("no NIK, moved", replace(NAMELESS_NUMBERS, village="13.74.02.1001"), PROBABLE, SURE - 1),
        ("no NIK, a letter off", replace(NAMELESS_NUMBERS, name_key="siti amina"), PROBABLE, SURE - 1),
        ("no NIK, day and month", replace(NAMELESS_NUMBERS, born_on=date(1991, 5, 7)), PROBABLE, SURE - 1),
        ("name and village only", replace(NAMELESS_NUMBERS, born_on=None), 0, PROBABLE - 1),
        ("sister of one birth date", replace(SITI, nik=None, name_key="nur rahmah"), 0, 35),
        ("twice registered", replace(SITI, nik="1374021202840003", kk=None), PROBABLE, SURE - 1),
        ("a namesake", Identity(None, None, "siti aminah", date(1960, 1, 1), "13.74.02.1001"), 0, 30),
        ("nothing is known", Identity(), 0, 0),
    ],
)  # fmt: skip
def test_the_score(what: str, other: Identity, low: int, high: int) -> None:
    assert low <= compare(SITI, other).score <= high, what


# Properties ----------------------------------------------------------------------------------------------

words = st.sampled_from(
    ["siti", "aminah", "nur", "rahmah", "budi", "santoso", "yusuf", "a", "putri", "amina"]
)
names = st.lists(words, max_size=4).map(" ".join)
numbers = st.one_of(
    st.none(), st.text(digits, min_size=16, max_size=16), st.just(SITI.nik), st.text(max_size=5)
)
identities = st.builds(
    Identity,
    numbers,
    numbers,
    names,
    st.one_of(st.none(), st.dates(date(1930, 1, 1), date(2026, 1, 1)), st.just(BORN)),
    st.sampled_from([None, "13.74.01.1003", "13.74.02.1001"]),
    st.sampled_from([None, "L", "P"]),
)


@given(identities, identities)
def test_the_order_of_the_two_does_not_matter(one: Identity, other: Identity) -> None:
    there, back = compare(one, other), compare(other, one)
    assert there == back
    assert 0 <= there.score <= 100


@given(identities)
def test_a_person_with_a_name_and_a_nik_is_herself(one: Identity) -> None:
    assume(one.name_key and one.nik is not None)
    assert compare(one, one).score == 100


@given(identities)
def test_a_person_is_never_less_than_herself_by_what_more_is_known(one: Identity) -> None:
    assume(one.name_key and one.born_on and one.village)
    assert compare(one, one).score >= SURE


@given(identities, st.data())
def test_the_order_of_words_does_not_matter(one: Identity, data: st.DataObject) -> None:
    mixed = " ".join(data.draw(st.permutations(one.name_key.split())))
    assert compare(one, replace(one, name_key=mixed)).score == compare(one, one).score


@given(identities, identities)
def test_another_nik_never_makes_it_likelier(one: Identity, other: Identity) -> None:
    bare = compare(replace(one, nik=None), replace(other, nik=None))
    assert compare(replace(one, nik="one"), replace(other, nik="another")).score <= bare.score


# Blocks --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "other",
    [
        replace(SITI, nik="1374014507910007", village=None, born_on=None, kk=None),
        replace(SITI, nik="1374914507910001", village=None, born_on=None, kk=None),
        replace(NAMELESS_NUMBERS, born_on=date(1991, 5, 7), village=None),
        replace(NAMELESS_NUMBERS, born_on=date(1991, 7, 15)),
        replace(NAMELESS_NUMBERS, born_on=None, name_key="aminah siti"),
        replace(NAMELESS_NUMBERS, name_key="siti amina"),
        replace(NAMELESS_NUMBERS, village="13.74.02.1001"),
    ],
)
def test_slips_meet_in_a_block(other: Identity) -> None:
    assert block_keys(SITI) & block_keys(other)


@given(identities)
def test_any_description_gives_its_keys(one: Identity) -> None:
    assert block_keys(one) == block_keys(one)
    assert all(key for key in block_keys(one))


def test_a_common_word_is_no_key_where_there_is_a_better_one() -> None:
    assert not block_keys(_named("Siti Aminah")) & block_keys(
        replace(_named("Siti Rahmah"), born_on=date(1960, 1, 1))
    )
    assert block_keys(replace(_named("Siti"), born_on=None))
