"""Acting on due clocks: reminders, rungs of the ladder, and the ends that silence brings.

A pass is short and then rests a quarter of what it took, so that a flood of overdue cases holds up neither
the other jobs nor the desks. It takes one batch of each tenant in turn, the longest waiting first. What a
kill leaves undone is due still; what was done is not, since both are one transaction.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

import structlog

from app.db.queries import sweeping
from app.db.queries.acting import Acting
from app.db.queries.work import Claim
from app.db.session import read_only, transaction
from app.domain.errors import DeskError, Unavailable
from app.domain.escalation import Roster
from app.domain.knowledge import Knowledge
from app.services import clocks
from app.services.clocks import Alone
from app.worker.tools import Tools

PASS: Final = timedelta(milliseconds=400)
IDLE: Final = timedelta(seconds=1)
REST: Final = 4
"""A pass rests this part of the time that it took; the other jobs of the lane run then, however long."""
LONGEST_REST: Final = timedelta(seconds=1)
AFTER_A_FAULT: Final = timedelta(seconds=5)
BATCHES: Final = 200
"""In one pass, however fast they are."""


@dataclass(slots=True)
class _Pass:
    tools: Tools
    known: Knowledge
    began: datetime
    rosters: dict[str, Roster] = field(default_factory=dict)
    batches: int = 0
    faults: int = 0

    def is_over(self) -> bool:
        over = self.tools.now() - self.began > PASS or self.batches >= BATCHES
        return over or self.tools.stop.is_set()


async def act_on_clocks(tools: Tools, _held: Claim) -> datetime:
    """Do what is due, as far as one pass goes; return when to come again."""
    began = tools.now()
    async with read_only(tools.database.sessions) as tx:
        tenants = await sweeping.due_tenants(tx, began)
    if not tenants:
        return began + IDLE
    this = _Pass(tools, await tools.knowledge.current(began), began)
    more = await _rounds(this, tenants)
    now = tools.now()
    if this.faults:
        return now + AFTER_A_FAULT
    return now + (min((now - began) / REST, LONGEST_REST) if more else IDLE)


async def _rounds(this: _Pass, tenants: Sequence[str]) -> bool:
    """Take a batch of each tenant in turn; tell whether the pass ended before the work did."""
    waiting = deque(tenants)
    while waiting:
        if this.is_over():
            return True
        tenant = waiting.popleft()
        if await _guarded(this, tenant):
            waiting.append(tenant)
    return False


async def _guarded(this: _Pass, tenant: str) -> bool:
    try:
        return await _batch(this, tenant)
    except Unavailable:
        raise
    except Exception as error:  # noqa: BLE001 - a fault in one tenant must not hold up the clocks of the others
        _tell(this, tenant, error)
    await _one_by_one(this, tenant)
    return False


async def _one_by_one(this: _Pass, tenant: str) -> None:
    """Do each case of a failed batch by itself; the one that cannot be done stays due, and is told of."""
    async with read_only(this.tools.database.sessions) as tx:
        cases = await sweeping.due_cases(tx, tenant, this.tools.now())
    for case_id in cases:
        try:
            async with transaction(this.tools.database.sessions) as tx:
                acting = this.tools.acting(tx, this.known)
                roster = await _roster(this, acting, tenant)
                swept = await clocks.sweep_case(acting, tenant, roster, case_id)
            for left in swept.alone:
                await _end(this, tenant, left)
        except Unavailable:
            raise
        except Exception as error:  # noqa: BLE001 - nor the other cases of its own
            _tell(this, tenant, error)
        if this.tools.stop.is_set():
            return


def _tell(this: _Pass, tenant: str, error: Exception) -> None:
    # Without its message: the message of a database error holds values.
    this.faults += 1
    structlog.get_logger().error("clocks_failed", tenant=tenant, error=type(error).__name__)


async def _batch(this: _Pass, tenant: str) -> bool:
    """Do one batch of a tenant; tell whether there may be more."""
    this.batches += 1
    async with transaction(this.tools.database.sessions) as tx:
        acting = this.tools.acting(tx, this.known)
        roster = await _roster(this, acting, tenant)
        swept = await clocks.sweep_due(acting, tenant, roster)
    ended = 0
    for left in swept.alone:
        if ended and this.is_over():
            return True
        ended += await _end(this, tenant, left)
    return swept.done + ended > 0


async def _roster(this: _Pass, acting: Acting, tenant: str) -> Roster:
    if tenant not in this.rosters:
        today = acting.today(tenant)
        this.rosters[tenant] = await sweeping.read_roster(acting.tx, tenant, today, acting.now)
    return this.rosters[tenant]


async def _end(this: _Pass, tenant: str, left: Alone) -> bool:
    sessions, tools = this.tools.database.sessions, this.tools
    try:
        async with transaction(sessions) as tx:
            return await clocks.end_silence(tools.acting(tx, this.known), tenant, left)
    except Unavailable:
        raise
    except DeskError as error:
        structlog.get_logger().warning("silence_not_ended", deed=left.deed.value, code=error.code)
    # It may not vanish: somebody is to look at it, and it is tried again later.
    async with transaction(sessions) as tx:
        await clocks.put_higher(tools.acting(tx, this.known), tenant, this.rosters[tenant], left)
    return True
