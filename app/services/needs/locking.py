"""The locks of an act on a card, in the order in which everybody takes them; and moving its referral."""

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from app.db.queries import needs as stored
from app.db.queries.acting import Acting
from app.db.queries.case_moves import Move, finish, follow, lock_people, open_move
from app.db.queries.cases import case_by_id
from app.db.queries.referral_moves import Taking, take
from app.db.queries.waiting import last_number
from app.db.tables.needs import Need
from app.db.tables.referrals import Referral
from app.domain.access import SYSTEM
from app.domain.referrals import Party, ReferralAction, ReferralStatus
from app.services.needs.reading import no_need

A, S = ReferralAction, ReferralStatus
_AHEAD: Final = frozenset({S.ACCEPTED, S.IN_SERVICE})


@dataclass(slots=True)
class Held:
    """A card under its lock, and the act on its case if there is one behind it."""

    need: Need
    move: Move | None
    referral: Referral | None

    async def take(self, action: ReferralAction, records: dict[str, Any], *, by_system: bool) -> None:
        """Let the referral take a step that follows from what happens to its card."""
        if self.move is None or self.referral is None:
            return
        by = SYSTEM if by_system else None
        await take(self.move, self.referral, Taking(action, Party.SYSTEM, records, by=by))

    async def end(self) -> None:
        """Write what happened to the case, with what follows from it by itself."""
        if self.move is not None:
            await follow(self.move)
            await finish(self.move)


async def hold(acting: Acting, need: Need) -> Held:
    """Lock people, case and referral behind a card, then the card.

    Raises:
        NotFound: it is gone.
    """
    move = referral = None
    tenant = need.regency_code
    if need.case_id is not None and need.referral_id is not None:
        move = await _open(acting, tenant, need.case_id)
        referral = next((one for one in move.referrals if one.id == need.referral_id), None)
        if referral is not None:
            await acting.tx.refresh(referral, with_for_update=True)
    locked = await stored.find(acting.tx, tenant, need.id, for_update=True)
    if locked is None:
        raise no_need()
    return Held(locked, move, referral)


async def _open(acting: Acting, tenant: str, case_id: UUID) -> Move:
    case = await case_by_id(acting.tx, tenant, case_id)
    if case is None:
        raise no_need()
    await lock_people(acting.tx, tenant, case.person_id, case.household_id)
    locked = await case_by_id(acting.tx, tenant, case_id, for_update=True)
    if locked is None:
        raise no_need()
    await acting.tx.refresh(locked)
    return await open_move(acting, locked)


async def take_from_list(held: Held, *, by_system: bool) -> None:
    """A donor takes it, wholly or in part: what waits is accepted."""
    referral = held.referral
    if referral is not None and S(referral.status) not in _AHEAD:
        await held.take(A.ACCEPT, {}, by_system=by_system)


async def put_on_list(held: Held, *, by_system: bool) -> None:
    """Nobody holds a part of it, and nothing was given: it waits again, with the number that it had."""
    referral, move = held.referral, held.move
    if referral is None or move is None or held.need.held or S(referral.status) is not S.ACCEPTED:
        return
    number = referral.waitlist_position
    if number is None:
        number = await last_number(move.tx, referral.regency_code, referral.program_code) + 1
    await held.take(A.WAITLIST, {"position": number}, by_system=by_system)
