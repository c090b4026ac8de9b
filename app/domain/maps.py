"""The shapes of a regency's villages or districts as a picture: GeoJSON read with suspicion, drawn coarse.

Neighbours stay neighbours: all corners are moved onto one grid, so that a border which two shapes share is
the same line in both afterwards.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import cos, isfinite, radians
from typing import Any, Final

from app.domain.documents import Words
from app.domain.errors import FieldError, Invalid

WIDE: Final = 1000
"""Units of the picture from west to east, or from south to north where that is longer."""
_STEPS: Final = (2, 4, 8, 16, 32)
"""Grids that are tried, the finest first."""
MOST_CORNERS: Final = 4_000
"""Of a whole picture, so that its page stays light."""
MOST_SHAPES: Final = 1_000
MOST_POINTS: Final = 60_000
"""Of what is sent."""
_MOST_ERRORS: Final = 20
_LEAST_RING: Final = 4
_WEST, _EAST, _SOUTH, _NORTH = 94.0, 142.0, -12.0, 7.0
"""Indonesia, with some sea."""

Point = tuple[float, float]
Corner = tuple[int, int]
Ring = list[Corner]


@dataclass(frozen=True, slots=True)
class Picture:
    width: int
    height: int
    shapes: Mapping[str, list[Ring]]
    """By region code; north is up and the origin is top left."""


class _WrongError(Exception):
    """What is wrong with one shape, and where in it."""

    def __init__(self, pointer: str, code: str, said: Words) -> None:
        super().__init__(code)
        self.pointer, self.code, self.said = pointer, code, said


def picture_of(collection: Mapping[str, Any], fits: Callable[[str], bool]) -> Picture:
    """Read a FeatureCollection whose features name their region by ``properties.code``, or by their ``id``.

    *fits*: whether a code is a village or district of the regency.

    Raises:
        Invalid: it is no such collection; each fault with its place, at most twenty.
    """
    features = collection.get("features")
    if collection.get("type") != "FeatureCollection" or not isinstance(features, list):
        raise Invalid(fields=(_fault("/shapes", "not_a_collection", _COLLECTION),))
    if not 1 <= len(features) <= MOST_SHAPES:
        raise Invalid(fields=(_fault("/shapes/features", "wrong_length", _LENGTH),))
    found: dict[str, list[list[Point]]] = {}
    errors: list[FieldError] = []
    left = MOST_POINTS
    for n, feature in enumerate(features):
        here = f"/shapes/features/{n}"
        try:
            code = _code(feature, fits, found)
            rings = _rings(feature, left)
        except _WrongError as wrong:
            errors.append(_fault(f"{here}{wrong.pointer}", wrong.code, wrong.said))
            if len(errors) == _MOST_ERRORS or wrong.said is _TOO_MANY:
                break
            continue
        left -= sum(len(ring) for ring in rings)
        found[code] = rings
    if not errors and len({len(code) for code in found}) > 1:
        errors.append(_fault("/shapes/features", "mixed_levels", _MIXED))
    if errors:
        raise Invalid(fields=tuple(errors))
    return _drawn(found)


def _code(feature: Any, fits: Callable[[str], bool], found: Mapping[str, Any]) -> str:
    if not isinstance(feature, dict) or feature.get("type") != "Feature":
        raise _WrongError("", "not_a_feature", _FEATURE)
    properties = feature.get("properties")
    code = properties.get("code") if isinstance(properties, dict) else None
    code = feature.get("id") if code is None else code
    if not isinstance(code, str) or not fits(code):
        raise _WrongError("/properties/code", "unknown_code", _CODE)
    if code in found:
        raise _WrongError("/properties/code", "repeated", _REPEATED)
    return code


def _rings(feature: Mapping[str, Any], left: int) -> list[list[Point]]:
    geometry = feature.get("geometry")
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    parts = geometry.get("coordinates") if isinstance(geometry, dict) else None
    polygons = [parts] if kind == "Polygon" else parts if kind == "MultiPolygon" else None
    if not isinstance(polygons, list) or not polygons:
        raise _WrongError("/geometry", "not_a_polygon", _POLYGON)
    rings: list[list[Point]] = []
    for polygon in polygons:
        if not isinstance(polygon, list) or not polygon:
            raise _WrongError("/geometry/coordinates", "not_a_polygon", _POLYGON)
        for ring in polygon:
            if not isinstance(ring, list) or len(ring) < _LEAST_RING or ring[0] != ring[-1]:
                raise _WrongError("/geometry/coordinates", "open_ring", _RING)
            left -= len(ring)
            if left < 0:
                raise _WrongError("/geometry/coordinates", "too_many_points", _TOO_MANY)
            rings.append([_point(one) for one in ring])
    return rings


def _point(one: Any) -> Point:
    if not isinstance(one, list) or len(one) not in {2, 3} or not all(_is_number(part) for part in one):
        raise _WrongError("/geometry/coordinates", "not_a_point", _POINT)
    east, north = float(one[0]), float(one[1])
    if not (_WEST <= east <= _EAST and _SOUTH <= north <= _NORTH):
        raise _WrongError("/geometry/coordinates", "not_here", _PLACE)
    return east, north


def _is_number(part: Any) -> bool:
    return isinstance(part, int | float) and not isinstance(part, bool) and isfinite(part)


def _drawn(found: Mapping[str, Sequence[Sequence[Point]]]) -> Picture:
    points = [point for rings in found.values() for ring in rings for point in ring]
    west, east = min(one[0] for one in points), max(one[0] for one in points)
    south, north = min(one[1] for one in points), max(one[1] for one in points)
    narrow = cos(radians((south + north) / 2))
    size = max((east - west) * narrow, north - south)
    if min((east - west) * narrow, north - south) * WIDE <= size:
        raise Invalid(fields=(_fault("/shapes/features", "no_area", _AREA),))
    scale = WIDE / size

    def placed(point: Point) -> Point:
        return (point[0] - west) * narrow * scale, (north - point[1]) * scale

    flat = {code: [[placed(one) for one in ring] for ring in rings] for code, rings in found.items()}
    shapes: dict[str, list[Ring]] = {}
    for step in _STEPS:
        shapes = {code: _coarse(rings, step) for code, rings in flat.items()}
        if sum(len(ring) for rings in shapes.values() for ring in rings) <= MOST_CORNERS:
            break
    else:
        raise Invalid(fields=(_fault("/shapes/features", "too_many_corners", _CORNERS),))
    width, height = placed((east, south))
    return Picture(round(width), round(height), shapes)


def _coarse(rings: Sequence[Sequence[Point]], step: int) -> list[Ring]:
    """Move all corners onto the grid; what has no area left goes, but a whole shape never does."""
    kept = [ring for one in rings if (ring := _snapped(one, step))]
    if kept:
        return kept
    x, y = (round(part / step) * step for part in rings[0][0])
    return [[(x, y), (x + step, y), (x + step, y + step), (x, y + step)]]


def _snapped(ring: Sequence[Point], step: int) -> Ring | None:
    corners: Ring = []
    for point in ring:
        corner = round(point[0] / step) * step, round(point[1] / step) * step
        if not corners or corners[-1] != corner:
            corners.append(corner)
    corners.pop()  # the first one again
    return corners if len(corners) > 2 and _area(corners) else None  # noqa: PLR2004  # a line has no area


def _area(corners: Sequence[Corner]) -> int:
    """Return twice the area, never negative."""
    turned = zip(corners, [*corners[1:], *corners[:1]], strict=True)
    return abs(sum(one[0] * other[1] - other[0] * one[1] for one, other in turned))


def box_of(rings: Sequence[Sequence[Sequence[int]]]) -> tuple[int, int, int, int]:
    """Return west, north, width and height of the largest ring."""
    boxes = [_box(ring) for ring in rings]
    return max(boxes, key=lambda box: box[2] * box[3])


def _box(ring: Sequence[Sequence[int]]) -> tuple[int, int, int, int]:
    east_west, north_south = [corner[0] for corner in ring], [corner[1] for corner in ring]
    west, north = min(east_west), min(north_south)
    return west, north, max(east_west) - west, max(north_south) - north


def _fault(pointer: str, code: str, said: Words) -> FieldError:
    return FieldError(pointer, code, said.id, said.en)


_COLLECTION: Final = Words(
    "Isi FeatureCollection GeoJSON dengan daftar features.", "Give a GeoJSON FeatureCollection with features."
)
_LENGTH: Final = Words(f"Isi 1 sampai {MOST_SHAPES} bentuk.", f"Give 1 to {MOST_SHAPES} shapes.")
_FEATURE: Final = Words("Ini bukan Feature GeoJSON.", "This is no GeoJSON Feature.")
_CODE: Final = Words(
    "Isi properties.code dengan kode desa/kelurahan atau kecamatan di kabupaten/kota ini.",
    "Give properties.code: the code of a village or district of this regency.",
)
_REPEATED: Final = Words("Wilayah ini sudah ada di atas.", "This region is there already.")
_POLYGON: Final = Words("Isi Polygon atau MultiPolygon.", "Give a Polygon or a MultiPolygon.")
_RING: Final = Words(
    "Garis batas paling sedikit 4 titik, dan titik terakhir sama dengan yang pertama.",
    "A ring has at least 4 points, the last the same as the first.",
)
_POINT: Final = Words("Isi titik sebagai [bujur, lintang].", "Give a point as [longitude, latitude].")
_PLACE: Final = Words(
    "Titik ini di luar Indonesia; urutannya bujur lalu lintang, WGS 84.",
    "This point is outside Indonesia; the order is longitude, latitude, in WGS 84.",
)
_TOO_MANY: Final = Words(
    f"Paling banyak {MOST_POINTS} titik; sederhanakan dahulu.",
    f"At most {MOST_POINTS} points; simplify it first.",
)
_MIXED: Final = Words(
    "Isi desa/kelurahan saja, atau kecamatan saja.", "Give villages alone, or districts alone."
)
_CORNERS: Final = Words(
    "Terlalu banyak sudut. Sederhanakan bentuknya, misalnya di mapshaper, lalu kirim lagi.",
    "Too many corners. Simplify the shapes, in mapshaper for example, and send them again.",
)
_AREA: Final = Words("Bentuk-bentuk ini tidak punya luas.", "These shapes have no area.")
