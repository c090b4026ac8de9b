"""A free place is offered to whoever waits longest: its receiver is told, and decides."""

from app.db.queries import waiting
from app.db.queries.acting import Acting
from app.db.queries.allotments import left_on
from app.db.queries.case_moves import Move, finish, open_move
from app.db.queries.cases import case_by_id
from app.db.tables.referrals import Referral
from app.domain.events.referrals import ReferralPlaceOffered
from app.domain.referrals import ReferralStatus


async def offer_one(acting: Acting, regency: str, program: str) -> bool:
    """Offer one free place to the next in line; tell whether there may be more to offer.

    Nothing starts by itself: the receiver begins the service, which takes the place, or ends the referral,
    and then the next is offered it. Two workers want the same case's lock; the second finds it offered.
    """
    first = await waiting.next_in_line(acting.tx, regency, program)
    if first is None:
        return False
    case_id, referral_id = first
    case = await case_by_id(acting.tx, regency, case_id, for_update=True)
    if case is None:
        return False
    move = await open_move(acting, case)
    referral = next((one for one in move.referrals if one.id == referral_id), None)
    if referral is None or not _still_waits(referral):
        return True
    if not await _is_free(acting, case.village_code, referral):
        return False
    await _offer(move, referral)
    return True


def _still_waits(referral: Referral) -> bool:
    return referral.status == ReferralStatus.WAITLISTED.value and referral.place_offered_at is None


async def _is_free(acting: Acting, village: str, referral: Referral) -> bool:
    regency, program = referral.regency_code, referral.program_code
    left = (await left_on(acting.tx, regency, acting.today(village), program)).get(program)
    return left is not None and left > await waiting.offered(acting.tx, regency, program)


async def _offer(move: Move, referral: Referral) -> None:
    referral.place_offered_at = move.acting.now
    referral.updated_at = move.acting.now
    referral.version += 1
    move.add(
        ReferralPlaceOffered(
            case_id=referral.case_id,
            referral_id=referral.id,
            program=referral.program_code,
            agency=referral.agency_code,
            round=referral.round,
        )
    )
    await finish(move)
