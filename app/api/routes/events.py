"""What happened: the feed over all that the caller may see, and the timeline of one case."""

import json
from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import Query, Request, Response

from app.api.deps import (
    CurrentActor,
    House,
    HouseDep,
    Known,
    ReadTx,
    VaultDep,
    actor_of_token,
    bearer_token,
)
from app.api.errors import BadRequest
from app.api.feed_wait import LONGEST, FeedWait
from app.api.paging import Page, seal, unseal
from app.api.presenters.events import events_out
from app.api.routing import AUTHENTICATED, make_router, operation
from app.api.schemas.base import Listed
from app.api.schemas.events import EventOut, FeedOut
from app.api.tickets import read_ticket
from app.db.queries import feed
from app.db.queries.cases import find_case
from app.db.queries.feed import FeedEvent
from app.db.queries.scope import Sight
from app.db.session import Tx, read_only
from app.domain.access import Actor, Permission, scope_of
from app.domain.errors import FieldError, Unauthenticated
from app.domain.events import EVENTS
from app.domain.events.telling import accounts_in
from app.domain.knowledge import Knowledge
from app.services.feed import FeedPage, Position, read_feed, tenants_of

router = make_router("events")

FEED_LIMIT: Final = 1_000
"""More than other lists give: its readers are programs, and a page costs much besides its events."""

_EVENT: Final = {
    "id": "1374-0193a1b2c3d47e5f8a9b0c1d2e3f4a5b",
    "n": 41,
    "regency": "13.74",
    "type": "referral.accepted",
    "label": {"id": "Rujukan diterima", "en": "Referral accepted"},
    "words": {
        "id": "Rujukan diterima: Program Keluarga Harapan, Terkirim → Diterima",
        "en": "Referral accepted: Family Hope Programme, Sent → Accepted",
    },
    "at": "2026-11-25T03:04:05.678901Z",
    "actor": {"kind": "client", "id": "0000-0193a1b2c3d47e5f8a9b0c1d2e3f4a5c"},
    "cause_id": "0193a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5d",
    "case_id": "1374-0193a1b2c3d47e5f8a9b0c1d2e3f4a5e",
    "ticket": "1374-3F7K-9QX2-M",
    "referral_id": "1374-0193a1b2c3d47e5f8a9b0c1d2e3f4a5f",
    "data": {
        "program": "PKH",
        "agency": "KEMENSOS",
        "round": 1,
        "from_status": "sent",
        "to_status": "accepted",
        "on_behalf": False,
    },
}
_FEED: Final = {"items": [_EVENT], "next": "AQEB3q2-7w", "more": False}


@router.get("/v1/events", **operation("listEvents", may=AUTHENTICATED, answers=FeedOut, example=_FEED))
async def list_events(
    request: Request,
    response: Response,
    actor: CurrentActor,
    house: HouseDep,
    known: Known,
    vault: VaultDep,
    after: Annotated[
        str | None,
        Query(max_length=60_000, description="`next` of the answer before; absent: from the start."),
    ] = None,
    limit: Annotated[int, Query(ge=1, le=FEED_LIMIT, description="Events in one answer.")] = 100,
    types: Annotated[
        str | None, Query(max_length=2_000, description="Only these types, with commas between them.")
    ] = None,
    wait: Annotated[
        int, Query(ge=0, le=LONGEST, description="Seconds to wait for an event if there is none yet.")
    ] = 0,
) -> FeedOut:
    """Follow what happens to the cases and referrals in your scope, within a second of its commit.

    Events come tenant by tenant, in each in the order of their numbers; those of one case always in their
    order. Ask again with `next`: no event is missed and none comes twice, however long a transaction took.
    With `wait` the answer comes as soon as there is an event, or empty after that many seconds.
    """
    path = request.url.path
    position = _position(None if after is None else unseal(vault, after, path), given=after is not None)
    reading = _Reading(house, known, limit, _types(types))
    until = _waiting(request).end_of(wait)
    items, page = await reading.page(actor, position)
    async with _waiting(request).place() as has_place:
        while has_place and not items and await _grew(request, reading, actor, page.position, until):
            # Whoever lost the right while waiting is not told what came after.
            actor = await _still(house, request)
            items, page = await reading.page(actor, page.position)
    cursor = seal(vault, json.dumps(dict(page.position), separators=(",", ":")).encode(), path)
    response.headers["Link"] = f'<{path}?after={cursor}>; rel="next"'
    return FeedOut(items=items, next=cursor, more=page.more)


@dataclass(frozen=True, slots=True)
class _Reading:
    """What is asked of the feed; each page is a transaction of its own."""

    house: House
    known: Knowledge
    limit: int
    types: tuple[str, ...]

    async def page(self, actor: Actor, position: Position) -> tuple[list[EventOut], FeedPage]:
        async with read_only(self.house.database.sessions) as tx:
            page = await read_feed(
                tx, actor, _sight(actor, self.known), position, limit=self.limit, types=self.types
            )
            return await _told(tx, self.known, page.events), page


async def _grew(request: Request, reading: _Reading, actor: Actor, position: Position, until: float) -> bool:
    tenants = tenants_of(actor, _sight(actor, reading.known))
    return await _waiting(request).growth(reading.house.database, tenants, position, until)


def _waiting(request: Request) -> FeedWait:
    found: FeedWait = request.app.feed_wait
    return found


async def _still(house: House, request: Request) -> Actor:
    actor = await actor_of_token(house, bearer_token(request), house.clock())
    if actor is None:
        raise Unauthenticated
    return actor


@router.get(
    "/v1/cases/{ticket}/events",
    **operation(
        "listCaseEvents",
        may=Permission.CASE_READ,
        answers=Listed[EventOut],
        paged=True,
        example={"items": [_EVENT], "next": None, "count": None},
    ),
)
async def list_case_events(
    ticket: str, actor: CurrentActor, tx: ReadTx, known: Known, paging: Page
) -> Listed[EventOut]:
    """Tell what happened to a case, its referrals and its aid, from the first event to the last."""
    named = read_ticket(ticket)
    case = await find_case(tx, _sight(actor, known), named.tenant, named.text)
    actor.require(Permission.CASE_READ, case.village_code, case.desk_id)
    start = paging.after[0] if paging.after else 0
    found = await feed.case_timeline(tx, named.tenant, case.id, after=start, limit=paging.limit + 1)
    shown = found[: paging.limit]
    return paging.page(
        await _told(tx, known, shown),
        after=[shown[-1].n] if len(found) > len(shown) else None,
        count=case.event_count if paging.wants_count else None,
    )


async def _told(tx: Tx, known: Knowledge, events: list[FeedEvent]) -> list[EventOut]:
    homes = await feed.account_tenants(tx, *accounts_in(events))
    return events_out(known, events, homes)


def _sight(actor: Actor, known: Knowledge) -> Sight:
    return Sight(scope_of(actor), known.regions.regencies)


def _position(content: bytes | None, *, given: bool) -> Position:
    if content is not None:
        found: Position = json.loads(content)
        return found
    if given:
        raise BadRequest(
            code="bad_cursor",
            fields=(
                FieldError(
                    "/query/after",
                    "unreadable",
                    "Kursor tidak dikenal. Kirim `next` dari jawaban sebelumnya, atau mulai tanpa `after`.",
                    "The cursor is not known. Send `next` of the answer before, or start without `after`.",
                ),
            ),
        )
    return {}


def _types(given: str | None) -> tuple[str, ...]:
    """Return the asked types; one that does not exist is refused, since it would silently match nothing."""
    types = tuple(given.split(",")) if given is not None else ()
    if any(one not in EVENTS for one in types):
        raise BadRequest(
            fields=(
                FieldError(
                    "/query/types",
                    "unknown_type",
                    "Jenis peristiwa tidak dikenal. Daftarnya ada di GET /v1/codes.",
                    "The type of event is not known. GET /v1/codes lists them.",
                ),
            )
        )
    return types
