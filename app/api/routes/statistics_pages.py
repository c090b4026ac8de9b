"""The published statistics for a browser: the answer of ``/v1/statistics`` in a page."""

from typing import Annotated, Final

from fastapi import Query, Response
from fastapi.responses import HTMLResponse

from app.api.deps import Known, Lang, ReadTx
from app.api.language import chosen_language
from app.api.presenters.statistics import brief_out, statistics_out
from app.api.published import KEPT, published_month
from app.api.routing import PUBLIC, make_router, operation
from app.api.statistics_page import PAGE_HEADERS, Listing, absent_page, list_page, month_page
from app.db.queries import statistics
from app.domain.errors import NotFound
from app.domain.ids import NATION, tenant_of

router = make_router("statistics")
_HEADERS: Final = {**PAGE_HEADERS, "Cache-Control": KEPT}
_PROVINCE: Final = 2
_ABSENT: Final = 404

LangQuery = Annotated[str | None, Query(max_length=10, description="`id` or `en`.")]
PlaceQuery = Annotated[str, Query(max_length=20, description="A regency, a province, or `ID`.")]


@router.get("/statistik", include_in_schema=False, **operation("listStatisticsPages", may=PUBLIC))
async def list_pages(
    tx: ReadTx, known: Known, spoken: Lang, wilayah: PlaceQuery = NATION, lang: LangQuery = None
) -> Response:
    """Lead to what is published: by province, by regency, by month."""
    chosen = chosen_language(spoken, lang)
    if wilayah != NATION and known.regions.get(wilayah) is None:
        return HTMLResponse(absent_page(chosen), _ABSENT, _HEADERS)
    if len(wilayah) > _PROVINCE:
        rows = await statistics.published(tx, [tenant_of(wilayah)])
        listing = Listing(wilayah, months=[brief_out(known, row) for row in rows])
    else:
        listing = Listing(wilayah, latest=await statistics.latest(tx, known.regions.tenants(wilayah)))
    return HTMLResponse(list_page(known, chosen, listing), headers=_HEADERS)


@router.get(
    "/statistik/{regency}/{month}", include_in_schema=False, **operation("getStatisticsPage", may=PUBLIC)
)
async def get_page(
    regency: str, month: str, tx: ReadTx, known: Known, spoken: Lang, lang: LangQuery = None
) -> Response:
    """Show a month of a regency."""
    chosen = chosen_language(spoken, lang)
    try:
        found = await published_month(tx, regency, month)
    except NotFound:
        return HTMLResponse(absent_page(chosen), _ABSENT, _HEADERS)
    return HTMLResponse(month_page(known, chosen, statistics_out(known, found, chosen)), headers=_HEADERS)
