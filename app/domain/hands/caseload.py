"""Who should have a case: the nearest with room, and of them the one with the fewest open cases."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from app.domain.access import Grant, covers


class Nearness(StrEnum):
    """How near somebody works to a case; also the reason that a suggestion gives."""

    VILLAGE = "same_village"
    DISTRICT = "same_district"
    REGENCY = "same_regency"


@dataclass(frozen=True, slots=True)
class Load:
    open: int
    overdue: int
    capacity: int
    """How many open cases one person can carry."""

    @property
    def has_room(self) -> bool:
        return self.open < self.capacity


@dataclass(frozen=True, slots=True)
class Hand:
    """Somebody who may take the case."""

    account_id: UUID
    nearness: Nearness
    load: Load
    works: bool = True
    """May take its steps, and not only visit."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    account_id: UUID
    reasons: tuple[str, ...]
    """Codes of the set ``suggestion_reason``."""


_ORDER = tuple(Nearness)
_VILLAGE, _DISTRICT = 3, 2
"""How many dots the code of a village and of a district has."""


def nearness(grants: Iterable[Grant], village: str) -> Nearness:
    """Say how near the narrowest grant over *village* lies."""
    held = [grant.region for grant in grants if grant.region and covers(grant.region, village)]
    depth = max((region.count(".") for region in held), default=0)
    if depth >= _VILLAGE:
        return Nearness.VILLAGE
    return Nearness.DISTRICT if depth == _DISTRICT else Nearness.REGENCY


def ranked(hands: Iterable[Hand]) -> Sequence[Hand]:
    """Order *hands*: who works on cases, has room, is nearest, has least open, least overdue."""

    def key(hand: Hand) -> tuple[bool, bool, int, int, int, UUID]:
        near, load = _ORDER.index(hand.nearness), hand.load
        return (not hand.works, not load.has_room, near, load.open, load.overdue, hand.account_id)

    return sorted(hands, key=key)


def suggest(hands: Iterable[Hand]) -> Suggestion | None:
    """Return whom to give the case, and why; None when there is nobody who could work on it."""
    order = [hand for hand in ranked(hands) if hand.works]
    if not order:
        return None
    best = order[0]
    reasons = [best.nearness.value, "has_room" if best.load.has_room else "full"]
    if all(best.load.open <= other.load.open for other in order):
        reasons.append("fewest_open")
    return Suggestion(best.account_id, tuple(reasons))
