"""The village meeting: its tables of steps, quorum, windows, ranks, stages and the sheet, as pure rules."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.access import Permission
from app.domain.deliberation.deciding import (
    Decision,
    Given,
    Ready,
    check_ranks,
    check_ratifiable,
    require_quorum,
)
from app.domain.deliberation.objections import RUNGS, check_resident, check_window, rung_of, rungs_from
from app.domain.deliberation.proposals import RESULTS, check_result, check_stage, path_to
from app.domain.deliberation.quorum import (
    Attendee,
    ConflictReason,
    Quorum,
    QuorumRule,
    conflict_of,
    quorum_of,
    rule_of,
)
from app.domain.deliberation.states import (
    MEETING,
    STATEMENT,
    SessionAction,
    SessionKind,
    SessionState,
    SessionStep,
    decide_step,
    steps_open,
)
from app.domain.deliberation.windows import (
    Lateness,
    check_notice,
    check_planned,
    check_stated,
    cutoff_of,
    last_day,
    next_cutoff,
    window_end,
    window_now,
)
from app.domain.errors import Conflict, Invalid
from app.domain.referrals import NEXT_STAGES, RegistryStage
from app.domain.sla.calendar import WIB

A, S, K, R = SessionAction, SessionState, SessionKind, RegistryStage
NOW = datetime(2026, 12, 1, 3, tzinfo=UTC)
RULE = QuorumRule(("LURAH_KADES", "RT"), 3)


# The table of steps -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", list(K))
@pytest.mark.parametrize("state", list(S))
@pytest.mark.parametrize("action", list(A))
def test_every_state_and_action_is_a_step_or_is_refused(
    kind: SessionKind, state: SessionState, action: SessionAction
) -> None:
    table = STATEMENT if kind is K.SPTJM else MEETING
    wanted = {(one.source, one.action): one.target for one in table}.get((state, action))
    if wanted is None:
        with pytest.raises(Conflict) as refused:
            decide_step(kind, state, action)
        assert refused.value.code == "deliberation_step_not_possible"
    else:
        assert decide_step(kind, state, action).target is wanted


@pytest.mark.parametrize("steps", [MEETING, STATEMENT])
def test_every_state_is_reached_and_every_step_is_written_once(steps: Sequence[SessionStep]) -> None:
    assert len({(one.source, one.action) for one in steps}) == len(steps)
    reached = {S.DRAFT} | {one.target for one in steps}
    left_out = {S.CONVENED, S.SITTING} if steps is STATEMENT else set()
    assert reached == set(S) - left_out


def test_what_is_ratified_or_called_off_stays_so() -> None:
    assert {one.source for one in (*MEETING, *STATEMENT)} & {S.RATIFIED, S.CANCELLED} == set()


def test_minutes_of_a_later_sitting_come_back_to_it() -> None:
    assert decide_step(K.MUSKEL, S.MINUTED, A.RESUME).target is S.SITTING
    assert decide_step(K.MUSKEL, S.MINUTED, A.RESUME, again=True).target is S.REOPENED


def test_nobody_is_offered_what_only_follows_from_something_else() -> None:
    everything = frozenset(Permission)
    for kind in K:
        for state in S:
            assert not {A.REOPEN, A.CARRY} & set(steps_open(kind, state, everything))
    assert steps_open(K.MUSKEL, S.PUBLISHED, frozenset()) == ()


# Quorum -----------------------------------------------------------------------------------------------------

roles = st.sampled_from(["LURAH_KADES", "RT", "RW", "PSM", "TOKOH"])
people = st.lists(
    st.builds(lambda n, role: Attendee(UUID(int=n), role), st.integers(1, 40), roles), max_size=20
)


@given(people, st.sets(st.integers(1, 40)), st.integers(0, 12))
def test_a_quorum_is_the_people_less_the_excluded_and_never_grows_by_excluding(
    present: list[Attendee], out: set[int], least: int
) -> None:
    rule = QuorumRule(("LURAH_KADES", "RT"), least)
    there = {one.id: one for one in present}
    excluded = frozenset(UUID(int=n) for n in out)
    whole, part = quorum_of(rule, present), quorum_of(rule, present, excluded)
    assert part.present == len(there.keys() - excluded)
    assert part.present + part.excluded == whole.present == len(there)
    assert part.missing_roles == whole.missing_roles
    assert whole.reached or not part.reached
    roles_there = {one.role for one in there.values()}
    assert whole.reached == (len(there) >= least and {"LURAH_KADES", "RT"} <= roles_there)


@given(people, st.builds(lambda n, role: Attendee(UUID(int=n + 100), role), st.integers(1, 40), roles))
def test_one_more_person_never_breaks_a_quorum(present: list[Attendee], more: Attendee) -> None:
    before, now = quorum_of(RULE, present), quorum_of(RULE, [*present, more])
    assert now.reached or not before.reached


def test_the_only_head_may_be_excluded_and_the_matter_is_still_decided() -> None:
    head, first, second, third = (
        Attendee(UUID(int=n), role) for n, role in enumerate(("LURAH_KADES", "RT", "RT", "PSM"), 1)
    )
    quorum = quorum_of(RULE, [head, first, second, third], frozenset({head.id}))
    assert (quorum.reached, quorum.present, quorum.excluded) == (True, 3, 1)
    assert not quorum_of(RULE, [head, first, second], frozenset({head.id})).reached


def test_below_quorum_says_who_is_missing() -> None:
    with pytest.raises(Conflict) as refused:
        require_quorum(quorum_of(RULE, [Attendee(UUID(int=1), "RT")]))
    assert refused.value.code == "below_quorum"
    assert refused.value.data == {"present": 1, "least": 3, "missing_roles": ["LURAH_KADES"], "excluded": 0}


def test_a_statement_asks_for_nobody_and_a_meeting_for_its_kind() -> None:
    assert quorum_of(rule_of(None, K.SPTJM), []).reached
    assert "BPD" in rule_of(None, K.MUSDES).roles
    own = {"musdes": {"roles": ["RT"], "least": 2}, "muskel": {"roles": [], "least": 1}}
    assert rule_of(own, K.MUSKEL) == QuorumRule((), 1)


@pytest.mark.parametrize(
    ("attendee", "wanted"),
    [
        (Attendee(UUID(int=1), "RT", person_id=UUID(int=7)), ConflictReason.SELF),
        (Attendee(UUID(int=1), "RT", household_id=UUID(int=8)), ConflictReason.FAMILY),
        (Attendee(UUID(int=1), "RT", account_id=UUID(int=9)), ConflictReason.OFFICER),
        (Attendee(UUID(int=1), "RT"), None),
    ],
)
def test_who_is_excluded_without_saying_so(attendee: Attendee, wanted: ConflictReason | None) -> None:
    found = conflict_of(attendee, UUID(int=7), UUID(int=8), frozenset({UUID(int=9)}))
    assert found is wanted
    assert conflict_of(replace(attendee, account_id=None), None, None, frozenset()) is None


# Ranks and ratification -------------------------------------------------------------------------------------


def decision(n: int, what: Decision = Decision.LAYAK, rank: int | None = None) -> Given:
    return Given(UUID(int=n), what, "Alasan.", rank)


@pytest.mark.parametrize(
    ("asked", "wrong"),
    [
        ([decision(1, rank=1), decision(2, rank=2)], []),
        ([decision(1, rank=1), decision(2, Decision.TIDAK_LAYAK)], []),
        ([decision(1, rank=3)], ["/decisions/0/rank"]),
        ([decision(1)], ["/decisions/0/rank"]),
        ([decision(1, Decision.PERLU_SURVEI, 1)], ["/decisions/0/rank"]),
        ([decision(1, rank=1), decision(2, rank=1)], ["/decisions/0/rank", "/decisions/1/rank"]),
    ],
)
def test_ranks_order_the_eligible_and_nobody_else(asked: list[Given], wrong: list[str]) -> None:
    standing = {UUID(int=99): 3}
    if not wrong:
        check_ranks(asked, standing)
        return
    with pytest.raises(Invalid) as refused:
        check_ranks(asked, standing)
    assert [one.pointer for one in refused.value.fields] == wrong


READY = Ready(Quorum(7, 7), decided=2, undecided=0, signed=True, open_objections=0, window_until=NOW)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"quorum": Quorum(6, 7)}, "below_quorum"),
        ({"quorum": Quorum(9, 7, ("PSM",))}, "below_quorum"),
        ({"signed": False}, "minutes_unsigned"),
        ({"decided": 0}, "candidates_undecided"),
        ({"undecided": 1}, "candidates_undecided"),
        ({"open_objections": 1}, "objections_open"),
        ({"window_until": NOW + timedelta(seconds=1)}, "objection_window_open"),
        ({"window_until": None}, "objection_window_open"),
    ],
)
def test_the_regency_ratifies_nothing_that_is_not_ready(changes: dict[str, object], code: str) -> None:
    check_ratifiable(READY, NOW)
    with pytest.raises(Conflict) as refused:
        check_ratifiable(replace(READY, **changes), NOW)  # type: ignore[arg-type]  # a field each
    assert refused.value.code == code


# Days -------------------------------------------------------------------------------------------------------


@given(st.dates(date(2020, 1, 1), date(2040, 1, 1)), st.integers(1, 28))
def test_the_next_cutoff_is_the_first_of_its_day(on: date, day: int) -> None:
    found = next_cutoff(on, day)
    assert (found.day, found >= on, (found - on).days <= 31) == (day, True, True)
    assert all((on + timedelta(days=n)).day != day for n in range((found - on).days))


@pytest.mark.parametrize(
    ("meets", "expected"),
    [
        (date(2026, 12, 1), (date(2026, 12, 17), date(2026, 12, 16), date(2026, 12, 17), False)),
        (date(2026, 12, 2), (date(2026, 12, 17), date(2026, 12, 17), date(2026, 12, 17), False)),
        (date(2026, 12, 3), (date(2026, 12, 17), date(2026, 12, 18), date(2027, 1, 17), True)),
        (date(2026, 12, 18), (date(2027, 1, 17), date(2027, 1, 2), date(2027, 1, 17), False)),
    ],
)
def test_a_session_knows_whether_its_window_misses_the_cutoff(
    meets: date, expected: tuple[date, date, date, bool]
) -> None:
    found = cutoff_of(meets, 14, 17)
    assert (found.aims_at, found.ready_on, found.meets, found.missed) == expected


def test_the_window_ends_with_its_last_day_in_local_time() -> None:
    until = window_end(date(2026, 12, 1), 14, WIB)
    assert until.isoformat() == "2026-12-16T00:00:00+07:00"
    assert last_day(until, WIB) == date(2026, 12, 15)
    assert window_now(None, NOW) is Lateness.NOT_YET
    assert window_now(until, until - timedelta(microseconds=1)) is Lateness.OPEN
    assert window_now(until, until) is Lateness.OVER


def test_a_late_objection_is_told_what_to_do() -> None:
    with pytest.raises(Conflict) as refused:
        check_window(Lateness.OVER, NOW, "15 Desember 2026")
    assert refused.value.code == "objection_late"
    assert "PENGADUAN" in refused.value.id
    assert "15 Desember 2026" in refused.value.id
    with pytest.raises(Conflict, match="not_published"):
        check_window(Lateness.NOT_YET, None, None)
    check_window(Lateness.OPEN, NOW, None)


def test_an_invitation_comes_in_time_and_a_plan_lies_ahead() -> None:
    check_notice(date(2026, 12, 4), date(2026, 12, 1), 3)
    with pytest.raises(Conflict, match="notice_too_short"):
        check_notice(date(2026, 12, 3), date(2026, 12, 1), 3)
    check_planned(NOW + timedelta(hours=1), NOW)
    for wrong in (NOW, NOW + timedelta(days=367)):
        with pytest.raises(Invalid):
            check_planned(wrong, NOW)
    check_stated(NOW - timedelta(days=300), NOW)
    for wrong in (datetime(1, 1, 1, tzinfo=UTC), datetime.max.replace(tzinfo=UTC)):
        with pytest.raises(Invalid):
            check_stated(wrong, NOW)


# Objections -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stated", "known", "fits"),
    [("a", None, True), ("a", "a", True), ("b", None, False), ("a", "b", False), ("b", "a", False)],
)
def test_only_a_neighbour_objects(stated: str, known: str | None, fits: bool) -> None:  # noqa: FBT001
    if fits:
        check_resident(stated, known, "a")
        return
    with pytest.raises(Invalid) as refused:
        check_resident(stated, known, "a")
    assert refused.value.fields[0].code == "other_village"


@given(st.integers(0, 1_000))
def test_an_objection_climbs_and_never_lapses(acts: int) -> None:
    assert rung_of(acts) is RUNGS[min(acts, 2)]
    assert RUNGS.index(rung_of(acts + 1)) >= RUNGS.index(rung_of(acts))
    assert set(rungs_from(acts)) == set(RUNGS)
    assert rungs_from(acts)[0] is rung_of(acts)


# Proposals --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("now", list(R))
@pytest.mark.parametrize("wanted", list(R))
def test_a_batch_moves_by_the_registry_s_own_table(now: RegistryStage, wanted: RegistryStage) -> None:
    fits = wanted in NEXT_STAGES[now] and wanted not in RESULTS and wanted is not R.MUSYAWARAH
    if fits:
        check_stage(now, wanted)
        return
    with pytest.raises(Conflict, match="stage_not_possible"):
        check_stage(now, wanted)


@pytest.mark.parametrize("now", list(R))
def test_a_result_is_recorded_once_and_only_of_what_the_ministry_has(now: RegistryStage) -> None:
    if now is R.DIPROSES:
        check_result(now)
        return
    with pytest.raises(Conflict) as refused:
        check_result(now)
    assert refused.value.code == ("result_known" if now in RESULTS else "not_in_process")


@given(st.sampled_from(R), st.sampled_from(R))
def test_a_way_between_stages_takes_only_steps_of_the_table(
    now: RegistryStage, wanted: RegistryStage
) -> None:
    way = path_to(now, wanted)
    for before, after in zip((now, *way), way, strict=False):
        assert after in NEXT_STAGES[before]
    assert not way or way[-1] is wanted
    if now is R.DRAF and wanted is not R.DRAF:
        assert way
