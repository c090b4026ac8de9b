"""NIK, KK and phone numbers: what is read, what is refused, what only warns."""

from datetime import date

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import FieldError
from app.domain.identity import (
    IdWarning,
    Kk,
    Nik,
    Phone,
    Sex,
    is_mask_of,
    is_masked,
    mask,
    parse_kk,
    parse_nik,
    parse_phone,
)

TODAY = date(2026, 11, 25)


def nik(text: str) -> Nik:
    found = parse_nik(text, today=TODAY)
    assert isinstance(found, Nik)
    return found


def phone(text: str) -> Phone:
    found = parse_phone(text)
    assert isinstance(found, Phone), text
    return found


@pytest.mark.parametrize(
    ("text", "sex", "born_on"),
    [
        ("1374014507900001", Sex.P, (date(1990, 7, 5),)),
        ("1374010507900001", Sex.L, (date(1990, 7, 5),)),
        ("1374017112259001", Sex.P, (date(2025, 12, 31), date(1925, 12, 31))),
        ("1374012511260001", Sex.L, (date(2026, 11, 25), date(1926, 11, 25))),
        ("1374012611260001", Sex.L, (date(1926, 11, 26),)),
        ("1374012902000001", Sex.L, (date(2000, 2, 29),)),
        ("1374016902960002", Sex.P, (date(1996, 2, 29),)),
    ],
)
def test_nik_says_sex_and_birth_dates(text: str, sex: Sex, born_on: tuple[date, ...]) -> None:
    found = nik(text)
    assert (found.sex, found.born_on, found.region) == (sex, born_on, "13.74.01")


@pytest.mark.parametrize(
    "text", ["'1374 0145.0790-0001", " 13-74-01-450790-0001\n", "1374\u00a0014507900001\u200b"]
)
def test_separators_are_dropped(text: str) -> None:
    assert nik(text).number == "1374014507900001"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "nik.empty"),
        (" - ", "nik.empty"),
        ("137401450790001", "nik.length"),
        ("13740145079000011", "nik.length"),
        ("1374O14507900001", "nik.letters"),
        ("\u0661374014507900001", "nik.letters"),
        ("1,37402E+15", "nik.number_format"),
        ("0000000000000000", "nik.zero"),
        ("1374010007900001", "nik.birth_date"),
        ("1374013207900001", "nik.birth_date"),
        ("1374014007900001", "nik.birth_date"),
        ("1374017207900001", "nik.birth_date"),
        ("1374013002900001", "nik.birth_date"),
        ("1374012902990001", "nik.birth_date"),
        ("1374010513900001", "nik.birth_date"),
        ("1374014507900000", "nik.serial"),
        ("9" * 100_000, "nik.length"),
    ],
)
def test_bad_nik_is_named_and_not_echoed(text: str, code: str) -> None:
    found = parse_nik(text, today=TODAY, pointer="/subject/nik")
    assert isinstance(found, FieldError)
    assert (found.pointer, found.code) == ("/subject/nik", code)
    assert found.id
    assert found.en
    assert text.strip(" -") == "" or text not in found.id + found.en


def test_unknown_region_warns_and_never_refuses() -> None:
    found = parse_nik("1308034507900001", today=TODAY, knows_region={"13.08.04"}.__contains__)
    assert isinstance(found, Nik)
    assert found.warnings == (IdWarning.REGION_UNKNOWN,)
    assert nik("0000014507900001").warnings == ()


def test_disagreement_with_the_person_is_a_warning() -> None:
    found = nik("1374014507900001")
    assert found.disagreements(Sex.P, date(1990, 7, 5)) == ()
    assert found.disagreements(None, None) == ()
    assert found.disagreements(Sex.L, date(1991, 7, 5)) == (
        IdWarning.SEX_DIFFERS,
        IdWarning.BIRTH_DATE_DIFFERS,
    )


@given(st.text(max_size=80))
def test_anything_is_read_or_refused(text: str) -> None:
    assert isinstance(parse_nik(text, today=TODAY), (Nik, FieldError))
    assert isinstance(parse_kk(text), (Kk, FieldError))
    assert isinstance(parse_phone(text), (Phone, FieldError))


@given(st.dates(date(1927, 1, 1), TODAY), st.sampled_from(Sex), st.integers(1, 9999))
def test_every_birth_date_is_among_its_candidates(born: date, sex: Sex, serial: int) -> None:
    day = born.day + (40 if sex is Sex.P else 0)
    found = nik(f"137401{day:02}{born:%m%y}{serial:04}")
    assert found.disagreements(sex, born) == ()


def test_kk_only_warns_about_its_inner_parts() -> None:
    found = parse_kk("1374 0199 9999 0000", knows_region=lambda _: False)
    assert isinstance(found, Kk)
    assert found.number == "1374019999990000"
    assert found.warnings == (IdWarning.REGION_UNKNOWN, IdWarning.ISSUE_DATE_ODD, IdWarning.SERIAL_ZERO)
    assert parse_kk("1374010507150001") == Kk("1374010507150001", "13.74.01")
    refused = parse_kk("12")
    assert isinstance(refused, FieldError)
    assert refused.code == "kk.length"


@pytest.mark.parametrize(
    "text",
    [
        "081234567890",
        "0812-3456-7890",
        "81234567890",
        "6281234567890",
        "+62 812 3456 7890",
        "+62 (0)812 34567890",
        "0062 81234567890",
        "\u202a+62 812-3456-7890\u202c",
    ],
)
def test_the_ways_a_mobile_is_written(text: str) -> None:
    assert phone(text) == Phone("+6281234567890", mobile=True)


def test_landlines_and_other_countries() -> None:
    assert phone("0752 82345") == Phone("+6275282345", mobile=False)
    assert phone("+60 12-345 6789") == Phone("+60123456789", mobile=True)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "phone.empty"),
        ("0812x", "phone.invalid"),
        ("171", "phone.invalid"),
        ("0899", "phone.invalid"),
        ("081234567890/081234567891", "phone.invalid"),
        ("+999123456789", "phone.invalid"),
        ("1" * 99, "phone.invalid"),
    ],
)
def test_bad_phones(text: str, code: str) -> None:
    found = parse_phone(text, pointer="/phone")
    assert isinstance(found, FieldError)
    assert (found.pointer, found.code) == ("/phone", code)


@given(st.from_regex(r"8[0-9]{6,13}", fullmatch=True))
def test_our_rule_for_mobiles_is_the_library_s(national: str) -> None:
    number = phonenumbers.parse("+62" + national)
    valid = phonenumbers.is_valid_number(number) and (
        phonenumbers.number_type(number) == phonenumbers.PhoneNumberType.MOBILE
    )
    found = parse_phone("0" + national)
    assert (isinstance(found, Phone) and found.mobile) == valid


def test_masks() -> None:
    masked = mask("1374014507900001")
    assert masked == "************0001"
    assert is_masked(masked)
    assert is_mask_of(masked, "1374014507900001")
    assert not is_mask_of(masked, "1374014507900002")
    assert not is_mask_of("1374014507900001", "1374014507900001")
    assert not is_masked("1374014507900001")
    assert not is_masked("")
    assert is_masked(mask("+6281234567890"))
