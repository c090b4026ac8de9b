"""Statistics that anybody may read: one month of one regency, published once."""

from typing import Annotated, Any, Final

from fastapi import Query, Response

from app.api.deps import Known, Lang, ReadTx
from app.api.places import must_know
from app.api.presenters.statistics import brief_out, lines, statistics_out
from app.api.published import KEPT, published_month
from app.api.routing import PUBLIC, make_router, operation
from app.api.schemas.access import RegionText
from app.api.schemas.statistics import StatisticsList, StatisticsOut
from app.db.queries import statistics
from app.domain.ids import NATION, tenant_of

router = make_router("statistics")
_BRIEF: Final[dict[str, Any]] = {
    "regency": "13.74",
    "name": "Kota Padang Panjang",
    "month": "2026-10",
    "published_at": "2026-11-10T02:00:00Z",
}
_EXAMPLE: Final[dict[str, Any]] = {
    **_BRIEF,
    "definition": "Kasus yang dibuka pada bulan itu, tanpa yang batal.",
    "smallest": 5,
    "total": 61,
    "districts": [{"code": "13.74.01", "label": "Padang Panjang Barat", "n": 61}],
    "tables": [{"dimension": "sex", "name": "Jenis kelamin", "withheld": True, "values": [], "rows": []}],
    "note": "Sel kosong tidak ditampilkan.",
}


@router.get(
    "/v1/statistics",
    **operation("listStatistics", may=PUBLIC, answers=StatisticsList, example={"items": [_BRIEF]}),
)
async def list_statistics(
    tx: ReadTx,
    known: Known,
    response: Response,
    region: Annotated[RegionText, Query(description="A regency, a province, or `ID`.")] = NATION,
) -> StatisticsList:
    """List what is published, the latest month first."""
    must_know(known, region, "region")
    regencies = known.regions.tenants(region) if "." not in region else [tenant_of(region)]
    response.headers["Cache-Control"] = KEPT
    return StatisticsList(items=[brief_out(known, row) for row in await statistics.published(tx, regencies)])


@router.get(
    "/v1/statistics/{regency}/{month}",
    **operation("getStatistics", may=PUBLIC, answers=StatisticsOut, example=_EXAMPLE),
)
async def get_statistics(
    regency: str, month: str, tx: ReadTx, known: Known, lang: Lang, response: Response
) -> StatisticsOut:
    """Show the cases opened in a month by district, and by one of their properties at a time.

    Cases count however secret they are, but for complaints about handlers, and no group of fewer than five
    can be told apart: cells that are null are small, or hide small ones. What was published stays as it is.
    """
    response.headers.update({"Cache-Control": KEPT, "Vary": "Accept-Language"})
    return statistics_out(known, await published_month(tx, regency, month), lang)


@router.get(
    "/v1/statistics/{regency}/{month}/file",
    **operation("getStatisticsFile", may=PUBLIC, extra={"x-media": "text/csv"}),
)
async def get_statistics_file(regency: str, month: str, tx: ReadTx, known: Known, lang: Lang) -> Response:
    """Give the same as CSV: one line for each cell, without a number where it is not told."""
    found = await published_month(tx, regency, month)
    name = f"statistik-{found.regency_code}-{found.month}.csv"
    headers = {"Cache-Control": KEPT, "Content-Disposition": f'attachment; filename="{name}"'}
    content = lines(statistics_out(known, found, lang))
    return Response(content, media_type="text/csv; charset=utf-8", headers=headers)
