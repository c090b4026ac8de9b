"""The hand-out of a campaign: its slots, the devices with their lists, and what they told."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, func, select, tuple_

from app.db.session import Tx
from app.db.tables.access import Account
from app.db.tables.campaigns import (
    Campaign,
    CampaignCheckin,
    CampaignDevice,
    CampaignList,
    CampaignRecipient,
    CampaignSlot,
)
from app.db.tables.people import DataKey, Person
from app.db.tables.referrals import AssistanceLine
from app.domain.campaigns import RecipientState

_HOLDING = (RecipientState.SELECTED.value, RecipientState.GIVEN.value, RecipientState.NO_SHOW.value)


async def slots_of(tx: Tx, campaign: Campaign) -> Sequence[CampaignSlot]:
    """By time."""
    statement = select(CampaignSlot).where(
        CampaignSlot.regency_code == campaign.regency_code, CampaignSlot.campaign_id == campaign.id
    )
    return (await tx.scalars(statement.order_by(CampaignSlot.starts_at, CampaignSlot.id))).all()


async def taken(tx: Tx, campaign: Campaign) -> dict[UUID, int]:
    """Count who comes in each slot."""
    rows = await tx.execute(
        select(CampaignRecipient.slot_id, func.count().label("people"))
        .where(
            CampaignRecipient.regency_code == campaign.regency_code,
            CampaignRecipient.campaign_id == campaign.id,
            CampaignRecipient.slot_id.is_not(None),
            CampaignRecipient.state.in_(_HOLDING),
        )
        .group_by(CampaignRecipient.slot_id)
    )
    return {row.slot_id: row.people for row in rows}


async def active_officers(tx: Tx, regency: str, accounts: Collection[UUID]) -> set[UUID]:
    found = await tx.scalars(
        select(Account.id).where(
            Account.regency_code == regency,
            Account.id.in_(accounts),
            Account.active,
            Account.kind == "officer",
        )
    )
    return set(found)


# Devices and their lists ----------------------------------------------------------------------------------


async def device(
    tx: Tx, campaign: Campaign, device_id: UUID, *, for_update: bool = False
) -> CampaignDevice | None:
    statement = select(CampaignDevice).where(
        CampaignDevice.regency_code == campaign.regency_code,
        CampaignDevice.campaign_id == campaign.id,
        CampaignDevice.id == device_id,
    )
    found: CampaignDevice | None = await tx.scalar(statement.with_for_update() if for_update else statement)
    return found


async def devices_of(
    tx: Tx, campaign: Campaign, account_id: UUID | None, after: UUID | None, limit: int
) -> Sequence[CampaignDevice]:
    """By id; with *account_id* only hers."""
    statement = select(CampaignDevice).where(
        CampaignDevice.regency_code == campaign.regency_code, CampaignDevice.campaign_id == campaign.id
    )
    if account_id is not None:
        statement = statement.where(CampaignDevice.account_id == account_id)
    if after is not None:
        statement = statement.where(CampaignDevice.id > after)
    return (await tx.scalars(statement.order_by(CampaignDevice.id).limit(limit))).all()


async def devices_counted(tx: Tx, campaign: Campaign, account_id: UUID | None) -> int:
    statement = (
        select(func.count())
        .select_from(CampaignDevice)
        .where(
            CampaignDevice.regency_code == campaign.regency_code, CampaignDevice.campaign_id == campaign.id
        )
    )
    if account_id is not None:
        statement = statement.where(CampaignDevice.account_id == account_id)
    return await tx.scalar(statement) or 0


async def list_of(tx: Tx, device: CampaignDevice, list_id: UUID) -> CampaignList | None:
    found: CampaignList | None = await tx.scalar(
        select(CampaignList).where(
            CampaignList.regency_code == device.regency_code,
            CampaignList.device_id == device.id,
            CampaignList.id == list_id,
        )
    )
    return found


async def entitled(
    tx: Tx, campaign: Campaign, slots: Collection[UUID]
) -> Sequence[tuple[CampaignRecipient, Person]]:
    """Return who is to come in the slots and has not come yet, by her code."""
    statement = (
        select(CampaignRecipient, Person)
        .join(
            Person,
            and_(
                Person.regency_code == CampaignRecipient.regency_code,
                Person.id == CampaignRecipient.person_id,
            ),
        )
        .where(
            CampaignRecipient.regency_code == campaign.regency_code,
            CampaignRecipient.campaign_id == campaign.id,
            CampaignRecipient.state == RecipientState.SELECTED.value,
            CampaignRecipient.slot_id.in_(slots),
        )
        .order_by(CampaignRecipient.code)
    )
    return [(row[0], row[1]) for row in await tx.execute(statement)]


# Check-ins ------------------------------------------------------------------------------------------------


async def lock_by_code(tx: Tx, campaign: Campaign, codes: Collection[str]) -> dict[str, CampaignRecipient]:
    """Lock the recipients of the codes in id order, so that two batches wait for each other."""
    found = await tx.scalars(
        select(CampaignRecipient)
        .where(
            CampaignRecipient.regency_code == campaign.regency_code,
            CampaignRecipient.campaign_id == campaign.id,
            CampaignRecipient.code.in_(codes),
        )
        .order_by(CampaignRecipient.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return {row.code: row for row in found if row.code is not None}


async def sent_before(
    tx: Tx, device: CampaignDevice, client_ids: Collection[str]
) -> dict[str, CampaignCheckin]:
    found = await tx.scalars(
        select(CampaignCheckin).where(
            CampaignCheckin.regency_code == device.regency_code,
            CampaignCheckin.campaign_id == device.campaign_id,
            CampaignCheckin.device_id == device.id,
            CampaignCheckin.client_id.in_(client_ids),
        )
    )
    return {row.client_id: row for row in found}


async def given_to(tx: Tx, campaign: Campaign, recipients: Collection[UUID]) -> dict[UUID, CampaignCheckin]:
    """Return the check-in that counted, of each recipient who has one."""
    found = await tx.scalars(
        select(CampaignCheckin).where(
            CampaignCheckin.regency_code == campaign.regency_code,
            CampaignCheckin.recipient_id.in_(recipients),
            CampaignCheckin.verdict == "given",
        )
    )
    return {row.recipient_id: row for row in found}


async def lock_lines(tx: Tx, regency: str, ids: Collection[UUID]) -> dict[UUID, AssistanceLine]:
    found = await tx.scalars(
        select(AssistanceLine)
        .where(AssistanceLine.regency_code == regency, AssistanceLine.id.in_(ids))
        .order_by(AssistanceLine.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return {row.id: row for row in found}


async def keys_of(tx: Tx, regency: str, people: Collection[UUID]) -> dict[UUID, bytes]:
    """Return the wrapped data key of each person who was not erased."""
    rows = await tx.execute(
        select(Person.id, DataKey.wrapped)
        .join(DataKey, and_(DataKey.regency_code == Person.regency_code, DataKey.id == Person.data_key_id))
        .where(Person.regency_code == regency, Person.id.in_(people), DataKey.wrapped.is_not(None))
    )
    return {row.id: row.wrapped for row in rows}


@dataclass(frozen=True, slots=True)
class Sought:
    finding: str | None = None
    verdict: str | None = None
    device: UUID | None = None


def _of(campaign: Campaign, sought: Sought) -> list[Any]:
    clauses: list[Any] = [
        CampaignCheckin.regency_code == campaign.regency_code,
        CampaignCheckin.campaign_id == campaign.id,
    ]
    if sought.finding is not None:
        clauses.append(CampaignCheckin.finding == sought.finding)
    if sought.verdict is not None:
        clauses.append(CampaignCheckin.verdict == sought.verdict)
    if sought.device is not None:
        clauses.append(CampaignCheckin.device_id == sought.device)
    return clauses


async def checkins(
    tx: Tx, campaign: Campaign, sought: Sought, after: tuple[datetime, UUID] | None, limit: int
) -> Sequence[CampaignCheckin]:
    """By arrival."""
    statement = select(CampaignCheckin).where(*_of(campaign, sought))
    if after is not None:
        statement = statement.where(tuple_(CampaignCheckin.arrived_at, CampaignCheckin.id) > after)
    ordered = statement.order_by(CampaignCheckin.arrived_at, CampaignCheckin.id).limit(limit)
    return (await tx.scalars(ordered)).all()


async def checkins_counted(tx: Tx, campaign: Campaign, sought: Sought) -> int:
    statement = select(func.count()).select_from(CampaignCheckin).where(*_of(campaign, sought))
    return await tx.scalar(statement) or 0


async def checkins_by_id(tx: Tx, campaign: Campaign, ids: Collection[UUID]) -> dict[UUID, CampaignCheckin]:
    found = await tx.scalars(
        select(CampaignCheckin).where(
            CampaignCheckin.regency_code == campaign.regency_code,
            CampaignCheckin.campaign_id == campaign.id,
            CampaignCheckin.id.in_(ids),
        )
    )
    return {row.id: row for row in found}


async def lock_checkin(tx: Tx, campaign: Campaign, checkin_id: UUID) -> CampaignCheckin | None:
    found: CampaignCheckin | None = await tx.scalar(
        select(CampaignCheckin)
        .where(
            CampaignCheckin.regency_code == campaign.regency_code,
            CampaignCheckin.campaign_id == campaign.id,
            CampaignCheckin.id == checkin_id,
        )
        .with_for_update()
    )
    return found


# The account of it ----------------------------------------------------------------------------------------


async def report_rows(tx: Tx, campaign: Campaign) -> Sequence[Any]:
    """Return one row for everybody who ever had a place: what the counts are made of, and no name."""
    statement = (
        select(
            CampaignRecipient.component,
            CampaignRecipient.district_code,
            CampaignRecipient.state,
            CampaignRecipient.replaces,
            Person.sex,
            Person.born_on,
        )
        .join(
            Person,
            and_(
                Person.regency_code == CampaignRecipient.regency_code,
                Person.id == CampaignRecipient.person_id,
            ),
        )
        .where(
            CampaignRecipient.regency_code == campaign.regency_code,
            CampaignRecipient.campaign_id == campaign.id,
            CampaignRecipient.component.is_not(None),
        )
    )
    return (await tx.execute(statement)).all()


async def given_value(tx: Tx, campaign: Campaign) -> Sequence[Any]:
    """Sum what was given, by the ledger: component, lines, rupiah."""
    statement = (
        select(
            AssistanceLine.component,
            func.count().label("lines"),
            func.coalesce(func.sum(AssistanceLine.amount_idr), 0).label("amount_idr"),
        )
        .join(
            CampaignRecipient,
            and_(
                CampaignRecipient.regency_code == AssistanceLine.regency_code,
                CampaignRecipient.line_id == AssistanceLine.id,
            ),
        )
        .where(
            CampaignRecipient.regency_code == campaign.regency_code,
            CampaignRecipient.campaign_id == campaign.id,
            AssistanceLine.state == "given",
        )
        .group_by(AssistanceLine.component)
        .order_by(AssistanceLine.component)
    )
    return (await tx.execute(statement)).all()
