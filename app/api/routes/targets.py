"""Poverty down by so many points, so many households a year: what a regency aims at, and how far it is."""

from typing import Annotated, Final

from fastapi import Query, Response

from app.api.acts import CallDep, acting_of
from app.api.deps import ReadTx
from app.api.once import Answer
from app.api.places import must_know
from app.api.presenters.graduations import target_out
from app.api.reading import ReadingDep
from app.api.routing import make_router, operation
from app.api.schemas.access import RegionText
from app.api.schemas.base import Listed
from app.api.schemas.graduations import TargetIn, TargetOut
from app.domain.access import Permission
from app.domain.ids import tenant_of
from app.domain.sla import local_date
from app.services import targets

router = make_router("graduation")

_EXAMPLE: Final = {
    "id": "1374-0193a1b2c3d47e5f8a9b0c1d2e3f4a72",
    "region": "13.74",
    "year": 2026,
    "points": "0.50",
    "households": 300,
    "source": "RKPD 2026",
    "set_at": "2026-01-05T03:00:00Z",
    "graduated": 12,
    "registry": {"source": "DTSEN", "older": "2026-Q2", "newer": "2026-Q3", "risen": 48, "dropped": 31},
    "left": 60,
    "households_percent": "20.00",
    "points_reached": "0.10",
    "formula": "Keluarga keluar = ...",
    "as_of": "2026-11-26T03:00:00Z",
}


@router.get(
    "/v1/targets",
    **operation(
        "listTargets",
        may=Permission.DASHBOARD_READ,
        answers=Listed[TargetOut],
        example={"items": [_EXAMPLE], "next": None, "count": None},
    ),
)
async def list_targets(
    reading: ReadingDep,
    tx: ReadTx,
    region: Annotated[RegionText | None, Query(description="Your own when left out.")] = None,
    year: Annotated[int | None, Query(ge=2000, le=2100, description="This year when left out.")] = None,
) -> Listed[TargetOut]:
    """Show the target of a regency in one year, what of it is reached as of now, and by which formula."""
    regency = tenant_of(must_know(reading.known, region, "region") or reading.actor.tenant)
    wanted = year or local_date(reading.now, regency).year
    found = await targets.reached(acting_of(reading, tx), regency, wanted)
    return Listed[TargetOut](items=[target_out(reading, one) for one in found])


@router.post(
    "/v1/targets",
    **operation(
        "setTarget",
        may=Permission.POLICY_MANAGE,
        answers=TargetOut,
        status=201,
        once=True,
        example=_EXAMPLE,
        body_example={
            "region": "13.74",
            "year": 2026,
            "points": "0.5",
            "households": 300,
            "source": "RKPD 2026",
        },
    ),
)
async def set_target(body: TargetIn, call: CallDep) -> Response:
    """Set what a regency aims at in one year; the target before stays on record."""
    regency = tenant_of(body.region)
    aim = targets.Aim(body.region, body.year, body.points, body.households, body.source)

    async def may_see() -> None:
        call.reading.actor.require(Permission.POLICY_MANAGE, body.region)

    async def work() -> Answer:
        return Answer(target_out(call.reading, await targets.set_target(call.acting(), aim)))

    return await call.once(call.tx, regency, work, may_see=may_see)
