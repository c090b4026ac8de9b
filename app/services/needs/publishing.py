"""Publishing a card, with no more of the person than hides her among others; and taking it away."""

from typing import Final
from uuid import UUID

from app.db.queries import needs as stored
from app.db.queries import pledges as kept
from app.db.queries.acting import Acting
from app.db.queries.case_moves import Move
from app.db.queries.cases import case_by_id, person_of
from app.db.queries.pledge_moves import withdraw_card
from app.db.queries.scope import Sight
from app.db.tables.cases import Case
from app.db.tables.needs import Need
from app.domain.access import Permission
from app.domain.codes import Confidentiality
from app.domain.errors import Conflict, FieldError, Invalid
from app.domain.events.needs import NeedPublished
from app.domain.needs import (
    NOTHING,
    SMALLEST_GROUP,
    Level,
    NeedAction,
    NeedSource,
    NeedState,
    PledgeState,
    Subject,
    coarsen,
    decide_need,
)
from app.domain.needs.coarse import Shown, age_band
from app.domain.referrals import ReferralAction, ReferralStatus
from app.services.needs.drafting import require_not_secret
from app.services.needs.locking import Held, hold, put_on_list
from app.services.needs.reading import no_need, seen_need

P, A, S = Permission, ReferralAction, ReferralStatus
_ORDINARY: Final = Confidentiality.BIASA.value
_PLACE_ONLY: Final = Level(district=True, age=False, ppks=False)


async def publish(acting: Acting, sight: Sight, tenant: str, need_id: UUID) -> Need:
    """Open a card to donors; the referral behind it waits for one of them.

    Raises:
        NotFound: no such card in the actor's sight.
        Forbidden: the actor publishes none.
        Conflict: it is no draft, its case is secret by now, or its referral has ended or gone on.
    """
    seen = await seen_need(acting, sight, tenant, need_id)
    acting.actor.require(P.NEED_PUBLISH, tenant)
    held = await hold(acting, seen)
    need = held.need
    need.state = decide_need(NeedState(need.state), NeedAction.PUBLISH).value
    shown = await _shown(acting, need, held.move)
    need.shown_region, need.shown_age, need.shown_ppks = shown.region, shown.age, shown.ppks
    need.group_size = shown.group
    need.published_at = need.listed_at = need.updated_at = acting.now
    need.published_by = acting.actor.account_id
    await _let_wait(held)
    await acting.tx.flush()
    await stored.tell(acting, need, NeedPublished(thing_id=need.id, region=need.shown_region))
    await held.end()
    return need


async def _let_wait(held: Held) -> None:
    """What is published waits on the list of its receiver."""
    referral = held.referral
    if held.need.referral_id is None:
        return
    status = None if referral is None else S(referral.status)
    if status not in {S.SENT, S.ACCEPTED, S.WAITLISTED}:
        raise Conflict(
            "referral_gone_on",
            "Rujukan di balik kartu ini sudah berakhir atau sedang dilayani penerimanya.",
            "The referral behind this card has ended, or its receiver serves it already.",
        )
    if status is S.SENT:
        await held.take(A.ACCEPT, {"waitlist_position": 0}, by_system=False)
    if status is not S.WAITLISTED:
        await put_on_list(held, by_system=False)


async def _shown(acting: Acting, need: Need, move: Move | None) -> Shown:
    """Say what of the person may be shown: counted now, and never more than her other cards show."""
    nothing = Shown(need.regency_code, None, None, None)
    if need.case_id is None:
        return nothing
    case = move.case if move else await case_by_id(acting.tx, need.regency_code, need.case_id)
    if case is None:
        raise no_need()
    require_not_secret(case)
    if case.confidentiality != _ORDINARY or acting.known.attrs("need_kind", need.kind).get("coarse"):
        return nothing
    subject = await _subject(acting, case)
    before = await stored.shown_before(acting.tx, case)
    if need.source == NeedSource.PRODUCT.value:
        before = _PLACE_ONLY if before is None or before.district else NOTHING
    asked = acting.known.policy_value(need.regency_code, "need_group_size", SMALLEST_GROUP)
    k = max(int(asked), SMALLEST_GROUP)
    counts = await stored.groups_of(acting.tx, subject, acting.today(case.village_code), k)
    return coarsen(subject, counts, k, before)


async def _subject(acting: Acting, case: Case) -> Subject:
    person, today = await person_of(acting.tx, case), acting.today(case.village_code)
    age = None
    if person is not None and person.born_on is not None:
        born = person.born_on
        age = age_band(max(0, today.year - born.year - ((today.month, today.day) < (born.month, born.day))))
    attrs = acting.known.attrs("ppks", case.ppks)
    # A category that makes a case less than public is never told, however many share it.
    open_ppks = case.ppks if attrs.get("default_confidentiality", _ORDINARY) == _ORDINARY else None
    return Subject(case.regency_code, case.district_code, age, open_ppks if person is not None else None)


async def withdraw(acting: Acting, sight: Sight, tenant: str, need_id: UUID, reason: str) -> Need:
    """Take a card away; donors who have not delivered yet are released.

    Raises:
        NotFound: no such card in the actor's sight.
        Forbidden: the actor publishes none.
        Invalid: the reason is no code of ours.
        Conflict: it has ended, or a delivery waits to be checked.
    """
    seen = await seen_need(acting, sight, tenant, need_id)
    acting.actor.require(P.NEED_PUBLISH, tenant)
    _require_reason(acting, reason)
    held = await hold(acting, seen)
    need = held.need
    decide_need(NeedState(need.state), NeedAction.WITHDRAW)
    if any(one.state == PledgeState.DELIVERED.value for one in await kept.standing(acting.tx, need)):
        raise Conflict(
            "delivery_to_check",
            "Ada penyerahan yang menunggu diperiksa. Periksa dahulu buktinya.",
            "A delivery waits to be checked. Check its proof first.",
        )
    await withdraw_card(acting, need, reason)
    if need.given:
        await held.take(A.FULFIL, {"extent": "partial"}, by_system=False)
    else:
        await put_on_list(held, by_system=False)
    await held.end()
    return need


def _require_reason(acting: Acting, reason: str) -> None:
    if not acting.known.knows("need_end_reason", reason):
        raise Invalid(
            fields=(
                FieldError(
                    "/reason", "unknown_code", "Alasan ini tidak dikenal.", "This reason is not known."
                ),
            )
        )
