"""A case that goes elsewhere: to another desk or the secretariat, or to another regency."""

from typing import Final
from uuid import UUID

from fastapi import Response

from app.api.acts import CallDep
from app.api.deps import etag
from app.api.once import Answer
from app.api.presenters.moves import handed_over_out, transferred_out
from app.api.routing import make_router, operation
from app.api.schemas.moves import HandOverIn, HandOverOut, TransferIn, TransferOut
from app.api.tickets import read_ticket
from app.db.queries.cases import find_case
from app.domain.access import Permission
from app.domain.ids import parse_public_id
from app.services import handing_over, transfers

router = make_router("cases")

_HANDED: Final = {
    "ticket": "1374-3F7K-9QX2-M",
    "holder": "desk",
    "desk": {"id": "1374-0193a1b2c3d47e5f8a9b0c1d2e3f4a5b", "name": "Puskesos Silaing Atas"},
    "still_seen": True,
}
_TRANSFERRED: Final = {
    "ticket": "1374-3F7K-9QX2-M",
    "status": {"code": "resolved", "label": "Selesai ditangani"},
    "outcome": {"code": "transferred", "label": "Dipindahkan ke daerah lain"},
    "to_region": "13.71.02.1003",
    "to_name": "Alai Parak Kopi",
    "moved_referrals": ["1374-0193a1b2c3d47e5f8a9b0c1d2e3f4a5f"],
    "ended_referrals": [],
    "stays_here": ["notes", "attachments", "visits", "letters"],
}


@router.post(
    "/v1/cases/{ticket}/hand_over",
    **operation(
        "caseHandOver",
        may=Permission.CASE_WORK,
        answers=HandOverOut,
        once=True,
        if_match=True,
        example=_HANDED,
        body_example={"to": "secretariat", "note": "Perlu keputusan sekretariat."},
    ),
)
async def hand_over(ticket: str, body: HandOverIn, call: CallDep) -> Response:
    """Hand the case to another desk of the regency or to the secretariat.

    Ticket, status and clocks stay; nobody has it in hand until it is given to somebody there. A desk of
    another village sees it and works on it from now on.
    """
    place, reading = read_ticket(ticket), call.reading

    async def work() -> Answer:
        wanted = handing_over.HandOver(place.tenant, place.text, _desk(body.to, place.tenant), body.note)
        acting = call.acting()
        done = await handing_over.hand_over(acting, reading.sight, wanted, call.expected.check)
        shown = handed_over_out(reading, done)
        return Answer(shown, 200, {"ETag": etag(done.case.version)}, done.case.id)

    async def may_see() -> None:
        """Whoever gave it away may not see it any more; the answer tells only what she did herself."""

    return await call.once(call.tx, place.tenant, work, may_see=may_see)


def _desk(to: str, tenant: str) -> UUID | None:
    if to == "secretariat":
        return None
    named = parse_public_id(to)
    if named is None or named.tenant != tenant:
        raise handing_over.no_desk()
    return named.id


@router.post(
    "/v1/cases/{ticket}/transfer",
    **operation(
        "caseTransfer",
        may=Permission.CASE_TRANSFER,
        answers=TransferOut,
        once=True,
        if_match=True,
        example=_TRANSFERRED,
        body_example={"to_region": "13.71.02.1003", "note": "Keluarga pindah ke Padang."},
    ),
)
async def transfer(ticket: str, body: TransferIn, call: CallDep) -> Response:
    """Transfer the case to a village of another regency.

    It ends here as transferred. Within seconds it is opened there under a new ticket; the resident's old
    ticket and PIN lead on to it. Live referrals end, those to central programmes are sent again from there.
    Notes, attachments, visits and letters stay with the old case.
    """
    place, reading = read_ticket(ticket), call.reading

    async def work() -> Answer:
        wanted = transfers.Transfer(place.tenant, place.text, body.to_region, body.note)
        acting = call.acting()
        done = await transfers.transfer(acting, reading.sight, wanted, call.expected.check)
        shown = transferred_out(reading, done, body.to_region)
        return Answer(shown, 200, {"ETag": etag(done.case.version)}, done.case.id)

    async def may_see() -> None:
        found = await find_case(call.tx, reading.sight, place.tenant, place.text)
        reading.actor.require(Permission.CASE_TRANSFER, found.village_code, found.desk_id)

    return await call.once(call.tx, place.tenant, work, may_see=may_see)
