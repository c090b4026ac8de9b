"""Where a proposal is decided, and how one that is given back reaches whoever made it.

A second person decides: the desk's coordinator, where there is one besides the maker; else the secretariat.
"""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, or_, select

from app.db.queries.assigning import assign
from app.db.queries.case_moves import CORRECT_PROPOSAL, Move, give_task
from app.db.queries.former_assignee import may_have
from app.db.queries.texts import Stored
from app.db.tables.access import Account, Grant
from app.db.tables.cases import Case, CaseReader
from app.db.tables.events import Event
from app.db.tables.hands import Absence
from app.domain.access import Permission, Role
from app.domain.answering import policy_of
from app.domain.codes import Confidentiality, Holder
from app.domain.events.cases import CaseStepTaken
from app.domain.lifecycle import CaseAction


async def decided_by(move: Move, programs: Collection[str], *, refers: bool) -> Holder:
    """Say who decides on a proposal that is made now: to refer to these programmes, or to resolve.

    The secretariat, where the case is closed to the desk, one of the programmes is not left to desks, the
    maker is of the secretariat herself, or the desk has no second person today.
    """
    case, actor = move.case, move.acting.actor
    if case.desk_id is None or case.confidentiality == Confidentiality.RAHASIA:
        return Holder.SECRETARIAT
    policy = policy_of(move.acting.known, case.regency_code)
    ours = policy.direct | policy.here
    left_to_desks = ours.issuperset(programs) and bool(programs or not refers)
    if actor.has(Permission.CASE_REFER_ANY, case.village_code, case.desk_id) or not left_to_desks:
        return Holder.SECRETARIAT
    return Holder.DESK if await _desk_has_second(move) else Holder.SECRETARIAT


async def _desk_has_second(move: Move) -> bool:
    """Tell whether an active coordinator of the desk is there today, who is not the maker and may see it."""
    case, today = move.case, move.acting.today(move.case.village_code)
    statement = (
        select(Account.id)
        .join(Grant, and_(Grant.regency_code == Account.regency_code, Grant.account_id == Account.id))
        .where(
            Account.regency_code == case.regency_code,
            Account.active,
            Account.id != move.acting.actor.account_id,
            Grant.role == Role.DESK_COORDINATOR.value,
            Grant.valid_from <= today,
            or_(Grant.valid_to.is_(None), Grant.valid_to >= today),
            _at_desk(case),
            ~exists().where(
                Absence.regency_code == Account.regency_code,
                Absence.account_id == Account.id,
                Absence.ended_at.is_(None),
                Absence.from_on <= today,
                or_(Absence.to_on.is_(None), Absence.to_on >= today),
            ),
            ~exists().where(
                CaseReader.regency_code == case.regency_code,
                CaseReader.case_id == case.id,
                CaseReader.account_id == Account.id,
                CaseReader.standing == "kept_out",
            ),
        )
        .limit(1)
    )
    return await move.tx.scalar(statement) is not None


def _at_desk(case: Case) -> ColumnElement[bool]:
    """A restricted case is seen by the coordinator of its very desk; another by whoever has the village."""
    sits = Grant.desk_id == case.desk_id
    if case.confidentiality != Confidentiality.BIASA:
        return sits
    return or_(sits, Grant.region_code.in_([case.village_code, case.district_code, case.regency_code]))


async def proposer_of(move: Move) -> UUID | None:
    """Name who proposed last; None for a case that came to be decided by itself."""
    case = move.case
    found: UUID | None = await move.tx.scalar(
        select(Event.actor_id)
        .where(
            Event.regency_code == case.regency_code,
            Event.stream_id == case.id,
            Event.type == CaseStepTaken.type,
            Event.data["action"].astext == CaseAction.PROPOSE.value,
        )
        .order_by(Event.n.desc())
        .limit(1)
    )
    return found


async def hand_back(move: Move, note: Stored | None) -> None:
    """Give the case back to whoever proposed, with the note as a task of hers.

    Where she has left or may not see it any more, the task waits for whoever has the case in hand.
    """
    case, maker = move.case, await proposer_of(move)
    today = move.acting.today(case.village_code)
    if maker is not None and not await may_have(move.tx, case, maker, today):
        maker = None
    if maker is not None and case.assignee_id != maker:
        await assign(move, account_id=maker, ended_as="returned")
    give_task(move, CORRECT_PROPOSAL, maker, note.id if note else None)
