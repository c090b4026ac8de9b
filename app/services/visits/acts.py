"""Planning a visit, recording it, and calling it off."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from app.db.queries import visits as stored
from app.db.queries.acting import Acting
from app.db.queries.case_moves import finish, lock_case, open_move
from app.db.queries.scope import Sight
from app.db.tables.cases import Case
from app.db.tables.hands import Visit
from app.domain.events.hands import VisitCancelled
from app.domain.tickets import Ticket
from app.services.visits.doing import Report, Visited, done
from app.services.visits.going import (
    Plan,
    check_code,
    new_visit,
    planned,
    planned_visit,
    require_open,
    wrong_field,
)

FARTHEST: Final = timedelta(days=366)
"""How far ahead a visit can be planned. Ours."""


async def plan(acting: Acting, sight: Sight, place: Ticket, new: Plan) -> tuple[Case, Visit]:
    """Plan a visit; without a visitor the actor goes herself.

    Raises:
        Conflict: the case is closed or void.
        Forbidden: a cadre plans for herself only.
        Invalid: a time that is past or too far off, or somebody who may not see the case.
    """
    case = await lock_case(acting.tx, sight, place.tenant, place.text)
    require_open(acting, case)
    check_code(acting, "/purpose", "visit_purpose", new.purpose)
    if not (acting.done_from or acting.now) <= new.planned_for <= acting.now + FARTHEST:
        raise wrong_field(
            "/planned_for",
            "bad_time",
            "Waktu kunjungan harus di depan, paling lama setahun.",
            "The visit must lie ahead, within a year.",
        )
    visit = await new_visit(acting, case, new)
    move = await open_move(acting, case)
    acting.tx.add(visit)
    move.add(planned(visit))
    await finish(move)
    return case, visit


async def record(acting: Acting, sight: Sight, place: Ticket, new: Plan, report: Report) -> Visited:
    """Record a visit that was made without having been planned."""
    case = await lock_case(acting.tx, sight, place.tenant, place.text)
    require_open(acting, case)
    check_code(acting, "/purpose", "visit_purpose", new.purpose)
    visit = await new_visit(acting, case, new)
    acting.tx.add(visit)
    await acting.tx.flush()
    return await done(acting, case, visit, report, "/done")


async def complete(acting: Acting, sight: Sight, place: Ticket, visit_id: UUID, report: Report) -> Visited:
    """Record what a planned visit found.

    Raises:
        NotFound: the case has no such visit.
        Conflict: it was done or cancelled before.
        Forbidden: another cadre's visit.
        Invalid: an unknown verdict, an answer that is not on the checklist, or an impossible time.
    """
    case = await lock_case(acting.tx, sight, place.tenant, place.text)
    visit = await planned_visit(acting, case, visit_id)
    return await done(acting, case, visit, report, "")


async def cancel(
    acting: Acting, sight: Sight, place: Ticket, visit_id: UUID, reason: str
) -> tuple[Case, Visit]:
    """Cancel a planned visit; raises as `complete` does."""
    case = await lock_case(acting.tx, sight, place.tenant, place.text)
    visit = await planned_visit(acting, case, visit_id)
    check_code(acting, "/reason", "visit_cancel_reason", reason)
    move = await open_move(acting, case)
    visit.state, visit.cancel_reason = stored.CANCELLED, reason
    visit.version += 1
    move.add(VisitCancelled(case_id=case.id, visit_id=visit.id, reason=reason))
    await finish(move)
    return case, visit
