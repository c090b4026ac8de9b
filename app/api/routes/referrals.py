"""Referrals: the receiver's inbox, one of them, and one path for each action."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any, Final, TypeVar
from uuid import UUID

from fastapi import Response
from pydantic import BaseModel

from app.api.acts import Call, CallDep, acting_of
from app.api.deps import ReadTx, etag
from app.api.examples import REFERRAL_EXAMPLE, REFERRAL_ROW
from app.api.once import Answer
from app.api.paging import Page
from app.api.presenters.referrals import referral_out, row_out
from app.api.reading import Reading, ReadingDep
from app.api.referral_filter import ReferralFilterDep
from app.api.routing import make_router, operation
from app.api.schemas import referrals as bodies
from app.api.schemas.base import Listed
from app.api.schemas.referrals import ReferralOut, ReferralRow
from app.api.tickets import read_ticket
from app.db.queries import referrals as stored
from app.db.queries.cases import case_seen, find_case
from app.db.queries.referrals import ReferralFilter
from app.db.session import Tx
from app.domain.access import Permission
from app.domain.ids import parse_public_id
from app.domain.referrals import ReferralAction
from app.domain.tickets import Ticket
from app.services import referrals

router = make_router("referrals")
A, P = ReferralAction, Permission
Handler = TypeVar("Handler", bound=Callable[..., Awaitable[Response]])

_BEHALF: Final = {"source": "Telepon Kemensos", "date": "2026-11-25", "paper": "Surat 12/2026"}
_READERS: Final = (P.REFERRAL_READ, P.CASE_READ)


@router.get(
    "/v1/referrals",
    **operation(
        "listReferrals",
        may=_READERS,
        answers=Listed[ReferralRow],
        paged=True,
        example={"items": [REFERRAL_ROW], "next": None, "count": 1},
    ),
)
async def list_referrals(
    reading: ReadingDep, tx: ReadTx, page: Page, wanted: ReferralFilterDep
) -> Listed[ReferralRow]:
    """List referrals, the latest sent first: an agency its own, an officer those of the cases in scope."""
    return await _listed(tx, reading, page, wanted)


async def _listed(tx: Tx, reading: Reading, page: Page, wanted: ReferralFilter) -> Listed[ReferralRow]:
    after = (datetime.fromisoformat(page.after[0]), UUID(page.after[1])) if page.after else None
    rows = await stored.list_referrals(tx, reading.sight, wanted, page.limit + 1, after)
    shown = rows[: page.limit]
    count = await stored.count_referrals(tx, reading.sight, wanted) if page.wants_count else None
    reads = await referrals.read_page(acting_of(reading, tx), reading.sight, shown)
    more = [shown[-1].sent_at.isoformat(), shown[-1].id.hex] if len(rows) > page.limit else None
    return page.page([row_out(reading, one) for one in reads], after=more, count=count)


@router.get(
    "/v1/referrals/{referral_id}",
    **operation(
        "getReferral", may=_READERS, answers=ReferralOut, reads_person=True, example=REFERRAL_EXAMPLE
    ),
)
async def get_referral(referral_id: str, reading: ReadingDep, tx: ReadTx, response: Response) -> ReferralOut:
    """Show one referral: to its receiver what is disclosed while it lives, its own record after its end."""
    tenant, id_ = _place(referral_id)
    found = await stored.find_referral(tx, reading.sight, tenant, id_)
    read = await referrals.read_one(acting_of(reading, tx), reading.sight, found)
    response.headers["ETag"] = etag(found.version)
    return referral_out(reading, read)


@router.get(
    "/v1/cases/{ticket}/referrals",
    **operation(
        "listCaseReferrals",
        may=P.CASE_READ,
        answers=Listed[ReferralRow],
        paged=True,
        example={"items": [REFERRAL_ROW], "next": None, "count": 1},
    ),
)
async def list_case_referrals(
    ticket: str, reading: ReadingDep, tx: ReadTx, page: Page
) -> Listed[ReferralRow]:
    """List the referrals that a case has had."""
    place: Ticket = read_ticket(ticket)
    await find_case(tx, reading.sight, place.tenant, place.text)
    return await _listed(tx, reading, page, ReferralFilter(case=(place.tenant, place.text)))


def _place(text: str) -> tuple[str, UUID]:
    found = parse_public_id(text)
    if found is None:
        raise stored.not_found()
    return found.tenant, found.id


# Actions -----------------------------------------------------------------------------------------------

_RECEIVE: Final = (P.REFERRAL_RECEIVE, P.REFERRAL_PROXY)
_EITHER: Final = (*_RECEIVE, P.REFERRAL_SEND)


def _action(
    action: ReferralAction, may: tuple[Permission, ...], example: dict[str, Any]
) -> Callable[[Handler], Handler]:
    """Declare the route of one action."""
    words = "".join(part.title() for part in action.value.split("_"))
    declared = operation(
        f"referral{words}",
        may=may,
        answers=ReferralOut,
        once=True,
        if_match=True,
        reads_person=True,
        example=REFERRAL_EXAMPLE,
        body_example=example,
    )
    return router.post(f"/v1/referrals/{{referral_id}}/{action.value}", **declared)


@_action(A.ACCEPT, _RECEIVE, {"on_behalf": _BEHALF})
async def accept(referral_id: str, body: bodies.AcceptIn, call: CallDep) -> Response:
    """Accept: a place of the allotment is taken and the instalments are planned.

    Refused when the household meanwhile holds aid that may not stand beside it, and when the allotment is
    used up: then accept it with `waitlist_position`.
    """
    return await _act(call, referral_id, A.ACCEPT, body)


@_action(A.RETURN, _RECEIVE, {"missing": ["KK"]})
async def give_back(referral_id: str, body: bodies.ReturnIn, call: CallDep) -> Response:
    """Return it to its sender with what is missing."""
    return await _act(call, referral_id, A.RETURN, body)


@_action(A.RESEND, (P.REFERRAL_SEND,), {"note": "KK terlampir."})
async def resend(referral_id: str, body: bodies.ResendIn, call: CallDep) -> Response:
    """Send a returned referral again: the same one, in its next round."""
    return await _act(call, referral_id, A.RESEND, body)


@_action(A.REFUSE, _RECEIVE, {"reason": "decile_too_high"})
async def refuse(referral_id: str, body: bodies.RefuseIn, call: CallDep) -> Response:
    """Refuse, with a reason of the set `refusal_reason`."""
    return await _act(call, referral_id, A.REFUSE, body)


@_action(A.NOT_OURS, _RECEIVE, {"right_body": "DINSOS"})
async def not_ours(referral_id: str, body: bodies.NotOursIn, call: CallDep) -> Response:
    """Say that it is another body's matter; after the third such answer the secretariat decides."""
    return await _act(call, referral_id, A.NOT_OURS, body)


@_action(A.WAITLIST, _RECEIVE, {"position": 12})
async def waitlist(referral_id: str, body: bodies.WaitlistIn, call: CallDep) -> Response:
    """Put an accepted referral on the waiting list; its place of the allotment is free again."""
    return await _act(call, referral_id, A.WAITLIST, body)


@_action(A.START, _RECEIVE, {})
async def start(referral_id: str, body: bodies.StartIn, call: CallDep) -> Response:
    """Begin the service; a programme that counts enrolment is fulfilled by it."""
    return await _act(call, referral_id, A.START, body)


@_action(
    A.DELIVER,
    _RECEIVE,
    {
        "component": "cash",
        "amount_idr": 300000,
        "period": "2026-11",
        "date": "2026-11-25",
        "proof": "BAST 7/2026",
    },
)
async def deliver(referral_id: str, body: bodies.DeliverIn, call: CallDep) -> Response:
    """Record what was given: rupiah or goods. Repeat it for each instalment; the plan may be missed."""
    return await _act(call, referral_id, A.DELIVER, body)


@_action(A.PROGRESS, _RECEIVE, {"stage": "MUSYAWARAH"})
async def progress(referral_id: str, body: bodies.ProgressIn, call: CallDep) -> Response:
    """Record that a registry proposal reached its next stage; the last one ends the referral."""
    return await _act(call, referral_id, A.PROGRESS, body)


@_action(A.FULFIL, _RECEIVE, {"extent": "full"})
async def fulfil(referral_id: str, body: bodies.FulfilIn, call: CallDep) -> Response:
    """End it as fulfilled, in full or in part; a complaint with its finding and the answer."""
    return await _act(call, referral_id, A.FULFIL, body)


@_action(A.FAIL, _RECEIVE, {"reason": "not_collected"})
async def fail(referral_id: str, body: bodies.FailIn, call: CallDep) -> Response:
    """End it as not fulfilled, with a reason of the set `unfulfilled_reason`."""
    return await _act(call, referral_id, A.FAIL, body)


@_action(A.REVOKE, (P.REFERRAL_SEND,), {"reason": "withdrawn"})
async def revoke(referral_id: str, body: bodies.RevokeIn, call: CallDep) -> Response:
    """Take it back, with a reason of the set `revoke_reason`."""
    return await _act(call, referral_id, A.REVOKE, body)


@_action(A.REOPEN, (P.REFERRAL_SEND,), {"reason": "Warga menyanggah: belum menerima."})
async def reopen(referral_id: str, body: bodies.ReopenIn, call: CallDep) -> Response:
    """Open an ended referral again on the resident's dispute."""
    return await _act(call, referral_id, A.REOPEN, body)


@_action(A.QUESTION, _RECEIVE, {"text": "Apakah masih tinggal di alamat ini?"})
async def question(referral_id: str, body: bodies.TextIn, call: CallDep) -> Response:
    """Ask the sender something; it moves no clock."""
    return await _act(call, referral_id, A.QUESTION, body)


@_action(A.NOTE, _RECEIVE, {"text": "Dijadwalkan minggu depan."})
async def add_message(referral_id: str, body: bodies.TextIn, call: CallDep) -> Response:
    """Leave a note for the sender."""
    return await _act(call, referral_id, A.NOTE, body)


@_action(A.ANSWER, (P.REFERRAL_SEND,), {"text": "Ya, masih."})
async def answer(referral_id: str, body: bodies.AnswerIn, call: CallDep) -> Response:
    """Answer the receiver's question."""
    return await _act(call, referral_id, A.ANSWER, body)


@_action(A.EXTERNAL_REFERENCE, _RECEIVE, {"reference": "KMS-2026-0042"})
async def external_reference(referral_id: str, body: bodies.ReferenceIn, call: CallDep) -> Response:
    """Record the receiver's own number for it."""
    return await _act(call, referral_id, A.EXTERNAL_REFERENCE, body)


@_action(
    A.SUBMITTED_EXTERNAL,
    _EITHER,
    {"system": "SIKS_NG", "reference": "PBI-2026-0042", "date": "2026-11-25", "papers": ["SURAT_FASKES"]},
)
async def submitted_external(referral_id: str, body: bodies.SubmittedIn, call: CallDep) -> Response:
    """Record that it was entered in another system, whose clock starts now."""
    return await _act(call, referral_id, A.SUBMITTED_EXTERNAL, body)


async def _act(call: Call, referral_id: str, action: ReferralAction, body: BaseModel) -> Response:
    tenant, id_ = _place(referral_id)
    reading = call.reading
    request = referrals.Request(tenant, id_, action, body.model_dump(exclude_none=True))

    async def work() -> Answer:
        acting = call.acting()
        found = await referrals.act(acting, reading.sight, request, call.expected.check)
        read = await referrals.read_one(acting, reading.sight, found)
        shown = referral_out(reading, read)
        return Answer(shown, 200, {"ETag": etag(found.version)}, found.case_id)

    async def may_see() -> None:
        found = await stored.find_referral(call.tx, reading.sight, tenant, id_)
        owner = await case_seen(call.tx, reading.sight, tenant, found.case_id)
        referrals.require_party(call.acting(), found, action, owner)

    return await call.once(call.tx, tenant, work, may_see=may_see)
