"""One month's statistics as they are published: what is told of each table, and what is not."""

from collections.abc import Mapping
from typing import Any, Final

from app.domain.statistics.suppressing import Chance, Withheld, protect
from app.domain.statistics.tables import DIMENSIONS, OTHERS, SMALLEST, Table, joined, merged

_RULES: Final = 1
"""Of the rule by which cells are hidden; it stands in the document."""


def document(
    districts: Mapping[str, int], counts: Mapping[str, Mapping[tuple[str, str], int]], drawn: Chance
) -> dict[str, Any]:
    """Return what is published of one regency and month.

    Args:
        districts: cases by district.
        counts: for each of `DIMENSIONS` the cases by district and value.
        drawn: chance that nobody can foresee.
    """
    base: dict[str, Any] = {"rules": _RULES, "smallest": SMALLEST}
    total = sum(districts.values())
    if total < SMALLEST:
        return {**base, "total": None, "districts": [], "tables": []}
    rows = joined(districts)
    totals: dict[str, int] = {}
    for district, n in districts.items():
        totals[rows[district]] = totals.get(rows[district], 0) + n
    told = [{"district": name, "n": totals[name]} for name in sorted(totals, key=_last)]
    tables = [_table(one, merged(counts.get(one, {}), rows), drawn) for one in DIMENSIONS]
    return {**base, "total": total, "districts": told, "tables": tables}


def _table(dimension: str, table: Table, drawn: Chance) -> dict[str, Any]:
    hidden = protect(table, drawn)
    if isinstance(hidden, Withheld) or not table.values:
        return {"dimension": dimension, "withheld": True, "values": [], "rows": []}
    return {
        "dimension": dimension,
        "withheld": False,
        "values": [{"value": value, "n": table.value_total(value)} for value in table.values],
        "rows": [
            {
                "district": row,
                "cells": [
                    None if (row, value) in hidden else table.cells[row, value] for value in table.values
                ],
            }
            for row in table.rows
        ],
    }


def _last(name: str) -> tuple[bool, str]:
    return name == OTHERS, name
