"""Is it alive, can it work, and what are its figures. No account needed, nothing personal told."""

import asyncio
from typing import Final

from fastapi import Request, Response

from app.api.deps import HouseDep, Now
from app.api.routing import PUBLIC, make_router, operation
from app.api.schemas.access import AliveOut, ReadyOut
from app.db.queries import readiness
from app.db.session import read_only
from app.domain.errors import Unavailable

router = make_router("service")
PATIENCE: Final = 0.5
"""Seconds that the database may take to answer."""


@router.get("/livez", **operation("getLiveness", may=PUBLIC, answers=AliveOut, example={"status": "alive"}))
async def livez() -> AliveOut:
    """Answer while the process runs. It does not ask the database: restarting would not help that."""
    return AliveOut(status="alive")


@router.get(
    "/readyz",
    **operation(
        "getReadiness",
        may=PUBLIC,
        answers=ReadyOut,
        example={
            "status": "ready",
            "migration": "0001",
            "tamper_protection": True,
            "worker_lag_seconds": 0.4,
        },
    ),
)
async def readyz(house: HouseDep, now: Now) -> ReadyOut:
    """Tell whether it can work: the database answers within 500 ms and has this release's schema."""
    try:
        async with asyncio.timeout(PATIENCE):
            async with read_only(house.database.sessions) as tx:
                found = await readiness.look(tx, now)
    except TimeoutError as error:
        raise Unavailable(data={"part": "database"}) from error
    if found.migration != house.migration_head:
        raise Unavailable(
            id="Skema basis data belum sesuai dengan rilis ini.",
            en="The database's schema is not that of this release.",
            data={"part": "migration", "expected": house.migration_head, "found": found.migration or ""},
        )
    return ReadyOut(
        status="ready",
        migration=found.migration,
        tamper_protection=found.tamper_protection,
        worker_lag_seconds=found.worker_lag.total_seconds(),
    )


@router.get(
    "/metrics",
    response_class=Response,
    **operation("getMetrics", may=PUBLIC, extra={"x-media": "text/plain"}),
)
async def metrics(request: Request) -> Response:
    """Give the figures in the text form of Prometheus."""
    return Response(request.app.metrics.text(), media_type="text/plain; version=0.0.4; charset=utf-8")
