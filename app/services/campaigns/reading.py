"""Reading campaigns and their recipients, as far as the reader may."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from app.db.queries import campaigns as stored
from app.db.queries import hand_out
from app.db.queries.acting import Acting
from app.db.tables.campaigns import Campaign, CampaignRecipient, CampaignSelection
from app.db.tables.people import Person
from app.domain.access import Actor, Permission
from app.domain.access.actors import forbidden
from app.domain.campaigns import RecipientState
from app.domain.errors import NotFound
from app.integrations.vault import CannotOpen
from app.services.campaigns.finding import find_campaign, manages_by_area, may_read_names, seen_in

_PLACED = (RecipientState.SELECTED.value, RecipientState.GIVEN.value)


@dataclass(frozen=True, slots=True)
class Shown:
    """A campaign with what its page tells of its selection and its people; counts only."""

    campaign: Campaign
    selection: CampaignSelection | None
    counts: dict[str, int]
    places: dict[tuple[str, str], int]
    """Who has a place, by component and district."""


async def shown(acting: Acting, campaign: Campaign) -> Shown:
    counts: dict[str, int] = {}
    for (state, _), count in (await stored.counts_by_state(acting.tx, campaign)).items():
        counts[state] = counts.get(state, 0) + count
    selection = await stored.selection_of(acting.tx, campaign)
    return Shown(campaign, selection, counts, await stored.cell_sizes(acting.tx, campaign))


def wanted_by(actor: Actor, regencies: Sequence[str], state: str | None, region: str | None) -> stored.Wanted:
    """Narrow a list to what *actor* sees among *regencies*."""
    seen = [one for one in regencies if seen_in(actor, one)]
    organised = [
        (regency, grant.agency)
        for grant in actor.grants
        if grant.agency is not None
        for regency in regencies
        if Permission.CAMPAIGN_MANAGE in actor.permissions_for(grant.agency, regency)
    ]
    return stored.Wanted(seen, organised, state, region)


async def list_campaigns(
    acting: Acting, wanted: stored.Wanted, after: tuple[datetime, UUID] | None, limit: int
) -> Sequence[Campaign]:
    return await stored.listed(acting.tx, wanted, after, limit)


@dataclass(frozen=True, slots=True)
class Names:
    """Recipients as the reader may have them; the organiser gets no reasons."""

    campaign: Campaign
    whole: bool
    rows: Sequence[tuple[CampaignRecipient, Person]]
    sought: stored.Sought


async def list_recipients(
    acting: Acting, place: tuple[str, UUID], sought: stored.Sought, after: UUID | None, limit: int
) -> Names:
    """List recipients by id.

    Raises:
        NotFound: there is no such campaign in sight.
        Forbidden: who the recipients are is nothing of the actor's, or not now.
    """
    campaign = await find_campaign(acting, *place)
    if not may_read_names(acting.actor, campaign):
        raise forbidden(Permission.CAMPAIGN_APPROVE)
    whole = manages_by_area(acting.actor, campaign)
    if not whole:
        sought = stored.Sought(sought.state, sought.component, sought.district, _PLACED)
    rows = await stored.recipients(acting.tx, campaign, sought, after, limit)
    return Names(campaign, whole, rows, sought)


@dataclass(frozen=True, slots=True)
class Explained:
    campaign: Campaign
    recipient: CampaignRecipient
    person: Person
    basis: dict[str, Any]
    """Empty while nobody has weighed her, and once she was erased."""
    selection: CampaignSelection | None


async def explain(acting: Acting, place: tuple[str, UUID], recipient_id: UUID) -> Explained:
    """Show one recipient with all that spoke for and against her.

    Raises:
        NotFound: there is no such recipient in sight.
        Forbidden: the actor is not of the regency's office.
    """
    campaign = await find_campaign(acting, *place)
    if not manages_by_area(acting.actor, campaign):
        raise forbidden(Permission.CAMPAIGN_APPROVE)
    found = await stored.recipient(acting.tx, campaign, recipient_id)
    if found is None:
        raise NotFound(id="Penerima ini tidak ada.", en="There is no such recipient.")
    one, person = found
    wrapped = (await hand_out.keys_of(acting.tx, campaign.regency_code, [person.id])).get(person.id)
    basis = _opened(acting, one, wrapped)
    return Explained(campaign, one, person, basis, await stored.selection_of(acting.tx, campaign))


def _opened(acting: Acting, one: CampaignRecipient, wrapped: bytes | None) -> dict[str, Any]:
    """What was found of a person who was merged into another lies under a key that is hers no more."""
    if wrapped is None or one.basis_sealed is None:
        return {}
    key = acting.vault.unwrap(wrapped)
    try:
        text = acting.vault.open(key, "campaign_recipients", "basis", one.id, one.basis_sealed)
    except CannotOpen:
        return {}
    return dict(json.loads(text))
