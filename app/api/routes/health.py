"""Is it alive, can it work, and what are its figures. No account needed, nothing personal told."""

import asyncio
from datetime import timedelta
from typing import Final

from fastapi import Request, Response

from app.api.deps import HouseDep, Now
from app.api.routing import PUBLIC, make_router, operation
from app.api.schemas.access import AliveOut, ReadyOut
from app.api.schemas.base import Localised
from app.db.queries import figures, readiness
from app.db.session import read_only
from app.domain.errors import Unavailable

router = make_router("service")
PATIENCE: Final = 0.5
"""Seconds that the database may take to answer."""
WORKER_PATIENCE: Final = timedelta(seconds=30)
"""The worker leaves a sign each second; so long without one, and nobody works."""
_WORDS: Final = {
    "worker": Localised(
        id="Tidak ada pekerja yang hidup: tenggat, pemberitahuan dan segel menunggu.",
        en="No worker lives: clocks, notices and seals wait.",
    ),
    "object_store": Localised(
        id="Tempat penyimpanan berkas tidak menjawab: lampiran tidak dapat dikirim atau dibuka.",
        en="The store of files does not answer: attachments can be neither sent nor opened.",
    ),
}


@router.get(
    "/livez",
    **operation("getLiveness", may=PUBLIC, answers=AliveOut, never_limited=True, example={"status": "alive"}),
)
async def livez() -> AliveOut:
    """Answer while the process runs. It does not ask the database: restarting would not help that."""
    return AliveOut(status="alive")


@router.get(
    "/readyz",
    **operation(
        "getReadiness",
        may=PUBLIC,
        answers=ReadyOut,
        never_limited=True,
        example={
            "status": "ready",
            "migration": "0001",
            "tamper_protection": True,
            "worker_lag_seconds": 0.4,
            "worker_seen_seconds": 0.3,
            "parts": {"worker": "ok", "object_store": "ok"},
            "words": [],
        },
    ),
)
async def readyz(request: Request, house: HouseDep, now: Now) -> ReadyOut:
    """Tell whether it can work: the database, its schema, the keys; and what else is away.

    503 when requests cannot be answered. Without a worker or the store of files it still takes cases, so it
    says ``degraded`` and what that means.
    """
    watch = request.app.watch
    try:
        async with asyncio.timeout(PATIENCE):
            async with read_only(house.database.sessions) as tx:
                found = await readiness.look(tx, now)
                _check_migration(house.migration_head, found.migration)
                keys_open = await watch.keys_open(house, tx)
                seen = await figures.worker_age(tx, now)
    except TimeoutError as error:
        raise Unavailable(data={"part": "database"}) from error
    if not keys_open:
        raise Unavailable(
            id="Kunci induk layanan ini bukan kunci data di basis data ini.",
            en="The service's master keys are not those of this database's data.",
            data={"part": "keys"},
        )
    well = {"worker": seen <= WORKER_PATIENCE, "object_store": await watch.store_answers(house, now)}
    return ReadyOut(
        status="ready" if all(well.values()) else "degraded",
        migration=found.migration or "",
        tamper_protection=found.tamper_protection,
        worker_lag_seconds=found.worker_lag.total_seconds(),
        worker_seen_seconds=None if seen == timedelta.max else seen.total_seconds(),
        parts={name: "ok" if fine else "away" for name, fine in well.items()},
        words=[_WORDS[name] for name, fine in well.items() if not fine],
    )


def _check_migration(expected: str, found: str | None) -> None:
    if found != expected:
        raise Unavailable(
            id="Skema basis data belum sesuai dengan rilis ini.",
            en="The database's schema is not that of this release.",
            data={"part": "migration", "expected": expected, "found": found or ""},
        )


@router.get(
    "/metrics",
    response_class=Response,
    **operation("getMetrics", may=PUBLIC, never_limited=True, extra={"x-media": "text/plain"}),
)
async def metrics(request: Request, house: HouseDep, now: Now) -> Response:
    """Give the figures in the text form of Prometheus; those of the database are up to five seconds old."""
    app = request.app
    app.metrics.show(await app.watch.figures(house, now))
    return Response(app.metrics.text(), media_type="text/plain; version=0.0.4; charset=utf-8")
