"""How likely two descriptions are one person. Points for and against, then what no sum may pass.

The points are ours, chosen so that without a NIK the same name, birth date and village give ``SURE``, the
same name and village without a birth date do not give ``PROBABLE``, and twins (NIK one digit off, one birth
date, one family card) stay two people unless their names agree.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from app.domain.matching.days import compare_births
from app.domain.matching.model import Identity, Match, Reason
from app.domain.matching.numbers import compare_kk, compare_nik, contradicts_birth, differ_in_serial_only
from app.domain.matching.words import compare_names

_R = Reason
_POINTS: Final[Mapping[Reason, int]] = {
    _R.NIK_SAME: 55,
    _R.NIK_DIGIT_OFF: 30,
    _R.NIK_DIGITS_SWAPPED: 30,
    _R.NIK_DIFFERS: -30,
    _R.NIK_AGAINST_BIRTH: 0,
    _R.KK_SAME: 15,
    _R.KK_DIGIT_OFF: 8,
    _R.KK_DIFFERS: -5,
    _R.NAME_SAME: 45,
    _R.NAME_REORDERED: 45,
    _R.NAME_JOINED: 43,
    _R.NAME_LETTER_OFF: 35,
    _R.NAME_INITIAL: 30,
    _R.NAME_PART: 30,
    _R.NAME_DIFFERS: -25,
    _R.BORN_SAME: 35,
    _R.BORN_BY_NIK: 30,
    _R.BORN_SWAPPED: 25,
    _R.BORN_DIGIT_OFF: 20,
    _R.BORN_DIFFERS: -30,
    _R.VILLAGE_SAME: 10,
    _R.VILLAGE_DIFFERS: -5,
    _R.SEX_DIFFERS: -15,
}
_DOUBTFUL_BIRTH: Final = -10
"""A birth date that its own NIK denies says less against."""
_ONE_NAME: Final = frozenset({_R.NAME_SAME, _R.NAME_REORDERED, _R.NAME_JOINED})
_UNSURE_BIRTH: Final = (_R.BORN_DIFFERS, _R.BORN_BY_NIK, _R.BORN_DIGIT_OFF, _R.BORN_SWAPPED)
_ONE_NIK_ONE_NAME: Final = 92
"""At least this, whatever a list says of birth date and village."""
_WITHOUT_NAME: Final = 95
"""At most this for one NIK where a side says no name."""
_NO_NIK: Final = 99
_SLIP_IN_NIK: Final = 97
_SLIPS_IN_BOTH: Final = 85
_NEIGHBOURS: Final = 70
"""One digit of the serial and the name differ: a slip, or brother and sister."""
_OTHER_NAME: Final = 75
_OTHER_NAME_SLIP: Final = 40
_OTHER_NAME_NO_NIK: Final = 35


def compare(one: Identity, other: Identity) -> Match:
    """Score two descriptions, the same in either order; what neither says counts neither way."""
    reasons = _reasons(one, other)
    points = sum(map(_POINTS.__getitem__, reasons))
    if _R.BORN_DIFFERS in reasons and _R.NIK_AGAINST_BIRTH in reasons:
        points += _DOUBTFUL_BIRTH - _POINTS[_R.BORN_DIFFERS]
    if reasons and reasons[0] is _R.NIK_SAME:
        if not _ONE_NAME.isdisjoint(reasons):
            points = max(points, _ONE_NIK_ONE_NAME)
        elif not (one.name_key and other.name_key):
            points += _POINTS[_R.NAME_LETTER_OFF]
    return Match(max(0, min(points, _ceiling(one, other, reasons))), tuple(reasons))


def _reasons(one: Identity, other: Identity) -> list[Reason]:
    born = compare_births(one, other)
    doubtful = born in _UNSURE_BIRTH and (contradicts_birth(one) or contradicts_birth(other))
    village = None
    if one.village and other.village:
        village = _R.VILLAGE_SAME if one.village == other.village else _R.VILLAGE_DIFFERS
    found = (
        compare_nik(one.nik, other.nik),
        _R.NIK_AGAINST_BIRTH if doubtful else None,
        compare_kk(one.kk, other.kk),
        compare_names(one.name_key, other.name_key),
        born,
        village,
        _R.SEX_DIFFERS if one.sex and other.sex and one.sex != other.sex else None,
    )
    return [reason for reason in found if reason is not None]


def _ceiling(one: Identity, other: Identity, found: Sequence[Reason]) -> int:
    """Return what no sum of points may pass."""
    other_name = _R.NAME_DIFFERS in found
    nik = found[0] if found else None
    if nik is _R.NIK_SAME:
        named = 100 if one.name_key and other.name_key else _WITHOUT_NAME
        return _OTHER_NAME if other_name else named
    if nik is not _R.NIK_DIGIT_OFF and nik is not _R.NIK_DIGITS_SWAPPED:
        return _OTHER_NAME_NO_NIK if other_name else _NO_NIK
    if other_name:
        return _OTHER_NAME_SLIP
    if not _ONE_NAME.isdisjoint(found):
        return _SLIP_IN_NIK
    if one.nik and other.nik and differ_in_serial_only(one.nik, other.nik):
        return _NEIGHBOURS
    return _SLIPS_IN_BOTH
