"""Maps in tests: villages as squares beside each other."""

from collections.abc import Sequence
from typing import Any

from tests.support.http import Person

VILLAGES = ("13.74.01.1005", "13.74.01.1006", "13.74.02.1004", "13.74.02.1003")
WEST, NORTH, SIDE = 100.38, -0.44, 0.02


def square(n: int, side: float = SIDE) -> list[list[float]]:
    """Return the ring of the nth square of a row."""
    west, east = WEST + n * side, WEST + (n + 1) * side
    corners = [[west, NORTH - side], [east, NORTH - side], [east, NORTH], [west, NORTH]]
    return [*corners, corners[0]]


def feature(code: str, *rings: list[list[float]]) -> dict[str, Any]:
    return {
        "type": "Feature",
        "properties": {"code": code, "name": "tidak dibaca"},
        "geometry": {"type": "Polygon", "coordinates": list(rings)},
    }


def collection(codes: Sequence[str] = VILLAGES) -> dict[str, Any]:
    """Return a FeatureCollection with a square for each code, from west to east."""
    features = [feature(code, square(n)) for n, code in enumerate(codes)]
    return {"type": "FeatureCollection", "name": "desa", "features": features}


A_MAP: dict[str, Any] = {"source": "BIG 2024", "shapes": collection()}


async def a_map(manager: Person) -> None:
    """Load the map of 13.74."""
    answer = await manager.put("/v1/maps/13.74", A_MAP)
    assert answer.status_code == 200, answer.text
