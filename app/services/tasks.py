"""Tasks that officers set each other inside a case."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from app.db.queries import tasks as stored
from app.db.queries import team
from app.db.queries.acting import Acting
from app.db.queries.assigning import sight_of_case
from app.db.queries.case_moves import PAPER_DUE, TELL_RESIDENT, finish, lock_case, open_move
from app.db.queries.cases import find_case, tasks_of
from app.db.queries.scope import Sight
from app.db.queries.tasks import GIVEN_TASK, TASK_TEXT, Waiting
from app.db.tables.cases import Case, Task
from app.domain.access import Permission
from app.domain.errors import Conflict, FieldError, Invalid, NotFound
from app.domain.events.hands import TaskAdded, TaskDone
from app.domain.tickets import Ticket

FARTHEST: Final = timedelta(days=731)
_BY_OTHER_ACTS: Final = frozenset({TELL_RESIDENT, PAPER_DUE})
"""What is done by saying so elsewhere: that she was told, and which papers came."""


@dataclass(frozen=True, slots=True)
class NewTask:
    text: str
    assignee_id: UUID | None
    due_at: datetime | None


async def add(acting: Acting, sight: Sight, place: Ticket, new: NewTask) -> Waiting:
    """Set a task, in words that are sealed.

    Raises:
        Conflict: the case is closed or void.
        Invalid: an assignee who may not see the case, or a due time that is past or too far off.
    """
    case = await lock_case(acting.tx, sight, place.tenant, place.text)
    acting.actor.require(Permission.CASE_WORK, case.village_code, case.desk_id)
    if case.status in {"closed", "void"}:
        raise Conflict(
            "case_at_rest",
            "Kasus sudah ditutup atau dibatalkan; buka kembali dahulu.",
            "The case is closed or void; reopen it first.",
        )
    await _check(acting, case, new)
    move = await open_move(acting, case)
    text = await move.say(TASK_TEXT, new.text)
    task = Task(
        regency_code=case.regency_code,
        id=acting.new_id(),
        case_id=case.id,
        kind=GIVEN_TASK,
        assignee_id=new.assignee_id,
        text_id=text.id if text else None,
        due_at=new.due_at,
        created_at=acting.now,
        created_by=acting.actor.account_id,
        done_at=None,
        done_by=None,
    )
    acting.tx.add(task)
    move.add(
        TaskAdded(
            case_id=case.id,
            task_id=task.id,
            task_kind=GIVEN_TASK,
            assignee_id=new.assignee_id,
            due_at=new.due_at,
            text_hmac=text.hmac if text else None,
        )
    )
    await finish(move)
    return Waiting(task, case.ticket, case.village_code, new.text)


async def finish_task(acting: Acting, sight: Sight, place: Ticket, task_id: UUID) -> Waiting:
    """Say that a task is done: whose it is, or whoever works on the case.

    Raises:
        NotFound: the case has no such task.
        Conflict: it is done already, or it is done by another act.
    """
    case = await lock_case(acting.tx, sight, place.tenant, place.text)
    task = await _may_finish(acting, case, task_id)
    if task.done_at is not None:
        raise Conflict("already_done", "Tugas ini sudah selesai.", "This task is done already.")
    if task.kind in _BY_OTHER_ACTS:
        raise Conflict(
            "done_by_another_act",
            "Tugas ini selesai dengan mencatat pemberitahuan kepada warga atau berkas yang diterima.",
            "This task is done by recording that she was told, or which papers came.",
        )
    move = await open_move(acting, case)
    task.done_at, task.done_by = acting.now, acting.actor.account_id
    move.add(TaskDone(case_id=case.id, task_id=task.id, task_kind=task.kind))
    await finish(move)
    words = await stored.words_of(acting.tx, acting.vault, [task])
    return _waiting(task, case.ticket, case.village_code, words)


async def require_task(acting: Acting, sight: Sight, place: Ticket, task_id: UUID) -> None:
    """Let pass whoever may finish the task; raises as `finish_task` does."""
    case = await find_case(acting.tx, sight, place.tenant, place.text)
    await _may_finish(acting, case, task_id)


async def of_case(acting: Acting, sight: Sight, place: Ticket) -> Sequence[Waiting]:
    """Return every task of the case, those of the service's own steps too, oldest first."""
    case = await find_case(acting.tx, sight, place.tenant, place.text)
    acting.actor.require(Permission.CASE_READ, case.village_code, case.desk_id)
    rows = await tasks_of(acting.tx, case)
    words = await stored.words_of(acting.tx, acting.vault, rows)
    return [_waiting(row, case.ticket, case.village_code, words) for row in rows]


async def listed(
    acting: Acting, sight: Sight, wanted: stored.Wanted, after: tuple[datetime, UUID] | None, limit: int
) -> Sequence[Waiting]:
    """Return up to ``limit + 1`` tasks of the cases in sight, oldest first."""
    rows = await stored.listed(acting.tx, sight, wanted, after, limit + 1)
    words = await stored.words_of(acting.tx, acting.vault, [task for task, _, _ in rows])
    return [_waiting(task, ticket, village, words) for task, ticket, village in rows]


async def _may_finish(acting: Acting, case: Case, task_id: UUID) -> Task:
    task = await stored.find(acting.tx, case, task_id)
    hers = task is not None and task.assignee_id is not None and task.assignee_id == acting.actor.account_id
    if not hers:
        acting.actor.require(Permission.CASE_WORK, case.village_code, case.desk_id)
    if task is None:
        raise NotFound(id="Tugas ini tidak ada pada kasus ini.", en="The case has no such task.")
    return task


async def _check(acting: Acting, case: Case, new: NewTask) -> None:
    wrong = []
    if new.due_at is not None and not acting.now <= new.due_at <= acting.now + FARTHEST:
        wrong.append(
            FieldError(
                "/due_at",
                "bad_due_time",
                "Tenggat harus di depan, paling lama dua tahun.",
                "It must be due in the future, within two years.",
            )
        )
    if new.assignee_id is not None and not await _can_take(acting, case, new.assignee_id):
        wrong.append(
            FieldError(
                "/assignee",
                "cannot_take",
                "Orang itu bukan petugas aktif yang boleh melihat kasus ini.",
                "That person is no active officer who may see this case.",
            )
        )
    if wrong:
        raise Invalid(fields=tuple(wrong))


async def _can_take(acting: Acting, case: Case, account_id: UUID) -> bool:
    today = acting.today(case.village_code)
    people = await team.members(acting.tx, case.regency_code, today, [account_id])
    seen = await sight_of_case(acting.tx, case)
    return account_id in people and team.sees(people[account_id], seen)


def _waiting(task: Task, ticket: str, village: str, words: dict[UUID, str]) -> Waiting:
    return Waiting(task, ticket, village, words.get(task.text_id) if task.text_id else None)
