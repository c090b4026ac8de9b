"""Who is this: NIK, KK number and phone, read tolerantly and shown masked.

Nothing here echoes what it was given: an error names the fault, never the number. The rules are those of
the civil registry as found (domain.md 6); a NIK has no check digit, and is never corrected even when the date
in it is wrong, so a NIK that disagrees with a person is a warning and not an error.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

import phonenumbers

from app.domain.errors import FieldError

LONGEST_INPUT: Final = 64
OLDEST_YEARS: Final = 125
WOMEN_DAY: Final = 40
_SEPARATORS: Final = re.compile(r"[\s.\-_'`\u2018\u2019\u2010-\u2014\u200b-\u200d\u2060\ufeff]+")
_EXCEL: Final = re.compile(r"\d[.,]\d+e\+?\d+", re.IGNORECASE)
_MASKED: Final = re.compile(r"\*{4,32}[0-9]{0,4}")
_MOBILE: Final = re.compile(r"\+628[1-35-9][0-9]{7,10}")
_PHONE_NOISE: Final = re.compile(r"[\s.\-()\u00a0\u2010-\u2014\u200b-\u200d\u202a-\u202e\u2060\ufeff]+")
_PHONE: Final = re.compile(r"\+?[0-9]{4,17}")


class Sex(StrEnum):
    """As the civil registry writes it: ``L`` laki-laki, ``P`` perempuan."""

    L = "L"
    P = "P"


class IdWarning(StrEnum):
    """What an officer should look at; no warning ever refuses a number."""

    REGION_UNKNOWN = "region_unknown"
    """The district is in no current table: numbers keep the code they were first issued under."""
    SEX_DIFFERS = "sex_differs"
    BIRTH_DATE_DIFFERS = "birth_date_differs"
    ISSUE_DATE_ODD = "issue_date_odd"
    SERIAL_ZERO = "serial_zero"


@dataclass(frozen=True, slots=True)
class Nik:
    """A NIK of valid form."""

    number: str
    region: str
    """The kecamatan of first registration, dotted: ``13.74.01``. Says nothing about where she lives now."""
    sex: Sex
    born_on: tuple[date, ...]
    """One or two candidates, the later first; the century is not in the number."""
    warnings: tuple[IdWarning, ...] = ()

    def disagreements(self, sex: Sex | None, born_on: date | None) -> tuple[IdWarning, ...]:
        """Return where the number says otherwise than the person does."""
        found = []
        if sex is not None and sex is not self.sex:
            found.append(IdWarning.SEX_DIFFERS)
        if born_on is not None and born_on not in self.born_on:
            found.append(IdWarning.BIRTH_DATE_DIFFERS)
        return tuple(found)


@dataclass(frozen=True, slots=True)
class Kk:
    """A family card number. Only its sixteen digits are certain, so its inner parts only warn."""

    number: str
    region: str
    warnings: tuple[IdWarning, ...] = ()


@dataclass(frozen=True, slots=True)
class Phone:
    e164: str
    mobile: bool
    """Can take a message."""


RegionKnown = Callable[[str], bool]
"""Says whether a dotted kecamatan code is in the current region table."""


def parse_nik(
    text: str, *, today: date, knows_region: RegionKnown | None = None, pointer: str = ""
) -> Nik | FieldError:
    """Read a NIK; spaces, dots, dashes and Excel's apostrophe are dropped.

    *today* is the local date: no candidate birth date lies after it.
    """
    digits = _sixteen(text, "nik", pointer)
    if isinstance(digits, FieldError):
        return digits
    day, month, year = int(digits[6:8]), int(digits[8:10]), int(digits[10:12])
    woman = day > WOMEN_DAY
    born_on = tuple(_births(day - WOMEN_DAY if woman else day, month, year, today))
    if not born_on:
        return _fault("nik.birth_date", pointer)
    if digits[12:] == "0000":
        return _fault("nik.serial", pointer)
    region = _dotted(digits)
    return Nik(digits, region, Sex.P if woman else Sex.L, born_on, _region_warnings(region, knows_region))


def parse_kk(text: str, *, knows_region: RegionKnown | None = None, pointer: str = "") -> Kk | FieldError:
    """Read a family card number. Its date of issue and serial are recalled, not found: they warn."""
    digits = _sixteen(text, "kk", pointer)
    if isinstance(digits, FieldError):
        return digits
    region = _dotted(digits)
    warnings = list(_region_warnings(region, knows_region))
    if _real_date(2000 + int(digits[10:12]), int(digits[8:10]), int(digits[6:8])) is None:
        warnings.append(IdWarning.ISSUE_DATE_ODD)
    if digits[12:] == "0000":
        warnings.append(IdWarning.SERIAL_ZERO)
    return Kk(digits, region, tuple(warnings))


def parse_phone(text: str, *, pointer: str = "") -> Phone | FieldError:
    """Read a phone number to E.164: ``0812…``, ``812…``, ``62812…``, ``+62 (0)812…``, or any ``+`` country.

    Indonesian mobiles, nearly all that a desk sees, are decided by the rule that the library's own table
    holds; the library, which costs a hundred microseconds, reads the rest.
    """
    if len(text) > LONGEST_INPUT:
        return _fault("phone.invalid", pointer)
    number = _PHONE_NOISE.sub("", text)
    if not number:
        return _fault("phone.empty", pointer)
    if not _PHONE.fullmatch(number):
        return _fault("phone.invalid", pointer)
    number = _international(number)
    if _MOBILE.fullmatch(number):
        return Phone(number, mobile=True)
    return _foreign_or_fixed(number, pointer)


def mask(number: str) -> str:
    """Return *number* (NIK, KK or E.164) with only its last four characters readable."""
    return "*" * (len(number) - 4) + number[-4:]


def is_masked(value: str) -> bool:
    """Return whether *value* is what :func:`mask` gave out, and therefore means "unchanged"."""
    return _MASKED.fullmatch(value) is not None


def is_mask_of(value: str, number: str) -> bool:
    """Return whether the masked *value* belongs to *number*; if not, the sender has mixed up two records."""
    return is_masked(value) and value == mask(number)


def _births(day: int, month: int, year: int, today: date) -> Iterator[date]:
    for century in (2000, 1900):
        born = _real_date(century + year, month, day)
        if born is not None and born <= today and today.year - born.year <= OLDEST_YEARS:
            yield born


def _real_date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _dotted(digits: str) -> str:
    return f"{digits[0:2]}.{digits[2:4]}.{digits[4:6]}"


def _region_warnings(region: str, knows_region: RegionKnown | None) -> tuple[IdWarning, ...]:
    if knows_region is None or knows_region(region):
        return ()
    return (IdWarning.REGION_UNKNOWN,)


def _sixteen(text: str, kind: str, pointer: str) -> str | FieldError:
    """Return sixteen ASCII digits that are not all zero, or what is wrong."""
    bare = _SEPARATORS.sub("", text) if len(text) <= LONGEST_INPUT else text[: LONGEST_INPUT + 1]
    code = None
    if not bare:
        code = "empty"
    elif _EXCEL.fullmatch(text.strip()):
        code = "number_format"
    elif not (bare.isascii() and bare.isdigit()):
        code = "letters"
    elif len(bare) != 16:  # noqa: PLR2004 - the length of both numbers
        code = "length"
    elif not bare.strip("0"):
        code = "zero"
    return bare if code is None else _fault(f"{kind}.{code}", pointer)


def _international(number: str) -> str:
    if number.startswith("00"):
        number = "+" + number[2:]
    elif number.startswith("0"):
        number = "+62" + number[1:]
    elif number.startswith("62"):
        number = "+" + number
    elif not number.startswith("+"):
        # A spreadsheet has eaten the zero.
        number = "+62" + number
    return "+62" + number[4:] if number.startswith("+620") else number


def _foreign_or_fixed(number: str, pointer: str) -> Phone | FieldError:
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return _fault("phone.invalid", pointer)
    if not phonenumbers.is_valid_number(parsed):
        return _fault("phone.invalid", pointer)
    e164 = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
    kinds = (phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE)
    return Phone(e164, mobile=phonenumbers.number_type(parsed) in kinds)


def _fault(code: str, pointer: str) -> FieldError:
    in_indonesian, in_english = _SENTENCES[code]
    return FieldError(pointer, code, in_indonesian, in_english)


_NUMBER_FAULTS: Final = {
    "empty": (
        "{} kosong; kosongkan isian ini jika memang tidak ada.",
        "The {} is empty; leave it out if there is none.",
    ),
    "letters": ("{} hanya boleh berisi angka.", "The {} may hold digits only."),
    "length": ("{} harus 16 angka.", "The {} must have 16 digits."),
    "zero": (
        "{} tidak boleh nol semua; kosongkan jika tidak ada.",
        "The {} is all zeros; leave it out if there is none.",
    ),
    "number_format": (
        "{} rusak karena disimpan sebagai angka di Excel; ketik ulang dari kartu sebagai teks.",
        "The {} was damaged by Excel's number format; type it again from the card, as text.",
    ),
}
_SENTENCES: Final[dict[str, tuple[str, str]]] = {
    **{
        f"{kind}.{code}": (in_indonesian.format(name), in_english.format(english))
        for kind, name, english in (("nik", "NIK", "NIK"), ("kk", "Nomor KK", "KK number"))
        for code, (in_indonesian, in_english) in _NUMBER_FAULTS.items()
    },
    "nik.birth_date": (
        "Tanggal lahir di dalam NIK (angka 7 sampai 12) tidak ada di kalender; periksa KTP atau KK.",
        "The birth date inside the NIK (digits 7 to 12) is on no calendar; check the card.",
    ),
    "nik.serial": (
        "Empat angka terakhir NIK tidak boleh 0000; periksa KTP atau KK.",
        "The last four digits of a NIK are never 0000; check the card.",
    ),
    "phone.empty": (
        "Nomor telepon kosong; kosongkan isian ini jika memang tidak ada.",
        "The phone number is empty; leave it out if there is none.",
    ),
    "phone.invalid": (
        "Nomor telepon tidak dikenal; tulis satu nomor seperti 0812… atau +62….",
        "Not a phone number we can read; write one number such as 0812… or +62….",
    ),
}
