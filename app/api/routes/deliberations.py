"""Village meetings: planned, called, opened, published, ratified."""

import asyncio
from datetime import datetime
from typing import Annotated, Final
from uuid import UUID

from fastapi import Query, Response

from app.api.acts import CallDep, acting_of
from app.api.deliberating import EXAMPLE, ROW_EXAMPLE, place_of, step, tools_of, whole_out
from app.api.deps import IfMatch, ReadTx, WriteTx, etag
from app.api.meetings import MEETING_HEADERS, PageForm, invitation_page, meeting_html
from app.api.once import Answer
from app.api.paging import Page
from app.api.places import must_know
from app.api.presenters.deliberations import session_row
from app.api.public_ids import read_own
from app.api.reading import ReadingDep
from app.api.routing import make_router, operation
from app.api.schemas.access import RegionText
from app.api.schemas.base import Listed
from app.api.schemas.deliberations import (
    CancelIn,
    ConveneIn,
    DeliberationIn,
    DeliberationOut,
    DeliberationPatch,
    DeliberationRow,
    RatifyIn,
)
from app.db.queries import deliberations as stored
from app.db.queries.acting import Acting
from app.db.tables.deliberations import Deliberation
from app.domain.access import Permission
from app.domain.deliberation.states import SessionAction, SessionKind, SessionState
from app.domain.errors import FieldError, Invalid
from app.domain.ids import tenant_of
from app.integrations.meeting_pdf import meeting_pdf
from app.services import deliberations
from app.services.deliberations import READERS, Place, Plan

router = make_router("deliberations")
P, A = Permission, SessionAction
READ: Final = (P.DELIBERATION_HOLD, P.DELIBERATION_RATIFY, P.OBJECTION_VERIFY)
_ONE: Final = "/v1/deliberations/{deliberation_id}"


@router.get(
    "/v1/deliberations",
    **operation(
        "listDeliberations",
        may=READ,
        answers=Listed[DeliberationRow],
        paged=True,
        example={"items": [ROW_EXAMPLE], "next": None, "count": None},
    ),
)
async def list_deliberations(  # each is one filter
    reading: ReadingDep,
    tx: ReadTx,
    page: Page,
    region: Annotated[RegionText | None, Query(description="Where; your own when left out.")] = None,
    state: Annotated[SessionState | None, Query(description="Of the set `deliberation_state`.")] = None,
    kind: Annotated[SessionKind | None, Query(description="Of the set `deliberation_kind`.")] = None,
) -> Listed[DeliberationRow]:
    """List the meetings of your area, the latest first."""
    where = must_know(reading.known, region, "region") or reading.actor.tenant
    regions = deliberations.wanted_of(reading.actor, where, READERS, P.DELIBERATION_HOLD)
    wanted = stored.Wanted(
        tenant_of(where), regions, (state.value,) if state else (), kind.value if kind else None
    )
    after = (datetime.fromisoformat(str(page.after[0])), UUID(page.after[1])) if page.after else None
    rows = await stored.listed(tx, wanted, after, page.limit + 1)
    shown = rows[: page.limit]
    more = [shown[-1].starts_at.isoformat(), shown[-1].id.hex] if len(rows) > page.limit else None
    count = await stored.counted(tx, wanted) if page.wants_count else None
    return page.page([session_row(reading, one) for one in shown], after=more, count=count)


@router.post(
    "/v1/deliberations",
    **operation(
        "planDeliberation",
        may=P.DELIBERATION_HOLD,
        answers=DeliberationOut,
        status=201,
        refuses=(409,),
        once=True,
        example=EXAMPLE,
        body_example={
            "village": "13.74.01.1005",
            "kind": "muskel",
            "place": "Balai kelurahan",
            "starts_at": "2026-12-01T09:00:00+07:00",
        },
    ),
)
async def plan_deliberation(body: DeliberationIn, call: CallDep) -> Response:
    """Plan a meeting of a village, or begin its head's statement (SPTJM).

    One that `follows` another takes over the candidates whose decision an objection has opened again.
    """
    reading, village = call.reading, body.village
    regency = tenant_of(village)
    if village not in reading.known.regions:
        raise Invalid(
            fields=(
                FieldError("/village", "unknown_region", "Kode wilayah ini tidak ada.", "No such region."),
            )
        )

    async def may_see() -> None:
        reading.actor.require(P.DELIBERATION_HOLD, village)

    async def work() -> Answer:
        await may_see()
        follows = read_own(body.follows, regency, "/follows")
        acting = call.acting()
        new = Plan(regency, village, body.kind, body.place, body.starts_at, follows)
        session = await deliberations.plan(acting, tools_of(reading), new)
        shown = await whole_out(reading, acting, session)
        return Answer(
            shown, 201, {"ETag": etag(session.version), "Location": f"/v1/deliberations/{shown.id}"}
        )

    return await call.once(call.tx, regency, work, may_see=may_see)


@router.get(
    _ONE,
    **operation("getDeliberation", may=READ, answers=DeliberationOut, reads_person=True, example=EXAMPLE),
)
async def get_deliberation(
    deliberation_id: str, reading: ReadingDep, tx: ReadTx, response: Response
) -> DeliberationOut:
    """Show a meeting with its agenda, its quorum now, its minutes, and the cut-off that it meets."""
    acting = acting_of(reading, tx)
    session = await deliberations.readable(acting, place_of(deliberation_id))
    response.headers["ETag"] = etag(session.version)
    return await whole_out(reading, acting, session)


@router.patch(
    _ONE,
    **operation(
        "changeDeliberation",
        may=P.DELIBERATION_HOLD,
        answers=DeliberationOut,
        if_match=True,
        example=EXAMPLE,
        body_example={"place": "Kantor lurah", "starts_at": "2026-12-02T09:00:00+07:00"},
    ),
)
async def change_deliberation(  # what a change needs
    deliberation_id: str,
    body: DeliberationPatch,
    reading: ReadingDep,
    tx: WriteTx,
    expected: IfMatch,
    response: Response,
) -> DeliberationOut:
    """Change place or time before the meeting; an invitation that went out is void by it."""
    acting = acting_of(reading, tx)
    session = await deliberations.change(
        acting, place_of(deliberation_id), expected.check, where=body.place, starts_at=body.starts_at
    )
    response.headers["ETag"] = etag(session.version)
    return await whole_out(reading, acting, session)


@router.post(
    _ONE + "/convene",
    **operation(
        "conveneDeliberation",
        may=P.DELIBERATION_HOLD,
        answers=DeliberationOut,
        once=True,
        if_match=True,
        example=EXAMPLE,
        body_example={"number": "005/31/GM/2026"},
    ),
)
async def convene(deliberation_id: str, body: ConveneIn, call: CallDep) -> Response:
    """Send the invitation out, early enough (policy `deliberation_notice_days`)."""
    check = call.expected.check

    async def do(acting: Acting, place: Place) -> Deliberation:
        return await deliberations.convene(acting, place, check, body.number)

    return await step(call, place_of(deliberation_id), P.DELIBERATION_HOLD, do)


@router.get(
    _ONE + "/invitation",
    **operation("getInvitation", may=READ, refuses=(409,), extra={"x-media": "text/html application/pdf"}),
)
async def get_invitation(
    deliberation_id: str,
    reading: ReadingDep,
    tx: ReadTx,
    form: Annotated[PageForm, Query(description="Page for the browser's printer, or PDF.")] = PageForm.HTML,
) -> Response:
    """Give the invitation to print; its agenda names nobody."""
    session, content = await deliberations.invitation_of(acting_of(reading, tx), place_of(deliberation_id))
    page = invitation_page(reading.known, session, content)
    if form is PageForm.HTML:
        return Response(meeting_html(page), media_type="text/html", headers=MEETING_HEADERS)
    made = await asyncio.to_thread(meeting_pdf, page)
    return Response(made, media_type="application/pdf")


@router.post(
    _ONE + "/open",
    **operation(
        "openDeliberation",
        may=P.DELIBERATION_HOLD,
        answers=DeliberationOut,
        once=True,
        if_match=True,
        example=EXAMPLE,
    ),
)
async def open_deliberation(deliberation_id: str, call: CallDep) -> Response:
    """Open the meeting, on its day: from now on attendance and decisions are recorded."""
    check = call.expected.check

    async def do(acting: Acting, place: Place) -> Deliberation:
        return await deliberations.open_sitting(acting, place, check)

    return await step(call, place_of(deliberation_id), P.DELIBERATION_HOLD, do)


@router.post(
    _ONE + "/cancel",
    **operation(
        "cancelDeliberation",
        may=P.DELIBERATION_HOLD,
        answers=DeliberationOut,
        once=True,
        if_match=True,
        example=EXAMPLE,
        body_example={"reason": "Banjir; dijadwalkan ulang."},
    ),
)
async def cancel_deliberation(deliberation_id: str, body: CancelIn, call: CallDep) -> Response:
    """Call a meeting off that has no minutes; whoever was on its agenda is free for another."""
    check = call.expected.check

    async def do(acting: Acting, place: Place) -> Deliberation:
        return await deliberations.cancel(acting, place, check, body.reason)

    return await step(call, place_of(deliberation_id), P.DELIBERATION_HOLD, do)


@router.post(
    _ONE + "/publish",
    **operation(
        "publishDeliberation",
        may=P.DELIBERATION_HOLD,
        answers=DeliberationOut,
        once=True,
        if_match=True,
        example=EXAMPLE,
    ),
)
async def publish_deliberation(deliberation_id: str, call: CallDep) -> Response:
    """Publish the signed result: residents may object until the window ends (policy `objection_days`)."""
    check = call.expected.check

    async def do(acting: Acting, place: Place) -> Deliberation:
        return await deliberations.publish(acting, place, check)

    return await step(call, place_of(deliberation_id), P.DELIBERATION_HOLD, do)


@router.post(
    _ONE + "/ratify",
    **operation(
        "ratifyDeliberation",
        may=P.DELIBERATION_RATIFY,
        answers=DeliberationOut,
        once=True,
        if_match=True,
        example=EXAMPLE,
        body_example={"decree": "460/118/DINSOS/2026"},
    ),
)
async def ratify_deliberation(deliberation_id: str, body: RatifyIn, call: CallDep) -> Response:
    """Ratify for the regency: refused below quorum, unsigned, or while somebody objects or still may."""
    check = call.expected.check

    async def do(acting: Acting, place: Place) -> Deliberation:
        return await deliberations.ratify(acting, place, body.decree, check)

    return await step(call, place_of(deliberation_id), P.DELIBERATION_RATIFY, do)
