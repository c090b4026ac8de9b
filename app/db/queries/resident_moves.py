"""Her own word about a resolved case: she confirms, disputes, rates; typed by her, or by the desk for her."""

import json
from dataclasses import dataclass
from uuid import UUID

from app.db.queries.case_moves import Move, StepFacts, context_of, state_of, take_step
from app.db.queries.ledger import lines_of_case
from app.db.queries.texts import CONFIRMATION
from app.domain.codes import ActorKind, LedgerState
from app.domain.events.cases import CaseConfirmed, CaseDisputed, CaseRated
from app.domain.ledger import Difference, Line, Received, differences
from app.domain.lifecycle import CaseAction, decide

A = CaseAction
DIFFERENT = "differs_from_ledger"


@dataclass(frozen=True, slots=True)
class Word:
    received: tuple[Received, ...] = ()
    rating: int | None = None
    reason: str | None = None
    """Of a dispute, in her words."""
    comment: str | None = None
    method: str | None = None
    """How the desk got her word, and (*witness*) who heard it."""
    witness: str | None = None


async def confirm_or_dispute(move: Move, word: Word) -> bool:
    """Close the case with what she says she received; a difference from the ledger is a dispute.

    Returns:
        Whether it became a dispute.
    """
    context = await context_of(move)
    step = decide(state_of(move.case, move.referrals), A.CONFIRM, context)
    lines = await lines_of_case(move.tx, move.case)
    found = differences(word.received, lines)
    stored = await move.say(CONFIRMATION, _as_text(word, found))
    if stored is None:
        raise ValueError("A confirmation always has a text.")
    if found:
        await _dispute(move, word, A.DISPUTE, stored.id, _concerned(found, lines))
        return True
    await take_step(move, step, StepFacts(text=stored))
    move.case.confirmed_by = "desk" if _by_desk(move) else "resident"
    move.add(
        CaseConfirmed(
            case_id=move.case.id,
            confirmation_id=stored.id,
            by_desk=_by_desk(move),
            received=tuple(sorted({item.program for item in word.received})),
        )
    )
    rate(move, word.rating)
    return False


async def say_dispute(move: Move, word: Word, action: CaseAction) -> None:
    """Send the case back to work: *action* is dispute, or reopen for a dispute that comes late."""
    found = differences(word.received, await lines_of_case(move.tx, move.case)) if word.received else ()
    concerned = _concerned(found, await lines_of_case(move.tx, move.case))
    await _dispute(move, word, action, None, concerned)


async def _dispute(
    move: Move, word: Word, action: CaseAction, confirmation_id: UUID | None, concerned: tuple[UUID, ...]
) -> None:
    step = decide(state_of(move.case, move.referrals), action, await context_of(move))
    text = await move.say(action.value, _as_text(word, ()))
    await take_step(move, step, StepFacts(text=text))
    move.case.disputed_count += 1
    move.add(
        CaseDisputed(
            case_id=move.case.id,
            by_desk=_by_desk(move),
            reason=DIFFERENT if confirmation_id else None,
            referral_ids=concerned,
            confirmation_id=confirmation_id,
            text_hmac=text.hmac if text else None,
        )
    )
    rate(move, word.rating)


def rate(move: Move, rating: int | None) -> None:
    """Keep her rating, 1 to 5."""
    if rating is None:
        return
    move.case.rating = rating
    move.add(CaseRated(case_id=move.case.id, rating=rating, by_desk=_by_desk(move)))


def _by_desk(move: Move) -> bool:
    return move.acting.actor.kind is not ActorKind.RESIDENT


def _concerned(found: tuple[Difference, ...], lines: list[Line]) -> tuple[UUID, ...]:
    """Name the referrals whose aid she says differently of."""
    programs = {item.program for item in found}
    ids = (
        line.origin.referral_id
        for line in lines
        if line.origin.program in programs and line.state is LedgerState.GIVEN
    )
    return tuple(dict.fromkeys(id_ for id_ in ids if id_ is not None))


def _as_text(word: Word, found: tuple[Difference, ...]) -> str:
    said = {
        "received": [
            {
                "program": item.program,
                "amount_idr": item.amount_idr,
                "goods": item.goods,
                "on": item.on.isoformat() if item.on else None,
            }
            for item in word.received
        ],
        "reason": word.reason,
        "comment": word.comment,
        "method": word.method,
        "witness": word.witness,
        "differences": [
            {
                "program": item.program,
                "kind": item.kind.value,
                "ledger_idr": item.ledger_idr,
                "stated_idr": item.stated_idr,
            }
            for item in found
        ],
    }
    return json.dumps({name: value for name, value in said.items() if value}, ensure_ascii=False)
