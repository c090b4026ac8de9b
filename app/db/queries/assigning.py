"""Who has a case in hand: given, taken away, and what it was before."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from sqlalchemy import select

from app.db.queries.case_moves import Move
from app.db.queries.former_assignee import end_assignment
from app.db.session import Tx
from app.db.tables.cases import Case, CaseReader
from app.db.tables.hands import Assignment
from app.domain.access import Actor, CaseSight, ClosedTo
from app.domain.codes import Confidentiality
from app.domain.events.cases import CaseAssigned

INSTRUCTION = "instruction"
DESK, SECRETARIAT = "desk", "secretariat"
"""The queues in which a case waits for hands."""
REASSIGNED, HANDED_OVER = "reassigned", "handed_over"


async def assign(
    move: Move,
    *,
    account_id: UUID | None,
    queue: str | None = None,
    instruction: str | None = None,
    ended_as: str = REASSIGNED,
    by: Actor | None = None,
) -> Assignment:
    """Give the locked case to an account, or to a queue; the assignment before it ends.

    Whether the account may have it is the caller's to ask (`hands.why_unfit`). Exactly one of *account_id*
    and *queue* is given.
    """
    acting, case = move.acting, move.case
    await move.tx.flush()
    await end_assignment(acting, case, ended_as)
    text = await move.say(INSTRUCTION, instruction)
    row = Assignment(
        regency_code=case.regency_code,
        id=acting.new_id(),
        case_id=case.id,
        account_id=account_id,
        queue=queue,
        instruction_id=text.id if text else None,
        at=acting.now,
        by=(by or acting.actor).account_id,
        ended_at=None,
        ended_as=None,
    )
    move.tx.add(row)
    case.assignee_id = account_id
    move.case_changed = True
    move.add(
        CaseAssigned(
            case_id=case.id,
            assignee_id=account_id,
            queue=queue,
            text_hmac=text.hmac if text else None,
        ),
        by,
    )
    return row


def queue_of(case: Case) -> str:
    """Return the queue of whoever holds the case."""
    return DESK if case.holder == DESK and case.desk_id is not None else SECRETARIAT


async def assignments_of(tx: Tx, case: Case) -> Sequence[Assignment]:
    """Return who had the case, oldest first."""
    statement = select(Assignment).where(
        Assignment.regency_code == case.regency_code, Assignment.case_id == case.id
    )
    return (await tx.scalars(statement.order_by(Assignment.at, Assignment.id))).all()


async def sight_of_case(tx: Tx, case: Case) -> CaseSight:
    """Return what of the case decides who may see it, as the pure rule reads it."""
    rows = await tx.execute(
        select(CaseReader.account_id, CaseReader.standing).where(
            CaseReader.regency_code == case.regency_code, CaseReader.case_id == case.id
        )
    )
    standing: dict[str, set[UUID]] = {"named": set(), "kept_out": set()}
    for account, found in rows:
        standing[found].add(account)
    plain = CaseSight(
        case.village_code, Confidentiality(case.confidentiality), case.id, case.desk_id, case.away_desk_id
    )
    return replace(
        plain,
        away_desk_id=case.away_desk_id,
        assignee_id=case.assignee_id,
        named=frozenset(standing["named"]),
        about_accounts=frozenset(standing["kept_out"]),
        closed_to=ClosedTo(case.closed_to) if case.closed_to else None,
    )
