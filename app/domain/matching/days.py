"""Birth dates that were copied with one slip, or stand in the other one's NIK."""

from datetime import date
from operator import ne

from app.domain.matching.model import Identity, Reason
from app.domain.matching.numbers import tells_birth


def compare_births(one: Identity, other: Identity) -> Reason | None:
    """Return None where neither a birth date nor a NIK of one of them says it."""
    mine, theirs = one.born_on, other.born_on
    if mine is not None and mine == theirs:
        return Reason.BORN_SAME
    # One NIK on both sides says nothing new: its date is that of one of the two.
    if one.nik != other.nik and (_stands_in_nik(mine, other) or _stands_in_nik(theirs, one)):
        return Reason.BORN_BY_NIK
    if mine is None or theirs is None:
        return None
    if (mine.year, mine.month, mine.day) == (theirs.year, theirs.day, theirs.month):
        return Reason.BORN_SWAPPED
    off = sum(map(ne, mine.isoformat(), theirs.isoformat()))
    return Reason.BORN_DIGIT_OFF if off == 1 else Reason.BORN_DIFFERS


def _stands_in_nik(day: date | None, other: Identity) -> bool:
    return day is not None and other.nik is not None and tells_birth(other.nik, day)
