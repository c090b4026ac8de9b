"""The slip that a resident takes home: her ticket, and the way to her tracking page."""

from typing import Annotated, Final

from fastapi import Header, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse

from app.api.deps import ReadTx
from app.api.drawn_pages import PAGES, policy_of, style_of
from app.api.presenters.cases import desk_brief
from app.api.presenters.letters import base_url
from app.api.printing import wants_html
from app.api.reading import ReadingDep
from app.api.routing import make_router, operation
from app.api.schemas.slips import SlipOut
from app.api.tickets import read_ticket
from app.db.queries.cases import find_case
from app.domain.access import Permission
from app.domain.letters import day_in_words
from app.domain.sla import local_date
from app.integrations.qr import qr_svg

router = make_router("cases")
_MAY: Final = Permission.CASE_READ
_STYLE: Final = style_of("slip")
_HEADERS: Final = {
    **policy_of(_STYLE),
    "Vary": "Accept",
}
_EXAMPLE: Final = {
    "ticket": "1374-3F7K-9QX2-M",
    "url": "https://puskesos.example/lacak?t=1374-3F7K-9QX2-M",
    "qr_svg": "<svg xmlns='http://www.w3.org/2000/svg'/>",
    "opened_at": "2026-11-25T03:00:00Z",
    "desk": "Puskesos Guguk Malintang",
    "regency": "Kota Padang Panjang",
}


def track_url(base: str, ticket: str) -> str:
    return f"{base}/lacak?t={ticket}"


@router.get("/v1/cases/{ticket}/slip", **operation("getSlip", may=_MAY, answers=SlipOut, example=_EXAMPLE))
async def get_slip(
    ticket: str,
    request: Request,
    reading: ReadingDep,
    tx: ReadTx,
    accept: Annotated[str, Header(max_length=1_000)] = "",
) -> Response:
    """Give the slip of a case: the ticket and a QR code of the tracking page, and nothing of the person.

    A browser gets a page of A6 to print. The PIN is shown once, when the case is opened or the PIN replaced,
    so the page leaves a line to write it on.
    """
    place, known = read_ticket(ticket), reading.known
    case = await find_case(tx, reading.sight, place.tenant, place.text)
    reading.actor.require(_MAY, case.village_code, case.desk_id)
    url = track_url(base_url(request, reading.house), case.ticket)
    desk = desk_brief(known, case)
    slip = SlipOut(
        ticket=case.ticket,
        url=url,
        qr_svg=qr_svg(url),
        opened_at=case.opened_at,
        desk=desk.name if desk is not None and desk.name else None,
        regency=known.region_name(case.regency_code),
    )
    if not wants_html(accept):
        return JSONResponse(slip.model_dump(mode="json"), headers={"Vary": "Accept"})
    day = day_in_words(local_date(case.opened_at, case.village_code))
    page = PAGES.get_template("slip.html").render(slip=slip, day=day, style=_STYLE)
    return HTMLResponse(page, headers=_HEADERS)
