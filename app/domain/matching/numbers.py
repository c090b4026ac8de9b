"""NIK and KK numbers that were copied with one slip, and what a NIK says of the birth date."""

from datetime import date
from operator import ne
from typing import Final

from app.domain.identity import WOMEN_DAY
from app.domain.matching.model import Identity, Reason

_LENGTH: Final = 16
_BIRTH: Final = slice(6, 12)
_SERIAL: Final = 12
_SWAPPED: Final = 2


def compare_nik(one: str | None, other: str | None) -> Reason | None:
    """Return None where one of the two is not known."""
    if one is None or other is None:
        return None
    return Reason.NIK_SAME if one == other else _slip(one, other) or Reason.NIK_DIFFERS


def compare_kk(one: str | None, other: str | None) -> Reason | None:
    """Return None where one of the two is not known."""
    if one is None or other is None:
        return None
    if one == other:
        return Reason.KK_SAME
    return Reason.KK_DIGIT_OFF if _slip(one, other) else Reason.KK_DIFFERS


def differ_in_serial_only(one: str, other: str) -> bool:
    """Whether two NIK are of one birth date and district: those of twins are."""
    return one[:_SERIAL] == other[:_SERIAL]


def tells_birth(nik: str, day: date) -> bool:
    """Whether the NIK holds this birth date; for a woman 40 is added to the day (domain.md 6.1)."""
    said = nik[_BIRTH]
    if said[2:] != f"{day.month:02}{day.year % 100:02}":
        return False
    return said[:2] in {f"{day.day:02}", str(day.day + WOMEN_DAY)}


def contradicts_birth(identity: Identity) -> bool:
    """Whether the NIK says another birth date than is stated beside it."""
    nik, born_on = identity.nik, identity.born_on
    return nik is not None and born_on is not None and _is_number(nik) and not tells_birth(nik, born_on)


def _slip(one: str, other: str) -> Reason | None:
    if not (_is_number(one) and _is_number(other)):
        return None
    count = sum(map(ne, one, other))
    if count == 1:
        return Reason.NIK_DIGIT_OFF
    if count == _SWAPPED:
        first = next(n for n in range(_LENGTH) if one[n] != other[n])
        if one[first : first + 2] == other[first : first + 2][::-1]:
            return Reason.NIK_DIGITS_SWAPPED
    return None


def _is_number(text: str) -> bool:
    return len(text) == _LENGTH and text.isascii() and text.isdigit()
