"""What is compared, and what the answer looks like."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

SURE: Final = 90
"""From this score on the two may be taken as one without a person's look, where nothing speaks against it."""
PROBABLE: Final = 60
"""From this score on a person should look; below it the two are different people. Both numbers are ours."""


class Reason(StrEnum):
    """What speaks for or against it; the set ``match_reason``."""

    NIK_SAME = "nik_same"
    NIK_DIGIT_OFF = "nik_digit_off"
    NIK_DIGITS_SWAPPED = "nik_digits_swapped"
    NIK_DIFFERS = "nik_differs"
    NIK_AGAINST_BIRTH = "nik_against_birth"
    """The birth dates are not the same, and in one of the two the NIK says another than stands beside it."""
    KK_SAME = "kk_same"
    KK_DIGIT_OFF = "kk_digit_off"
    KK_DIFFERS = "kk_differs"
    NAME_SAME = "name_same"
    NAME_REORDERED = "name_reordered"
    NAME_JOINED = "name_joined"
    NAME_LETTER_OFF = "name_letter_off"
    NAME_INITIAL = "name_initial"
    NAME_PART = "name_part"
    NAME_DIFFERS = "name_differs"
    BORN_SAME = "born_same"
    BORN_BY_NIK = "born_by_nik"
    """The birth date that one states is the one in the other's NIK."""
    BORN_SWAPPED = "born_swapped"
    BORN_DIGIT_OFF = "born_digit_off"
    BORN_DIFFERS = "born_differs"
    VILLAGE_SAME = "village_same"
    VILLAGE_DIFFERS = "village_differs"
    SEX_DIFFERS = "sex_differs"


@dataclass(frozen=True, slots=True)
class Identity:
    """A person as one source describes her; what it does not say is None (or ``""`` for the name).

    Numbers are sixteen digits. Where a source keeps only a digest, its text may stand instead: it is then the
    same or it differs, and is never one digit off. Both sides must hold the same kind.
    """

    nik: str | None = None
    kk: str | None = None
    name_key: str = ""
    """As :func:`app.domain.names.name_key` makes it: titles, ``bin``/``binti`` and old spelling are gone."""
    born_on: date | None = None
    village: str | None = None
    sex: str | None = None
    """``L`` or ``P``."""


@dataclass(frozen=True, slots=True)
class Match:
    score: int
    """0 to 100: how likely both are one person."""
    reasons: tuple[Reason, ...]
    """In the order NIK, KK, name, birth date, village, sex."""
