"""Pledges: a donor reserves, gives her word, delivers and proves it; the secretariat checks."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, time, timedelta
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import Query, Request, Response

from app.api.acts import Call, CallDep, acting_of
from app.api.deps import ReadTx
from app.api.donating import (
    NEED_ID,
    PLEDGE_EXAMPLE,
    PROOF_FORM,
    REPORT_EXAMPLE,
    SUM_EXAMPLE,
    certificate_page,
)
from app.api.errors import BadRequest
from app.api.filing import answered_before, file_of, put_file
from app.api.forms import read_form
from app.api.meetings import MEETING_HEADERS, PageForm, meeting_html
from app.api.once import Answer
from app.api.paging import Page
from app.api.places import must_know
from app.api.presenters.needs import pledge_out, report_out, sum_out
from app.api.public_ids import read_id, read_own_id
from app.api.reading import ReadingDep
from app.api.routing import make_router, operation
from app.api.schemas.access import PublicIdText, RegionText
from app.api.schemas.base import Day, Listed
from app.api.schemas.needs import (
    PledgeDeliverIn,
    PledgeIn,
    PledgeOut,
    PledgeReasonIn,
    PledgeReportOut,
    PledgeSumOut,
    PledgeWordIn,
)
from app.api.uploading import KeyDep, once_of
from app.db.queries import pledges as kept
from app.db.queries.acting import Acting
from app.db.session import read_only, transaction
from app.db.tables.needs import Pledge
from app.domain.access import Permission
from app.domain.errors import FieldError, Invalid
from app.domain.ids import PublicId, parse_public_id, public_id
from app.domain.needs import PledgeState, ProofKind
from app.integrations.meeting_pdf import meeting_pdf
from app.services import needs
from app.services.needs import NewProof, Reservation

router = make_router("needs")
P = Permission
_READ: Final = (P.PLEDGE_MAKE, P.PLEDGE_CHECK)
_ONE: Final = "/v1/pledges/{pledge_id}"
Do = Callable[[Acting, PublicId], Awaitable[Pledge]]


@router.get(
    "/v1/pledges",
    **operation(
        "listPledges",
        may=_READ,
        answers=Listed[PledgeOut],
        paged=True,
        example={"items": [PLEDGE_EXAMPLE], "next": None, "count": None},
    ),
)
async def list_pledges(  # each is one filter
    reading: ReadingDep,
    tx: ReadTx,
    page: Page,
    region: Annotated[RegionText | None, Query(description="Where; your own when left out.")] = None,
    state: Annotated[PledgeState | None, Query()] = None,
    need: Annotated[PublicIdText | None, Query(description="Those on one need.")] = None,
) -> Listed[PledgeOut]:
    """List your pledges, the newest first; for the secretariat those of its regency."""
    where = must_know(reading.known, region, "region") or reading.actor.tenant
    named = parse_public_id(need) if need else None
    filters = needs.where_pledges(reading.actor, reading.known.tenants_in(where))
    wanted = kept.PledgeFilter(
        filters.office,
        filters.own,
        filters.donor,
        state.value if state else None,
        named.id if named else None,
    )
    after = (datetime.fromisoformat(str(page.after[0])), UUID(page.after[1])) if page.after else None
    rows = await kept.listed(tx, reading.sight, wanted, after, page.limit + 1)
    shown = rows[: page.limit]
    more = [shown[-1].created_at.isoformat(), shown[-1].id.hex] if len(rows) > page.limit else None
    count = await kept.counted(tx, reading.sight, wanted) if page.wants_count else None
    items = await needs.shown(acting_of(reading, tx), shown)
    return page.page([pledge_out(reading, one) for one in items], after=more, count=count)


@router.get(
    "/v1/pledges/summary",
    **operation(
        "sumPledges",
        may=P.NEED_READ,
        answers=Listed[PledgeSumOut],
        example={"items": [SUM_EXAMPLE], "next": None, "count": None},
    ),
)
async def sum_pledges(
    reading: ReadingDep,
    tx: ReadTx,
    region: Annotated[RegionText | None, Query(description="Where; your own when left out.")] = None,
    since: Annotated[Day | None, Query(description="Promised on this day or later.")] = None,
    until: Annotated[Day | None, Query(description="Promised before this day.")] = None,
) -> Listed[PledgeSumOut]:
    """Who gives what where: a donor's own; all of it for the secretariat, LKKS and Forum CSR. No persons."""
    needs.require_browser(reading.known, reading.actor)
    where = must_know(reading.known, region, "region") or reading.actor.tenant
    wanted = kept.SumFilter((), since=_start_of(since), until=_start_of(until))
    found = await needs.sums_for(acting_of(reading, tx), reading.known.tenants_in(where), wanted)
    return Listed(items=[sum_out(reading, one) for one in found])


def _start_of(day: Any) -> datetime | None:
    """A day of a report begins at midnight in Jakarta, west to east alike."""
    return None if day is None else datetime.combine(day, time(), UTC) - timedelta(hours=7)


@router.post(
    "/v1/pledges",
    **operation(
        "reserveNeed",
        may=P.PLEDGE_MAKE,
        answers=PledgeOut,
        status=201,
        refuses=(409,),
        once=True,
        example=PLEDGE_EXAMPLE,
        body_example={"need": NEED_ID, "quantity": 1},
    ),
)
async def reserve_need(body: PledgeIn, call: CallDep) -> Response:
    """Reserve a need, or a part of it, for some days. One donor has it; the other is told so (409)."""
    reading = call.reading
    place = parse_public_id(body.need)
    if place is None:
        raise Invalid(fields=(FieldError("/need", "malformed", "Id ini tidak dikenal.", "No such id."),))
    wanted = Reservation(place.tenant, place.id, body.quantity, body.anonymous)

    async def work() -> Answer:
        acting = call.acting()
        row = await needs.reserve(acting, reading.sight, reading.house.vault, wanted)
        headers = {"Location": f"/v1/pledges/{public_id(row.regency_code, row.id)}"}
        return Answer(await _out(call, acting, row), 201, headers)

    async def may_see() -> None:
        await needs.seen_need(call.acting(), reading.sight, place.tenant, place.id)
        reading.actor.require(P.PLEDGE_MAKE, place.tenant)

    return await call.once(call.tx, place.tenant, work, may_see=may_see)


@router.get(_ONE, **operation("getPledge", may=_READ, answers=PledgeOut, example=PLEDGE_EXAMPLE))
async def get_pledge(pledge_id: str, reading: ReadingDep, tx: ReadTx) -> PledgeOut:
    """Show one pledge of your own, or one that you check."""
    acting, place = acting_of(reading, tx), read_id(pledge_id)
    row, _ = await needs.pledge_seen(acting, reading.sight, place.tenant, place.id)
    (shown,) = await needs.shown(acting, [row])
    return pledge_out(reading, shown)


@router.get(
    _ONE + "/report",
    **operation("getPledgeReport", may=_READ, answers=PledgeReportOut, example=REPORT_EXAMPLE),
)
async def get_report(pledge_id: str, reading: ReadingDep, tx: ReadTx) -> PledgeReportOut:
    """Tell what became of a pledge, in words; once it was accepted it names the certificate."""
    acting, place = acting_of(reading, tx), read_id(pledge_id)
    row, _ = await needs.pledge_seen(acting, reading.sight, place.tenant, place.id)
    (shown,) = await needs.shown(acting, [row])
    return report_out(reading, shown)


@router.get(
    _ONE + "/certificate",
    **operation("getCertificate", may=_READ, refuses=(409,), extra={"x-media": "text/html application/pdf"}),
)
async def get_certificate(
    pledge_id: str,
    reading: ReadingDep,
    tx: ReadTx,
    form: Annotated[PageForm, Query(description="Page for the browser's printer, or PDF.")] = PageForm.HTML,
) -> Response:
    """Give the certificate of a delivery that was accepted; it names the donor and no receiver."""
    place = read_id(pledge_id)
    row, need = await needs.pledge_seen(acting_of(reading, tx), reading.sight, place.tenant, place.id)
    page = certificate_page(reading, row, need)
    if form is PageForm.HTML:
        return Response(meeting_html(page), media_type="text/html", headers=MEETING_HEADERS)
    made = await asyncio.to_thread(meeting_pdf, page)
    name = f'inline; filename="sertifikat-{row.id.hex[-8:]}.pdf"'
    return Response(made, media_type="application/pdf", headers={"Content-Disposition": name})


# Steps ----------------------------------------------------------------------------------------------------


async def _out(call: Call, acting: Acting, row: Pledge) -> PledgeOut:
    (shown,) = await needs.shown(acting, [row])
    return pledge_out(call.reading, shown)


async def _step(pledge_id: str, call: Call, do: Do) -> Response:
    """Take one step under its key; a replay is given to whoever still finds the pledge."""
    place = read_id(pledge_id)

    async def work() -> Answer:
        acting = call.acting()
        return Answer(await _out(call, acting, await do(acting, place)), 200)

    async def may_see() -> None:
        await needs.pledge_seen(call.acting(), call.reading.sight, place.tenant, place.id)

    return await call.once(call.tx, place.tenant, work, may_see=may_see)


def _declared(name: str, may: Permission, body: dict[str, Any] | None = None) -> dict[str, Any]:
    return operation(name, may=may, answers=PledgeOut, once=True, example=PLEDGE_EXAMPLE, body_example=body)


@router.post(_ONE + "/pledge", **_declared("pledgePromise", P.PLEDGE_MAKE, {"deliver_on": "2026-12-10"}))
async def promise(pledge_id: str, body: PledgeWordIn, call: CallDep) -> Response:
    """Give your word for what you reserved, and the day of delivery."""
    sight = call.reading.sight
    return await _step(pledge_id, call, lambda acting, at: needs.pledge(acting, sight, at, body.deliver_on))


@router.post(_ONE + "/deliver", **_declared("pledgeDeliver", P.PLEDGE_MAKE, {"delivered_on": "2026-12-09"}))
async def deliver(pledge_id: str, body: PledgeDeliverIn, call: CallDep) -> Response:
    """Say that it was delivered; a photo of the goods and the receipt are there."""
    sight = call.reading.sight
    return await _step(
        pledge_id, call, lambda acting, at: needs.deliver(acting, sight, at, body.delivered_on)
    )


@router.post(_ONE + "/cancel", **_declared("pledgeCancel", P.PLEDGE_MAKE))
async def cancel(pledge_id: str, call: CallDep) -> Response:
    """Let go of what you have not delivered: it is open to others again."""
    sight = call.reading.sight
    return await _step(pledge_id, call, lambda acting, at: needs.cancel(acting, sight, at))


@router.post(_ONE + "/accept", **_declared("pledgeAccept", P.PLEDGE_CHECK))
async def accept(pledge_id: str, call: CallDep) -> Response:
    """Accept a delivery after you looked at its proof; never on a card that you wrote or published."""
    sight = call.reading.sight
    return await _step(pledge_id, call, lambda acting, at: needs.accept(acting, sight, at))


@router.post(_ONE + "/return", **_declared("pledgeReturn", P.PLEDGE_CHECK, {"reason": "receipt_unreadable"}))
async def give_back(pledge_id: str, body: PledgeReasonIn, call: CallDep) -> Response:
    """Give a delivery back to its donor, with what its proof lacks."""
    sight = call.reading.sight
    return await _step(pledge_id, call, lambda acting, at: needs.give_back(acting, sight, at, body.reason))


@router.post(_ONE + "/release", **_declared("pledgeRelease", P.PLEDGE_CHECK, {"reason": "donor_asked"}))
async def release(pledge_id: str, body: PledgeReasonIn, call: CallDep) -> Response:
    """Release a donor from what she has not delivered."""
    sight = call.reading.sight
    return await _step(pledge_id, call, lambda acting, at: needs.release(acting, sight, at, body.reason))


# Proof ----------------------------------------------------------------------------------------------------


@router.post(
    _ONE + "/proofs",
    **operation(
        "addPledgeProof",
        may=P.PLEDGE_MAKE,
        answers=PledgeOut,
        status=201,
        refuses=(408, 409, 413, 415),
        once=True,
        example=PLEDGE_EXAMPLE,
        extra=PROOF_FORM,
    ),
)
async def add_proof(
    pledge_id: str,
    request: Request,
    reading: ReadingDep,
    key: KeyDep,
    kind: Annotated[ProofKind | None, Query(description="Photo of the goods, or receipt.")] = None,
) -> Response:
    """Upload a photo of the goods or the receipt: for you and for those who check it, and nobody else."""
    found, house, sight = read_id(pledge_id), reading.house, reading.sight
    place = (found.tenant, found.id)

    async def may_see() -> None:
        async with read_only(house.database.sessions) as tx:
            await needs.pledge_seen(acting_of(reading, tx), sight, *place)

    async with read_only(house.database.sessions) as tx:
        acting = acting_of(reading, tx)
        sealing = await needs.key_of(acting, await needs.own_pledge(acting, sight, place))
    if kind is None:
        raise _no_kind()
    form = await read_form(request, house.settings.max_upload_bytes, house.settings.upload_idle_seconds)
    once = once_of(request, reading, key, form)
    answered = await answered_before(house, once, found.tenant, may_see)
    if answered is not None:
        return answered
    async with read_only(house.database.sessions) as tx:
        await needs.require_proofs(acting_of(reading, tx), sight, place)
    proof_id = house.ids.new_id(reading.now)
    filed = await put_file(house, found.tenant, proof_id, sealing, form.content)
    new = NewProof(proof_id, kind, filed.object_key, filed.media_type, filed.stored_sha256)
    async with transaction(house.database.sessions) as tx:
        acting = acting_of(reading, tx)

        async def work() -> Answer:
            row = await needs.add_proof(acting, sight, place, new)
            (shown,) = await needs.shown(acting, [row])
            return Answer(pledge_out(reading, shown), 201)

        return await once(tx, found.tenant, work, may_see=may_see)


def _no_kind() -> BadRequest:
    return BadRequest(
        fields=(
            FieldError(
                "/query/kind",
                "missing",
                "Sebutkan jenis buktinya: photo atau receipt.",
                "Say what it proves: photo or receipt.",
            ),
        )
    )


@router.get(
    _ONE + "/proofs/{proof_id}/content",
    **operation("getPledgeProof", may=_READ, extra={"x-media": "image/jpeg application/pdf"}),
)
async def get_proof(pledge_id: str, proof_id: str, reading: ReadingDep, tx: ReadTx) -> Response:
    """Give a proof itself: to the donor whose it is, and to those who check it."""
    place = read_id(pledge_id)
    proof, key = await needs.proof_of(
        acting_of(reading, tx), reading.sight, (place.tenant, place.id), read_own_id(proof_id, place.tenant)
    )
    at = (proof.object_key, proof.media_type)
    return await file_of(reading.house, key, proof.id, at, f"bukti-{proof.id.hex[-8:]}")
