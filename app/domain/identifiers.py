"""Numbers that a person carries besides her present NIK: their kinds, their forms, and what of them is shown.

As with the NIK, an error names the fault and never the number.
"""

import re
import unicodedata
from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Final

from app.domain.errors import FieldError
from app.domain.identity import LONGEST_INPUT, parse_nik

SHOWN: Final = 4
"""How many characters of a number a list shows."""


class IdentifierKind(StrEnum):
    """The set ``identifier_kind``."""

    NIK = "NIK"
    """Her own, as the civil registry has it; one that arrives here makes a provisional person a full one."""
    BPJS = "BPJS"
    KIS = "KIS"
    KKS = "KKS"
    ID_DTKS = "ID_DTKS"
    IDSEMESTA = "IDSEMESTA"
    ID_BDT = "ID_BDT"
    PASPOR = "PASPOR"
    AKTA_LAHIR = "AKTA_LAHIR"


# What is printed on the cards and stands in the lists (domain.md 5.2); those of the registries are theirs to
# shape, so that only length and letters are held.
_FORMS: Final[Mapping[IdentifierKind, re.Pattern[str]]] = {
    IdentifierKind.BPJS: re.compile(r"[0-9]{13}", re.ASCII),
    IdentifierKind.KIS: re.compile(r"[0-9]{13}", re.ASCII),
    IdentifierKind.KKS: re.compile(r"[0-9]{16}", re.ASCII),
    IdentifierKind.ID_DTKS: re.compile(r"[0-9A-Z]{6,40}", re.ASCII),
    IdentifierKind.IDSEMESTA: re.compile(r"[0-9A-Z]{6,40}", re.ASCII),
    IdentifierKind.ID_BDT: re.compile(r"[0-9A-Z]{6,40}", re.ASCII),
    IdentifierKind.PASPOR: re.compile(r"[A-Z]{1,2}[0-9]{6,7}", re.ASCII),
    IdentifierKind.AKTA_LAHIR: re.compile(r"[0-9A-Z/]{6,40}", re.ASCII),
}
_NOISE: Final = re.compile(r"[\s.\-_'`\u2018\u2019\u2010-\u2015\u200b-\u200d\u2060\ufeff]+")


def parse_identifier(
    kind: IdentifierKind, text: str, *, today: date, pointer: str = "/number"
) -> str | FieldError:
    """Return the number in its normal form: capital letters and digits, without spaces, dots and dashes."""
    if kind is IdentifierKind.NIK:
        nik = parse_nik(text, today=today, pointer=pointer)
        return nik if isinstance(nik, FieldError) else nik.number
    number = _NOISE.sub("", unicodedata.normalize("NFKC", text[: LONGEST_INPUT + 1])).upper()
    if _FORMS[kind].fullmatch(number):
        return number
    return FieldError(
        pointer,
        "identifier.form",
        "Nomor ini tidak berbentuk seperti yang tercetak pada kartu atau daftarnya; periksa lagi.",
        "This number has not the form that its card or list prints; check it.",
    )


def digest_field(kind: IdentifierKind) -> str:
    """Return the field under which a number is digested; a NIK of any age is looked up as a NIK."""
    return "nik" if kind is IdentifierKind.NIK else f"identifier.{kind.value.lower()}"
