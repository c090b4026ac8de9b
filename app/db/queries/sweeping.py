"""The sweep of due clocks: one tenant at a time, a batch of cases locked, and what was done written at once.

A clock changes only under the lock of its case. So a batch first locks cases, passing over those that
somebody else has in hand, and then reads their clocks: what it finds due then is due.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    DateTime,
    Integer,
    LargeBinary,
    Text,
    Uuid,
    bindparam,
    exists,
    func,
    insert,
    or_,
    select,
    text,
)

from app.db.queries.clocks import PutRow, open_puts
from app.db.queries.events import Happening, append_to_cases
from app.db.session import Tx
from app.db.tables.access import Account, Grant
from app.db.tables.base import table_of
from app.db.tables.cases import Case, CaseReader, Clock
from app.db.tables.hands import Absence, Escalation
from app.db.tables.referrals import Referral
from app.domain.access import Actor, Role
from app.domain.access import Grant as Held
from app.domain.chain import Head
from app.domain.codes import ActorKind
from app.domain.escalation import Put, Roster

BATCH: Final = 200
"""Cases in one transaction: short enough for an officer to wait for, long enough to be cheap."""


class DueCase(NamedTuple):
    """What of a locked case decides before whom it is put, and where its chain stands."""

    id: UUID
    village_code: str
    priority: str
    confidentiality: str
    closed_to: str | None
    desk_id: UUID | None
    away_desk_id: UUID | None
    assignee_id: UUID | None
    event_count: int
    head: bytes


class DueClock(NamedTuple):
    regency_code: str
    id: UUID
    case_id: UUID
    referral_id: UUID | None
    step: str
    amount: int
    unit: str
    pausable: bool
    entries: list[Any]
    acts: int


class SentReferral(NamedTuple):
    id: UUID
    case_id: UUID
    status: str
    program_code: str
    agency_code: str
    round: int


class Standing(NamedTuple):
    case_id: UUID
    account_id: UUID
    standing: str


@dataclass(frozen=True, slots=True)
class Found:
    """The due clocks of the locked cases, oldest first, with what hangs on them."""

    clocks: Sequence[DueClock]
    puts: Mapping[UUID, Sequence[PutRow]]
    """By clock."""
    referrals: Mapping[UUID, Sequence[SentReferral]]
    """By case."""
    readers: Mapping[UUID, Sequence[Standing]]
    """By case."""


@dataclass(frozen=True, slots=True)
class Landed:
    """A clock was put before somebody."""

    id: UUID
    clock: DueClock
    due_at: datetime
    put: Put


@dataclass(frozen=True, slots=True)
class Look:
    """How often a clock was acted on by now, and when it is looked at next."""

    clock_id: UUID
    acts: int
    act_at: datetime | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """Everything that a batch changes."""

    looks: Sequence[Look]
    landed: Sequence[Landed]
    nudged: Collection[UUID]
    """Referrals whose receivers were reminded."""
    happenings: Sequence[Happening]


# What is due --------------------------------------------------------------------------------------------


async def due_tenants(tx: Tx, now: datetime) -> list[str]:
    """Return the tenants with a clock to look at, the one that waits longest first."""
    longest = func.min(Clock.act_at)
    return list(
        await tx.scalars(
            select(Clock.regency_code)
            .where(Clock.act_at < now)
            .group_by(Clock.regency_code)
            .order_by(longest, Clock.regency_code)
        )
    )


_OF_CASE: Final = (
    Case.id,
    Case.village_code,
    Case.priority,
    Case.confidentiality,
    Case.closed_to,
    Case.desk_id,
    Case.away_desk_id,
    Case.assignee_id,
    Case.event_count,
    Case.head,
)


async def lock_due(tx: Tx, regency_code: str, now: datetime, limit: int = BATCH) -> dict[UUID, DueCase]:
    """Lock up to *limit* cases with a due clock, oldest first; one that is locked already is passed over."""
    rows = await tx.execute(
        select(*_OF_CASE)
        .join(Clock, (Clock.regency_code == Case.regency_code) & (Clock.case_id == Case.id))
        .where(Clock.regency_code == regency_code, Clock.act_at < now)
        .order_by(Clock.act_at, Clock.id)
        .limit(limit)
        .with_for_update(of=Case, skip_locked=True)
    )
    return {row.id: DueCase._make(row) for row in rows}


async def due_cases(tx: Tx, regency_code: str, now: datetime, limit: int = BATCH) -> list[UUID]:
    """Return the cases of which a batch would be made, without locking them."""
    rows = await tx.scalars(
        select(Clock.case_id)
        .where(Clock.regency_code == regency_code, Clock.act_at < now)
        .order_by(Clock.act_at, Clock.id)
        .limit(limit)
    )
    return list(dict.fromkeys(rows))


async def lock_one(tx: Tx, regency_code: str, case_id: UUID) -> dict[UUID, DueCase]:
    """Lock one case; nothing if somebody else has it in hand."""
    rows = await tx.execute(
        select(*_OF_CASE)
        .where(Case.regency_code == regency_code, Case.id == case_id)
        .with_for_update(skip_locked=True)
    )
    return {row.id: DueCase._make(row) for row in rows}


async def read_due(tx: Tx, regency_code: str, now: datetime, case_ids: Collection[UUID]) -> Found:
    """Read what is due of locked cases: after the lock, so that nobody has acted on it meanwhile."""
    ids = list(case_ids)
    rows = await tx.execute(
        select(
            Clock.regency_code,
            Clock.id,
            Clock.case_id,
            Clock.referral_id,
            Clock.step,
            Clock.amount,
            Clock.unit,
            Clock.pausable,
            Clock.entries,
            Clock.acts,
        )
        .where(Clock.regency_code == regency_code, Clock.case_id.in_(ids), Clock.act_at < now)
        .order_by(Clock.act_at, Clock.id)
    )
    clocks = [DueClock(*row) for row in rows]
    climbing = sorted({one.case_id for one in clocks if one.acts > 1})
    return Found(
        clocks,
        await open_puts(tx, regency_code, climbing),
        await _referrals(tx, regency_code, ids),
        await _readers(tx, regency_code, ids),
    )


async def _referrals(
    tx: Tx, regency_code: str, case_ids: Sequence[UUID]
) -> Mapping[UUID, Sequence[SentReferral]]:
    rows = await tx.execute(
        select(
            Referral.id,
            Referral.case_id,
            Referral.status,
            Referral.program_code,
            Referral.agency_code,
            Referral.round,
        )
        .where(Referral.regency_code == regency_code, Referral.case_id.in_(case_ids))
        .order_by(Referral.case_id)
    )
    found = [SentReferral(*row) for row in rows]
    return {case_id: list(group) for case_id, group in groupby(found, key=lambda one: one.case_id)}


async def _readers(tx: Tx, regency_code: str, case_ids: Sequence[UUID]) -> Mapping[UUID, Sequence[Standing]]:
    rows = await tx.execute(
        select(CaseReader.case_id, CaseReader.account_id, CaseReader.standing)
        .where(CaseReader.regency_code == regency_code, CaseReader.case_id.in_(case_ids))
        .order_by(CaseReader.case_id)
    )
    found = [Standing(*row) for row in rows]
    return {case_id: list(group) for case_id, group in groupby(found, key=lambda one: one.case_id)}


async def read_roster(tx: Tx, regency_code: str, today: date, now: datetime) -> Roster:
    """Return who can be told today: active accounts with their grants in force, without those on leave."""
    away = exists().where(
        Absence.regency_code == Account.regency_code,
        Absence.account_id == Account.id,
        Absence.from_on <= today,
        or_(Absence.to_on.is_(None), Absence.to_on >= today),
        or_(Absence.ended_at.is_(None), Absence.ended_at > now),
    )
    rows = await tx.execute(
        select(Account.id, Grant.role, Grant.region_code, Grant.agency_code, Grant.desk_id)
        .join(Grant, (Grant.regency_code == Account.regency_code) & (Grant.account_id == Account.id))
        .where(
            Account.regency_code == regency_code,
            Account.active,
            Grant.valid_from <= today,
            or_(Grant.valid_to.is_(None), Grant.valid_to >= today),
            ~away,
        )
        .order_by(Account.id)
    )
    return Roster(
        Actor(
            ActorKind.OFFICER,
            regency_code,
            account_id,
            tuple(Held(Role(row.role), row.region_code, row.agency_code, row.desk_id) for row in grants),
        )
        for account_id, grants in groupby(rows, key=lambda row: row.id)
    )


# What was done ------------------------------------------------------------------------------------------

_IDS, _TEXTS, _WHEN = ARRAY(Uuid()), ARRAY(Text()), ARRAY(DateTime(timezone=True))

_LOOK: Final = text("""
UPDATE clocks SET acts = u.acts, act_at = u.act_at
FROM unnest(:ids, :acts, :looks) AS u(id, acts, act_at)
WHERE clocks.regency_code = :regency AND clocks.id = u.id
""").bindparams(
    bindparam("ids", type_=_IDS), bindparam("acts", type_=ARRAY(Integer())), bindparam("looks", type_=_WHEN)
)
# A case that was escalated before stands there since then; it is put before the highest that it reached.
_MOVE: Final = text("""
UPDATE cases SET event_count = u.n, head = u.head, updated_at = :now,
  escalated_at = CASE WHEN u.rung IS NULL THEN cases.escalated_at ELSE coalesce(cases.escalated_at, :now) END,
  escalated_to = coalesce(u.rung, cases.escalated_to)
FROM unnest(:ids, :counts, :heads, :rungs) AS u(id, n, head, rung)
WHERE cases.regency_code = :regency AND cases.id = u.id
""").bindparams(
    bindparam("ids", type_=_IDS),
    bindparam("counts", type_=ARRAY(Integer())),
    bindparam("heads", type_=ARRAY(LargeBinary())),
    bindparam("rungs", type_=_TEXTS),
    bindparam("now", type_=DateTime(timezone=True)),
)
_NUDGE: Final = text("""
UPDATE referrals SET nudged_at = :now WHERE regency_code = :regency AND id = ANY(:ids)
""").bindparams(bindparam("ids", type_=_IDS), bindparam("now", type_=DateTime(timezone=True)))


async def write(tx: Tx, regency_code: str, now: datetime, done: Outcome) -> None:
    """Write a batch: looks, where the clocks stand now, events with the heads of their chains, nudges."""
    if done.looks:
        bound = {
            "regency": regency_code,
            "ids": [one.clock_id for one in done.looks],
            "acts": [one.acts for one in done.looks],
            "looks": [one.act_at for one in done.looks],
        }
        await tx.execute(_LOOK, bound)
    if done.landed:
        await tx.execute(insert(table_of(Escalation)), [_row(one, now) for one in done.landed])
    if done.nudged:
        await tx.execute(_NUDGE, {"regency": regency_code, "ids": list(done.nudged), "now": now})
    if done.happenings:
        heads = await append_to_cases(tx, regency_code, done.happenings)
        await _move_cases(tx, regency_code, now, heads, done.landed)


def _row(one: Landed, now: datetime) -> dict[str, Any]:
    clock = one.clock
    return {
        "regency_code": clock.regency_code,
        "id": one.id,
        "case_id": clock.case_id,
        "referral_id": clock.referral_id,
        "clock_id": clock.id,
        "step": clock.step,
        "rung": one.put.rung,
        "account_id": one.put.account_id,
        "due_at": one.due_at,
        "at": now,
        "ended_at": None,
    }


async def _move_cases(
    tx: Tx, regency_code: str, now: datetime, heads: Mapping[UUID, Head], landed: Sequence[Landed]
) -> None:
    rungs = {one.clock.case_id: one.put.rung for one in landed}
    bound = {
        "regency": regency_code,
        "now": now,
        "ids": list(heads),
        "counts": [head.n for head in heads.values()],
        "heads": [head.hash for head in heads.values()],
        "rungs": [rungs.get(case_id) for case_id in heads],
    }
    await tx.execute(_MOVE, bound)


# What must never be -------------------------------------------------------------------------------------

# Spelt as the index is, without parameters: only so can a plan that is kept use it.
_CLIMBING: Final = text("clocks.state = 'running' AND (clocks.acts > 1 OR clocks.act_at IS NULL)")


async def unescalatable(tx: Tx) -> int:
    """Count the overdue clocks that stand before nobody though it was time, and running ones unwatched.

    It reads 0: the ladder always ends somewhere. A read over all tenants, on an index of few rows.
    """
    stands = exists().where(
        Escalation.regency_code == Clock.regency_code,
        Escalation.case_id == Clock.case_id,
        Escalation.clock_id == Clock.id,
        Escalation.ended_at.is_(None),
    )
    statement = select(func.count()).select_from(Clock).where(_CLIMBING, ~stands)
    return await tx.scalar(statement) or 0
