"""What came together: rupiah given and planned, by programme, level or year."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from app.domain.codes import LedgerState
from app.domain.ledger.lines import Line


@dataclass(slots=True)
class Total:
    given_idr: int = 0
    planned_idr: int = 0
    lines: int = 0


def year_of(line: Line) -> str:
    """Return the year that the aid is for; of one given once the year of the day."""
    if line.period[:4].isdecimal():
        return line.period[:4]
    return str(line.given_on.year) if line.given_on else ""


def totals(lines: Iterable[Line], key: Callable[[Line], str]) -> dict[str, Total]:
    """Sum planned and given lines by *key*; what was stopped or taken back counts nowhere."""
    found: dict[str, Total] = {}
    for line in lines:
        if line.state not in {LedgerState.PLANNED, LedgerState.GIVEN}:
            continue
        total = found.setdefault(key(line), Total())
        total.lines += 1
        if line.state is LedgerState.GIVEN:
            total.given_idr += line.given_idr or 0
        else:
            total.planned_idr += line.planned_idr or 0
    return dict(sorted(found.items()))
