"""A supervisor's view of her people: what each has in hand, as far as she may see it herself."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.db.queries import team as stored
from app.db.queries.acting import Acting
from app.db.queries.scope import Sight
from app.db.queries.team import Counts, Member
from app.domain.access import Permission
from app.domain.hands import is_below


@dataclass(frozen=True, slots=True)
class Person:
    member: Member
    counts: Counts
    visits_planned: int


async def people_of(acting: Acting, sight: Sight, tenant: str) -> Sequence[Person]:
    """Return who works for the actor in the regency, by login.

    Counts are taken under her own sight, so they agree with her lists: a case that she may not see is in
    nobody's count.
    """
    actor = acting.actor
    actor.require_ever(Permission.TEAM_MANAGE)
    everybody = await stored.members(acting.tx, tenant, acting.today(tenant))
    mine = [
        one
        for one in everybody.values()
        if one.active and stored.reaches(actor, one) and is_below(one.actor.grants, actor.grants)
    ]
    ids = [one.account_id for one in mine]
    counts = await stored.counts(acting.tx, sight, tenant, ids, acting.now)
    visits = await stored.visits_planned(acting.tx, sight, tenant, ids)
    return [
        Person(one, counts.get(one.account_id, stored.NOTHING), visits.get(one.account_id, 0)) for one in mine
    ]
