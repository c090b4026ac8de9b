import sys
from datetime import UTC, date, datetime, timedelta, timezone
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.sla import (
    FIVE_DAYS,
    SIX_DAYS,
    WIB,
    WIT,
    WITA,
    Calendar,
    local_date,
    zone_of,
)

# The joint decree for 2026: Nyepi and Idul Fitri with their collective leave.
LEBARAN = frozenset(date(2026, 3, day) for day in (18, 19, 20, 21, 22, 23, 24))
PLAIN = Calendar(holidays=LEBARAN)
SIX = Calendar(holidays=LEBARAN, week=SIX_DAYS)


def wib(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=WIB)


@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        ("03-17 10:00", 3, "03-27 10:00"),  # Lebaran
        ("03-17 16:00", 1, "03-25 16:00"),  # closing belongs to the day
        ("03-17 16:01", 1, "03-26 08:00"),  # after closing: from the next opening
        ("03-06 15:30", 1, "03-09 15:30"),  # Friday afternoon
        ("03-06 16:30", 1, "03-10 08:00"),  # Friday evening counts from Monday's opening
        ("03-07 10:00", 1, "03-10 08:00"),  # Saturday
        ("03-08 10:00", 5, "03-16 08:00"),  # Sunday
        ("03-02 07:00", 1, "03-03 08:00"),  # before opening: the same day's opening
        ("03-19 12:00", 1, "03-26 08:00"),  # in the middle of the holidays
        ("03-02 09:15", 0, "03-02 09:15"),
    ],
)
def test_working_days_in_the_ordinary_week(start: str, days: int, due: str) -> None:
    assert PLAIN.add_days(wib(start), days) == wib(due)


@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        ("03-06 10:00", 1, "03-07 10:00"),
        ("03-06 15:00", 1, "03-07 13:00"),  # Saturday closes earlier: due at its closing
        ("03-06 15:00", 2, "03-09 15:00"),  # and the day after at its own time
        ("03-07 13:30", 1, "03-10 08:00"),
        ("03-17 10:00", 4, "03-28 10:00"),
    ],
)
def test_working_days_in_the_six_day_week(start: str, days: int, due: str) -> None:
    assert SIX.add_days(wib(start), days) == wib(due)


@pytest.mark.parametrize(
    ("start", "minutes", "due"),
    [
        ("03-06 15:30", 30, "03-06 16:00"),  # due at closing is due that day
        ("03-06 15:30", 31, "03-09 08:01"),
        ("03-17 15:00", 120, "03-25 09:00"),
        ("03-07 11:00", 0, "03-09 08:00"),
    ],
)
def test_working_time_is_added_over_nights_and_holidays(start: str, minutes: int, due: str) -> None:
    assert PLAIN.add_time(wib(start), timedelta(minutes=minutes)) == wib(due)


def test_a_day_is_a_day_in_the_zone_of_the_region() -> None:
    papua = Calendar(zone_of("94.01"))
    start = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)
    assert papua.add_days(start, 1) == datetime(2026, 3, 3, 8, 30, tzinfo=WIT)
    assert PLAIN.add_days(start, 1) == datetime(2026, 3, 3, 8, 0, tzinfo=WIB)
    assert (local_date(start, "94.01.01"), local_date(start, "ID")) == (
        date(2026, 3, 2),
        date(2026, 3, 2),
    )
    evening = datetime(2026, 3, 1, 16, 30, tzinfo=UTC)
    assert (local_date(evening, "63.03"), local_date(evening, "13")) == (
        date(2026, 3, 2),
        date(2026, 3, 1),
    )


@pytest.mark.parametrize(
    ("region", "zone"),
    [
        ("ID", WIB),
        ("13.74", WIB),
        ("36", WIB),
        ("61", WIB),
        ("62", WIB),
        ("51", WITA),
        ("63.03", WITA),
        ("65", WITA),
        ("73", WITA),
        ("81", WIT),
        ("92", WIT),
        ("96", WIT),
    ],
)
def test_each_province_has_its_zone(region: str, zone: timezone) -> None:
    assert zone_of(region) is zone


def test_answers_are_in_utc() -> None:
    assert PLAIN.add_days(wib("03-02 10:00"), 1).tzinfo is UTC
    assert PLAIN.opening(wib("03-07 10:00")) == wib("03-09 08:00")
    assert PLAIN.opening(wib("03-09 16:00")) == wib("03-09 16:00")


def test_a_week_without_an_open_day_is_no_calendar() -> None:
    for week in ((None,) * 7, FIVE_DAYS[:6]):
        with pytest.raises(ValueError, match="seven days"):
            Calendar(week=week)


def test_working_days_are_asked_of_the_calendar() -> None:
    assert PLAIN.is_working_day(date(2026, 3, 17))
    assert not PLAIN.is_working_day(date(2026, 3, 18))
    assert not PLAIN.is_working_day(date(2026, 3, 28))
    assert SIX.is_working_day(date(2026, 3, 28))


calendars = st.builds(
    Calendar,
    st.sampled_from([WIB, WITA, WIT]),
    st.frozensets(st.dates(date(2026, 3, 1), date(2026, 3, 31)), max_size=15),
    st.sampled_from([FIVE_DAYS, SIX_DAYS]),
)
instants = st.integers(0, 20 * 24 * 60).map(
    lambda minutes: datetime(2026, 3, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)


def is_open(calendar: Calendar, at: datetime) -> bool:
    """The oracle: does the minute that begins at *at* belong to office hours?"""
    local = at.astimezone(calendar.zone)
    saturday = local.weekday() == 5 and calendar.week is SIX_DAYS
    if local.date() in calendar.holidays or (local.weekday() >= 5 and not saturday):
        return False
    return 8 <= local.hour < (13 if saturday else 16)


@given(calendars, instants, st.integers(0, 3 * 24 * 60))
def test_working_time_between_is_the_count_of_open_minutes(
    calendar: Calendar, start: datetime, length: int
) -> None:
    minutes = [start + timedelta(minutes=n) for n in range(length)]
    expected = timedelta(minutes=sum(is_open(calendar, at) for at in minutes))
    end = start + timedelta(minutes=length)
    assert calendar.between(start, end) == expected
    assert calendar.between(end, start) == timedelta(0)


@given(calendars, instants, st.integers(0, 40 * 60))
def test_adding_working_time_and_measuring_it_agree(
    calendar: Calendar, start: datetime, minutes: int
) -> None:
    amount = timedelta(minutes=minutes)
    end = calendar.add_time(start, amount)
    assert calendar.between(start, end) == amount
    if amount:
        assert calendar.between(start, end - timedelta(microseconds=1)) < amount


@given(calendars, instants, st.integers(1, 20))
def test_working_days_count_the_days_and_keep_the_clock_time(
    calendar: Calendar, start: datetime, days: int
) -> None:
    begin = calendar.opening(start).astimezone(calendar.zone)
    due = calendar.add_days(start, days).astimezone(calendar.zone)
    between = range(begin.date().toordinal() + 1, due.date().toordinal() + 1)
    assert sum(calendar.is_working_day(date.fromordinal(day)) for day in between) == days
    assert calendar.is_working_day(due.date())
    if due.time() != begin.time():
        assert due.weekday() == 5
    assert calendar.add_days(start, days + 1) > calendar.add_days(start, days)


@pytest.mark.skipif(sys.gettrace() is not None, reason="a tracer (coverage) multiplies the cost")
def test_a_due_time_costs_at_most_fifty_microseconds() -> None:
    start, runs = wib("03-17 10:00"), 200
    best = min(_time(start, runs) for _ in range(5))
    assert best / runs <= 50e-6


def _time(start: datetime, runs: int) -> float:
    began = perf_counter()
    for _ in range(runs):
        PLAIN.add_days(start, 60)
    return perf_counter() - began
