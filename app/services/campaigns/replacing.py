"""Somebody drops out: the next of the reserve in her component and district takes her place."""

from typing import Final
from uuid import UUID

from app.db.queries import campaigns as stored
from app.db.queries.acting import Acting
from app.db.queries.assistance import tell as tell_line
from app.db.queries.campaign_people import known_people, lock_people
from app.db.queries.hand_out import lock_lines
from app.db.tables.campaigns import Campaign, CampaignRecipient
from app.domain.access import Permission
from app.domain.campaigns import ENTITLED, CampaignState, RecipientState
from app.domain.codes import LedgerState
from app.domain.errors import Conflict, FieldError, Forbidden, Invalid, NotFound
from app.domain.events.campaigns import CampaignReplaced
from app.services.campaigns.approving import Bits, entitle
from app.services.campaigns.finding import find_campaign, manages_by_area, require
from app.services.campaigns.judging import judge_of

REASONS: Final = "campaign_drop_reason"


async def replace(
    acting: Acting, place: tuple[str, UUID], recipient_id: UUID, reason: str, bits: Bits
) -> CampaignRecipient:
    """Let a recipient drop out, and return her; whoever moved up names her in ``replaces``.

    The reserve was approved with the selection, in its order; whoever may not have the aid any more is passed
    over. Where nobody is left the place stays open.

    Raises:
        NotFound: there is no such recipient in sight.
        Forbidden: the actor does not manage the campaign for the regency.
        Invalid: the reason is none of the list.
        Conflict: the campaign is not approved or being handed out, or she has no place or has got it already.
    """
    row = await find_campaign(acting, *place, for_update=True)
    require(acting.actor, row, Permission.CAMPAIGN_MANAGE)
    if not manages_by_area(acting.actor, row):
        raise Forbidden(
            id="Penggantian dilakukan sekretariat daerah.", en="The regency's office replaces recipients."
        )
    found = await stored.recipient(acting.tx, row, recipient_id, for_update=True)
    if found is None:
        raise NotFound(id="Penerima ini tidak ada.", en="There is no such recipient.")
    if not acting.known.knows(REASONS, reason):
        raise Invalid(
            fields=(
                FieldError(
                    "/reason", "unknown_code", "Pilih alasan dari daftar.", "Choose a reason from the list."
                ),
            )
        )
    gone = found[0]
    if CampaignState(row.state) not in ENTITLED or gone.state != RecipientState.SELECTED.value:
        raise Conflict(
            "no_place_to_free",
            "Orang ini tidak (lagi) memegang tempat yang dapat diganti.",
            "This person holds no place that could be passed on.",
            {"state": gone.state},
        )
    await _drop(acting, gone, reason)
    successor = await _move_up(acting, row, gone, bits)
    happened = CampaignReplaced(
        thing_id=row.id,
        recipient_id=gone.id,
        reason=reason,
        by_recipient_id=successor.id if successor else None,
    )
    await stored.tell(acting, row, happened)
    return gone


async def _drop(acting: Acting, gone: CampaignRecipient, reason: str) -> None:
    gone.state, gone.reason, gone.updated_at = RecipientState.DROPPED.value, reason, acting.now
    if gone.line_id is None:
        return
    line = (await lock_lines(acting.tx, gone.regency_code, [gone.line_id])).get(gone.line_id)
    if line is not None and line.state == LedgerState.PLANNED.value:
        line.state, line.reason, line.updated_at = LedgerState.STOPPED.value, reason, acting.now
        await tell_line(acting, line, reason)
    await acting.tx.flush()


async def _move_up(
    acting: Acting, row: Campaign, gone: CampaignRecipient, bits: Bits
) -> CampaignRecipient | None:
    selection = await stored.selection_of(acting.tx, row)
    if selection is None or gone.component is None:
        return None
    today = acting.today(row.regency_code).isoformat()
    judge = judge_of(acting.known, row, {**selection.input, "today": today})
    after: int | None = None
    while True:
        one = await stored.next_in_reserve(acting.tx, row, gone.component, gone.district_code, after)
        if one is None:
            return None
        after = one.order_n
        if await _beside_somebody(acting, row, one):
            continue
        await lock_people(acting.tx, row.regency_code, [one.person_id])
        known = await known_people(acting.tx, row.regency_code, [one.person_id])
        weighed = judge.weigh(known[one.person_id])
        if weighed.reason is not None or gone.component not in weighed.fits:
            # She stays in the reserve's order no longer: the next replacement need not ask again.
            one.state = RecipientState.PASSED_OVER.value
            one.reason = weighed.reason.value if weighed.reason else "not_eligible"
            one.updated_at = acting.now
            await acting.tx.flush()
            continue
        one.state, one.component, one.replaces = RecipientState.SELECTED.value, gone.component, gone.id
        one.slot_id = gone.slot_id
        await entitle(acting, row, [one], known, bits)
        return one


async def _beside_somebody(acting: Acting, row: Campaign, one: CampaignRecipient) -> bool:
    if not row.rules["per_household"] or one.household_id is None:
        return False
    return await stored.homes_served(acting.tx, row, one.household_id)
