"""Places of other funders for people whom a programme no longer pays for, in the order of the regency."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Quota:
    """What is left of one programme's allotment here."""

    program: str
    left: int
    """Without what others were proposed for already; never more than stands in an allotment."""


def place(quotas: Iterable[Quota], people: int) -> Sequence[str | None]:
    """Name the programme for each of *people*, the first served first; None once all are used up."""
    found: list[str | None] = []
    for quota in quotas:
        found += [quota.program] * min(max(quota.left, 0), people - len(found))
    return [*found, *[None] * (people - len(found))]
