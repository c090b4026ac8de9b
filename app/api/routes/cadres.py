"""The register of cadres (PSKS): who works where, and how many."""

from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import Query, Response

from app.api.acts import CallDep, acting_of
from app.api.deps import CurrentActor, IfMatch, Known, ReadTx, WriteTx, etag
from app.api.once import Answer
from app.api.paging import Page
from app.api.places import must_know
from app.api.public_ids import read_id, read_own
from app.api.reading import ReadingDep
from app.api.routing import AUTHENTICATED, make_router, operation
from app.api.schemas.access import RegionText
from app.api.schemas.base import CodeText, Listed
from app.api.schemas.cadres import CadreIn, CadrePatch
from app.api.schemas.reference import CadreOut
from app.db.queries import cadres as stored
from app.domain.access import Permission
from app.domain.errors import NotFound
from app.domain.ids import public_id, tenant_of
from app.domain.knowledge import Knowledge
from app.services import cadres

router = make_router("cadres")

_EXAMPLE: Final = {
    "id": "1371-0193a1b2c3d47e5f8a9b0c1d2e3f4a5b",
    "pillar": "PSM",
    "pillar_label": {"id": "Pekerja Sosial Masyarakat", "en": "Community social worker"},
    "name": "PSM Air Manis 1",
    "area": {"code": "13.71.01.1001", "name": "Air Manis"},
    "account": None,
    "capacity": 12,
    "appointed_on": "2024-11-19",
    "ends_on": None,
    "active": True,
    "version": 1,
}
_BODY_EXAMPLE: Final = {
    "pillar": "PSM",
    "name": "PSM Air Manis 4",
    "area": "13.71.01.1001",
    "appointed_on": "2026-11-01",
    "capacity": 12,
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


@router.post(
    "/v1/cadres",
    **operation(
        "registerCadre",
        may=Permission.TEAM_MANAGE,
        answers=CadreOut,
        status=201,
        once=True,
        example=_EXAMPLE,
        body_example=_BODY_EXAMPLE,
    ),
)
async def register_cadre(body: CadreIn, call: CallDep) -> Response:
    """Register a cadre with pillar, area, appointment and what she can carry."""
    tenant, reading = tenant_of(body.area), call.reading

    async def work() -> Answer:
        new = cadres.NewCadre(
            pillar=body.pillar,
            name=body.name,
            area=body.area,
            appointed_on=body.appointed_on,
            ends_on=body.ends_on,
            capacity=body.capacity,
            account_id=read_own(body.account, tenant, "/account"),
        )
        shown = _cadre_out(reading.known, await cadres.register(call.acting(), new))
        return Answer(shown, headers={"ETag": etag(1), "Location": f"/v1/cadres/{shown.id}"})

    async def may_see() -> None:
        reading.actor.require(Permission.TEAM_MANAGE, body.area)

    return await call.once(call.tx, tenant, work, may_see=may_see)


@router.get(
    "/v1/cadres/{cadre_id}",
    **operation("getCadre", may=AUTHENTICATED, answers=CadreOut, example=_EXAMPLE),
)
async def get_cadre(cadre_id: str, reading: ReadingDep, tx: ReadTx, response: Response) -> CadreOut:
    """Show one cadre."""
    place = read_id(cadre_id)
    found = await stored.find(tx, place.tenant, place.id)
    if found is None:
        raise NotFound
    response.headers["ETag"] = etag(found.version)
    return _cadre_out(reading.known, found)


@router.patch(
    "/v1/cadres/{cadre_id}",
    **operation(
        "changeCadre",
        may=Permission.TEAM_MANAGE,
        answers=CadreOut,
        if_match=True,
        example=_EXAMPLE,
        body_example={"capacity": 15},
    ),
)
async def change_cadre(  # each is one thing the frame hands in
    cadre_id: str,
    body: CadrePatch,
    reading: ReadingDep,
    tx: WriteTx,
    expected: IfMatch,
    response: Response,
) -> CadreOut:
    """Change what the body names: area, end of the appointment, capacity, active or not."""
    acting, place = acting_of(reading, tx), read_id(cadre_id)
    cadre = await cadres.lock_cadre(acting, place.tenant, place.id)
    expected.check(cadre.version)
    changes = cadres.Changes(
        name=body.name,
        area=body.area,
        ends_on=body.ends_on,
        capacity=body.capacity,
        account_id=read_own(body.account, place.tenant, "/account"),
        active=body.active,
    )
    changed = await cadres.change(acting, cadre, changes)
    response.headers["ETag"] = etag(changed.version)
    return _cadre_out(reading.known, changed)


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
            "account": public_id(row.regency_code, row.account_id) if row.account_id else None,
            "capacity": row.capacity,
            "appointed_on": row.appointed_on,
            "ends_on": row.ends_on,
            "active": row.active,
            "version": row.version,
        }
    )
