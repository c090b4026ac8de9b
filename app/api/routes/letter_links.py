"""The links of a letter, as the secretariat makes and revokes them."""

from typing import Final

from fastapi import Request, Response

from app.api.acts import CallDep, acting_of
from app.api.deps import ReadTx
from app.api.once import Answer
from app.api.presenters.letters import base_url, link_fields, link_row
from app.api.reading import ReadingDep
from app.api.routing import make_router, operation
from app.api.schemas.base import Listed
from app.api.schemas.letters import LinkIn, LinkOut, LinkRow
from app.api.tickets import read_ticket
from app.db.queries.cases import find_case
from app.domain.access import Permission
from app.domain.ids import parse_public_id
from app.integrations.qr import qr_svg
from app.services import letters
from app.services.letters import NewLink, Place

router = make_router("letters")
_MAY: Final = Permission.LETTER_DRAFT
_LINKS: Final = "/v1/cases/{ticket}/letters/{letter_id}/links"
_ROW: Final = {
    "id": "1374-0193a1b2c3d47e5f8a9b0c1d2e3f4a64",
    "referral": "1374-0193a1b2c3d47e5f8a9b0c1d2e3f4a5f",
    "created_at": "2026-11-25T03:00:00Z",
    "expires_at": "2026-12-09T03:00:00Z",
    "revoked_at": None,
    "uses": 0,
    "used_at": None,
}
_TOKEN: Final = "pl_1374-YW4gYWNjZXNzIHRva2VuIGZvciB0aGUgZXhhbXBsZS4uLi4"  # noqa: S105  # nobody's


@router.get(
    _LINKS,
    **operation(
        "listLetterLinks",
        may=_MAY,
        answers=Listed[LinkRow],
        example={"items": [_ROW], "next": None, "count": None},
    ),
)
async def list_links(ticket: str, letter_id: str, reading: ReadingDep, tx: ReadTx) -> Listed[LinkRow]:
    """List the links of a letter: until when they open the referral, and how often they did."""
    found = await letters.list_links(acting_of(reading, tx), reading.sight, _place(ticket, letter_id))
    return Listed(items=[link_row(one) for one in found])


@router.post(
    _LINKS,
    **operation(
        "makeLetterLink",
        may=_MAY,
        answers=LinkOut,
        status=201,
        refuses=(409,),
        once=True,
        example={
            **_ROW,
            "token": _TOKEN,
            "url": f"https://puskesos.example/l#{_TOKEN}",
            "qr_svg": "<svg xmlns='http://www.w3.org/2000/svg'/>",
        },
        body_example={"days": 14},
    ),
)
async def make_link(ticket: str, letter_id: str, body: LinkIn, call: CallDep, request: Request) -> Response:
    """Make a link that lets the receiver of a signed referral letter answer without an account."""
    place, reading = _place(ticket, letter_id), call.reading
    new = NewLink(letters.TOKEN + reading.house.ids.token(place.tenant), body.days)

    async def work() -> Answer:
        link = await letters.make_link(call.acting(), reading.sight, place, new)
        url = f"{base_url(request, reading.house)}/l#{new.token}"
        shown = LinkOut(**link_fields(link), token=new.token, url=url, qr_svg=qr_svg(url))
        return Answer(shown)

    async def may_see() -> None:
        case = await find_case(call.tx, reading.sight, place.tenant, place.ticket)
        reading.actor.require(_MAY, case.village_code, case.desk_id)

    return await call.once(call.tx, place.tenant, work, may_see=may_see)


@router.post(
    _LINKS + "/{letter_link_id}/revoke",
    **operation(
        "revokeLetterLink",
        may=_MAY,
        answers=LinkRow,
        once=True,
        example={**_ROW, "revoked_at": "2026-11-26T03:00:00Z"},
    ),
)
async def revoke_link(ticket: str, letter_id: str, letter_link_id: str, call: CallDep) -> Response:
    """Let a link die at once, in every process; doing it again changes nothing."""
    place, reading = _place(ticket, letter_id), call.reading
    found = parse_public_id(letter_link_id)
    wanted = found.id if found is not None and found.tenant == place.tenant else None

    async def work() -> Answer:
        return Answer(link_row(await letters.revoke_link(call.acting(), reading.sight, place, wanted)), 200)

    async def may_see() -> None:
        case = await find_case(call.tx, reading.sight, place.tenant, place.ticket)
        reading.actor.require(_MAY, case.village_code, case.desk_id)

    answer = await call.once(call.tx, place.tenant, work, may_see=may_see)
    reading.house.sessions.clear()
    return answer


def _place(ticket: str, letter: str) -> Place:
    found = read_ticket(ticket)
    return Place(found.tenant, found.text, letter)
