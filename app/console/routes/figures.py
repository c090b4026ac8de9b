"""What the queue looks like in numbers, each with the list of the cases behind it."""

from math import ceil
from typing import Any, Final

from starlette.responses import Response

from app.console.visit import Handler, Visit

_PARTS: Final = (
    ("by_status", ("Menurut keadaan", "By status")),
    ("by_age", ("Menurut umur", "By age")),
    ("by_overdue", ("Lewat batas", "Overdue")),
    ("by_program", ("Menurut program", "By programme")),
    ("by_village", ("Menurut desa/kelurahan", "By village")),
)
"""What is shown of the queue, each with its definition in figures.html."""
_VILLAGES: Final = "by_village"
_SHADES: Final = 5
_MOST_BARS: Final = 15
_ROW: Final = 46
_WIDE: Final = 280


async def show_figures(visit: Visit) -> Response:
    told = await visit.sitting.get("/v1/dashboards/queue")
    if not told.fine:
        return visit.trouble(told)
    charts = [
        {"name": name, "title": title, "rows": rows, "bars": _bars(rows)}
        for name, title in _PARTS
        if (rows := told.body[name])
    ]
    tiles = await _tiles(visit, told.body[_VILLAGES])
    return visit.draw("figures.html", queue=told.body, charts=charts, tiles=tiles)


async def _tiles(visit: Visit, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the villages by district, each with a shade from 1 to 5 by its share of the largest count.

    No map for a single village, nor for somebody who looks at more than one regency.
    """
    regencies = {one["value"][:5] for one in rows}
    if len(rows) < 2 or len(regencies) > 1:  # noqa: PLR2004  # a map of one is none
        return []
    named = await visit.sitting.read("/v1/regions", parent=regencies.pop(), limit=200)
    names = {one["code"]: one["name"] for one in (named or {"items": []})["items"]}
    most = max(one["count"] for one in rows)
    found: dict[str, dict[str, Any]] = {}
    for one in sorted(rows, key=lambda one: str(one["label"])):
        code = one["value"][:8]
        district = found.setdefault(code, {"name": names.get(code, code), "villages": []})
        district["villages"].append({**one, "shade": ceil(one["count"] * _SHADES / most)})
    return [found[code] for code in sorted(found)]


def _bars(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the longest bars, each with its place and width in the picture's own units."""
    shown = sorted(rows, key=lambda one: -one["count"])[:_MOST_BARS]
    longest = max(one["count"] for one in shown) or 1
    return [
        {**one, "y": n * _ROW, "width": max(2, round(one["count"] / longest * _WIDE)) if one["count"] else 0}
        for n, one in enumerate(shown)
    ]


PAGES: Final[tuple[tuple[str, str, Handler], ...]] = (("/konsol/angka", "GET", show_figures),)
