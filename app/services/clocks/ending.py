"""The ends that silence brings: papers that never came, a resident who says nothing, a receiver who does."""

from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import Final

from app.db.queries.acting import Acting
from app.db.queries.case_moves import (
    Move,
    finish,
    follow,
    lock_people,
    referrals_of,
    state_of,
    take_step,
)
from app.db.queries.cases import case_by_id
from app.db.queries.clocks import clocks_of, open_puts, watch
from app.db.queries.offers import lay_next
from app.db.queries.referral_moves import Taking, take
from app.db.queries.sweeping import lock_one
from app.db.tables.cases import Clock
from app.domain.access import SYSTEM
from app.domain.codes import ActorKind, Priority
from app.domain.escalation import Deed, deed_at
from app.domain.lifecycle import CaseAction, CaseContext, decide
from app.domain.referrals import BLOCKING, Party, ReferralAction
from app.services.clocks.sweep import Alone


async def end_silence(acting: Acting, tenant: str, left: Alone) -> bool:
    """Take the step that ends one clock, with all that it brings, and tell whether it was taken.

    Nothing is done to a case that somebody has in hand, or whose clock has moved meanwhile.

    Raises:
        DeskError: the step cannot be taken; the transaction must not be kept.
    """
    found = await case_by_id(acting.tx, tenant, left.case_id)
    if found is None:
        return False
    if left.deed is Deed.EXPIRE_REFERRAL:
        # The next referral may go by itself: aid is promised only under the locks of the people.
        await lock_people(acting.tx, tenant, found.person_id, found.household_id)
    if not await lock_one(acting.tx, tenant, left.case_id):
        return False
    await acting.tx.refresh(found)
    # No text is sealed here, and what has no key any more must end too.
    move = Move(acting, found, None, await referrals_of(acting.tx, found))
    clock = await _due(move, left)
    if clock is None:
        return False
    await _ENDS[left.deed](move, clock)
    await follow(move)
    await finish(move)
    return True


async def _due(move: Move, left: Alone) -> Clock | None:
    case, acting = move.case, move.acting
    clock = next((one for one in await clocks_of(acting, case) if one.id == left.clock_id), None)
    if clock is None or clock.act_at is None or clock.act_at >= acting.now:
        return None
    puts = await open_puts(acting.tx, case.regency_code, [case.id])
    blocked = any(one.status in BLOCKING for one in move.referrals)
    priority = Priority(case.priority)
    seen = watch(acting.known, priority, clock, puts.get(clock.id, ()), blocked=blocked)
    due = seen is not None and deed_at(seen, acting.now) is left.deed
    return clock if due else None


def _step(action: CaseAction) -> Callable[[Move, Clock], Awaitable[None]]:
    async def do(move: Move, clock: Clock) -> None:
        context = CaseContext(ActorKind.SYSTEM, move.acting.now, due=clock.due_at)
        await take_step(move, decide(state_of(move.case, move.referrals), action, context), by=SYSTEM)

    return do


async def _expire_referral(move: Move, clock: Clock) -> None:
    referral = next(one for one in move.referrals if one.id == clock.referral_id)
    await take(move, referral, Taking(ReferralAction.EXPIRE, Party.SYSTEM, {}, by=SYSTEM))
    await lay_next(move, referral)


_ENDS: Final[Mapping[Deed, Callable[[Move, Clock], Awaitable[None]]]] = MappingProxyType(
    {
        Deed.EXPIRE_CASE: _step(CaseAction.EXPIRE),
        Deed.CLOSE_SILENT: _step(CaseAction.SILENCE),
        Deed.EXPIRE_REFERRAL: _expire_referral,
    }
)
