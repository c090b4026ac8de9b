"""Letters of a case: drafted, initialled, signed, printed, revoked."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Final, TypeVar

from fastapi import Request, Response

from app.api.acts import Call, CallDep, acting_of
from app.api.deps import IfMatch, ReadTx, WriteTx, etag
from app.api.notes import name_subject
from app.api.once import Answer
from app.api.presenters.letters import (
    base_url,
    letter_out,
    letter_row,
)
from app.api.printing import LETTER_HEADERS, letter_html, printed
from app.api.reading import ReadingDep
from app.api.routing import make_router, operation
from app.api.schemas.base import Listed
from app.api.schemas.letters import (
    LetterIn,
    LetterOut,
    LetterPatchIn,
    LetterReturnIn,
    LetterRevokeIn,
    LetterRow,
)
from app.api.tickets import read_ticket
from app.db.queries.cases import find_case
from app.db.tables.papers import Letter
from app.domain.access import Permission
from app.domain.errors import FieldError, Invalid
from app.domain.ids import parse_public_id
from app.domain.letters import PERMISSION, LetterAction
from app.integrations.letter_pdf import letter_pdf
from app.services import letters
from app.services.letters import Draft, Place

router = make_router("letters")
P, A = Permission, LetterAction
Handler = TypeVar("Handler", bound=Callable[..., Awaitable[Response]])

_ROW: Final = {
    "id": "1374-0193a1b2c3d47e5f8a9b0c1d2e3f4a61",
    "position": 1,
    "kind": {"code": "rujukan", "label": "Surat rujukan"},
    "state": {"code": "signed", "label": "Ditandatangani"},
    "number": "400.9/012/SLRT-1374/XI/2026",
    "referral": "1374-0193a1b2c3d47e5f8a9b0c1d2e3f4a5f",
    "drafted_at": "2026-11-25T02:00:00Z",
    "drafted_by": "1374-0193a1b2c3d47e5f8a9b0c1d2e3f4a5e",
    "initialled_at": "2026-11-25T02:30:00Z",
    "initialled_by": "1374-0193a1b2c3d47e5f8a9b0c1d2e3f4a62",
    "signed_at": "2026-11-25T03:00:00Z",
    "signed_by": "1374-0193a1b2c3d47e5f8a9b0c1d2e3f4a63",
    "valid_until": "2026-12-25",
    "revoked_at": None,
    "revoke_reason": None,
    "version": 3,
}
_EXAMPLE: Final = {
    **_ROW,
    "title": "Surat Rujukan",
    "addressee": "Dinas Sosial Kota Padang Panjang",
    "paragraphs": ["Bersama surat ini kami merujuk:", None, "Alasan: ibu dengan balita."],
    "identity": [["Nama", "Yuliana Contoh"], ["NIK", "************0042"]],
    "fields": {"reason": "Ibu dengan balita."},
    "attachments": None,
    "return_note": None,
    "code": "1374-3F7K-9QX2-M4TB-0Z6C",
    "verify_url": "https://puskesos.example/v1/letters/1374-3F7K-9QX2-M4TB-0Z6C/verify",
    "allowed_actions": [{"code": "revoke", "label": "Cabut"}],
    "warnings": [],
}
_LETTER: Final = "/v1/cases/{ticket}/letters/{letter_id}"


@router.get(
    "/v1/cases/{ticket}/letters",
    **operation(
        "listLetters",
        may=P.CASE_READ,
        answers=Listed[LetterRow],
        example={"items": [_ROW], "next": None, "count": None},
    ),
)
async def list_letters(ticket: str, reading: ReadingDep, tx: ReadTx) -> Listed[LetterRow]:
    """List the letters of a case, oldest first."""
    found = await letters.list_letters(acting_of(reading, tx), reading.sight, _place(ticket))
    return Listed(items=[letter_row(reading, letter, n) for letter, n in found])


@router.post(
    "/v1/cases/{ticket}/letters",
    **operation(
        "draftLetter",
        may=P.LETTER_DRAFT,
        answers=LetterOut,
        status=201,
        refuses=(409,),
        once=True,
        reads_person=True,
        example=_EXAMPLE,
        body_example={
            "kind": "rekomendasi",
            "fields": {"purpose": "Keringanan biaya rawat inap.", "recommendation": "Layak dibantu."},
        },
    ),
)
async def draft_letter(ticket: str, body: LetterIn, call: CallDep, request: Request) -> Response:
    """Draft a letter: the template is filled in with what is known of the case now.

    A `rujukan` hands over one live referral of the case, and tells no more than that one discloses.
    """
    place, reading = _place(ticket), call.reading
    referral = parse_public_id(body.referral_id) if body.referral_id else None
    if body.referral_id and (referral is None or referral.tenant != place.tenant):
        raise Invalid(
            fields=(
                FieldError(
                    "/referral_id", "unknown", "Sebutkan rujukan kasus ini.", "Name a referral of it."
                ),
            )
        )
    code = reading.house.ids.letter_code(place.tenant)
    fields = {str(name): text for name, text in body.fields.items()}
    new = Draft(body.kind, code, referral.id if referral else None, fields)

    async def work() -> Answer:
        letter, warnings = await letters.draft(call.acting(), reading.sight, place, new)
        return await _answer(call, request, letter, place, status=201, warnings=warnings)

    return await _once(call, place, P.LETTER_DRAFT, work)


@router.get(
    _LETTER, **operation("getLetter", may=P.CASE_READ, answers=LetterOut, reads_person=True, example=_EXAMPLE)
)
async def get_letter(
    ticket: str, letter_id: str, reading: ReadingDep, tx: ReadTx, request: Request, response: Response
) -> LetterOut:
    """Show one letter, by its id or its position in the case; numbers of persons are masked here."""
    place = _place(ticket, letter_id)
    read = await letters.read_letter(acting_of(reading, tx), reading.sight, place)
    name_subject(request, "letter", place.tenant, read.letter.id)
    response.headers["ETag"] = etag(read.letter.version)
    return letter_out(reading, read, base_url(request, reading.house))


@router.get(
    _LETTER + "/html",
    **operation("printLetter", may=P.CASE_WORK, reads_person=True, extra={"x-media": "text/html"}),
)
async def print_letter(
    ticket: str, letter_id: str, reading: ReadingDep, tx: ReadTx, request: Request
) -> Response:
    """Give the letter as a page for the browser's printer, A4; it runs nothing and loads nothing."""
    place = _place(ticket, letter_id)
    read = await letters.read_letter(acting_of(reading, tx), reading.sight, place, P.CASE_WORK)
    name_subject(request, "letter", place.tenant, read.letter.id)
    page = printed(read, base_url(request, reading.house))
    return Response(letter_html(page), media_type="text/html", headers=LETTER_HEADERS)


@router.get(
    _LETTER + "/pdf",
    **operation("getLetterPdf", may=P.CASE_WORK, reads_person=True, extra={"x-media": "application/pdf"}),
)
async def get_pdf(ticket: str, letter_id: str, reading: ReadingDep, tx: ReadTx, request: Request) -> Response:
    """Give the letter as PDF; the same letter gives the same bytes."""
    place = _place(ticket, letter_id)
    read = await letters.read_letter(acting_of(reading, tx), reading.sight, place, P.CASE_WORK)
    name_subject(request, "letter", place.tenant, read.letter.id)
    made = await asyncio.to_thread(letter_pdf, printed(read, base_url(request, reading.house)))
    name = f"surat-{place.ticket}-{read.position}.pdf"
    headers = {"Content-Disposition": f'inline; filename="{name}"'}
    return Response(made, media_type="application/pdf", headers=headers)


@router.patch(
    _LETTER,
    **operation(
        "redraftLetter",
        may=P.LETTER_DRAFT,
        answers=LetterOut,
        if_match=True,
        reads_person=True,
        example=_EXAMPLE,
        body_example={"fields": {"purpose": "Keringanan biaya rawat inap.", "recommendation": "Layak."}},
    ),
)
async def redraft_letter(
    ticket: str,
    letter_id: str,
    body: LetterPatchIn,
    reading: ReadingDep,
    tx: WriteTx,
    expected: IfMatch,
    request: Request,
    response: Response,
) -> LetterOut:
    """Fill a draft in anew: all its fields, as they shall stand."""
    place, acting = _place(ticket, letter_id), acting_of(reading, tx)
    fields = {str(name): text for name, text in body.fields.items()}
    letter = await letters.redraft(acting, reading.sight, place, fields, expected.check)
    read = await letters.read_letter(acting, reading.sight, place, P.LETTER_DRAFT)
    response.headers["ETag"] = etag(letter.version)
    return letter_out(reading, read, base_url(request, reading.house))


def _action(action: LetterAction, example: dict[str, Any] | None = None) -> Callable[[Handler], Handler]:
    """Declare the route of one action."""
    declared = operation(
        f"letter{action.value.title()}",
        may=PERMISSION[action],
        answers=LetterOut,
        once=True,
        if_match=True,
        reads_person=True,
        example=_EXAMPLE,
        body_example=example,
    )
    return router.post(f"{_LETTER}/{action.value}", **declared)


@_action(A.INITIAL)
async def initial_letter(ticket: str, letter_id: str, call: CallDep, request: Request) -> Response:
    """Put your initials on a draft; whoever drafted it may not."""
    place, sight = _place(ticket, letter_id), call.reading.sight
    check = call.expected.check

    async def work() -> Answer:
        letter = await letters.initial(call.acting(), sight, place, check)
        return await _answer(call, request, letter, place)

    return await _once(call, place, PERMISSION[A.INITIAL], work)


@_action(A.RETURN, {"note": "Alasan rujukan belum jelas."})
async def return_letter(
    ticket: str, letter_id: str, body: LetterReturnIn, call: CallDep, request: Request
) -> Response:
    """Give a draft back to whoever drafted it, with what is to be corrected."""
    place, sight = _place(ticket, letter_id), call.reading.sight
    check = call.expected.check

    async def work() -> Answer:
        letter = await letters.give_back(call.acting(), sight, place, body.note, check)
        return await _answer(call, request, letter, place)

    return await _once(call, place, PERMISSION[A.RETURN], work)


@_action(A.SIGN)
async def sign_letter(ticket: str, letter_id: str, call: CallDep, request: Request) -> Response:
    """Sign: the letter gets its number, day and last day, and its QR code is good from now on."""
    place, sight = _place(ticket, letter_id), call.reading.sight
    check = call.expected.check

    async def work() -> Answer:
        letter = await letters.sign(call.acting(), sight, place, check)
        return await _answer(call, request, letter, place)

    return await _once(call, place, PERMISSION[A.SIGN], work)


@_action(A.REVOKE, {"reason": "wrong_data"})
async def revoke_letter(
    ticket: str, letter_id: str, body: LetterRevokeIn, call: CallDep, request: Request
) -> Response:
    """Take a signed letter back, with a reason of the set `letter_revoke_reason`; its links die at once."""
    place, sight = _place(ticket, letter_id), call.reading.sight
    check = call.expected.check

    async def work() -> Answer:
        letter = await letters.revoke(call.acting(), sight, place, body.reason, check)
        return await _answer(call, request, letter, place)

    answer = await _once(call, place, PERMISSION[A.REVOKE], work)
    call.reading.house.sessions.clear()
    return answer


def _place(ticket: str, letter: str = "") -> Place:
    found = read_ticket(ticket)
    return Place(found.tenant, found.text, letter)


async def _answer(  # who asks, where, what came of it
    call: Call, request: Request, letter: Letter, place: Place, *, status: int = 200, warnings: Any = ()
) -> Answer:
    acting = call.acting()
    case = await find_case(acting.tx, call.reading.sight, place.tenant, place.ticket)
    read = await letters.opened(acting, case, letter)
    shown = letter_out(call.reading, read, base_url(request, call.reading.house), warnings)
    return Answer(shown, status, {"ETag": etag(letter.version)}, letter.case_id)


async def _once(
    call: Call, place: Place, needed: Permission, work: Callable[[], Awaitable[Answer]]
) -> Response:
    async def may_see() -> None:
        case = await find_case(call.tx, call.reading.sight, place.tenant, place.ticket)
        call.reading.actor.require(needed, case.village_code, case.desk_id)

    return await call.once(call.tx, place.tenant, work, may_see=may_see)
