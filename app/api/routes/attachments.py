"""Files of a case: one request for a good link, parts for a bad one; reading them; which papers are there."""

from typing import Annotated, Final
from uuid import UUID

from fastapi import Header, Request, Response

from app.api.acts import CallDep, acting_of
from app.api.deps import ReadTx
from app.api.errors import BadRequest, WrongType
from app.api.file_answers import ATTACHMENT_EXAMPLE, MEDIA, file_answer
from app.api.forms import read_body, read_form, too_large
from app.api.once import Answer
from app.api.presenters.attachments import attachment_out, papers_out
from app.api.reading import Reading, ReadingDep
from app.api.routing import make_router, operation
from app.api.schemas.attachments import AttachmentOut, DeleteIn, PapersOut, UploadIn
from app.api.schemas.base import Listed
from app.api.tickets import read_ticket
from app.api.uploading import (
    KeyDep,
    Sender,
    given_of,
    once_of,
    take_part,
    take_whole,
    visit_of,
)
from app.db.queries.acting import Acting
from app.db.queries.attachments import no_attachment
from app.db.session import read_only
from app.db.tables.cases import Case
from app.db.tables.papers import Attachment
from app.domain.access import Permission
from app.domain.errors import FieldError
from app.domain.ids import parse_public_id
from app.domain.tickets import Ticket
from app.services import attachments
from app.services.attachments import Given

router = make_router("attachments")

_UPLOADING: Final = {
    **ATTACHMENT_EXAMPLE,
    "state": {"code": "uploading", "label": "Sedang dikirim"},
    "media_type": None,
    "bytes": 2345678,
    "received_bytes": 1048576,
    "width": None,
    "height": None,
    "stored_at": None,
}
_LISTED: Final = {"items": [ATTACHMENT_EXAMPLE], "next": None, "count": None}
_PAPERS: Final = {
    "items": [
        {
            "paper": {"code": "KTP", "label": "KTP elektronik"},
            "required": True,
            "held": True,
            "seen": False,
            "attachments": [ATTACHMENT_EXAMPLE["id"]],
            "needed_for": None,
            "asked_by": [
                {
                    "asker": {"code": "program", "label": "Program"},
                    "code": "PKH",
                    "name": "Program Keluarga Harapan",
                    "required": True,
                }
            ],
        }
    ],
    "missing": [],
}
FORM: Final = {
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
                        },
                        "paper": {"type": "string", "description": "A code of the set `paper`."},
                        "visit_id": {"type": "string", "description": "The home visit that the photo is of."},
                    },
                },
                "example": {"file": "(the bytes of ktp-ibu.jpg)", "paper": "KTP"},
            }
        },
    }
}
_PART: Final = {
    "requestBody": {
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}
_PART_TYPES: Final = {"application/octet-stream", "application/offset+octet-stream"}
_REFUSES: Final = (408, 409, 413, 415)
_LONGEST_OFFSET: Final = 10**9


@router.get(
    "/v1/cases/{ticket}/attachments",
    **operation(
        "listAttachments",
        may=Permission.CASE_READ,
        answers=Listed[AttachmentOut],
        reads_person=True,
        example=_LISTED,
    ),
)
async def list_attachments(ticket: str, reading: ReadingDep, tx: ReadTx) -> Listed[AttachmentOut]:
    """List the files of a case, oldest first; those that were refused or deleted say so."""
    _, held = await attachments.files_of(acting_of(reading, tx), reading.sight, _place(ticket))
    return Listed(items=[attachment_out(reading, one) for one in held])


@router.post(
    "/v1/cases/{ticket}/attachments",
    **operation(
        "attachFile",
        may=Permission.CASE_VISIT,
        answers=AttachmentOut,
        status=201,
        once=True,
        refuses=_REFUSES,
        example=ATTACHMENT_EXAMPLE,
        extra=FORM,
    ),
)
async def attach_file(ticket: str, request: Request, reading: ReadingDep, key: KeyDep) -> Response:
    """Attach a file in one request. What is kept is written anew, without what a camera adds to a photo."""
    sender = _sender(reading, ticket)
    await sender.admitted()
    bounds = reading.house.settings
    form = await read_form(request, bounds.max_upload_bytes, bounds.upload_idle_seconds)
    given = given_of(form, read_ticket(ticket).tenant)
    once = once_of(request, reading, key, form)

    async def tell(acting: Acting, case: Case, row: Attachment) -> Answer:
        (held,) = await attachments.open_files(acting, case, [row])
        return Answer(attachment_out(reading, held), case_id=case.id)

    return await take_whole(sender, given, form.content, once, tell)


@router.post(
    "/v1/cases/{ticket}/attachments/uploads",
    **operation(
        "beginUpload",
        may=Permission.CASE_VISIT,
        answers=AttachmentOut,
        status=201,
        once=True,
        refuses=(413,),
        example=_UPLOADING,
        body_example={"bytes": 2345678, "paper": "KTP", "name": "ktp ibu.jpg"},
    ),
)
async def begin_upload(ticket: str, body: UploadIn, call: CallDep) -> Response:
    """Begin an upload in parts: send them by PATCH to its id, each at the offset that came so far."""
    reading, place = call.reading, read_ticket(ticket)

    async def work() -> Answer:
        acting = call.acting()
        case = await attachments.case_of_officer(acting, reading.sight, _place(ticket), lock=True)
        if body.bytes > reading.house.settings.max_upload_bytes:
            raise too_large()
        given = Given(body.bytes, body.paper, visit_of(body.visit_id, place.tenant), body.name)
        row = await attachments.begin_upload(acting, case, given)
        (held,) = await attachments.open_files(acting, case, [row])
        return Answer(attachment_out(reading, held), headers=_offset(row), case_id=case.id)

    async def may_see() -> None:
        await attachments.case_of_officer(call.acting(), reading.sight, _place(ticket))

    return await call.once(call.tx, place.tenant, work, may_see=may_see)


@router.get(
    "/v1/cases/{ticket}/attachments/{attachment_id}",
    **operation(
        "getAttachment",
        may=Permission.CASE_READ,
        answers=AttachmentOut,
        reads_person=True,
        example=_UPLOADING,
    ),
)
async def get_attachment(
    ticket: str, attachment_id: str, reading: ReadingDep, tx: ReadTx, response: Response
) -> AttachmentOut:
    """Show what is known of a file; of an upload in parts the header `Upload-Offset` tells where to go on."""
    wanted = _id(attachment_id, read_ticket(ticket))
    _, held = await attachments.files_of(acting_of(reading, tx), reading.sight, _place(ticket))
    found = next((one for one in held if one.row.id == wanted), None)
    if found is None:
        raise no_attachment()
    response.headers.update(_offset(found.row))
    return attachment_out(reading, found)


@router.patch(
    "/v1/cases/{ticket}/attachments/{attachment_id}",
    **operation(
        "sendPart",
        may=Permission.CASE_VISIT,
        answers=AttachmentOut,
        refuses=_REFUSES,
        example=_UPLOADING,
        extra=_PART,
    ),
)
async def send_part(  # the header is checked by hand, after 404 and 403
    ticket: str,
    attachment_id: str,
    request: Request,
    reading: ReadingDep,
    response: Response,
    upload_offset: Annotated[
        str | None,
        Header(alias="Upload-Offset", max_length=20, description="How many bytes came before this part."),
    ] = None,
) -> AttachmentOut:
    """Send one part. Sent again it changes nothing; the part that completes the file ends the upload."""
    sender = _sender(reading, ticket)
    await sender.admitted()
    offset = _read_offset(upload_offset)
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() not in _PART_TYPES:
        raise WrongType(
            id="Bagian berkas tidak terkirim dengan benar. Ulangi; bila berulang, hubungi pengelola.",
            en="Send a part as application/octet-stream.",
        )
    content = await read_body(request, reading.house.settings.upload_idle_seconds)
    row = await take_part(sender, _id(attachment_id, read_ticket(ticket)), offset, content)
    response.headers.update(_offset(row))
    async with read_only(reading.house.database.sessions) as tx:
        acting = acting_of(reading, tx)
        case = await sender.find(acting, lock=False)
        (held,) = await attachments.open_files(acting, case, [row])
    return attachment_out(reading, held)


@router.get(
    "/v1/cases/{ticket}/attachments/{attachment_id}/content",
    **operation("getAttachmentContent", may=Permission.CASE_READ, reads_person=True, extra=MEDIA),
)
async def get_content(ticket: str, attachment_id: str, reading: ReadingDep) -> Response:
    """Give a stored file itself."""
    wanted = _id(attachment_id, read_ticket(ticket))
    async with read_only(reading.house.database.sessions) as tx:
        acting = acting_of(reading, tx)
        case, row, key = await attachments.file_of(acting, reading.sight, _place(ticket), wanted)
    return await file_answer(reading, case, row, key)


@router.post(
    "/v1/cases/{ticket}/attachments/{attachment_id}/delete",
    **operation(
        "deleteAttachment",
        may=(Permission.CASE_WORK, Permission.CASE_VISIT),
        answers=AttachmentOut,
        once=True,
        example={
            **ATTACHMENT_EXAMPLE,
            "state": {"code": "deleted", "label": "Dihapus"},
            "deleted_at": "2026-11-25T04:00:00Z",
        },
        body_example={"reason": "wrong_file"},
    ),
)
async def delete_attachment(ticket: str, attachment_id: str, body: DeleteIn, call: CallDep) -> Response:
    """Delete a file. That it was there stays to be seen; what it showed is taken away 30 days later."""
    reading, place = call.reading, read_ticket(ticket)
    wanted = _id(attachment_id, place)

    async def work() -> Answer:
        acting = call.acting()
        case, row = await attachments.remove(acting, reading.sight, _place(ticket), wanted, body.reason)
        (held,) = await attachments.open_files(acting, case, [row])
        return Answer(attachment_out(reading, held), status=200, case_id=case.id)

    async def may_see() -> None:
        await attachments.files_of(call.acting(), reading.sight, _place(ticket))

    return await call.once(call.tx, place.tenant, work, may_see=may_see)


@router.get(
    "/v1/cases/{ticket}/papers",
    **operation("getPapers", may=Permission.CASE_READ, answers=PapersOut, reads_person=True, example=_PAPERS),
)
async def get_papers(ticket: str, reading: ReadingDep, tx: ReadTx) -> PapersOut:
    """Tell which papers the case needs, who asks for them, which are there, and which are still missing."""
    found = await attachments.papers_of(acting_of(reading, tx), reading.sight, _place(ticket))
    return papers_out(reading, found)


def _sender(reading: Reading, ticket: str) -> Sender:
    place = _place(ticket)

    async def find(acting: Acting, *, lock: bool) -> Case:
        return await attachments.case_of_officer(acting, reading.sight, place, lock=lock)

    return Sender(reading, find)


def _place(ticket: str) -> tuple[str, str]:
    read = read_ticket(ticket)
    return read.tenant, read.text


def _id(text: str, place: Ticket) -> UUID:
    found = parse_public_id(text)
    if found is None or found.tenant != place.tenant:
        raise no_attachment()
    return found.id


def _offset(row: Attachment) -> dict[str, str]:
    return {"Upload-Offset": str(row.received_bytes)}


def _read_offset(text: str | None) -> int:
    if text is not None and text.isascii() and text.isdigit() and int(text) < _LONGEST_OFFSET:
        return int(text)
    raise BadRequest(
        fields=(
            FieldError(
                "/header/Upload-Offset",
                "missing" if text is None else "malformed",
                "Kirim tajuk Upload-Offset: jumlah byte sebelum bagian ini.",
                "Send the Upload-Offset header: how many bytes came before this part.",
            ),
        )
    )
