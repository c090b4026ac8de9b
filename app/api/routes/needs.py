"""Need cards: written for a case or a campaign, published, browsed by those who may help, taken away."""

from datetime import datetime
from typing import Annotated, Final
from uuid import UUID

from fastapi import Query, Response

from app.api.acts import Call, CallDep, acting_of
from app.api.deps import ReadTx
from app.api.donating import NEED_EXAMPLE, OFFICE_EXAMPLE
from app.api.once import Answer, Work
from app.api.paging import Page
from app.api.places import must_know
from app.api.presenters.needs import need_out
from app.api.public_ids import read_id, read_own
from app.api.reading import ReadingDep
from app.api.routing import make_router, operation
from app.api.schemas.access import RegionText
from app.api.schemas.base import CodeText, Listed
from app.api.schemas.needs import CampaignNeedIn, CaseNeedIn, NeedEndIn, NeedOut
from app.api.tickets import read_ticket
from app.db.queries import needs as stored
from app.db.queries.cases import find_case
from app.db.tables.needs import Need
from app.domain.access import Permission
from app.domain.ids import public_id
from app.domain.needs import NeedSource, NeedState
from app.services import needs
from app.services.needs import Wanted

router = make_router("needs")
P = Permission
_BODY: Final = {"kind": "KURSI_RODA", "quantity": 1, "estimated_idr": 1500000}
_DISTRICT: Final = 2
"""Dots in the code of a district."""


@router.get(
    "/v1/needs",
    **operation(
        "listNeeds",
        may=P.NEED_READ,
        answers=Listed[NeedOut],
        paged=True,
        example={"items": [NEED_EXAMPLE], "next": None, "count": None},
    ),
)
async def list_needs(  # each is one filter
    reading: ReadingDep,
    tx: ReadTx,
    page: Page,
    region: Annotated[
        RegionText | None, Query(description="A regency, province or district; your own when left out.")
    ] = None,
    source: Annotated[NeedSource | None, Query()] = None,
    kind: Annotated[CodeText | None, Query(description="Of the set `need_kind`.")] = None,
    urgency: Annotated[CodeText | None, Query(description="Of the set `priority`.")] = None,
    state: Annotated[NeedState | None, Query(description="Donors see what can be reserved only.")] = None,
) -> Listed[NeedOut]:
    """List the needs that are open to you, the newest first; for the secretariat drafts and ended ones."""
    needs.require_browser(reading.known, reading.actor)
    where = must_know(reading.known, region, "region") or reading.actor.tenant
    filters = needs.where_needs(reading.known, reading.actor, reading.known.tenants_in(where))
    wanted = stored.NeedFilter(
        filters.office,
        filters.public,
        where if where.count(".") >= _DISTRICT else None,
        source.value if source else None,
        kind,
        urgency,
        state.value if state else None,
    )
    after = (datetime.fromisoformat(str(page.after[0])), UUID(page.after[1])) if page.after else None
    rows = await stored.listed(tx, reading.sight, wanted, after, page.limit + 1)
    shown = rows[: page.limit]
    more = [shown[-1].listed_at.isoformat(), shown[-1].id.hex] if len(rows) > page.limit else None
    count = await stored.counted(tx, reading.sight, wanted) if page.wants_count else None
    tickets = await stored.tickets_seen(tx, reading.sight, shown) if filters.office else {}
    return page.page([need_out(reading, one, tickets) for one in shown], after=more, count=count)


@router.get(
    "/v1/needs/{need_id}", **operation("getNeed", may=P.NEED_READ, answers=NeedOut, example=NEED_EXAMPLE)
)
async def get_need(need_id: str, reading: ReadingDep, tx: ReadTx) -> NeedOut:
    """Show one need; one that is not open to you is not there."""
    place = read_id(need_id)
    found = await needs.seen_need(acting_of(reading, tx), reading.sight, place.tenant, place.id)
    tickets = {}
    if reading.actor.has(P.NEED_PUBLISH, place.tenant):
        tickets = await stored.tickets_seen(tx, reading.sight, [found])
    return need_out(reading, found, tickets)


@router.post(
    "/v1/needs/{need_id}/publish",
    **operation("publishNeed", may=P.NEED_PUBLISH, answers=NeedOut, once=True, example=OFFICE_EXAMPLE),
)
async def publish_need(need_id: str, call: CallDep) -> Response:
    """Open a need to donors: what they read of the person is so little that five or more on record fit it."""
    place, reading = read_id(need_id), call.reading

    async def work() -> Answer:
        need = await needs.publish(call.acting(), reading.sight, place.tenant, place.id)
        return await _answer(call, need)

    return await _once(call, place.tenant, place.id, work)


@router.post(
    "/v1/needs/{need_id}/withdraw",
    **operation(
        "withdrawNeed",
        may=P.NEED_PUBLISH,
        answers=NeedOut,
        once=True,
        example=OFFICE_EXAMPLE,
        body_example={"reason": "met_otherwise"},
    ),
)
async def withdraw_need(need_id: str, body: NeedEndIn, call: CallDep) -> Response:
    """Take a need away; whoever reserved it is released, and the referral behind it waits on."""
    place, reading = read_id(need_id), call.reading

    async def work() -> Answer:
        need = await needs.withdraw(call.acting(), reading.sight, place.tenant, place.id, body.reason)
        return await _answer(call, need)

    return await _once(call, place.tenant, place.id, work)


async def _answer(call: Call, need: Need) -> Answer:
    tickets = await stored.tickets_seen(call.tx, call.reading.sight, [need])
    return Answer(need_out(call.reading, need, tickets), 200)


async def _once(call: Call, tenant: str, need_id: UUID, work: Work) -> Response:
    async def may_see() -> None:
        await needs.seen_need(call.acting(), call.reading.sight, tenant, need_id)
        call.reading.actor.require(P.NEED_PUBLISH, tenant)

    return await call.once(call.tx, tenant, work, may_see=may_see)


@router.get(
    "/v1/cases/{ticket}/needs",
    **operation(
        "listCaseNeeds",
        may=P.CASE_READ,
        answers=Listed[NeedOut],
        example={"items": [OFFICE_EXAMPLE], "next": None, "count": None},
    ),
)
async def list_case_needs(ticket: str, reading: ReadingDep, tx: ReadTx) -> Listed[NeedOut]:
    """List the need cards of a case, oldest first."""
    place = read_ticket(ticket)
    case, rows = await needs.needs_of_case(acting_of(reading, tx), reading.sight, (place.tenant, place.text))
    return Listed(items=[need_out(reading, one, {case.id: case.ticket}, office=True) for one in rows])


@router.post(
    "/v1/cases/{ticket}/needs",
    **operation(
        "draftNeed",
        may=P.CASE_REFER,
        answers=NeedOut,
        status=201,
        refuses=(409,),
        once=True,
        example=OFFICE_EXAMPLE,
        body_example=_BODY,
    ),
)
async def draft_need(ticket: str, body: CaseNeedIn, call: CallDep) -> Response:
    """Write a need for a referral to an open receiver, or a product for sale; the office publishes it."""
    read, reading = read_ticket(ticket), call.reading
    place = (read.tenant, read.text)

    async def work() -> Answer:
        wanted = Wanted(
            kind=body.kind,
            quantity=body.quantity,
            estimated_idr=body.estimated_idr,
            urgency=body.urgency,
            referral_id=read_own(body.referral, read.tenant, "/referral"),
        )
        need = await needs.draft(call.acting(), reading.sight, place, wanted)
        tickets = {need.case_id: read.text} if need.case_id else {}
        return Answer(need_out(reading, need, tickets, office=True), 201, _location(need))

    async def may_see() -> None:
        case = await find_case(call.tx, reading.sight, *place)
        reading.actor.require(P.CASE_REFER, case.village_code, case.desk_id)

    return await call.once(call.tx, read.tenant, work, may_see=may_see)


@router.post(
    "/v1/campaigns/{campaign_id}/needs",
    **operation(
        "draftCampaignNeed",
        may=P.NEED_PUBLISH,
        answers=NeedOut,
        status=201,
        refuses=(409,),
        once=True,
        example=OFFICE_EXAMPLE,
        body_example={**_BODY, "component": "PD"},
    ),
)
async def draft_campaign_need(campaign_id: str, body: CampaignNeedIn, call: CallDep) -> Response:
    """Write a need for what a campaign hands out; the aid of its recipients is counted there."""
    place, reading = read_id(campaign_id), call.reading

    async def work() -> Answer:
        wanted = Wanted(
            kind=body.kind,
            quantity=body.quantity,
            estimated_idr=body.estimated_idr,
            urgency=body.urgency,
            component=body.component,
        )
        need = await needs.draft_for_campaign(call.acting(), place.tenant, place.id, wanted)
        return Answer(need_out(reading, need), 201, _location(need))

    async def may_see() -> None:
        reading.actor.require(P.NEED_PUBLISH, place.tenant)

    return await call.once(call.tx, place.tenant, work, may_see=may_see)


def _location(need: Need) -> dict[str, str]:
    return {"Location": f"/v1/needs/{public_id(need.regency_code, need.id)}"}
