"""Campaigns, their selections and their recipients: found, locked, listed, written by the hundred."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, cast
from uuid import UUID

from sqlalchemy import ColumnElement, Table, and_, bindparam, false, func, insert, or_, select, tuple_, update

from app.db.queries import events
from app.db.queries.acting import Acting
from app.db.session import Tx
from app.db.tables.campaigns import Campaign, CampaignRecipient, CampaignSelection
from app.db.tables.people import Person
from app.domain.campaigns import PassedOver, RecipientState
from app.domain.events.base import Event

STREAM = "campaign"


async def tell(acting: Acting, campaign: Campaign, *happened: Event) -> None:
    """Write what happened to the campaign, in the order in which it did."""
    await acting.tx.flush()
    stream = events.OtherStream(campaign.regency_code, campaign.id, STREAM)
    await events.append(
        acting.tx, stream, happened, actor=acting.actor, now=acting.now, cause_id=acting.cause_id
    )


class Lock(StrEnum):
    NONE = "none"
    SHARE = "share"
    """With others who share: whoever changes the campaign waits for all of them."""
    CHANGE = "change"


async def find(tx: Tx, regency: str, campaign_id: UUID, lock: Lock = Lock.NONE) -> Campaign | None:
    statement = select(Campaign).where(Campaign.regency_code == regency, Campaign.id == campaign_id)
    if lock is not Lock.NONE:
        statement = statement.with_for_update(read=lock is Lock.SHARE)
        statement = statement.execution_options(populate_existing=True)
    found: Campaign | None = await tx.scalar(statement)
    return found


@dataclass(frozen=True, slots=True)
class Wanted:
    regencies: Sequence[str]
    """Where the actor sees campaigns by an area."""
    organised: Collection[tuple[str, str]]
    """Regency and agency for which the actor speaks."""
    state: str | None = None
    region: str | None = None


def _where(wanted: Wanted) -> list[ColumnElement[bool]]:
    seen = or_(
        Campaign.regency_code.in_(wanted.regencies),
        tuple_(Campaign.regency_code, Campaign.agency_code).in_(list(wanted.organised))
        if wanted.organised
        else false(),
    )
    clauses: list[ColumnElement[bool]] = [seen]
    if wanted.region is not None:
        clauses.append(Campaign.regency_code == wanted.region)
    if wanted.state is not None:
        clauses.append(Campaign.state == wanted.state)
    return clauses


async def listed(
    tx: Tx, wanted: Wanted, after: tuple[datetime, UUID] | None, limit: int
) -> Sequence[Campaign]:
    """The newest first."""
    statement = select(Campaign).where(*_where(wanted))
    if after is not None:
        statement = statement.where(tuple_(Campaign.created_at, Campaign.id) < after)
    ordered = statement.order_by(Campaign.created_at.desc(), Campaign.id.desc())
    return (await tx.scalars(ordered.limit(limit))).all()


async def counted(tx: Tx, wanted: Wanted) -> int:
    return await tx.scalar(select(func.count()).select_from(Campaign).where(*_where(wanted))) or 0


async def selection_of(tx: Tx, campaign: Campaign) -> CampaignSelection | None:
    """Return the newest selection."""
    found: CampaignSelection | None = await tx.scalar(
        select(CampaignSelection).where(
            CampaignSelection.regency_code == campaign.regency_code,
            CampaignSelection.campaign_id == campaign.id,
            CampaignSelection.n == campaign.selection_n,
        )
    )
    return found


# Recipients -----------------------------------------------------------------------------------------------


def _of(campaign: Campaign) -> ColumnElement[bool]:
    return and_(
        CampaignRecipient.regency_code == campaign.regency_code,
        CampaignRecipient.campaign_id == campaign.id,
    )


async def in_campaign(tx: Tx, campaign: Campaign, people: Collection[UUID]) -> set[UUID]:
    """Return which of the persons are nominated already."""
    statement = select(CampaignRecipient.person_id).where(
        _of(campaign), CampaignRecipient.person_id.in_(people)
    )
    return set(await tx.scalars(statement))


async def add_recipients(tx: Tx, rows: Sequence[Mapping[str, Any]]) -> None:
    if rows:
        await tx.execute(insert(CampaignRecipient), list(rows))


async def candidates_after(
    tx: Tx, campaign: Campaign, after: UUID | None, limit: int
) -> Sequence[CampaignRecipient]:
    """Walk everybody who is nominated, by id."""
    statement = select(CampaignRecipient).where(_of(campaign))
    if after is not None:
        statement = statement.where(CampaignRecipient.id > after)
    return (await tx.scalars(statement.order_by(CampaignRecipient.id).limit(limit))).all()


async def to_place(tx: Tx, campaign: Campaign) -> Sequence[Any]:
    """Return what placing needs of everybody who may be chosen, by id; also once some of it is written."""
    statement = (
        select(
            CampaignRecipient.id,
            CampaignRecipient.household_id,
            CampaignRecipient.district_code,
            CampaignRecipient.fits,
            CampaignRecipient.need,
            CampaignRecipient.aid_count,
            CampaignRecipient.lot,
            CampaignRecipient.born_on,
        )
        .where(
            _of(campaign),
            CampaignRecipient.weighed_n == campaign.selection_n,
            or_(
                CampaignRecipient.reason.is_(None),
                CampaignRecipient.reason == PassedOver.HOUSEHOLD_HAS_ONE.value,
            ),
        )
        .order_by(CampaignRecipient.id)
    )
    return (await tx.execute(statement)).all()


async def write_recipients(tx: Tx, campaign: Campaign, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write the same columns of many recipients; each row names its recipient as ``b_id``."""
    if not rows:
        return
    table = cast("Table", CampaignRecipient.__table__)
    columns: dict[str, Any] = {name: bindparam(name) for name in rows[0] if name != "b_id"}
    statement = (
        update(table)
        .where(table.c.regency_code == campaign.regency_code, table.c.id == bindparam("b_id"))
        .values(columns)
    )
    connection = await tx.connection()
    await connection.execute(statement, list(rows))


async def counts_by_state(tx: Tx, campaign: Campaign) -> dict[tuple[str, str | None], int]:
    """Count recipients by state and reason."""
    rows = await tx.execute(
        select(CampaignRecipient.state, CampaignRecipient.reason, func.count())
        .where(_of(campaign))
        .group_by(CampaignRecipient.state, CampaignRecipient.reason)
    )
    return {(state, reason): count for state, reason, count in rows}


@dataclass(frozen=True, slots=True)
class Sought:
    """What a list of recipients is narrowed by."""

    state: str | None = None
    component: str | None = None
    district: str | None = None
    states: tuple[str, ...] | None = None
    """The only states that the reader may see."""


def _sought(campaign: Campaign, sought: Sought) -> list[ColumnElement[bool]]:
    clauses = [_of(campaign)]
    if sought.states is not None:
        clauses.append(CampaignRecipient.state.in_(sought.states))
    if sought.state is not None:
        clauses.append(CampaignRecipient.state == sought.state)
    if sought.component is not None:
        clauses.append(CampaignRecipient.component == sought.component)
    if sought.district is not None:
        clauses.append(CampaignRecipient.district_code == sought.district)
    return clauses


async def recipients(
    tx: Tx, campaign: Campaign, sought: Sought, after: UUID | None, limit: int
) -> Sequence[tuple[CampaignRecipient, Person]]:
    """By id; whose names and masked numbers the reader may have is the caller's to know."""
    statement = (
        select(CampaignRecipient, Person)
        .join(Person, _person_of())
        .where(*_sought(campaign, sought))
        .order_by(CampaignRecipient.id)
        .limit(limit)
    )
    if after is not None:
        statement = statement.where(CampaignRecipient.id > after)
    return [(row[0], row[1]) for row in await tx.execute(statement)]


async def recipients_counted(tx: Tx, campaign: Campaign, sought: Sought) -> int:
    statement = select(func.count()).select_from(CampaignRecipient).where(*_sought(campaign, sought))
    return await tx.scalar(statement) or 0


def _person_of() -> ColumnElement[bool]:
    return and_(
        Person.regency_code == CampaignRecipient.regency_code, Person.id == CampaignRecipient.person_id
    )


async def recipient(
    tx: Tx, campaign: Campaign, recipient_id: UUID, *, for_update: bool = False
) -> tuple[CampaignRecipient, Person] | None:
    statement = (
        select(CampaignRecipient, Person)
        .join(Person, _person_of())
        .where(_of(campaign), CampaignRecipient.id == recipient_id)
    )
    if for_update:
        statement = statement.with_for_update(of=CampaignRecipient).execution_options(populate_existing=True)
    row = (await tx.execute(statement)).one_or_none()
    return (row[0], row[1]) if row is not None else None


async def in_state(tx: Tx, campaign: Campaign, state: RecipientState) -> Sequence[CampaignRecipient]:
    """Lock everybody who stands there, in id order."""
    statement = (
        select(CampaignRecipient)
        .where(_of(campaign), CampaignRecipient.state == state.value)
        .order_by(CampaignRecipient.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return (await tx.scalars(statement)).all()


async def next_in_reserve(
    tx: Tx, campaign: Campaign, component: str, district: str, after: int | None
) -> CampaignRecipient | None:
    """Return the first of the reserve who fits the component there, behind place *after*; locked."""
    statement = select(CampaignRecipient).where(
        _of(campaign),
        CampaignRecipient.state == RecipientState.RESERVE.value,
        CampaignRecipient.district_code == district,
        CampaignRecipient.fits.contains([component]),
    )
    if after is not None:
        statement = statement.where(CampaignRecipient.order_n > after)
    ordered = statement.order_by(CampaignRecipient.order_n).limit(1).with_for_update()
    found: CampaignRecipient | None = await tx.scalar(ordered.execution_options(populate_existing=True))
    return found


async def homes_served(tx: Tx, campaign: Campaign, home: UUID) -> bool:
    """Tell whether a household has a place in the campaign."""
    served = (RecipientState.SELECTED.value, RecipientState.GIVEN.value)
    found = await tx.scalar(
        select(CampaignRecipient.id)
        .where(_of(campaign), CampaignRecipient.household_id == home, CampaignRecipient.state.in_(served))
        .limit(1)
    )
    return found is not None


async def cell_sizes(tx: Tx, campaign: Campaign) -> dict[tuple[str, str], int]:
    """Count who has a place, or had one until the report, by component and district."""
    placed = (RecipientState.SELECTED, RecipientState.GIVEN, RecipientState.NO_SHOW)
    rows = await tx.execute(
        select(CampaignRecipient.component, CampaignRecipient.district_code, func.count())
        .where(
            _of(campaign),
            CampaignRecipient.component.is_not(None),
            CampaignRecipient.state.in_([state.value for state in placed]),
        )
        .group_by(CampaignRecipient.component, CampaignRecipient.district_code)
    )
    return {(component or "", district): count for component, district, count in rows}
