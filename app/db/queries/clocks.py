"""The clocks of a case and of its referrals: entries are the ledger, due instants a cache of it."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from app.db.queries.acting import Acting
from app.db.tables.cases import Case
from app.db.tables.cases import Clock as Row
from app.db.tables.referrals import Referral
from app.domain.codes import CaseKind, Priority
from app.domain.lifecycle import URGENT
from app.domain.sla import Change, ClockStep, Entry, EntryKind, Limit, Matter, Rule, Unit, replay


async def clocks_of(acting: Acting, case: Case) -> list[Row]:
    """Return every clock of the case and its referrals, oldest first."""
    await acting.tx.flush()
    statement = select(Row).where(Row.regency_code == case.regency_code, Row.case_id == case.id)
    return list(await acting.tx.scalars(statement.order_by(Row.started_at, Row.id)))


async def move_clocks(
    acting: Acting,
    case: Case,
    changes: Sequence[Change],
    referral: Referral | None = None,
    at: datetime | None = None,
) -> None:
    """Write the entries of *changes*, at *at* or now, into the clocks of the case or of *referral*."""
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
        latest = next((row for row in reversed(rows) if row.step == change.step.value), None)
        if latest is not None:
            _write(acting, case, latest, [*entries_of(latest), entry])


async def refresh_due(acting: Acting, case: Case, referrals: Iterable[Referral]) -> None:
    """Set the cached due instants of the case and of each of its referrals from the clocks."""
    rows = await clocks_of(acting, case)
    running = [(row.due_at, row) for row in rows if row.state == "running" and row.due_at is not None]
    first = min(running, key=lambda pair: pair[0], default=None)
    case.due_at = first[0] if first else None
    case.due_step = first[1].step if first else None
    for referral in referrals:
        due = min((at for at, row in running if row.referral_id == referral.id), default=None)
        if referral.due_at != due:
            referral.due_at = due


async def recount(acting: Acting, case: Case, referrals: Iterable[Referral]) -> None:
    """Let the clocks that have not stopped count by what the case is now: its kind, category and priority.

    Time already consumed counts on, and the cached due instants follow.
    """
    for row in await clocks_of(acting, case):
        if row.state != "stopped":
            _set_policy(acting, case, row)
            _write(acting, case, row, entries_of(row))
    await refresh_due(acting, case, referrals)


def entries_of(row: Row) -> list[Entry]:
    return [Entry(EntryKind(one["kind"]), datetime.fromisoformat(one["at"])) for one in row.entries]


def _rule(acting: Acting, case: Case, row: Row) -> Rule:
    calendar = acting.known.calendar(case.regency_code)
    return Rule(Limit(row.amount, Unit(row.unit)), calendar, pausable=row.pausable)


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
    _write(acting, case, row, [entry])
    return row


def _set_policy(acting: Acting, case: Case, row: Row) -> None:
    priority = Priority(case.priority)
    matter = Matter(case.regency_code, CaseKind(case.kind), case.category, priority)
    policy = acting.known.clock_policy(ClockStep(row.step), matter)
    limit = policy.limit_for(priority)
    row.amount, row.unit = limit.amount, limit.unit.value
    row.pausable = priority not in URGENT
    row.policy_source = policy.source


def _write(acting: Acting, case: Case, row: Row, entries: list[Entry]) -> None:
    row.entries = [{"kind": one.kind.value, "at": one.at.isoformat()} for one in entries]
    clock = replay(entries, _rule(acting, case, row))
    if clock is None:
        return
    row.due_at = clock.due_at
    row.stopped_at = clock.stopped_at
    row.state = "running" if clock.is_running else "paused" if clock.stopped_at is None else "stopped"
