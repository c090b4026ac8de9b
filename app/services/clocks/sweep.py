"""One batch of the sweep: cases locked, a pure decision for each due clock, everything written at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple
from uuid import UUID

from app.db.queries import sweeping
from app.db.queries.acting import Acting
from app.db.queries.clocks import watch
from app.db.queries.events import Happening
from app.db.queries.sweeping import DueCase, DueClock, Found, Landed, Look, Outcome
from app.domain.access import CaseSight, ClosedTo
from app.domain.chain import Head
from app.domain.codes import Confidentiality, Priority
from app.domain.escalation import (
    Deed,
    Put,
    Roster,
    Watched,
    climb,
    deed_at,
    is_last,
    next_look,
    wants_nudge,
)
from app.domain.events.base import Act, Event
from app.domain.events.escalation import CaseEscalated, CaseReminded, ReferralNudged
from app.domain.referrals import BLOCKING
from app.domain.sla import ClockStep


class Alone(NamedTuple):
    """A clock whose deed is a step of its case, taken in a transaction of its own."""

    case_id: UUID
    clock_id: UUID
    deed: Deed


@dataclass(frozen=True, slots=True)
class Swept:
    done: int
    """How many clocks were looked at and settled."""
    alone: tuple[Alone, ...]


@dataclass(slots=True)
class _Batch:
    acting: Acting
    tenant: str
    roster: Roster
    cases: Mapping[UUID, DueCase]
    found: Found
    looks: list[Look] = field(default_factory=list)
    landed: list[Landed] = field(default_factory=list)
    nudged: set[UUID] = field(default_factory=set)
    happened: dict[UUID, list[tuple[Act, Sequence[Event]]]] = field(default_factory=dict)
    """By case, each act with its events."""

    def outcome(self) -> Outcome:
        happenings = [
            Happening(case_id, Head(self.cases[case_id].event_count, self.cases[case_id].head), acts)
            for case_id, acts in self.happened.items()
        ]
        return Outcome(self.looks, self.landed, self.nudged, happenings)


async def sweep_due(acting: Acting, tenant: str, roster: Roster) -> Swept:
    """Remind and escalate what is due in one tenant; say which clocks need a transaction of their own."""
    cases = await sweeping.lock_due(acting.tx, tenant, acting.now)
    return await _sweep(acting, tenant, roster, cases)


async def sweep_case(acting: Acting, tenant: str, roster: Roster, case_id: UUID) -> Swept:
    """Do the same for one case: what stops a batch must not stop the other cases in it."""
    cases = await sweeping.lock_one(acting.tx, tenant, case_id)
    return await _sweep(acting, tenant, roster, cases)


async def _sweep(acting: Acting, tenant: str, roster: Roster, cases: Mapping[UUID, DueCase]) -> Swept:
    if not cases:
        return Swept(0, ())
    found = await sweeping.read_due(acting.tx, tenant, acting.now, cases)
    batch = _Batch(acting, tenant, roster, cases, found)
    alone = [left for clock in found.clocks if (left := _look(batch, clock)) is not None]
    await sweeping.write(acting.tx, tenant, acting.now, batch.outcome())
    return Swept(len(found.clocks) - len(alone), tuple(alone))


async def put_higher(acting: Acting, tenant: str, roster: Roster, left: Alone) -> None:
    """Put before somebody a clock whose own end could not be taken: what fails may not vanish."""
    cases = await sweeping.lock_one(acting.tx, tenant, left.case_id)
    found = await sweeping.read_due(acting.tx, tenant, acting.now, cases)
    batch = _Batch(acting, tenant, roster, cases, found)
    for clock in found.clocks:
        if clock.id == left.clock_id and (seen := _watch(batch, clock)) is not None:
            _escalate(batch, clock, seen)
    await sweeping.write(acting.tx, tenant, acting.now, batch.outcome())


def _look(batch: _Batch, clock: DueClock) -> Alone | None:
    seen = _watch(batch, clock)
    deed = None if seen is None else deed_at(seen, batch.acting.now)
    if seen is None or deed is None:
        # The cache was older than a policy or a calendar: it is looked at again when it is time.
        batch.looks.append(Look(clock.id, clock.acts, next_look(seen) if seen is not None else None))
        return None
    match deed:
        case Deed.REMIND:
            _remind(batch, clock, seen)
        case Deed.ESCALATE:
            _escalate(batch, clock, seen)
        case Deed.EXPIRE_CASE | Deed.CLOSE_SILENT | Deed.EXPIRE_REFERRAL:
            return Alone(clock.case_id, clock.id, deed)
    return None


def _watch(batch: _Batch, clock: DueClock) -> Watched | None:
    referrals = batch.found.referrals.get(clock.case_id, ())
    return watch(
        batch.acting.known,
        Priority(batch.cases[clock.case_id].priority),
        clock,
        batch.found.puts.get(clock.id, ()),
        blocked=any(one.status in BLOCKING for one in referrals),
    )


def _remind(batch: _Batch, clock: DueClock, seen: Watched) -> None:
    batch.looks.append(Look(clock.id, clock.acts + 1, next_look(replace(seen, acts=clock.acts + 1))))
    told = _nudge(batch, clock)
    if not told:
        case = batch.cases[clock.case_id]
        first = climb(seen.pace.ladder, (), _sight(batch, case), batch.roster)
        told = [
            CaseReminded(
                case_id=case.id,
                clock_id=clock.id,
                step=clock.step,
                account_id=first.account_id,
                waiting_referral_id=clock.referral_id,
            )
        ]
    _tell(batch, clock, told)


def _escalate(batch: _Batch, clock: DueClock, seen: Watched) -> None:
    case, acting = batch.cases[clock.case_id], batch.acting
    before = [Put(one.rung, one.account_id) for one in batch.found.puts.get(clock.id, ())]
    settings = acting.known.settings.get(batch.tenant)
    inspector = settings.inspectorate_account_id if settings else None
    put = climb(seen.pace.ladder, before, _sight(batch, case), batch.roster, inspector)
    # A clock that is late already gets no reminder any more.
    acts = max(clock.acts, 1) + 1
    climbed = replace(seen, acts=acts, put_at=acting.now, landed=is_last(put))
    batch.looks.append(Look(clock.id, acts, next_look(climbed)))
    batch.landed.append(Landed(acting.new_id(), clock, seen.clock.due_at, put))
    escalated = CaseEscalated(
        case_id=case.id,
        clock_id=clock.id,
        step=clock.step,
        rung=put.rung,
        account_id=put.account_id,
        waiting_referral_id=clock.referral_id,
    )
    _tell(batch, clock, [escalated, *_nudge(batch, clock)])


def _nudge(batch: _Batch, clock: DueClock) -> list[Event]:
    """Remind the receiver of a referral whose answer or aid is waited for."""
    if clock.referral_id is None or not wants_nudge(ClockStep(clock.step)):
        return []
    batch.nudged.add(clock.referral_id)
    return [
        ReferralNudged(
            case_id=one.case_id,
            referral_id=one.id,
            program=one.program_code,
            agency=one.agency_code,
            round=one.round,
            step=clock.step,
        )
        for one in batch.found.referrals.get(clock.case_id, ())
        if one.id == clock.referral_id
    ]


def _tell(batch: _Batch, clock: DueClock, happened: Sequence[Event]) -> None:
    """Each clock's deed is one act of the system, with a cause of its own."""
    acting = batch.acting
    act = Act(acting.actor.kind, acting.actor.account_id, acting.now, acting.new_id())
    batch.happened.setdefault(clock.case_id, []).append((act, happened))


def _sight(batch: _Batch, case: DueCase) -> CaseSight:
    readers = batch.found.readers.get(case.id, ())
    return CaseSight(
        region=case.village_code,
        confidentiality=Confidentiality(case.confidentiality),
        case_id=case.id,
        desk_id=case.desk_id,
        away_desk_id=case.away_desk_id,
        assignee_id=case.assignee_id,
        named=frozenset(one.account_id for one in readers if one.standing == "named"),
        about_accounts=frozenset(one.account_id for one in readers if one.standing == "kept_out"),
        closed_to=ClosedTo(case.closed_to) if case.closed_to else None,
    )
