"""What became of a campaign, counted; and the form in which it may be published.

Published counts stand at kecamatan or above, in cells of five or more (design section 7). A cell that is
left out alone could be worked out from the total, so a second one goes with it, or else the total.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from app.domain.facts import age_on

SMALLEST: Final = 5
"""The smallest cell that is published."""
BANDS: Final = (("0-5", 0), ("6-17", 6), ("18-59", 18), ("60-69", 60), ("70+", 70))
"""Age bands with their first year."""
UNKNOWN: Final = "unknown"


@dataclass(frozen=True, slots=True)
class Row:
    """One group: a component, a district, a sex, an age band, or all together."""

    key: str
    planned: int | None
    """Places; known for components and districts only."""
    selected: int | None
    given: int | None
    no_show: int | None
    replaced: int | None


def band_of(born_on: date | None, on: date) -> str:
    if born_on is None:
        return UNKNOWN
    age = age_on(born_on, on)
    return next(band for band, first in reversed(BANDS) if age >= first)


def publish(rows: Sequence[Row]) -> list[Row]:
    """Return the rows of one grouping as they may be published; places are no persons and stay."""
    columns: Mapping[str, list[int | None]] = {
        name: published([getattr(row, name) or 0 for row in rows])
        for name in ("selected", "given", "no_show", "replaced")
    }
    return [
        Row(
            row.key, row.planned, *(columns[name][n] for name in ("selected", "given", "no_show", "replaced"))
        )
        for n, row in enumerate(rows)
    ]


def published(cells: Sequence[int]) -> list[int | None]:
    """Leave out cells below five; where just one is left out, the smallest other one as well."""
    shown: list[int | None] = [cell if cell >= SMALLEST else None for cell in cells]
    if shown.count(None) == 1 and len(shown) > 1:
        rest = [(cell, n) for n, cell in enumerate(shown) if cell is not None]
        shown[min(rest)[1]] = None
    return shown
