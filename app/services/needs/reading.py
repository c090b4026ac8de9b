"""Who finds which cards and pledges.

The secretariat of a regency finds all of them, a donor the cards that are open there and the pledges that are
her own; the coordinating bodies of private help (LKKS, Forum CSR) the open cards, and who gives what where.
Whatever else there is looks as if it were not there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from app.db.queries import needs as stored
from app.db.queries import pledges as kept
from app.db.queries.acting import Acting
from app.db.queries.cases import case_seen, find_case
from app.db.queries.needs import NeedFilter
from app.db.queries.pledges import PledgeFilter, Sum, SumFilter
from app.db.queries.scope import Sight
from app.db.tables.cases import Case
from app.db.tables.needs import Need, Pledge, PledgeProof
from app.domain.access import ROLE_PERMISSIONS, Actor, Permission, covers
from app.domain.access.actors import forbidden
from app.domain.errors import NotFound
from app.domain.knowledge import Knowledge

P: Final = Permission
COORDINATORS: Final = frozenset({"LKKS", "FORUM_CSR"})
"""Kinds of agencies that bring private help together (domain.md 4.5)."""
MOST_SUMS: Final = 1000


def no_need() -> NotFound:
    return NotFound(
        id="Kartu kebutuhan ini tidak ada, atau tidak terbuka bagi Anda.",
        en="There is no such need, or it is not open to you.",
    )


def no_pledge() -> NotFound:
    return NotFound(
        id="Janji bantuan ini tidak ada, atau bukan milik Anda.",
        en="There is no such pledge, or it is not yours.",
    )


# Where --------------------------------------------------------------------------------------------------


def is_office(actor: Actor, regency: str) -> bool:
    return actor.has(P.NEED_PUBLISH, regency)


def coordinates(known: Knowledge, actor: Actor, regency: str) -> bool:
    """Tell whether the actor speaks for a body that brings private help together there."""
    return any(
        grant.agency is not None
        and (agency := known.agencies.get(grant.agency)) is not None
        and agency.kind in COORDINATORS
        and P.NEED_READ in actor.permissions_for(agency.code, regency)
        and covers(agency.region, regency)
        for grant in actor.grants
    )


def browses(known: Knowledge, actor: Actor, regency: str) -> bool:
    return actor.has(P.NEED_READ, regency) or coordinates(known, actor, regency)


def require_browser(known: Knowledge, actor: Actor) -> None:
    """Refuse whoever has a role that reads needs for no body that is concerned with them.

    Raises:
        Forbidden: an agency that neither gives nor coordinates what is given.
    """
    by_area = any(
        grant.agency is None and P.NEED_READ in ROLE_PERMISSIONS[grant.role] for grant in actor.grants
    )
    agencies = {grant.agency for grant in actor.grants if grant.agency is not None}
    kinds = {known.agencies[code].kind for code in agencies if code in known.agencies}
    if not by_area and not kinds & COORDINATORS:
        raise forbidden(P.NEED_READ)


def where_needs(known: Knowledge, actor: Actor, regencies: Sequence[str]) -> NeedFilter:
    office = [one for one in regencies if is_office(actor, one)]
    public = [one for one in regencies if one not in office and browses(known, actor, one)]
    return NeedFilter(office, public)


def where_pledges(actor: Actor, regencies: Sequence[str]) -> PledgeFilter:
    office = [one for one in regencies if actor.has(P.PLEDGE_CHECK, one)]
    own = [one for one in regencies if one not in office and actor.has(P.PLEDGE_MAKE, one)]
    return PledgeFilter(office, own, actor.account_id)


# One ----------------------------------------------------------------------------------------------------


async def seen_need(acting: Acting, sight: Sight, tenant: str, need_id: UUID) -> Need:
    """Return a card that the actor may know of.

    Raises:
        NotFound: there is none, or it is not open to the actor.
    """
    need = await stored.find(acting.tx, tenant, need_id)
    if need is None or not await _knows_of(acting, sight, need):
        raise no_need()
    return need


async def _knows_of(acting: Acting, sight: Sight, need: Need) -> bool:
    if is_office(acting.actor, need.regency_code):
        return need.case_id is None or (
            await case_seen(acting.tx, sight, need.regency_code, need.case_id) is not None
        )
    if not browses(acting.known, acting.actor, need.regency_code):
        return False
    return need.state in stored.OPEN or await kept.promised(acting.tx, need, acting.actor.account_id)


async def pledge_seen(acting: Acting, sight: Sight, tenant: str, pledge_id: UUID) -> tuple[Pledge, Need]:
    """Return a pledge of the actor's own, or one that her office checks, with its card.

    Raises:
        NotFound: there is none, or it is another's.
    """
    pledge = await kept.find(acting.tx, tenant, pledge_id)
    need = None if pledge is None else await stored.find(acting.tx, tenant, pledge.need_id)
    if pledge is None or need is None:
        raise no_pledge()
    if is_own(acting.actor, pledge):
        return pledge, need
    if not acting.actor.has(P.PLEDGE_CHECK, tenant) or not await _knows_of(acting, sight, need):
        raise no_pledge()
    return pledge, need


def is_own(actor: Actor, pledge: Pledge) -> bool:
    return (
        actor.account_id is not None
        and (pledge.donor_tenant, pledge.donor_id) == (actor.tenant, actor.account_id)
        and actor.has(P.PLEDGE_MAKE, pledge.regency_code)
    )


async def needs_of_case(acting: Acting, sight: Sight, place: tuple[str, str]) -> tuple[Case, Sequence[Need]]:
    """Return the cards of a case, oldest first.

    Raises:
        NotFound: no such case in the actor's sight.
        Forbidden: the actor reads no cases there.
    """
    case = await find_case(acting.tx, sight, *place)
    acting.actor.require(P.CASE_READ, case.village_code, case.desk_id)
    return case, await stored.of_case(acting.tx, case)


# As they are shown --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Shown:
    """A pledge with what it is shown with."""

    pledge: Pledge
    need: Need
    proofs: Sequence[PledgeProof]


async def shown(acting: Acting, rows: Sequence[Pledge]) -> list[Shown]:
    found = await stored.by_ids(acting.tx, [(one.regency_code, one.need_id) for one in rows])
    proofs = await kept.proofs_of(acting.tx, rows)
    return [Shown(one, found[one.regency_code, one.need_id], proofs[one.id]) for one in rows]


async def sums_for(acting: Acting, regencies: Sequence[str], wanted: SumFilter) -> list[Sum]:
    """Sum up what is given: for a donor her own, for the secretariat and the coordinating bodies all of it.

    Names that are not to be told are told to the secretariat alone.
    """
    actor, known = acting.actor, acting.known
    office = [one for one in regencies if actor.has(P.PLEDGE_CHECK, one)]
    rest = [one for one in regencies if one not in office]
    partner = [one for one in rest if coordinates(known, actor, one)]
    own = [one for one in rest if one not in partner and actor.has(P.PLEDGE_MAKE, one)]
    found: list[Sum] = []
    for part, donor, names_all in (
        (office, None, True),
        (partner, None, False),
        (own, actor.account_id, True),
    ):
        if part and len(found) < MOST_SUMS:
            asked = SumFilter(part, donor, names_all, wanted.since, wanted.until)
            found += await kept.summed(acting.tx, asked, MOST_SUMS - len(found))
    return found
