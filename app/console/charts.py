"""Where the bars and columns of a chart stand: plain numbers, in the picture's own units."""

from collections.abc import Mapping, Sequence
from math import ceil, log10
from typing import Any, Final

ROW: Final = 46
"""From one bar to the next, with its words above it."""
_WIDE: Final = 280
_MOST_BARS: Final = 15
_HIGH: Final = 120
"""Of the highest column."""
_STEP: Final = 52
"""From one month to the next."""
_COLUMN: Final = 18


def bars(cells: Sequence[Mapping[str, Any]], key: str = "n") -> list[dict[str, Any]]:
    """Return the longest bars, each with its place and width."""
    shown = sorted(cells, key=lambda one: -(one[key] or 0))[:_MOST_BARS]
    longest = max((one[key] or 0 for one in shown), default=0) or 1
    return [
        {**one, "y": n * ROW, "width": max(2, round(one[key] / longest * _WIDE)) if one[key] else 0}
        for n, one in enumerate(shown)
    ]


def columns(months: Sequence[str], series: Sequence[Sequence[Mapping[str, Any]]]) -> dict[str, Any]:
    """Return one group of columns for each month, a column for each of the series; *None* is no column."""
    by_month = [{one["month"]: one for one in cells} for cells in series]
    highest = _round_up(max((one["n"] for cells in series for one in cells), default=0))
    groups = [
        {
            "month": month,
            "x": n * _STEP,
            "columns": [
                _column(found.get(month), n * _STEP + place * _COLUMN, highest)
                for place, found in enumerate(by_month)
            ],
        }
        for n, month in enumerate(months)
    ]
    return {"groups": groups, "top": highest, "width": len(months) * _STEP, "high": _HIGH}


def _column(cell: Mapping[str, Any] | None, x: int, highest: int) -> dict[str, Any]:
    n = cell["n"] if cell else 0
    height = max(2, round(n / highest * _HIGH)) if n else 0
    return {**(cell or {"filter": None}), "n": n, "x": x, "y": _HIGH - height, "height": height}


def _round_up(n: int) -> int:
    """Return the next number that reads well: one figure and zeros."""
    if n < 1:
        return 1
    size: int = 10 ** int(log10(n))
    return ceil(n / size) * size
