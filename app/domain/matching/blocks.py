"""Which descriptions are worth comparing: those that share a key, since all cannot be compared with all.

Two of one person share a key unless several slips come together. A million people give blocks of a few
dozen: a birth date with an initial, a word of a name within a village, a NIK less its first or last part.
"""

from collections.abc import Iterator
from typing import Final

from app.domain.matching.model import Identity

_COMMON: Final = frozenset({"muhamad", "siti", "abdul", "nur", "ahmad", "sri"})
"""Words of so many names that within a village they tell nobody apart; used where a name has no other."""
_SHORTEST: Final = 3


def block_keys(identity: Identity) -> frozenset[str]:
    """Return the keys; a source is indexed by them and asked by them. Empty: too little to go by."""
    return frozenset(_keys(identity))


def _keys(identity: Identity) -> Iterator[str]:
    nik = identity.nik
    if nik is not None:
        yield f"n{nik}"
        # A slip in the serial leaves the first twelve digits, one in the district the last ten.
        yield f"f{nik[:12]}"
        yield f"l{nik[6:]}"
    if identity.kk is not None:
        yield f"k{identity.kk}"
    words = identity.name_key.split()
    born = identity.born_on
    if born is not None:
        # Day and month are put in order, so that swapped ones meet.
        low, high = sorted((born.day, born.month))
        for initial in {word[0] for word in words}:
            yield f"b{born.year}{low:02}{high:02}{initial}"
    if identity.village is not None:
        told = [word for word in words if len(word) >= _SHORTEST]
        for word in [word for word in told if word not in _COMMON] or told or words:
            yield f"v{identity.village}{word}"
