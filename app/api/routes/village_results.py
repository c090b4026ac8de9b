"""What a village has decided, for anyone: initials, RT and RW of the eligible, and where to object."""

from typing import Annotated, Final

from fastapi import Header, Response
from fastapi.responses import JSONResponse

from app.api.deps import HouseDep, Known, Lang, Now, ReadTx
from app.api.language import Language
from app.api.meetings import MEETING_HEADERS, results_html
from app.api.presenters.words import coded
from app.api.printing import wants_html
from app.api.routing import PUBLIC, make_router, operation
from app.api.schemas.deliberations import PublishedCandidateOut, PublishedOut, VillageResultsOut
from app.db.queries.acting import Acting
from app.db.tables.deliberations import Deliberation
from app.domain.access import SYSTEM
from app.domain.deliberation.deciding import Decision
from app.domain.deliberation.windows import last_day
from app.domain.errors import NotFound
from app.domain.ids import public_id, tenant_of
from app.domain.sla import local_date
from app.services import deliberations

router = make_router("deliberations")
_VILLAGE_DEPTH: Final = 3
_HOW: Final = {
    "id": "Warga desa/kelurahan ini dapat menyanggah di meja Puskesos; bawa KTP, dan foto bila ada.",
    "en": "Residents of this village may object at the Puskesos desk; bring an identity card, and a photo.",
}


@router.get(
    "/v1/villages/{code}/deliberations",
    **operation(
        "listVillageResults",
        may=PUBLIC,
        answers=VillageResultsOut,
        example={
            "village": "13.74.01.1005",
            "village_name": "Guguk Malintang",
            "items": [
                {
                    "id": "1374-0193a1b2c3d47e5f8a9b0c1d2e3f4a71",
                    "kind": {"code": "muskel", "label": "Musyawarah kelurahan"},
                    "met_on": "2026-12-01",
                    "published_on": "2026-12-02",
                    "objections_until": "2026-12-16",
                    "eligible": [{"rank": 1, "name": "Y. C.", "rt": "001", "rw": "002"}],
                    "not_eligible": 2,
                    "to_survey": 1,
                    "how_to_object": _HOW["id"],
                }
            ],
        },
    ),
)
async def list_village_results(  # what a request without a session brings
    code: str,
    house: HouseDep,
    known: Known,
    tx: ReadTx,
    now: Now,
    lang: Lang,
    accept: Annotated[str, Header(max_length=1_000)] = "",
) -> Response:
    """Show a village's published results while they may be objected to, and for a month after.

    A browser gets a page. No NIK, address or reason stands in it, and nobody who was not found eligible.
    """
    if code.count(".") != _VILLAGE_DEPTH or code not in known.regions:
        raise NotFound(id="Kode desa/kelurahan ini tidak ada.", en="There is no village of this code.")
    acting = Acting(tx, known, house.vault, house.ids, SYSTEM, now, house.ids.new_id(now))
    found = await deliberations.published_sessions(acting, tenant_of(code), code)
    items = [await _published(acting, one, lang) for one in found]
    shown = VillageResultsOut(village=code, village_name=known.regions.get(code, code), items=items)
    if wants_html(accept):
        return Response(
            results_html(shown), media_type="text/html", headers={**MEETING_HEADERS, "Vary": "Accept"}
        )
    return JSONResponse(shown.model_dump(mode="json"), headers={"Vary": "Accept"})


async def _published(acting: Acting, session: Deliberation, lang: Language) -> PublishedOut:
    eligible, counts = await deliberations.public_view(acting, session)
    zone, village = acting.known.zone(session.regency_code), session.village_code
    if session.published_at is None or session.objections_until is None:
        raise ValueError("A published session has its window.")
    return PublishedOut(
        id=public_id(session.regency_code, session.id),
        kind=coded(acting.known, "deliberation_kind", session.kind, lang),
        met_on=local_date(session.starts_at, village),
        published_on=local_date(session.published_at, village),
        objections_until=last_day(session.objections_until, zone),
        eligible=[
            PublishedCandidateOut(rank=one.rank, name=one.name, rt=one.rt, rw=one.rw) for one in eligible
        ],
        not_eligible=counts[Decision.TIDAK_LAYAK.value],
        to_survey=counts[Decision.PERLU_SURVEI.value],
        how_to_object=_HOW["en" if lang == "en" else "id"],
    )
