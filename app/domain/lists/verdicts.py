"""What may be wrong with a row of a list, and what follows from it.

`accepted`: stored as it is, or after lossless tidying. `corrected`: a value was changed or dropped.
`parked`: a person must decide. `refused`: unusable. The words of each reason are the set ``list_reason``.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class Verdict(StrEnum):
    """The set ``list_verdict``, the mildest first."""

    ACCEPTED = "accepted"
    CORRECTED = "corrected"
    PARKED = "parked"
    REFUSED = "refused"


class Reason(StrEnum):
    """The set ``list_reason``."""

    NIK_SEPARATORS = "nik_separators"
    KK_SEPARATORS = "kk_separators"
    KK_DROPPED = "kk_dropped"
    KK_NUMBER = "kk_number"
    KK_IS_NIK = "kk_is_nik"
    BORN_DROPPED = "born_dropped"
    BORN_ORDER = "born_order"
    """Month and day stood the American way round."""
    SEX_DROPPED = "sex_dropped"
    FLAG_DROPPED = "flag_dropped"
    EXACT_REPEAT = "exact_repeat"

    NIK_MISSING = "nik_missing"
    NIK_ZERO = "nik_zero"
    NIK_PLACEHOLDER = "nik_placeholder"
    NIK_BIRTH_DATE = "nik_birth_date"
    NIK_SERIAL = "nik_serial"
    NIK_TWICE = "nik_twice"
    """One NIK with different people in one list."""
    REPEAT_DIFFERS = "repeat_differs"
    """The same person once more, with other values."""
    NAME_DIFFERS = "name_differs"
    """The name contradicts the owner of the NIK whom the service knows."""
    DESIL_RANGE = "desil_range"
    VILLAGE_UNKNOWN = "village_unknown"
    VILLAGE_ELSEWHERE = "village_elsewhere"
    VILLAGE_DIFFERS = "village_differs"
    DEAD = "dead"
    MOVED = "moved"
    FORMULA = "formula"
    UNDECODABLE = "undecodable"
    COLUMNS_SHIFTED = "columns_shifted"
    CUT_OFF = "cut_off"

    NAME_MISSING = "name_missing"
    NIK_LENGTH = "nik_length"
    NIK_LETTERS = "nik_letters"
    NIK_NUMBER = "nik_number"
    """Excel made it a number and kept fifteen digits."""
    HEADER_AGAIN = "header_again"
    TOTAL_ROW = "total_row"


_C, _P, _R = Verdict.CORRECTED, Verdict.PARKED, Verdict.REFUSED
VERDICT_OF: Final[Mapping[Reason, Verdict]] = MappingProxyType(
    {
        Reason.NIK_SEPARATORS: _C,
        Reason.KK_SEPARATORS: _C,
        Reason.KK_DROPPED: _C,
        Reason.KK_NUMBER: _C,
        Reason.KK_IS_NIK: _C,
        Reason.BORN_DROPPED: _C,
        Reason.BORN_ORDER: _C,
        Reason.SEX_DROPPED: _C,
        Reason.FLAG_DROPPED: _C,
        Reason.EXACT_REPEAT: _C,
        Reason.NIK_MISSING: _P,
        Reason.NIK_ZERO: _P,
        Reason.NIK_PLACEHOLDER: _P,
        Reason.NIK_BIRTH_DATE: _P,
        Reason.NIK_SERIAL: _P,
        Reason.NIK_TWICE: _P,
        Reason.REPEAT_DIFFERS: _P,
        Reason.NAME_DIFFERS: _P,
        Reason.DESIL_RANGE: _P,
        Reason.VILLAGE_UNKNOWN: _P,
        Reason.VILLAGE_ELSEWHERE: _P,
        Reason.VILLAGE_DIFFERS: _P,
        Reason.DEAD: _P,
        Reason.MOVED: _P,
        Reason.FORMULA: _P,
        Reason.UNDECODABLE: _P,
        Reason.COLUMNS_SHIFTED: _P,
        Reason.CUT_OFF: _P,
        Reason.NAME_MISSING: _R,
        Reason.NIK_LENGTH: _R,
        Reason.NIK_LETTERS: _R,
        Reason.NIK_NUMBER: _R,
        Reason.HEADER_AGAIN: _R,
        Reason.TOTAL_ROW: _R,
    }
)
_RANK: Final = {verdict: rank for rank, verdict in enumerate(Verdict)}


def verdict_of(reasons: Iterable[Reason]) -> Verdict:
    """The gravest of what the reasons say; without any the row is accepted."""
    return max((VERDICT_OF[reason] for reason in reasons), key=_RANK.__getitem__, default=Verdict.ACCEPTED)
