"""Hand-over to and from SP4N-LAPOR!: files by these routes, and a gateway that the worker posts to."""

from typing import Any, Final

from fastapi import Request, Response

from app.api.acts import acting_of
from app.api.deps import HouseDep, ReadTx, WriteTx
from app.api.lapor_import import Importer, check_place
from app.api.once import Answer, OnceDep
from app.api.presenters.words import coded, coded_or_none
from app.api.reading import Reading, ReadingDep
from app.api.routing import make_router, operation
from app.api.schemas.lapor import (
    HandOverOut,
    NumberIn,
    ReferenceOut,
    ReportsIn,
    ReportsOut,
    SendIn,
    SendingOut,
)
from app.api.tickets import read_ticket
from app.db.queries.cases import find_case
from app.db.tables.outside import OutsideReference, OutsideSending
from app.domain.access import Permission
from app.domain.access.actors import forbidden
from app.domain.errors import FieldError, Invalid, Unauthenticated
from app.domain.ids import public_id, tenant_of
from app.domain.lapor import read_csv, to_wire
from app.services import lapor

router = make_router("cases")

_P: Final = Permission.CASE_REFER_ANY
_REPORT: Final[dict[str, Any]] = {
    "tracking_id": "7461234",
    "klasifikasi": "PENGADUAN_TBP",
    "judul": "Bantuan beras belum diterima",
    "isi": "Sejak Agustus bantuan beras di RT 02 belum dibagikan.",
    "tanggal_kejadian": "2026-11-20",
    "kode_wilayah": "13.74.01.1005",
    "anonim": True,
    "rahasia": False,
}
_CSV: Final = "tracking_id;klasifikasi;judul;isi\n7461234;ASPIRASI;Loket;Tambah satu loket.\n"
_GOING: Final = {**_REPORT, "tracking_id": "13-7401-7KQ2M-9"}
_SYSTEM: Final = {"code": "LAPOR", "label": "SP4N-LAPOR!"}
_NUMBER: Final[dict[str, Any]] = {
    "system": _SYSTEM,
    "reference": "7461234",
    "direction": "in",
    "at": "2026-11-25T03:00:00Z",
}
_SENDING: Final = {
    "id": "1374-0193a1b2c3d47e5f8a9b0c1d2e3f4a90",
    "system": _SYSTEM,
    "kind": {"code": "report", "label": "Laporan"},
    "state": {"code": "waiting", "label": "Menunggu dikirim"},
    "attempts": 0,
    "created_at": "2026-11-25T03:00:00Z",
    "ended_at": None,
    "reason": None,
}
_ANSWER: Final = (
    "Laporan Anda ditangani layanan kesejahteraan sosial sejak 2026-11-25. Keadaan sekarang: Diverifikasi."
)


@router.post(
    "/v1/lapor/reports",
    **operation(
        "importLaporReports",
        may=_P,
        answers=ReportsOut,
        refuses=(413, 415),
        example={
            "results": [
                {
                    "n": 1,
                    "reference": "7461234",
                    "verdict": "opened",
                    "ticket": "13-7401-7KQ2M-9",
                    "problem": None,
                }
            ]
        },
        body_example={"region": "13.74", "village": "13.74.01.1005", "csv": _CSV},
    ),
)
async def import_reports(
    body: ReportsIn, request: Request, reading: ReadingDep, house: HouseDep
) -> ReportsOut:
    """Open a case for each report of a file of SP4N-LAPOR!, CSV or JSON, up to 100; a verdict for each row.

    The same report is one case, whoever brings it and however often: send a file again that was cut off.
    """
    if reading.actor.account_id is None:
        raise Unauthenticated
    regency = tenant_of(body.region)
    if not reading.actor.has(_P, body.village):
        raise forbidden(_P)
    check_place(regency, body.village)
    if (body.csv is None) == (body.reports is None):
        raise Invalid(
            fields=(
                FieldError(
                    "/reports",
                    "one_named",
                    "Isi tepat satu: csv atau reports.",
                    "Give either csv or reports.",
                ),
            )
        )
    rows = body.reports if body.reports is not None else read_csv(body.csv or "")
    importer = Importer(request, reading, reading.actor.account_id, regency, body.village)
    async with house.limits.lanes.of(reading.actor.account_id):
        return ReportsOut(results=await importer.bring(rows))


@router.get(
    "/v1/cases/{ticket}/lapor",
    **operation(
        "getLaporHandOver",
        may=_P,
        answers=HandOverOut,
        reads_person=True,
        example={
            "ticket": "13-7401-7KQ2M-9",
            "references": [_NUMBER],
            "sendings": [_SENDING],
            "report": _GOING,
            "answer": _ANSWER,
        },
    ),
)
async def get_hand_over(ticket: str, reading: ReadingDep, tx: ReadTx) -> HandOverOut:
    """Show a case in the shape of SP4N-LAPOR!, its numbers there, and what was handed over.

    A closed case has no report: it goes to no other system.
    """
    place = read_ticket(ticket)
    found = await lapor.view(acting_of(reading, tx), reading.sight, (place.tenant, place.text))
    return HandOverOut(
        ticket=found.case.ticket,
        references=[_number(reading, one) for one in found.references],
        sendings=[_sending(reading, one) for one in found.sendings],
        report=None if found.report is None else to_wire(found.report),
        answer=found.answer,
    )


@router.post(
    "/v1/cases/{ticket}/lapor",
    **operation(
        "sendToLapor",
        may=_P,
        answers=SendingOut,
        status=201,
        once=True,
        example=_SENDING,
        body_example={"kind": "report", "title": "Bantuan beras belum diterima"},
    ),
)
async def send_to_lapor(
    ticket: str, body: SendIn, reading: ReadingDep, tx: WriteTx, once: OnceDep
) -> Response:
    """Hand a case over to SP4N-LAPOR!, or the answer to a report of theirs; the worker sends it.

    An answer is a sentence by template. Words of your own in it need the right to reveal.
    """
    place = read_ticket(ticket)
    wanted = lapor.Wanted(body.kind, body.title, body.text, body.classification)

    async def work() -> Answer:
        acting = acting_of(reading, tx)
        row = await lapor.order(acting, reading.sight, (place.tenant, place.text), wanted)
        return Answer(_sending(reading, row), case_id=row.case_id)

    async def may_see() -> None:
        case = await find_case(tx, reading.sight, place.tenant, place.text)
        lapor.require(acting_of(reading, tx), case)

    return await once(tx, place.tenant, work, may_see=may_see)


@router.post(
    "/v1/cases/{ticket}/lapor/number",
    **operation(
        "recordLaporNumber",
        may=_P,
        answers=ReferenceOut,
        status=201,
        once=True,
        example={**_NUMBER, "direction": "out"},
        body_example={"reference": "7461234"},
    ),
)
async def record_number(
    ticket: str, body: NumberIn, reading: ReadingDep, tx: WriteTx, once: OnceDep
) -> Response:
    """Record the number that SP4N-LAPOR! gave to a case that went there as a file."""
    place = read_ticket(ticket)

    async def work() -> Answer:
        acting = acting_of(reading, tx)
        row = await lapor.record_number(acting, reading.sight, (place.tenant, place.text), body.reference)
        return Answer(_number(reading, row), case_id=row.case_id)

    async def may_see() -> None:
        case = await find_case(tx, reading.sight, place.tenant, place.text)
        lapor.require(acting_of(reading, tx), case)

    return await once(tx, place.tenant, work, may_see=may_see)


def _number(reading: Reading, row: OutsideReference) -> ReferenceOut:
    return ReferenceOut(
        system=coded(reading.known, "outside_system", row.system, reading.lang),
        reference=row.reference,
        direction="in" if row.direction == "in" else "out",
        at=row.at,
    )


def _sending(reading: Reading, row: OutsideSending) -> SendingOut:
    known, lang = reading.known, reading.lang
    return SendingOut(
        id=public_id(row.regency_code, row.id),
        system=coded(known, "outside_system", row.system, lang),
        kind=coded(known, "outside_kind", row.kind, lang),
        state=coded(known, "outside_state", row.state, lang),
        attempts=row.attempts,
        created_at=row.created_at,
        ended_at=row.ended_at,
        reason=coded_or_none(known, "outside_reason", row.reason, lang),
    )
