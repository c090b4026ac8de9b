"""What a desk did offline comes here in batches; every operation gets its verdict."""

from typing import Final

from fastapi import Request, Response

from app.api.batch import run_batch
from app.api.batch.asked import read
from app.api.batch.singles import Singles
from app.api.batch.verdicts import write
from app.api.deps import HouseDep
from app.api.examples import OPEN_EXAMPLE, OPENED_EXAMPLE
from app.api.reading import ReadingDep
from app.api.routing import make_router, operation
from app.api.schemas.sync import SyncIn, SyncOut
from app.domain.access import Permission
from app.domain.errors import Unauthenticated, Unavailable

router = make_router("sync")

_DEVICE: Final = {"id": "018f3c1e-5a77-7c5e-9b1a-2d3e4f5a6b7c", "sent_at": "2026-11-25T10:00:00+07:00"}
_OPENS: Final = "018f3c1e-7001-7c5e-9b1a-2d3e4f5a6b7c"
_NOTES: Final = "018f3c1e-7002-7c5e-9b1a-2d3e4f5a6b7c"
_BODY: Final = {
    "device": _DEVICE,
    "operations": [
        {"id": _OPENS, "kind": "open_case", "at": "2026-11-25T08:10:00+07:00", "body": OPEN_EXAMPLE},
        {
            "id": _NOTES,
            "kind": "note",
            "case": {"operation": _OPENS},
            "at": "2026-11-25T08:20:00+07:00",
            "body": {"text": "Datang lagi besok dengan KK."},
        },
    ],
}
_RESULT: Final = {
    "id": _OPENS,
    "verdict": "applied",
    "status": 201,
    "ticket": OPENED_EXAMPLE["ticket"],
    "etag": '"1"',
    "answer": OPENED_EXAMPLE,
    "problem": None,
    "conflicts": None,
    "waiting_for": None,
}
_EXAMPLE: Final = {
    "results": [_RESULT],
    "server_time": "2026-11-25T03:00:02Z",
    "clock_off_seconds": 2,
}


@router.post(
    "/v1/sync",
    **operation(
        "sync",
        may=(Permission.CASE_OPEN, Permission.CASE_WORK),
        answers=SyncOut,
        refuses=(413, 415),
        never_limited=True,
        example=_EXAMPLE,
        body_example=_BODY,
    ),
)
async def sync(body: SyncIn, request: Request, reading: ReadingDep, house: HouseDep) -> Response:
    """Bring what was done offline: up to 500 operations, in any order, each with its own verdict.

    Each is done as on its single route, under its own id as `Idempotency-Key`; the same batch again is told
    again and does nothing. What waits for a parent that has not come stays with the device, which sends it
    again.
    """
    if reading.actor.account_id is None:
        raise Unauthenticated
    batch = read(body, reading.actor.account_id, reading.now)
    async with house.limits.lanes.of(reading.actor.account_id):
        if await request.is_disconnected():
            # He waited longer than he could, is gone, and sends it again: done now, it would keep his next
            # try waiting, and the one after that longer still.
            raise Unavailable
        results = await run_batch(request, reading, Singles(request.app.api_routes()), batch)
    off = int((reading.now - body.device.sent_at).total_seconds())
    return Response(write(results, reading.now, off), media_type="application/json")
