"""Moving a referral: its step, and all that hangs on it: ledger, allotment, clocks, an end by itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import repeat
from typing import Any, Final
from uuid import UUID

from app.db.queries.allotments import free_places, offer_next, take_places
from app.db.queries.case_moves import Move
from app.db.queries.clocks import move_clocks
from app.db.queries.holding import line_of
from app.db.queries.ledger import held_by_home, rows_of_referral, store_lines
from app.db.queries.pledge_moves import close_card
from app.db.queries.questions import mind_questions
from app.db.queries.referral_events import event_of
from app.db.queries.texts import Stored, facts_of
from app.db.tables.referrals import AssistanceLine, Referral
from app.domain.access import SYSTEM, Actor
from app.domain.codes import LedgerSource, LedgerState, Purpose
from app.domain.events.referrals import LedgerGiven, LedgerPlanned, LedgerStopped
from app.domain.knowledge import Knowledge, is_implicit
from app.domain.ledger import (
    Delivery,
    Line,
    Origin,
    Overlap,
    deliver,
    end,
    excluded_pairs,
    overlaps,
    plan,
    planned_left,
    require_free,
)
from app.domain.programs import Planned, ProgramVersion, instalments
from app.domain.referrals import (
    ENDED,
    HOLDING,
    Party,
    ReferralAction,
    ReferralContext,
    ReferralState,
    ReferralStatus,
    ReferralStep,
    RegistryStage,
    after,
    decide,
    ending_of,
)
from app.domain.sla import referral_changes

A, S = ReferralAction, ReferralStatus


@dataclass(frozen=True, slots=True)
class Taking:
    """One step of one referral: as whom, with which content, by whom."""

    action: ReferralAction
    party: Party
    records: Mapping[str, Any]
    text: Stored | None = None
    by: Actor | None = None
    """None: whoever acts."""


def version_of(known: Knowledge, referral: Referral) -> ProgramVersion | None:
    """Return the rules that the referral was sent under."""
    fitting = (
        one.version
        for one in known.catalogue.programs
        if one.code == referral.program_code and one.version.n == referral.program_version
    )
    return next(fitting, None)


def state_of_referral(known: Knowledge, referral: Referral, lines: tuple[Line, ...]) -> ReferralState:
    version = version_of(known, referral)
    implicit = is_implicit(referral.program_code)
    return ReferralState(
        status=S(referral.status),
        purpose=Purpose(referral.purpose),
        fulfilled_on=version.benefit.fulfilled_on if version and not implicit else None,
        deliveries=sum(line.state is LedgerState.GIVEN for line in lines),
        planned_left=planned_left(lines),
        stage=RegistryStage(referral.sub_status) if referral.sub_status else None,
        round=referral.round,
    )


async def read_state(move: Move, referral: Referral) -> ReferralState:
    rows = await rows_of_referral(move.tx, referral)
    return state_of_referral(move.acting.known, referral, tuple(map(line_of, rows)))


async def take(move: Move, referral: Referral, taking: Taking) -> None:
    """Take one step and what follows from it by itself.

    Raises:
        Conflict: the step is not possible now, the aid is excluded, or the allotment is used up.
        Forbidden: the step is another party's.
    """
    records, action = taking.records, taking.action
    rows = await rows_of_referral(move.tx, referral)
    lines = tuple(map(line_of, rows))
    before = state_of_referral(move.acting.known, referral, lines)
    context = ReferralContext(
        taking.party, records.get("extent"), records.get("stage"), move.acting.now, referral.due_at
    )
    step = decide(before, action, context)
    moved = after(before, step, context)
    changed, given = await _ledger(move, referral, (before, moved), lines, taking)
    write_columns(move, referral, step, taking)
    referral.round, referral.sub_status = moved.round, moved.stage.value if moved.stage else None
    move.add(event_of(referral, step, taking.records, taking.text, given, party=taking.party), taking.by)
    await mind_questions(move, referral, action, taking.text)
    await _store(move, referral, rows, (lines, changed), taking)
    await move_clocks(move.acting, move.case, referral_changes(step), referral)
    if step.target in ENDED:
        await close_card(move.acting, referral)
    await _end_by_itself(move, referral, step)


async def _end_by_itself(move: Move, referral: Referral, step: ReferralStep) -> None:
    reached = await read_state(move, referral)
    ending = ending_of(reached, step.action)
    if ending is None:
        return
    records = {"extent": ending.extent, "reason": ending.reason}
    await take(move, referral, Taking(ending.action, Party.RECEIVER, records, by=SYSTEM))


def write_columns(move: Move, referral: Referral, step: ReferralStep, taking: Taking) -> None:
    """Set what stands on the referral itself."""
    records, now = taking.records, move.acting.now
    referral.status = step.target.value
    referral.version += 1
    referral.updated_at = now
    if step.action is A.ACCEPT:
        referral.accepted_at = now
    if step.target in ENDED:
        referral.ended_at = now
    elif step.source in ENDED:
        referral.ended_at = None
    _write_answer(referral, step.action, records)
    if taking.party is Party.PROXY:
        _write_on_behalf(move, referral, taking)


_COLUMNS: Final[Mapping[ReferralAction, tuple[str, str]]] = {
    A.RETURN: ("missing", "missing"),
    A.REFUSE: ("reason", "reason"),
    A.FAIL: ("reason", "reason"),
    A.REVOKE: ("reason", "reason"),
    A.NOT_OURS: ("right_body", "right_body"),
    A.WAITLIST: ("waitlist_position", "position"),
    A.FULFIL: ("fulfilled_as", "extent"),
    A.EXTERNAL_REFERENCE: ("external_ref", "reference"),
}
"""Which column keeps which field of an answer."""


def _write_answer(referral: Referral, action: ReferralAction, records: Mapping[str, Any]) -> None:
    if action in _COLUMNS:
        column, name = _COLUMNS[action]
        setattr(referral, column, records[name])
    if action is A.ACCEPT and records.get("reference") is not None:
        referral.external_ref = records["reference"]
    if action is A.RESEND:
        referral.missing = []
    if action is A.SUBMITTED_EXTERNAL:
        day: date = records["date"]
        system, reference = records["system"], records["reference"]
        referral.submitted_external = {"system": system, "reference": reference, "date": day.isoformat()}


def _write_on_behalf(move: Move, referral: Referral, taking: Taking) -> None:
    """Count what a secretariat answered for a receiver without an account; keep the last word's source."""
    agency = move.acting.known.agencies.get(referral.agency_code)
    said, earlier = taking.records["on_behalf"], referral.recorded_on_behalf or {}
    referral.recorded_on_behalf = {
        "count": int(earlier.get("count", 0)) + 1,
        "role": agency.proxy_role if agency else None,
        "action": taking.action.value,
        "source": said["source"],
        "date": said["date"].isoformat(),
        "paper": said["paper"],
    }


# The ledger ---------------------------------------------------------------------------------------------


async def _ledger(
    move: Move,
    referral: Referral,
    states: tuple[ReferralState, ReferralState],
    lines: tuple[Line, ...],
    taking: Taking,
) -> tuple[tuple[Line, ...], Line | None]:
    before, moved = states
    given: Line | None = None
    if taking.action is A.DELIVER:
        origin = Origin(referral.program_code, referral.person_id, referral.id)
        lines, given = deliver(lines, _delivery(taking.records), origin, move.acting.new_id())
    if before.purpose is not Purpose.AID:
        return lines, given
    held, holds = before.status in HOLDING, moved.status in HOLDING
    # One that goes to the waiting list in the same act is accepted without a place.
    if holds and not held and taking.records.get("waitlist_position") is None:
        lines = await _gain(move, referral, lines)
    if held and not holds:
        await _give_back(move, referral)
    if before.status is S.WAITLISTED and moved.status is not S.WAITLISTED:
        await _leave_list(move, referral, holds=holds)
    if moved.status is S.FULFILLED:
        lines = end(lines, moved.status, moved.fulfilled_on)
    elif not holds:
        lines = end(lines, moved.status)
    return lines, given


def _delivery(records: Mapping[str, Any]) -> Delivery:
    return Delivery(
        records["component"],
        records["period"],
        records["date"],
        records.get("amount_idr"),
        records.get("goods"),
    )


async def _gain(move: Move, referral: Referral, lines: tuple[Line, ...]) -> tuple[Line, ...]:
    """Take a place and plan the instalments, after asking again whether anything stands against it."""
    acting, case = move.acting, move.case
    today = acting.today(case.village_code)
    require_free(await against(move, referral.program_code, referral.id))
    given = {(line.component, line.instalment) for line in lines if line.state is LedgerState.GIVEN}
    promised = await _promised(move, referral)
    await take_places(acting, referral, {one.component for one in promised}, today)
    origin = Origin(referral.program_code, referral.person_id, referral.id)
    ids = (acting.new_id() for _ in repeat(None))
    planned = plan(promised, origin, today, ids)
    return (*lines, *(line for line in planned if (line.component, line.instalment) not in given))


async def _give_back(move: Move, referral: Referral) -> None:
    if await free_places(move.acting, referral):
        await offer_next(move.acting, referral.regency_code, referral.program_code)


async def _leave_list(move: Move, referral: Referral, *, holds: bool) -> None:
    """A place that was offered to whoever goes without it is offered to the next."""
    offered, referral.place_offered_at = referral.place_offered_at, None
    if offered is not None and not holds:
        await offer_next(move.acting, referral.regency_code, referral.program_code)


async def _promised(move: Move, referral: Referral) -> tuple[Planned, ...]:
    version = version_of(move.acting.known, referral)
    if version is None:
        return ()
    return instalments(version, await facts_of(move.tx, move.acting.vault, move.case, move.key))


async def against(move: Move, program: str, referral_id: UUID | None = None) -> tuple[Overlap, ...]:
    """List what the household holds that stands against *program*; ask under the locks of the people."""
    if is_implicit(program):
        return ()
    case, known = move.case, move.acting.known.programs
    held = await held_by_home(move.tx, case, move.acting.today(case.village_code))
    named = sorted({program, *(item.origin.program for item in held)})
    rules = [known[code] for code in named if code in known]
    pairs = [pair for rule in rules for pair in excluded_pairs(rule.code, rule.version)]
    return overlaps(Origin(program, case.person_id, referral_id), held, pairs)


async def _store(
    move: Move,
    referral: Referral,
    rows: list[AssistanceLine],
    lines: tuple[tuple[Line, ...], tuple[Line, ...]],
    taking: Taking,
) -> None:
    before, now = {line.id: line for line in lines[0]}, lines[1]
    await store_lines(move.acting, referral, rows, now)
    for line in now:
        earlier = before.get(line.id)
        if line != earlier:
            _tell(move, referral, line, taking)
    if taking.action is A.DELIVER:
        await _keep_proof(move, referral, before, now, taking)


async def _keep_proof(
    move: Move, referral: Referral, before: dict[UUID, Line], now: tuple[Line, ...], taking: Taking
) -> None:
    fresh = {line.id for line in now if line.state is LedgerState.GIVEN and before.get(line.id) != line}
    for row in await rows_of_referral(move.tx, referral):
        if row.id in fresh:
            row.proof = taking.records.get("proof")
            pledge = taking.records.get("pledge")
            if pledge is not None:
                row.source, row.source_id = LedgerSource.PLEDGE.value, pledge


def _tell(move: Move, referral: Referral, line: Line, taking: Taking) -> None:
    named: dict[str, Any] = {
        "case_id": referral.case_id,
        "referral_id": referral.id,
        "line_id": line.id,
        "program": referral.program_code,
        "component": line.component,
    }
    match line.state:
        case LedgerState.PLANNED:
            event = LedgerPlanned(**named, amount_idr=line.planned_idr, instalment=line.instalment)
            move.add(event, taking.by)
        case LedgerState.GIVEN:
            move.add(
                LedgerGiven(
                    **named,
                    amount_idr=line.given_idr,
                    given_on=line.given_on or move.acting.now.date(),
                    difference_idr=line.difference_idr,
                ),
                taking.by,
            )
        case LedgerState.STOPPED:
            reason = taking.records.get("reason") or referral.status
            move.add(LedgerStopped(**named, amount_idr=line.planned_idr, reason=reason), taking.by)
        case LedgerState.REVERSED:
            raise ValueError("A step of a referral reverses no line.")


async def revoke(move: Move, referral: Referral, reason: str) -> None:
    """Revoke a live referral within a step of its case: by an officer as its sender, else as the system."""
    sender = move.acting.actor.account_id is not None
    party = Party.SENDER if sender else Party.SYSTEM
    await take(
        move,
        referral,
        Taking(A.REVOKE, party, {"reason": reason}, by=None if sender else SYSTEM),
    )
