"""What cases are now, as far as figures go by it."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import func, select

from app.db.session import Tx
from app.db.tables.cases import Case, Clock
from app.db.tables.people import Person
from app.db.tables.referrals import Referral
from app.domain.indicators import CaseFacts, ReferralFacts
from app.domain.needs.coarse import age_band
from app.domain.sla import ClockStep, local_date


async def snapshot(tx: Tx, regency_code: str, ids: Sequence[UUID]) -> dict[UUID, CaseFacts]:
    """Return what these cases are now."""
    columns = (*_CASE_COLUMNS, Person.sex, Person.born_on)
    statement = (
        select(*columns)
        .outerjoin(Person, (Person.regency_code == Case.regency_code) & (Person.id == Case.person_id))
        .where(Case.regency_code == regency_code, Case.id.in_(ids))
    )
    referrals = await _referrals(tx, regency_code, ids)
    stops = await _stops(tx, regency_code, ids)
    return {
        row.id: _facts(regency_code, row, referrals.get(row.id, []), stops.get(row.id, {}))
        for row in await tx.execute(statement)
    }


_CASE_COLUMNS: Final = (
    Case.id,
    Case.district_code,
    Case.village_code,
    Case.confidentiality,
    Case.closed_to,
    Case.desk_id,
    Case.away_desk_id,
    Case.kind,
    Case.category,
    Case.sector,
    Case.priority,
    Case.channel,
    Case.ppks,
    Case.program_code,
    Case.status,
    Case.holder,
    Case.outcome,
    Case.outcome_reason,
    Case.confirmed_by,
    Case.escalated_at,
    Case.escalated_to,
    Case.opened_at,
    Case.resolved_at,
    Case.closed_at,
    Case.rating,
    Case.disputed_count,
    Case.reopened_count,
    Case.bounce_count,
)
_TIMED: Final = (ClockStep.FIRST_RESPONSE.value, ClockStep.VERIFICATION.value)


async def _referrals(tx: Tx, regency_code: str, ids: Sequence[UUID]) -> dict[UUID, list[Any]]:
    statement = (
        select(
            Referral.case_id,
            Referral.id,
            Referral.agency_code,
            Referral.program_code,
            Referral.status,
            Referral.reason,
            Referral.district_code,
            Referral.village_code,
            Referral.sent_at,
            Referral.accepted_at,
            Referral.ended_at,
        )
        .where(Referral.regency_code == regency_code, Referral.case_id.in_(ids))
        .order_by(Referral.case_id, Referral.sent_at, Referral.id)
    )
    found: dict[UUID, list[Any]] = {}
    for row in await tx.execute(statement):
        found.setdefault(row.case_id, []).append(row)
    return found


async def _stops(tx: Tx, regency_code: str, ids: Sequence[UUID]) -> dict[UUID, dict[str, datetime]]:
    """Return when the first clock of each timed step of each case stopped."""
    statement = (
        select(Clock.case_id, Clock.step, func.min(Clock.stopped_at).label("at"))
        .where(
            Clock.regency_code == regency_code,
            Clock.case_id.in_(ids),
            Clock.step.in_(_TIMED),
            Clock.referral_id.is_(None),
            Clock.stopped_at.is_not(None),
        )
        .group_by(Clock.case_id, Clock.step)
    )
    found: dict[UUID, dict[str, datetime]] = {}
    for row in await tx.execute(statement):
        found.setdefault(row.case_id, {})[row.step] = row.at
    return found


def _facts(regency: str, row: Any, referrals: Sequence[Any], stops: Mapping[str, datetime]) -> CaseFacts:
    responded, verified = (stops.get(step) for step in _TIMED)
    opened = row.opened_at
    return CaseFacts(
        district=row.district_code,
        village=row.village_code,
        confidentiality=row.confidentiality,
        closed_to=row.closed_to,
        desk=row.desk_id.hex if row.desk_id else None,
        away_desk=row.away_desk_id.hex if row.away_desk_id else None,
        kind=row.kind,
        category=row.category,
        sector=row.sector,
        priority=row.priority,
        channel=row.channel,
        ppks=row.ppks,
        program=row.program_code,
        status=row.status,
        holder=row.holder,
        sex=row.sex,
        age_band=_band(row.born_on, local_date(opened, regency)),
        outcome=row.outcome,
        outcome_reason=row.outcome_reason,
        confirmed_by=row.confirmed_by,
        escalated_to=row.escalated_to if row.escalated_at else None,
        opened=_month(opened, regency),
        resolved=_month_or_none(row.resolved_at, regency),
        closed=_month_or_none(row.closed_at, regency),
        rating=row.rating,
        disputed=row.disputed_count > 0,
        reopened=row.reopened_count > 0,
        bounced=row.bounce_count > 0,
        first_responded=_month_or_none(responded, regency),
        hours_to_respond=_hours(opened, responded),
        verified=_month_or_none(verified, regency),
        hours_to_verify=_hours(opened, verified),
        hours_to_refer=_hours(opened, referrals[0].sent_at if referrals else None),
        hours_to_resolve=_hours(opened, row.resolved_at),
        referrals=tuple(_referral_facts(regency, one) for one in referrals),
    )


def _referral_facts(regency: str, row: Any) -> ReferralFacts:
    return ReferralFacts(
        id=row.id.hex,
        agency=row.agency_code,
        program=row.program_code,
        status=row.status,
        reason=row.reason,
        district=row.district_code,
        village=row.village_code,
        sent=_month(row.sent_at, regency),
        accepted=_month_or_none(row.accepted_at, regency),
        ended=_month_or_none(row.ended_at, regency),
        hours_to_answer=_hours(row.sent_at, row.accepted_at),
    )


def _month(at: datetime, regency: str) -> str:
    return local_date(at, regency).isoformat()[:7]


def _month_or_none(at: datetime | None, regency: str) -> str | None:
    return None if at is None else _month(at, regency)


def _hours(start: datetime, end: datetime | None) -> float | None:
    return None if end is None else round((end - start).total_seconds() / 3600, 2)


def _band(born: date | None, on: date) -> str | None:
    if born is None:
        return None
    return age_band(max(0, on.year - born.year - ((on.month, on.day) < (born.month, born.day))))
