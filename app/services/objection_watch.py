"""A silent objection: put before the next office each time, and never let fall."""

from datetime import datetime
from typing import Final
from uuid import UUID

from app.db.queries import deliberations as stored
from app.db.queries import notices
from app.db.queries import objections as kept
from app.db.queries.acting import Acting
from app.db.tables.deliberations import DeliberationObjection
from app.domain.access import Role
from app.domain.deliberation.objections import ObjectionState, rung_of, rungs_from
from app.domain.events.deliberations import ObjectionEscalated

_NOTICE: Final = "objection_waits"


async def escalate(acting: Acting, regency: str, objection_id: UUID) -> datetime | None:
    """Put a silent objection before the next office; return when to look again, None once it was verified."""
    row = await kept.lock_objection(acting.tx, regency, objection_id)
    if row is None or row.state != ObjectionState.OPEN.value:
        return None
    if acting.now < row.due_at:
        return row.due_at
    session = await stored.session_of(acting.tx, regency, row.deliberation_id)
    if session is None:
        raise ValueError("An objection has its session.")
    rung, told = await _office(acting, row)
    row.due_at = kept.verify_by(acting, regency)
    if row.acts > 0:
        row.escalated_to, row.escalated_at = rung.value, row.escalated_at or acting.now
    row.acts += 1
    happened = ObjectionEscalated(thing_id=session.id, objection_id=row.id, rung=rung.value, told=len(told))
    await stored.tell(acting, session, happened)
    await notices.add(acting.tx, [_notice(acting, row, account) for account in told])
    await acting.tx.flush()
    return row.due_at


async def _office(acting: Acting, row: DeliberationObjection) -> tuple[Role, list[UUID]]:
    """Find the office that somebody sits in; with nobody anywhere it stands before the head's empty chair."""
    today = acting.today(row.regency_code)
    for role in rungs_from(row.acts):
        found = await kept.office(acting.tx, row.regency_code, role, today)
        if found:
            return role, found
    return rung_of(row.acts), []


def _notice(acting: Acting, row: DeliberationObjection, account: UUID) -> notices.NewNotice:
    return notices.NewNotice(
        regency_code=row.regency_code,
        id=acting.new_id(),
        account_id=account,
        kind=_NOTICE,
        case_regency=None,
        case_id=None,
        referral_id=None,
        data={"objection": row.id.hex, "deliberation": row.deliberation_id.hex},
        at=acting.now,
    )
