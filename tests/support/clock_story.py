"""What the clocks of a case must be, told by its events alone: nothing here reads a clock's row."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.db.session import Tx
from app.db.tables.cases import Clock
from app.db.tables.events import Event
from app.domain.codes import CaseKind, Priority
from app.domain.knowledge import Knowledge
from app.domain.lifecycle import CaseAction, CaseState, CaseStatus, after
from app.domain.lifecycle.table import BY_KEY
from app.domain.referrals import ReferralAction, ReferralStatus, ReferralStep
from app.domain.sla import (
    OPENED,
    SENT,
    TOLD,
    Change,
    ClockStep,
    Entry,
    EntryKind,
    Limit,
    Rule,
    Unit,
    case_changes,
    referral_changes,
    replay,
)

A = ReferralAction
STEPS = {
    "referral.accepted": A.ACCEPT,
    "referral.returned": A.RETURN,
    "referral.resent": A.RESEND,
    "referral.refused": A.REFUSE,
    "referral.not_ours": A.NOT_OURS,
    "referral.expired": A.EXPIRE,
    "referral.waitlisted": A.WAITLIST,
    "referral.started": A.START,
    "referral.progressed": A.PROGRESS,
    "referral.delivered": A.DELIVER,
    "referral.fulfilled": A.FULFIL,
    "referral.failed": A.FAIL,
    "referral.revoked": A.REVOKE,
    "referral.reopened": A.REOPEN,
}
Key = tuple[UUID | None, ClockStep]


@dataclass
class Story:
    """The events of one case, folded."""

    state: CaseState = field(default_factory=lambda: CaseState(CaseStatus.REGISTERED))
    told: bool = False
    """She was told how it ended, this time."""
    clocks: dict[Key, list[list[Entry]]] = field(default_factory=lambda: defaultdict(list))
    """By referral (None: the case itself) and step: each clock's entries, oldest first."""

    def enter(self, changes: Iterable[Change], at: datetime, referral: UUID | None = None) -> None:
        for change in changes:
            found = self.clocks[referral, change.step]
            if change.kind is EntryKind.START:
                found.append([Entry(change.kind, at)])
            elif found:
                found[-1].append(Entry(change.kind, at))

    def take(self, data: dict[str, Any], at: datetime, told_at: datetime | None) -> None:
        action, target = CaseAction(data["action"]), CaseStatus(data["to_status"])
        step = replace(BY_KEY[CaseStatus(data["from_status"]), action], target=target)
        resolved = target is CaseStatus.RESOLVED
        told = told_at if resolved else None
        changes = case_changes(self.state, step, told=told is not None)
        self.enter(changes, min(told or at, at))
        if resolved and action is not CaseAction.RESTORE:
            self.told = told is not None
        self.state = after(self.state, step)


def tell(events: Sequence[Any]) -> Story:
    """Fold the events of one case, in their order."""
    story = Story()
    told_with = {one.cause_id: one for one in events if one.type == "case.told"}
    steps_with = {one.cause_id for one in events if one.type == "case.step_taken"}
    for one in events:
        told = told_with.get(one.cause_id)
        told_at = datetime.fromisoformat(told.data["told_at"]) if told else None
        if one.type == "case.opened":
            _open(story, one, answered=one.cause_id in steps_with)
        elif one.type == "case.step_taken":
            _step(story, one, told_at, at_window=one.cause_id == events[0].cause_id)
        elif one.type == "case.told" and one.cause_id not in steps_with and told_at is not None:
            _told(story, one, told_at)
        elif one.type == "referral.sent":
            story.enter(SENT, one.at, one.referral_id)
        elif one.type in STEPS:
            source, target = ReferralStatus(one.data["from_status"]), ReferralStatus(one.data["to_status"])
            step = ReferralStep(source, STEPS[one.type], target, frozenset())
            story.enter(referral_changes(step), one.at, one.referral_id)
    return story


def _open(story: Story, one: Any, *, answered: bool) -> None:
    kind, priority = CaseKind(one.data["kind"]), Priority(one.data["priority"])
    story.state = CaseState(CaseStatus.REGISTERED, kind, priority)
    if not answered:
        story.enter(OPENED, one.at)


def _step(story: Story, one: Any, told_at: datetime | None, *, at_window: bool) -> None:
    if not at_window or told_at is None:
        story.take(one.data, one.at, told_at)
        return
    # Answered at the window: no clock ran before.
    story.enter(TOLD, min(told_at, one.at))
    story.state = replace(story.state, status=CaseStatus.RESOLVED)
    story.told = True


def _told(story: Story, one: Any, told_at: datetime) -> None:
    if story.state.status is CaseStatus.RESOLVED and not story.told:
        story.enter(TOLD, min(told_at, one.at))
        story.told = True


async def differences(tx: Tx, known: Knowledge, regency: str) -> list[str]:
    """Name every clock of the regency whose ledger, or whose due instant, is not what the events give."""
    events: dict[UUID, list[Event]] = defaultdict(list)
    rows: dict[UUID, list[Clock]] = defaultdict(list)
    found = await tx.scalars(
        select(Event)
        .where(Event.regency_code == regency, Event.case_id.is_not(None))
        .order_by(Event.stream_id, Event.n)
    )
    for event in found:
        events[event.stream_id].append(event)
    for row in await tx.scalars(select(Clock).where(Clock.regency_code == regency).order_by(Clock.id)):
        rows[row.case_id].append(row)
    return [
        f"{case_id}: {wrong}"
        for case_id in events
        for wrong in _wrong(known, tell(events[case_id]), rows[case_id])
    ]


def _wrong(known: Knowledge, story: Story, rows: Sequence[Clock]) -> list[str]:
    stored: dict[Key, list[Clock]] = defaultdict(list)
    for row in rows:
        stored[row.referral_id, ClockStep(row.step)].append(row)
    wrong = [
        f"{key}: {len(stored[key])} clocks, not {len(told)}"
        for key, told in story.clocks.items()
        if len(stored[key]) != len(told)
    ]
    wrong += [f"{key}: not told" for key in stored if key not in story.clocks]
    for key, told in story.clocks.items():
        for row, entries in zip(stored[key], told, strict=False):
            wrong += _unlike(known, row, entries)
    return wrong


def _unlike(known: Knowledge, row: Clock, entries: Sequence[Entry]) -> list[str]:
    rule = Rule(Limit(row.amount, Unit(row.unit)), known.calendar(row.regency_code), row.pausable)
    clock = replay(entries, rule)
    ledger = [(one["kind"], datetime.fromisoformat(one["at"])) for one in row.entries]
    if ledger != [(one.kind.value, one.at) for one in entries]:
        return [f"{row.step}: {ledger}, not {entries}"]
    if clock is None or clock.due_at != row.due_at or clock.stopped_at != row.stopped_at:
        return [f"{row.step}: due {row.due_at}, not {clock and clock.due_at}"]
    return []
