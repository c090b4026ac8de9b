"""Moving a pledge, and with it what its card counts; and closing the card of a referral that has ended.

Lock in this order: people, case, referral, card, pledge.
"""

from datetime import date
from typing import Final

from app.db.queries import needs, pledges
from app.db.queries.acting import Acting
from app.db.tables.needs import Need, Pledge
from app.db.tables.referrals import Referral
from app.domain.events.needs import NeedWithdrawn, PledgeMoved
from app.domain.needs import ACTIVE, NeedState, PledgeAction, PledgeState, counted, decide_pledge

ENDED: Final = "referral_ended"
"""Why a card closes by itself; of the set ``need_end_reason``."""
_CLOSABLE: Final = frozenset({NeedState.DRAFT, NeedState.PUBLISHED, NeedState.RESERVED})


async def move_pledge(
    acting: Acting,
    need: Need,
    pledge: Pledge,
    action: PledgeAction,
    *,
    reason: str | None = None,
    on: date | None = None,
) -> None:
    """Take one step of a locked pledge on a locked card.

    Raises:
        Conflict: not from this state.
    """
    before = PledgeState(pledge.state)
    await settle(acting, need, pledge, decide_pledge(before, action), action, reason=reason, on=on)


async def settle(  # noqa: PLR0913  # what moves, where to, and what is told of it
    acting: Acting,
    need: Need,
    pledge: Pledge,
    target: PledgeState,
    action: PledgeAction,
    *,
    reason: str | None = None,
    on: date | None = None,
) -> None:
    before = PledgeState(pledge.state)
    pledge.state, pledge.reason, pledge.updated_at = target.value, reason, acting.now
    if target is PledgeState.ACCEPTED:
        need.given += pledge.quantity
    elif target not in ACTIVE:
        need.held -= pledge.quantity
    if target in {PledgeState.DELIVERED, PledgeState.ACCEPTED} or target not in ACTIVE:
        pledge.expires_at = None
    recount(acting, need)
    event = PledgeMoved(
        thing_id=need.id,
        pledge_id=pledge.id,
        action=action.value,
        from_state=before.value,
        to_state=target.value,
        quantity=pledge.quantity,
        remaining=need.quantity - need.held,
        given=need.given,
        reason=reason,
        on=on,
    )
    await acting.tx.flush()
    await needs.tell(acting, need, event)


def recount(acting: Acting, need: Need) -> None:
    """Bring the state of a card that is open to what it counts."""
    need.updated_at = acting.now
    if need.state in needs.OPEN:
        need.state = counted(need.quantity, need.held, need.given).value
        if need.state == NeedState.FULFILLED.value:
            need.ended_at = acting.now


async def close_card(acting: Acting, referral: Referral) -> None:
    """End a card, and the pledges on it, with its referral, where this ended otherwise than by a donor."""
    need = await needs.of_referral(acting.tx, referral.regency_code, referral.id, for_update=True)
    if need is None or NeedState(need.state) not in _CLOSABLE:
        return
    await withdraw_card(acting, need, ENDED)


async def withdraw_card(acting: Acting, need: Need, reason: str) -> None:
    """Take a locked card away; what donors promised on it is released."""
    for pledge in await pledges.standing(acting.tx, need):
        await settle(acting, need, pledge, PledgeState.RELEASED, PledgeAction.RELEASE, reason=reason)
    need.state, need.end_reason, need.ended_at = NeedState.WITHDRAWN.value, reason, acting.now
    need.updated_at = acting.now
    await acting.tx.flush()
    await needs.tell(acting, need, NeedWithdrawn(thing_id=need.id, reason=reason))
