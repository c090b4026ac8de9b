"""Figures: the queue as it is now, and what was counted over months, each with the lists behind it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from starlette.responses import Response

from app.console.asking import Sending
from app.console.charts import bars, columns
from app.console.choices import choices_of
from app.console.figure_parts import PARTS, Chart
from app.console.village_map import map_of, tiles_of
from app.console.visit import Handler, Visit
from app.console.work_figures import work_of

_PARTS: Final = (
    ("by_status", ("Menurut keadaan", "By status")),
    ("by_age", ("Menurut umur", "By age")),
    ("by_overdue", ("Lewat batas", "Overdue")),
    ("by_program", ("Menurut program", "By programme")),
    ("by_village", ("Menurut desa/kelurahan", "By village")),
)
"""What is shown of the queue, each with its definition in figures.html."""
_VILLAGES: Final = "by_village"
_RECIPIENTS: Final = "campaign_recipient_state"
PERIODS: Final = (3, 6, 12, 24)
_USUAL: Final = 12
_OLD: Final = timedelta(minutes=5)
"""Figures that are further behind say so: the worker is down or has much to do."""
_YEAR: Final = 12


async def show_queue(visit: Visit) -> Response:
    told = await visit.sitting.get("/v1/dashboards/queue")
    if not told.fine:
        return visit.trouble(told)
    charts = [
        {"name": name, "title": title, "rows": rows, "bars": bars(rows, "count")}
        for name, title in _PARTS
        if (rows := told.body[name])
    ]
    drawn = await map_of(visit, told.body[_VILLAGES])
    tiles = [] if drawn else await tiles_of(visit, told.body[_VILLAGES])
    standing = await _asked(visit, {"measures": ["escalated"], "by": "escalated_to"})
    shown = {"queue": told.body, "charts": charts, "tiles": tiles, "map": drawn, "standing": standing}
    return visit.draw("figures.html", part="", parts=PARTS, **shown)


async def show_part(visit: Visit) -> Response:
    """Show one part of the figures of the months that were chosen."""
    part = visit.path("part")
    if part not in PARTS:
        return visit.draw("trouble.html", 404, problem={})
    period = _period(visit)
    chosen = {**period, **({"region": visit.query("wilayah")} if visit.query("wilayah") else {})}
    charts, as_of = [], None
    for chart in PARTS[part].charts:
        told = await visit.sitting.ask("POST", "/v1/metrics/query", Sending(json={**chart.asks, **chosen}))
        if told.status == 403:  # noqa: PLR2004  # whose lists somebody may not read
            continue
        if not told.fine:
            return visit.trouble(told)
        as_of = told.body["as_of"]
        charts.append(_drawn(chart, told.body, _months(period["from"], period["to"])))
    return visit.draw(
        "figures_part.html",
        part=part,
        parts=PARTS,
        charts=charts,
        as_of=as_of,
        is_old=as_of is not None and visit.house.now() - datetime.fromisoformat(as_of) > _OLD,
        period=period,
        periods=PERIODS,
        chosen={"periode": visit.query("periode") or str(_USUAL), "wilayah": visit.query("wilayah")},
        regions=await _regions(visit),
    )


def _drawn(chart: Chart, told: dict[str, Any], months: Sequence[str]) -> dict[str, Any]:
    """Return a chart with what stands where in it."""
    figures, definitions = told["figures"], told["definitions"]
    cells = [one["cells"] for one in figures]
    found = {"chart": chart, "definitions": definitions, "figures": figures, "months": months}
    match chart.form:
        case "columns":
            return {**found, "drawing": columns(months, cells)}
        case "bars":
            return {**found, "drawing": bars(cells[0])}
        case "side":
            merged = [
                {**one[0], "label": told["name"]} for one, told in zip(cells, definitions, strict=True) if one
            ]
            return {**found, "drawing": bars(merged), "merged": merged}
        case _:
            return {**found, "drawing": None}


def _period(visit: Visit) -> dict[str, str]:
    asked = visit.query("periode")
    length = int(asked) if asked in {str(one) for one in PERIODS} else _USUAL
    now = visit.house.now().astimezone(visit.offset)
    last = now.year * _YEAR + now.month - 1
    return {"from": _text(last - length + 1), "to": _text(last)}


def _text(month: int) -> str:
    return f"{month // _YEAR:04}-{month % _YEAR + 1:02}"


def _months(start: str, end: str) -> list[str]:
    first, last = (int(text[:4]) * _YEAR + int(text[5:]) - 1 for text in (start, end))
    return [_text(month) for month in range(first, last + 1)]


async def _regions(visit: Visit) -> list[tuple[str, str]]:
    """Return the districts of her regency to choose from."""
    regency = str(visit.me.get("regency") or "")
    named = await visit.sitting.read("/v1/regions", parent=regency, limit=200) if "." in regency else None
    return [(one["code"], one["name"]) for one in (named or {"items": []})["items"]]


async def _asked(visit: Visit, question: dict[str, Any]) -> list[dict[str, Any]]:
    told = await visit.sitting.ask("POST", "/v1/metrics/query", Sending(json=question))
    return list(told.body["figures"][0]["cells"]) if told.fine else []


async def show_work(visit: Visit) -> Response:
    """Show who has how much in hand, and how far campaigns, pledges, graduations and data requests are."""
    found = await work_of(visit)
    states = dict((await choices_of(visit, [_RECIPIENTS]))[_RECIPIENTS])
    return visit.draw("figures_work.html", part="kerja", parts=PARTS, states=states, **found)


PAGES: Final[tuple[tuple[str, str, Handler], ...]] = (
    ("/konsol/angka", "GET", show_queue),
    ("/konsol/angka/kerja", "GET", show_work),
    ("/konsol/angka/{part}", "GET", show_part),
)
