"""By whose eyes an endpoint sees: the agency client's own, or those of an officer of the secretariat."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from typing import Final
from uuid import UUID

from app.db.queries import webhooks as stored
from app.db.session import Tx
from app.domain.access import Actor, Grant, Permission, Role, widened
from app.domain.codes import ActorKind
from app.domain.ids import public_id
from app.domain.knowledge import Knowledge
from app.domain.service_keys import narrowed
from app.domain.sla import local_date

SECRETARIAT: Final = UUID(int=0)
"""Nobody's account: a case is never about the office, and names no reader of it."""


async def owner_actors(
    tx: Tx, known: Knowledge, regency: str, accounts: Collection[UUID | None], now: datetime
) -> dict[UUID | None, Actor]:
    """Return the actor of each owner in one tenant, with the grants of today.

    A client that was disabled sees nothing. The office sees what its officers see by their role: nothing that
    is closed to them, and nothing that names single persons.
    """
    named = [one for one in accounts if one is not None]
    rows: dict[UUID, list[stored.OwnGrant]] = defaultdict(list)
    if named:
        for row in await stored.client_grants(tx, regency, named, local_date(now, regency)):
            rows[row.account_id].append(row)
    found: dict[UUID | None, Actor] = {one: _client(known, regency, one, rows[one]) for one in named}
    if None in accounts:
        office = widened((Grant(Role.SECRETARIAT_OFFICER, regency),), known.family)
        found[None] = Actor(ActorKind.OFFICER, regency, SECRETARIAT, office, "secretariat")
    return found


def _client(known: Knowledge, regency: str, account: UUID, rows: list[stored.OwnGrant]) -> Actor:
    grants = (Grant(Role(row.role), row.region_code, row.agency_code, row.desk_id) for row in rows)
    scopes: frozenset[Permission] | None = narrowed(*(row.scopes for row in rows))
    return Actor(
        ActorKind.CLIENT,
        regency,
        account,
        widened(grants, known.family),
        public_id(regency, account),
        scopes=scopes,
    )
