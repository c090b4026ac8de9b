"""Looking at sessions: the list, and one with all that hangs on it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from app.db.queries import deliberations as stored
from app.db.queries.acting import Acting
from app.db.tables.deliberations import Deliberation, DeliberationAttendee, DeliberationMinutes
from app.domain.access import Actor, Permission, covers
from app.domain.access.actors import forbidden
from app.domain.deliberation.quorum import Quorum
from app.domain.deliberation.windows import PUBLIC_DAYS, Cutoff
from app.domain.errors import Conflict
from app.services.deliberations.opening import Opened, open_candidates
from app.services.deliberations.places import Place, key_of, quorum_now, readable
from app.services.deliberations.publishing import cutoff_for


@dataclass(frozen=True, slots=True)
class Whole:
    session: Deliberation
    quorum: Quorum
    cutoff: Cutoff
    candidates: Sequence[Opened]
    minutes: Sequence[DeliberationMinutes]


def regions_of(actor: Actor, permissions: frozenset[Permission], regency: str) -> tuple[str, ...]:
    """Return the regions inside *regency* where the actor holds one of *permissions*."""
    if any(actor.has(one, regency) for one in permissions):
        return (regency,)
    found = {
        grant.region
        for grant in actor.grants
        if grant.region is not None
        and grant.agency is None
        and covers(regency, grant.region)
        and any(actor.has(one, grant.region) for one in permissions)
    }
    return tuple(sorted(found))


def wanted_of(
    actor: Actor, region: str, permissions: frozenset[Permission], asked: Permission
) -> tuple[str, ...]:
    """Return the regions to list: the asked one where it lies inside the actor's, or the actor's inside it.

    Raises:
        Forbidden: the actor has nothing of this kind there.
    """
    regency = region[:5]
    own = regions_of(actor, permissions, regency)
    found = tuple(
        region if covers(one, region) else one for one in own if covers(one, region) or covers(region, one)
    )
    if not found:
        raise forbidden(asked)
    return tuple(sorted(set(found)))


async def whole(acting: Acting, place: Place) -> Whole:
    """Return a session with its agenda, quorum, minutes and deadlines."""
    return await shown(acting, await readable(acting, place))


async def shown(acting: Acting, session: Deliberation) -> Whole:
    rows = await stored.candidates_of(acting.tx, session)
    return Whole(
        session,
        await quorum_now(acting, session),
        cutoff_for(acting, session),
        await open_candidates(acting, session.regency_code, rows),
        await stored.minutes_of(acting.tx, session),
    )


async def attendance(
    acting: Acting, place: Place
) -> tuple[Deliberation, list[tuple[DeliberationAttendee, str]]]:
    """Return who sits in the present sitting, by name."""
    session = await readable(acting, place)
    return session, await named(acting, session)


async def named(acting: Acting, session: Deliberation) -> list[tuple[DeliberationAttendee, str]]:
    rows = await stored.attendees_of(acting.tx, session, session.sitting)
    key = await key_of(acting, session.regency_code, session.data_key_id)
    table = "deliberation_attendees"
    return [(row, acting.vault.open(key, table, "name", row.id, row.name_sealed)) for row in rows]


async def invitation_of(acting: Acting, place: Place) -> tuple[Deliberation, dict[str, Any]]:
    """Return what the invitation says.

    Raises:
        Conflict: none went out, or it is void by a change.
    """
    session = await readable(acting, place)
    if session.invitation is None:
        raise Conflict(
            "not_convened", "Undangan belum dibuat.", "No invitation was made, or it is void by a change."
        )
    return session, session.invitation


async def published_sessions(acting: Acting, regency: str, village: str) -> Sequence[Deliberation]:
    """Return the sessions of a village that anyone may still read."""
    since = acting.now - timedelta(days=PUBLIC_DAYS)
    return await stored.published_of(acting.tx, regency, village, since)
