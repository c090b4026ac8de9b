"""What the sender does with the next programme that was laid before her: take it, or say why not."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from app.db.queries.acting import Acting
from app.db.queries.case_moves import finish, lock_case, open_move
from app.db.queries.cases import find_case
from app.db.queries.offers import DROPPED, TAKEN, WAITING, find_offer, offers_of
from app.db.queries.scope import Sight
from app.db.tables.cases import Case
from app.db.tables.referrals import ReferralOffer
from app.domain.access import Permission
from app.domain.errors import Conflict, FieldError, Invalid, NotFound
from app.domain.events.escalation import ReferralOfferDropped
from app.domain.ids import public_id


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which offer of which case, and what is said with the decision (the fields of the request's body)."""

    tenant: str
    ticket: str
    offer_id: UUID
    records: Mapping[str, Any]


async def list_offers(acting: Acting, sight: Sight, tenant: str, ticket: str) -> Sequence[ReferralOffer]:
    """Return what was offered after expired referrals, oldest first."""
    case = await find_case(acting.tx, sight, tenant, ticket)
    acting.actor.require(Permission.CASE_READ, case.village_code, case.desk_id)
    return await offers_of(acting.tx, case)


async def take_offer(
    acting: Acting, sight: Sight, wanted: Wanted, check_version: Callable[[int], None]
) -> dict[str, Any]:
    """Mark the offer as taken; return the records of the step ``refer`` that sends it in the same act.

    Raises:
        NotFound: no such case or offer.
        Conflict: it was taken or dropped before.
        Invalid: more would be disclosed than was offered.
    """
    # The step gives aid: the people are locked before the case.
    case = await lock_case(acting.tx, sight, wanted.tenant, wanted.ticket, people=True)
    acting.actor.require(Permission.CASE_REFER, case.village_code, case.desk_id)
    check_version(case.version)
    offer = await _waiting(acting, case, wanted.offer_id)
    said = dict(wanted.records)
    discloses = said.pop("discloses", None) or list(offer.disclosed)
    if not set(discloses) <= set(offer.disclosed):
        raise _discloses_more()
    _decide(acting, offer, TAKEN)
    referral = {
        "program": offer.program_code,
        "purpose": offer.purpose,
        "discloses": discloses,
        "fallback_of": public_id(offer.regency_code, offer.fallback_of),
        "note": said.pop("note", None),
    }
    return {"referrals": [referral], **said}


async def drop_offer(acting: Acting, sight: Sight, wanted: Wanted) -> ReferralOffer:
    """Say why the programme is not taken; it is not offered again in this case.

    Raises:
        NotFound: no such case or offer.
        Conflict: it was taken or dropped before.
    """
    case = await lock_case(acting.tx, sight, wanted.tenant, wanted.ticket)
    acting.actor.require(Permission.CASE_REFER, case.village_code, case.desk_id)
    offer = await _waiting(acting, case, wanted.offer_id)
    move = await open_move(acting, case)
    text = await move.say("offer.dropped", wanted.records["reason"])
    _decide(acting, offer, DROPPED)
    move.add(
        ReferralOfferDropped(
            case_id=case.id,
            offer_id=offer.id,
            program=offer.program_code,
            text_hmac=text.hmac if text else None,
        )
    )
    await finish(move)
    return offer


async def _waiting(acting: Acting, case: Case, offer_id: UUID) -> ReferralOffer:
    offer = await find_offer(acting.tx, case, offer_id)
    if offer is None:
        raise no_offer()
    if offer.state != WAITING:
        raise Conflict(
            code="offer_decided",
            id="Tawaran ini sudah dipakai atau sudah ditolak.",
            en="This offer was taken or dropped before.",
            data={"state": offer.state},
        )
    return offer


def _decide(acting: Acting, offer: ReferralOffer, state: str) -> None:
    offer.state = state
    offer.decided_at, offer.decided_by = acting.now, acting.actor.account_id


def no_offer() -> NotFound:
    return NotFound(
        id="Tawaran tidak ditemukan pada kasus ini.",
        en="No such offer in this case.",
    )


def _discloses_more() -> Invalid:
    return Invalid(
        fields=(
            FieldError(
                "/discloses",
                "discloses_more",
                "Data yang dibagikan tidak boleh lebih dari yang ditawarkan.",
                "It may disclose no more than was offered.",
            ),
        )
    )
