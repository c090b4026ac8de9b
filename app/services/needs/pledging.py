"""What a donor does: reserves a card or a part of it, gives her word, says that it was delivered, or lets go.

Two donors who want the same card come one after the other, since both lock what is behind it: the first has
it, and the second is told so.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final, Protocol
from uuid import UUID

from app.db.queries import needs as stored
from app.db.queries import pledges as kept
from app.db.queries.accounts import find_account
from app.db.queries.acting import Acting
from app.db.queries.notices import NewNotice, add
from app.db.queries.pledge_moves import move_pledge, recount
from app.db.queries.scope import Sight
from app.db.queries.work import EXPIRE_PLEDGE, NewWork, enqueue
from app.db.tables.needs import Need, Pledge
from app.db.tables.people import DataKey
from app.domain.access import Permission
from app.domain.access.actors import forbidden
from app.domain.errors import Conflict, FieldError, Invalid
from app.domain.events.needs import PledgeMade
from app.domain.messages import Topic
from app.domain.needs import NeedState, PledgeAction, PledgeState, check_left, check_proofs
from app.services.needs.locking import Held, hold, put_on_list, take_from_list
from app.services.needs.reading import is_own, no_pledge, pledge_seen, seen_need

P, A = Permission, PledgeAction
RESERVE_DAYS: Final = 7
DELIVER_DAYS: Final = 30
OPEN_MOST: Final = 20
"""Ours, all three: how long a reservation and a promise hold, and how many a donor may have at once."""


class Keys(Protocol):
    def new_data_key(self) -> Any: ...


@dataclass(frozen=True, slots=True)
class Reservation:
    tenant: str
    need_id: UUID
    quantity: int | None = None
    """None: all that is left."""
    anonymous: bool = False


async def reserve(acting: Acting, sight: Sight, keys: Keys, wanted: Reservation) -> Pledge:
    """Reserve a card, or a part of it, until the regency's days for it are over.

    Raises:
        NotFound: no such card that is open to the actor.
        Forbidden: the actor is no donor there.
        Conflict: somebody else has it, less is left, or she holds as many as one may.
    """
    seen = await seen_need(acting, sight, wanted.tenant, wanted.need_id)
    acting.actor.require(P.PLEDGE_MAKE, wanted.tenant)
    donor = acting.actor.account_id
    if donor is None:
        raise forbidden(P.PLEDGE_MAKE)
    held = await hold(acting, seen)
    need = held.need
    left = need.quantity - need.held
    check_left(NeedState(need.state), left, wanted.quantity or left)
    await _require_few(acting, wanted.tenant, donor)
    pledge = await _add(acting, keys, need, donor, wanted)
    need.held += pledge.quantity
    recount(acting, need)
    await take_from_list(held, by_system=True)
    await acting.tx.flush()
    event = PledgeMade(
        thing_id=need.id,
        pledge_id=pledge.id,
        quantity=pledge.quantity,
        remaining=need.quantity - need.held,
    )
    await stored.tell(acting, need, event)
    await held.end()
    due = pledge.expires_at or acting.now
    work = NewWork(pledge.regency_code, acting.new_id(), EXPIRE_PLEDGE, pledge.id.hex, due)
    await enqueue(acting.tx, [work])
    return pledge


async def _require_few(acting: Acting, tenant: str, donor: UUID) -> None:
    most = _days(acting, tenant, "pledges_open_most", OPEN_MOST)
    if await kept.open_of(acting.tx, tenant, donor) >= most:
        raise Conflict(
            "pledges_used_up",
            f"Anda memegang {most} pesanan yang belum diserahkan. Serahkan atau batalkan satu dahulu.",
            f"You hold {most} pledges that are not delivered. Deliver or cancel one of them first.",
            {"most": most},
        )


async def _add(acting: Acting, keys: Keys, need: Need, donor: UUID, wanted: Reservation) -> Pledge:
    account = await find_account(acting.tx, acting.actor.tenant, donor)
    made, key_id = keys.new_data_key(), acting.new_id()
    key = DataKey(
        regency_code=need.regency_code,
        id=key_id,
        wrapped=made.wrapped,
        created_at=acting.now,
        destroyed_at=None,
    )
    acting.tx.add(key)
    await acting.tx.flush()
    days = _days(acting, need.regency_code, "pledge_reserve_days", RESERVE_DAYS)
    row = Pledge(
        regency_code=need.regency_code,
        id=acting.new_id(),
        need_id=need.id,
        donor_tenant=acting.actor.tenant,
        donor_id=donor,
        donor_name=account.name if account else "",
        anonymous=wanted.anonymous,
        quantity=wanted.quantity or need.quantity - need.held,
        state=PledgeState.RESERVED.value,
        expires_at=acting.now + timedelta(days=days),
        reason=None,
        data_key_id=key_id,
        created_at=acting.now,
        promised_on=None,
        delivered_on=None,
        decided_at=None,
        decided_by=None,
        updated_at=acting.now,
    )
    acting.tx.add(row)
    return row


# Steps of her own ---------------------------------------------------------------------------------------


async def pledge(acting: Acting, sight: Sight, place: tuple[str, UUID], promised_on: date) -> Pledge:
    """Give one's word for what was reserved, with the day; it holds for the regency's days of delivery.

    Raises:
        NotFound: no pledge of the actor's own.
        Forbidden: it is another's, who is checked.
        Conflict: it is not reserved any more.
        Invalid: a day that is over, or too far away.
    """
    row, need = await own(acting, sight, place)
    days = _days(acting, need.regency_code, "pledge_deliver_days", DELIVER_DAYS)
    today = acting.today(need.regency_code)
    if not today <= promised_on <= today + timedelta(days=days):
        raise Invalid(
            fields=(
                FieldError(
                    "/deliver_on",
                    "out_of_range",
                    f"Sebut hari penyerahan dari hari ini sampai {days} hari ke depan.",
                    f"Name a day of delivery from today on, {days} days ahead at most.",
                ),
            )
        )

    def change(locked: Pledge) -> None:
        locked.promised_on = promised_on
        locked.expires_at = acting.now + timedelta(days=days)

    return await _step(acting, (row, need), A.PLEDGE, change, on=promised_on)


async def deliver(acting: Acting, sight: Sight, place: tuple[str, UUID], delivered_on: date) -> Pledge:
    """Say that it was delivered; photo and receipt are there, and the secretariat checks them.

    Raises:
        NotFound: no pledge of the actor's own.
        Forbidden: it is another's, who is checked.
        Conflict: not from this state, or a proof is missing.
        Invalid: a day that is to come, or before the reservation.
    """
    row, need = await own(acting, sight, place)
    today = acting.today(need.regency_code)
    if not row.created_at.date() - timedelta(days=1) <= delivered_on <= today:
        raise Invalid(
            fields=(
                FieldError(
                    "/delivered_on",
                    "out_of_range",
                    "Tanggal penyerahan tidak boleh sebelum pemesanan atau sesudah hari ini.",
                    "It was delivered after it was reserved, and not after today.",
                ),
            )
        )
    proofs = (await kept.proofs_of(acting.tx, [row]))[row.id]

    def change(locked: Pledge) -> None:
        check_proofs(one.kind for one in proofs)
        locked.delivered_on = delivered_on

    done = await _step(acting, (row, need), A.DELIVER, change, on=delivered_on)
    await notify(acting, done, need.regency_code, need.published_by)
    return done


async def cancel(acting: Acting, sight: Sight, place: tuple[str, UUID]) -> Pledge:
    """Let go of what was not delivered: it is open to others again.

    Raises:
        NotFound: no pledge of the actor's own.
        Forbidden: it is another's, who is checked.
        Conflict: it was delivered, or has ended.
    """
    row, need = await own(acting, sight, place)
    return await _step(acting, (row, need), A.CANCEL, lambda _locked: None)


async def own(acting: Acting, sight: Sight, place: tuple[str, UUID]) -> tuple[Pledge, Need]:
    row, need = await pledge_seen(acting, sight, *place)
    if not is_own(acting.actor, row):
        raise forbidden(P.PLEDGE_MAKE)
    return row, need


async def own_pledge(acting: Acting, sight: Sight, place: tuple[str, UUID]) -> Pledge:
    """Return a pledge of the actor's own; another's that she checks is refused."""
    row, _ = await own(acting, sight, place)
    return row


async def _step(
    acting: Acting,
    seen: tuple[Pledge, Need],
    action: PledgeAction,
    change: Callable[[Pledge], None],
    *,
    on: date | None = None,
) -> Pledge:
    held, row = await hold_pledge(acting, *seen)
    await move_pledge(acting, held.need, row, action, on=on)
    change(row)
    await put_on_list(held, by_system=True)
    await held.end()
    await acting.tx.flush()
    return row


async def hold_pledge(acting: Acting, pledge: Pledge, need: Need) -> tuple[Held, Pledge]:
    """Take all the locks of an act on a pledge.

    Raises:
        NotFound: it is gone.
    """
    held = await hold(acting, need)
    locked = await kept.find(acting.tx, pledge.regency_code, pledge.id, for_update=True)
    if locked is None:
        raise no_pledge()
    return held, locked


async def notify(acting: Acting, pledge: Pledge, tenant: str, account: UUID | None) -> None:
    """Tell somebody of the same tenant where a pledge stands; nothing is written into another's rows."""
    if account is None or tenant != pledge.regency_code:
        return
    notice = NewNotice(
        regency_code=tenant,
        id=acting.new_id(),
        account_id=account,
        kind=Topic.PLEDGE_CHANGED.value,
        case_regency=None,
        case_id=None,
        referral_id=None,
        data={"pledge": pledge.id.hex, "pledge_state": pledge.state},
        at=acting.now,
    )
    await add(acting.tx, [notice])


async def notify_donor(acting: Acting, pledge: Pledge) -> None:
    await notify(acting, pledge, pledge.donor_tenant, pledge.donor_id)


def _days(acting: Acting, tenant: str, name: str, default: int) -> int:
    return int(acting.known.policy_value(tenant, name, default))


def deliver_days(acting: Acting, tenant: str) -> int:
    return _days(acting, tenant, "pledge_deliver_days", DELIVER_DAYS)
