"""The resident's own view: ticket and PIN in the body give fifteen minutes with her one case."""

from datetime import timedelta
from typing import Final

from fastapi import Request

from app.api.acts import acting_of
from app.api.addresses import caller_address
from app.api.deps import HouseDep, Now, ReadTx, WriteTx
from app.api.notes import Noted, note
from app.api.presenters.track import held_out, track_out
from app.api.reading import ReadingDep
from app.api.routing import PUBLIC, RESIDENT, make_router, operation
from app.api.schemas.steps import ReceivedIn
from app.api.schemas.track import (
    TrackConfirmIn,
    TrackDisputeIn,
    TrackIn,
    TrackOut,
    TrackRatingIn,
    TrackTokenOut,
    TrackWithdrawIn,
)
from app.db.queries.resident_moves import Word
from app.db.session import transaction
from app.domain.errors import FieldError, Invalid, TooMany, Unauthenticated
from app.domain.ledger import Received
from app.domain.tickets import Ticket, parse_pin, parse_ticket
from app.services import sessions, tracking

router = make_router("track")

_EXAMPLE: Final = {
    "ticket": "1308-3F7K-9QX2-M",
    "status": {"code": "referred", "label": "Dirujuk"},
    "words": "Kasus Anda diteruskan ke lembaga yang melayani.",
    "opened_at": "2026-11-25T03:00:00Z",
    "steps": [{"at": "2026-11-25T03:00:00Z", "words": "Terdaftar"}],
    "programs": [
        {
            "program": "PKH",
            "name": "Program Keluarga Harapan",
            "status": {"code": "sent", "label": "Terkirim"},
            "instalments": [],
        }
    ],
    "allowed_actions": ["withdraw"],
    "disputed": False,
}


@router.post(
    "/v1/track",
    **operation(
        "openTracking",
        may=PUBLIC,
        answers=TrackTokenOut,
        refuses=(401, 429),
        example={
            "access_token": "pk_1308-YW4gYWNjZXNzIHRva2VuIGZvciB0aGUgZXhhbXBsZS4uLi4",
            "token_type": "Bearer",
            "expires_in": 900,
        },
        body_example={"ticket": "1308-3F7K-9QX2-M", "pin": "482913"},
    ),
)
async def open_tracking(body: TrackIn, request: Request, house: HouseDep, now: Now) -> TrackTokenOut:
    """Give a token for ticket and PIN. A wrong ticket and a wrong PIN get the same answer.

    Tries are counted by ticket and by address; a try that was refused is counted too.
    """
    slip = _slip(body, caller_address(request, house.settings.trusted_proxies))
    async with transaction(house.database.sessions) as tx:
        found = await tracking.open_slip(tx, slip, house.blind, now)
        issued = None
        if isinstance(found, tracking.Known):
            issued = await sessions.open_resident_session(tx, found.tenant, found.case_id, house.ids, now)
    case_id = found.case_id if isinstance(found, tracking.Known) else None
    result = "ok" if issued else "refused"
    note(request, Noted("track", "case", result, subject_id=case_id, tenant=slip.tenant), now)
    if isinstance(found, tracking.Refused) or issued is None:
        raise _refusal(found.retry_after if isinstance(found, tracking.Refused) else None)
    seconds = int(issued.expires_in.total_seconds())
    return TrackTokenOut(access_token=issued.access_token, expires_in=seconds)


def _slip(body: TrackIn, address: str) -> tracking.Slip:
    """Read what was typed. A typing error that the check character shows tells nothing about any case."""
    ticket, pin = parse_ticket(body.ticket, pointer="/ticket"), parse_pin(body.pin, pointer="/pin")
    wrong = tuple(one for one in (ticket, pin) if isinstance(one, FieldError))
    if wrong or not isinstance(ticket, Ticket) or not isinstance(pin, str):
        raise Invalid(fields=wrong)
    return tracking.Slip(ticket.tenant, ticket.text, pin, address)


def _refusal(wait: timedelta | None) -> Exception:
    if wait is not None:
        return TooMany(retry_after=wait)
    return Unauthenticated(
        code="wrong_ticket_or_pin",
        id="Tiket atau PIN tidak cocok. Periksa tanda terima, atau minta PIN baru di meja layanan.",
        en="Ticket and PIN do not match. Check the slip, or ask the desk for a new PIN.",
    )


@router.get("/v1/track", **operation("getTracking", may=RESIDENT, answers=TrackOut, example=_EXAMPLE))
async def get_tracking(reading: ReadingDep, tx: ReadTx) -> TrackOut:
    """Tell where the case stands: status and words, programmes and instalments; nothing of the person."""
    acting = acting_of(reading, tx)
    held = await tracking.held_by_desk(acting)
    return held_out(reading, held) if held else track_out(reading, await tracking.tracked(acting))


@router.post(
    "/v1/track/confirm",
    **operation(
        "confirmByResident",
        may=RESIDENT,
        answers=TrackOut,
        refuses=(409,),
        example=_EXAMPLE,
        body_example={"received": [{"program": "PKH", "amount_idr": 750000}], "rating": 5},
    ),
)
async def confirm(body: TrackConfirmIn, reading: ReadingDep, tx: WriteTx) -> TrackOut:
    """Say what you received. If it differs from what is recorded, your case is open again."""
    acting = acting_of(reading, tx)
    word = Word(_received(body.received), rating=body.rating, comment=body.comment)
    _, disputed = await tracking.confirm(acting, word)
    return track_out(reading, await tracking.tracked(acting), disputed=disputed)


@router.post(
    "/v1/track/dispute",
    **operation(
        "disputeByResident",
        may=RESIDENT,
        answers=TrackOut,
        refuses=(409,),
        example=_EXAMPLE,
        body_example={"reason": "Uang belum masuk."},
    ),
)
async def dispute(body: TrackDisputeIn, reading: ReadingDep, tx: WriteTx) -> TrackOut:
    """Say that it is not so. After the case was closed this reopens it, within the window."""
    acting = acting_of(reading, tx)
    await tracking.dispute(acting, Word(_received(body.received), reason=body.reason))
    return track_out(reading, await tracking.tracked(acting), disputed=True)


@router.post(
    "/v1/track/rating",
    **operation(
        "rateByResident",
        may=RESIDENT,
        answers=TrackOut,
        refuses=(409,),
        example=_EXAMPLE,
        body_example={"rating": 4},
    ),
)
async def rate(body: TrackRatingIn, reading: ReadingDep, tx: WriteTx) -> TrackOut:
    """Rate how your case was handled, 1 to 5."""
    acting = acting_of(reading, tx)
    await tracking.rate(acting, body.rating)
    return track_out(reading, await tracking.tracked(acting))


@router.post(
    "/v1/track/withdraw",
    **operation(
        "withdrawByResident",
        may=RESIDENT,
        answers=TrackOut,
        refuses=(409,),
        example=_EXAMPLE,
        body_example={"note": "Sudah dibantu keluarga."},
    ),
)
async def withdraw(body: TrackWithdrawIn, reading: ReadingDep, tx: WriteTx) -> TrackOut:
    """Withdraw the matter; what was sent to other bodies is taken back."""
    acting = acting_of(reading, tx)
    await tracking.withdraw(acting, body.note)
    return track_out(reading, await tracking.tracked(acting))


def _received(given: list[ReceivedIn]) -> tuple[Received, ...]:
    return tuple(Received(one.program, one.amount_idr, one.goods, one.on) for one in given)
