"""Which campaigns an actor sees, and what she may do there.

A campaign is seen by whoever holds a right to campaigns anywhere in its regency, and by its organiser's
officers. It names nobody; who its recipients are is a matter of `may_read_names`.
"""

from collections.abc import Callable
from typing import Final
from uuid import UUID

from app.db.queries import campaigns as stored
from app.db.queries.acting import Acting
from app.db.tables.campaigns import Campaign
from app.domain.access import ROLE_PERMISSIONS, Actor, Permission, covers
from app.domain.access.actors import forbidden
from app.domain.campaigns import NAMED, CampaignState
from app.domain.codes import ActorKind
from app.domain.errors import NotFound

P = Permission
CheckVersion = Callable[[int], None]
RIGHTS: Final = (P.CAMPAIGN_MANAGE, P.CAMPAIGN_APPROVE, P.CAMPAIGN_CHECKIN)


def not_found() -> NotFound:
    return NotFound(
        id="Kegiatan ini tidak ada, atau berada di luar wilayah tugas Anda.",
        en="No such campaign, or it lies outside your area.",
    )


async def find_campaign(
    acting: Acting,
    tenant: str,
    campaign_id: UUID,
    *,
    for_update: bool = False,
    for_share: bool = False,
) -> Campaign:
    """Return a campaign that the actor sees.

    Raises:
        NotFound: there is none, or it is nothing of the actor's.
    """
    lock = stored.Lock.CHANGE if for_update else stored.Lock.SHARE if for_share else stored.Lock.NONE
    found = await stored.find(acting.tx, tenant, campaign_id, lock)
    if found is None or not sees(acting.actor, found):
        raise not_found()
    return found


def sees(actor: Actor, campaign: Campaign) -> bool:
    if actor.kind is ActorKind.SYSTEM or rights(actor, campaign) & frozenset(RIGHTS):
        return True
    return seen_in(actor, campaign.regency_code)


def seen_in(actor: Actor, regency: str) -> bool:
    """Tell whether the actor sees the campaigns of *regency* by an area: it, one above, or one inside."""
    return any(
        grant.agency is None
        and grant.region is not None
        and (covers(grant.region, regency) or covers(regency, grant.region))
        and ROLE_PERMISSIONS[grant.role] & frozenset(RIGHTS)
        for grant in actor.grants
    )


def rights(actor: Actor, campaign: Campaign) -> frozenset[Permission]:
    """What the actor may do to the campaign as a whole: by an area that covers it, or for its organiser."""
    by_area = actor.permissions_at(campaign.regency_code)
    return by_area | actor.permissions_for(campaign.agency_code, campaign.regency_code)


def require(actor: Actor, campaign: Campaign, permission: Permission) -> None:
    if permission not in rights(actor, campaign):
        raise forbidden(permission)


def manages_by_area(actor: Actor, campaign: Campaign) -> bool:
    """Tell whether she manages or approves for the regency itself, and not for the organiser alone."""
    held = actor.permissions_at(campaign.regency_code)
    return bool(held & {P.CAMPAIGN_MANAGE, P.CAMPAIGN_APPROVE})


def may_read_names(actor: Actor, campaign: Campaign) -> bool:
    """The regency's office always; the organiser while the hand-out needs it, and only who has a place."""
    if manages_by_area(actor, campaign):
        return True
    organises = P.CAMPAIGN_MANAGE in actor.permissions_for(campaign.agency_code, campaign.regency_code)
    return organises and CampaignState(campaign.state) in NAMED
