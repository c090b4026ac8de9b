"""The register of cadres (PSKS): who works where, and how many."""

from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import Query

from app.api.deps import CurrentActor, Known, ReadTx
from app.api.paging import Page
from app.api.places import must_know
from app.api.routing import AUTHENTICATED, make_router, operation
from app.api.schemas.access import RegionText
from app.api.schemas.base import CodeText, Listed
from app.api.schemas.reference import CadreOut
from app.db.queries import cadres as stored
from app.domain.ids import public_id
from app.domain.knowledge import Knowledge

router = make_router("cadres")

_EXAMPLE: Final = {
    "id": "1371-0193a1b2c3d47e5f8a9b0c1d2e3f4a5b",
    "pillar": "PSM",
    "pillar_label": {"id": "Pekerja Sosial Masyarakat", "en": "Community social worker"},
    "name": "PSM Air Manis 1",
    "area": {"code": "13.71.01.1001", "name": "Air Manis"},
    "appointed_on": "2024-11-19",
    "ends_on": None,
    "active": True,
}


@router.get(
    "/v1/cadres",
    **operation(
        "listCadres",
        may=AUTHENTICATED,
        answers=Listed[CadreOut],
        paged=True,
        example={"items": [_EXAMPLE], "next": None, "count": 312},
    ),
)
async def list_cadres(  # each is one filter
    actor: CurrentActor,
    tx: ReadTx,
    known: Known,
    page: Page,
    pillar: Annotated[CodeText | None, Query(description="For instance `PSM` or `TAGANA`.")] = None,
    region: Annotated[RegionText | None, Query(description="Their area; your own when left out.")] = None,
    active: Annotated[bool, Query()] = True,  # noqa: FBT002
) -> Listed[CadreOut]:
    """List cadres by pillar and area; `count=true` counts them all."""
    place = must_know(known, region, "region") or actor.tenant
    wanted = stored.Wanted(known.tenants_in(place), place, pillar, active)
    after = (str(page.after[0]), str(page.after[1]), UUID(page.after[2])) if page.after else None
    rows = await stored.listed(tx, wanted, after, page.limit + 1)
    shown = rows[: page.limit]
    last = shown[-1] if len(rows) > page.limit else None
    more = [last.pillar, last.area_code, last.id.hex] if last else None
    count = await stored.counted(tx, wanted) if page.wants_count else None
    return page.page([_cadre_out(known, row) for row in shown], after=more, count=count)


def _cadre_out(known: Knowledge, row: Any) -> CadreOut:
    return CadreOut.model_validate(
        {
            "id": public_id(row.regency_code, row.id),
            "pillar": row.pillar,
            "pillar_label": {
                "id": known.label("psks_pillar", row.pillar, "id"),
                "en": known.label("psks_pillar", row.pillar, "en"),
            },
            "name": row.name,
            "area": {"code": row.area_code, "name": known.regions.get(row.area_code, row.area_code)},
            "appointed_on": row.appointed_on,
            "ends_on": row.ends_on,
            "active": row.active,
        }
    )
