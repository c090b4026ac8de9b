"""Messages of a regency, the newest first, whichever case they are about."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, select, tuple_, union

from app.db.queries.scope import Sight, case_clauses, ordinary_in
from app.db.session import Tx
from app.db.tables.cases import Case
from app.db.tables.messages import Message


@dataclass(frozen=True, slots=True)
class Wanted:
    regency_code: str
    since: datetime
    state: str | None
    audience: str | None
    after: tuple[datetime, UUID] | None
    limit: int
    """One more than a page shows."""


async def in_sight(tx: Tx, sight: Sight, wanted: Wanted) -> Sequence[tuple[Message, str]]:
    """Return the messages of cases within *sight*, each with the ticket of its case."""
    return await _listed(tx, case_clauses(sight), wanted)


async def of_ordinary(tx: Tx, sight: Sight, wanted: Wanted) -> Sequence[tuple[Message, str]]:
    """Return the messages of a regency's ordinary cases, for whoever sees no case."""
    return await _listed(tx, [ordinary_in(sight, wanted.regency_code)], wanted)


async def _listed(
    tx: Tx, clauses: Sequence[ColumnElement[bool]], wanted: Wanted
) -> Sequence[tuple[Message, str]]:
    branches = [_branch(one, wanted) for one in clauses]
    if not branches:
        return []
    keys = (union(*branches) if len(branches) > 1 else branches[0]).subquery()
    rows = await tx.execute(
        select(Message, Case.ticket)
        .join(keys, and_(Message.regency_code == keys.c.regency_code, Message.id == keys.c.id))
        .join(Case, and_(Case.regency_code == Message.regency_code, Case.id == Message.case_id))
        .where(Message.regency_code == wanted.regency_code)
        .order_by(Message.created_at.desc(), Message.id.desc())
        .limit(wanted.limit)
    )
    return [(message, ticket) for message, ticket in rows]


def _branch(clause: ColumnElement[bool], wanted: Wanted) -> Select[str, UUID]:
    order = (Message.created_at, Message.id)
    statement = (
        select(Message.regency_code, Message.id)
        .join(Case, and_(Case.regency_code == Message.regency_code, Case.id == Message.case_id))
        .where(clause, Message.regency_code == wanted.regency_code, Message.created_at >= wanted.since)
        .order_by(Message.created_at.desc(), Message.id.desc())
        .limit(wanted.limit)
    )
    if wanted.state is not None:
        statement = statement.where(Message.state == wanted.state)
    if wanted.audience is not None:
        statement = statement.where(Message.audience == wanted.audience)
    return statement if wanted.after is None else statement.where(tuple_(*order) < wanted.after)
