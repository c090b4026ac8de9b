"""Work is a row with a due time: claimed for a lease, done outside the claim's transaction, then settled.

Claiming has two steps, since no statement may lock over several tenants: which tenants have something due,
then ``FOR UPDATE SKIP LOCKED`` inside one. A dead worker gives its claim back by doing nothing.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from app.db.session import Tx
from app.db.tables.places import Work
from app.domain.ids import NATION, RANDOM_BYTES, uuid7

NUMBER_FEED: Final = "number_feed"
SEAL_HEADS: Final = "seal_heads"
SWEEP: Final = "sweep"
ACT_ON_CLOCKS: Final = "act_on_clocks"
SWEEP_OBJECTS: Final = "sweep_objects"
NOTIFY: Final = "notify"
SEND: Final = "send"
PUT_OUT: Final = "put_out"
"""The numbered feed to what waits for webhooks."""
SEND_ANSWERS: Final = "send_answers"
"""Of the DCI interface, to whoever does not wait for them."""
FOLLOW: Final = "follow"
"""Of whom clients of the DCI interface follow in the registry."""
PUBLISH_STATISTICS: Final = "publish_statistics"
"""Of the month before, for anybody to read."""
COUNT_FIGURES: Final = "count_figures"
"""What the feed has told since the figures were last counted."""
MAKE_REPORTS: Final = "make_reports"
"""Of a month or a year, on the day that a regency named."""
RETENTION: Final = "retention"
RECOUNT_CLOCKS: Final = "recount_clocks"
"""Of a regency whose policies or calendar changed; the key names the versions."""
SEND_EMERGENCY: Final = "send_emergency"
"""Of an urgent case that somebody must be sent to at once; the key is the case."""
HAND_OVER: Final = "hand_over"
"""Of somebody's open work, beyond what one request moves; the key is the act that ordered it."""
TRANSFER_CASE: Final = "transfer_case"
"""Of a case that goes on in another regency; the key is the old case."""
OFFER_PLACE: Final = "offer_place"
"""Of a programme with a free place and people who wait for it; the key is the act that freed it."""
GRADUATION_REVIEW: Final = "graduation_review"
"""Of somebody on the way out of aid whose review is due; the key is the way and the day."""
RUN_JOB: Final = "run_job"
"""Of long work that somebody asked for; the key is the job and how often it was resumed."""
EXPIRE_PLEDGE: Final = "expire_pledge"
"""Of a donor's pledge that holds until a date; the key is the pledge."""
WATCH_RIGHT: Final = "watch_right"
"""Of a data request or a breach that must be answered in time; the key is which."""
WATCH_OBJECTION: Final = "watch_objection"
"""Of an objection that waits to be verified; the key is the objection."""
SEND_OUTSIDE: Final = "send_outside"
"""Of a report or answer for another system; the key is the hand-over."""
PERIODIC: Final = (
    NUMBER_FEED,
    SEAL_HEADS,
    SWEEP,
    NOTIFY,
    PUT_OUT,
    SEND,
    SEND_ANSWERS,
    FOLLOW,
    ACT_ON_CLOCKS,
    SWEEP_OBJECTS,
    RETENTION,
    COUNT_FIGURES,
    PUBLISH_STATISTICS,
    MAKE_REPORTS,
)
"""Jobs that come again for ever; each is one row of the nation, whose key is its kind."""


@dataclass(frozen=True, slots=True)
class NewWork:
    regency_code: str
    id: UUID
    kind: str
    key: str
    """The same work twice (kind and key) is stored once."""
    due_at: datetime
    payload: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Claim:
    """Work held until *claimed_until*; ``attempts`` counts every claim and so names this one."""

    regency_code: str
    id: UUID
    kind: str
    key: str
    due_at: datetime
    claimed_until: datetime
    attempts: int
    payload: dict[str, Any]


async def enqueue(tx: Tx, new: Sequence[NewWork]) -> None:
    """Store *new* work of one tenant; what is there already stays as it is."""
    if not new:
        return
    rows = [
        {
            "regency_code": one.regency_code,
            "id": one.id,
            "kind": one.kind,
            "key": one.key,
            "due_at": one.due_at,
            "attempts": 0,
            "payload": one.payload,
        }
        for one in new
    ]
    statement = insert(Work).values(rows)
    await tx.execute(
        statement.on_conflict_do_nothing(index_elements=[Work.regency_code, Work.kind, Work.key])
    )


async def ensure_periodic(tx: Tx, now: datetime) -> None:
    """See to it that each periodic job has its row; its id is made of its kind, so two starts agree."""
    rows = [
        NewWork(NATION, uuid7(now, kind.encode().ljust(RANDOM_BYTES)[:RANDOM_BYTES]), kind, kind, now)
        for kind in PERIODIC
    ]
    await enqueue(tx, rows)


def _open_at(now: datetime, kinds: Sequence[str]) -> tuple[ColumnElement[bool], ...]:
    return (
        Work.done_at.is_(None),
        Work.kind.in_(kinds),
        Work.due_at <= now,
        or_(Work.claimed_until.is_(None), Work.claimed_until <= now),
    )


async def due(tx: Tx, now: datetime, kinds: Sequence[str]) -> dict[str, set[str]]:
    """Return what kinds of work each tenant has to claim: the first of two steps, a read over them all."""
    statement = select(Work.regency_code, Work.kind).where(*_open_at(now, kinds)).distinct()
    found: dict[str, set[str]] = defaultdict(set)
    for row in await tx.execute(statement.order_by(Work.regency_code)):
        found[row.regency_code].add(row.kind)
    return dict(found)


async def next_due(tx: Tx, kinds: Sequence[str]) -> datetime | None:
    """Return when the next work of these kinds can be claimed, claims of others included."""
    when = func.min(func.greatest(Work.due_at, func.coalesce(Work.claimed_until, Work.due_at)))
    found = await tx.scalar(select(when).where(Work.done_at.is_(None), Work.kind.in_(kinds)))
    return found if isinstance(found, datetime) else None


@dataclass(frozen=True, slots=True)
class Wanted:
    kinds: Sequence[str]
    lease: timedelta
    limit: int = 1


async def claim(tx: Tx, regency_code: str, now: datetime, wanted: Wanted) -> list[Claim]:
    """Take up to ``wanted.limit`` pieces of due work of one tenant, each by one worker only."""
    until = now + wanted.lease
    chosen = (
        select(Work.id)
        .where(Work.regency_code == regency_code, *_open_at(now, wanted.kinds))
        .order_by(Work.due_at, Work.id)
        .limit(wanted.limit)
        .with_for_update(skip_locked=True)
    )
    taken = await tx.execute(
        update(Work)
        .where(Work.regency_code == regency_code, Work.id.in_(chosen))
        .values(claimed_until=until, attempts=Work.attempts + 1)
        .returning(Work.id, Work.kind, Work.key, Work.due_at, Work.attempts, Work.payload)
    )
    return [
        Claim(regency_code, row.id, row.kind, row.key, row.due_at, until, row.attempts, row.payload)
        for row in taken
    ]


async def settle(
    tx: Tx, held: Claim, *, done_at: datetime | None = None, due_at: datetime | None = None
) -> bool:
    """End a claim: done for good (*done_at*), or to be claimed again from *due_at*.

    Returns:
        Whether the claim was still this one's: a late answer, after another took over, changes nothing.
    """
    values: dict[str, Any] = {"claimed_until": None, "done_at": done_at}
    if due_at is not None:
        values["due_at"] = due_at
    changed = await tx.scalar(
        update(Work)
        .where(
            Work.regency_code == held.regency_code,
            Work.id == held.id,
            Work.attempts == held.attempts,
            Work.done_at.is_(None),
        )
        .values(values)
        .returning(Work.id)
    )
    return changed is not None


async def remember(tx: Tx, held: Claim, payload: dict[str, Any]) -> bool:
    """Keep how far the work is, in the transaction that brought it there.

    Returns:
        Whether the claim is still this one's: after another took over, nothing is kept.
    """
    changed = await tx.scalar(
        update(Work)
        .where(
            Work.regency_code == held.regency_code,
            Work.id == held.id,
            Work.attempts == held.attempts,
            Work.done_at.is_(None),
        )
        .values(payload=payload)
        .returning(Work.id)
    )
    return changed is not None


async def renew(tx: Tx, held: Claim, until: datetime) -> bool:
    """Hold a claim longer.

    Returns:
        Whether the claim is still this one's.
    """
    changed = await tx.scalar(
        update(Work)
        .where(
            Work.regency_code == held.regency_code,
            Work.id == held.id,
            Work.attempts == held.attempts,
            Work.done_at.is_(None),
        )
        .values(claimed_until=until)
        .returning(Work.id)
    )
    return changed is not None


async def drop_done(tx: Tx, regency_code: str, kinds: Sequence[str], before: datetime, limit: int) -> int:
    """Delete up to *limit* errands of these kinds that were done before; return how many."""
    chosen = (
        select(Work.id)
        .where(Work.regency_code == regency_code, Work.kind.in_(kinds), Work.done_at < before)
        .limit(limit)
    )
    gone = await tx.scalars(
        delete(Work)
        .where(Work.regency_code == regency_code, Work.id.in_(chosen))
        .returning(Work.id)
        .execution_options(synchronize_session=False)
    )
    return len(gone.all())
