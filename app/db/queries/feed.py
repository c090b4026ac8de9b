"""The feed: committed events, numbered per tenant without gaps, and what an actor may read of it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    DateTime,
    Select,
    SQLColumnExpression,
    and_,
    bindparam,
    exists,
    false,
    or_,
    select,
    text,
    true,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import aliased

from app.db.queries.scope import Sight, sees_case, sees_referral
from app.db.session import Tx
from app.db.tables.access import Account
from app.db.tables.cases import Case
from app.db.tables.events import Event, FeedHead, FeedPending, FeedRow
from app.db.tables.referrals import Referral
from app.domain.events.base import JsonData

# A batch begins with the oldest ids and takes in what stands before them in the same streams, so that no
# event is numbered ahead of its forerunner. The order is by instant, where an event is never earlier than
# its forerunner: clocks of two processes differ, and an instant is read before the lock is waited for.
_NUMBER: Final = text("""
WITH first AS (
  SELECT p.event_id FROM feed_pending p
  WHERE p.regency_code = :regency ORDER BY p.event_id LIMIT :batch
), reach AS (
  SELECT e.stream_id, max(e.n) AS n
  FROM first JOIN events e ON e.regency_code = :regency AND e.id = first.event_id
  GROUP BY e.stream_id
), taken AS (
  SELECT e.id, e.case_id, e.stream_id, e.n,
         max(e.at) OVER (PARTITION BY e.stream_id ORDER BY e.n) AS at
  FROM feed_pending p
  JOIN events e ON e.regency_code = :regency AND e.id = p.event_id
  JOIN reach ON reach.stream_id = e.stream_id AND e.n <= reach.n
  WHERE p.regency_code = :regency
), numbered AS (
  INSERT INTO feed (regency_code, n, event_id, case_id, numbered_at)
  SELECT :regency, :head + row_number() OVER (ORDER BY at, stream_id, n), id, case_id, :now FROM taken
  RETURNING event_id
), gone AS (
  DELETE FROM feed_pending p USING numbered
  WHERE p.regency_code = :regency AND p.event_id = numbered.event_id
  RETURNING p.event_id
)
SELECT count(*) FROM gone
""").bindparams(bindparam("head", type_=BigInteger()), bindparam("now", type_=DateTime(timezone=True)))


async def pending_tenants(tx: Tx) -> list[str]:
    """Return the tenants that have events without a number: a read over all tenants, locking nothing."""
    return sorted(await tx.scalars(select(FeedPending.regency_code).distinct()))


async def number_pending(tx: Tx, regency_code: str, now: datetime, batch: int) -> int:
    """Give the next numbers to about *batch* committed events of one tenant; return how many.

    Whoever holds the tenant's head numbers; another worker waits for the lock and goes on from there.
    """
    await tx.execute(
        insert(FeedHead)
        .values(regency_code=regency_code, n=0)
        .on_conflict_do_nothing(index_elements=[FeedHead.regency_code])
    )
    head = await tx.scalar(select(FeedHead.n).where(FeedHead.regency_code == regency_code).with_for_update())
    bound = {"regency": regency_code, "head": head, "batch": batch, "now": now}
    count = int(await tx.scalar(_NUMBER, bound) or 0)
    if count:
        await tx.execute(
            update(FeedHead).where(FeedHead.regency_code == regency_code).values(n=FeedHead.n + count)
        )
    return count


class FeedEvent(NamedTuple):
    """An event as it is told: codes and ids, and the ticket of its case."""

    regency_code: str
    n: int
    """Its number in the tenant's feed; in a case's timeline its number in the case."""
    id: UUID
    case_id: UUID | None
    ticket: str | None
    referral_id: UUID | None
    type: str
    at: datetime
    actor_kind: str
    actor_id: UUID | None
    cause_id: UUID
    data: JsonData


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who reads: the sight on cases, and the tenants whose accounts, desks and persons they administer."""

    sight: Sight
    administers: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class Window:
    """Numbers after *after* up to and with *until* of one tenant."""

    regency_code: str
    after: int
    until: int


async def heads(tx: Tx, tenants: Collection[str] | None) -> dict[str, int]:
    """Return how far each tenant's feed goes; *tenants* ``None`` means all that have one."""
    statement = select(FeedHead.regency_code, FeedHead.n)
    if tenants is not None:
        statement = statement.where(FeedHead.regency_code.in_(sorted(tenants)))
    return {row.regency_code: row.n for row in await tx.execute(statement)}


async def read_window(
    tx: Tx, viewer: Viewer, window: Window, limit: int, types: Sequence[str]
) -> list[FeedEvent]:
    """Return up to *limit* events of the window that the viewer may see, in order; no types means all."""
    statement = as_told(FeedRow.n).join(
        FeedRow, and_(FeedRow.regency_code == Event.regency_code, FeedRow.event_id == Event.id)
    )
    statement = statement.where(
        FeedRow.regency_code == window.regency_code,
        FeedRow.n > window.after,
        FeedRow.n <= window.until,
        Event.regency_code == window.regency_code,
        visible(viewer, window.regency_code),
        Event.type.in_(types) if types else true(),
    )
    found = await tx.execute(statement.order_by(FeedRow.n).limit(limit))
    return [FeedEvent._make(row) for row in found]


async def still_visible(tx: Tx, viewer: Viewer, regency_code: str, ids: Collection[UUID]) -> set[UUID]:
    """Return which of these events of one tenant the viewer would read in the feed now."""
    statement = select(Event.id).where(
        Event.regency_code == regency_code, Event.id.in_(sorted(ids)), visible(viewer, regency_code)
    )
    return set(await tx.scalars(statement))


async def case_timeline(
    tx: Tx, regency_code: str, case_id: UUID, *, after: int = 0, limit: int
) -> list[FeedEvent]:
    """Return the events of a case that the caller has found in the actor's scope, in order."""
    statement = as_told(Event.n).where(
        Event.regency_code == regency_code, Event.stream_id == case_id, Event.n > after
    )
    return [FeedEvent._make(row) for row in await tx.execute(statement.order_by(Event.n).limit(limit))]


async def account_tenants(tx: Tx, tenants: Collection[str], ids: Collection[UUID]) -> dict[UUID, str]:
    """Return in which of *tenants* these accounts are, since an event holds the bare id of who acted."""
    if not ids:
        return {}
    statement = select(Account.id, Account.regency_code).where(
        Account.regency_code.in_(sorted(tenants)), Account.id.in_(sorted(ids))
    )
    return {row.id: row.regency_code for row in await tx.execute(statement)}


def as_told(number: SQLColumnExpression[int]) -> Select[*tuple[Any, ...]]:
    """Return what a `FeedEvent` is made of, as a statement to be narrowed; *number* stands for its place."""
    # An alias, because the clauses of the scope stand on the table itself.
    ticketed = aliased(Case)
    return select(
        Event.regency_code,
        number,
        Event.id,
        Event.case_id,
        ticketed.ticket,
        Event.referral_id,
        Event.type,
        Event.at,
        Event.actor_kind,
        Event.actor_id,
        Event.cause_id,
        Event.data,
    ).outerjoin(ticketed, and_(ticketed.regency_code == Event.regency_code, ticketed.id == Event.case_id))


def visible(viewer: Viewer, regency_code: str) -> ColumnElement[bool]:
    """Return the clause on ``events`` of what a viewer may read of one tenant."""
    case = exists().where(
        Case.regency_code == Event.regency_code, Case.id == Event.case_id, sees_case(viewer.sight)
    )
    referral = exists().where(
        Referral.regency_code == Event.regency_code,
        Referral.id == Event.referral_id,
        sees_referral(viewer.sight),
    )
    house = Event.case_id.is_(None) if regency_code in viewer.administers else false()
    return or_(case, referral, house)
