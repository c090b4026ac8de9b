"""Leave of officers, and handing over what somebody has open."""

from datetime import date
from typing import Annotated, Final
from uuid import UUID

from fastapi import Query, Response

from app.api.acts import CallDep, acting_of
from app.api.deps import ReadTx
from app.api.once import Answer
from app.api.paging import Page
from app.api.presenters.words import coded
from app.api.public_ids import read_id, read_own
from app.api.reading import Reading, ReadingDep
from app.api.routing import make_router, operation
from app.api.schemas.absences import AbsenceIn, AbsenceOut, HandOverIn, HandOverOut
from app.api.schemas.base import Day, Listed
from app.db.queries.open_work import Owner
from app.domain.access import Permission
from app.domain.ids import public_id
from app.services import absences, leaving

router = make_router("hands")
MANAGE: Final = Permission.TEAM_MANAGE

_ABSENCE: Final = {
    "id": "1374-0193a1b2c3d47e5f8a9b0c1d2e3f4a5c",
    "account": "1374-0193a1b2c3d47e5f8a9b0c1d2e3f4a5b",
    "name": "Siti Contoh",
    "from": "2026-12-01",
    "to": "2026-12-05",
    "reason": {"code": "leave", "label": "Cuti"},
    "deputy": "1374-0193a1b2c3d47e5f8a9b0c1d2e3f4a5d",
    "deputy_name": "Desi Contoh",
    "created_at": "2026-11-25T03:00:00Z",
    "ended_at": None,
}


@router.get(
    "/v1/absences",
    **operation(
        "listAbsences",
        may=MANAGE,
        answers=Listed[AbsenceOut],
        paged=True,
        example={"items": [_ABSENCE], "next": None, "count": None},
    ),
)
async def list_absences(
    reading: ReadingDep,
    tx: ReadTx,
    page: Page,
    on: Annotated[Day | None, Query(description="Only leave that holds this day.")] = None,
) -> Listed[AbsenceOut]:
    """List the leave of your team and your own, newest first."""
    tenant = reading.actor.tenant
    after = (date.fromisoformat(page.after[0]), UUID(page.after[1])) if page.after else None
    found = await absences.listed(
        acting_of(reading, tx), tenant, on, after, page.limit, count=page.wants_count
    )
    last = found.items[-1].absence if found.more else None
    more = [last.from_on.isoformat(), last.id.hex] if last else None
    return page.page([_absence(reading, one) for one in found.items], after=more, count=found.count)


@router.post(
    "/v1/absences",
    **operation(
        "recordAbsence",
        may=MANAGE,
        answers=AbsenceOut,
        status=201,
        once=True,
        example=_ABSENCE,
        body_example={
            "account": _ABSENCE["account"],
            "from": "2026-12-01",
            "to": "2026-12-05",
            "reason": "leave",
            "deputy": _ABSENCE["deputy"],
        },
    ),
)
async def record_absence(body: AbsenceIn, call: CallDep) -> Response:
    """Record leave of somebody in your team; meanwhile escalation goes past her."""
    place, reading = read_id(body.account), call.reading

    async def work() -> Answer:
        new = absences.NewAbsence(
            tenant=place.tenant,
            account_id=place.id,
            from_on=body.from_,
            to_on=body.to,
            reason=body.reason,
            deputy_id=read_own(body.deputy, place.tenant, "/deputy"),
        )
        return Answer(_absence(reading, await absences.record(call.acting(), new)))

    async def may_see() -> None:
        reading.actor.require_ever(MANAGE)

    return await call.once(call.tx, place.tenant, work, may_see=may_see)


@router.post(
    "/v1/absences/{absence_id}/end",
    **operation("endAbsence", may=MANAGE, answers=AbsenceOut, once=True, example=_ABSENCE, body_example=None),
)
async def end_absence(absence_id: str, call: CallDep) -> Response:
    """Let leave end now, before its last day or where the end is open."""
    place, reading = read_id(absence_id), call.reading

    async def work() -> Answer:
        return Answer(_absence(reading, await absences.end(call.acting(), place.tenant, place.id)), 200)

    async def may_see() -> None:
        await absences.find(call.acting(), place.tenant, place.id)

    return await call.once(call.tx, place.tenant, work, may_see=may_see)


@router.post(
    "/v1/team/{account_id}/hand-over",
    **operation(
        "handOverWork",
        may=MANAGE,
        answers=HandOverOut,
        once=True,
        example={"to_persons": 12, "to_queues": 1, "tasks": 3, "visits": 2, "left": 0},
        body_example={"balanced": True},
    ),
)
async def hand_over_work(account_id: str, body: HandOverIn, call: CallDep) -> Response:
    """Move everything open of somebody who leaves or is away: to one person, a queue, or spread evenly."""
    place, reading = read_id(account_id), call.reading
    owner = Owner(place.tenant, place.id)

    async def work() -> Answer:
        await leaving.require_team(call.acting(), owner)
        order = leaving.Order(owner, read_own(body.to, place.tenant, "/to"), body.queue, body.balanced)
        done = await leaving.hand_over(call.acting(), reading.sight, order)
        return Answer(
            HandOverOut(
                to_persons=done.to_persons,
                to_queues=done.to_queues,
                tasks=done.tasks,
                visits=done.visits,
                left=done.left,
            ),
            200,
        )

    async def may_see() -> None:
        await leaving.require_team(call.acting(), owner)

    return await call.once(call.tx, place.tenant, work, may_see=may_see)


def _absence(reading: Reading, one: absences.Shown) -> AbsenceOut:
    row = one.absence
    return AbsenceOut(
        id=public_id(row.regency_code, row.id),
        account=public_id(row.regency_code, row.account_id),
        name=one.name,
        from_=row.from_on,
        to=row.to_on,
        reason=coded(reading.known, "absence_reason", row.reason, reading.lang),
        deputy=public_id(row.regency_code, row.deputy_id) if row.deputy_id else None,
        deputy_name=one.deputy,
        created_at=row.created_at,
        ended_at=row.ended_at,
    )
