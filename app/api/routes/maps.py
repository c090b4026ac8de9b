"""The map of a regency: shapes of its villages or districts, to be drawn beside its figures."""

from typing import Annotated, Any, Final

from fastapi import Path, Response

from app.api.acts import acting_of
from app.api.deps import Known, ReadTx, WriteTx
from app.api.reading import ReadingDep
from app.api.routing import PUBLIC, make_router, operation
from app.api.schemas.access import RegionText
from app.api.schemas.maps import MapIn, MapOut, ShapeOut
from app.db.queries import maps as stored
from app.db.tables.places import RegencyMap
from app.domain.access import Permission
from app.domain.errors import NotFound
from app.domain.ids import tenant_of
from app.domain.knowledge import Knowledge
from app.domain.maps import box_of
from app.services import maps

router = make_router("regions")
_CORNERS: Final = [[100.38, -0.47], [100.41, -0.47], [100.41, -0.45], [100.38, -0.45], [100.38, -0.47]]
_BODY: Final[dict[str, Any]] = {
    "source": "BIG 2024, skala 1:10.000",
    "shapes": {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "properties": {"code": "13.74.01.1005"},
                "geometry": {"type": "Polygon", "coordinates": [_CORNERS]},
            }
        ],
    },
}
_EXAMPLE: Final[dict[str, Any]] = {
    "regency": "13.74",
    "name": "Kota Padang Panjang",
    "source": "BIG 2024, skala 1:10.000",
    "set_at": "2026-11-25T02:00:00Z",
    "width": 1000,
    "height": 667,
    "shapes": [
        {
            "code": "13.74.01.1005",
            "name": "Guguk Malintang",
            "path": "M0 666l1000 0 0-666-1000 0z",
            "box": [0, 0, 1000, 666],
        },
    ],
}
RegencyPath = Annotated[RegionText, Path(description="The code of a regency.")]


@router.get("/v1/maps/{regency}", **operation("getMap", may=PUBLIC, answers=MapOut, example=_EXAMPLE))
async def get_map(regency: str, tx: ReadTx, known: Known, response: Response) -> MapOut:
    """Show the map of a regency as it is drawn: one path for each village, or for each district."""
    found = await stored.one(tx, regency) if known.knows_region(regency) else None
    if found is None:
        raise NotFound(id="Wilayah ini belum memuat peta.", en="This region has loaded no map yet.")
    response.headers["Cache-Control"] = "public, max-age=300"
    return _map_out(known, found)


@router.put(
    "/v1/maps/{regency}",
    **operation(
        "setMap",
        may=Permission.POLICY_MANAGE,
        answers=MapOut,
        example=_EXAMPLE,
        body_example=_BODY,
    ),
)
async def set_map(regency: RegencyPath, body: MapIn, reading: ReadingDep, tx: WriteTx) -> MapOut:
    """Load the shapes of a regency's villages, or of its districts, in the place of those before.

    They are drawn coarse: at most 4,000 corners, on one grid, so that neighbours still touch.
    """
    if tenant_of(regency) != regency:
        raise NotFound
    made = await maps.set_map(acting_of(reading, tx), regency, body.source, body.shapes)
    return _map_out(reading.known, made)


def _map_out(known: Knowledge, row: RegencyMap) -> MapOut:
    return MapOut(
        regency=row.regency_code,
        name=known.region_name(row.regency_code),
        source=row.source,
        set_at=row.set_at,
        width=row.width,
        height=row.height,
        shapes=[
            ShapeOut(code=code, name=known.region_name(code), path=_path(rings), box=box_of(rings))
            for code, rings in sorted(row.shapes.items())
        ],
    )


def _path(rings: list[list[list[int]]]) -> str:
    """Return the rings as an SVG path: each begins at its place and goes on in steps."""
    return "".join(_ring(ring) for ring in rings)


def _ring(ring: list[list[int]]) -> str:
    (x, y), *others = ring
    steps = []
    for to_x, to_y in others:
        steps.append(f"{to_x - x} {to_y - y}")
        x, y = to_x, to_y
    return f"M{ring[0][0]} {ring[0][1]}l{' '.join(steps).replace(' -', '-')}z"
