"""The clocks of a case and of its referrals: entries are the ledger, due instants and looks a cache of it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import select, update

from app.db.queries.acting import Acting
from app.db.session import Tx
from app.db.tables.cases import Case
from app.db.tables.cases import Clock as Row
from app.db.tables.hands import Escalation
from app.db.tables.referrals import Referral
from app.domain.codes import CaseKind, Priority
from app.domain.escalation import Put, Watched, ending_of, is_last, next_look, pace_of
from app.domain.knowledge import Knowledge
from app.domain.lifecycle import URGENT
from app.domain.referrals import BLOCKING
from app.domain.sla import Change, ClockStep, Entry, EntryKind, Limit, Matter, Rule, Unit, replay


class ClockRow(Protocol):
    """What of a stored clock decides when it is looked at."""

    @property
    def regency_code(self) -> str: ...
    @property
    def referral_id(self) -> UUID | None: ...
    @property
    def step(self) -> str: ...
    @property
    def amount(self) -> int: ...
    @property
    def unit(self) -> str: ...
    @property
    def pausable(self) -> bool: ...
    @property
    def entries(self) -> list[Any]: ...
    @property
    def acts(self) -> int: ...


class PutRow(Protocol):
    """One time that a clock was put before somebody, and still stands there."""

    @property
    def rung(self) -> str: ...
    @property
    def account_id(self) -> UUID | None: ...
    @property
    def at(self) -> datetime: ...


async def clocks_of(acting: Acting, case: Case) -> list[Row]:
    """Return every clock of the case and its referrals, oldest first."""
    await acting.tx.flush()
    statement = select(Row).where(Row.regency_code == case.regency_code, Row.case_id == case.id)
    return list(await acting.tx.scalars(statement.order_by(Row.started_at, Row.id)))


async def clocks_by_case(tx: Tx, regency_code: str, case_ids: Sequence[UUID]) -> Mapping[UUID, Sequence[Row]]:
    """Return every clock of many cases, each case's oldest first; of a case without clocks an empty list."""
    found: dict[UUID, list[Row]] = {case_id: [] for case_id in case_ids}
    rows = await tx.scalars(
        select(Row)
        .where(Row.regency_code == regency_code, Row.case_id.in_(case_ids))
        .order_by(Row.started_at, Row.id)
    )
    for row in rows:
        found[row.case_id].append(row)
    return found


async def move_clocks(
    acting: Acting,
    case: Case,
    changes: Sequence[Change],
    referral: Referral | None = None,
    at: datetime | None = None,
) -> None:
    """Write the entries of *changes*, at *at* or now, into the clocks of the case or of *referral*.

    A clock that moves stands before nobody any more, and is reminded of anew.
    """
    if not changes:
        return
    referral_id = referral.id if referral else None
    rows = [row for row in await clocks_of(acting, case) if row.referral_id == referral_id]
    for change in changes:
        entry = Entry(change.kind, min(at or acting.now, acting.now))
        if change.kind is EntryKind.START:
            rows.append(_start(acting, case, change, entry, referral_id))
            acting.tx.add(rows[-1])
            continue
        # The newest is the one that was made last: a told resident may have been told before the other began.
        mine = (row for row in rows if row.step == change.step.value)
        latest = max(mine, key=lambda row: row.id, default=None)
        if latest is not None:
            before = (latest.state, latest.due_at)
            _write(acting, latest, [*entries_of(latest), entry])
            if (latest.state, latest.due_at) != before:
                await _begin_anew(acting, latest)


async def refresh_due(
    acting: Acting, case: Case, referrals: Iterable[Referral], clocks: Sequence[Row] | None = None
) -> None:
    """Set what is cached of the clocks: due instants, when each is looked at, and where the case stands.

    *clocks*: all of the case's, where they were read before.
    """
    referrals = tuple(referrals)
    rows = clocks if clocks is not None else await clocks_of(acting, case)
    running = [(row.due_at, row) for row in rows if row.state == "running" and row.due_at is not None]
    first = min(running, key=lambda pair: pair[0], default=None)
    case.due_at = first[0] if first else None
    case.due_step = first[1].step if first else None
    for referral in referrals:
        due = min((at for at, row in running if row.referral_id == referral.id), default=None)
        if referral.due_at != due:
            referral.due_at = due
    puts = await _puts_of(acting, case, rows)
    blocked = any(one.status in BLOCKING for one in referrals)
    for row in rows:
        mine = [put for put in puts if put.clock_id == row.id]
        seen = watch(acting.known, Priority(case.priority), row, mine, blocked=blocked)
        row.act_at = next_look(seen) if seen is not None else None
    case.escalated_at = puts[0].at if puts else None
    case.escalated_to = puts[-1].rung if puts else None


async def recount(
    acting: Acting, case: Case, referrals: Iterable[Referral], clocks: Sequence[Row] | None = None
) -> None:
    """Let the clocks that have not stopped count by what the case is now: its kind, category and priority.

    Time already consumed counts on, and the cached due instants follow. *clocks*: all of the case's, where
    they were read before.
    """
    rows = clocks if clocks is not None else await clocks_of(acting, case)
    for row in rows:
        if row.state != "stopped":
            before = row.due_at
            _set_policy(acting, case, row)
            _write(acting, row, entries_of(row))
            # One that is still overdue keeps standing where it was put.
            if row.due_at is not None and row.due_at != before and row.due_at >= acting.now:
                await _begin_anew(acting, row)
    await refresh_due(acting, case, referrals, rows)


def entries_of(row: ClockRow) -> list[Entry]:
    return [Entry(EntryKind(one["kind"]), datetime.fromisoformat(one["at"])) for one in row.entries]


def rule_of(known: Knowledge, row: ClockRow) -> Rule:
    return Rule(Limit(row.amount, Unit(row.unit)), known.calendar(row.regency_code), pausable=row.pausable)


def watch(
    known: Knowledge, priority: Priority, row: ClockRow, puts: Sequence[PutRow], *, blocked: bool
) -> Watched | None:
    """Read a stored clock as the rules of escalation know it, replayed from its entries.

    *puts*: where it stands, oldest first. *blocked*: referrals of its case still run.
    """
    rule = rule_of(known, row)
    clock = replay(entries_of(row), rule)
    if clock is None:
        return None
    last = puts[-1] if puts else None
    of_referral = row.referral_id is not None
    return Watched(
        clock=clock,
        rule=rule,
        pace=pace_of(known, row.regency_code, priority),
        ending=ending_of(ClockStep(row.step), priority, of_referral=of_referral, blocked=blocked),
        acts=row.acts,
        put_at=last.at if last else None,
        landed=last is not None and is_last(Put(last.rung, last.account_id)),
    )


async def open_puts(
    tx: Tx, regency_code: str, case_ids: Sequence[UUID]
) -> Mapping[UUID, Sequence[Escalation]]:
    """Return where the clocks of these cases stand, by clock, oldest first."""
    found: dict[UUID, list[Escalation]] = {}
    if not case_ids:
        return found
    rows = await tx.scalars(
        select(Escalation)
        .where(
            Escalation.regency_code == regency_code,
            Escalation.case_id.in_(case_ids),
            Escalation.ended_at.is_(None),
        )
        .order_by(Escalation.at, Escalation.id)
    )
    for row in rows:
        found.setdefault(row.clock_id, []).append(row)
    return found


async def escalations_of(tx: Tx, case: Case) -> Sequence[Escalation]:
    """Return every time that a clock of the case was put before somebody, oldest first."""
    rows = await tx.scalars(
        select(Escalation)
        .where(Escalation.regency_code == case.regency_code, Escalation.case_id == case.id)
        .order_by(Escalation.at, Escalation.id)
    )
    return rows.all()


async def _puts_of(acting: Acting, case: Case, rows: Iterable[Row]) -> list[Escalation]:
    if case.escalated_at is None and all(row.acts <= 1 for row in rows):
        return []
    found = await open_puts(acting.tx, case.regency_code, [case.id])
    return sorted((put for puts in found.values() for put in puts), key=lambda put: (put.at, put.id))


async def _begin_anew(acting: Acting, row: Row) -> None:
    """Nothing was done yet since the clock moved: it stands before nobody."""
    if row.acts > 1:
        await acting.tx.execute(
            update(Escalation)
            .where(
                Escalation.regency_code == row.regency_code,
                Escalation.case_id == row.case_id,
                Escalation.clock_id == row.id,
                Escalation.ended_at.is_(None),
            )
            .values(ended_at=acting.now)
            .execution_options(synchronize_session=False)
        )
    row.acts = 0


def _start(acting: Acting, case: Case, change: Change, entry: Entry, referral_id: UUID | None) -> Row:
    row = Row(
        regency_code=case.regency_code,
        id=acting.new_id(),
        case_id=case.id,
        referral_id=referral_id,
        step=change.step.value,
        state="running",
        entries=[],
        started_at=entry.at,
        due_at=None,
        act_at=None,
        acts=0,
        stopped_at=None,
    )
    _set_policy(acting, case, row)
    _write(acting, row, [entry])
    return row


def _set_policy(acting: Acting, case: Case, row: Row) -> None:
    priority = Priority(case.priority)
    matter = Matter(case.regency_code, CaseKind(case.kind), case.category, priority)
    policy = acting.known.clock_policy(ClockStep(row.step), matter)
    limit = policy.limit_for(priority)
    row.amount, row.unit = limit.amount, limit.unit.value
    row.pausable = priority not in URGENT
    row.policy_source = policy.source


def _write(acting: Acting, row: Row, entries: list[Entry]) -> None:
    row.entries = [{"kind": one.kind.value, "at": one.at.isoformat()} for one in entries]
    clock = replay(entries, rule_of(acting.known, row))
    if clock is None:
        return
    row.due_at = clock.due_at
    row.stopped_at = clock.stopped_at
    row.state = "running" if clock.is_running else "paused" if clock.stopped_at is None else "stopped"
