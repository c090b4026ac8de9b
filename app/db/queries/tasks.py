"""Tasks inside cases: those of one case, and those that wait for somebody wherever they are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, select, true, tuple_, union

from app.db.queries.acting import Vault
from app.db.queries.scope import Sight, case_clauses
from app.db.session import Tx
from app.db.tables.cases import Case, CaseText, Task
from app.db.tables.people import DataKey

GIVEN_TASK = "todo"
"""A task that somebody set in words; the kinds of the service's own steps are in `case_moves`."""
TASK_TEXT = "task"


@dataclass(frozen=True, slots=True)
class Wanted:
    account_id: UUID | None = None
    """Hers by name, or unnamed in a case that she has in hand."""
    done: bool = False
    due_before: datetime | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """A task with the case that it is in."""

    task: Task
    ticket: str
    village: str
    text: str | None


async def find(tx: Tx, case: Case, task_id: UUID) -> Task | None:
    found: Task | None = await tx.scalar(
        select(Task).where(
            Task.regency_code == case.regency_code, Task.case_id == case.id, Task.id == task_id
        )
    )
    return found


async def listed(
    tx: Tx, sight: Sight, wanted: Wanted, after: tuple[datetime, UUID] | None, limit: int
) -> list[tuple[Task, str, str]]:
    """Return tasks with ticket and village of their cases, oldest first, as far as *sight* goes."""
    order = (Task.created_at, Task.id)
    behind = [tuple_(*order) > after] if after is not None else []
    keys = _keys(sight, wanted, behind, lambda one: one.order_by(*order).limit(limit))
    if keys is None:
        return []
    seen = keys.subquery()
    rows = await tx.execute(
        select(Task, Case.ticket, Case.village_code)
        .join(seen, and_(Task.regency_code == seen.c.regency_code, Task.id == seen.c.id))
        .join(Case, and_(Case.regency_code == Task.regency_code, Case.id == Task.case_id))
        .order_by(*order)
        .limit(limit)
    )
    return [(task, ticket, village) for task, ticket, village in rows]


async def counted(tx: Tx, sight: Sight, wanted: Wanted) -> int:
    keys = _keys(sight, wanted, (), lambda one: one)
    return 0 if keys is None else await tx.scalar(select(func.count()).select_from(keys.subquery())) or 0


def _keys(sight: Sight, wanted: Wanted, more: Sequence[ColumnElement[bool]], shape: Any) -> Any:
    """Union one branch per way to see the case and way to be hers: an OR of them would use no index."""
    branches: list[Select[Any]] = [
        shape(
            select(Task.regency_code, Task.id, Task.created_at)
            .join(Case, and_(Case.regency_code == Task.regency_code, Case.id == Task.case_id))
            .where(clause, whose, *_filters(wanted), *more)
        )
        for clause in case_clauses(sight)
        for whose in _whose(wanted.account_id)
    ]
    if not branches:
        return None
    return union(*branches) if len(branches) > 1 else branches[0]


def _whose(account_id: UUID | None) -> list[ColumnElement[bool]]:
    if account_id is None:
        return [true()]
    unnamed = and_(Task.assignee_id.is_(None), Case.assignee_id == account_id)
    return [Task.assignee_id == account_id, unnamed]


def _filters(wanted: Wanted) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [Task.done_at.is_not(None) if wanted.done else Task.done_at.is_(None)]
    if wanted.due_before is not None:
        found.append(Task.due_at < wanted.due_before)
    return found


async def words_of(tx: Tx, vault: Vault, tasks: Sequence[Task]) -> dict[UUID, str]:
    """Return the opened texts of *tasks*, by text; one whose key was destroyed is left out."""
    wanted = [task.text_id for task in tasks if task.text_id is not None]
    tenants = {task.regency_code for task in tasks if task.text_id is not None}
    if not wanted:
        return {}
    rows = await tx.execute(
        select(CaseText.id, CaseText.sealed, DataKey.wrapped)
        .join(Case, and_(Case.regency_code == CaseText.regency_code, Case.id == CaseText.case_id))
        .join(DataKey, and_(DataKey.regency_code == Case.regency_code, DataKey.id == Case.data_key_id))
        .where(CaseText.regency_code.in_(tenants), CaseText.id.in_(wanted), DataKey.wrapped.is_not(None))
    )
    return {
        row.id: vault.open(vault.unwrap(row.wrapped), "case_texts", "sealed", row.id, row.sealed)
        for row in rows
    }
