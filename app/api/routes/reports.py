"""``POST /v1/reports``: a complaint without an account; and naming whom a complaint is about."""

from typing import Annotated, Final
from uuid import UUID

from fastapi import Header, Request, Response

from app.api.acts import Call, CallDep
from app.api.addresses import caller_address
from app.api.bodies import abouts_given
from app.api.deps import HouseDep, Known, Lang, Now
from app.api.language import Language
from app.api.notes import Noted, note
from app.api.once import Answer, Once, digest_of, read_key, route_of
from app.api.opening import open_once
from app.api.presenters.words import coded, coded_or_none
from app.api.routing import PUBLIC, make_router, operation
from app.api.schemas.cases import ReceiptOut
from app.api.schemas.reports import AboutNamedOut, AboutsIn, ReportIn
from app.api.tickets import read_ticket
from app.db.queries.cases import find_case, is_seen
from app.db.session import transaction
from app.db.tables.cases import Case
from app.domain.access import Actor, Permission
from app.domain.codes import ActorKind
from app.domain.errors import TooMany
from app.domain.ids import tenant_of
from app.domain.reports import Report, case_of
from app.services import abouts, reports
from app.services.intake import House as Desk
from app.services.intake import Opened, Tools

router = make_router("cases")

_RECEIPT: Final = {
    "id": "Laporan diterima. Simpan tiket dan PIN ini untuk mengikuti penanganannya.",
    "en": "The report is received. Keep this ticket and PIN to follow what becomes of it.",
}


@router.post(
    "/v1/reports",
    **operation(
        "sendReport",
        may=PUBLIC,
        answers=ReceiptOut,
        status=201,
        once=True,
        # It has a count of its own, in the database, which is policy.
        never_limited=True,
        refuses=(429,),
        example={
            "ticket": "1374-3F7K-9QX2-M",
            "pin": "482913",
            "opened_at": "2026-11-25T03:00:00Z",
            "receipt": _RECEIPT["id"],
        },
        body_example={
            "village": "13.74.01.1005",
            "text": "Bantuan beras dipotong dua kilogram untuk setiap penerima.",
            "about": [{"kind": "text", "text": "orang yang membagikan beras di balai desa"}],
            "notice_version": "2026-1",
        },
    ),
)
async def send_report(  # what a request without a session brings
    body: ReportIn,
    request: Request,
    house: HouseDep,
    known: Known,
    now: Now,
    lang: Lang,
    idempotency_key: Annotated[
        str | None,
        Header(alias="Idempotency-Key", description="New for each report, the same each time it is sent."),
    ] = None,
) -> Response:
    """Report without an account, with or without a name. Ticket and PIN are shown this once.

    What names somebody in free words, or nobody, is closed until it was read. Too many from one address in an
    hour wait: 429 says how long.
    """
    tenant = tenant_of(body.village)
    sender = reports.sender_of(house.blind, caller_address(request, house.settings.trusted_proxies))
    # The digest stands for the account: the same key from another address is another key.
    owner, key = UUID(bytes=sender[-16:]), read_key(idempotency_key)
    once = Once(house, owner, route_of(request), key, digest_of(request, await request.body()), now)
    async with transaction(house.database.sessions) as tx:
        wait = await reports.admit(tx, known, tenant, sender, now)
    if wait is not None:
        note(request, Noted("sendReport", "route", "too_many", tenant=tenant), now)
        raise TooMany(retry_after=wait)
    tools = Tools(house.vault, house.blind, house.ids)
    reporter = Actor(ActorKind.RESIDENT, tenant, name_code="reporter")
    desk = Desk(known, tools, reporter, now)
    answer, is_again = await open_once(
        once, desk, case_of(_report(body)), lambda opened: _receipt(opened, lang)
    )
    if is_again:
        async with transaction(house.database.sessions) as tx:
            await reports.give_back(tx, tenant, sender)
    return answer


def _report(body: ReportIn) -> Report:
    return Report(
        body.village,
        body.text,
        body.notice_version,
        abouts_given(body.about),
        body.category,
        body.name,
        body.phone,
    )


def _receipt(opened: Opened, lang: Language) -> ReceiptOut:
    draft = opened.draft
    receipt = _RECEIPT["en" if lang == "en" else "id"]
    return ReceiptOut(ticket=draft.ticket, pin=draft.pin, opened_at=draft.opened_at, receipt=receipt)


@router.post(
    "/v1/cases/{ticket}/about",
    **operation(
        "nameAbout",
        may=Permission.CASE_NAME,
        answers=AboutNamedOut,
        status=201,
        once=True,
        example={
            "ticket": "1374-3F7K-9QX2-M",
            "confidentiality": {"code": "RAHASIA", "label": "Rahasia"},
            "closed_to": {"code": "manager", "label": "Manajer SLRT"},
            "still_yours": True,
        },
        body_example={"about": [{"kind": "village_office", "ref": "13.74.01.1005"}]},
    ),
)
async def name_about(ticket: str, body: AboutsIn, call: CallDep) -> Response:
    """Write whom the complaint is about, once it was found out; it goes past them and their line.

    `still_yours` is false when it left your hands by this.
    """
    place, reading = read_ticket(ticket), call.reading
    where = abouts.Place(place.tenant, place.text)

    async def work() -> Answer:
        case = await abouts.name_about(call.acting(), reading.sight, where, abouts_given(body.about))
        return Answer(await _named(call, case), case_id=case.id)

    async def may_see() -> None:
        found = await find_case(call.tx, reading.sight, place.tenant, place.text)
        reading.actor.require(Permission.CASE_NAME, found.village_code)

    return await call.once(call.tx, place.tenant, work, may_see=may_see)


async def _named(call: Call, case: Case) -> AboutNamedOut:
    known, lang = call.reading.known, call.reading.lang
    return AboutNamedOut(
        ticket=case.ticket,
        confidentiality=coded(known, "confidentiality", case.confidentiality, lang),
        closed_to=coded_or_none(known, "closed_to", case.closed_to, lang),
        still_yours=await is_seen(call.tx, call.reading.sight, case),
    )
