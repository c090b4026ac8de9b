"""What a regency may give of a programme: its quota for a period, in whole or by component."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Final, NamedTuple

from app.domain.ledger import period_of
from app.domain.programs import Per, Program

WHOLE: Final = "*"
"""Stands for all components of a programme together."""
MOST: Final = 100_000_000
"""More than the families of the country."""


class Left(NamedTuple):
    """What one allotment still has."""

    program: str
    component: str
    left: int


def periods_of(day: date) -> tuple[str, ...]:
    """Name every period that *day* lies in: an allotment of any of them counts on that day."""
    return tuple(period_of(day, per) for per in Per)


def remaining(rows: Iterable[Left]) -> dict[str, int]:
    """Say by programme how many more can be taken in, from the allotments that count on one day.

    The scarcest allotment of the whole programme bounds it; so do its components together, each by its
    scarcest one. A programme without an allotment is not named: its capacity is unknown.
    """
    whole: dict[str, int] = {}
    parts: dict[str, dict[str, int]] = defaultdict(dict)
    for row in rows:
        known = whole if row.component == WHOLE else parts[row.program]
        key = row.program if row.component == WHOLE else row.component
        known[key] = min(known.get(key, row.left), row.left)
    sums = {program: sum(found.values()) for program, found in parts.items()}
    return {
        program: min(found[program] for found in (whole, sums) if program in found)
        for program in whole.keys() | sums.keys()
    }


def components_of(program: Program) -> tuple[str, ...]:
    """Name what an allotment of *program* can be for."""
    return (WHOLE, *(part.code for part in program.version.benefit.components))
