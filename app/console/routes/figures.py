"""What the queue looks like in numbers, each with the list of the cases behind it."""

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
_MOST_BARS: Final = 15
_ROW: Final = 30
_WIDE: Final = 300


async def show_figures(visit: Visit) -> Response:
    told = await visit.sitting.get("/v1/dashboards/queue")
    if not told.fine:
        return visit.trouble(told)
    charts = [
        {"name": name, "title": title, "rows": rows, "bars": _bars(rows)}
        for name, title in _PARTS
        if (rows := told.body[name])
    ]
    return visit.draw("figures.html", queue=told.body, charts=charts)


def _bars(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the longest bars, each with its place and width in the picture's own units."""
    shown = sorted(rows, key=lambda one: -one["count"])[:_MOST_BARS]
    longest = max(one["count"] for one in shown) or 1
    return [
        {**one, "y": n * _ROW, "width": max(2, round(one["count"] / longest * _WIDE)) if one["count"] else 0}
        for n, one in enumerate(shown)
    ]


PAGES: Final[tuple[tuple[str, str, Handler], ...]] = (("/konsol/angka", "GET", show_figures),)
