"""What two devices contradict each other about: a person finds out, and says what it was."""

from typing import Final
from uuid import UUID

from app.db.queries import campaigns as stored
from app.db.queries import hand_out
from app.db.queries.acting import Acting
from app.db.tables.campaigns import CampaignCheckin
from app.domain.access import Permission
from app.domain.errors import Conflict, FieldError, Invalid, NotFound
from app.domain.events.campaigns import CampaignFindingDecided
from app.services.campaigns.finding import find_campaign, require

DECISIONS: Final = "checkin_decision"


async def decide_finding(
    acting: Acting, place: tuple[str, UUID], checkin_id: UUID, decision: str
) -> CampaignCheckin:
    """Say what a contradiction was. The ledger stays as it is: a line is reversed on its own address.

    Raises:
        NotFound: there is no such check-in in sight.
        Forbidden: the actor does not manage the campaign.
        Invalid: the decision is none of the list.
        Conflict: nothing is open about it, or whoever handed out would judge herself.
    """
    row = await find_campaign(acting, *place, for_update=True)
    require(acting.actor, row, Permission.CAMPAIGN_MANAGE)
    checkin = await hand_out.lock_checkin(acting.tx, row, checkin_id)
    if checkin is None:
        raise NotFound(id="Catatan kedatangan ini tidak ada.", en="There is no such check-in.")
    if not acting.known.knows(DECISIONS, decision):
        raise Invalid(
            fields=(
                FieldError(
                    "/decision", "unknown_code", "Pilih dari daftar.", "Choose a decision from the list."
                ),
            )
        )
    if checkin.finding != "open":
        raise Conflict(
            "no_open_finding",
            "Tidak ada temuan yang terbuka di sini.",
            "Nothing is open about this check-in.",
        )
    if checkin.by is not None and checkin.by == acting.actor.account_id:
        raise Conflict(
            "second_person_needed",
            "Petugas yang membagikan tidak memutuskan temuannya sendiri.",
            "Whoever handed out does not judge her own finding.",
        )
    checkin.finding, checkin.decision = "decided", decision
    checkin.decided_at, checkin.decided_by = acting.now, acting.actor.account_id
    happened = CampaignFindingDecided(thing_id=row.id, checkin_id=checkin.id, decision=decision)
    await stored.tell(acting, row, happened)
    return checkin
