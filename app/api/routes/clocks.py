"""The clocks of a case as a ledger in words, and the next programme after a silent receiver."""

from typing import Any, Final

from fastapi import Response

from app.api.acts import Call, CallDep, acting_of
from app.api.deps import ReadTx, etag
from app.api.examples import CASE_EXAMPLE
from app.api.once import Answer
from app.api.presenters.cases import case_out
from app.api.presenters.clocks import clock_out, offer_out
from app.api.presenters.steps import warning_out
from app.api.reading import ReadingDep
from app.api.routing import make_router, operation
from app.api.schemas.base import Listed
from app.api.schemas.clocks import ClockOut, DropOfferIn, OfferOut, TakeOfferIn
from app.api.schemas.steps import StepOut
from app.api.tickets import read_ticket
from app.db.queries.cases import find_case
from app.domain.access import Permission
from app.domain.ids import PublicId, parse_public_id
from app.domain.lifecycle import CaseAction
from app.domain.tickets import Ticket
from app.services import clocks, offers, steps

router = make_router("cases")
P = Permission

_CLOCK: Final[dict[str, Any]] = {
    "id": "1374-0193a1b2c3d47e5f8a9b0c1d2e3f4a5b",
    "step": {"code": "verification", "label": "Verifikasi"},
    "state": "running",
    "referral": None,
    "program": None,
    "limit": {
        "amount": 3,
        "unit": {"code": "working_days", "label": "Hari kerja"},
        "source": "F 46",
        "pausable": True,
    },
    "started_at": "2026-11-25T03:00:00Z",
    "due_at": "2026-11-30T03:00:00Z",
    "overdue": False,
    "ran_seconds": 7200,
    "next_look_at": "2026-11-27T05:00:00Z",
    "entries": [
        {
            "kind": "start",
            "at": "2026-11-25T03:00:00Z",
            "moved": True,
            "words": {
                "id": "Mulai: Rabu, 25 November 2026 10.00 WIB",
                "en": "Started: Wednesday, 25 November 2026 10:00 WIB",
            },
        }
    ],
    "escalations": [],
    "words": [
        {"id": "Batas waktu: 3 hari kerja (sumber: F 46)", "en": "Limit: 3 working days (source: F 46)"}
    ],
}
_OFFER: Final[dict[str, Any]] = {
    "id": "1374-0193a1b2c3d47e5f8a9b0c1d2e3f4a5c",
    "state": "waiting",
    "program": "SEMBAKO_LANSIA",
    "program_name": "Sembako lanjut usia",
    "agency": "DINSOS-1374",
    "purpose": {"code": "AID", "label": "Bantuan"},
    "discloses": ["name", "nik"],
    "fallback_of": "1374-0193a1b2c3d47e5f8a9b0c1d2e3f4a5d",
    "at": "2026-12-04T03:00:00Z",
    "decided_at": None,
}


@router.get(
    "/v1/cases/{ticket}/clock",
    **operation(
        "getClocks",
        may=P.CASE_READ,
        answers=Listed[ClockOut],
        example={"items": [_CLOCK], "next": None, "count": None},
    ),
)
async def get_clocks(ticket: str, reading: ReadingDep, tx: ReadTx) -> Listed[ClockOut]:
    """Tell each clock of the case and its referrals: what ran, what paused it and why, when it is due."""
    place = read_ticket(ticket)
    ledger = await clocks.read_clocks(acting_of(reading, tx), reading.sight, place.tenant, place.text)
    return Listed(items=[clock_out(reading, one) for one in ledger.clocks])


@router.get(
    "/v1/cases/{ticket}/offers",
    **operation(
        "listOffers",
        may=P.CASE_READ,
        answers=Listed[OfferOut],
        example={"items": [_OFFER], "next": None, "count": None},
    ),
)
async def list_offers(ticket: str, reading: ReadingDep, tx: ReadTx) -> Listed[OfferOut]:
    """List what the ranking offers next, after referrals that nobody answered."""
    place = read_ticket(ticket)
    found = await offers.list_offers(acting_of(reading, tx), reading.sight, place.tenant, place.text)
    return Listed(items=[offer_out(reading, one) for one in found])


@router.post(
    "/v1/cases/{ticket}/offers/{offer_id}/take",
    **operation(
        "takeOffer",
        may=P.CASE_REFER,
        answers=StepOut,
        once=True,
        if_match=True,
        reads_person=True,
        example={**CASE_EXAMPLE, "warnings": [], "disputed": False},
        body_example={"note": "Lembaga sebelumnya tidak menjawab."},
    ),
)
async def take_offer(ticket: str, offer_id: str, body: TakeOfferIn, call: CallDep) -> Response:
    """Send the referral that was filled in; everything that `refer` asks is asked here too."""
    place, reading = read_ticket(ticket), call.reading

    async def work() -> Answer:
        acting, offered = call.acting(), await _offer(call, place, offer_id)
        wanted = offers.Wanted(place.tenant, place.text, offered.id, body.model_dump(exclude_none=True))
        records = await offers.take_offer(acting, reading.sight, wanted, call.expected.check)
        request = steps.StepRequest(place.tenant, place.text, CaseAction.REFER, records)
        taken = await steps.take(acting, reading.sight, request, call.expected.check)
        shown = await case_out(call.tx, reading, taken.case)
        warnings = [warning_out(reading, code) for code in taken.warnings]
        answer = StepOut(**{**dict(shown), "warnings": warnings, "disputed": False})
        return Answer(answer, 200, {"ETag": etag(taken.case.version)}, taken.case.id)

    return await call.once(call.tx, place.tenant, work, may_see=lambda: _may_refer(call, place))


@router.post(
    "/v1/cases/{ticket}/offers/{offer_id}/drop",
    **operation(
        "dropOffer",
        may=P.CASE_REFER,
        answers=OfferOut,
        once=True,
        example={**_OFFER, "state": "dropped"},
        body_example={"reason": "Warga tidak berminat."},
    ),
)
async def drop_offer(ticket: str, offer_id: str, body: DropOfferIn, call: CallDep) -> Response:
    """Say why the programme is not taken. It is not offered again in this case."""
    place, reading = read_ticket(ticket), call.reading

    async def work() -> Answer:
        offered = await _offer(call, place, offer_id)
        wanted = offers.Wanted(place.tenant, place.text, offered.id, {"reason": body.reason})
        dropped = await offers.drop_offer(call.acting(), reading.sight, wanted)
        return Answer(offer_out(reading, dropped), 200, case_id=dropped.case_id)

    return await call.once(call.tx, place.tenant, work, may_see=lambda: _may_refer(call, place))


async def _offer(call: Call, place: Ticket, text: str) -> PublicId:
    """Read the offer's id once the case was found: an unknown case comes first."""
    await _may_refer(call, place)
    found = parse_public_id(text)
    if found is None or found.tenant != place.tenant:
        raise offers.no_offer()
    return found


async def _may_refer(call: Call, place: Ticket) -> None:
    found = await find_case(call.tx, call.reading.sight, place.tenant, place.text)
    call.reading.actor.require(P.CASE_REFER, found.village_code, found.desk_id)
