"""When a clock is looked at, what is done then, and who stands on each rung of the ladder."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import product
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.access import Actor, CaseSight, ClosedTo, Grant, Role
from app.domain.codes import ActorKind, Confidentiality, Priority
from app.domain.escalation import (
    Deed,
    Pace,
    Put,
    Roster,
    Watched,
    climb,
    deed_at,
    ending_of,
    is_last,
    landing,
    next_look,
    reminder_at,
    wants_nudge,
)
from app.domain.sla import WIB, Calendar, ClockStep, Entry, EntryKind, Limit, Rule, Unit, replay

START, PAUSE, RESUME, STOP = EntryKind
C = ClockStep
LADDER = ("assignee", "desk_coordinator", "supervisor", "manager", "head")
LEBARAN = frozenset(date(2026, 3, day) for day in (18, 19, 20, 21, 22, 23, 24))
CALENDAR = Calendar(holidays=LEBARAN)
DAY, TWO_DAYS = Limit(1, Unit.WORKING_DAYS), Limit(2, Unit.WORKING_DAYS)
PACE = Pace(0.75, DAY, TWO_DAYS, LADDER)
MOMENT = timedelta(microseconds=1)


def wib(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=WIB)


def watched(limit: Limit, *entries: tuple[EntryKind, str], **other: object) -> Watched:
    rule = Rule(limit, CALENDAR)
    clock = replay([Entry(kind, wib(at)) for kind, at in entries], rule)
    assert clock is not None
    return replace(Watched(clock, rule, PACE), **other)


# Four working days give 32 hours; three quarters are 24 of them.
@pytest.mark.parametrize(
    ("limit", "entries", "reminded"),
    [
        # Monday 10.00 has 6 hours left that day, then two whole days, then two hours: Thursday 10.00.
        (Limit(4, Unit.WORKING_DAYS), [(START, "03-02 10:00")], "03-05 10:00"),
        # Tuesday 17 March 10.00: 6 hours, Lebaran until Tuesday 24, two whole days, 2 hours on Friday.
        (Limit(4, Unit.WORKING_DAYS), [(START, "03-17 10:00")], "03-27 10:00"),
        # Paused for a day after 4 hours: 20 hours are left of the 24 when it resumes Wednesday 08.00.
        (
            Limit(4, Unit.WORKING_DAYS),
            [(START, "03-02 10:00"), (PAUSE, "03-02 14:00"), (RESUME, "03-04 08:00")],
            "03-06 12:00",
        ),
        # Hours of the wall run by night: 6 of 8.
        (Limit(8, Unit.HOURS), [(START, "03-07 22:00")], "03-08 04:00"),
        (Limit(30, Unit.CALENDAR_DAYS), [(START, "03-01 00:00")], "03-23 12:00"),
        # Resumed when more than three quarters had run: at once.
        (
            Limit(8, Unit.HOURS),
            [(START, "03-02 08:00"), (PAUSE, "03-02 15:00"), (RESUME, "03-03 08:00")],
            "03-03 08:00",
        ),
    ],
)
def test_the_reminder_comes_when_three_quarters_have_run(
    limit: Limit, entries: list[tuple[EntryKind, str]], reminded: str
) -> None:
    one = watched(limit, *entries)
    assert reminder_at(one.clock, one.rule, 0.75) == wib(reminded)
    assert next_look(one) == wib(reminded)


def test_after_the_reminder_comes_the_due_instant_and_then_a_rung_each_working_day() -> None:
    one = watched(Limit(1, Unit.WORKING_DAYS), (START, "03-16 09:00"))
    assert next_look(replace(one, acts=1)) == wib("03-17 09:00")
    put = replace(one, acts=2, put_at=wib("03-17 09:05"))
    # The next working day after Lebaran is Wednesday 25.
    assert next_look(put) == wib("03-25 09:05")
    assert next_look(replace(put, landed=True)) is None


@pytest.mark.parametrize("entries", [[(PAUSE, "03-02 12:00")], [(STOP, "03-02 12:00")]])
def test_a_clock_that_stands_is_not_looked_at(entries: list[tuple[EntryKind, str]]) -> None:
    one = watched(DAY, (START, "03-02 10:00"), *entries)
    assert next_look(one) is None
    assert deed_at(one, wib("04-01 10:00")) is None


@pytest.mark.parametrize(
    ("acts", "now", "deed"),
    [
        (0, "03-04 12:00", None),
        (0, "03-05 10:00", None),
        (0, "03-05 10:01", Deed.REMIND),
        (1, "03-06 10:00", None),
        (1, "03-06 10:01", Deed.ESCALATE),
        # The worker was away: no reminder of what is overdue.
        (0, "03-06 10:01", Deed.ESCALATE),
    ],
)
def test_what_is_done_is_strictly_after_its_instant(acts: int, now: str, deed: Deed | None) -> None:
    one = watched(Limit(4, Unit.WORKING_DAYS), (START, "03-02 10:00"), acts=acts)
    assert deed_at(one, wib(now)) is deed


@pytest.mark.parametrize(
    ("ending", "put", "now", "deed"),
    [
        (Deed.CLOSE_SILENT, None, "03-03 10:01", Deed.CLOSE_SILENT),
        (Deed.EXPIRE_CASE, None, "03-03 10:01", Deed.EXPIRE_CASE),
        # A receiver has two working days more, and the ladder goes on meanwhile.
        (Deed.EXPIRE_REFERRAL, None, "03-03 10:01", Deed.ESCALATE),
        (Deed.EXPIRE_REFERRAL, "03-03 10:01", "03-04 10:02", Deed.ESCALATE),
        (Deed.EXPIRE_REFERRAL, "03-04 10:02", "03-05 10:02", None),
        (Deed.EXPIRE_REFERRAL, "03-04 10:02", "03-05 10:03", Deed.EXPIRE_REFERRAL),
        (Deed.EXPIRE_REFERRAL, "03-03 10:01 landed", "03-04 10:02", None),
        (Deed.EXPIRE_REFERRAL, "03-03 10:01 landed", "03-05 10:01", Deed.EXPIRE_REFERRAL),
        # What could not be ended is tried again with the pace of the ladder, for ever.
        (Deed.CLOSE_SILENT, "03-05 09:00 landed", "03-06 09:00", None),
        (Deed.CLOSE_SILENT, "03-05 09:00 landed", "03-06 09:01", Deed.CLOSE_SILENT),
        (None, "03-05 09:00 landed", "12-31 09:00", None),
    ],
)
def test_some_silences_end(ending: Deed | None, put: str | None, now: str, deed: Deed | None) -> None:
    at = (put or "").removesuffix(" landed")
    acts, put_at = (2, wib(at)) if put else (1, None)
    one = watched(
        DAY,
        (START, "03-02 10:00"),
        ending=ending,
        acts=acts,
        put_at=put_at,
        landed=bool(put and put.endswith("landed")),
    )
    assert deed_at(one, wib(now)) is deed


def test_which_clocks_end_what() -> None:
    found = {
        (step, of_referral, priority, blocked): ending
        for step, of_referral, priority, blocked in product(ClockStep, (False, True), Priority, (False, True))
        if (ending := ending_of(step, priority, of_referral=of_referral, blocked=blocked))
    }
    assert {key for key, ending in found.items() if ending is Deed.EXPIRE_REFERRAL} == set(
        product((C.ACCEPTANCE, C.COMPLETION), (True,), Priority, (False, True))
    )
    assert {key for key, ending in found.items() if ending is Deed.EXPIRE_CASE} == {
        (C.COMPLETION, False, Priority.BIASA, False)
    }
    assert {key for key, ending in found.items() if ending is Deed.CLOSE_SILENT} == set(
        product((C.CONFIRMATION,), (False,), Priority, (False, True))
    )
    assert {step for step in ClockStep if wants_nudge(step)} == {C.ACCEPTANCE, C.DELIVERY}


units = st.sampled_from([Limit(2, Unit.WORKING_DAYS), Limit(8, Unit.HOURS), Limit(3, Unit.CALENDAR_DAYS)])
paces = st.builds(Pace, st.just(0.75), units, units, st.just(LADDER))
delays = st.lists(st.timedeltas(timedelta(0), timedelta(days=9)), min_size=12, max_size=12)
starts = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 1), timezones=st.just(WIB))  # noqa: DTZ001


@given(units, paces, starts, st.sampled_from([None, *list(Deed)[2:]]), st.integers(1, 6), delays)
def test_however_late_the_worker_comes_each_deed_moves_the_next_look_beyond_now(
    limit: Limit, pace: Pace, start: datetime, ending: Deed | None, rungs: int, late: list[timedelta]
) -> None:
    rule = Rule(limit, CALENDAR)
    clock = replay([Entry(START, start)], rule)
    assert clock is not None
    one = Watched(clock, rule, pace, ending)
    done: list[Deed] = []
    for delay in late:
        look = next_look(one)
        if look is None:
            break
        now = look + MOMENT + delay
        deed = deed_at(one, now)
        assert deed is not None
        assert deed_at(one, look) is None
        done.append(deed)
        if deed is ending:
            assert now > clock.due_at
            return
        one = after(one, deed, now, landed=done.count(Deed.ESCALATE) >= rungs)
        assert deed_at(one, now) is None
    # One that ends is not done in twelve looks only where the ladder is slower than its grace.
    assert ending is not None or done.count(Deed.ESCALATE) == rungs
    assert done.count(Deed.REMIND) <= 1


def after(one: Watched, deed: Deed, now: datetime, *, landed: bool) -> Watched:
    if deed is Deed.REMIND:
        return replace(one, acts=1)
    return replace(one, acts=max(one.acts, 1) + 1, put_at=now, landed=landed)


# The ladder ---------------------------------------------------------------------------------------------

HERE, DESK, OTHER_DESK = "13.74.01.1005", UUID(int=70), UUID(int=71)
ANI, BUDI, CICI, DODI, EKO, FAJAR = (UUID(int=n) for n in range(1, 7))
CASE = CaseSight(HERE, Confidentiality.BIASA, case_id=UUID(int=99), desk_id=DESK)


def officer(account: UUID, *grants: Grant) -> Actor:
    return Actor(ActorKind.OFFICER, "13.74", account, grants)


def staff(*left_out: UUID) -> Roster:
    everybody = (
        officer(ANI, Grant(Role.DESK_OFFICER, HERE, desk_id=DESK)),
        officer(BUDI, Grant(Role.DESK_COORDINATOR, HERE, desk_id=DESK)),
        officer(CICI, Grant(Role.SUPERVISOR, "13.74")),
        officer(DODI, Grant(Role.MANAGER, "13.74")),
        officer(EKO, Grant(Role.HEAD, "13.74")),
        officer(FAJAR, Grant(Role.DESK_COORDINATOR, HERE, desk_id=OTHER_DESK)),
    )
    return Roster(one for one in everybody if one.account_id not in left_out)


def climbed(case: CaseSight, roster: Roster) -> list[Put]:
    found: list[Put] = []
    while not found or not is_last(found[-1]):
        found.append(climb(LADDER, found, case, roster))
        assert len(found) < 9
    return found


def test_the_whole_ladder() -> None:
    case = replace(CASE, assignee_id=ANI)
    assert climbed(case, staff()) == [
        Put("assignee", ANI),
        Put("desk_coordinator", BUDI),
        Put("supervisor", CICI),
        Put("manager", DODI),
        Put("head", EKO),
        Put("secretariat", None),
    ]


@pytest.mark.parametrize("here", list(product((True, False), repeat=5)))
def test_whoever_is_away_is_passed_over_and_the_secretariat_always_stands_at_the_end(
    here: tuple[bool, ...],
) -> None:
    line = (ANI, BUDI, CICI, DODI, EKO)
    present = [one for one, stays in zip(line, here, strict=True) if stays]
    found = climbed(replace(CASE, assignee_id=ANI), staff(*(set(line) - set(present))))
    assert [put.account_id for put in found] == [*present, None]
    assert found[-1].rung == "secretariat"


def test_who_wears_two_hats_is_told_once() -> None:
    both = officer(BUDI, Grant(Role.DESK_COORDINATOR, HERE, desk_id=DESK), Grant(Role.SUPERVISOR, "13.74"))
    roster = Roster([both, officer(DODI, Grant(Role.MANAGER, "13.74"))])
    assert [put.account_id for put in climbed(CASE, roster)] == [BUDI, DODI, None]


def test_the_nearest_of_several_comes_first() -> None:
    roster = Roster(
        [officer(ANI, Grant(Role.SUPERVISOR, "13.74")), officer(BUDI, Grant(Role.SUPERVISOR, "13.74.01"))]
    )
    assert climb(LADDER, (), CASE, roster) == Put("supervisor", BUDI)


def test_a_coordinator_leads_the_desk_that_holds_the_case_and_no_other_of_the_village() -> None:
    assert staff().standing("desk_coordinator", replace(CASE, desk_id=OTHER_DESK)) == FAJAR
    assert staff().standing("desk_coordinator", CASE) == BUDI
    assert staff().standing("desk_coordinator", replace(CASE, desk_id=UUID(int=72))) is None


@pytest.mark.parametrize(
    ("closed_to", "accounts"),
    [
        (ClosedTo.MANAGER, [("manager", DODI), ("manager", None)]),
        (ClosedTo.HEAD, [("head", EKO), ("head", None)]),
        (ClosedTo.INSPECTORATE, [("inspectorate", None)]),
    ],
)
def test_a_closed_case_stays_with_the_office_that_it_is_closed_to(
    closed_to: ClosedTo, accounts: list[tuple[str, UUID | None]]
) -> None:
    case = replace(CASE, confidentiality=Confidentiality.RAHASIA, closed_to=closed_to)
    assert [tuple(put) for put in climbed(case, staff())] == accounts


def test_whoever_is_complained_of_is_told_on_no_rung() -> None:
    case = replace(CASE, about_accounts=frozenset({BUDI, DODI}), assignee_id=BUDI)
    assert [put.account_id for put in climbed(case, staff())] == [CICI, EKO, None]
    closed = replace(
        case, confidentiality=Confidentiality.RAHASIA, closed_to=ClosedTo.MANAGER, named=frozenset({DODI})
    )
    assert [put.account_id for put in climbed(closed, staff())] == [None]


@pytest.mark.parametrize(("about", "account"), [(frozenset(), FAJAR), (frozenset({FAJAR}), None)])
def test_the_inspectorate_has_a_contact_who_is_not_complained_of(
    about: frozenset[UUID], account: UUID | None
) -> None:
    case = replace(
        CASE, confidentiality=Confidentiality.RAHASIA, closed_to=ClosedTo.INSPECTORATE, about_accounts=about
    )
    assert landing(case, FAJAR) == Put("inspectorate", account)
    assert is_last(landing(case, FAJAR))
    assert climb(LADDER, (), case, staff(), FAJAR) == Put("inspectorate", account)


def test_who_is_named_on_a_closed_case_may_be_told() -> None:
    case = replace(
        CASE, confidentiality=Confidentiality.RAHASIA, closed_to=ClosedTo.MANAGER, named=frozenset({CICI})
    )
    assert [put.account_id for put in climbed(case, staff())] == [CICI, DODI, None]


def test_an_empty_ladder_and_an_empty_house_end_with_the_secretariat() -> None:
    assert climb((), (), CASE, staff()) == Put("secretariat", None)
    assert climb(LADDER, (), CASE, Roster(())) == Put("secretariat", None)
