"""Nominating recipients: from cases, by villages, and from a list. Each person is in a campaign once.

Whoever the actor may not know of looks like somebody who is not on record.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from app.db.queries import campaigns as stored
from app.db.queries.acting import Acting
from app.db.queries.cases import find_case
from app.db.queries.people import Wanted, find_people, person_by_id
from app.db.queries.rights import restrained
from app.db.queries.scope import Sight
from app.db.tables.campaigns import Campaign
from app.db.tables.people import Person
from app.domain.access import Permission
from app.domain.campaigns import CampaignState, RecipientState, lot_of
from app.domain.codes import Confidentiality
from app.domain.errors import Conflict, NotFound
from app.domain.events.campaigns import CampaignNominated
from app.domain.identity import Nik, parse_nik
from app.domain.rights import RequestKind
from app.domain.tickets import Ticket, parse_ticket
from app.integrations.vault import Blind
from app.services.campaigns.finding import find_campaign


class Route(StrEnum):
    """How somebody came to be nominated; the set ``campaign_route``."""

    CASE = "case"
    REGISTRY = "registry"
    VILLAGE = "village"


class Nominated(StrEnum):
    """What came of one line; the set ``campaign_nomination``."""

    NOMINATED = "nominated"
    ALREADY = "already"
    UNKNOWN = "unknown"
    """Not on record, or not the actor's to know."""
    MALFORMED = "malformed"
    CLOSED_CASE = "closed_case"
    """What a closed case is about is helped on its own way."""
    NO_PERSON = "no_person"
    DECEASED = "deceased"
    FROZEN = "frozen"


@dataclass(frozen=True, slots=True)
class Line:
    """One nomination: a ticket, a person's id, or a NIK."""

    route: Route
    ticket: str | None = None
    person_id: UUID | None = None
    nik: str | None = None


@dataclass(frozen=True, slots=True)
class Result:
    n: int
    verdict: Nominated
    recipient_id: UUID | None = None


async def nominate(
    acting: Acting, sight: Sight, blind: Blind, place: tuple[str, UUID], lines: Sequence[Line]
) -> tuple[Campaign, list[Result]]:
    """Nominate, line by line; a line that cannot be taken says why and hinders no other.

    Raises:
        NotFound: there is no such campaign in sight.
        Conflict: it takes no nominations now.
    """
    campaign = await find_campaign(acting, *place, for_update=True)
    if campaign.state != CampaignState.OPEN.value:
        raise Conflict(
            "campaign_not_open",
            "Kegiatan ini tidak sedang menerima usulan calon.",
            "This campaign takes no nominations now.",
            {"state": campaign.state},
        )
    found = [await _find(acting, sight, blind, campaign, line) for line in lines]
    before = await stored.in_campaign(
        acting.tx, campaign, {one.person.id for one in found if one.person is not None}
    )
    new: dict[UUID, dict[str, Any]] = {}
    for one in found:
        if one.person is not None and one.person.id not in before:
            row = new.setdefault(one.person.id, new_recipient(acting, campaign, one.person))
            row["routes"] += [one.origin] if one.origin not in row["routes"] else []
    rows = list(new.values())
    await stored.add_recipients(acting.tx, rows)
    ids = {row["person_id"]: row["id"] for row in rows}
    results = [_result(n, one, ids) for n, one in enumerate(found)]
    await _tell(acting, campaign, lines, results)
    return campaign, results


def new_recipient(
    acting: Acting, campaign: Campaign, person: Any, *origins: dict[str, Any]
) -> dict[str, Any]:
    """Return the row of somebody whom nobody has weighed yet; *person* has the columns of a person."""
    return {
        "regency_code": campaign.regency_code,
        "id": acting.new_id(),
        "campaign_id": campaign.id,
        "person_id": person.id,
        "household_id": person.household_id,
        "village_code": person.village_code,
        "district_code": person.village_code.rpartition(".")[0],
        "born_on": person.born_on,
        "routes": list(origins),
        "state": RecipientState.NOMINATED.value,
        "reason": None,
        "weighed_n": 0,
        "need": 0,
        "aid_count": 0,
        "lot": lot_of(campaign.id, person.id),
        "fits": [],
        "basis_sealed": None,
        "component": None,
        "order_n": None,
        "tie": None,
        "code": None,
        "line_id": None,
        "slot_id": None,
        "replaces": None,
        "given_at": None,
        "created_at": acting.now,
        "created_by": acting.actor.account_id,
        "updated_at": acting.now,
    }


def origin_of(acting: Acting, route: Route, source: UUID | None = None) -> dict[str, Any]:
    by = acting.actor.account_id
    return {
        "route": route.value,
        "at": acting.now.isoformat(),
        "by": by.hex if by else None,
        "source": source.hex if source else None,
    }


@dataclass(frozen=True, slots=True)
class _Found:
    person: Person | None
    verdict: Nominated
    origin: dict[str, Any]


def _result(n: int, one: _Found, ids: dict[UUID, UUID]) -> Result:
    if one.person is None:
        return Result(n, one.verdict)
    # Whoever stands twice in one request is nominated by the first of her lines.
    new = ids.pop(one.person.id, None)
    return Result(n, Nominated.NOMINATED if new else Nominated.ALREADY, new)


async def _find(acting: Acting, sight: Sight, blind: Blind, campaign: Campaign, line: Line) -> _Found:
    if line.ticket is not None:
        return await _of_case(acting, sight, campaign, line.ticket)
    if line.person_id is not None:
        person = await person_by_id(acting.tx, campaign.regency_code, line.person_id)
    else:
        nik = parse_nik(line.nik or "", today=acting.today(campaign.regency_code))
        if not isinstance(nik, Nik):
            return _Found(None, Nominated.MALFORMED, {})
        digests = blind.digests("nik", nik.number)
        people = await find_people(acting.tx, campaign.regency_code, Wanted(nik=digests), 1)
        person = people[0] if people else None
    if person is None or not acting.actor.has(Permission.PERSON_LOOKUP, person.village_code):
        return _Found(None, Nominated.UNKNOWN, {})
    return await _alive(acting, person, origin_of(acting, line.route))


async def _of_case(acting: Acting, sight: Sight, campaign: Campaign, text: str) -> _Found:
    ticket = parse_ticket(text)
    if not isinstance(ticket, Ticket) or ticket.tenant != campaign.regency_code:
        return _Found(None, Nominated.MALFORMED, {})
    try:
        case = await find_case(acting.tx, sight, ticket.tenant, ticket.text)
    except NotFound:
        return _Found(None, Nominated.UNKNOWN, {})
    if case.confidentiality == Confidentiality.RAHASIA.value:
        return _Found(None, Nominated.CLOSED_CASE, {})
    person = (
        await person_by_id(acting.tx, case.regency_code, case.person_id)
        if case.person_id is not None
        else None
    )
    if person is None:
        return _Found(None, Nominated.NO_PERSON, {})
    return await _alive(acting, person, origin_of(acting, Route.CASE, case.id))


async def _alive(acting: Acting, person: Person, origin: dict[str, Any]) -> _Found:
    if person.deceased_on is not None:
        return _Found(None, Nominated.DECEASED, {})
    if await restrained(acting.tx, person.regency_code, RequestKind.FREEZE, [person.id]):
        return _Found(None, Nominated.FROZEN, {})
    return _Found(person, Nominated.NOMINATED, origin)


async def _tell(acting: Acting, campaign: Campaign, lines: Iterable[Line], results: Sequence[Result]) -> None:
    by_route: dict[Route, int] = {}
    for line, result in zip(lines, results, strict=True):
        if result.verdict is Nominated.NOMINATED:
            by_route[line.route] = by_route.get(line.route, 0) + 1
    if by_route:
        campaign.updated_at = acting.now
        happened = (
            CampaignNominated(thing_id=campaign.id, route=route.value, nominated=count)
            for route, count in by_route.items()
        )
        await stored.tell(acting, campaign, *happened)
