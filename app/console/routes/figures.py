"""What the queue looks like in numbers, each with the list of the cases behind it."""

from typing import Any, Final

from starlette.responses import Response

from app.console.drawing import svg_bars
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


async def show_figures(visit: Visit) -> Response:
    told = await visit.sitting.get("/v1/dashboards/queue")
    if not told.fine:
        return visit.trouble(told)
    charts = [
        {"name": name, "title": title, "rows": rows, "bars": svg_bars(_bars(rows), label=title[0])}
        for name, title in _PARTS
        if (rows := told.body[name])
    ]
    return visit.draw("figures.html", queue=told.body, charts=charts)


def _bars(rows: list[dict[str, Any]]) -> list[tuple[str, int, str]]:
    most = sorted(rows, key=lambda one: -one["count"])[:_MOST_BARS]
    return [(one["label"], one["count"], f"/konsol/kasus?{one['filter']}") for one in most]


PAGES: Final[tuple[tuple[str, str, Handler], ...]] = (("/konsol/angka", "GET", show_figures),)
