"""The Kemendagri regions, and what the places that use the service say of themselves."""

from typing import Annotated, Any, Final

from fastapi import Query

from app.api.deps import Known, ReadTx
from app.api.errors import BadRequest
from app.api.paging import Page
from app.api.places import must_know
from app.api.routing import PUBLIC, make_router, operation
from app.api.schemas.access import RegionText
from app.api.schemas.base import Listed
from app.api.schemas.reference import ProfileOut, RegionDetail, RegionOut
from app.db.queries import regions as stored
from app.db.session import Tx
from app.domain.errors import FieldError, NotFound
from app.domain.facts import village_kind
from app.domain.ids import NATION
from app.domain.knowledge import Knowledge, zone_name
from app.domain.regions import level_of, parents, search_name

router = make_router("regions")

_KOTA_FROM: Final = 71
"""The regency part of a kota's code is 71 to 99."""
_LEVELS: Final = ("province", "regency", "district", "village")
REGION_EXAMPLE: Final = {
    "code": "13.74.01.1005",
    "name": "Guguk Malintang",
    "level": "village",
    "kind": "kelurahan",
    "parent": "13.74.01",
}
_PLACE_EXAMPLE: Final = {
    "code": "13.74",
    "name": "Kota Padang Panjang",
    "level": "regency",
    "kind": "kota",
    "parent": "13",
    "parents": [{"code": "13", "name": "Sumatera Barat"}],
    "below": {"regencies": 0, "districts": 2, "villages": 16},
    "zone": "WIB",
    "valid_to": None,
    "successor": None,
    "formerly": [],
    "profile": {
        "name": "Kota Padang Panjang",
        "secretariat": "Sekretariat SLRT Kota Padang Panjang",
        "six_day_week": False,
        "cadres": {"PSM": 92, "TAGANA": 24},
        "cadres_by_area": [{"pillar": "PSM", "area_level": "village", "count": 92, "areas": 16}],
        "allotments": [
            {"program": "BLT_KOTA", "component": "*", "period": "2026", "quota": 300, "taken": 210}
        ],
        "figures": {
            "as_of": "2020-10-22",
            "poverty_target": {"points_per_year": 0.5, "households_per_year": 300},
        },
    },
}


@router.get(
    "/v1/regions",
    **operation(
        "listRegions",
        may=PUBLIC,
        answers=Listed[RegionOut],
        paged=True,
        example={"items": [REGION_EXAMPLE], "next": None, "count": None},
    ),
)
async def list_regions(
    tx: ReadTx,
    known: Known,
    page: Page,
    parent: Annotated[RegionText | None, Query(description="Its direct children; `ID`: provinces.")] = None,
    within: Annotated[RegionText | None, Query(description="Everything below it.")] = None,
    q: Annotated[
        str | None, Query(min_length=2, max_length=80, description="How the name begins: `padang pan`.")
    ] = None,
) -> Listed[RegionOut]:
    """List regions by code, or by name where `q` is given."""
    wanted = stored.Wanted(
        must_know(known, parent, "parent"),
        must_know(known, within, "within"),
        None if q is None else _begins(q),
    )
    after = [str(part) for part in page.after] if page.after else None
    rows = await stored.listed(tx, wanted, after, page.limit + 1)
    shown = rows[: page.limit]
    more = [shown[-1].search_name, shown[-1].code] if len(rows) > page.limit else None
    count = await stored.counted(tx, wanted) if page.wants_count else None
    return page.page([region_out(row.code, row.name) for row in shown], after=more, count=count)


def _begins(q: str) -> str:
    found = search_name(q)
    if not found:
        raise BadRequest(
            fields=(
                FieldError("/query/q", "no_letters", "Ketik huruf atau angka.", "Type letters or digits."),
            )
        )
    return found


@router.get(
    "/v1/regions/{code}",
    **operation("getRegion", may=PUBLIC, answers=RegionDetail, example=_PLACE_EXAMPLE),
)
async def get_region(code: str, tx: ReadTx, known: Known) -> RegionDetail:
    """Show a region: what it lies in, what lies in it, and the profile of a place that uses the service."""
    if not known.knows_region(code):
        raise NotFound
    shown = region_out(code, known.region_name(code))
    former = known.regions.successions.of(code)
    successor = former.successor if former else None
    return RegionDetail.model_validate(
        {
            **shown.model_dump(),
            "parents": [_named(known, above) for above in parents(code)],
            "below": known.regions.below(code)._asdict(),
            "zone": zone_name(code),
            "valid_to": former.valid_to if former else None,
            "successor": _named(known, successor) if successor else None,
            "formerly": [] if former else [_named(known, one) for one in known.family(code)[1:]],
            "profile": await _profile(tx, known, code),
        }
    )


def _named(known: Knowledge, code: str) -> dict[str, str]:
    return {"code": code, "name": known.region_name(code)}


def region_out(code: str, name: str) -> RegionOut:
    shown: dict[str, Any] = {
        "code": code,
        "name": name,
        "level": level_of(code),
        "kind": _kind(code),
        "parent": code.rpartition(".")[0] or NATION,
    }
    return RegionOut.model_validate(shown)


def _kind(code: str) -> str | None:
    if level_of(code) == "regency":
        return "kota" if int(code[-2:]) >= _KOTA_FROM else "kabupaten"
    return village_kind(code)


async def _profile(tx: Tx, known: Knowledge, code: str) -> ProfileOut | None:
    settings = known.settings.get(code)
    if settings is None:
        return None
    cadres: dict[str, int] = {}
    by_area = []
    for row in await stored.cadres_by_area(tx, code):
        cadres[row.pillar] = cadres.get(row.pillar, 0) + row.cadres
        level = _LEVELS[row.dots]
        by_area.append({"pillar": row.pillar, "area_level": level, "count": row.cadres, "areas": row.areas})
    return ProfileOut.model_validate(
        {
            "name": settings.name,
            "secretariat": settings.secretariat,
            "six_day_week": settings.six_day_week,
            "cadres": cadres,
            "cadres_by_area": by_area,
            "allotments": [row._asdict() for row in await stored.allotments(tx, code)],
            "figures": dict(settings.profile),
        }
    )
