"""The register of personal data breaches: recorded, told in 3 x 24 hours, closed."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from fastapi import Response

from app.api.acts import CallDep, acting_of
from app.api.deps import ReadTx
from app.api.once import Answer
from app.api.paging import Page
from app.api.presenters.rights import breach_out
from app.api.public_ids import read_id
from app.api.reading import ReadingDep
from app.api.routing import make_router, operation
from app.api.schemas.base import Listed
from app.api.schemas.rights import BreachIn, BreachOut, BreachTellIn
from app.db.queries import rights as stored
from app.domain.access import Permission
from app.domain.ids import tenant_of
from app.services import breaches

router = make_router("rights")
_MAY: Final = Permission.BREACH_MANAGE
_ONE: Final = "/v1/breaches/{breach_id}"
_EXAMPLE: Final[dict[str, Any]] = {
    "id": "1374-0193a1b2c3d47e5f8a9b0c1d2e3f4a82",
    "state": "open",
    "nature": {"code": "stolen_device", "label": "Perangkat dicuri"},
    "data": [{"code": "nik", "label": "NIK"}],
    "persons": 40,
    "happened_at": "2026-11-24T03:00:00Z",
    "found_at": "2026-11-25T03:00:00Z",
    "due_at": "2026-11-28T03:00:00Z",
    "overdue": False,
    "authority_told_at": None,
    "authority_reference": None,
    "persons_told_at": None,
    "persons_told_method": None,
    "closed_at": None,
    "escalated_at": None,
    "notices": None,
}


@router.get(
    "/v1/breaches",
    **operation(
        "listBreaches",
        may=_MAY,
        answers=Listed[BreachOut],
        paged=True,
        example={"items": [_EXAMPLE], "next": None, "count": None},
    ),
)
async def list_breaches(reading: ReadingDep, tx: ReadTx, page: Page) -> Listed[BreachOut]:
    """List the register of your regency, the latest first."""
    tenants = [
        tenant
        for grant in reading.actor.grants
        if grant.region is not None
        for tenant in reading.known.tenants_in(grant.region)
        if reading.actor.has(_MAY, tenant)
    ]
    after = (datetime.fromisoformat(str(page.after[0])), UUID(page.after[1])) if page.after else None
    rows = await stored.breaches_of(tx, tenants, after, page.limit + 1)
    shown = rows[: page.limit]
    more = [shown[-1].found_at.isoformat(), shown[-1].id.hex] if len(rows) > page.limit else None
    count = await stored.count_breaches(tx, tenants) if page.wants_count else None
    return page.page([breach_out(reading, one) for one in shown], after=more, count=count)


@router.post(
    "/v1/breaches",
    **operation(
        "recordBreach",
        may=_MAY,
        answers=BreachOut,
        status=201,
        once=True,
        example=_EXAMPLE,
        body_example={
            "region": "13.74",
            "nature": "stolen_device",
            "data": ["nik"],
            "persons": 40,
            "happened_at": "2026-11-24T10:00:00+07:00",
            "found_at": "2026-11-25T10:00:00+07:00",
            "what": "Laptop meja layanan dicuri dari kantor.",
            "done": "Sesi dicabut dan kata sandi diganti.",
            "contact": "Sekretariat SLRT, 0752-82211",
        },
    ),
)
async def record_breach(body: BreachIn, call: CallDep) -> Response:
    """Record a breach as soon as it is found; from then 3 x 24 hours run."""
    regency, reading = tenant_of(body.region), call.reading
    new = breaches.NewBreach(
        regency,
        body.nature,
        body.data,
        body.persons,
        body.happened_at,
        body.found_at,
        body.what,
        body.done,
        body.contact,
    )

    async def work() -> Answer:
        row = await breaches.record_breach(call.acting(), new, reading.house.vault.new_data_key().wrapped)
        return Answer(breach_out(reading, row))

    async def may_see() -> None:
        reading.actor.require(_MAY, regency)

    return await call.once(call.tx, regency, work, may_see=may_see)


@router.get(_ONE, **operation("getBreach", may=_MAY, answers=BreachOut, example=_EXAMPLE))
async def get_breach(breach_id: str, reading: ReadingDep, tx: ReadTx) -> BreachOut:
    """Show one entry, with the text of both notices."""
    place, acting = read_id(breach_id), acting_of(reading, tx)
    row = await breaches.find_breach(acting, place.tenant, place.id)
    return breach_out(reading, row, dict(await breaches.private_of(acting, row)))


@router.post(
    f"{_ONE}/tell",
    **operation(
        "tellBreach",
        may=_MAY,
        answers=BreachOut,
        refuses=(409,),
        once=True,
        example=_EXAMPLE,
        body_example={"to": "authority", "at": "2026-11-26T10:00:00+07:00", "reference": "B-12/2026"},
    ),
)
async def tell_breach(breach_id: str, body: BreachTellIn, call: CallDep) -> Response:
    """Record that the authority, or the persons concerned, were told."""
    place, reading = read_id(breach_id), call.reading
    told = breaches.TellBreach(body.to, body.at, body.reference, body.method)

    async def work() -> Answer:
        row = await breaches.tell_breach(call.acting(), place.tenant, place.id, told)
        return Answer(breach_out(reading, row), 200)

    async def may_see() -> None:
        await breaches.find_breach(call.acting(), place.tenant, place.id)

    return await call.once(call.tx, place.tenant, work, may_see=may_see)


@router.post(
    f"{_ONE}/close",
    **operation("closeBreach", may=_MAY, answers=BreachOut, refuses=(409,), once=True, example=_EXAMPLE),
)
async def close_breach(breach_id: str, call: CallDep) -> Response:
    """Close it, once both were told."""
    place, reading = read_id(breach_id), call.reading

    async def work() -> Answer:
        return Answer(
            breach_out(reading, await breaches.close_breach(call.acting(), place.tenant, place.id)), 200
        )

    async def may_see() -> None:
        await breaches.find_breach(call.acting(), place.tenant, place.id)

    return await call.once(call.tx, place.tenant, work, may_see=may_see)
