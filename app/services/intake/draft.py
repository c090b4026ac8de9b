"""The case as it will be written: its ids, first state, first clock, events, and every row of them."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from app.db.queries.events import prepare
from app.db.queries.intake import CaseRows
from app.db.queries.intake_parts import Doubt, More, Pair
from app.domain.access import Actor
from app.domain.answering import Answered, routed
from app.domain.cases import NewCase
from app.domain.chain import NO_ROWS
from app.domain.codes import ActorKind, Confidentiality, Holder, Priority, VoidReason
from app.domain.escalation import pace_of, reminder_at
from app.domain.events.base import Act, Event
from app.domain.events.cases import CaseOpened, CaseStepTaken, CaseTold
from app.domain.events.people import CaseIdentityDoubted
from app.domain.knowledge import Desk, Knowledge, Settings
from app.domain.lifecycle import URGENT, CaseAction, CaseContext, CaseState, CaseStatus, decide
from app.domain.routing import ENGINE_VERSION, sealed_to_json
from app.domain.routing.stored import to_text
from app.domain.sla import OPENED, TOLD, Change, Entry, EntryKind, Matter, Rule, advance, local_date
from app.integrations.vault import DataKey, Vault
from app.services.intake.meeting import Met, Tools
from app.services.intake.secrecy import Secrecy
from app.services.intake.slips import Slip


@dataclass(frozen=True, slots=True)
class Settled:
    """What was decided about the new case before it is written."""

    settings: Settings
    new: NewCase
    priority: Priority
    secrecy: Secrecy
    met: Met
    slip: Slip
    doubts: tuple[Doubt, ...]
    doubles: UUID | None
    """The case on record that this one is: then it is void from the start."""
    began_at: datetime
    """From when its first clock runs."""

    @property
    def regency(self) -> str:
        return self.settings.regency


@dataclass(frozen=True, slots=True)
class FirstClock:
    id: UUID
    step: str
    started_at: datetime
    due_at: datetime
    row: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Draft:
    """The case to be written, and what its answer tells of it."""

    settled: Settled
    ticket: str
    pin: str | None
    """None where the resident has it on paper already."""
    status: CaseStatus
    desk: Desk | None
    holder: Holder
    opened_at: datetime
    clocks: tuple[FirstClock, ...]
    row: CaseRows

    def more(self, pairs: Sequence[Pair]) -> More:
        """Return the rows that few cases have."""
        new = self.settled.new
        return More(
            about=tuple((item.kind.value, item.ref) for item in new.about),
            readers=self.settled.secrecy.readers,
            pairs=tuple(pairs),
            doubts=self.settled.doubts,
        )


def make_draft(
    tools: Tools, known: Knowledge, actor: Actor, settled: Settled, answered: Answered, now: datetime
) -> Draft:
    """Make every row of the case.

    Its first state is registered, resolved when it was answered at once, or void when it is on record.
    """
    if settled.doubles is not None:
        settled = replace(settled, new=replace(settled.new, resolve_now=None))
    new, met, regency = settled.new, settled.met, settled.regency
    case_id, cause_id = tools.ids.new_id(now), tools.ids.new_id(now)
    ticket, pin = settled.slip.ticket, settled.slip.pin
    desk = known.desk_of(new.village)
    closed = settled.secrecy.confidentiality is Confidentiality.RAHASIA
    holder = Holder.DESK if desk is not None and not closed else Holder.SECRETARIAT
    routing_id = tools.ids.new_id(now)

    status = _first_status(settled, now)
    clocks = tuple(_clock(tools, known, settled, change, now) for change in _starts(settled))
    happened = _happened(tools.vault, settled, answered, _Case(case_id, routing_id, ticket, holder, desk))
    act = Act(actor.kind, actor.account_id, now, cause_id)
    events = prepare(regency, happened, act, NO_ROWS)
    due = min(clocks, key=lambda clock: clock.due_at, default=None)

    row = CaseRows(
        regency_code=regency,
        id=case_id,
        case=(
            ticket,
            settled.slip.pin_digest,
            new.kind.value,
            new.category,
            answered.record.need.sector,
            new.ppks,
            new.service_pillar,
            new.channel,
            settled.priority.value,
            settled.secrecy.confidentiality.value,
            None if settled.secrecy.closed_to is None else settled.secrecy.closed_to.value,
            status.value,
            holder.value,
            None if desk is None or holder is Holder.SECRETARIAT else desk.id,
            new.subject.kind.value,
            met.person_id,
            met.household_id,
            new.reporter.relation,
            new.village,
            new.village.rpartition(".")[0],
            met.key_id,
            tools.vault.seal(met.data_key, "cases", "private", case_id, _private(new)),
            json.dumps(list(new.current_aid)),
            new.legal_basis,
            new.notice_version,
            new.program,
            actor.account_id,
            now,
            None if due is None else due.due_at,
            None if due is None else due.step,
            *_outcome(new, now),
            events[-1].n,
            events[-1].hash,
        ),
        routing=(
            routing_id,
            ENGINE_VERSION,
            local_date(now, new.village),
            json.dumps(dict(known.versions)),
            _seal_json(tools.vault, met.data_key, routing_id, sealed_to_json(answered.decision.question)),
            to_text(answered.record),
        ),
        clocks=json.dumps([clock.row for clock in clocks]),
        facts=_facts(tools, settled, now),
        events=events,
    )
    return Draft(settled, ticket, pin, status, desk, holder, now, clocks, row)


@dataclass(frozen=True, slots=True)
class _Case:
    id: UUID
    routing_id: UUID
    ticket: str
    holder: Holder
    desk: Desk | None


def _first_status(settled: Settled, now: datetime) -> CaseStatus:
    resolving = settled.new.resolve_now
    if settled.doubles is not None:
        return CaseStatus.VOID
    if resolving is None:
        return CaseStatus.REGISTERED
    state = CaseState(CaseStatus.REGISTERED, settled.new.kind, settled.priority)
    context = CaseContext(ActorKind.OFFICER, now, outcome=resolving.outcome)
    step = decide(state, CaseAction.RESOLVE, context)
    return step.target or CaseStatus.RESOLVED


def _starts(settled: Settled) -> tuple[Change, ...]:
    if settled.doubles is not None:
        return ()
    return OPENED if settled.new.resolve_now is None else TOLD


def _clock(tools: Tools, known: Knowledge, settled: Settled, change: Change, now: datetime) -> FirstClock:
    new = settled.new
    policy = known.clock_policy(
        change.step, Matter(settled.regency, new.kind, new.category, settled.priority)
    )
    told = new.resolve_now.told.at if new.resolve_now else settled.began_at
    limit = policy.limit_for(settled.priority)
    rule = Rule(limit, known.calendar(settled.regency), pausable=settled.priority not in URGENT)
    at = min(told, now)
    started = advance(None, Entry(EntryKind.START, at), rule)
    due_at = started.due_at if started is not None else at
    share = pace_of(known, settled.regency, settled.priority).reminder_share
    act_at = reminder_at(started, rule, share) if started is not None else at
    id_ = tools.ids.new_id(now)
    row = {
        "id": str(id_),
        "step": change.step.value,
        "amount": limit.amount,
        "unit": limit.unit.value,
        "pausable": rule.pausable,
        "source": policy.source,
        "entries": [{"kind": "start", "at": at.isoformat()}],
        "due_at": due_at.isoformat(),
        "act_at": act_at.isoformat(),
    }
    return FirstClock(id_, change.step.value, at, due_at, row)


def _happened(vault: Vault, settled: Settled, answered: Answered, case: _Case) -> list[Event]:
    new, secrecy = settled.new, settled.secrecy
    opened = CaseOpened(
        case_id=case.id,
        ticket=case.ticket,
        kind=new.kind.value,
        category=new.category,
        sector=answered.record.need.sector,
        channel=new.channel,
        priority=settled.priority.value,
        confidentiality=secrecy.confidentiality.value,
        subject_kind=new.subject.kind.value,
        place=new.village,
        holder=case.holder.value,
        desk_id=case.desk.id if case.desk else None,
        program=new.program,
        legal_basis=new.legal_basis,
        notice_version=new.notice_version,
        chronology_hmac=vault.text_hmac(settled.met.data_key, new.chronology),
    )
    happened: list[Event] = [opened, routed(case.id, case.routing_id, answered)]
    happened += [
        CaseIdentityDoubted(case_id=case.id, conflict_id=doubt.id, kind=doubt.kind)
        for doubt in settled.doubts
    ]
    if settled.doubles is not None:
        happened.append(
            CaseStepTaken(
                case_id=case.id,
                action=CaseAction.VOID.value,
                from_status=CaseStatus.REGISTERED.value,
                to_status=CaseStatus.VOID.value,
                reason=VoidReason.DUPLICATE.value,
                other_case_id=settled.doubles,
            )
        )
    if new.resolve_now is not None:
        happened.append(
            CaseStepTaken(
                case_id=case.id,
                action=CaseAction.RESOLVE.value,
                from_status=CaseStatus.REGISTERED.value,
                to_status=CaseStatus.RESOLVED.value,
                outcome=new.resolve_now.outcome.value,
                reason=new.resolve_now.reason,
            )
        )
        told = new.resolve_now.told
        happened.append(CaseTold(case_id=case.id, told_at=told.at, method=told.method))
    return happened


def _private(new: NewCase) -> str:
    """The one sealed text of a case: its words, its reporter, its exact place.

    Of somebody who stays unknown neither name nor phone is kept: nobody may read them.
    """
    reporter = new.reporter
    said = {
        "chronology": new.chronology,
        "reporter": {
            "name": None if reporter.anonymous else reporter.name,
            "phone": None if reporter.anonymous else reporter.phone,
            "anonymous": reporter.anonymous,
            "tell": reporter.tell,
        },
        "place": {"address": new.place_address, "detail": new.place_detail},
        "about": [item.text for item in new.about],
        "priority_reason": new.priority_reason,
        "separate_reason": new.separate_reason,
        "papers": list(new.papers),
        "tried": list(new.tried),
        "told_by": new.resolve_now.told.by if new.resolve_now else None,
    }
    return json.dumps(said, ensure_ascii=False)


def _outcome(new: NewCase, now: datetime) -> tuple[object, ...]:
    if new.resolve_now is None:
        return (None, None, None, None, None)
    told = new.resolve_now.told
    return (new.resolve_now.outcome.value, new.resolve_now.reason, now, told.at, told.method)


def _seal_json(vault: Vault, key: DataKey, id_: UUID, content: object) -> bytes:
    return vault.seal(key, "routing_records", "facts", id_, json.dumps(content))


def _facts(tools: Tools, settled: Settled, now: datetime) -> tuple[list[UUID], list[str], list[bytes]]:
    ids, names, sealed = [], [], []
    for name, value in settled.new.facts.items():
        id_ = tools.ids.new_id(now)
        ids.append(id_)
        names.append(name)
        sealed.append(tools.vault.seal(settled.met.data_key, "case_facts", "value", id_, json.dumps(value)))
    return ids, names, sealed
