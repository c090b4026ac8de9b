"""What reports sum up beside the figures: a campaign's places by state, clocks kept and missed."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final, NamedTuple
from uuid import UUID

from sqlalchemy import and_, func, select

from app.db.queries.local_days import span
from app.db.queries.scope import Sight, held_to_tenants, sees_case
from app.db.session import Tx
from app.db.tables.campaigns import Campaign, CampaignRecipient
from app.db.tables.cases import Case, Clock
from app.db.tables.needs import Pledge
from app.domain.lifecycle import CaseStatus

_DAY: Final = timedelta(days=1)


class PlaceSum(NamedTuple):
    component: str
    district: str
    state: str
    n: int


async def places_of(tx: Tx, campaign: Campaign) -> list[PlaceSum]:
    """Count who ever had a place in a campaign, by component, district and what became of it."""
    keys = (CampaignRecipient.component, CampaignRecipient.district_code, CampaignRecipient.state)
    statement = (
        select(*keys, func.count())
        .where(
            CampaignRecipient.regency_code == campaign.regency_code,
            CampaignRecipient.campaign_id == campaign.id,
            CampaignRecipient.component.is_not(None),
        )
        .group_by(*keys)
    )
    return [PlaceSum._make(row) for row in await tx.execute(statement)]


class ClockSum(NamedTuple):
    step: str
    amount: int
    unit: str
    ended: int
    in_time: int


async def clocks_ended(tx: Tx, sight: Sight, regency: str, first: date, last: date) -> Sequence[ClockSum]:
    """Count the clocks that stopped from a day to another, both within, by step and allowance."""
    keys = (Clock.step, Clock.amount, Clock.unit)
    kept = func.count().filter(Clock.stopped_at <= Clock.due_at)
    statement = (
        select(*keys, func.count(), kept)
        .join(Case, and_(Case.regency_code == Clock.regency_code, Case.id == Clock.case_id))
        .where(
            Clock.regency_code == regency,
            held_to_tenants(Case.regency_code.expression, sight),
            Case.status != CaseStatus.VOID.value,
            sees_case(sight),
            *span(Clock.stopped_at, Clock.regency_code, first, last + _DAY),
        )
        .group_by(*keys)
        .order_by(*keys)
    )
    return [ClockSum._make(row) for row in await tx.execute(statement)]


async def donor_name(tx: Tx, regency: str, donor: UUID) -> str | None:
    """Return what a donor was called when it promised last; None of one who never did here."""
    found: str | None = await tx.scalar(
        select(Pledge.donor_name)
        .where(Pledge.regency_code == regency, Pledge.donor_id == donor)
        .order_by(Pledge.created_at.desc())
        .limit(1)
    )
    return found
