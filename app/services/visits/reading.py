"""Reading visits: with what they found, opened."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from app.db.queries import team
from app.db.queries import visits as stored
from app.db.queries.acting import Acting
from app.db.queries.cases import find_case
from app.db.queries.scope import Sight
from app.db.queries.texts import data_key
from app.db.tables.cases import Case
from app.db.tables.hands import Visit
from app.domain.access import Permission
from app.domain.tickets import Ticket
from app.services.visits.going import find_visit


@dataclass(frozen=True, slots=True)
class Shown:
    """A visit with its findings opened, who went, and its photos."""

    visit: Visit
    visitor: str | None
    findings: Mapping[str, Any] | None
    photos: Sequence[UUID] = ()


async def require_visit(acting: Acting, sight: Sight, place: Ticket, visit_id: UUID | None = None) -> None:
    """Let pass whoever may visit the case, and this visit of it."""
    case = await find_case(acting.tx, sight, place.tenant, place.text)
    acting.actor.require(Permission.CASE_VISIT, case.village_code, case.desk_id)
    if visit_id is not None:
        await find_visit(acting, case, visit_id)


async def of_case(acting: Acting, sight: Sight, place: Ticket) -> tuple[Case, Sequence[Shown]]:
    """Return the case and its visits with their findings, by when they were planned."""
    case = await find_case(acting.tx, sight, place.tenant, place.text)
    acting.actor.require(Permission.CASE_READ, case.village_code, case.desk_id)
    return case, await shown(acting, case, await stored.visits_of(acting.tx, case))


async def shown(acting: Acting, case: Case, visits: Sequence[Visit]) -> Sequence[Shown]:
    """Open the findings of *visits* of one case."""
    if not visits:
        return []
    key = await data_key(acting.tx, acting.vault, case.regency_code, case.data_key_id)
    names = await team.names(acting.tx, case.regency_code, [one.visitor_id for one in visits])
    photos = await stored.photos_of(acting.tx, case)
    return [
        Shown(
            one,
            names.get(one.visitor_id) if one.visitor_id else None,
            _findings(acting, key, one),
            photos.get(one.id, ()),
        )
        for one in visits
    ]


def _findings(acting: Acting, key: Any, visit: Visit) -> Mapping[str, Any] | None:
    if visit.findings_sealed is None:
        return None
    text = acting.vault.open(key, "visits", "findings", visit.id, visit.findings_sealed)
    found: dict[str, Any] = json.loads(text)
    return found
