"""Moving a case: lock it, take a step, follow what the step brings, write it all once.

Whoever changes a case or a referral of it opens a `Move`, lets things happen in it, and ends with `finish`:
the events, the clocks' caches and the version are written there and nowhere else.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from app.db.queries import events
from app.db.queries.acting import Acting
from app.db.queries.cases import find_case, not_found
from app.db.queries.clocks import move_clocks, refresh_due
from app.db.queries.contacts import enough
from app.db.queries.former_assignee import give_back
from app.db.queries.scope import Sight, sees_case
from app.db.queries.texts import Stored, add_text, data_key
from app.db.session import Tx
from app.db.tables.cases import Case, Task
from app.db.tables.events import Event as EventRow
from app.db.tables.people import Household, Person
from app.db.tables.referrals import Referral, ReferralOffer
from app.domain.access import SYSTEM, Actor, Permission
from app.domain.codes import ActorKind, CaseKind, Holder, Outcome, Priority
from app.domain.events.base import Event
from app.domain.events.cases import CaseStepTaken
from app.domain.knowledge import Knowledge
from app.domain.lifecycle import (
    CaseAction,
    CaseContext,
    CaseState,
    CaseStatus,
    Effect,
    Step,
    after,
    decide,
    follow_up,
)
from app.domain.referrals import ReferralStatus
from app.domain.sla import case_changes

TELL_RESIDENT = "tell_resident"
PAPER_DUE = "paper_due"
CORRECT_PROPOSAL = "correct_proposal"
REOPEN_WINDOW_DAYS = 30


@dataclass(slots=True)
class Move:
    """One act on one case, while it happens. The case is locked."""

    acting: Acting
    case: Case
    key: Any
    """The case's data key, opened."""
    referrals: list[Referral]
    """All that the case has had, oldest first."""
    happened: list[tuple[Actor, Event]] = field(default_factory=list)
    case_changed: bool = False

    @property
    def tx(self) -> Tx:
        return self.acting.tx

    def add(self, event: Event, by: Actor | None = None) -> None:
        self.happened.append((by or self.acting.actor, event))

    async def say(self, kind: str, text: str | None, referral_id: UUID | None = None) -> Stored | None:
        """Seal a free text of this act; nothing for an empty one."""
        if not text:
            return None
        return await add_text(self.acting, self.case, self.key, kind, text, referral_id)


@dataclass(frozen=True, slots=True)
class Told:
    at: datetime
    method: str


@dataclass(frozen=True, slots=True)
class StepFacts:
    """What a step records besides the new status."""

    outcome: Outcome | None = None
    reason: str | None = None
    missing: tuple[str, ...] | None = None
    other: Case | None = None
    """The case that a void duplicate tracks on to."""
    text: Stored | None = None
    told: Told | None = None
    put_to: Holder = Holder.SECRETARIAT
    """Who decides on what is proposed."""


NOTHING_MORE = StepFacts()


def state_of(case: Case, referrals: Sequence[Referral]) -> CaseState:
    """Read the state of a case, as the step table knows it, from its row and those of its referrals."""
    return CaseState(
        status=CaseStatus(case.status),
        kind=CaseKind(case.kind),
        priority=Priority(case.priority),
        completion_from=CaseStatus(case.completion_from) if case.completion_from else None,
        void_from=CaseStatus(case.previous_status) if case.previous_status else None,
        referrals=tuple(ReferralStatus(one.status) for one in referrals),
        reopened=case.reopened_count,
        bounces_heard=case.bounce_count,
        moved=case.outcome == Outcome.TRANSFERRED,
    )


async def lock_case(tx: Tx, sight: Sight, tenant: str, ticket: str, *, people: bool = False) -> Case:
    """Find and lock the case; with *people* first its person and household, so that aid is given once.

    Raises:
        NotFound: there is none, or the actor may not know of it.
    """
    if people:
        statement = select(Case.person_id, Case.household_id).where(
            Case.regency_code == tenant, Case.ticket == ticket, sees_case(sight)
        )
        row = (await tx.execute(statement)).one_or_none()
        if row is None:
            raise not_found()
        await lock_people(tx, tenant, row.person_id, row.household_id)
    return await find_case(tx, sight, tenant, ticket, for_update=True)


async def lock_people(tx: Tx, tenant: str, person_id: UUID | None, household_id: UUID | None) -> None:
    """Lock the person, then her household: the order in which everybody locks.

    A record that was merged a moment ago leads on to the one that it is now: aid is given to her once.
    """
    homes = {household_id} if household_id else set()
    while person_id is not None:
        statement = select(Person.household_id, Person.merged_into).where(
            Person.regency_code == tenant, Person.id == person_id
        )
        row = (await tx.execute(statement.with_for_update())).one_or_none()
        homes |= {row.household_id} if row and row.household_id else set()
        person_id = row.merged_into if row else None
    for home in sorted(homes):
        await tx.execute(
            select(Household.id)
            .where(Household.regency_code == tenant, Household.id == home)
            .with_for_update()
        )


async def referrals_of(tx: Tx, case: Case) -> list[Referral]:
    statement = select(Referral).where(
        Referral.regency_code == case.regency_code, Referral.case_id == case.id
    )
    found = await tx.scalars(
        statement.order_by(Referral.sent_at, Referral.id).execution_options(populate_existing=True)
    )
    return list(found)


async def open_move(acting: Acting, case: Case) -> Move:
    """Begin an act on a locked case."""
    key = await data_key(acting.tx, acting.vault, case.regency_code, case.data_key_id)
    return Move(acting, case, key, await referrals_of(acting.tx, case))


async def context_of(
    move: Move, *, outcome: Outcome | None = None, revoking: bool = False, by: ActorKind | None = None
) -> CaseContext:
    """Gather what the rules of the step table must know besides the state."""
    case, known, actor = move.case, move.acting.known, move.acting.actor
    eyes = known.policy_value(case.regency_code, "four_eyes", {})
    return CaseContext(
        by=by or actor.kind,
        now=move.acting.now,
        account_id=actor.account_id,
        outcome=outcome,
        revoking=revoking,
        maker_id=await maker_of(move.tx, case),
        four_eyes=bool(eyes.get("decide")),
        at_secretariat=case.holder == Holder.SECRETARIAT,
        decides_any=actor.has(Permission.CASE_DECIDE_ANY, case.village_code, case.desk_id),
        contacts_enough=outcome is Outcome.UNREACHABLE and await enough(move.tx, known, case),
        due=case.due_at,
        closed_at=case.closed_at,
        reopen_window=reopen_window(known, case.regency_code),
    )


def reopen_window(known: Knowledge, regency: str) -> timedelta:
    """How long after closing the regency lets a case be reopened."""
    return timedelta(days=int(known.policy_value(regency, "reopen_window_days", REOPEN_WINDOW_DAYS)))


async def maker_of(tx: Tx, case: Case) -> UUID | None:
    """Name who proposed the outcome, or gave the finding of a complaint, last."""
    made = EventRow.data["action"].astext.in_(
        [CaseAction.PROPOSE.value, CaseAction.RECORD_VERIFICATION.value]
    )
    found: UUID | None = await tx.scalar(
        select(EventRow.actor_id)
        .where(
            EventRow.regency_code == case.regency_code,
            EventRow.stream_id == case.id,
            EventRow.type == CaseStepTaken.type,
            made,
        )
        .order_by(EventRow.n.desc())
        .limit(1)
    )
    return found


async def take_step(move: Move, step: Step, facts: StepFacts = NOTHING_MORE, by: Actor | None = None) -> None:
    """Let the case take *step*, as `lifecycle.decide` gave it: status, clocks, tasks, and its event."""
    case = move.case
    before = state_of(case, move.referrals)
    moved = after(before, step)
    case.status = moved.status.value
    case.completion_from = moved.completion_from.value if moved.completion_from else None
    case.previous_status = moved.void_from.value if moved.void_from else None
    case.reopened_count = moved.reopened
    case.bounce_count = moved.bounces_heard
    _set_ending(case, step, facts, move.acting.now)
    if moved.status in _AT_REST:
        await _drop_offers(move)
    told_at = facts.told.at if facts.told else None
    at = told_at if moved.status is CaseStatus.RESOLVED else None
    await move_clocks(move.acting, case, case_changes(before, step, told=facts.told is not None), at=at)
    if Effect.RESTORE_ASSIGNEE in step.effects and (back := await give_back(move.acting, case)):
        move.add(back, by)
    if Effect.TELL_RESIDENT in step.effects:
        await need_task(move, TELL_RESIDENT)
    await _hold(move, before.status, step, facts)
    move.case_changed = True
    move.add(
        CaseStepTaken(
            case_id=case.id,
            action=step.action.value,
            from_status=before.status.value,
            to_status=moved.status.value,
            outcome=case.outcome if moved.status is CaseStatus.RESOLVED else None,
            reason=facts.reason,
            missing=facts.missing,
            other_case_id=facts.other.id if facts.other else None,
            put_to=case.holder if step.action in _PUTTING else None,
            text_hmac=facts.text.hmac if facts.text else None,
        ),
        by,
    )


_AT_REST = frozenset({CaseStatus.RESOLVED, CaseStatus.CLOSED, CaseStatus.VOID})
_PUTTING = frozenset({CaseAction.PROPOSE, CaseAction.BOUNCED})
_DECIDED = frozenset({CaseAction.RETURN, CaseAction.DECIDE_REFER, CaseAction.DECIDE_RESOLVE})


async def _drop_offers(move: Move) -> None:
    """Take away what still waits for the sender's word: nothing more is sent for a case at rest."""
    await move.tx.execute(
        update(ReferralOffer)
        .where(
            ReferralOffer.regency_code == move.case.regency_code,
            ReferralOffer.case_id == move.case.id,
            ReferralOffer.state == "waiting",
        )
        .values(state="dropped", decided_at=move.acting.now, decided_by=move.acting.actor.account_id)
    )


async def _hold(move: Move, before: CaseStatus, step: Step, facts: StepFacts) -> None:
    """Let the case be held by whoever decides on a proposal, and by its desk again once it is decided."""
    case = move.case
    if step.action in _PUTTING:
        case.holder = facts.put_to.value
    elif step.action in _DECIDED and case.desk_id is not None:
        case.holder = Holder.DESK.value
    if before is CaseStatus.HANDLING and step.target not in {CaseStatus.HANDLING, CaseStatus.INCOMPLETE}:
        await close_tasks(move, CORRECT_PROPOSAL)


def _set_ending(case: Case, step: Step, facts: StepFacts, now: datetime) -> None:
    match step.target:
        case CaseStatus.RESOLVED if step.action is not CaseAction.RESTORE:
            case.former_assignee_id = case.assignee_id or case.former_assignee_id
            expired = Effect.OUTCOME_EXPIRED in step.effects
            outcome = Outcome.INCOMPLETE_EXPIRED if expired else facts.outcome
            case.outcome = outcome.value if outcome else None
            case.outcome_reason = facts.reason
            case.resolved_at = now
            case.told_at = facts.told.at if facts.told else None
            case.told_method = facts.told.method if facts.told else None
        case CaseStatus.CLOSED:
            case.closed_at = now
            if Effect.MARK_UNCONFIRMED in step.effects:
                case.confirmed_by = "silence"
        case CaseStatus.VOID:
            case.void_reason = facts.reason
            case.duplicate_of = facts.other.ticket if facts.other else None
        case _:
            _clear_ending(case, step)


def _clear_ending(case: Case, step: Step) -> None:
    """A case that is open again has no outcome: nobody may count it as resolved."""
    if step.action is CaseAction.RESTORE:
        case.void_reason = case.duplicate_of = None
    if Effect.COUNT_REOPENED in step.effects or step.action is CaseAction.UNDO_DEATH:
        case.outcome = case.outcome_reason = case.told_method = case.confirmed_by = None
        case.resolved_at = case.told_at = case.closed_at = None


async def follow(move: Move) -> None:
    """Take the steps that follow by themselves: all referrals ended, or the third bounce."""
    while (action := follow_up(state_of(move.case, move.referrals))) is not None:
        context = CaseContext(ActorKind.SYSTEM, move.acting.now)
        step = decide(state_of(move.case, move.referrals), action, context)
        await take_step(move, step, by=SYSTEM)


async def finish(move: Move) -> None:
    """Write everything that happened, in its order, and the caches that depend on it."""
    case, acting = move.case, move.acting
    case.updated_at = acting.now
    if move.case_changed:
        case.version += 1
    await refresh_due(acting, case, move.referrals)
    await acting.tx.flush()
    stream = events.CaseStream(case.regency_code, case.id)
    for actor, part in groupby(move.happened, key=lambda pair: pair[0]):
        await events.append(
            acting.tx,
            stream,
            [event for _, event in part],
            actor=actor,
            now=acting.now,
            cause_id=acting.cause_id,
        )


# Tasks ------------------------------------------------------------------------------------------------


async def open_tasks(tx: Tx, case: Case, kind: str) -> list[Task]:
    await tx.flush()
    statement = select(Task).where(
        Task.regency_code == case.regency_code,
        Task.case_id == case.id,
        Task.kind == kind,
        Task.done_at.is_(None),
    )
    return list(await tx.scalars(statement.order_by(Task.created_at)))


async def need_task(move: Move, kind: str) -> None:
    """Make the task unless it waits already."""
    if not await open_tasks(move.tx, move.case, kind):
        give_task(move, kind, None, None)


def give_task(move: Move, kind: str, assignee_id: UUID | None, text_id: UUID | None) -> None:
    """Make a task for one person, with what was said of it: a sealed text of the case."""
    case, acting = move.case, move.acting
    move.tx.add(
        Task(
            regency_code=case.regency_code,
            id=acting.new_id(),
            case_id=case.id,
            kind=kind,
            assignee_id=assignee_id,
            text_id=text_id,
            due_at=None,
            created_at=acting.now,
            created_by=acting.actor.account_id,
            done_at=None,
            done_by=None,
        )
    )


async def close_tasks(move: Move, kind: str, *, text_id: UUID | None = None) -> int:
    """Close the open tasks of a kind; with *text_id* only the one that this text came with."""
    found = await open_tasks(move.tx, move.case, kind)
    if text_id is not None:
        found = [task for task in found if task.text_id == text_id]
    for task in found:
        task.done_at, task.done_by = move.acting.now, move.acting.actor.account_id
    return len(found)
