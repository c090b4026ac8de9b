"""A receiver's question is a task of the sender until it is answered, or the referral has ended."""

from typing import Final

from sqlalchemy import select

from app.db.queries.case_moves import Move
from app.db.queries.texts import Stored
from app.db.tables.cases import CaseText, Task
from app.db.tables.referrals import Referral
from app.domain.referrals import ENDED, ReferralAction, ReferralStatus

ANSWER_QUESTION: Final = "answer_question"


async def mind_questions(move: Move, referral: Referral, action: ReferralAction, text: Stored | None) -> None:
    """Keep the tasks of the sender in step with the thread; it moves no clock and no status."""
    if action is ReferralAction.QUESTION and text is not None:
        _ask(move, text)
    elif action is ReferralAction.ANSWER or ReferralStatus(referral.status) in ENDED:
        for task in await _open(move, referral):
            task.done_at, task.done_by = move.acting.now, move.acting.actor.account_id


def _ask(move: Move, text: Stored) -> None:
    case, acting = move.case, move.acting
    move.tx.add(
        Task(
            regency_code=case.regency_code,
            id=acting.new_id(),
            case_id=case.id,
            kind=ANSWER_QUESTION,
            assignee_id=None,
            text_id=text.id,
            due_at=None,
            created_at=acting.now,
            created_by=acting.actor.account_id,
            done_at=None,
            done_by=None,
        )
    )


async def _open(move: Move, referral: Referral) -> list[Task]:
    """Return the open questions of one referral: each task holds its text, and the text its referral."""
    await move.tx.flush()
    statement = (
        select(Task)
        .join(CaseText, (CaseText.regency_code == Task.regency_code) & (CaseText.id == Task.text_id))
        .where(
            Task.regency_code == referral.regency_code,
            Task.case_id == referral.case_id,
            Task.kind == ANSWER_QUESTION,
            Task.done_at.is_(None),
            CaseText.referral_id == referral.id,
        )
    )
    return list(await move.tx.scalars(statement))
