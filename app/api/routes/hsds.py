"""The catalogue for other systems, by the Human Services Data Specification (HSDS) 3.0 of Open Referral."""

from collections.abc import Sequence
from typing import Annotated, Final, TypeVar
from uuid import UUID

from fastapi import Query, Request, Response

from app.api.caching import CachingDep, cacheable
from app.api.deps import HouseDep, Known, Lang
from app.api.presenters.hsds import Writer, page_out
from app.api.routing import PUBLIC, make_router, operation
from app.api.schemas.hsds import HsdsOrganization, HsdsPage, HsdsRoot, HsdsService
from app.domain.errors import NotFound
from app.domain.hsds import PROFILE, VERSION, Service, id_of, services
from app.domain.knowledge import Agency
from app.domain.program_search import plain, text_of

router = make_router("hsds")
T = TypeVar("T")

PAGE: Final = 50
LONGEST: Final = 200
_ORGANIZATION: Final = {
    "id": "6a3f0c52-3d0e-5a86-9a5a-4f1c9b6f2d10",
    "name": "Dinas Sosial Kota Padang Panjang",
    "alternate_name": "Social office of Padang Panjang City",
    "description": "Kabupaten/kota, Kota Padang Panjang",
}
_SERVICE: Final = {
    "id": "0e0f7c1f-8f2e-5b0b-8a47-5b1f7a3f1a11",
    "organization_id": _ORGANIZATION["id"],
    "program_id": "7b8d2c8e-57f5-5d5e-9a0f-6c1a5b2e3d12",
    "name": "BLT Kota Padang Panjang",
    "alternate_name": "Cash aid of Padang Panjang City",
    "description": "Keluarga miskin. Rp900.000 dalam tiga bulan",
    "status": "active",
    "application_process": "Diusulkan: Puskesos. Ditetapkan: Dinas Sosial.",
    "eligibility_description": "Desil 1\u20134",
    "organization": _ORGANIZATION,
    "program": {
        "id": "7b8d2c8e-57f5-5d5e-9a0f-6c1a5b2e3d12",
        "organization_id": _ORGANIZATION["id"],
        "name": "BLT Kota Padang Panjang",
        "alternate_name": "Cash aid of Padang Panjang City",
        "description": "Rp900.000 dalam tiga bulan",
    },
}
_PAGE: Final = {
    "total_items": 1,
    "total_pages": 1,
    "page_number": 1,
    "size": 1,
    "first_page": True,
    "last_page": True,
    "empty": False,
}

PageNumber = Annotated[int, Query(ge=1, le=1_000_000, description="From 1.")]
PerPage = Annotated[int, Query(ge=1, le=LONGEST)]
Search = Annotated[str | None, Query(min_length=2, max_length=80, description="Words: all of them.")]


@router.get(
    "/hsds",
    response_model_exclude_none=True,
    **cacheable(
        operation(
            "getHsds",
            may=PUBLIC,
            answers=HsdsRoot,
            example={
                "version": VERSION,
                "profile": PROFILE,
                "openapi_url": "https://puskesos.example/openapi.json",
            },
        )
    ),
)
async def get_hsds(request: Request, house: HouseDep, caching: CachingDep) -> HsdsRoot | Response:
    """Say which version of the specification this is."""
    same = caching.unchanged()
    if same is not None:
        return same
    base = (house.settings.public_url or str(request.base_url)).rstrip("/")
    return HsdsRoot(version=VERSION, profile=PROFILE, openapi_url=f"{base}/openapi.json")


@router.get(
    "/hsds/services",
    response_model_exclude_none=True,
    **cacheable(
        operation(
            "listHsdsServices",
            may=PUBLIC,
            answers=HsdsPage[HsdsService],
            example={**_PAGE, "contents": [_SERVICE]},
        )
    ),
)
async def list_services(  # each is one filter
    known: Known,
    lang: Lang,
    caching: CachingDep,
    page: PageNumber = 1,
    per_page: PerPage = PAGE,
    search: Search = None,
    organization_id: Annotated[UUID | None, Query()] = None,
    taxonomy_term_id: Annotated[UUID | None, Query(description="Of a sector or a need.")] = None,
    full: Annotated[bool, Query(description="With areas, documents, contacts, attributes.")] = False,  # noqa: FBT002
) -> HsdsPage[HsdsService] | Response:
    """List what can be had, each programme as each body gives it. There is nothing of any person in it."""
    found = [
        one
        for one in services(known, caching.today)
        if organization_id in (None, id_of("organization", one.agency.code))
        and (search is None or all(word in text_of(one.program) for word in plain(search).split()))
        and (taxonomy_term_id is None or taxonomy_term_id in _terms(one))
    ]
    shown = _cut(found, page, per_page)
    same = caching.unchanged()
    if same is not None:
        return same
    writer = Writer(known, lang, caching.today)
    write = writer.whole_service if full else writer.service
    return page_out([write(one) for one in shown], page, per_page, len(found))


@router.get(
    "/hsds/services/{service_id}",
    response_model_exclude_none=True,
    **cacheable(operation("getHsdsService", may=PUBLIC, answers=HsdsService, example=_SERVICE)),
)
async def get_service(
    service_id: str, known: Known, lang: Lang, caching: CachingDep
) -> HsdsService | Response:
    """Show one service with its areas, documents, contacts and what it is classified as."""
    wanted = _uuid(service_id)
    found = next((one for one in services(known, caching.today) if one.id == wanted), None)
    if found is None:
        raise NotFound
    return caching.unchanged() or Writer(known, lang, caching.today).whole_service(found)


@router.get(
    "/hsds/organizations",
    response_model_exclude_none=True,
    **cacheable(
        operation(
            "listHsdsOrganizations",
            may=PUBLIC,
            answers=HsdsPage[HsdsOrganization],
            example={**_PAGE, "contents": [_ORGANIZATION]},
        )
    ),
)
async def list_organizations(  # each is one filter
    known: Known,
    lang: Lang,
    caching: CachingDep,
    page: PageNumber = 1,
    per_page: PerPage = PAGE,
    search: Search = None,
    full: Annotated[bool, Query(description="With the programmes of each.")] = False,  # noqa: FBT002
) -> HsdsPage[HsdsOrganization] | Response:
    """List the bodies that run programmes."""
    found = [
        agency
        for _, agency in sorted(known.agencies.items())
        if agency.active and (search is None or _is_called(agency, search))
    ]
    shown = _cut(found, page, per_page)
    same = caching.unchanged()
    if same is not None:
        return same
    writer = Writer(known, lang, caching.today)
    given = services(known, caching.today) if full else []
    bodies = [writer.whole_organization(one, given) if full else writer.organization(one) for one in shown]
    return page_out(bodies, page, per_page, len(found))


@router.get(
    "/hsds/organizations/{organization_id}",
    response_model_exclude_none=True,
    **cacheable(
        operation("getHsdsOrganization", may=PUBLIC, answers=HsdsOrganization, example=_ORGANIZATION)
    ),
)
async def get_organization(
    organization_id: str, known: Known, lang: Lang, caching: CachingDep
) -> HsdsOrganization | Response:
    """Show one body with its programmes."""
    wanted = _uuid(organization_id)
    bodies = known.agencies.values()
    found = next((one for one in bodies if one.active and id_of("organization", one.code) == wanted), None)
    if found is None:
        raise NotFound
    same = caching.unchanged()
    if same is not None:
        return same
    return Writer(known, lang, caching.today).whole_organization(found, services(known, caching.today))


def _cut(found: Sequence[T], page: int, size: int) -> Sequence[T]:
    """Give the things of a page; the first page of nothing is empty.

    Raises:
        NotFound: there are fewer pages.
    """
    pages = max(-(-len(found) // size), 1)
    if page > pages:
        raise NotFound(
            code="no_such_page",
            id=f"Halaman {page} tidak ada; ada {pages} halaman.",
            en=f"There is no page {page}; there are {pages}.",
            data={"total_pages": pages},
        )
    return found[(page - 1) * size : page * size]


def _terms(one: Service) -> set[UUID]:
    version = one.program.version
    return {
        *(id_of("taxonomy_term", "sector", code) for code in version.sectors),
        *(id_of("taxonomy_term", "case_category", code) for code in version.categories),
    }


def _is_called(agency: Agency, search: str) -> bool:
    text = plain(f"{agency.code} {agency.name.id} {agency.name.en}")
    return all(word in text for word in plain(search).split())


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound from None
