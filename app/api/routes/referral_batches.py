"""An agency's system answers many referrals in one request."""

from typing import Final

from fastapi import Request, Response

from app.api.batch.referrals import check_moves, run_moves, write
from app.api.deps import HouseDep
from app.api.examples import REFERRAL_EXAMPLE
from app.api.reading import ReadingDep
from app.api.routing import make_router, operation
from app.api.schemas.referral_batches import MovesIn, MovesOut
from app.domain.access import Permission
from app.domain.errors import Unauthenticated

router = make_router("referrals")

_FIRST: Final = "018f3c1e-7001-7c5e-9b1a-2d3e4f5a6b7c"
_SECOND: Final = "018f3c1e-7002-7c5e-9b1a-2d3e4f5a6b7c"
_BODY: Final = {
    "moves": [
        {"id": _FIRST, "action": "accept", "referral": REFERRAL_EXAMPLE["id"]},
        {"id": _SECOND, "action": "start", "reference": "KMS-2026-0042"},
    ]
}
_EXAMPLE: Final = {
    "results": [
        {
            "id": _FIRST,
            "verdict": "applied",
            "status": 200,
            "referral": REFERRAL_EXAMPLE["id"],
            "etag": '"2"',
            "answer": REFERRAL_EXAMPLE,
            "problem": None,
        }
    ]
}


@router.post(
    "/v1/referrals/batch",
    **operation(
        "moveReferrals",
        may=(Permission.REFERRAL_RECEIVE, Permission.REFERRAL_PROXY),
        answers=MovesOut,
        refuses=(413, 415),
        example=_EXAMPLE,
        body_example=_BODY,
    ),
)
async def move_referrals(body: MovesIn, request: Request, reading: ReadingDep, house: HouseDep) -> Response:
    """Answer up to 100 referrals at once, each with its own verdict; what is refused leaves the others done.

    Each is done as on its single route, under its own id as `Idempotency-Key`; the same batch again is told
    again and does nothing. A referral is named by its id, or by your own number for it.
    """
    if reading.actor.account_id is None:
        raise Unauthenticated
    check_moves(body.moves)
    async with house.limits.lanes.of(reading.actor.account_id):
        results = await run_moves(
            request, reading, request.app.api_routes(), reading.actor.account_id, body.moves
        )
    return Response(write(results), media_type="application/json")
