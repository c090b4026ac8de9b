"""Due times computed by hand, with the working beside each: holidays, pauses, nights, zones, leap days.

The weeks that the rows need (working days without brackets):

    February 2028   Fri 25  [Sat 26  Sun 27  Mon 28]  Tue 29   March: Wed 1
    March 2026      Mon 2 … Fri 6 [7 8]  Mon 9 … Fri 13 [14 15]  Mon 16  Tue 17 [Wed 18 … Tue 24]  Wed 25
                    Thu 26  Fri 27 [28 29]  Mon 30  Tue 31
    March 2027      Mon 1 … Fri 5 [6 7  Mon 8 … Fri 12  13 14  Mon 15]  Tue 16 … Fri 19 [20 21]
                    Mon 22 … Wed 24 [Thu 25  Fri 26  27 28]  Mon 29  Tue 30
    May 2026        [Fri 1  2 3]  Mon 4 … Wed 13 [Thu 14  Fri 15  16 17]  Mon 18
"""

from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

import pytest

from app.domain.sla import (
    FIVE_DAYS,
    OPENED,
    SIX_DAYS,
    Calendar,
    ClockStep,
    Entry,
    EntryKind,
    Limit,
    Rule,
    Unit,
    Week,
    is_overdue,
    local_date,
    replay,
    zone_of,
)
from app.services.seed.holidays import national
from tests.support.clock_story import Story

START, PAUSE, RESUME, STOP = EntryKind
NATIONAL = frozenset(row["on_date"] for row in national(range(2026, 2029)))
WIB, WITA, WIT = "13.74", "63.03", "94.71"


def days(first: str, last: str) -> set[date]:
    begin, end = date.fromisoformat(first), date.fromisoformat(last)
    return {begin + timedelta(days=n) for n in range((end - begin).days + 1)}


def test_the_days_off_that_the_rows_count_with_are_those_of_the_joint_decree() -> None:
    """Idul Fitri with Nyepi and all *cuti bersama*; a changed decree must change these rows too."""
    assert days("2026-03-18", "2026-03-24") <= NATIONAL
    assert days("2027-03-08", "2027-03-12") | days("2027-03-15", "2027-03-15") <= NATIONAL
    assert days("2027-03-25", "2027-03-26") | days("2028-02-27", "2028-02-28") <= NATIONAL
    assert {date(2026, 5, 1), date(2026, 5, 14), date(2026, 5, 15)} <= NATIONAL
    worked = (
        days("2026-03-25", "2026-03-31") | days("2027-03-16", "2027-03-24") | days("2026-03-01", "2026-03-17")
    )
    assert not NATIONAL & worked
    assert date(2028, 2, 29) not in NATIONAL


class Row(NamedTuple):
    limit: str
    """``3wd`` working days, ``30cd`` calendar days, ``8h`` hours."""
    start: str
    due: str
    pauses: tuple[tuple[str, str], ...] = ()
    week: Week = FIVE_DAYS
    place: str = WIB
    pausable: bool = True


ROWS = {
    # 25 (1), 26 (2), 27 (3).
    "three days over Lebaran 2026": Row("3wd", "2026-03-17 10:00", "2026-03-27 10:00"),
    # Unpaused: 17 (1), 25 (2), 26 (3) at 10:00. Left: Tue 14-16 2 h, Wed 8 h, Thu 8-10 2 h = 12 h.
    # From Wed 25 09:00: 7 h that day, 5 h on Thu from 08:00.
    "a pause across Lebaran 2026": Row(
        "3wd", "2026-03-16 10:00", "2026-03-26 13:00", (("2026-03-17 14:00", "2026-03-25 09:00"),)
    ),
    # No office is open between the two instants, so nothing moves.
    "a pause inside Lebaran 2026": Row(
        "3wd", "2026-03-16 10:00", "2026-03-26 10:00", (("2026-03-19 10:00", "2026-03-23 10:00"),)
    ),
    # Unpaused: 11, 12, 13, 16, 17 at 09:00. Left: Fri 15-16 1 h, Mon 8 h, Tue 8-9 1 h = 10 h.
    # From Thu 26 11:00: 5 h that day, 5 h on Fri from 08:00.
    "a pause that ends after Lebaran 2026": Row(
        "5wd", "2026-03-10 09:00", "2026-03-27 13:00", (("2026-03-13 15:00", "2026-03-26 11:00"),)
    ),
    # 30 days from 2 March is 1 April; seven days of pause make it the 8th.
    "calendar days paused for all of Lebaran 2026": Row(
        "30cd", "2026-03-02 10:00", "2026-04-08 10:00", (("2026-03-18 08:00", "2026-03-25 08:00"),)
    ),
    # Friday the 5th is the last working day; 16 (1).
    "a day over Lebaran 2027": Row("1wd", "2027-03-05 15:30", "2027-03-16 15:30"),
    # 5 (1), 16 (2), 17 (3); the pause begins after closing and ends on a holiday.
    "a pause inside Lebaran 2027": Row(
        "3wd", "2027-03-04 14:00", "2027-03-17 14:00", (("2027-03-05 16:30", "2027-03-10 12:00"),)
    ),
    # Unpaused Wed 17 14:00. Left: Fri 10-16 6 h, Tue 8 h, Wed 8-14 6 h = 20 h.
    # From Tue 16 13:00: 3 h (17 left), Wed 8 h (9), Thu 8 h (1), Fri 08:00 + 1 h.
    "a pause across Lebaran 2027": Row(
        "3wd", "2027-03-04 14:00", "2027-03-19 09:00", (("2027-03-05 10:00", "2027-03-16 13:00"),)
    ),
    # 5, 16, 17, 18, 19, 22, 23, 24 (8); Easter's Thursday and Friday are off; 29 (9), 30 (10).
    "ten days over Lebaran and Easter 2027": Row("10wd", "2027-03-04 10:00", "2027-03-30 10:00"),
    # Sat 13 (1), 16 (2), 17 (3), 18 (4), 19 (5).
    "Lebaran 2027 in a six-day week": Row("5wd", "2027-03-06 10:00", "2027-03-19 10:00", week=SIX_DAYS),
    # Counts from Monday's opening; Tue (1).
    "Friday evening": Row("1wd", "2026-03-06 18:00", "2026-03-10 08:00"),
    # Counts from Saturday's opening; Mon (1).
    "Friday evening in a six-day week": Row("1wd", "2026-03-06 18:00", "2026-03-09 08:00", week=SIX_DAYS),
    "Saturday in a six-day week": Row("1wd", "2026-03-07 11:00", "2026-03-09 11:00", week=SIX_DAYS),
    # Saturday closes at 13:00.
    "to a Saturday that closes earlier": Row("1wd", "2026-03-06 15:00", "2026-03-07 13:00", week=SIX_DAYS),
    # Unpaused: Fri, Sat, Mon at 09:00. Left: Sat 12-13 1 h, Mon 8-9 1 h = 2 h; from Mon 08:30.
    "a pause over a Saturday": Row(
        "3wd", "2026-03-05 09:00", "2026-03-09 10:30", (("2026-03-07 12:00", "2026-03-09 08:30"),), SIX_DAYS
    ),
    # 07:30 UTC is 14:30, 15:30 and 16:30: only in the east the offices are closed, so from Tuesday's opening.
    "one instant in the west": Row("1wd", "2026-03-02 14:30", "2026-03-03 14:30"),
    "one instant in the middle": Row("1wd", "2026-03-02 15:30", "2026-03-03 15:30", place=WITA),
    "one instant in the east": Row("1wd", "2026-03-02 16:30", "2026-03-04 08:00", place=WIT),
    # 23:30 UTC on Sunday is Monday there: 08:30 in the east, 06:30 in the west, which opens at 08:00.
    "a day begins in the east": Row("1wd", "2026-03-02 08:30", "2026-03-03 08:30", place=WIT),
    "a day begins in the west": Row("1wd", "2026-03-02 06:30", "2026-03-03 08:00"),
    # Mon 28 is the second day of Idul Fitri; 29 February (1).
    "to a leap day": Row("1wd", "2028-02-25 10:00", "2028-02-29 10:00"),
    "from a leap day": Row("1wd", "2028-02-29 10:00", "2028-03-01 10:00"),
    # 1 March is one day later, so 30 March is thirty.
    "calendar days from a leap day": Row("30cd", "2028-02-29 10:00", "2028-03-30 10:00"),
    # Labour day; from Mon 4 08:00; Tue (1).
    "a start on a holiday": Row("1wd", "2026-05-01 10:00", "2026-05-05 08:00"),
    # From Mon 18 08:00; 19 (1), 20 (2).
    "a start on the first of four days off": Row("2wd", "2026-05-14 09:00", "2026-05-20 08:00"),
    # Closing belongs to the day.
    "due at closing": Row("1wd", "2026-03-02 16:00", "2026-03-03 16:00"),
    # Left: Mon 15-16 1 h, Tue 8-14 6 h = 7 h; from Tue 09:00 that is 16:00, and not the next opening.
    "due at closing after a pause": Row(
        "1wd", "2026-03-02 14:00", "2026-03-03 16:00", (("2026-03-02 15:00", "2026-03-03 09:00"),)
    ),
    # GLPI 10594: a pause over midnight while the offices are closed.
    "a pause over midnight": Row(
        "1wd", "2026-03-02 10:00", "2026-03-03 10:00", (("2026-03-02 23:59", "2026-03-03 00:01"),)
    ),
    # Zammad 5177: paused twice. Unpaused Tue 10:00. 11-12 and 13:00-14:30 are 2.5 h.
    "two pauses on one day": Row(
        "1wd",
        "2026-03-02 10:00",
        "2026-03-03 12:30",
        (("2026-03-02 11:00", "2026-03-02 12:00"), ("2026-03-02 13:00", "2026-03-02 14:30")),
    ),
    # A pause that begins when it is due already changes nothing.
    "a pause after the due time": Row(
        "1wd", "2026-03-02 10:00", "2026-03-03 10:00", (("2026-03-03 10:01", "2026-03-09 10:00"),)
    ),
    # Urgent: hours of the wall, by night, at Lebaran, and nothing pauses them.
    "eight hours over midnight": Row("8h", "2026-03-02 23:00", "2026-03-03 07:00", pausable=False),
    "eight hours on the first day of Lebaran": Row(
        "8h",
        "2026-03-21 20:00",
        "2026-03-22 04:00",
        (("2026-03-21 21:00", "2026-03-25 08:00"),),
        pausable=False,
    ),
    "two hours on Nyepi": Row("2h", "2026-03-19 23:30", "2026-03-20 01:30", pausable=False),
    # Left on Mon 2 March from 10:00: 6 h, and 2 h on Tue = 8 h; from Mon 18 May 08:00 that is its closing.
    "a resident who answers after ten weeks": Row(
        "1wd", "2026-03-02 10:00", "2026-05-18 16:00", (("2026-03-02 10:00", "2026-05-17 12:00"),)
    ),
}  # fmt: skip
UNITS = {"wd": Unit.WORKING_DAYS, "cd": Unit.CALENDAR_DAYS, "h": Unit.HOURS}


def rule_of(row: Row) -> Rule:
    amount = int(row.limit.rstrip("wdch"))
    unit = UNITS[row.limit.lstrip("0123456789")]
    return Rule(Limit(amount, unit), Calendar(zone_of(row.place), NATIONAL, row.week), row.pausable)


def at(row: Row, text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone_of(row.place))


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)
def test_due_times_computed_by_hand(row: Row) -> None:
    entries = [Entry(START, at(row, row.start))]
    for pause, resume in row.pauses:
        entries += [Entry(PAUSE, at(row, pause)), Entry(RESUME, at(row, resume))]
    clock = replay(entries, rule_of(row))
    assert clock is not None
    assert clock.due_at == at(row, row.due)
    assert not is_overdue(clock, at(row, row.due))
    assert is_overdue(clock, at(row, row.due) + timedelta(microseconds=1))


@pytest.mark.parametrize(
    ("place", "last", "first"),
    [(WIB, "16:59", "17:00"), (WITA, "15:59", "16:00"), (WIT, "14:59", "15:00")],
)
def test_today_ends_at_local_midnight_and_does_not_drift(place: str, last: str, first: str) -> None:
    """DIGIT 1467: "today" had become the last 24 hours. UTC instants of the last and the first minute."""
    before = datetime.fromisoformat(f"2026-03-01T{last}").replace(tzinfo=UTC)
    after = datetime.fromisoformat(f"2026-03-01T{first}").replace(tzinfo=UTC)
    assert (local_date(before, place), local_date(after, place)) == (date(2026, 3, 1), date(2026, 3, 2))


def test_a_place_that_moves_to_another_zone_keeps_its_instants() -> None:
    """A regency that gets a new province: what happened happened when it did; only the rest counts anew."""
    row = Row("2wd", "2026-03-02 10:00", "")
    entries = [Entry(START, at(row, row.start)), Entry(PAUSE, at(row, "2026-03-02 12:00"))]
    west = rule_of(row)
    east = rule_of(row._replace(place=WIT))
    before, after = replay(entries, west), replay(entries, east)
    assert before is not None
    assert after is not None
    assert (after.started_at, after.paused_at) == (before.started_at, before.paused_at)
    # In the west 2 h ran; in the east the same instants are 12:00 and 14:00, 2 h as well.
    assert before.consumed == after.consumed == timedelta(hours=2)
    # The same clock time on the second working day, as each place reads its clocks: one instant.
    assert before.due_at == after.due_at == at(row, "2026-03-04 10:00")
    # After closing in the east, 15:30 in the west is 17:30: the start counts from the next opening there.
    late = [Entry(START, at(row, "2026-03-02 15:30"))]
    moved = replay(late, east)
    assert moved is not None
    assert moved.due_at == at(row._replace(place=WIT), "2026-03-05 08:00")
    assert moved.started_at == late[0].at


# Steps: which clock runs, and from when -------------------------------------------------------------------


def story(*steps: tuple[str, str, str, str]) -> Story:
    """Fold steps (action, from, to, local instant in the west) of a case opened on Mon 2 March at 09:00."""
    told = Story()
    told.enter(OPENED, wib("2026-03-02 09:00"))
    for action, source, target, when in steps:
        told.take({"action": action, "from_status": source, "to_status": target}, wib(when), None)
    return told


def wib(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone_of(WIB))


def dues(told: Story, step: ClockStep, limit: str) -> list[tuple[datetime, bool]]:
    """Each clock of the step, oldest first: when it is due, and whether it runs."""
    rule = rule_of(Row(limit, "", ""))
    clocks = [replay(entries, rule) for entries in told.clocks[None, step]]
    return [(one.due_at, one.is_running) for one in clocks if one]


def test_a_merged_case_has_no_running_clock_and_one_taken_back_counts_from_then() -> None:
    merged = story(
        ("verify", "registered", "verifying", "2026-03-02 10:00"),
        ("void", "verifying", "void", "2026-03-03 10:00"),
    )
    # Verification, 3 days from Mon 2 10:00: Thu 5; it stands since Tue.
    assert dues(merged, ClockStep.VERIFICATION, "3wd") == [(wib("2026-03-05 10:00"), False)]
    merged.take(
        {"action": "restore", "from_status": "void", "to_status": "verifying"}, wib("2026-03-06 11:00"), None
    )
    # A new one from Fri 6 11:00: Mon 9, Tue 10, Wed 11.
    assert dues(merged, ClockStep.VERIFICATION, "3wd") == [
        (wib("2026-03-05 10:00"), False),
        (wib("2026-03-11 11:00"), True),
    ]


def test_a_case_that_waits_for_papers_goes_on_with_what_was_left() -> None:
    waiting = story(
        ("verify", "registered", "verifying", "2026-03-16 10:00"),
        ("ask_completion", "verifying", "incomplete", "2026-03-17 14:00"),
        ("complete", "incomplete", "verifying", "2026-03-25 09:00"),
    )
    # The second row of the table, as steps; the resident's own clock of 30 days ran and stopped.
    assert dues(waiting, ClockStep.VERIFICATION, "3wd") == [(wib("2026-03-26 13:00"), True)]
    assert dues(waiting, ClockStep.COMPLETION, "30cd") == [(wib("2026-04-16 14:00"), False)]


def test_a_reopened_case_counts_from_its_reopening() -> None:
    reopened = story(
        ("handle", "registered", "handling", "2026-03-02 10:00"),
        ("resolve", "handling", "resolved", "2026-03-04 10:00"),
        ("confirm", "resolved", "closed", "2026-03-05 10:00"),
        ("reopen", "closed", "handling", "2026-03-17 10:00"),
    )
    # 7 days from Tue 17: 25, 26, 27, 30, 31, 1 April (6), 2 April (7).
    assert dues(reopened, ClockStep.HANDLING, "7wd") == [
        (wib("2026-03-11 10:00"), False),
        (wib("2026-04-02 10:00"), True),
    ]


def test_a_step_to_another_office_starts_its_clock_and_stops_the_one_before() -> None:
    """Zammad 904: after a change of group the old limit ran on."""
    moved = story(
        ("handle", "registered", "handling", "2026-03-02 10:00"),
        ("propose", "handling", "awaiting_decision", "2026-03-06 15:00"),
        ("return", "awaiting_decision", "handling", "2026-03-09 09:00"),
    )
    # Decision, 2 days from Fri 6 15:00: Mon 9, Tue 10; given back on Monday.
    assert dues(moved, ClockStep.DECISION, "2wd") == [(wib("2026-03-10 15:00"), False)]
    # Handling anew, 7 days from Mon 9 09:00: 10, 11, 12, 13, 16, 17 (6), 25 (7).
    assert dues(moved, ClockStep.HANDLING, "7wd") == [
        (wib("2026-03-11 10:00"), False),
        (wib("2026-03-25 09:00"), True),
    ]
