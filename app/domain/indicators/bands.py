"""Durations in bands, each five percent wider than the one before: they add up, and still give a median."""

from collections.abc import Mapping
from math import exp, floor, log, log1p
from typing import Final

_WIDER: Final = 0.05
_STEP: Final = log(1 + _WIDER)
ERROR_PERCENT: Final = 2.5
"""How far a quantile may be off: half a band, of the duration and one hour."""


def band_of(hours: float) -> int:
    """Return the band of a duration in hours; what is below 0 is in band 0."""
    return floor(log1p(max(0.0, hours)) / _STEP)


def quantile(bands: Mapping[int, int], share: float) -> float | None:
    """Return the hours below which *share* of what the bands count lies; None where they count nothing.

    It is the middle of its band, so off by `ERROR_PERCENT` at most.
    """
    total = sum(bands.values())
    if total <= 0:
        return None
    wanted, seen = share * total, 0
    for band in sorted(bands):
        seen += bands[band]
        if seen >= wanted:
            return round(exp((band + 0.5) * _STEP) - 1, 2)
    return None
