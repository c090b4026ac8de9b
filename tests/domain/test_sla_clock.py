from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.sla import (
    SIX_DAYS,
    WIB,
    Calendar,
    Clock,
    Entry,
    EntryKind,
    Limit,
    Rule,
    Unit,
    advance,
    clock_in_words,
    elapsed,
    instant_in_words,
    is_overdue,
    remaining,
    replay,
)

START, PAUSE, RESUME, STOP = EntryKind
LEBARAN = frozenset(date(2026, 3, day) for day in (18, 19, 20, 21, 22, 23, 24))
CALENDAR = Calendar(holidays=LEBARAN)
THREE = Rule(Limit(3, Unit.WORKING_DAYS), CALENDAR)
EIGHT_HOURS = Rule(Limit(8, Unit.HOURS), CALENDAR, pausable=False)


def wib(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=WIB)


def run(rule: Rule, *entries: tuple[EntryKind, str]) -> Clock:
    clock = replay([Entry(kind, wib(at)) for kind, at in entries], rule)
    assert clock is not None
    return clock


def test_overdue_is_strictly_later_than_due() -> None:
    clock = run(THREE, (START, "03-17 10:00"))
    assert clock.due_at == wib("03-27 10:00")
    assert not is_overdue(clock, wib("03-27 10:00"))
    assert is_overdue(clock, wib("03-27 10:00") + timedelta(microseconds=1))
    assert remaining(clock, wib("03-27 09:00"), THREE) == timedelta(hours=1)
    assert remaining(clock, wib("03-27 12:00"), THREE) == timedelta(0)


@pytest.mark.parametrize(
    ("pause", "resume", "due"),
    [
        ("03-02 11:00", "03-02 13:00", "03-05 12:00"),
        ("03-02 11:00", "03-09 11:00", "03-12 10:00"),  # a week
        ("03-02 20:00", "03-03 06:00", "03-05 10:00"),  # by night: nothing moves
        ("03-03 10:00", "03-25 10:00", "03-27 10:00"),  # across Lebaran
    ],
)
def test_a_pause_moves_the_due_time_by_the_working_time_it_took(pause: str, resume: str, due: str) -> None:
    clock = run(THREE, (START, "03-02 10:00"), (PAUSE, pause), (RESUME, resume))
    assert clock.due_at == wib(due)
    assert clock.is_running


def test_a_pause_by_night_keeps_a_due_time_at_opening() -> None:
    clock = run(THREE, (START, "03-01 10:00"), (PAUSE, "03-02 20:00"), (RESUME, "03-02 21:00"))
    assert clock.due_at == wib("03-05 08:00")


def test_a_pause_after_the_due_time_changes_nothing() -> None:
    entries = [(START, "03-02 10:00"), (PAUSE, "03-05 10:01"), (RESUME, "03-20 10:00")]
    assert run(THREE, *entries).due_at == wib("03-05 10:00")
    assert is_overdue(run(THREE, *entries[:2]), wib("03-05 10:02"))
    at_due = run(THREE, entries[0], (PAUSE, "03-05 10:00"))
    assert not at_due.is_running
    assert not is_overdue(at_due, wib("03-30 10:00"))


def test_nothing_pauses_an_urgent_clock_which_runs_by_night() -> None:
    clock = run(EIGHT_HOURS, (START, "03-06 20:00"), (PAUSE, "03-06 21:00"), (RESUME, "03-09 21:00"))
    assert clock.due_at == wib("03-07 04:00")
    assert elapsed(clock, wib("03-06 23:00"), EIGHT_HOURS) >= timedelta(hours=3)


def test_calendar_days_pause_in_calendar_time() -> None:
    rule = Rule(Limit(30, Unit.CALENDAR_DAYS), CALENDAR)
    clock = run(rule, (START, "03-02 10:00"), (PAUSE, "03-03 10:00"), (RESUME, "03-05 22:00"))
    assert clock.due_at == wib("04-03 22:00")


def test_elapsed_leaves_out_nights_pauses_and_what_follows_the_stop() -> None:
    clock = run(
        THREE,
        (START, "03-02 10:00"),
        (PAUSE, "03-02 12:00"),
        (RESUME, "03-03 10:00"),
        (STOP, "03-03 11:30"),
    )
    assert elapsed(clock, wib("03-10 10:00"), THREE) == timedelta(hours=3, minutes=30)
    assert not is_overdue(clock, wib("04-10 10:00"))


def test_a_clock_stopped_too_late_stays_overdue() -> None:
    assert is_overdue(run(THREE, (START, "03-02 10:00"), (STOP, "03-06 10:00")), wib("03-06 10:00"))


def test_entries_that_do_not_fit_are_without_effect() -> None:
    assert replay([Entry(PAUSE, wib("03-02 10:00"))], THREE) is None
    once = run(THREE, (START, "03-02 10:00"), (PAUSE, "03-02 11:00"))
    again = run(
        THREE,
        (START, "03-02 10:00"),
        (RESUME, "03-02 10:30"),
        (START, "03-02 10:40"),
        (PAUSE, "03-02 11:00"),
        (PAUSE, "03-02 12:00"),
    )
    assert once == again
    stopped = advance(once, Entry(STOP, wib("03-03 10:00")), THREE)
    assert advance(stopped, Entry(RESUME, wib("03-04 10:00")), THREE) == stopped


def test_a_machine_clock_that_jumps_back_makes_no_negative_time() -> None:
    clock = run(THREE, (START, "03-02 10:00"), (PAUSE, "03-02 12:00"), (RESUME, "03-02 09:00"))
    assert clock.due_at == wib("03-05 10:00")
    assert elapsed(clock, wib("03-01 10:00"), THREE) == timedelta(hours=2)


def test_a_new_holiday_holds_for_a_running_clock() -> None:
    entries = [Entry(START, wib("03-02 10:00"))]
    extra = Rule(THREE.limit, Calendar(holidays=LEBARAN | {date(2026, 3, 4)}))
    before, later = replay(entries, THREE), replay(entries, extra)
    assert before
    assert later
    assert (before.due_at, later.due_at) == (wib("03-05 10:00"), wib("03-06 10:00"))


rules = st.builds(
    Rule,
    st.builds(Limit, st.integers(1, 8), st.sampled_from(Unit)),
    st.builds(
        Calendar,
        st.just(WIB),
        st.frozensets(st.dates(date(2026, 3, 1), date(2026, 3, 31)), max_size=8),
        st.sampled_from([CALENDAR.week, SIX_DAYS]),
    ),
    st.booleans(),
)
histories = st.lists(st.tuples(st.sampled_from(EntryKind), st.integers(0, 14 * 24 * 60)), max_size=12).map(
    lambda pairs: [
        Entry(kind, datetime(2026, 3, 1, tzinfo=UTC) + timedelta(minutes=minute))
        for kind, minute in sorted(pairs, key=lambda pair: pair[1])
    ]
)


@given(rules, histories, st.data())
def test_replay_equals_the_increments_from_any_stored_state(
    rule: Rule, history: list[Entry], data: st.DataObject
) -> None:
    cut = data.draw(st.integers(0, len(history)))
    clock = replay(history[:cut], rule)
    for entry in history[cut:]:
        clock = advance(clock, entry, rule)
    assert clock == replay(history, rule)


@given(rules, histories)
def test_the_due_time_never_moves_earlier(rule: Rule, history: list[Entry]) -> None:
    dues = [clock.due_at for n in range(len(history)) if (clock := replay(history[: n + 1], rule))]
    assert dues == sorted(dues)


@given(rules, histories, st.integers(0, 20 * 24 * 60))
def test_telling_an_event_twice_moves_no_clock(rule: Rule, history: list[Entry], now: int) -> None:
    twice = [entry for entry in history for _ in range(2)]
    at = datetime(2026, 3, 1, tzinfo=UTC) + timedelta(minutes=now)
    one, two = replay(history, rule), replay(twice, rule)
    assert (one is None) is (two is None)
    if one and two:
        assert one.due_at == two.due_at
        assert is_overdue(one, at) is is_overdue(two, at)
        assert elapsed(one, at, rule) == elapsed(two, at, rule)


# Inside a day's hours, since closing and the next opening are one working instant with two names.
inside = st.tuples(st.integers(1, 12), st.integers(8 * 60 + 1, 16 * 60 - 1)).map(
    lambda at: datetime(2026, 3, at[0], tzinfo=WIB) + timedelta(minutes=at[1])
)


@settings(max_examples=50, deadline=None)
@given(st.integers(1, 4), st.lists(inside, min_size=1, max_size=7, unique=True).map(sorted))
def test_pauses_agree_with_a_clock_that_ticks_each_minute(days: int, instants: list[datetime]) -> None:
    """The oracle spends a budget of 480 open minutes a day, minute by minute, unless paused."""
    start, *marks = instants if len(instants) % 2 else instants[:-1]
    start = CALENDAR.opening(start)
    kinds = [START, *((PAUSE, RESUME) * 3)]
    entries = [Entry(kind, at) for kind, at in zip(kinds, [start, *marks], strict=False)]
    clock = replay(entries, Rule(Limit(days, Unit.WORKING_DAYS), CALENDAR))
    expected = _tick(start, marks, days * 480)
    assert clock
    assert CALENDAR.between(expected, clock.due_at) == timedelta(0)
    assert CALENDAR.between(clock.due_at, expected) == timedelta(0)


def _tick(at: datetime, marks: list[datetime], budget: int) -> datetime:
    minute = timedelta(minutes=1)
    while True:
        paused = sum(mark <= at for mark in marks) % 2
        if not budget and not paused:
            return at
        local = at.astimezone(WIB)
        budget -= not paused and CALENDAR.is_working_day(local.date()) and 8 <= local.hour < 16
        at += minute


def test_a_clock_is_told_in_words() -> None:
    entries = [Entry(START, wib("03-17 10:00")), Entry(PAUSE, wib("03-17 11:00"))]
    now = wib("03-30 10:00")
    assert clock_in_words(entries[:1], THREE, now) == (
        "Mulai: Selasa, 17 Maret 2026 10.00 WIB",
        "Tenggat: Jumat, 27 Maret 2026 10.00 WIB (terlambat)",
    )
    assert clock_in_words(entries, THREE, now, "en") == (
        "Started: Tuesday, 17 March 2026 10:00 WIB",
        "Paused: Tuesday, 17 March 2026 11:00 WIB",
        "The due time moves on while the pause lasts",
    )
    assert clock_in_words([], THREE, now) == ()
    assert instant_in_words(wib("12-31 23:59"), WIB, "id").startswith("Kamis, 31 Desember")
