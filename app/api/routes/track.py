"""The resident's own view: ticket and PIN in the body give fifteen minutes with her one case."""

from typing import Any, Final

from fastapi import Request

from app.api.acts import acting_of
from app.api.deps import HouseDep, Now, ReadTx, WriteTx
from app.api.reading import ReadingDep
from app.api.routing import PUBLIC, RESIDENT, make_router, operation
from app.api.schemas.track import (
    TrackConfirmIn,
    TrackDisputeIn,
    TrackIn,
    TrackOut,
    TrackRatingIn,
    TrackTokenOut,
    TrackWithdrawIn,
)
from app.api.track_answers import received_of
from app.api.tracking import Typed, enter, shown
from app.db.queries.resident_moves import Word
from app.services import tracking

router = make_router("track")

_EXAMPLE: Final[dict[str, Any]] = {
    "ticket": "1308-3F7K-9QX2-M",
    "status": {"code": "referred", "label": "Dirujuk"},
    "words": "Kasus Anda diteruskan ke lembaga yang melayani.",
    "opened_at": "2026-11-25T03:00:00Z",
    "held_by": [
        {
            "kind": "agency",
            "name": "Kementerian Sosial",
            "waits_for": None,
            "until": "2026-12-02T03:00:00Z",
            "late": False,
        }
    ],
    "ask_at": "Puskesos Durian Tinggi",
    "outcome": None,
    "needed": [],
    "steps": [{"at": "2026-11-25T03:00:00Z", "words": "Terdaftar", "why": None}],
    "programs": [
        {
            "program": "PKH",
            "name": "Program Keluarga Harapan",
            "status": {"code": "sent", "label": "Terkirim"},
            "agency": "Kementerian Sosial",
            "why": None,
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
    issued = await enter(request, house, Typed(body.ticket, body.pin), now)
    seconds = int(issued.expires_in.total_seconds())
    return TrackTokenOut(access_token=issued.access_token, expires_in=seconds)


@router.get("/v1/track", **operation("getTracking", may=RESIDENT, answers=TrackOut, example=_EXAMPLE))
async def get_tracking(reading: ReadingDep, tx: ReadTx) -> TrackOut:
    """Tell where the case stands, who has it, until when, what is needed, what happened and why.

    Nothing of the person; of a closed channel that it is being handled, and no more.
    """
    return await shown(reading, acting_of(reading, tx))


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
    word = Word(received_of(body.received), rating=body.rating, comment=body.comment)
    _, disputed = await tracking.confirm(acting, word)
    return await shown(reading, acting, disputed=disputed)


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
    await tracking.dispute(acting, Word(received_of(body.received), reason=body.reason))
    return await shown(reading, acting, disputed=True)


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
    return await shown(reading, acting)


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
    return await shown(reading, acting)
