"""Tasks: those inside a case, and those that wait for you wherever they are."""

from datetime import datetime
from typing import Annotated, Final
from uuid import UUID

from fastapi import Query, Response

from app.api.acts import CallDep, acting_of
from app.api.deps import ReadTx
from app.api.once import Answer
from app.api.paging import Page
from app.api.presenters.words import coded
from app.api.public_ids import read_own, read_own_id
from app.api.reading import Reading, ReadingDep
from app.api.routing import make_router, operation
from app.api.schemas.base import Instant, Listed
from app.api.schemas.tasks import TaskIn, TaskItemOut
from app.api.tickets import read_ticket
from app.db.queries import tasks as stored
from app.db.queries.tasks import Waiting
from app.domain.access import Permission
from app.domain.ids import public_id
from app.services import tasks

router = make_router("hands")
P = Permission

_TASK: Final = {
    "id": "1374-0193a1b2c3d47e5f8a9b0c1d2e3f4a5c",
    "ticket": "1374-3F7K-9QX2-M",
    "village": "13.74.01.1005",
    "kind": {"code": "todo", "label": "Tugas"},
    "text": "Minta surat keterangan RT.",
    "assignee": None,
    "due_at": "2026-12-01T09:00:00Z",
    "overdue": False,
    "created_at": "2026-11-25T03:00:00Z",
    "created_by": "1374-0193a1b2c3d47e5f8a9b0c1d2e3f4a5b",
    "done_at": None,
    "done_by": None,
}
_LIST: Final = {"items": [_TASK], "next": None, "count": None}


@router.get(
    "/v1/tasks",
    **operation(
        "listTasks",
        may=P.CASE_VISIT,
        answers=Listed[TaskItemOut],
        paged=True,
        reads_person=True,
        example=_LIST,
    ),
)
async def list_tasks(  # each is one filter
    reading: ReadingDep,
    tx: ReadTx,
    page: Page,
    mine: Annotated[bool, Query(description="Yours by name, or unnamed in cases that you have.")] = True,  # noqa: FBT002
    done: Annotated[bool, Query(description="Those that are done instead.")] = False,  # noqa: FBT002
    due_before: Annotated[Instant | None, Query()] = None,
) -> Listed[TaskItemOut]:
    """List tasks of the cases within your sight, oldest first; your own unless you ask for all."""
    wanted = stored.Wanted(reading.actor.account_id if mine else None, done, due_before)
    after = (datetime.fromisoformat(page.after[0]), UUID(page.after[1])) if page.after else None
    rows = await tasks.listed(acting_of(reading, tx), reading.sight, wanted, after, page.limit)
    shown = rows[: page.limit]
    last = shown[-1].task if len(rows) > page.limit else None
    more = [last.created_at.isoformat(), last.id.hex] if last else None
    count = await stored.counted(tx, reading.sight, wanted) if page.wants_count else None
    return page.page([_task(reading, one) for one in shown], after=more, count=count)


@router.get(
    "/v1/cases/{ticket}/tasks",
    **operation(
        "listCaseTasks",
        may=P.CASE_READ,
        answers=Listed[TaskItemOut],
        reads_person=True,
        example=_LIST,
    ),
)
async def list_case_tasks(ticket: str, reading: ReadingDep, tx: ReadTx) -> Listed[TaskItemOut]:
    """List every task of the case, done or not, oldest first."""
    rows = await tasks.of_case(acting_of(reading, tx), reading.sight, read_ticket(ticket))
    return Listed(items=[_task(reading, one) for one in rows])


@router.post(
    "/v1/cases/{ticket}/tasks",
    **operation(
        "addTask",
        may=P.CASE_WORK,
        answers=TaskItemOut,
        status=201,
        once=True,
        example=_TASK,
        body_example={"text": "Minta surat keterangan RT.", "due_at": "2026-12-01T16:00:00+07:00"},
    ),
)
async def add_task(ticket: str, body: TaskIn, call: CallDep) -> Response:
    """Set a task in the case, for somebody by name or for whoever has the case in hand."""
    place, reading = read_ticket(ticket), call.reading

    async def work() -> Answer:
        assignee = read_own(body.assignee, place.tenant, "/assignee")
        new = tasks.NewTask(body.text, assignee, body.due_at)
        made = await tasks.add(call.acting(), reading.sight, place, new)
        return Answer(_task(reading, made), case_id=made.task.case_id)

    async def may_see() -> None:
        await tasks.of_case(call.acting(), reading.sight, place)

    return await call.once(call.tx, place.tenant, work, may_see=may_see)


@router.post(
    "/v1/cases/{ticket}/tasks/{task_id}/done",
    **operation("finishTask", may=(P.CASE_WORK, P.CASE_VISIT), answers=TaskItemOut, once=True, example=_TASK),
)
async def finish_task(ticket: str, task_id: str, call: CallDep) -> Response:
    """Say that a task is done; whose it is, or whoever works on the case."""
    place, reading = read_ticket(ticket), call.reading
    id_ = read_own_id(task_id, place.tenant)

    async def work() -> Answer:
        done = await tasks.finish_task(call.acting(), reading.sight, place, id_)
        return Answer(_task(reading, done), 200, case_id=done.task.case_id)

    async def may_see() -> None:
        await tasks.require_task(call.acting(), reading.sight, place, id_)

    return await call.once(call.tx, place.tenant, work, may_see=may_see)


def _task(reading: Reading, one: Waiting) -> TaskItemOut:
    task = one.task
    tenant = task.regency_code

    def public(id_: UUID | None) -> str | None:
        return public_id(tenant, id_) if id_ else None

    return TaskItemOut(
        id=public_id(tenant, task.id),
        ticket=one.ticket,
        village=one.village,
        kind=coded(reading.known, "task_kind", task.kind, reading.lang),
        text=one.text,
        assignee=public(task.assignee_id),
        due_at=task.due_at,
        overdue=task.done_at is None and task.due_at is not None and task.due_at < reading.now,
        created_at=task.created_at,
        created_by=public(task.created_by),
        done_at=task.done_at,
        done_by=public(task.done_by),
    )
