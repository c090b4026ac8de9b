"""Objections of residents: filed at the desk, verified by the secretariat, listed while they wait."""

from datetime import datetime
from typing import Annotated, Final
from uuid import UUID

from fastapi import Query, Request, Response

from app.api.acts import CallDep, acting_of
from app.api.deliberating import CANDIDATE_ID, DELIBERATION_ID, once, part_of, place_of
from app.api.deps import ReadTx
from app.api.filing import answered_before, file_of, put_file
from app.api.forms import read_form
from app.api.once import Answer
from app.api.paging import Page
from app.api.places import must_know
from app.api.presenters.deliberations import objection_out, objection_row
from app.api.public_ids import read_own
from app.api.reading import ReadingDep
from app.api.routing import make_router, operation
from app.api.schemas.access import RegionText
from app.api.schemas.base import Listed
from app.api.schemas.deliberations import (
    ObjectionDecisionIn,
    ObjectionIn,
    ObjectionOut,
    ObjectionRow,
)
from app.api.uploading import KeyDep, once_of
from app.db.queries import objections as stored
from app.db.queries.acting import Acting
from app.db.session import read_only, transaction
from app.domain.access import Permission
from app.domain.errors import FieldError, Invalid, NotFound
from app.domain.identity import parse_nik, parse_phone
from app.domain.ids import tenant_of
from app.services import deliberations, objections
from app.services.objections import Objection, Photo, Place

router = make_router("deliberations")
P = Permission
READ: Final = (P.DELIBERATION_HOLD, P.DELIBERATION_RATIFY, P.OBJECTION_VERIFY)
_VERIFIERS: Final = frozenset({P.OBJECTION_VERIFY})
_ALL: Final = "/v1/deliberations/{deliberation_id}/objections"
_ONE: Final = _ALL + "/{objection_id}"
_ID: Final = "1374-0193a1b2c3d47e5f8a9b0c1d2e3f4a75"
_EXAMPLE: Final = {
    "id": _ID,
    "deliberation": DELIBERATION_ID,
    "candidate": CANDIDATE_ID,
    "state": {"code": "open", "label": "Menunggu verifikasi"},
    "objector": "Rahmat Contoh",
    "nik": "************0017",
    "reason": "Rumahnya permanen, punya dua mobil.",
    "point": {"lat": -0.4642, "lon": 100.3986},
    "photo": False,
    "filed_at": "2026-12-05T02:00:00Z",
    "due_at": "2026-12-12T02:00:00Z",
    "escalated_to": None,
    "escalated_at": None,
    "finding": None,
    "decided_at": None,
}
_ROW: Final = {
    "id": _ID,
    "deliberation": DELIBERATION_ID,
    "village": "13.74.01.1005",
    "village_name": "Guguk Malintang",
    "filed_at": "2026-12-05T02:00:00Z",
    "due_at": "2026-12-12T02:00:00Z",
    "escalated_to": {"code": "manager", "label": "Manajer SLRT"},
    "escalated_at": "2026-12-14T02:00:00Z",
}
_FORM: Final = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {"file": {"type": "string", "format": "binary"}},
                },
                "example": {"file": "(the bytes of rumah.jpg)"},
            }
        },
    }
}


@router.get(
    "/v1/objections",
    **operation(
        "listOpenObjections",
        may=P.OBJECTION_VERIFY,
        answers=Listed[ObjectionRow],
        paged=True,
        example={"items": [_ROW], "next": None, "count": None},
    ),
)
async def list_open_objections(
    reading: ReadingDep,
    tx: ReadTx,
    page: Page,
    region: Annotated[RegionText | None, Query(description="Where; your own when left out.")] = None,
    escalated: Annotated[
        bool | None, Query(description="Only those that stand before somebody higher, or only the others.")
    ] = None,
) -> Listed[ObjectionRow]:
    """List the objections that wait to be verified, the one due first first."""
    where = must_know(reading.known, region, "region") or reading.actor.tenant
    regions = deliberations.wanted_of(reading.actor, where, _VERIFIERS, P.OBJECTION_VERIFY)
    wanted = stored.Waiting(tenant_of(where), regions, escalated)
    after = (datetime.fromisoformat(str(page.after[0])), UUID(page.after[1])) if page.after else None
    rows = await stored.waiting(tx, wanted, after, page.limit + 1)
    shown = rows[: page.limit]
    more = [shown[-1][0].due_at.isoformat(), shown[-1][0].id.hex] if len(rows) > page.limit else None
    count = await stored.waiting_count(tx, wanted) if page.wants_count else None
    return page.page([objection_row(reading, *one) for one in shown], after=more, count=count)


@router.get(
    _ALL,
    **operation(
        "listObjections",
        may=READ,
        answers=Listed[ObjectionOut],
        reads_person=True,
        example={"items": [_EXAMPLE], "next": None, "count": None},
    ),
)
async def list_objections(deliberation_id: str, reading: ReadingDep, tx: ReadTx) -> Listed[ObjectionOut]:
    """List the objections to a meeting's result, in the order in which they came."""
    acting = acting_of(reading, tx)
    session = await deliberations.readable(acting, place_of(deliberation_id))
    rows = await stored.objections_of(tx, session)
    return Listed(items=[objection_out(reading, await objections.opened(acting, row)) for row in rows])


@router.post(
    _ALL,
    **operation(
        "fileObjection",
        may=P.CASE_OPEN,
        answers=ObjectionOut,
        status=201,
        refuses=(409, 429),
        once=True,
        reads_person=True,
        example=_EXAMPLE,
        body_example={
            "candidate": CANDIDATE_ID,
            "objector": {"name": "Rahmat Contoh", "village": "13.74.01.1005"},
            "reason": "Rumahnya permanen, punya dua mobil.",
            "point": {"lat": -0.4642, "lon": 100.3986},
        },
    ),
)
async def file_objection(deliberation_id: str, body: ObjectionIn, call: CallDep) -> Response:
    """Take an objection of a resident of the village; after the window it is a complaint (409 says so)."""
    found, reading = place_of(deliberation_id), call.reading
    place = Place(found.tenant, found.id)

    async def work() -> Answer:
        acting, house = call.acting(), reading.house
        new = _objection(acting, place, body)
        row = await objections.file(acting, house.vault, house.blind, place, new)
        return Answer(objection_out(reading, await objections.opened(acting, row)), 201)

    return await once(call, found, P.CASE_OPEN, work)


def _objection(acting: Acting, place: Place, body: ObjectionIn) -> Objection:
    """Read the numbers.

    Raises:
        Invalid: one that is none, or a candidate of another regency.
    """
    who = body.objector
    today = acting.today(place.tenant)
    nik = parse_nik(who.nik, today=today, pointer="/objector/nik") if who.nik else None
    phone = parse_phone(who.phone, pointer="/objector/phone") if who.phone else None
    wrong = tuple(one for one in (nik, phone) if isinstance(one, FieldError))
    if wrong:
        raise Invalid(fields=wrong)
    return Objection(
        candidate_id=read_own(body.candidate, place.tenant, "/candidate") or place.session_id,
        village=who.village,
        name=who.name,
        reason=body.reason,
        nik=None if nik is None or isinstance(nik, FieldError) else nik.number,
        phone=None if phone is None or isinstance(phone, FieldError) else phone.e164,
        point=(body.point.lat, body.point.lon) if body.point else None,
    )


@router.post(
    _ONE + "/photo",
    **operation(
        "attachObjectionPhoto",
        may=P.CASE_OPEN,
        answers=ObjectionOut,
        status=201,
        refuses=(408, 409, 413, 415),
        once=True,
        reads_person=True,
        example=_EXAMPLE,
        extra=_FORM,
    ),
)
async def attach_photo(
    deliberation_id: str, objection_id: str, request: Request, reading: ReadingDep, key: KeyDep
) -> Response:
    """Attach the photo of an open objection; what a camera adds to it is left out."""
    found, house = place_of(deliberation_id), reading.house
    place, id_ = Place(found.tenant, found.id), part_of(objection_id, found)

    async def may_see() -> None:
        async with read_only(house.database.sessions) as tx:
            session = await deliberations.seen(acting_of(reading, tx), found)
            reading.actor.require(P.CASE_OPEN, session.village_code)

    await may_see()
    form = await read_form(request, house.settings.max_upload_bytes, house.settings.upload_idle_seconds)
    once = once_of(request, reading, key, form)
    answered = await answered_before(house, once, found.tenant, may_see)
    if answered is not None:
        return answered
    async with transaction(house.database.sessions) as tx:
        acting = acting_of(reading, tx)
        _, row = await objections.objection_seen(acting, place, id_, P.CASE_OPEN)
        objections.check_photo(row)
        sealing = await objections.key_of(acting, row)
    filed = await put_file(house, found.tenant, id_, sealing, form.content)
    async with transaction(house.database.sessions) as tx:
        acting = acting_of(reading, tx)

        async def work() -> Answer:
            photo = Photo(filed.object_key, filed.media_type, filed.stored_sha256)
            kept = await objections.add_photo(acting, place, id_, photo)
            return Answer(objection_out(reading, await objections.opened(acting, kept)), 201)

        return await once(tx, found.tenant, work, may_see=may_see)


@router.get(
    _ONE + "/photo",
    **operation(
        "getObjectionPhoto", may=READ, reads_person=True, extra={"x-media": "image/jpeg application/pdf"}
    ),
)
async def get_photo(deliberation_id: str, objection_id: str, reading: ReadingDep, tx: ReadTx) -> Response:
    """Give the photo of an objection."""
    acting, place = acting_of(reading, tx), place_of(deliberation_id)
    session = await deliberations.readable(acting, place)
    id_ = part_of(objection_id, place)
    rows = await stored.objections_of(tx, session)
    row = next((one for one in rows if one.id == id_ and one.photo_key is not None), None)
    if row is None or row.photo_key is None:
        raise NotFound(id="Sanggahan ini tidak memiliki foto.", en="This objection has no photo.")
    key = await objections.key_of(acting, row)
    return await file_of(
        reading.house, key, row.id, (row.photo_key, row.photo_media or ""), f"sanggahan-{row.id.hex[-8:]}"
    )


@router.post(
    _ONE + "/decide",
    **operation(
        "decideObjection",
        may=P.OBJECTION_VERIFY,
        answers=ObjectionOut,
        refuses=(409,),
        once=True,
        reads_person=True,
        example=_EXAMPLE,
        body_example={"upheld": True, "finding": "Kunjungan 7 Desember: rumah permanen, dua mobil."},
    ),
)
async def decide_objection(
    deliberation_id: str, objection_id: str, body: ObjectionDecisionIn, call: CallDep
) -> Response:
    """Verify an objection; upheld, the decision on its candidate is open again, and on nobody else."""
    found, reading = place_of(deliberation_id), call.reading
    place = Place(found.tenant, found.id)

    async def work() -> Answer:
        acting = call.acting()
        id_ = part_of(objection_id, found)
        row = await objections.decide(acting, place, id_, upheld=body.upheld, finding=body.finding)
        return Answer(objection_out(reading, await objections.opened(acting, row)), 200)

    return await once(call, found, P.OBJECTION_VERIFY, work)
