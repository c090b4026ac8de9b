"""Berita acara: made, printed, signed by the upload of its scan, and proved by hash."""

import asyncio
from hashlib import sha256
from typing import Annotated, Any, Final

from fastapi import Query, Request, Response

from app.api.acts import CallDep, acting_of
from app.api.deliberating import EXAMPLE, MINUTES_EXAMPLE, part_of, place_of, step, unchecked, whole_out
from app.api.deps import ReadTx, etag
from app.api.filing import answered_before, file_of, put_file
from app.api.forms import read_form
from app.api.meetings import MEETING_HEADERS, PageForm, meeting_html, minutes_page
from app.api.once import Answer
from app.api.presenters.deliberations import minutes_out
from app.api.reading import Reading, ReadingDep
from app.api.routing import make_router, operation
from app.api.schemas.base import Listed
from app.api.schemas.deliberations import (
    DeliberationOut,
    MinutesIn,
    MinutesOut,
    VerifiedMinutesOut,
    VerifyIn,
)
from app.api.uploading import KeyDep, once_of, stored_content
from app.db.queries.acting import Acting
from app.db.session import read_only, transaction
from app.db.tables.deliberations import Deliberation, DeliberationMinutes
from app.domain.access import Permission
from app.domain.deliberation.papers import Match
from app.domain.errors import NotFound
from app.domain.ids import public_id
from app.integrations.meeting_pdf import meeting_pdf
from app.integrations.vault import CannotOpen
from app.services import deliberations
from app.services.deliberations import Place, Scan

router = make_router("deliberations")
P = Permission
READ: Final = (P.DELIBERATION_HOLD, P.DELIBERATION_RATIFY, P.OBJECTION_VERIFY)
_ALL: Final = "/v1/deliberations/{deliberation_id}/minutes"
_ONE: Final = _ALL + "/{minutes_id}"
_FORM: Final = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {
                        "file": {
                            "type": "string",
                            "format": "binary",
                            "description": "JPEG, PNG, WEBP or PDF, told by its content.",
                        }
                    },
                },
                "example": {"file": "(the bytes of berita-acara.pdf)"},
            }
        },
    }
}


@router.get(
    _ALL,
    **operation(
        "listMinutes",
        may=READ,
        answers=Listed[MinutesOut],
        example={"items": [MINUTES_EXAMPLE], "next": None, "count": None},
    ),
)
async def list_minutes(deliberation_id: str, reading: ReadingDep, tx: ReadTx) -> Listed[MinutesOut]:
    """List the minutes of a meeting; a second one adds to the first what was decided again."""
    acting = acting_of(reading, tx)
    session = await deliberations.readable(acting, place_of(deliberation_id))
    return Listed(items=[minutes_out(one) for one in (await deliberations.shown(acting, session)).minutes])


@router.post(
    _ALL,
    **operation(
        "makeMinutes",
        may=P.DELIBERATION_HOLD,
        answers=DeliberationOut,
        status=201,
        once=True,
        if_match=True,
        reads_person=True,
        example=EXAMPLE,
        body_example={"number": "140/12/GM/2026", "head": "Syafrizal Contoh"},
    ),
)
async def make_minutes(deliberation_id: str, body: MinutesIn, call: CallDep) -> Response:
    """Write the minutes of what was decided; below quorum they record the meeting and decide nothing."""
    check = call.expected.check

    async def do(acting: Acting, place: Place) -> Deliberation:
        session, _ = await deliberations.make(acting, place, body.number, body.head, check)
        return session

    return await step(call, place_of(deliberation_id), P.DELIBERATION_HOLD, do, 201)


@router.post(
    "/v1/deliberations/{deliberation_id}/resume",
    **operation(
        "resumeDeliberation",
        may=P.DELIBERATION_HOLD,
        answers=DeliberationOut,
        once=True,
        if_match=True,
        reads_person=True,
        example=EXAMPLE,
    ),
)
async def resume_deliberation(deliberation_id: str, call: CallDep) -> Response:
    """Take minutes back that nobody signed, to correct what was decided."""
    check = call.expected.check

    async def do(acting: Acting, place: Place) -> Deliberation:
        return await deliberations.resume(acting, place, check)

    return await step(call, place_of(deliberation_id), P.DELIBERATION_HOLD, do)


@router.get(
    _ONE + "/page",
    **operation(
        "printMinutes",
        may=READ,
        reads_person=True,
        extra={"x-media": "text/html application/pdf"},
    ),
)
async def print_minutes(  # what a page is asked by
    deliberation_id: str,
    minutes_id: str,
    reading: ReadingDep,
    tx: ReadTx,
    form: Annotated[PageForm, Query(description="Page for the browser's printer, or PDF.")] = PageForm.HTML,
    official: Annotated[  # noqa: FBT002
        bool, Query(description="With whole NIK, to be signed; else masked, to be pinned up.")
    ] = False,
) -> Response:
    """Give the minutes to print: the official form to be signed, or the one that the village publishes."""
    acting, place = acting_of(reading, tx), place_of(deliberation_id)
    _, row, content = await deliberations.open_minutes(acting, place, part_of(minutes_id, place))
    page = minutes_page(content, row.sha256.hex(), official=official)
    if form is PageForm.HTML:
        return Response(meeting_html(page), media_type="text/html", headers=MEETING_HEADERS)
    made = await asyncio.to_thread(meeting_pdf, page)
    return Response(made, media_type="application/pdf")


@router.post(
    _ONE + "/scan",
    **operation(
        "signMinutes",
        may=P.DELIBERATION_HOLD,
        answers=DeliberationOut,
        status=201,
        refuses=(408, 409, 413, 415),
        once=True,
        reads_person=True,
        example=EXAMPLE,
        extra=_FORM,
    ),
)
async def sign_minutes(  # what a file is sent with
    deliberation_id: str,
    minutes_id: str,
    request: Request,
    reading: ReadingDep,
    key: KeyDep,
) -> Response:
    """Upload the scan of the signed paper; its hash, as it came and as it is kept, proves it ever after."""
    place, house = place_of(deliberation_id), reading.house
    id_ = part_of(minutes_id, place)

    async def may_see() -> None:
        async with read_only(house.database.sessions) as tx:
            acting = acting_of(reading, tx)
            session = await deliberations.seen(acting, place)
            acting.actor.require(P.DELIBERATION_HOLD, session.village_code)

    await may_see()
    form = await read_form(request, house.settings.max_upload_bytes, house.settings.upload_idle_seconds)
    once = once_of(request, reading, key, form)
    answered = await answered_before(house, once, place.tenant, may_see)
    if answered is not None:
        return answered
    async with transaction(house.database.sessions) as tx:
        acting = acting_of(reading, tx)
        _, _, sealing = await deliberations.ready_to_sign(acting, place, id_, unchecked)
    filed = await put_file(house, place.tenant, id_, sealing, form.content)
    scan = Scan(filed.object_key, filed.media_type, filed.sha256, filed.stored_sha256)
    async with transaction(house.database.sessions) as tx:
        acting = acting_of(reading, tx)

        async def work() -> Answer:
            session, _ = await deliberations.sign(acting, place, id_, scan, unchecked)
            shown = await whole_out(reading, acting, session)
            return Answer(shown, 201, {"ETag": etag(session.version)})

        return await once(tx, place.tenant, work, may_see=may_see)


@router.get(
    _ONE + "/scan",
    **operation(
        "getMinutesScan", may=READ, reads_person=True, extra={"x-media": "image/jpeg application/pdf"}
    ),
)
async def get_scan(deliberation_id: str, minutes_id: str, reading: ReadingDep, tx: ReadTx) -> Response:
    """Give the signed scan as it is kept."""
    acting, place = acting_of(reading, tx), place_of(deliberation_id)
    session = await deliberations.readable(acting, place)
    row = await deliberations.minutes_row(acting, session, part_of(minutes_id, place))
    if row.scan_key is None:
        raise NotFound(id="Berita acara ini belum ditandatangani.", en="These minutes are not signed yet.")
    key = await deliberations.key_of(acting, place.tenant, session.data_key_id)
    at = (row.scan_key, row.scan_media or "")
    return await file_of(reading.house, key, row.id, at, f"berita-acara-{row.id.hex[-8:]}-{row.n}")


@router.post(
    "/v1/deliberations/{deliberation_id}/verify",
    **operation(
        "verifyMinutes",
        may=READ,
        answers=VerifiedMinutesOut,
        example={
            "match": "signed_original",
            "label": "Pindaian bertanda tangan seperti yang diunggah",
            "minutes": MINUTES_EXAMPLE["id"],
            "intact": True,
        },
        body_example={"sha256": "1e" * 32},
    ),
)
async def verify_minutes(
    deliberation_id: str, body: VerifyIn, reading: ReadingDep, tx: ReadTx
) -> VerifiedMinutesOut:
    """Say which paper of this meeting has this hash, and whether what is kept is still unchanged."""
    acting, place = acting_of(reading, tx), place_of(deliberation_id)
    session = await deliberations.readable(acting, place)
    wanted, key = (
        bytes.fromhex(body.sha256),
        await deliberations.key_of(acting, place.tenant, session.data_key_id),
    )
    match, found, intact = Match.NONE, None, True
    for row in (await deliberations.shown(acting, session)).minutes:
        intact = intact and await _is_intact(reading, acting, row, key)
        told = deliberations.match_of(row, wanted)
        if told is not Match.NONE:
            match, found = told, row
    label = reading.known.label("minutes_match", match.value, reading.lang)
    named = public_id(place.tenant, found.id) if found else None
    return VerifiedMinutesOut(match=match, label=label, minutes=named, intact=intact)


async def _is_intact(reading: Reading, acting: Acting, row: DeliberationMinutes, key: Any) -> bool:
    """Hash again what is kept: the content, and the scan where there is one."""
    if not deliberations.content_is_intact(acting, row, key):
        return False
    if row.scan_key is None:
        return True
    try:
        content = await stored_content(reading.house, key, (row.id, row.scan_key))
    except (NotFound, CannotOpen):
        return False
    return sha256(content).digest() == row.stored_sha256
