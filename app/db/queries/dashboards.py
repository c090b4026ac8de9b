"""The secretariat's queue in numbers; each count is over the same keys as the list that it links to."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import CTE, ColumnElement, Subquery, and_, case, func, literal, select, union

from app.db.queries.cases import AT_REST, case_keys
from app.db.queries.scope import Sight
from app.db.session import Tx
from app.db.tables.cases import Case
from app.db.tables.referrals import Referral

AGES: Final = ((1, "0-1"), (3, "1-3"), (7, "3-7"), (14, "7-14"), (30, "14-30"))
"""Upper bounds in days and their labels; a case opened longer ago is ``30+``."""
OLDEST: Final = "30+"


@dataclass(frozen=True, slots=True)
class QueueRow:
    value: str
    count: int


async def queue_counts(tx: Tx, sight: Sight, by: str, now: datetime) -> list[QueueRow]:
    """Count the open cases in sight by ``status``, ``village``, ``age``, ``overdue`` or ``program``.

    A case that named or was referred to two programmes counts under both, as in the list's filter.
    """
    keys = case_keys(sight, [Case.status.notin_(AT_REST)])
    if keys is None:
        return []
    key = keys.cte("seen")
    programs = _programs(key)
    value = _column(by, now, programs).label("value")
    statement = (
        select(value, func.count())
        .select_from(Case)
        .join(key, and_(Case.regency_code == key.c.regency_code, Case.id == key.c.id))
    )
    if by == "program":
        same = and_(programs.c.regency_code == Case.regency_code, programs.c.case_id == Case.id)
        statement = statement.join(programs, same)
    rows = (await tx.execute(statement.group_by(value).order_by(value))).all()
    return [QueueRow(str(row[0]), int(row[1])) for row in rows]


def _programs(seen: CTE) -> Subquery:
    """Return the programmes of the cases in sight alone: the planner does not push a join into a union."""
    referred = and_(Referral.regency_code == seen.c.regency_code, Referral.case_id == seen.c.id)
    named = and_(Case.regency_code == seen.c.regency_code, Case.id == seen.c.id)
    return union(
        select(Referral.regency_code, Referral.case_id, Referral.program_code).join(seen, referred),
        select(Case.regency_code, Case.id.label("case_id"), Case.program_code)
        .join(seen, named)
        .where(Case.program_code.is_not(None)),
    ).subquery("programs_of")


def _column(by: str, now: datetime, programs: Subquery) -> ColumnElement[Any]:
    ages = [(Case.opened_at >= now - timedelta(days=days), label) for days, label in AGES]
    columns: dict[str, ColumnElement[Any]] = {
        "status": Case.status.expression,
        "village": Case.village_code.expression,
        "overdue": case((Case.due_at < now, "true"), else_="false"),
        "program": programs.c.program_code,
        "age": case(*ages, else_=literal(OLDEST)),
    }
    return columns[by]
