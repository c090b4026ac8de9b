"""When and where each recipient comes: the nearest place, then the earliest hour, up to its capacity."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.domain.access import covers


@dataclass(frozen=True, slots=True)
class Slot:
    id: UUID
    region: str
    """Whose residents it is for: a village, a district, or the regency."""
    starts_at: datetime
    left: int
    """Places that nobody has yet."""


@dataclass(frozen=True, slots=True)
class Coming:
    id: UUID
    village: str


def share_slots(slots: Iterable[Slot], people: Sequence[Coming]) -> tuple[dict[UUID, UUID], list[UUID]]:
    """Give each of *people*, in their order, a slot; return who comes when, and who found none.

    Slots of her own village go first, then of her district, then of the regency.
    """
    left = {slot.id: slot.left for slot in slots}
    order = sorted(slots, key=lambda slot: (-len(slot.region), slot.starts_at, slot.id))
    found: dict[UUID, UUID] = {}
    without: list[UUID] = []
    for one in people:
        slot = next((s for s in order if left[s.id] > 0 and covers(s.region, one.village)), None)
        if slot is None:
            without.append(one.id)
            continue
        left[slot.id] -= 1
        found[one.id] = slot.id
    return found, without
