"""What the secretariat does with a pledge: accepts its proof, gives it back, or releases the donor.

An accepted delivery is a line of the ledger, written through the referral like any other aid.
"""

from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from app.db.queries.acting import Acting
from app.db.queries.pledge_moves import move_pledge
from app.db.queries.scope import Sight
from app.db.tables.needs import Need, Pledge
from app.domain.access import Permission
from app.domain.errors import FieldError, Invalid
from app.domain.ids import public_id
from app.domain.needs import NeedState, PledgeAction, check_hands
from app.domain.referrals import ReferralAction
from app.services.needs.locking import Held, put_on_list
from app.services.needs.pledging import deliver_days, hold_pledge, notify_donor
from app.services.needs.reading import pledge_seen

P, A, R = Permission, PledgeAction, ReferralAction
_RETURN: Final = "pledge_return_reason"
_RELEASE: Final = "need_end_reason"


async def accept(acting: Acting, sight: Sight, place: tuple[str, UUID]) -> Pledge:
    """Accept a delivery: the referral behind it is delivered on and, with the last one, fulfilled.

    Raises:
        NotFound: no such pledge in the actor's sight.
        Forbidden: the actor checks none.
        Conflict: nothing was delivered, or the actor wrote or published the card.
    """
    row, need = await _seen(acting, sight, place)
    held, row = await hold_pledge(acting, row, need)
    check_hands(acting.actor.account_id, (held.need.created_by, held.need.published_by, row.donor_id))
    await move_pledge(acting, held.need, row, A.ACCEPT, on=row.delivered_on)
    _decided(acting, row)
    if held.referral is not None:
        await held.take(R.DELIVER, _delivery(acting, held, row), by_system=False)
        if held.need.state == NeedState.FULFILLED.value:
            await held.take(R.FULFIL, {"extent": "full"}, by_system=False)
    await held.end()
    await notify_donor(acting, row)
    await acting.tx.flush()
    return row


def _delivery(acting: Acting, held: Held, row: Pledge) -> dict[str, Any]:
    day = row.delivered_on or acting.today(row.regency_code)
    known, need = acting.known, held.need
    unit, kind = known.label("need_unit", need.unit, "id"), known.label("need_kind", need.kind, "id")
    return {
        "component": need.kind,
        "period": f"{day:%Y-%m}",
        "date": day,
        "goods": f"{row.quantity} {unit} {kind}",
        "proof": public_id(row.regency_code, row.id),
        "pledge": row.id,
    }


async def give_back(acting: Acting, sight: Sight, place: tuple[str, UUID], reason: str) -> Pledge:
    """Give a delivery back to its donor, whose proof does not show what it should.

    Raises:
        NotFound, Forbidden: as for accepting.
        Invalid: the reason is no code of ours.
        Conflict: nothing was delivered.
    """
    row, need = await _seen(acting, sight, place)
    _require_reason(acting, _RETURN, reason)
    held, row = await hold_pledge(acting, row, need)
    await move_pledge(acting, held.need, row, A.RETURN, reason=reason)
    row.expires_at = acting.now + timedelta(days=deliver_days(acting, row.regency_code))
    row.delivered_on = None
    _decided(acting, row)
    await held.end()
    await notify_donor(acting, row)
    await acting.tx.flush()
    return row


async def release(acting: Acting, sight: Sight, place: tuple[str, UUID], reason: str) -> Pledge:
    """Release a donor from what she has not delivered: it is open to others again.

    Raises:
        NotFound, Forbidden: as for accepting.
        Invalid: the reason is no code of ours.
        Conflict: it was delivered, or has ended.
    """
    row, need = await _seen(acting, sight, place)
    _require_reason(acting, _RELEASE, reason)
    held, row = await hold_pledge(acting, row, need)
    await move_pledge(acting, held.need, row, A.RELEASE, reason=reason)
    _decided(acting, row)
    await put_on_list(held, by_system=False)
    await held.end()
    await notify_donor(acting, row)
    await acting.tx.flush()
    return row


async def _seen(acting: Acting, sight: Sight, place: tuple[str, UUID]) -> tuple[Pledge, Need]:
    row, need = await pledge_seen(acting, sight, *place)
    acting.actor.require(P.PLEDGE_CHECK, row.regency_code)
    return row, need


def _decided(acting: Acting, row: Pledge) -> None:
    row.decided_at, row.decided_by = acting.now, acting.actor.account_id


def _require_reason(acting: Acting, set_name: str, reason: str) -> None:
    if not acting.known.knows(set_name, reason):
        raise Invalid(
            fields=(
                FieldError(
                    "/reason",
                    "unknown_code",
                    "Alasan ini tidak dikenal; lihat /v1/codes.",
                    "This reason is not known; see /v1/codes.",
                ),
            )
        )
