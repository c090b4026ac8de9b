"""A clock in words of both languages: its rule, what ran, what paused it, when it is due, whom it reached."""

from collections.abc import Iterator
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from app.api.presenters.words import coded, said
from app.api.reading import Reading
from app.api.schemas.base import Localised
from app.api.schemas.clocks import ClockEntryOut, ClockOut, EscalationOut, LimitOut, OfferOut
from app.db.tables.hands import Escalation
from app.db.tables.referrals import ReferralOffer
from app.domain.escalation import next_look
from app.domain.ids import public_id
from app.domain.sla import (
    ClockStep,
    Language,
    effects,
    elapsed,
    entry_in_words,
    instant_in_words,
    is_overdue,
    span_in_words,
)
from app.services.clocks import LedgerClock

_TOLD: Final[MappingProxyType[Language, dict[str, str]]] = MappingProxyType(
    {
        "id": {
            "limit": "Batas waktu",
            "source": "sumber",
            "ran": "Sudah berjalan",
            "due": "Tenggat",
            "late": "terlambat",
            "held": "Waktu tidak berjalan selama jeda; tenggat bergeser",
            "put": "Dinaikkan ke",
            "ended": "selesai",
            "next": "Dilihat lagi oleh sistem",
        },
        "en": {
            "limit": "Limit",
            "source": "source",
            "ran": "Ran so far",
            "due": "Due",
            "late": "overdue",
            "held": "No time runs during the pause; the due time moves on",
            "put": "Escalated to",
            "ended": "ended",
            "next": "The service looks again",
        },
    }
)


def clock_out(reading: Reading, told: LedgerClock) -> ClockOut:
    row, clock, known, lang = told.row, told.watched.clock, reading.known, reading.lang
    tenant, rule = row.regency_code, told.watched.rule
    return ClockOut(
        id=public_id(tenant, row.id),
        step=coded(known, "clock_step", row.step, lang),
        state=row.state,
        referral=public_id(tenant, told.referral.id) if told.referral else None,
        program=told.referral.program_code if told.referral else None,
        limit=LimitOut(
            amount=row.amount,
            unit=coded(known, "time_unit", row.unit, lang),
            source=row.policy_source,
            pausable=row.pausable,
        ),
        started_at=row.started_at,
        due_at=clock.due_at,
        overdue=is_overdue(clock, reading.now),
        ran_seconds=int(elapsed(clock, reading.now, rule).total_seconds()),
        next_look_at=next_look(told.watched),
        entries=_entries(told),
        escalations=[_escalation(reading, one) for one in told.escalations],
        words=[
            Localised(id=first, en=second)
            for first, second in zip(_lines(reading, told, "id"), _lines(reading, told, "en"), strict=True)
        ],
    )


def _entries(told: LedgerClock) -> list[ClockEntryOut]:
    step, rule = ClockStep(told.row.step), told.watched.rule
    zone = rule.calendar.zone
    return [
        ClockEntryOut(
            kind=entry.kind.value,
            at=entry.at,
            moved=moved,
            words=Localised(
                id=entry_in_words(entry, step, zone, "id", moved=moved),
                en=entry_in_words(entry, step, zone, "en", moved=moved),
            ),
        )
        for entry, moved in zip(told.entries, effects(told.entries, rule), strict=True)
    ]


def _escalation(reading: Reading, one: Escalation) -> EscalationOut:
    return EscalationOut(
        rung=coded(reading.known, "escalation_rung", one.rung, reading.lang),
        account=public_id(one.regency_code, one.account_id) if one.account_id else None,
        at=one.at,
        ended_at=one.ended_at,
    )


def _lines(reading: Reading, told: LedgerClock, lang: Language) -> Iterator[str]:
    row, clock, rule, known = told.row, told.watched.clock, told.watched.rule, reading.known
    words, zone = _TOLD[lang], rule.calendar.zone

    def at(instant: datetime) -> str:
        return instant_in_words(instant, zone, lang)

    unit = known.label("time_unit", row.unit, lang).lower()
    yield f"{words['limit']}: {row.amount} {unit} ({words['source']}: {row.policy_source})"
    step = ClockStep(row.step)
    for entry, moved in zip(told.entries, effects(told.entries, rule), strict=True):
        yield entry_in_words(entry, step, zone, lang, moved=moved)
    ran = elapsed(clock, reading.now, rule)
    yield f"{words['ran']}: {span_in_words(ran, lang, working=rule.limit.is_working_time)}"
    paused = clock.paused_at is not None and clock.stopped_at is None
    late = f" ({words['late']})" if is_overdue(clock, reading.now) else ""
    yield words["held"] if paused else f"{words['due']}: {at(clock.due_at)}{late}"
    for put in told.escalations:
        ended = f" ({words['ended']}: {at(put.ended_at)})" if put.ended_at else ""
        yield f"{words['put']} {known.label('escalation_rung', put.rung, lang)}: {at(put.at)}{ended}"
    look = next_look(told.watched)
    if look is not None:
        yield f"{words['next']}: {at(look)}"


def offer_out(reading: Reading, row: ReferralOffer) -> OfferOut:
    known, program = reading.known, reading.known.programs.get(row.program_code)
    state: Any = row.state
    return OfferOut(
        id=public_id(row.regency_code, row.id),
        state=state,
        program=row.program_code,
        program_name=said(program.name, reading.lang) if program else row.program_code,
        agency=program.agency if program else "",
        purpose=coded(known, "purpose", row.purpose, reading.lang),
        discloses=list(row.disclosed),
        fallback_of=public_id(row.regency_code, row.fallback_of),
        at=row.at,
        decided_at=row.decided_at,
    )
