from datetime import UTC, datetime
from itertools import product

import pytest

from app.domain.codes import ActorKind, CaseKind, Priority, Trust
from app.domain.errors import NotFound
from app.domain.lifecycle import STEPS, CaseAction, CaseContext, CaseState, CaseStatus, decide
from app.domain.lifecycle import Step as CaseStep
from app.domain.referrals import LIVE, ReferralAction, ReferralStatus
from app.domain.referrals import STEPS as REFERRAL_STEPS
from app.domain.sla import (
    CASE_CLOCK,
    OPENED,
    REFERRAL_CLOCK,
    SENT,
    TOLD,
    Change,
    ClockStep,
    EntryKind,
    Limit,
    Matter,
    Policy,
    Unit,
    case_changes,
    pick,
    referral_changes,
)

START, PAUSE, RESUME, STOP = EntryKind
NOW = datetime(2026, 3, 2, 3, tzinfo=UTC)
C, S, R = ClockStep, CaseStatus, ReferralStatus


def row(amount: int, **where: object) -> Policy:
    step = where.pop("step", C.HANDLING)
    return Policy(step, amount, Unit.WORKING_DAYS, "ours", Trust.OURS, **where)  # type: ignore[arg-type]


NATIONAL = row(14)
COMPLAINT = row(5, kind=CaseKind.PENGADUAN)
THEFT = row(60, kind=CaseKind.PENGADUAN, category="LAYANAN_PETUGAS")
URGENT = Policy(C.HANDLING, 8, Unit.HOURS, "ours", Trust.OURS, priority=Priority.MENDESAK)
REGENCY = row(10, region="13.74")
PROVINCE = row(12, region="13")
ROWS = (NATIONAL, COMPLAINT, THEFT, URGENT, REGENCY, PROVINCE)


@pytest.mark.parametrize(
    ("region", "kind", "category", "priority", "chosen"),
    [
        ("63.03", "LAYANAN", None, "BIASA", NATIONAL),
        ("63.03", "PENGADUAN", "PROGRAM", "BIASA", COMPLAINT),
        ("63.03", "PENGADUAN", "LAYANAN_PETUGAS", "BIASA", THEFT),
        ("13.74", "PENGADUAN", "LAYANAN_PETUGAS", "BIASA", REGENCY),
        ("13.71", "LAYANAN", None, "BIASA", PROVINCE),
        ("13.74", "LAYANAN", None, "MENDESAK", URGENT),
        ("13.74", "LAYANAN", None, "DARURAT", REGENCY),
    ],
)
def test_the_nearest_and_most_telling_row_is_chosen(
    region: str, kind: str, category: str | None, priority: str, chosen: Policy
) -> None:
    matter = Matter(region, CaseKind(kind), category, Priority(priority))
    assert pick(ROWS, C.HANDLING, matter) is chosen
    assert pick(tuple(reversed(ROWS)), C.HANDLING, matter) is chosen


def test_a_step_without_policy_is_said_and_not_guessed() -> None:
    with pytest.raises(NotFound) as refused:
        pick(ROWS, C.DECISION, Matter("13.74", CaseKind.SARAN, None, Priority.BIASA))
    assert refused.value.data == {"step": "decision"}


def test_the_clock_of_an_urgent_case_runs_day_and_night() -> None:
    assert NATIONAL.limit_for(Priority.BIASA) == Limit(14, Unit.WORKING_DAYS)
    assert NATIONAL.limit_for(Priority.DARURAT) == Limit(14, Unit.CALENDAR_DAYS)
    assert URGENT.limit_for(Priority.MENDESAK) == Limit(8, Unit.HOURS)


@pytest.mark.parametrize("step", [s for s in STEPS if s.target], ids=lambda s: f"{s.source}-{s.action}")
def test_after_each_step_the_clocks_that_run_are_those_of_the_new_status(step: CaseStep) -> None:
    state = CaseState(step.source, completion_from=S.VERIFYING, void_from=S.HANDLING)
    running = {CASE_CLOCK[step.source]} if step.source in CASE_CLOCK else set()
    paused = {C.VERIFICATION} if step.source is S.INCOMPLETE else set()
    for change in case_changes(state, step, told=True):
        match change.kind:
            case EntryKind.START | EntryKind.RESUME:
                running.add(change.step)
                paused.discard(change.step)
            case EntryKind.PAUSE:
                running.discard(change.step)
                paused.add(change.step)
            case EntryKind.STOP:
                running.discard(change.step)
                paused.discard(change.step)
    assert step.target
    assert running == ({CASE_CLOCK[step.target]} if step.target in CASE_CLOCK else set())
    assert bool(paused) is (step.action is CaseAction.ASK_COMPLETION and step.source in CASE_CLOCK)


def test_completion_pauses_and_resumes_the_clock_of_where_it_came_from() -> None:
    from_verifying = CaseState(S.INCOMPLETE, completion_from=S.VERIFYING)
    now = CaseContext(ActorKind.OFFICER, NOW)
    back = decide(from_verifying, CaseAction.COMPLETE, now)
    assert case_changes(from_verifying, back) == (
        Change(C.COMPLETION, STOP),
        Change(C.VERIFICATION, RESUME),
    )
    void = CaseState(S.VOID, completion_from=S.VERIFYING, void_from=S.INCOMPLETE)
    assert case_changes(void, decide(void, CaseAction.RESTORE, now)) == (
        Change(C.VERIFICATION, START),
        Change(C.VERIFICATION, PAUSE),
        Change(C.COMPLETION, START),
    )


def test_silence_counts_from_the_telling() -> None:
    state = CaseState(S.HANDLING)
    resolve = next(s for s in STEPS if (s.source, s.action) == (S.HANDLING, CaseAction.RESOLVE))
    assert case_changes(state, resolve) == (Change(C.HANDLING, STOP),)
    assert case_changes(state, resolve, told=True) == (Change(C.HANDLING, STOP), *TOLD)
    assert (Change(C.FIRST_RESPONSE, START),) == OPENED
    assert (Change(C.ACCEPTANCE, START),) == SENT


@pytest.mark.parametrize("step", REFERRAL_STEPS, ids=lambda s: f"{s.source}-{s.action}")
def test_a_live_referral_always_has_its_clock_and_an_ended_one_none(step: object) -> None:
    row = next(row for row in REFERRAL_STEPS if row == step)
    open_clocks = {clock} if (clock := REFERRAL_CLOCK.get(row.source)) else set()
    for change in referral_changes(row):
        if change.kind is STOP:
            open_clocks.discard(change.step)
        else:
            open_clocks.add(change.step)
    expected = {REFERRAL_CLOCK[row.target]} if row.target in LIVE else set()
    if row.action is ReferralAction.SUBMITTED_EXTERNAL:
        expected.add(C.EXTERNAL)
    assert open_clocks == expected


def test_waiting_for_a_place_pauses_the_delivery() -> None:
    by_key = {(s.source, s.action): s for s in REFERRAL_STEPS}
    waits = by_key[R.ACCEPTED, ReferralAction.WAITLIST]
    starts = by_key[R.WAITLISTED, ReferralAction.START]
    assert referral_changes(waits) == (Change(C.DELIVERY, PAUSE),)
    assert referral_changes(starts) == (Change(C.DELIVERY, RESUME),)


def test_every_clock_step_is_used() -> None:
    used = {*CASE_CLOCK.values(), *REFERRAL_CLOCK.values(), C.EXTERNAL}
    assert used == set(ClockStep)


def test_units_and_priorities_share_no_gap() -> None:
    for unit, priority in list(product(Unit, Priority)):
        policy = Policy(C.DECISION, 2, unit, "ours", Trust.OURS)
        urgent = priority is not Priority.BIASA
        assert policy.limit_for(priority).is_working_time is (unit is Unit.WORKING_DAYS and not urgent)
