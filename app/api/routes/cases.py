"""Reading cases, finding them, and what is learnt about them later."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query, Response

from app.api.acts import acting_of
from app.api.case_filter import CaseFilterDep
from app.api.deps import House, IfMatch, ReadTx, WriteTx, etag
from app.api.errors import BadRequest
from app.api.examples import BRIEF_EXAMPLE, CASE_EXAMPLE, ROUTING_EXAMPLE
from app.api.once import Answer, OnceDep
from app.api.paging import Page, seal, unseal
from app.api.presenters.cases import brief_out, case_out, fact_out, record_out
from app.api.reading import Reading, ReadingDep
from app.api.routing import make_router, operation
from app.api.schemas.base import Listed
from app.api.schemas.cases import CaseBrief, CaseOut, CasePatchIn, CaseSearchIn, FactOut, FactsIn, RoutingOut
from app.api.tickets import read_ticket
from app.db.queries import cases as stored
from app.db.queries.case_filter import CaseFilter, Order
from app.db.queries.case_view import routing_of, wrapped_key
from app.db.queries.cases import Page as Keyset
from app.db.queries.cases import Search, place_of
from app.db.queries.scope import Sight
from app.db.queries.texts import Stated, data_key, stated_of
from app.db.session import Tx
from app.db.tables.cases import Case
from app.domain.access import Permission
from app.domain.errors import FieldError
from app.domain.identity import Kk, Nik, Phone, parse_kk, parse_nik, parse_phone
from app.domain.names import name_key
from app.domain.sla import local_date
from app.domain.tickets import Ticket, parse_ticket
from app.services.facts import Patch, add_facts, patch_case, route_again

router = make_router("cases")
_MAY = Permission.CASE_READ
_LIST_EXAMPLE = {"items": [BRIEF_EXAMPLE], "next": None, "count": 1}
_SEARCH_PATH = "/v1/cases/search"
_FACT = {
    "fact": "household.pregnant",
    "label": "Ibu hamil di keluarga",
    "value": True,
    "source": {"code": "resident", "label": "Warga"},
    "as_of": "2026-11-25",
    "at": "2026-11-25T03:00:00Z",
}
_FACTS_EXAMPLE = {"items": [_FACT], "next": None, "count": None}


@router.get(
    "/v1/cases",
    **operation(
        "listCases",
        may=_MAY,
        answers=Listed[CaseBrief],
        paged=True,
        reads_person=True,
        example=_LIST_EXAMPLE,
    ),
)
async def list_cases(
    reading: ReadingDep,
    tx: ReadTx,
    page: Page,
    wanted: CaseFilterDep,
    q: Annotated[
        str | None, Query(max_length=40, description="A ticket. Search by person with POST.")
    ] = None,
) -> Listed[CaseBrief]:
    """List the cases in your scope, newest first, or by `sort`."""
    search = None if q is None else Search(ticket=_ticket_only(q))
    sight = reading.sight
    after = (datetime.fromisoformat(page.after[0]), UUID(page.after[1])) if page.after else None
    rows = await stored.list_cases(tx, sight, wanted, Keyset(page.limit, after), search)
    count = await stored.count_cases(tx, sight, wanted, search) if page.wants_count else None
    items = await _briefs(tx, reading, rows[: page.limit])
    return page.page(items, after=_after(rows, page.limit, wanted.order), count=count)


@router.post(
    _SEARCH_PATH,
    **operation(
        "searchCases",
        may=_MAY,
        answers=Listed[CaseBrief],
        reads_person=True,
        example=_LIST_EXAMPLE,
        body_example={"q": "Yuliana Contoh"},
    ),
)
async def search_cases(
    body: CaseSearchIn,
    reading: ReadingDep,
    tx: ReadTx,
) -> Listed[CaseBrief]:
    """Find cases by ticket, NIK, KK, phone or name: in the body, so that no address holds them."""
    sight, search = reading.sight, _search(body.q, reading)
    after = _search_after(reading.house, body.cursor)
    rows = await stored.list_cases(tx, sight, CaseFilter(), Keyset(body.limit, after), search)
    count = await stored.count_cases(tx, sight, CaseFilter(), search) if body.count else None
    items = await _briefs(tx, reading, rows[: body.limit])
    more = _after(rows, body.limit)
    cursor = None if more is None else seal(reading.house.vault, "|".join(more).encode(), _SEARCH_PATH)
    return Listed(items=items, next=cursor, count=count)


@router.get(
    "/v1/cases/{ticket}",
    **operation("getCase", may=_MAY, answers=CaseOut, reads_person=True, example=CASE_EXAMPLE),
)
async def get_case(
    ticket: str,
    reading: ReadingDep,
    tx: ReadTx,
    response: Response,
) -> CaseOut:
    """Show one case with everything that hangs on it, and the steps that you may take."""
    found = await _find(tx, reading.sight, ticket)
    shown = await case_out(tx, reading, found)
    response.headers["ETag"] = etag(found.version)
    return shown


@router.patch(
    "/v1/cases/{ticket}",
    **operation(
        "patchCase",
        may=Permission.CASE_WORK,
        answers=CaseOut,
        if_match=True,
        example=CASE_EXAMPLE,
        body_example={"priority": "MENDESAK", "priority_reason": "Ibu dirawat di RSUD."},
    ),
)
async def change_case(
    ticket: str,
    body: CasePatchIn,
    reading: ReadingDep,
    tx: WriteTx,
    expected: IfMatch,
    response: Response,
) -> CaseOut:
    """Change fields of a case; what fits is worked out again."""
    found = await _find(tx, reading.sight, ticket, for_update=True)
    reading.actor.require(Permission.CASE_WORK, found.village_code, found.desk_id)
    expected.check(found.version)
    await patch_case(acting_of(reading, tx), reading.house.blind, found, _patch(body))
    shown = await case_out(tx, reading, found)
    response.headers["ETag"] = etag(found.version)
    return shown


@router.post(
    "/v1/cases/{ticket}/facts",
    **operation(
        "addFacts",
        may=Permission.CASE_WORK,
        answers=CaseOut,
        status=201,
        once=True,
        example=CASE_EXAMPLE,
        body_example={"facts": {"household.children_0_6": 1}, "source": "desk"},
    ),
)
async def state_facts(
    ticket: str,
    body: FactsIn,
    reading: ReadingDep,
    tx: WriteTx,
    once: OnceDep,
) -> Response:
    """Answer questions about the resident; what fits is worked out again, as a new record."""
    found = await _find(tx, reading.sight, ticket, for_update=True)
    reading.actor.require(Permission.CASE_WORK, found.village_code, found.desk_id)

    async def work() -> Answer:
        as_of = body.as_of or local_date(reading.now, found.village_code)
        await add_facts(acting_of(reading, tx), found, Stated(body.facts, body.source, as_of))
        shown = await case_out(tx, reading, found)
        return Answer(shown, headers={"ETag": etag(found.version)}, case_id=found.id)

    return await once(tx, found.regency_code, work, may_see=_seen)


@router.get(
    "/v1/cases/{ticket}/facts",
    **operation("listFacts", may=_MAY, answers=Listed[FactOut], reads_person=True, example=_FACTS_EXAMPLE),
)
async def list_facts(ticket: str, reading: ReadingDep, tx: ReadTx) -> Listed[FactOut]:
    """Show what was answered about the resident, oldest first; a later answer to the same question wins."""
    found = await _find(tx, reading.sight, ticket)
    key = await data_key(tx, reading.house.vault, found.regency_code, found.data_key_id)
    stated = await stated_of(tx, reading.house.vault, found, key)
    return Listed(items=[fact_out(reading, one) for one in stated])


@router.get(
    "/v1/cases/{ticket}/routing",
    **operation("getRouting", may=_MAY, answers=RoutingOut, reads_person=True, example=ROUTING_EXAMPLE),
)
async def get_routing(
    ticket: str,
    reading: ReadingDep,
    tx: ReadTx,
    n: Annotated[
        int | None, Query(ge=1, le=10_000, description="The n-th decision; the latest if left out.")
    ] = None,
) -> RoutingOut:
    """Tell in words which programmes were considered, with the reasons of each, as it was decided then."""
    found = await _find(tx, reading.sight, ticket)
    row = await routing_of(tx, found, n or found.routing_n)
    if row is None:
        raise stored.not_found()
    wrapped = await wrapped_key(tx, found.regency_code, found.data_key_id)
    key = None if wrapped is None else reading.house.vault.unwrap(wrapped)
    return await record_out(tx, reading, found, row, key, first=None)


@router.post(
    "/v1/cases/{ticket}/routing",
    **operation(
        "routeAgain",
        may=Permission.CASE_WORK,
        answers=RoutingOut,
        status=201,
        once=True,
        example=ROUTING_EXAMPLE,
    ),
)
async def route_case_again(
    ticket: str,
    reading: ReadingDep,
    tx: WriteTx,
    once: OnceDep,
) -> Response:
    """Work out again what fits, with what the registry, the ledger and the catalogue say by now."""
    found = await _find(tx, reading.sight, ticket, for_update=True)
    reading.actor.require(Permission.CASE_WORK, found.village_code, found.desk_id)

    async def work() -> Answer:
        await route_again(acting_of(reading, tx), found)
        row = await routing_of(tx, found, found.routing_n)
        wrapped = await wrapped_key(tx, found.regency_code, found.data_key_id)
        key = None if wrapped is None else reading.house.vault.unwrap(wrapped)
        if row is None:
            raise stored.not_found()
        shown = await record_out(tx, reading, found, row, key, first=None)
        return Answer(shown, case_id=found.id)

    return await once(tx, found.regency_code, work, may_see=_seen)


async def _seen() -> None:
    """The case was found in the caller's sight before the key was looked at."""


async def _find(tx: Tx, sight: Sight, ticket: str, *, for_update: bool = False) -> Case:
    read = read_ticket(ticket)
    return await stored.find_case(tx, sight, read.tenant, read.text, for_update=for_update)


async def _briefs(tx: Tx, reading: Reading, rows: Any) -> list[CaseBrief]:
    persons = await stored.persons_of(tx, rows)
    return [
        brief_out(reading, row, persons.get((row.regency_code, row.person_id)) if row.person_id else None)
        for row in rows
    ]


def _after(rows: Any, limit: int, order: Order = Order.OPENED) -> list[str] | None:
    if len(rows) <= limit:
        return None
    at, id_ = place_of(rows[limit - 1], order)
    return [at.isoformat(), id_.hex]


def _ticket_only(text: str) -> str:
    found = parse_ticket(text)
    if isinstance(found, Ticket):
        return found.text
    raise BadRequest(
        fields=(
            FieldError(
                "/query/q",
                "ticket_only",
                "Di alamat hanya tiket yang dicari. NIK, KK, telepon dan nama: POST /v1/cases/search.",
                "Only a ticket may stand in the address. NIK, KK, phone and name: POST /v1/cases/search.",
            ),
        )
    )


def _search(text: str, reading: Reading) -> Search:
    """Read what was typed as everything that it could be."""
    ticket = parse_ticket(text)
    nik, kk, phone = parse_nik(text, today=reading.now.date()), parse_kk(text), parse_phone(text)
    blind, digests = reading.house.blind, list[bytes]()
    if isinstance(nik, Nik):
        digests += blind.digests("nik", nik.number)
    if isinstance(kk, Kk):
        digests += blind.digests("kk", kk.number)
    if isinstance(phone, Phone):
        digests += blind.digests("phone", phone.e164)
    return Search(
        ticket=ticket.text if isinstance(ticket, Ticket) else None,
        digests=digests,
        name_key=name_key(text) or None,
    )


def _search_after(house: House, cursor: str | None) -> tuple[datetime, UUID] | None:
    if cursor is None:
        return None
    content = unseal(house.vault, cursor, _SEARCH_PATH)
    if content is None:
        raise BadRequest(
            code="bad_cursor",
            fields=(
                FieldError("/cursor", "unreadable", "Kursor tidak dikenal.", "The cursor is not known."),
            ),
        )
    at, id_ = content.decode().split("|")
    return datetime.fromisoformat(at), UUID(id_)


def _patch(body: CasePatchIn) -> Patch:
    return Patch(
        category=body.category,
        sector=body.sector,
        priority=body.priority,
        priority_reason=body.priority_reason,
        confidentiality=body.confidentiality,
        phone=body.phone,
        village=body.place.village if body.place else None,
        address=body.place.address if body.place else None,
        detail=body.place.detail if body.place else None,
    )
