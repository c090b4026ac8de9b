"""How far a regency is on the way to its poverty target, by households that left poverty."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

_CENT: Final = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Progress:
    households: int
    """That left, each once, whichever way it was seen."""
    share: Decimal
    """Of the households aimed at, in percent."""
    points: Decimal
    """Of the points aimed at, in the same proportion: an estimate, not the survey's poverty rate."""


def progress(points: Decimal, households: int, left: int) -> Progress:
    """Return the progress: each household that left stands for ``points / households`` points."""
    if households <= 0:
        return Progress(left, Decimal("0.00"), Decimal("0.00"))
    part = Decimal(left) / Decimal(households)
    return Progress(left, _rounded(part * 100), _rounded(part * points))


def _rounded(value: Decimal) -> Decimal:
    return value.quantize(_CENT, ROUND_HALF_UP)
