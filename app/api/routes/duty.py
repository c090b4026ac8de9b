"""The duty roster for emergencies: who can be called out, and who is on duty now."""

from datetime import datetime
from typing import Annotated, Final
from uuid import UUID

from fastapi import Query, Response

from app.api.acts import CallDep, acting_of
from app.api.deps import ReadTx
from app.api.once import Answer
from app.api.paging import Page
from app.api.places import must_know
from app.api.public_ids import read_id, read_own
from app.api.reading import ReadingDep
from app.api.routing import make_router, operation
from app.api.schemas.access import RegionText
from app.api.schemas.base import CodeText, Listed, Localised
from app.api.schemas.policies import DutyIn, DutyOut
from app.db.queries import duty as stored
from app.domain.access import Permission
from app.domain.errors import FieldError, Invalid
from app.domain.ids import public_id, tenant_of
from app.domain.knowledge import Knowledge
from app.services import duty

router = make_router("duty")

_BODY: Final = {
    "region": "13.74",
    "duty": "TAGANA",
    "account_id": "1374-0193a1b2c3d47e5f8a9b0c1d2e3f4a5b",
    "starts_at": "2026-12-01T08:00:00+07:00",
    "ends_at": "2026-12-08T08:00:00+07:00",
}
_EXAMPLE: Final = {
    "id": "1374-0193a1b2c3d47e5f8a9b0c1d2e3f4a5c",
    "duty": "TAGANA",
    "duty_label": {"id": "Tagana siaga bencana", "en": "Disaster volunteers on call"},
    "account_id": "1374-0193a1b2c3d47e5f8a9b0c1d2e3f4a5b",
    "cadre_id": None,
    "name": "Rina Contoh",
    "starts_at": "2026-12-01T01:00:00Z",
    "ends_at": "2026-12-08T01:00:00Z",
    "on_duty": False,
}


@router.get(
    "/v1/duty",
    **operation(
        "listDuty",
        may=Permission.TEAM_MANAGE,
        answers=Listed[DutyOut],
        paged=True,
        example={"items": [_EXAMPLE], "next": None, "count": None},
    ),
)
async def list_duty(  # each is one filter
    reading: ReadingDep,
    tx: ReadTx,
    page: Page,
    region: Annotated[RegionText | None, Query(description="Where; your own when left out.")] = None,
    duty_code: Annotated[CodeText | None, Query(alias="duty", description="Of the set `duty`.")] = None,
    over: Annotated[bool, Query(description="With turns that are over.")] = False,  # noqa: FBT002
) -> Listed[DutyOut]:
    """List the turns of duty by their beginning, and who is on duty now."""
    regency = tenant_of(must_know(reading.known, region, "region") or reading.actor.tenant)
    wanted = stored.Wanted(regency, duty_code, None if over else reading.now)
    after = (datetime.fromisoformat(str(page.after[0])), UUID(page.after[1])) if page.after else None
    rows = await duty.roster(acting_of(reading, tx), wanted, after, page.limit + 1)
    shown = rows[: page.limit]
    more = [shown[-1].starts_at.isoformat(), shown[-1].id.hex] if len(rows) > page.limit else None
    count = await stored.counted(tx, wanted) if page.wants_count else None
    items = [_duty_out(reading.known, one, reading.now) for one in shown]
    return page.page(items, after=more, count=count)


@router.post(
    "/v1/duty",
    **operation(
        "planDuty",
        may=Permission.TEAM_MANAGE,
        answers=DutyOut,
        status=201,
        once=True,
        example=_EXAMPLE,
        body_example=_BODY,
    ),
)
async def plan_duty(body: DutyIn, call: CallDep) -> Response:
    """Put an officer, or a cadre of the register, on the roster; an emergency calls out who is on duty."""
    regency, reading = tenant_of(body.region), call.reading

    async def may_see() -> None:
        reading.actor.require(Permission.TEAM_MANAGE, regency)

    async def work() -> Answer:
        await may_see()
        turn = duty.Turn(
            regency=regency,
            duty=body.duty,
            account_id=read_own(body.account_id, regency, "/account_id"),
            cadre_id=read_own(body.cadre_id, regency, "/cadre_id"),
            starts_at=body.starts_at,
            ends_at=body.ends_at,
        )
        _require_one(turn)
        return Answer(_duty_out(reading.known, await duty.plan_duty(call.acting(), turn), reading.now))

    return await call.once(call.tx, regency, work, may_see=may_see)


@router.post(
    "/v1/duty/{duty_id}/end",
    **operation("endDuty", may=Permission.TEAM_MANAGE, answers=DutyOut, once=True, example=_EXAMPLE),
)
async def end_duty(duty_id: str, call: CallDep) -> Response:
    """End a turn of duty now, also one that has not begun."""
    place, reading = read_id(duty_id), call.reading

    async def work() -> Answer:
        ended = await duty.end_duty(call.acting(), place.tenant, place.id)
        return Answer(_duty_out(reading.known, ended, reading.now), 200)

    async def may_see() -> None:
        reading.actor.require(Permission.TEAM_MANAGE, place.tenant)

    return await call.once(call.tx, place.tenant, work, may_see=may_see)


def _require_one(turn: duty.Turn) -> None:
    if (turn.account_id is None) == (turn.cadre_id is None):
        raise Invalid(
            fields=(
                FieldError(
                    "/account_id",
                    "one_person",
                    "Pilih satu orang: akun petugas, atau kader dari daftar.",
                    "Choose one person: an officer's account, or a cadre of the register.",
                ),
            )
        )


def _duty_out(known: Knowledge, shift: stored.Shift, now: datetime) -> DutyOut:
    regency = shift.regency_code

    def public(id_: UUID | None) -> str | None:
        return public_id(regency, id_) if id_ else None

    return DutyOut(
        id=public_id(regency, shift.id),
        duty=shift.duty,
        duty_label=Localised(
            id=known.label("duty", shift.duty, "id"), en=known.label("duty", shift.duty, "en")
        ),
        account_id=public(shift.account_id),
        cadre_id=public(shift.cadre_id),
        name=shift.name,
        starts_at=shift.starts_at,
        ends_at=shift.ends_at,
        on_duty=shift.on_duty(now),
    )
