"""Bodies of a regency's map."""

from datetime import datetime
from typing import Any

from pydantic import Field

from app.api.schemas.base import In, NameText, Out


class MapIn(In):
    source: NameText = Field(description="Whose map it is, and of which year.")
    shapes: dict[str, Any] = Field(
        description="A GeoJSON FeatureCollection in WGS 84 of Polygons and MultiPolygons; each feature names "
        "its village or district by `properties.code`, or by its `id`."
    )


class ShapeOut(Out):
    code: str
    name: str
    path: str = Field(description="As the `d` of an SVG path, in units of the picture.")
    box: tuple[int, int, int, int] = Field(
        description="Of its largest part: west, north, width and height, for a number that stands in it."
    )


class MapOut(Out):
    regency: str
    name: str
    source: str
    set_at: datetime
    width: int
    height: int
    shapes: list[ShapeOut]
