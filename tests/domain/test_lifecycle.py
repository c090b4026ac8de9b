from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.access import ROLE_PERMISSIONS, Permission, Role
from app.domain.codes import ActorKind, CaseKind, Outcome, Priority
from app.domain.errors import Conflict, DeskError, Forbidden
from app.domain.lifecycle import (
    STEPS,
    CaseAction,
    CaseContext,
    CaseState,
    CaseStatus,
    Effect,
    after,
    allowed_actions,
    decide,
    follow_up,
)
from app.domain.referrals import ReferralStatus

S, A, R = CaseStatus, CaseAction, ReferralStatus
NOW = datetime(2026, 3, 2, 3, tzinfo=UTC)
ANNA, BUDI = UUID(int=1), UUID(int=2)
ALL = frozenset(Permission)

# Section 4 of the design, word by word; "from" is the status that the case came from.
DESIGN: dict[CaseStatus, dict[CaseAction, CaseStatus | None]] = {
    S.REGISTERED: {
        A.ASK_COMPLETION: S.INCOMPLETE,
        A.VERIFY: S.VERIFYING,
        A.HANDLE: S.HANDLING,
        A.REFER: S.REFERRED,
        A.RESOLVE: S.RESOLVED,
        A.VOID: S.VOID,
    },
    S.INCOMPLETE: {A.COMPLETE: None, A.EXPIRE: S.RESOLVED, A.RESOLVE: S.RESOLVED, A.VOID: S.VOID},
    S.VERIFYING: {
        A.RECORD_VERIFICATION: S.HANDLING,
        A.ASK_COMPLETION: S.INCOMPLETE,
        A.REFER: S.REFERRED,
        A.RESOLVE: S.RESOLVED,
        A.VOID: S.VOID,
    },
    S.HANDLING: {
        A.PROPOSE: S.AWAITING_DECISION,
        A.REFER: S.REFERRED,
        A.ASK_COMPLETION: S.INCOMPLETE,
        A.RESOLVE: S.RESOLVED,
        A.VOID: S.VOID,
    },
    S.AWAITING_DECISION: {
        A.RETURN: S.HANDLING,
        A.DECIDE_REFER: S.REFERRED,
        A.DECIDE_RESOLVE: S.RESOLVED,
        A.ASK_COMPLETION: S.INCOMPLETE,
        A.VOID: S.VOID,
    },
    S.REFERRED: {
        A.REFER: S.REFERRED,
        A.ASK_COMPLETION: S.INCOMPLETE,
        A.ALL_ENDED: S.HANDLING,
        A.BOUNCED: S.AWAITING_DECISION,
        A.RESOLVE: S.RESOLVED,
        A.VOID: S.VOID,
    },
    S.RESOLVED: {A.CONFIRM: S.CLOSED, A.DISPUTE: S.HANDLING, A.SILENCE: S.CLOSED, A.UNDO_DEATH: None},
    S.CLOSED: {A.REOPEN: S.HANDLING},
    S.VOID: {A.RESTORE: None},
}
for open_status in (S.REGISTERED, S.INCOMPLETE, S.VERIFYING, S.HANDLING, S.AWAITING_DECISION, S.REFERRED):
    DESIGN[open_status] |= {A.TRANSFER: S.RESOLVED, A.RECORD_DEATH: S.RESOLVED}
ACTS_OF_THEIR_OWN = {A.TRANSFER, A.RECORD_DEATH, A.UNDO_DEATH}
SYSTEM_STEPS = {A.EXPIRE, A.ALL_ENDED, A.BOUNCED, A.SILENCE} | ACTS_OF_THEIR_OWN


def context(by: ActorKind = ActorKind.OFFICER, **facts: object) -> CaseContext:
    base = CaseContext(by, NOW, ANNA, due=NOW - timedelta(seconds=1), closed_at=NOW)
    return replace(base, **facts)  # type: ignore[arg-type]


def fitting(status: CaseStatus, action: CaseAction) -> tuple[CaseState, CaseContext]:
    """A state and a context in which no rule stands against the step."""
    referrals = (R.NOT_OURS,) * 3 if action is A.BOUNCED else (R.FULFILLED,)
    priority = Priority.MENDESAK if action is A.REFER else Priority.BIASA
    state = CaseState(
        status,
        priority=priority,
        completion_from=S.HANDLING,
        void_from=S.VERIFYING,
        referrals=referrals,
    )
    by = ActorKind.SYSTEM if action in SYSTEM_STEPS else ActorKind.OFFICER
    return state, context(by)


@pytest.mark.parametrize(("status", "action"), list(product(S, A)))
def test_every_status_and_action_is_a_step_or_is_refused(status: CaseStatus, action: CaseAction) -> None:
    state, facts = fitting(status, action)
    if action not in DESIGN[status]:
        with pytest.raises(Conflict) as refused:
            decide(state, action, facts)
        assert refused.value.code == "step_not_possible"
        assert refused.value.id
        assert refused.value.en
        return
    origin = S.HANDLING if status is S.INCOMPLETE else S.VERIFYING
    step = decide(state, action, facts)
    assert step.target is (DESIGN[status][action] or origin)
    assert after(state, step).status is step.target


def test_the_table_holds_no_row_twice() -> None:
    assert len({(step.source, step.action) for step in STEPS}) == len(STEPS)
    assert len(STEPS) == sum(map(len, DESIGN.values()))


def test_every_status_can_be_reached_from_the_first() -> None:
    reached, found = {S.REGISTERED}, {S.REGISTERED}
    while found:
        found = {t for s in found for t in DESIGN[s].values() if t} - reached
        reached |= found
    assert reached == set(S)


@pytest.mark.parametrize("step", STEPS, ids=lambda step: f"{step.source}-{step.action}")
def test_only_the_right_kind_of_actor_takes_a_step(step: object) -> None:
    row = next(row for row in STEPS if row == step)
    for by in ActorKind:
        state, facts = fitting(row.source, row.action)
        facts = replace(facts, by=by)
        if by in row.who:
            assert decide(state, row.action, facts).target
        else:
            with pytest.raises(Forbidden):
                decide(state, row.action, facts)
    assert (row.who == {ActorKind.SYSTEM}) is (row.action in SYSTEM_STEPS)


def test_each_officers_step_has_a_role_that_may_take_it() -> None:
    for step in STEPS:
        roles = [r for r in Role if step.permission in ROLE_PERMISSIONS[r]]
        assert roles
        if ActorKind.RESIDENT in step.who:
            assert step.permission in ROLE_PERMISSIONS[Role.RESIDENT]


def refused_with(state: CaseState, action: CaseAction, facts: CaseContext) -> str | None:
    try:
        decide(state, action, facts)
    except DeskError as error:
        return error.code
    return None


@pytest.mark.parametrize("priority", list(Priority))
def test_only_an_urgent_case_is_referred_while_it_is_verified(priority: Priority) -> None:
    code = refused_with(CaseState(S.VERIFYING, priority=priority), A.REFER, context())
    assert code == ("not_urgent" if priority is Priority.BIASA else None)


@pytest.mark.parametrize("action", [A.RESOLVE, A.VOID])
@pytest.mark.parametrize("status", list(ReferralStatus))
def test_a_running_referral_holds_the_case_unless_it_is_revoked(
    action: CaseAction, status: ReferralStatus
) -> None:
    state = CaseState(S.REFERRED, referrals=(R.FULFILLED, status))
    holds = status in {R.SENT, R.ACCEPTED, R.RETURNED, R.IN_SERVICE}
    assert refused_with(state, action, context()) == ("referrals_live" if holds else None)
    assert refused_with(state, action, context(revoking=True)) is None


def test_referrals_run_on_while_papers_are_missing() -> None:
    state = CaseState(S.REFERRED, referrals=(R.SENT,))
    state = after(state, decide(state, A.ASK_COMPLETION, context()))
    assert (state.status, state.completion_from) == (S.INCOMPLETE, S.REFERRED)
    state = replace(state, referrals=(R.REFUSED,))
    assert follow_up(state) is None
    state = after(state, decide(state, A.COMPLETE, context()))
    assert (state.status, state.completion_from) == (S.REFERRED, None)
    assert follow_up(state) is A.ALL_ENDED
    step = decide(state, A.ALL_ENDED, context(ActorKind.SYSTEM))
    assert Effect.TELL_RESIDENT in step.effects
    assert after(state, step).status is S.HANDLING


def test_a_case_void_while_incomplete_remembers_both_origins() -> None:
    state = CaseState(S.VERIFYING)
    for action in (A.ASK_COMPLETION, A.VOID, A.RESTORE):
        state = after(state, decide(state, action, context()))
    assert (state.status, state.completion_from) == (S.INCOMPLETE, S.VERIFYING)
    state = after(state, decide(state, A.COMPLETE, context()))
    assert state == CaseState(S.VERIFYING)


@pytest.mark.parametrize("referrals", [(), (R.SENT, R.FULFILLED), (R.RETURNED,)])
def test_a_case_is_not_all_ended_while_somebody_must_answer(
    referrals: tuple[ReferralStatus, ...],
) -> None:
    state = CaseState(S.REFERRED, referrals=referrals)
    assert follow_up(state) is None
    assert refused_with(state, A.ALL_ENDED, context(ActorKind.SYSTEM)) == "referrals_live"


def test_a_waitlisted_referral_does_not_hold_the_case() -> None:
    assert follow_up(CaseState(S.REFERRED, referrals=(R.WAITLISTED, R.REFUSED))) is A.ALL_ENDED


def test_the_third_bounce_goes_to_the_secretariat_and_each_further_one_again() -> None:
    state = CaseState(S.REFERRED, referrals=(R.NOT_OURS, R.NOT_OURS, R.SENT))
    system = context(ActorKind.SYSTEM)
    assert follow_up(state) is None
    assert refused_with(state, A.BOUNCED, system) == "too_few_bounces"
    state = replace(state, referrals=(R.NOT_OURS,) * 3)
    assert follow_up(state) is A.BOUNCED
    state = after(state, decide(state, A.BOUNCED, system))
    assert state.status is S.AWAITING_DECISION
    state = after(state, decide(state, A.DECIDE_REFER, context()))
    state = replace(state, referrals=(*state.referrals, R.SENT))
    assert follow_up(state) is None
    assert follow_up(replace(state, referrals=(R.NOT_OURS,) * 4)) is A.BOUNCED


def test_expiry_and_silence_wait_for_their_due_time() -> None:
    for status, action in ((S.INCOMPLETE, A.EXPIRE), (S.RESOLVED, A.SILENCE)):
        state = CaseState(status, completion_from=S.HANDLING)
        for due in (None, NOW, NOW + timedelta(seconds=1)):
            assert refused_with(state, action, context(ActorKind.SYSTEM, due=due)) == "not_due"
        step = decide(state, action, context(ActorKind.SYSTEM))
        expected = Effect.OUTCOME_EXPIRED if action is A.EXPIRE else Effect.MARK_UNCONFIRMED
        assert expected in step.effects


@pytest.mark.parametrize("priority", [Priority.MENDESAK, Priority.DARURAT])
def test_an_urgent_case_never_lapses(priority: Priority) -> None:
    state = CaseState(S.INCOMPLETE, priority=priority, completion_from=S.HANDLING)
    assert refused_with(state, A.EXPIRE, context(ActorKind.SYSTEM)) == "urgent_never_expires"
    assert refused_with(replace(state, status=S.RESOLVED), A.SILENCE, context(ActorKind.SYSTEM)) is None


@pytest.mark.parametrize(("days", "code"), [(0, None), (30, None), (31, "reopen_window_over")])
def test_a_closed_case_reopens_within_its_window(days: int, code: str | None) -> None:
    facts = context(ActorKind.RESIDENT, closed_at=NOW - timedelta(days=days))
    assert refused_with(CaseState(S.CLOSED), A.REOPEN, facts) == code
    assert refused_with(CaseState(S.CLOSED), A.REOPEN, replace(facts, closed_at=None)) is not None


def test_dispute_and_reopen_count_and_bring_back_the_assignee() -> None:
    state = CaseState(S.RESOLVED)
    disputed = after(state, decide(state, A.DISPUTE, context(ActorKind.RESIDENT)))
    assert (disputed.status, disputed.reopened) == (S.HANDLING, 1)
    step = decide(replace(disputed, status=S.CLOSED), A.REOPEN, context())
    assert Effect.RESTORE_ASSIGNEE in step.effects
    assert after(replace(disputed, status=S.CLOSED), step).reopened == 2


def test_unreachable_needs_the_recorded_contacts() -> None:
    facts = context(outcome=Outcome.UNREACHABLE)
    state = CaseState(S.HANDLING)
    assert refused_with(state, A.RESOLVE, facts) == "contacts_missing"
    assert refused_with(state, A.RESOLVE, replace(facts, contacts_enough=True)) is None


@pytest.mark.parametrize(
    ("maker", "code"),
    [(None, "second_person_needed"), (ANNA, "second_person_needed"), (BUDI, None)],
)
@pytest.mark.parametrize(
    "outcome", [Outcome.COMPLAINT_UPHELD, Outcome.COMPLAINT_NOT_UPHELD, Outcome.INFORMATION_GIVEN]
)
def test_closing_a_complaint_takes_two_people_with_whatever_outcome(
    maker: UUID | None, code: str | None, outcome: Outcome
) -> None:
    state = CaseState(S.HANDLING, kind=CaseKind.PENGADUAN)
    facts = context(outcome=outcome, maker_id=maker)
    assert refused_with(state, A.RESOLVE, facts) == code
    assert refused_with(replace(state, status=S.AWAITING_DECISION), A.DECIDE_RESOLVE, facts) == code
    assert refused_with(replace(state, kind=CaseKind.LAYANAN), A.RESOLVE, facts) is None


@pytest.mark.parametrize("action", [A.RETURN, A.DECIDE_REFER, A.DECIDE_RESOLVE])
def test_what_was_put_to_the_secretariat_is_decided_there(action: CaseAction) -> None:
    state = CaseState(S.AWAITING_DECISION)
    facts = context(outcome=Outcome.SERVICE_GIVEN, maker_id=ANNA)
    for at_secretariat, decides_any, code in (
        (True, False, "put_to_secretariat"),
        (True, True, None),
        (False, False, None),
    ):
        asked = replace(facts, at_secretariat=at_secretariat, decides_any=decides_any, account_id=BUDI)
        assert refused_with(state, action, asked) == code
        shown = allowed_actions(state, ROLE_PERMISSIONS[Role.DESK_COORDINATOR], asked)
        assert (action in shown) is (code is None)


@pytest.mark.parametrize("action", [A.DECIDE_REFER, A.DECIDE_RESOLVE])
def test_the_maker_does_not_decide_where_policy_asks_for_four_eyes(action: CaseAction) -> None:
    state = CaseState(S.AWAITING_DECISION)
    facts = context(outcome=Outcome.SERVICE_GIVEN, maker_id=ANNA, four_eyes=True)
    assert refused_with(state, action, facts) == "second_person_needed"
    assert refused_with(state, action, replace(facts, four_eyes=False)) is None
    assert refused_with(state, action, replace(facts, maker_id=BUDI)) is None


def test_buttons_follow_permission_and_state() -> None:
    desk = ROLE_PERMISSIONS[Role.DESK_OFFICER]
    assert allowed_actions(CaseState(S.REGISTERED), desk, context()) == (
        A.ASK_COMPLETION,
        A.VERIFY,
        A.HANDLE,
        A.REFER,
        A.RESOLVE,
        A.VOID,
    )
    awaiting = CaseState(S.AWAITING_DECISION)
    assert A.DECIDE_REFER not in allowed_actions(awaiting, desk, context())
    assert A.DECIDE_REFER in allowed_actions(awaiting, ROLE_PERMISSIONS[Role.MANAGER], context())
    resident = ROLE_PERMISSIONS[Role.RESIDENT]
    by_resident = context(ActorKind.RESIDENT)
    assert allowed_actions(CaseState(S.RESOLVED), resident, by_resident) == (A.CONFIRM, A.DISPUTE)
    assert allowed_actions(CaseState(S.HANDLING), resident, by_resident) == (A.VOID,)
    assert allowed_actions(CaseState(S.HANDLING), frozenset(), context()) == ()


def test_a_running_referral_hides_no_button_since_the_request_may_revoke() -> None:
    state = CaseState(S.REFERRED, referrals=(R.SENT,))
    assert A.RESOLVE in allowed_actions(state, ALL, context())


states = st.builds(
    CaseState,
    st.sampled_from(S),
    st.sampled_from(CaseKind),
    st.sampled_from(Priority),
    st.sampled_from([S.REGISTERED, S.HANDLING, S.REFERRED]),
    st.sampled_from([S.REGISTERED, S.INCOMPLETE]),
    st.lists(st.sampled_from(R), max_size=4).map(tuple),
)


@given(states, st.sampled_from(ActorKind))
def test_each_button_shown_can_be_pressed(state: CaseState, by: ActorKind) -> None:
    facts = context(by, revoking=True)
    shown = allowed_actions(state, ALL, facts)
    for action in A:
        assert (refused_with(state, action, facts) is None) is (action in shown)


@given(st.lists(st.tuples(st.sampled_from(A), st.sampled_from(ActorKind)), max_size=40))
def test_whatever_is_tried_the_case_never_loses_its_way(
    tries: list[tuple[CaseAction, ActorKind]],
) -> None:
    state = CaseState(S.REGISTERED)
    for action, by in tries:
        if refused_with(state, action, context(by)) is None:
            state = after(state, decide(state, action, context(by)))
        assert (state.completion_from is not None) is (S.INCOMPLETE in {state.status, state.void_from})
        kept = state.void_from is not None
        assert kept or state.status is not S.VOID
        assert not kept or state.status in {S.VOID, S.RESOLVED}


@pytest.mark.parametrize("action", [A.CONFIRM, A.DISPUTE, A.SILENCE])
def test_a_transferred_case_is_answered_in_its_new_regency_only(action: CaseAction) -> None:
    state = CaseState(S.HANDLING)
    state = after(state, decide(state, A.TRANSFER, context(ActorKind.SYSTEM)))
    assert (state.status, state.moved) == (S.RESOLVED, True)
    assert refused_with(state, action, context(ActorKind.SYSTEM)) == "case_transferred"
    closed = replace(state, status=S.CLOSED)
    assert refused_with(closed, A.REOPEN, context()) == "case_transferred"


def test_a_death_taken_back_brings_an_incomplete_case_back_whole() -> None:
    state = CaseState(S.VERIFYING)
    state = after(state, decide(state, A.ASK_COMPLETION, context()))
    system = context(ActorKind.SYSTEM)
    died = after(state, decide(state, A.RECORD_DEATH, system))
    assert (died.status, died.void_from) == (S.RESOLVED, S.INCOMPLETE)
    assert after(died, decide(died, A.UNDO_DEATH, system)) == state
    resolved = CaseState(S.RESOLVED)
    assert refused_with(resolved, A.UNDO_DEATH, system) == "not_ended_by_death"
    disputed = after(died, decide(died, A.DISPUTE, context()))
    assert (disputed.void_from, disputed.completion_from) == (None, None)


def test_a_step_with_an_open_target_is_not_taken() -> None:
    row = next(step for step in STEPS if step.action is A.COMPLETE)
    with pytest.raises(ValueError, match="decide"):
        after(CaseState(S.INCOMPLETE), row)
    with pytest.raises(ValueError, match="came from"):
        decide(CaseState(S.INCOMPLETE), A.COMPLETE, context())
