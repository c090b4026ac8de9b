"""Lists of persons: brought as files, and read by profiles of their columns."""

from datetime import datetime
from typing import Annotated, Final
from uuid import UUID

from fastapi import Header, Query, Request, Response

from app.api.acts import CallDep, acting_of
from app.api.deps import ReadTx
from app.api.list_uploads import TYPES, take_list
from app.api.once import Answer
from app.api.paging import Page
from app.api.places import must_know
from app.api.presenters.lists import list_out, profile_out
from app.api.public_ids import read_id
from app.api.reading import ReadingDep
from app.api.routing import make_router, operation
from app.api.schemas.access import RegionText
from app.api.schemas.base import Listed
from app.api.schemas.lists import ListOut, ListProfileIn, ListProfileOut
from app.api.uploading import KeyDep
from app.db.queries import lists as stored
from app.domain.ids import tenant_of
from app.services import lists

router = make_router("lists")

_EXAMPLE: Final = {
    "id": "1371-0193a1b2c3d47e5f8a9b0c1d2e3f4a5b",
    "name": "DTSEN Padang TW3.xlsx",
    "kind": {"code": "xlsx", "label": "Buku kerja Excel"},
    "encoding": None,
    "bytes": 18350080,
    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "created_at": "2026-11-25T02:00:00Z",
    "deleted_at": None,
}
_PROFILE_BODY: Final = {
    "region": "13.74",
    "name": "Ekspor JKSS",
    "columns": {
        "fields": {"nik": ["No. KTP Peserta"], "name": ["Nama Peserta"]},
        "programs": {"PBI_JK": ["Aktif PBI"]},
        "extra": {"faskes": ["Faskes"]},
    },
}
_PROFILE: Final = {
    "id": "1374-0193a1b2c3d47e5f8a9b0c1d2e3f4a5c",
    "name": "Ekspor JKSS",
    "n": 1,
    "columns": {
        "fields": {"nik": ["noktppeserta"], "name": ["namapeserta"]},
        "programs": {"PBI_JK": ["aktifpbi"]},
        "extra": {"faskes": ["faskes"]},
    },
    "created_at": "2026-11-25T02:00:00Z",
}
_BODY: Final = {
    "requestBody": {
        "required": True,
        "content": {kind: {"schema": {"type": "string", "format": "binary"}} for kind in TYPES},
    }
}
RegionQuery = Annotated[RegionText | None, Query(description="The regency; your own when left out.")]


@router.get(
    "/v1/lists",
    **operation(
        "listLists",
        may=lists.BRINGERS,
        answers=Listed[ListOut],
        paged=True,
        example={"items": [_EXAMPLE], "next": None, "count": None},
    ),
)
async def list_lists(
    reading: ReadingDep, tx: ReadTx, page: Page, region: RegionQuery = None
) -> Listed[ListOut]:
    """List the lists of a regency, the newest first."""
    regency, acting = (
        tenant_of(must_know(reading.known, region, "region") or reading.actor.tenant),
        acting_of(reading, tx),
    )
    after = (datetime.fromisoformat(str(page.after[0])), UUID(page.after[1])) if page.after else None
    rows = await lists.list_lists(acting, regency, after, page.limit + 1)
    shown = rows[: page.limit]
    more = [shown[-1].created_at.isoformat(), shown[-1].id.hex] if len(rows) > page.limit else None
    count = await stored.counted(tx, regency) if page.wants_count else None
    items = [list_out(reading, row, await lists.name_of(acting, row)) for row in shown]
    return page.page(items, after=more, count=count)


@router.post(
    "/v1/lists",
    **operation(
        "sendList",
        may=lists.BRINGERS,
        answers=ListOut,
        status=201,
        once=True,
        refuses=(408, 413, 415),
        example=_EXAMPLE,
        extra=_BODY,
    ),
)
async def send_list(
    request: Request,
    reading: ReadingDep,
    key: KeyDep,
    region: RegionQuery = None,
    file_name: Annotated[
        str | None,
        Header(alias="File-Name", max_length=600, description="In UTF-8, percent-encoded."),
    ] = None,
) -> Response:
    """Send a CSV or .xlsx file as the body itself. Cut off, send it again; the same bytes are kept once."""
    regency = tenant_of(must_know(reading.known, region, "region") or reading.actor.tenant)
    return await take_list(request, reading, key, regency, file_name)


@router.get(
    "/v1/lists/{list_id}",
    **operation("getList", may=lists.BRINGERS, answers=ListOut, example=_EXAMPLE),
)
async def get_list(list_id: str, reading: ReadingDep, tx: ReadTx) -> ListOut:
    """Show what is known of a list, never what it holds."""
    place, acting = read_id(list_id), acting_of(reading, tx)
    row = await lists.get_list(acting, place.tenant, place.id)
    return list_out(reading, row, await lists.name_of(acting, row))


@router.get(
    "/v1/list-profiles",
    **operation(
        "listListProfiles",
        may=lists.BRINGERS,
        answers=Listed[ListProfileOut],
        example={"items": [_PROFILE], "next": None, "count": None},
    ),
)
async def list_profiles(
    reading: ReadingDep, tx: ReadTx, region: RegionQuery = None
) -> Listed[ListProfileOut]:
    """List the saved profiles of a regency by name, each in its newest version."""
    regency = tenant_of(must_know(reading.known, region, "region") or reading.actor.tenant)
    rows = await lists.list_profiles(acting_of(reading, tx), regency)
    return Listed(items=[profile_out(row) for row in rows])


@router.post(
    "/v1/list-profiles",
    **operation(
        "saveListProfile",
        may=lists.BRINGERS,
        answers=ListProfileOut,
        status=201,
        once=True,
        example=_PROFILE,
        body_example=_PROFILE_BODY,
    ),
)
async def save_profile(body: ListProfileIn, call: CallDep) -> Response:
    """Save which titles of columns hold what; under a name that is there it becomes the next version."""
    regency = tenant_of(body.region)

    async def may_see() -> None:
        lists.require(call.acting(), regency)

    async def work() -> Answer:
        row = await lists.save_profile(call.acting(), regency, body.name, body.columns.model_dump())
        return Answer(profile_out(row))

    return await call.once(call.tx, regency, work, may_see=may_see)
