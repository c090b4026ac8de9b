"""A reservation that ran out: what it held is open to others again."""

from datetime import datetime, timedelta
from uuid import UUID

from app.db.queries import needs as stored
from app.db.queries import pledges as kept
from app.db.queries.acting import Acting
from app.db.queries.pledge_moves import move_pledge
from app.domain.needs import PledgeAction, PledgeState
from app.services.needs.locking import put_on_list
from app.services.needs.pledging import hold_pledge, notify_donor

_WAITING = frozenset({PledgeState.RESERVED, PledgeState.PLEDGED})
_CHECKED = PledgeState.DELIVERED
_DAY = timedelta(days=1)


async def expire(acting: Acting, regency: str, pledge_id: UUID) -> datetime | None:
    """Let a pledge run out if it is due; return when to look again, None once it holds nothing by a date."""
    seen = await kept.find(acting.tx, regency, pledge_id)
    need = None if seen is None else await stored.find(acting.tx, regency, seen.need_id)
    if seen is None or need is None:
        return None
    held, pledge = await hold_pledge(acting, seen, need)
    state = PledgeState(pledge.state)
    if state is _CHECKED:
        # It may be given back, and then has a new date: look once a day.
        return acting.now + _DAY
    if state not in _WAITING or pledge.expires_at is None:
        return None
    if acting.now < pledge.expires_at:
        return pledge.expires_at
    await move_pledge(acting, held.need, pledge, PledgeAction.EXPIRE)
    await put_on_list(held, by_system=True)
    await held.end()
    await notify_donor(acting, pledge)
    return None
