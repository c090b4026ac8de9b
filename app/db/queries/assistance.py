"""Aid that came through no referral: lines written for a list, a campaign, a pledge, or by hand.

Whoever promises aid here asks `against` first, under the locks of person and household (`lock_people`).
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from app.db.queries import events
from app.db.queries.acting import Acting
from app.db.queries.holding import Holding, Home, holding_of
from app.db.queries.scope import Sight
from app.db.session import Tx
from app.db.tables.referrals import AssistanceLine
from app.domain.codes import LedgerSource, LedgerState
from app.domain.events.assistance import (
    AssistanceEvent,
    AssistanceGiven,
    AssistancePlanned,
    AssistanceReversed,
    AssistanceStopped,
)
from app.domain.knowledge import Knowledge
from app.domain.ledger import Asked, Judgement, Limit, Line, judge
from app.domain.programs import Effect, GoodsKind

STREAM: Final = "assistance"
ALL_COMPONENTS: Final = "*"
"""Of a line that names no part of its programme."""
LIMIT: Final = "aid_programs_limit"
_CHUNK: Final = 500
"""Rows of one statement: their values stay below the protocol's 32,767 parameters."""


@dataclass(frozen=True, slots=True)
class NewLine:
    """One piece of aid of somebody, as its source tells it."""

    to: Home
    program: str
    component: str
    kind: GoodsKind
    state: LedgerState
    """Planned, given or stopped."""
    period: str
    source: LedgerSource
    source_id: UUID | None = None
    instalment: int = 0
    """Counted from 1; 0: given without having been planned."""
    planned_idr: int | None = None
    amount_idr: int | None = None
    goods: str | None = None
    given_on: date | None = None
    proof: str | None = None
    funder: str | None = None
    reason: str | None = None
    """Why it was stopped; a code."""
    once_key: str | None = None
    """A line of the same key of this regency is there once, however often it is written."""


async def write_lines(acting: Acting, new: Sequence[NewLine]) -> list[UUID | None]:
    """Write *new*, each with its event; return their ids in the same order, None for one that stood there.

    Allotments are the caller's affair, and so is whether anything stands against the aid.
    """
    ids = [acting.new_id() for _ in new]
    written: set[UUID] = set()
    pairs = list(zip(ids, new, strict=True))
    for start in range(0, len(pairs), _CHUNK):
        rows = [_row(acting, id_, line) for id_, line in pairs[start : start + _CHUNK]]
        keys = [AssistanceLine.regency_code, AssistanceLine.once_key]
        statement = insert(AssistanceLine).on_conflict_do_nothing(index_elements=keys).values(rows)
        written |= set(await acting.tx.scalars(statement.returning(AssistanceLine.id)))
    told: dict[tuple[str, UUID], list[AssistanceEvent]] = {}
    for id_, line in pairs:
        if id_ in written:
            event = _event(id_, line)
            told.setdefault((line.to.regency_code, event.thing_id), []).append(event)
    for (regency, stream_id), happened in told.items():
        await _append(acting, regency, stream_id, happened)
    return [id_ if id_ in written else None for id_ in ids]


async def write_line(acting: Acting, new: NewLine) -> UUID | None:
    return (await write_lines(acting, [new]))[0]


def _row(acting: Acting, id_: UUID, line: NewLine) -> dict[str, object]:
    digests = line.to.nik_digests
    return {
        "regency_code": line.to.regency_code,
        "id": id_,
        "case_id": None,
        "referral_id": None,
        "person_id": line.to.person_id,
        "household_id": line.to.household_id,
        "nik_digest": digests[0] if digests else None,
        "program_code": line.program,
        "component": line.component,
        "n": line.instalment,
        "kind": line.kind.value,
        "state": line.state.value,
        "amount_idr": line.amount_idr,
        "planned_idr": line.planned_idr,
        "goods": line.goods,
        "period": line.period,
        "given_on": line.given_on,
        "proof": line.proof,
        "reverses": None,
        "reason": line.reason,
        "source": line.source.value,
        "source_id": line.source_id,
        "funder": line.funder,
        "once_key": line.once_key,
        "recorded_by": acting.actor.account_id,
        "created_at": acting.now,
        "updated_at": acting.now,
    }


def _event(id_: UUID, line: NewLine) -> AssistanceEvent:
    common: dict[str, Any] = {
        "thing_id": line.source_id or line.to.person_id or line.to.household_id or id_,
        "line_id": id_,
        "program": line.program,
        "component": named(line.component),
        "source": line.source.value,
    }
    match line.state:
        case LedgerState.PLANNED:
            return AssistancePlanned(**common, amount_idr=line.planned_idr)
        case LedgerState.GIVEN if line.given_on is not None:
            return AssistanceGiven(**common, amount_idr=line.amount_idr, given_on=line.given_on)
        case LedgerState.STOPPED:
            reason = line.reason or "stopped"
            return AssistanceStopped(**common, amount_idr=line.planned_idr, reason=reason)
        case _:
            raise ValueError("A new line is planned, given on a day, or stopped.")


def named(component: str) -> str | None:
    return None if component == ALL_COMPONENTS else component


async def _append(acting: Acting, regency: str, stream_id: UUID, happened: Sequence[AssistanceEvent]) -> None:
    stream = events.OtherStream(regency, stream_id, STREAM)
    await events.append(
        acting.tx, stream, happened, actor=acting.actor, now=acting.now, cause_id=acting.cause_id
    )


# Lines that stand there -----------------------------------------------------------------------------------


async def lock_line(tx: Tx, regency: str, line_id: UUID) -> AssistanceLine | None:
    found: AssistanceLine | None = await tx.scalar(
        select(AssistanceLine)
        .where(AssistanceLine.regency_code == regency, AssistanceLine.id == line_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return found


async def lines_by_id(tx: Tx, regency: str, ids: Collection[UUID]) -> list[AssistanceLine]:
    found = await tx.scalars(
        select(AssistanceLine)
        .where(AssistanceLine.regency_code == regency, AssistanceLine.id.in_(ids))
        .order_by(AssistanceLine.period, AssistanceLine.id)
    )
    return list(found)


async def settle(acting: Acting, row: AssistanceLine, given: NewLine) -> AssistanceLine:
    """Turn a line that was planned outside referrals into given, under the lock of its person."""
    row.state, row.amount_idr, row.goods = LedgerState.GIVEN.value, given.amount_idr, given.goods
    row.given_on, row.proof, row.updated_at = given.given_on, given.proof, acting.now
    row.recorded_by = acting.actor.account_id
    happened = AssistanceGiven(
        thing_id=_stream_of(row),
        line_id=row.id,
        program=row.program_code,
        component=named(row.component),
        source=given.source.value,
        amount_idr=row.amount_idr,
        given_on=given.given_on or acting.now.date(),
    )
    await _append(acting, row.regency_code, happened.thing_id, [happened])
    await acting.tx.flush()
    return row


def counter_of(acting: Acting, row: AssistanceLine, counter: Line, reason: str) -> AssistanceLine:
    """Return the row that takes *row* back, as *counter* says."""
    return AssistanceLine(
        regency_code=row.regency_code,
        id=counter.id,
        case_id=row.case_id,
        referral_id=row.referral_id,
        person_id=row.person_id,
        household_id=row.household_id,
        nik_digest=row.nik_digest,
        program_code=row.program_code,
        component=row.component,
        n=row.n,
        kind=row.kind,
        state=counter.state.value,
        amount_idr=counter.given_idr,
        planned_idr=None,
        goods=row.goods,
        period=row.period,
        given_on=counter.given_on,
        proof=None,
        reverses=row.id,
        reason=reason,
        source=row.source,
        source_id=row.source_id,
        funder=row.funder,
        once_key=None,
        recorded_by=acting.actor.account_id,
        created_at=acting.now,
        updated_at=acting.now,
    )


def _stream_of(row: AssistanceLine) -> UUID:
    return row.source_id or row.person_id or row.household_id or row.id


async def tell(
    acting: Acting, row: AssistanceLine, reason: str, counter: AssistanceLine | None = None
) -> None:
    """Write the event of a line outside referrals that was stopped, or taken back by *counter*."""
    common: dict[str, Any] = {
        "thing_id": _stream_of(row),
        "program": row.program_code,
        "component": named(row.component),
        "source": row.source,
        "reason": reason,
    }
    event: AssistanceEvent
    if counter is None:
        event = AssistanceStopped(**common, line_id=row.id, amount_idr=row.planned_idr)
    else:
        event = AssistanceReversed(
            **common,
            line_id=counter.id,
            reverses=row.id,
            amount_idr=counter.amount_idr,
        )
    await _append(acting, row.regency_code, event.thing_id, [event])


async def tell_turned(acting: Acting, row: AssistanceLine) -> None:
    """Write the event of a line outside referrals that was stopped, or is planned again."""
    if row.state == LedgerState.STOPPED.value:
        await tell(acting, row, row.reason or "stopped")
        return
    happened = AssistancePlanned(
        thing_id=_stream_of(row),
        line_id=row.id,
        program=row.program_code,
        component=named(row.component),
        source=row.source,
        amount_idr=row.planned_idr,
    )
    await _append(acting, row.regency_code, happened.thing_id, [happened])


# What stands against more ---------------------------------------------------------------------------------


async def against(
    acting: Acting, home: Home, asked: Asked, today: date, sight: Sight | None = None
) -> tuple[Judgement, Holding]:
    """Judge whether *asked* may stand beside what *home* holds; return what it holds too.

    *sight*: of whoever is told the answer; None for a decision of the service's own, which sees all.
    """
    holding = await holding_of(acting.tx, home, sight)
    return judged(acting.known, home.regency_code, asked, holding, today), holding


def judged(known: Knowledge, regency: str, asked: Asked, holding: Holding, today: date) -> Judgement:
    held = holding.held(today)
    return judge(asked, held, holding.lines, known.programs, limit_of(known, regency))


def limit_of(known: Knowledge, regency: str) -> Limit | None:
    """How many programmes a household should hold at most, where the regency has said so."""
    said = known.policy_value(regency, LIMIT)
    return Limit(said["most"], Effect(said["effect"])) if said else None
