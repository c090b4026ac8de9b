"""The decision: she leaves aid, goes on, or guidance ends; and a graduation taken back within its window.

The planned lines of the programmes that she leaves are stopped, each in the chain of its own case, and
planned again when the graduation is taken back. What was given stays given.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby
from typing import Any, Final
from uuid import UUID

from app.db.queries import assistance
from app.db.queries import graduations as stored
from app.db.queries.acting import Acting
from app.db.queries.case_moves import Move, close_tasks, finish, lock_people, open_move
from app.db.queries.cases import case_by_id
from app.db.queries.scope import Sight
from app.db.tables.graduation import Graduation, GraduationReview
from app.db.tables.referrals import AssistanceLine
from app.domain.access import Permission
from app.domain.codes import LedgerState
from app.domain.errors import Conflict, FieldError, Forbidden, Invalid
from app.domain.events.graduation import GraduationDecided, GraduationUndone
from app.domain.events.referrals import LedgerPlanned, LedgerStopped
from app.domain.graduation import Decision, GraduationState, Suggestion, require_active
from app.domain.ids import PublicId
from app.services.graduations.guiding import (
    TASK,
    Shown,
    due_at,
    named,
    not_found,
    require_seen,
    rule_of,
    shown,
)

EXITS: Final = "graduation_exit_programs"
REASON: Final = "graduated"
TEXT: Final = "graduation"
_P: Final = Permission.GRADUATION_DECIDE


@dataclass(frozen=True, slots=True)
class Verdict:
    decision: Decision
    exits: tuple[str, ...] | None = None
    """Programmes that she leaves; None: as the regency's policy says."""
    reason: str | None = None
    """In words; needed against the suggestion."""


async def decide(acting: Acting, sight: Sight, place: PublicId, verdict: Verdict) -> Shown:
    """Decide about somebody who is guided.

    Raises:
        NotFound: none in the actor's sight.
        Forbidden: the actor decides nothing there, or made the last review and the policy wants four eyes.
        Invalid: an unknown programme, or no reason for a decision against the suggestion.
        Conflict: guidance has ended, or there was no review.
    """
    row, moves = await _open(acting, sight, place, verdict)
    own = moves[row.case_id]
    require_active(GraduationState(row.state))
    reviews = await stored.reviews_of(acting.tx, row)
    _check(acting, row, reviews, verdict)
    text = await own.say(TEXT, verdict.reason)
    rule = rule_of(acting.known, place.tenant)
    exits = _exits(acting, place.tenant, verdict)
    row.decision, row.decided_at, row.decided_by = verdict.decision.value, acting.now, acting.actor.account_id
    row.version, row.updated_at = row.version + 1, acting.now
    match verdict.decision:
        case Decision.GRADUATE:
            row.state, row.exits = GraduationState.GRADUATED.value, list(exits)
            row.undo_until, row.undone_at = acting.now + timedelta(days=rule.undo_days), None
            lines = await stored.planned_for(acting.tx, row, exits)
            row.stopped = [str(line.id) for line in lines]
            await _turn(acting, moves, lines, LedgerState.STOPPED)
        case Decision.CONTINUE:
            row.review_due_on = rule.next_review(acting.today(own.case.village_code))
            await stored.watch(acting, row, due_at(acting, row))
        case Decision.END:
            row.state = GraduationState.ENDED.value
    await close_tasks(own, TASK)
    own.add(
        GraduationDecided(
            **named(row),
            decision=verdict.decision.value,
            suggestion=row.suggestion,
            exits=exits if verdict.decision is Decision.GRADUATE else (),
            text_hmac=text.hmac if text else None,
        )
    )
    for move in moves.values():
        await finish(move)
    return await shown(acting, row, own.case)


async def undo(acting: Acting, sight: Sight, place: PublicId, reason: str) -> Shown:
    """Take a graduation back: what it stopped is planned again, and she is guided as before.

    Raises:
        NotFound, Forbidden: as `decide`.
        Conflict: she has not graduated, or the window is over.
    """
    row, moves = await _open(acting, sight, place, None)
    own = moves[row.case_id]
    if row.state != GraduationState.GRADUATED.value:
        raise Conflict("not_graduated", "Ia belum graduasi.", "She has not graduated.", {"state": row.state})
    if row.undo_until is None or acting.now > row.undo_until:
        raise Conflict(
            "window_over",
            "Masa pembatalan graduasi sudah lewat; buka kasus baru.",
            "The time to take the graduation back is over; open a new case.",
        )
    text = await own.say(TEXT, reason)
    lines = await stored.planned_for(acting.tx, row, (), lines=[UUID(one) for one in row.stopped])
    stopped = [line for line in lines if line.state == LedgerState.STOPPED.value]
    await _turn(acting, moves, stopped, LedgerState.PLANNED)
    rule = rule_of(acting.known, place.tenant)
    row.state, row.undone_at, row.undo_until = GraduationState.ACTIVE.value, acting.now, None
    row.decision, row.exits, row.stopped = None, [], []
    row.decided_at = row.decided_by = None
    row.review_due_on = rule.next_review(acting.today(own.case.village_code))
    row.version, row.updated_at = row.version + 1, acting.now
    await stored.watch(acting, row, due_at(acting, row))
    own.add(GraduationUndone(**named(row), text_hmac=text.hmac if text else None))
    for move in moves.values():
        await finish(move)
    return await shown(acting, row, own.case)


async def _open(
    acting: Acting, sight: Sight, place: PublicId, verdict: Verdict | None
) -> tuple[Graduation, dict[UUID, Move]]:
    """Lock people, then every case whose lines are touched, then the way out of aid."""
    regency = place.tenant
    seen, case = await require_seen(acting, sight, regency, place.id, _P)
    await lock_people(acting.tx, regency, seen.person_id, seen.household_id)
    if verdict is None:
        lines = await stored.planned_for(acting.tx, seen, (), lines=[UUID(one) for one in seen.stopped])
    elif verdict.decision is Decision.GRADUATE:
        lines = await stored.planned_for(acting.tx, seen, _exits(acting, regency, verdict))
    else:
        lines = []
    moves: dict[UUID, Move] = {}
    for case_id in sorted({case.id, *(line.case_id for line in lines if line.case_id is not None)}):
        locked = await case_by_id(acting.tx, regency, case_id, for_update=True)
        if locked is None:
            raise not_found()
        await acting.tx.refresh(locked)
        moves[case_id] = await open_move(acting, locked)
    row = await stored.lock(acting.tx, regency, place.id)
    if row is None:
        raise not_found()
    return row, moves


def _exits(acting: Acting, regency: str, verdict: Verdict) -> tuple[str, ...]:
    if verdict.exits is not None:
        return tuple(dict.fromkeys(verdict.exits))
    return tuple(acting.known.policy_value(regency, EXITS, []))


def _check(acting: Acting, row: Graduation, reviews: Sequence[GraduationReview], verdict: Verdict) -> None:
    if not reviews:
        raise Conflict(
            "not_reviewed", "Tinjau dahulu sebelum memutuskan.", "Review her before anything is decided."
        )
    eyes = acting.known.policy_value(row.regency_code, "four_eyes", {})
    if eyes.get("decide") and reviews[-1].recorded_by == acting.actor.account_id:
        raise Forbidden(
            "four_eyes",
            "Yang meninjau terakhir tidak boleh memutuskan; minta orang lain.",
            "Whoever made the last review may not decide; ask somebody else.",
        )
    errors = [
        FieldError(f"/exits/{n}", "unknown_code", "Program ini tidak dikenal.", "No such programme.")
        for n, code in enumerate(verdict.exits or ())
        if code not in acting.known.programs
    ]
    agrees = {
        Decision.GRADUATE: row.suggestion == Suggestion.EXIT.value,
        Decision.CONTINUE: row.suggestion != Suggestion.EXIT.value,
        Decision.END: False,
    }
    if not agrees[verdict.decision] and not verdict.reason:
        errors.append(
            FieldError(
                "/reason",
                "missing",
                "Keputusan ini berbeda dari saran; tulis alasannya.",
                "This decision differs from the suggestion; say why.",
            )
        )
    if errors:
        raise Invalid(fields=tuple(errors))


async def _turn(
    acting: Acting, moves: dict[UUID, Move], lines: Sequence[AssistanceLine], state: LedgerState
) -> None:
    """Stop lines, or plan them again, each with its event where its chain is."""
    stops = state is LedgerState.STOPPED
    for case_id, part in groupby(lines, key=lambda line: line.case_id):
        for line in part:
            line.state, line.reason, line.updated_at = state.value, REASON if stops else None, acting.now
            move = moves.get(case_id) if case_id is not None else None
            if move is None or line.referral_id is None:
                await assistance.tell_turned(acting, line)
                continue
            common: dict[str, Any] = {
                "case_id": move.case.id,
                "referral_id": line.referral_id,
                "line_id": line.id,
                "program": line.program_code,
                "component": line.component,
                "amount_idr": line.planned_idr,
            }
            if stops:
                move.add(LedgerStopped(**common, reason=REASON))
            else:
                move.add(LedgerPlanned(**common, instalment=line.n))
