"""Where the cases are: the villages of a regency as its map, or as tiles by district where it loaded none."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from math import ceil
from typing import Any, Final

from app.console.sitting import part
from app.console.visit import Visit

_SHADES: Final = 5
_DISTRICT: Final = len("13.74.01")
_ROOM: Final = (44, 34)
"""Width and height that a number needs, in units of the picture."""
Rows = Sequence[Mapping[str, Any]]


async def map_of(visit: Visit, rows: Rows) -> dict[str, Any] | None:
    """Return the map with a class for each shape; None where there is none, or more than one regency."""
    regency = _regency(rows)
    found = await visit.sitting.read(f"/v1/maps/{part(regency)}") if regency else None
    if not found:
        return None
    inside = _inside(rows)
    counts = [(one, _within(inside.get(one["code"], []), one["code"])) for one in found["shapes"]]
    most = max((n for _, (n, _) in counts), default=0)
    areas = [{**one, **_class(n, most), **_number(one, n), "filter": to} for one, (n, to) in counts]
    return {**found, "areas": areas, "legend": _legend(most)}


def _regency(rows: Rows) -> str:
    regencies = {one["value"][:5] for one in rows}
    return regencies.pop() if len(regencies) == 1 else ""


def _inside(rows: Rows) -> dict[str, list[Mapping[str, Any]]]:
    """Return the rows of each village, and of each district all of its villages."""
    found: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for row in rows:
        for code in {row["value"], row["value"][:_DISTRICT]}:
            found[code].append(row)
    return found


def _within(inside: Rows, code: str) -> tuple[int, str]:
    """Return how many cases lie in a village or district, and the filter that lists them."""
    to = inside[0]["filter"].replace(f"region={inside[0]['value']}", f"region={code}") if inside else ""
    return sum(one["count"] for one in inside), to


def _class(n: int, most: int) -> dict[str, int]:
    return {"n": n, "shade": ceil(n * _SHADES / most) if n else 0}


def _number(one: Mapping[str, Any], n: int) -> dict[str, Any]:
    """Return where the number of a shape stands; nothing where there is no room or no case."""
    west, north, width, height = one["box"]
    if not n or width < _ROOM[0] or height < _ROOM[1]:
        return {"at": None}
    return {"at": (west + width // 2, north + height // 2 + 10)}


def _legend(most: int) -> list[dict[str, int]]:
    """Return each class that a count can have, with its least and its largest."""
    spans = [(shade, (shade - 1) * most // _SHADES + 1, shade * most // _SHADES) for shade in range(1, 6)]
    return [{"shade": shade, "least": least, "most": top} for shade, least, top in spans if least <= top]


async def tiles_of(visit: Visit, rows: Rows) -> list[dict[str, Any]]:
    """Return the villages by district, each with a shade from 1 to 5 by its share of the largest count.

    None for a single village, nor for somebody who looks at more than one regency.
    """
    regency = _regency(rows)
    if len(rows) < 2 or not regency:  # noqa: PLR2004  # tiles of one are none
        return []
    named = await visit.sitting.read("/v1/regions", parent=regency, limit=200)
    names = {one["code"]: one["name"] for one in (named or {"items": []})["items"]}
    most = max(one["count"] for one in rows)
    found: dict[str, dict[str, Any]] = {}
    for one in sorted(rows, key=lambda one: str(one["label"])):
        code = one["value"][:8]
        district = found.setdefault(code, {"name": names.get(code, code), "villages": []})
        district["villages"].append({**one, **_class(one["count"], most)})
    return [found[code] for code in sorted(found)]
