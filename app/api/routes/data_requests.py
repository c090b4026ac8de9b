"""What a person asks about her own data (Law 27/2022): taken at the desk, decided within 3 x 24 hours."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import Header, Query, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse

from app.api.acts import Call, CallDep, acting_of
from app.api.copy_page import COPY_HEADERS, copy_html
from app.api.deps import ReadTx
from app.api.notes import name_subject
from app.api.once import Answer
from app.api.paging import Page
from app.api.presenters.rights import request_out
from app.api.printing import wants_html
from app.api.public_ids import read_id, read_own
from app.api.reading import Reading, ReadingDep
from app.api.routing import make_router, operation
from app.api.schemas.base import CodeText, Listed
from app.api.schemas.rights import DataCopyOut, DataRequestIn, DataRequestOut, RefuseIn
from app.db.queries import rights as stored
from app.db.tables.rights import DataRequest
from app.domain.access import Permission
from app.domain.errors import Invalid
from app.domain.identity import Phone, parse_phone
from app.domain.ids import parse_public_id
from app.services import data_rights
from app.services.data_rights import Asked

router = make_router("rights")
_TAKE: Final = Permission.DATA_TAKE
_DECIDE: Final = Permission.DATA_DECIDE
_ONE: Final = "/v1/data-requests/{data_request_id}"
_EXAMPLE: Final[dict[str, Any]] = {
    "id": "1374-0193a1b2c3d47e5f8a9b0c1d2e3f4a81",
    "person": "1374-0193a1b2c3d47e5f8a9b0c1d2e3f4a5d",
    "kind": {"code": "copy", "label": "Salinan data saya"},
    "state": {"code": "open", "label": "Menunggu"},
    "identity_method": {"code": "card_seen", "label": "KTP diperiksa"},
    "taken_at": "2026-11-25T03:00:00Z",
    "taken_by": "1374-0193a1b2c3d47e5f8a9b0c1d2e3f4a5b",
    "due_at": "2026-11-28T03:00:00Z",
    "overdue": False,
    "proposed_at": None,
    "proposed_by": None,
    "decided_at": None,
    "decided_by": None,
    "reason": None,
    "lifted_at": None,
    "escalated_at": None,
}


@router.get(
    "/v1/data-requests",
    **operation(
        "listDataRequests",
        may=(_TAKE, _DECIDE),
        answers=Listed[DataRequestOut],
        paged=True,
        example={"items": [_EXAMPLE], "next": None, "count": None},
    ),
)
async def list_data_requests(  # each is one filter
    reading: ReadingDep,
    tx: ReadTx,
    page: Page,
    kind: Annotated[CodeText | None, Query(description="Of the set `data_request_kind`.")] = None,
    state: Annotated[CodeText | None, Query(description="Of the set `data_request_state`.")] = None,
    overdue: Annotated[bool, Query(description="Only what waits beyond its time.")] = False,  # noqa: FBT002
) -> Listed[DataRequestOut]:
    """List what was asked in your area, the latest first."""
    areas = tuple(
        grant.region
        for grant in reading.actor.grants
        if grant.region is not None
        and grant.agency is None
        and any(reading.actor.has(one, grant.region) for one in (_TAKE, _DECIDE))
    )
    tenants = tuple(dict.fromkeys(t for area in areas for t in reading.known.tenants_in(area)))
    wanted = stored.Wanted(tenants, areas, kind, state, reading.now if overdue else None)
    after = (datetime.fromisoformat(str(page.after[0])), UUID(page.after[1])) if page.after else None
    rows = await data_rights.list_requests(acting_of(reading, tx), wanted, after, page.limit + 1)
    shown = rows[: page.limit]
    more = [shown[-1].taken_at.isoformat(), shown[-1].id.hex] if len(rows) > page.limit else None
    count = await stored.counted(tx, wanted) if page.wants_count else None
    return page.page([request_out(reading, one) for one in shown], after=more, count=count)


@router.post(
    "/v1/data-requests",
    **operation(
        "takeDataRequest",
        may=_TAKE,
        answers=DataRequestOut,
        status=201,
        refuses=(410,),
        once=True,
        example=_EXAMPLE,
        body_example={
            "person": "1374-0193a1b2c3d47e5f8a9b0c1d2e3f4a5d",
            "kind": "copy",
            "identity": {"method": "card_seen"},
            "words": "Saya ingin tahu data saya.",
        },
    ),
)
async def take_data_request(body: DataRequestIn, call: CallDep) -> Response:
    """Record what a person asks, after you checked who she is; the clock of 3 x 24 hours starts."""
    reading, found = call.reading, parse_public_id(body.person)
    tenant = found.tenant if found is not None else reading.actor.tenant
    asked = Asked(
        tenant,
        read_own(body.person, tenant, "/person") or UUID(int=0),
        body.kind,
        body.identity.method,
        body.words,
        _corrections(body),
    )

    async def work() -> Answer:
        row = await data_rights.take_request(call.acting(), reading.sight, asked)
        return Answer(request_out(reading, row), 201, {}, row.person_id)

    async def may_see() -> None:
        reading.actor.require_ever(_TAKE)

    return await call.once(call.tx, tenant, work, may_see=may_see)


def _corrections(body: DataRequestIn) -> Mapping[str, Any] | None:
    if body.corrections is None:
        return None
    given: dict[str, Any] = body.corrections.model_dump(exclude_none=True)
    if isinstance(given.get("born_on"), date):
        given["born_on"] = given["born_on"].isoformat()
    if "phone" in given:
        phone = parse_phone(given["phone"], pointer="/corrections/phone")
        if not isinstance(phone, Phone):
            raise Invalid(fields=(phone,))
        given["phone"] = phone.e164
    return given


@router.get(
    _ONE, **operation("getDataRequest", may=(_TAKE, _DECIDE), answers=DataRequestOut, example=_EXAMPLE)
)
async def get_data_request(data_request_id: str, reading: ReadingDep, tx: ReadTx) -> DataRequestOut:
    """Show one request: its clock, and how it was decided."""
    return request_out(reading, await _find(reading, tx, data_request_id))


@router.post(
    f"{_ONE}/grant",
    **operation(
        "grantDataRequest",
        may=(_TAKE, _DECIDE),
        answers=DataRequestOut,
        refuses=(409,),
        once=True,
        example=_EXAMPLE,
    ),
)
async def grant_data_request(data_request_id: str, call: CallDep) -> Response:
    """Grant it, and do it. Copy, freeze and objection are granted at the desk; an erasure takes two."""
    place, reading = read_id(data_request_id), call.reading

    async def work() -> Answer:
        row = await data_rights.decide_yes(call.acting(), reading.house.blind, place.tenant, place.id)
        return Answer(request_out(reading, row), 200, {}, row.person_id)

    answer = await _decided(call, place.tenant, place.id, work)
    reading.house.sessions.clear()
    return answer


@router.post(
    f"{_ONE}/refuse",
    **operation(
        "refuseDataRequest",
        may=_DECIDE,
        answers=DataRequestOut,
        refuses=(409,),
        once=True,
        example=_EXAMPLE,
        body_example={"reason": "legal_duty"},
    ),
)
async def refuse_data_request(data_request_id: str, body: RefuseIn, call: CallDep) -> Response:
    """Refuse it, with the reason that the law gives."""
    place, reading = read_id(data_request_id), call.reading

    async def work() -> Answer:
        row = await data_rights.refuse(call.acting(), place.tenant, place.id, body.reason)
        return Answer(request_out(reading, row), 200, {}, row.person_id)

    return await _decided(call, place.tenant, place.id, work)


@router.post(
    f"{_ONE}/lift",
    **operation(
        "liftDataRequest", may=_TAKE, answers=DataRequestOut, refuses=(409,), once=True, example=_EXAMPLE
    ),
)
async def lift_data_request(data_request_id: str, call: CallDep) -> Response:
    """End a freeze or an objection, when she wishes it."""
    place, reading = read_id(data_request_id), call.reading

    async def work() -> Answer:
        row = await data_rights.lift(call.acting(), place.tenant, place.id)
        return Answer(request_out(reading, row), 200, {}, row.person_id)

    return await _decided(call, place.tenant, place.id, work)


@router.get(
    f"{_ONE}/copy",
    **operation(
        "getDataCopy",
        may=_TAKE,
        answers=DataCopyOut,
        refuses=(409,),
        reads_person=True,
        example={
            "request": "1374-0193a1b2c3d47e5f8a9b0c1d2e3f4a81",
            "made_at": "2026-11-25T04:00:00Z",
            "sections": {"person": [{"name": "Yuliana Contoh", "village": "13.74.01.1003"}]},
        },
    ),
)
async def get_data_copy(
    data_request_id: str,
    request: Request,
    reading: ReadingDep,
    tx: ReadTx,
    accept: Annotated[str, Header(max_length=1_000)] = "",
) -> Response:
    """Give everything that is held of her, to be handed to her; a browser gets a page to print."""
    acting = acting_of(reading, tx)
    row = await _find(reading, tx, data_request_id, _TAKE)
    name_subject(request, "person", row.regency_code, row.person_id)
    copy = await data_rights.copy_of(acting, reading.sight, row)
    sections: Any = {name: [dict(one) for one in rows] for name, rows in copy.sections.items()}
    shown = DataCopyOut(request=data_request_id, made_at=reading.now, sections=sections)
    if wants_html(accept):
        return HTMLResponse(copy_html(reading, row.regency_code, sections), headers=COPY_HEADERS)
    return JSONResponse(shown.model_dump(mode="json"), headers={"Vary": "Accept"})


async def _find(reading: Reading, tx: Any, text: str, needed: Permission | None = None) -> DataRequest:
    place, acting = read_id(text), acting_of(reading, tx)
    may = needed or (_DECIDE if not reading.actor.ever(_TAKE) else _TAKE)
    return await data_rights.find_request(acting, place.tenant, place.id, may)


async def _decided(call: Call, tenant: str, request_id: UUID, work: Any) -> Response:
    async def may_see() -> None:
        await data_rights.find_request(call.acting(), tenant, request_id)

    return await call.once(call.tx, tenant, work, may_see=may_see)
