"""Working many findings of one kind by one act: decided alike, agreed to alike."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final
from uuid import UUID

from app.db.queries.acting import Acting
from app.db.queries.reconciliations import findings
from app.db.queries.reconciliations.findings import Wanted
from app.db.tables.reconciliations import ReconciliationFinding
from app.domain.errors import Forbidden
from app.domain.events.reconciliations import FindingsApproved, FindingsDecided
from app.domain.reconciliation import (
    Decision,
    FindingState,
    Kind,
    after_decision,
    check_decision,
    place,
)
from app.services.reconciliations import funders, standing
from app.services.reconciliations.comparing import Comparing
from app.services.reconciliations.deciding import (
    Choice,
    check_words,
    exhausted,
    other_program,
    second_person,
)
from app.services.reconciliations.ordering import tell
from app.services.reconciliations.reading import NOTES
from app.services.reconciliations.standing import check_workable

MOST: Final = 1_000
"""Findings of one act."""
_LAST: Final = 99


@dataclass(frozen=True, slots=True)
class Many:
    """Which findings: of a kind, perhaps of one reason, in one village or district, of one batch."""

    kind: Kind
    reason: str | None = None
    village: str | None = None
    batch: UUID | None = None


@dataclass(frozen=True, slots=True)
class Result:
    batch_id: UUID
    done: int
    changed: int
    """Left open, since what they say is no longer so."""
    no_place: int
    """Left open, since no fallback has a place for them."""
    left: int
    """Of the same kind, still to be worked."""


async def decide_many(acting: Acting, at: Comparing, which: Many, choice: Choice) -> Result:
    """Decide up to `MOST` open findings alike; those of the poorest first where places are given out.

    Raises:
        Invalid: the decision is none of the kind, or one that is taken one by one.
        Conflict: it still runs, was made anew, or no fallback has a place for anybody.
    """
    check_workable(at)
    check_words(acting, choice)
    check_decision(which.kind, choice.decision, for_many=True)
    wanted = _wanted(at, which, FindingState.OPEN)
    found = await findings.lock_many(acting.tx, wanted, MOST)
    still = await standing.still_so(acting, at, found)
    so = [one for one in found if one.id in still]
    batch_id = acting.new_id()
    given = await _programs(acting, at, choice, so)
    state = after_decision(choice.decision, second_person(acting, at))
    values = {
        "state": state.value,
        "decision": choice.decision.value,
        "decision_reason": choice.reason,
        "decided_at": acting.now,
        "decided_by": acting.actor.account_id,
        "batch_id": batch_id,
    }
    for program, ids in given.items():
        await findings.change(acting.tx, at.row.regency_code, ids, {**values, "other_program": program})
    ids = [id_ for each in given.values() for id_ in each]
    if choice.note:
        await _note(acting, at, ids, choice.note)
    if ids:
        happened = FindingsDecided(
            thing_id=at.row.id,
            batch_id=batch_id,
            kind=which.kind.value,
            decision=choice.decision.value,
            reason=choice.reason,
            count=len(ids),
        )
        await tell(acting, at.row, happened)
    left = await findings.counted(acting.tx, wanted)
    return Result(batch_id, len(ids), len(found) - len(so), len(so) - len(ids), left)


async def _programs(
    acting: Acting, at: Comparing, choice: Choice, so: Sequence[ReconciliationFinding]
) -> dict[str | None, list[UUID]]:
    """Return the findings by the programme that they go to; whoever has no place is left out."""
    if choice.decision is not Decision.REFER_FALLBACK:
        return {other_program(acting, at, choice): [one.id for one in so]} if so else {}
    quotas = await funders.quotas(acting, at.row, locked=True)
    if choice.program is not None:
        quotas = [one for one in quotas if one.program == choice.program]
    if so and not any(one.left for one in quotas):
        raise exhausted({one.program: one.left for one in quotas})
    poorest = sorted(so, key=lambda one: (int(one.evidence.get("desil") or _LAST), one.id))
    found: dict[str | None, list[UUID]] = {}
    for one, program in zip(poorest, place(quotas, len(poorest)), strict=True):
        if program is not None:
            found.setdefault(program, []).append(one.id)
    return found


async def _note(acting: Acting, at: Comparing, ids: Sequence[UUID], note: str) -> None:
    """Seal the note of the act for each: what is sealed opens in its own row only."""
    text = json.dumps({"note": note}, ensure_ascii=False)
    sealed = {id_: acting.vault.seal(at.key, NOTES, "note_sealed", id_, text) for id_ in ids}
    await findings.put_notes(acting.tx, at.row.regency_code, sealed)


async def approve_many(acting: Acting, at: Comparing, which: Many, decision: Decision) -> Result:
    """Agree as a second person to up to `MOST` decisions of one kind that others have taken.

    Raises:
        Forbidden: all that wait were decided by the same person.
        Conflict: it still runs, or was made anew.
    """
    check_workable(at)
    wanted = replace(_wanted(at, which, FindingState.AWAITING), decision=decision.value)
    found = await findings.lock_many(acting.tx, wanted, MOST)
    others = [one for one in found if one.decided_by != acting.actor.account_id]
    if found and not others:
        raise Forbidden(
            code="four_eyes",
            id="Putusan ini harus disetujui oleh orang lain.",
            en="These decisions must be agreed to by somebody else.",
        )
    still = await standing.still_so(acting, at, others)
    ids = [one.id for one in others if one.id in still]
    values: dict[str, Any] = {
        "state": FindingState.DECIDED.value,
        "approved_at": acting.now,
        "approved_by": acting.actor.account_id,
    }
    if ids:
        await findings.change(acting.tx, at.row.regency_code, ids, values)
        happened = FindingsApproved(thing_id=at.row.id, kind=which.kind.value, count=len(ids))
        await tell(acting, at.row, happened)
    left = await findings.counted(acting.tx, wanted)
    return Result(acting.cause_id, len(ids), len(others) - len(ids), 0, left)


def _wanted(at: Comparing, which: Many, state: FindingState) -> Wanted:
    return Wanted(at.row.regency_code, at.row.id, which.kind, state, which.reason, which.village, which.batch)
