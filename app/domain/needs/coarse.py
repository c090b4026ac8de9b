"""How much a card may tell of whom it is for: never so much that fewer than k people fit.

The group is counted on the service's own record, which is smaller than the population: a lower bound, so
that whoever knows a village sees at least as many. What is shown falls back along one ladder, until the
group is large enough; below its last rung nothing of the person is shown but the regency.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

SMALLEST_GROUP: Final = 5
"""Ours; a regency may ask for more, never for less."""
_CHILD, _ELDER = 18, 60


@dataclass(frozen=True, slots=True)
class Level:
    """What is shown: the district instead of the regency, the age band, the PPKS category."""

    district: bool
    age: bool
    ppks: bool

    def within(self, other: "Level") -> bool:
        """Tell whether everything shown here is shown at *other* too."""
        return self.district <= other.district and self.age <= other.age and self.ppks <= other.ppks


NOTHING: Final = Level(district=False, age=False, ppks=False)
LADDER: Final = (
    Level(district=True, age=True, ppks=True),
    Level(district=True, age=False, ppks=True),
    Level(district=True, age=True, ppks=False),
    Level(district=False, age=True, ppks=True),
    Level(district=False, age=False, ppks=True),
    Level(district=True, age=False, ppks=False),
    Level(district=False, age=True, ppks=False),
    NOTHING,
)
"""From what helps a donor most to what tells least."""


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom a card is for."""

    regency: str
    district: str
    age: str | None = None
    """A code of the set ``age_band``."""
    ppks: str | None = None

    def has(self, level: Level) -> bool:
        """Tell whether there is something to show for all that *level* shows."""
        return not (level.age and self.age is None) and not (level.ppks and self.ppks is None)


@dataclass(frozen=True, slots=True)
class Shown:
    region: str
    age: str | None
    ppks: str | None
    group: int | None
    """How many on record fit; None where nothing of the person is shown."""

    @property
    def level(self) -> Level:
        return Level(self.region.count(".") > 1, self.age is not None, self.ppks is not None)


def coarsen(subject: Subject, counts: Mapping[Level, int], k: int, within: Level | None = None) -> Shown:
    """Return the most that may be shown: the first rung of the ladder whose group has *k* people or more.

    *counts*: of a rung, how many people on record fit what it shows; one that is not counted counts as empty.
    *within*: what another card for the same person shows: two cards that each hide something else would
    together hide less.
    """
    for level in LADDER:
        if level is NOTHING or not subject.has(level) or not (within is None or level.within(within)):
            continue
        group = counts.get(level, 0)
        if group >= max(k, SMALLEST_GROUP):
            return _shown(subject, level, group)
    return _shown(subject, NOTHING, None)


def _shown(subject: Subject, level: Level, group: int | None) -> Shown:
    return Shown(
        subject.district if level.district else subject.regency,
        subject.age if level.age else None,
        subject.ppks if level.ppks else None,
        group,
    )


def age_band(years: int) -> str:
    """Return the band of an age in full years; the elder begins at 60 (UU 13/1998)."""
    if years < _CHILD:
        return "anak"
    return "lansia" if years >= _ELDER else "dewasa"


BANDS: Final[Mapping[str, tuple[int, int]]] = {
    "anak": (0, _CHILD - 1),
    "dewasa": (_CHILD, _ELDER - 1),
    "lansia": (_ELDER, 150),
}
"""Full years of each band, both ends included."""
