"""Names that are written otherwise: by order, by one letter, joined, shortened, or cut."""

from collections import Counter
from collections.abc import Mapping
from typing import Final

from app.domain.likeness import likeness
from app.domain.matching.model import Reason

_BY_LIKENESS: Final[Mapping[int | None, Reason]] = {0: Reason.NAME_PART, 1: Reason.NAME_LETTER_OFF}
_ONE_EACH: Final = 2


def compare_names(one: str, other: str) -> Reason | None:
    """Compare two name keys; None where one of them is empty."""
    if not one or not other:
        return None
    if one == other:
        return Reason.NAME_SAME
    mine, theirs = one.split(), other.split()
    return _rearranged(mine, theirs) or _nearly(one, other, mine, theirs)


def _rearranged(mine: list[str], theirs: list[str]) -> Reason | None:
    if len(mine) == len(theirs) and sorted(mine) == sorted(theirs):
        return Reason.NAME_REORDERED
    # One name with other spaces: "Siti Aminah" and "Sitiaminah".
    joined = len(mine) != len(theirs) and "".join(mine) == "".join(theirs)
    return Reason.NAME_JOINED if joined else None


def _nearly(one: str, other: str, mine: list[str], theirs: list[str]) -> Reason:
    # Most pairs have no word in common; nothing more need be asked of them.
    if len(mine) + len(theirs) > _ONE_EACH and not set(mine).intersection(theirs):
        return Reason.NAME_DIFFERS
    alike = _BY_LIKENESS.get(likeness(one, other))
    return alike or (Reason.NAME_INITIAL if _shortened(mine, theirs) else Reason.NAME_DIFFERS)


def _shortened(mine: list[str], theirs: list[str]) -> bool:
    """Whether only initials differ: ``A Rahman`` and ``Abdul Rahman``, with a whole word in common."""
    if len(mine) != len(theirs) or min(map(len, mine + theirs)) > 1:
        return False
    common = Counter(mine) & Counter(theirs)
    if not any(len(word) > 1 for word in common):
        return False
    left, right = sorted((Counter(mine) - common).elements()), sorted((Counter(theirs) - common).elements())
    return all(a[0] == b[0] and min(len(a), len(b)) == 1 for a, b in zip(left, right, strict=True))
