"""Whose a case is: who holds it, and who had it in hand when it ended and gets it back afterwards."""

from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, exists, or_, select, update

from app.db.queries.acting import Acting
from app.db.session import Tx
from app.db.tables.access import Account, Grant
from app.db.tables.cases import Case, CaseReader
from app.db.tables.hands import Absence, Assignment
from app.domain.codes import Confidentiality, Holder
from app.domain.events.cases import CaseAssigned
from app.domain.moving import Held


async def give_back(acting: Acting, case: Case) -> CaseAssigned | None:
    """Let the former assignee have the case again; None where nothing changes.

    Whoever has left, is on leave, has no office any more, or may not see the case by now does not get it: it
    waits for the coordinator, in nobody's hand.
    """
    former = case.former_assignee_id
    if former is None:
        return None
    today = acting.today(case.village_code)
    keeper = former if await may_have(acting.tx, case, former, today) else None
    if keeper == case.assignee_id:
        return None
    await end_assignment(acting, case, "reopened")
    case.assignee_id = keeper
    if keeper is not None:
        acting.tx.add(
            Assignment(
                regency_code=case.regency_code,
                id=acting.new_id(),
                case_id=case.id,
                account_id=keeper,
                queue=None,
                instruction_id=None,
                at=acting.now,
                by=None,
                ended_at=None,
                ended_as=None,
            )
        )
    return CaseAssigned(case_id=case.id, assignee_id=keeper)


async def end_assignment(acting: Acting, case: Case, ended_as: str) -> None:
    """End the assignment in force, if there is one."""
    await acting.tx.execute(
        update(Assignment)
        .where(
            Assignment.regency_code == case.regency_code,
            Assignment.case_id == case.id,
            Assignment.ended_at.is_(None),
        )
        .values(ended_at=acting.now, ended_as=ended_as)
    )


def held_of(case: Case) -> Held:
    """Return where the case lies and who holds it, as the rules of moving read it."""
    return Held(
        case.regency_code,
        case.village_code,
        Holder(case.holder),
        case.desk_id,
        away=case.away_desk_id is not None,
    )


async def may_have(tx: Tx, case: Case, account_id: UUID, today: date) -> bool:
    """Active, here today, with an office in force, not complained of; RAHASIA only for who is named on it."""
    office = exists().where(
        Grant.regency_code == Account.regency_code,
        Grant.account_id == Account.id,
        Grant.valid_from <= today,
        or_(Grant.valid_to.is_(None), Grant.valid_to >= today),
    )
    found = await tx.scalar(
        select(Account.id).where(
            Account.regency_code == case.regency_code,
            Account.id == account_id,
            Account.active,
            office,
            ~_away(case, account_id, today),
            ~_stands(case, account_id, "kept_out"),
            _stands(case, account_id, "named")
            if case.confidentiality == Confidentiality.RAHASIA
            else Account.active,
        )
    )
    return found is not None


def _away(case: Case, account_id: UUID, today: date) -> ColumnElement[bool]:
    return exists().where(
        Absence.regency_code == case.regency_code,
        Absence.account_id == account_id,
        Absence.ended_at.is_(None),
        Absence.from_on <= today,
        or_(Absence.to_on.is_(None), Absence.to_on >= today),
    )


def _stands(case: Case, account_id: UUID, standing: str) -> ColumnElement[bool]:
    return exists().where(
        CaseReader.regency_code == case.regency_code,
        CaseReader.case_id == case.id,
        CaseReader.account_id == account_id,
        CaseReader.standing == standing,
    )
