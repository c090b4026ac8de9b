"""Slots, devices, check-ins and the report of a campaign, as they are shown."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from app.api.presenters.words import coded, coded_or_none
from app.api.reading import Reading
from app.api.schemas.hand_out import (
    CheckedIn,
    CheckedInOut,
    CheckinOut,
    CountsOut,
    DeviceOut,
    FirstOut,
    ReportOut,
    SlotOut,
    ValueOut,
)
from app.db.tables.campaigns import CampaignCheckin, CampaignDevice, CampaignSlot
from app.domain.campaigns import Row
from app.domain.ids import public_id
from app.services.campaigns import Account, Answered


def slot_out(reading: Reading, slot: CampaignSlot, taken: int) -> SlotOut:
    tenant = slot.regency_code
    return SlotOut(
        id=public_id(tenant, slot.id),
        region=slot.region_code,
        region_name=reading.known.regions.get(slot.region_code, slot.region_code),
        place=slot.place,
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        capacity=slot.capacity,
        taken=taken,
        crew=[public_id(tenant, UUID(one)) for one in slot.crew],
    )


def device_fields(device: CampaignDevice) -> dict[str, Any]:
    tenant = device.regency_code
    return {
        "id": public_id(tenant, device.id),
        "name": device.name,
        "account_id": public_id(tenant, device.account_id) if device.account_id else None,
        "slots": [public_id(tenant, UUID(one)) for one in device.slots],
        "created_at": device.created_at,
        "revoked_at": device.revoked_at,
    }


def device_out(device: CampaignDevice) -> DeviceOut:
    return DeviceOut(**device_fields(device))


def checked_in(reading: Reading, tenant: str, answered: Iterable[Answered]) -> CheckedIn:
    results = [_answered(reading, tenant, one) for one in answered]
    codes = [one.verdict.code for one in results]
    return CheckedIn(
        given=codes.count("given"),
        duplicates=codes.count("duplicate"),
        refused=codes.count("refused"),
        results=results,
    )


def _answered(reading: Reading, tenant: str, one: Answered) -> CheckedInOut:
    known, lang, first = reading.known, reading.lang, one.first
    return CheckedInOut(
        client_id=one.client_id,
        verdict=coded(known, "checkin_verdict", one.verdict.value, lang),
        refusal=coded_or_none(known, "checkin_refusal", one.refusal, lang),
        checkin=public_id(tenant, one.checkin_id) if one.checkin_id else None,
        first=FirstOut(
            checkin=public_id(tenant, first.id),
            device=public_id(tenant, first.device_id),
            device_name=one.first_device,
            device_at=first.device_at,
            arrived_at=first.arrived_at,
        )
        if first is not None
        else None,
        replayed=one.replayed,
    )


def checkin_out(reading: Reading, row: CampaignCheckin) -> CheckinOut:
    known, lang, tenant = reading.known, reading.lang, row.regency_code
    return CheckinOut(
        id=public_id(tenant, row.id),
        recipient=public_id(tenant, row.recipient_id),
        device=public_id(tenant, row.device_id),
        client_id=row.client_id,
        device_at=row.device_at,
        arrived_at=row.arrived_at,
        outcome=coded(known, "checkin_outcome", row.outcome, lang),
        reason=coded_or_none(known, "turn_away_reason", row.reason, lang),
        verdict=coded(known, "checkin_verdict", row.verdict, lang),
        refusal=coded_or_none(known, "checkin_refusal", row.refusal, lang),
        first=public_id(tenant, row.first_id) if row.first_id else None,
        by_proxy=row.proxy_sealed is not None,
        proof=row.proof,
        finding="open" if row.finding == "open" else "decided" if row.finding else None,
        decision=coded_or_none(known, "checkin_decision", row.decision, lang),
        decided_at=row.decided_at,
    )


def report_out(reading: Reading, account: Account, now: datetime) -> ReportOut:
    row, known, lang = account.campaign, reading.known, reading.lang
    labels = {one["code"]: one["label"] for one in row.components}
    sexes = {code: known.label("sex", code, lang) for code in ("L", "P")}
    unknown = {"unknown": "unknown" if lang == "en" else "tidak diketahui"}
    return ReportOut(
        id=public_id(row.regency_code, row.id),
        name=row.name,
        state=coded(known, "campaign_state", row.state, lang),
        organiser=row.agency_code,
        funder=row.funder,
        budget_source=coded(known, "budget_source", row.budget_source, lang),
        published=account.published,
        as_of=now,
        total=_counts(account.total, {"all": "All" if lang == "en" else "Semua"}),
        by_component=[_counts(one, labels) for one in account.by_component],
        by_district=[_counts(one, known.regions) for one in account.by_district],
        by_sex=[_counts(one, sexes | unknown) for one in account.by_sex],
        by_age=[_counts(one, unknown) for one in account.by_age],
        value=[
            ValueOut(component=code, given=given, amount_idr=amount) for code, given, amount in account.value
        ],
    )


def _counts(row: Row, labels: Any) -> CountsOut:
    return CountsOut(
        key=row.key,
        label=labels.get(row.key, row.key),
        planned=row.planned,
        selected=row.selected,
        given=row.given,
        no_show=row.no_show,
        replaced=row.replaced,
    )
