"""The bodies of all five levels that run programmes or receive referrals."""

from typing import Annotated, Any, Final

from fastapi import Query

from app.api.deps import Known
from app.api.paging import Page
from app.api.places import must_know
from app.api.routing import PUBLIC, make_router, operation
from app.api.schemas.access import RegionText
from app.api.schemas.base import CodeText, Listed
from app.api.schemas.reference import AgencyOut
from app.domain.access import covers
from app.domain.codes import TO_BE_CONFIRMED, Level
from app.domain.errors import NotFound
from app.domain.knowledge import Agency, implicit_code

router = make_router("agencies")

_EXAMPLE: Final = {
    "code": "DINSOS-1374",
    "kind": "DINSOS",
    "level": "KAB_KOTA",
    "region": "13.74",
    "name": {"id": "Dinas Sosial Kota Padang Panjang", "en": "Social office, Padang Panjang City"},
    "answers": "direct",
    "proxy_role": None,
    "sectors": ["SOSIAL_EKONOMI"],
    "general_program": "UMUM.DINSOS-1374",
    "source": "F 14",
    "trust": "F",
    "to_be_confirmed": False,
    "active": True,
}


@router.get(
    "/v1/agencies",
    **operation(
        "listAgencies",
        may=PUBLIC,
        answers=Listed[AgencyOut],
        paged=True,
        example={"items": [_EXAMPLE], "next": None, "count": None},
    ),
)
async def list_agencies(
    known: Known,
    page: Page,
    level: Annotated[Level | None, Query()] = None,
    kind: Annotated[CodeText | None, Query()] = None,
    sector: Annotated[CodeText | None, Query()] = None,
    region: Annotated[RegionText | None, Query(description="Those that serve this region.")] = None,
) -> Listed[AgencyOut]:
    """List agencies by code."""
    must_know(known, region, "region")
    found = [
        one
        for one in known.agencies.values()
        if level in (None, one.level)
        and kind in (None, one.kind)
        and (sector is None or sector in one.sectors)
        and (region is None or covers(one.region, region))
    ]
    after = str(page.after[0]) if page.after else ""
    rest = sorted((one for one in found if one.code > after), key=lambda one: one.code)
    shown = rest[: page.limit]
    more = [shown[-1].code] if len(rest) > page.limit else None
    count = len(found) if page.wants_count else None
    return page.page([agency_out(one) for one in shown], after=more, count=count)


@router.get("/v1/agencies/{code}", **operation("getAgency", may=PUBLIC, answers=AgencyOut, example=_EXAMPLE))
async def get_agency(code: str, known: Known) -> AgencyOut:
    """Show one agency."""
    found = known.agencies.get(code)
    if found is None:
        raise NotFound
    return agency_out(found)


def agency_out(one: Agency) -> AgencyOut:
    shown: dict[str, Any] = {
        "code": one.code,
        "kind": one.kind,
        "level": one.level,
        "region": one.region,
        "name": one.name._asdict(),
        "answers": one.answers,
        "proxy_role": one.proxy_role or None,
        "sectors": list(one.sectors),
        "general_program": implicit_code(one.code),
        "source": one.source,
        "trust": one.trust,
        "to_be_confirmed": one.trust in TO_BE_CONFIRMED,
        "active": one.active,
    }
    return AgencyOut.model_validate(shown)
