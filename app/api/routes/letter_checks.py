"""Whether a letter is good: for anyone who holds it, and for the camera of a phone."""

from typing import Annotated, Final

from fastapi import Header, Request, Response
from fastapi.responses import JSONResponse

from app.api.addresses import caller_address
from app.api.deps import HouseDep, Known, Now
from app.api.notes import Noted, note
from app.api.presenters.letters import verified_out
from app.api.printing import VERIFY_HEADERS, verify_html, wants_html
from app.api.routing import PUBLIC, make_router, operation
from app.api.schemas.letters import VerifiedOut
from app.db.session import transaction
from app.domain.errors import TooMany
from app.services import letters
from app.services.letters import Asked, Limited

router = make_router("letters")
_EXAMPLE: Final = {
    "verdict": "valid",
    "label": {"id": "Berlaku", "en": "Valid"},
    "kind": {"id": "Surat rujukan", "en": "Referral letter"},
    "number": "400.9/012/SLRT-1374/XI/2026",
    "signed_on": "2026-11-25",
    "valid_until": "2026-12-25",
    "office": "Dinas Sosial Kota Padang Panjang",
    "initials": "Y. C.",
    "nik": "************0042",
}


@router.get(
    "/v1/letters/{code}/verify",
    **operation("verifyLetter", may=PUBLIC, answers=VerifiedOut, refuses=(429,), example=_EXAMPLE),
)
async def verify_letter(
    code: str,
    request: Request,
    house: HouseDep,
    known: Known,
    now: Now,
    accept: Annotated[str, Header(max_length=1_000)] = "",
) -> Response:
    """Say whether a letter is valid, expired, revoked or unknown, and of whom it is no more than initials.

    A browser, as a phone opens for a QR code, gets a page. Wrong codes are counted by address.
    """
    asked = Asked(code, caller_address(request, house.settings.trusted_proxies))
    async with transaction(house.database.sessions) as tx:
        found = await letters.verify(tx, asked, house.vault, house.blind, now)
    if isinstance(found, Limited):
        raise TooMany(retry_after=found.retry_after)
    if found.letter is not None:
        tenant, id_ = found.letter.regency_code, found.letter.id
        note(request, Noted("letter.verify", "letter", found.verdict.value, id_, tenant), now)
    shown = verified_out(known, found)
    if wants_html(accept):
        return Response(verify_html(shown), media_type="text/html", headers=VERIFY_HEADERS)
    return JSONResponse(shown.model_dump(mode="json"), headers={"Vary": "Accept"})
