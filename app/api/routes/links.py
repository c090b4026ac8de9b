"""Links between cases: shown from both sides, to whoever sees both."""

from collections.abc import Sequence
from typing import Final

from fastapi import Response

from app.api.acts import CallDep, acting_of
from app.api.deps import ReadTx
from app.api.once import Answer
from app.api.presenters.words import coded
from app.api.reading import Reading, ReadingDep
from app.api.routing import make_router, operation
from app.api.schemas.base import Listed
from app.api.schemas.links import LinkIn, LinkOut
from app.api.tickets import read_ticket
from app.db.queries.links import Linked
from app.domain.access import Permission
from app.domain.ids import parse_public_id, public_id
from app.domain.tickets import Ticket, parse_ticket
from app.services import links

router = make_router("cases")

_LINK: Final = {
    "id": "1374-0193a1b2c3d47e5f8a9b0c1d2e3f4a5b",
    "relation": {"code": "follow_up", "label": "Lanjutan dari"},
    "ticket": "1374-3F7K-9QX2-M",
    "status": {"code": "closed", "label": "Ditutup"},
    "category": {"code": "PERMOHONAN_BANSOS", "label": "Permohonan bantuan sosial"},
    "opened_at": "2026-11-25T03:00:00Z",
    "at": "2026-11-26T03:00:00Z",
    "by": "1374-0193a1b2c3d47e5f8a9b0c1d2e3f4a5e",
}
_EXAMPLE: Final = {"items": [_LINK], "next": None, "count": None}


@router.get(
    "/v1/cases/{ticket}/links",
    **operation("listLinks", may=Permission.CASE_READ, answers=Listed[LinkOut], example=_EXAMPLE),
)
async def list_links(ticket: str, reading: ReadingDep, tx: ReadTx) -> Listed[LinkOut]:
    """List the cases that this one is linked to; one that you may not see is not in the list."""
    place = read_ticket(ticket)
    found = await links.list_links(acting_of(reading, tx), reading.sight, place.tenant, place.text)
    return _listed(reading, place.tenant, found)


@router.post(
    "/v1/cases/{ticket}/links",
    **operation(
        "addLink",
        may=Permission.CASE_WORK,
        answers=Listed[LinkOut],
        status=201,
        once=True,
        example=_EXAMPLE,
        body_example={"ticket": "1374-3F7K-9QX2-M", "relation": "follow_up"},
    ),
)
async def add_link(ticket: str, body: LinkIn, call: CallDep) -> Response:
    """Link the case to another of the same regency; the answer lists all its links."""
    place, reading = read_ticket(ticket), call.reading
    other = parse_ticket(body.ticket)

    async def work() -> Answer:
        acting = call.acting()
        text = other.text if isinstance(other, Ticket) and other.tenant == place.tenant else ""
        wanted = links.Wanted(place.tenant, place.text, text, body.relation)
        return Answer(_listed(reading, place.tenant, await links.link(acting, reading.sight, wanted)))

    async def may_see() -> None:
        await links.list_links(call.acting(), reading.sight, place.tenant, place.text)

    return await call.once(call.tx, place.tenant, work, may_see=may_see)


@router.post(
    "/v1/cases/{ticket}/links/{link_id}/undo",
    **operation("undoLink", may=Permission.CASE_WORK, answers=Listed[LinkOut], once=True, example=_EXAMPLE),
)
async def undo_link(ticket: str, link_id: str, call: CallDep) -> Response:
    """Take a link back, from either of its cases; the answer lists the links that are left."""
    place, reading = read_ticket(ticket), call.reading
    named = parse_public_id(link_id)

    async def work() -> Answer:
        acting = call.acting()
        if named is None or named.tenant != place.tenant:
            raise links.no_link()
        left = await links.undo(acting, reading.sight, place.tenant, place.text, named.id)
        return Answer(_listed(reading, place.tenant, left), 200)

    async def may_see() -> None:
        await links.list_links(call.acting(), reading.sight, place.tenant, place.text)

    return await call.once(call.tx, place.tenant, work, may_see=may_see)


def _listed(reading: Reading, tenant: str, found: Sequence[Linked]) -> Listed[LinkOut]:
    known, lang = reading.known, reading.lang
    return Listed(
        items=[
            LinkOut(
                id=public_id(tenant, one.id),
                relation=coded(known, "link_relation", one.relation, lang),
                ticket=one.other.ticket,
                status=coded(known, "case_status", one.other.status, lang),
                category=coded(known, "case_category", one.other.category, lang),
                opened_at=one.other.opened_at,
                at=one.at,
                by=public_id(tenant, one.by) if one.by else None,
            )
            for one in found
        ]
    )
