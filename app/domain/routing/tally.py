"""What came of a trial: how many cases would go elsewhere, and why, with a few of them to look at."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from app.domain.routing.trial import CHANGED, Outcome

SAMPLES: Final = 20
"""Cases that are kept of each shift."""
COARSE: Final = 5
"""What whoever sees no cases is told is rounded down to: nobody is to be found by asking twice."""


@dataclass(slots=True)
class Tally:
    shifts: Counter[str] = field(default_factory=Counter)
    elsewhere: int = 0
    """Cases whose first proposal is another programme."""
    moves: Counter[str] = field(default_factory=Counter)
    """Those, by ``from>to``; an empty side is none."""
    samples: dict[str, list[list[str | None]]] = field(default_factory=dict)
    """By shift: regency, case (32 hex digits), verdict before and after, first programme before and after."""

    def add(self, regency: str, case: str, outcome: Outcome) -> None:
        self.shifts[outcome.shift.value] += 1
        if outcome.shift not in CHANGED:
            return
        if outcome.elsewhere:
            self.elsewhere += 1
            self.moves[f"{outcome.first_before or ''}>{outcome.first_after or ''}"] += 1
        kept = self.samples.setdefault(outcome.shift.value, [])
        if len(kept) < SAMPLES:
            verdicts = [one.value if one else None for one in (outcome.before, outcome.after)]
            kept.append([regency, case, *verdicts, outcome.first_before, outcome.first_after])

    def merge(self, other: "Tally") -> None:
        """Add what came after."""
        self.shifts += other.shifts
        self.elsewhere += other.elsewhere
        self.moves += other.moves
        for shift, cases in other.samples.items():
            kept = self.samples.setdefault(shift, [])
            kept.extend(cases[: SAMPLES - len(kept)])

    @property
    def changed(self) -> int:
        return sum(self.shifts[shift.value] for shift in CHANGED)

    def to_json(self) -> dict[str, Any]:
        return {
            "shifts": dict(self.shifts),
            "elsewhere": self.elsewhere,
            "moves": dict(self.moves),
            "samples": self.samples,
        }


def tally_of(raw: Mapping[str, Any] | None) -> Tally:
    """Read back what `Tally.to_json` wrote; None is an empty one."""
    if raw is None:
        return Tally()
    return Tally(Counter(raw["shifts"]), raw["elsewhere"], Counter(raw["moves"]), dict(raw["samples"]))


def coarse(count: int) -> int:
    return count // COARSE * COARSE
