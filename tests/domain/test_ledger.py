import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from importlib.resources import files
from itertools import count
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.codes import LedgerState
from app.domain.errors import Conflict
from app.domain.ledger import (
    Delivery,
    Difference,
    DifferenceKind,
    ExcludedPair,
    Held,
    HeldBy,
    Line,
    Origin,
    OverlapReason,
    Received,
    active_programs,
    deliver,
    differences,
    end,
    excluded_pairs,
    given_idr,
    held_by_household,
    is_active,
    last_day,
    overlaps,
    period_at,
    plan,
    planned_left,
    require_free,
    reverse,
    stop,
)
from app.domain.programs import Effect, FulfilledOn, GoodsKind, Per, Planned, parse_program
from app.domain.referrals import ENDED, LIVE, ReferralStatus

MOTHER, CHILD, REFERRAL, NEW = (UUID(int=n) for n in (1, 2, 3, 99))
PKH = Origin("PKH", MOTHER, REFERRAL)
PREGNANT = tuple(Planned("pregnant", GoodsKind.CASH, 750_000, Per.QUARTER, n, 4) for n in range(1, 5))
ACCEPTED = date(2026, 11, 25)
K = DifferenceKind


def ids() -> Iterator[UUID]:
    return (UUID(int=n) for n in count(100))


def planned(*more: Planned) -> tuple[Line, ...]:
    return plan((*PREGNANT, *more), PKH, ACCEPTED, ids())


def cash(amount: int, period: str = "2026-Q4", component: str = "pregnant") -> Delivery:
    return Delivery(component, period, date(2026, 12, 1), amount)


def states(lines: tuple[Line, ...]) -> list[str]:
    return [line.state.value for line in lines]


@pytest.mark.parametrize(
    ("per", "number", "periods"),
    [
        (Per.QUARTER, 3, ("2026-Q4", "2027-Q1", "2027-Q2")),
        (Per.MONTH, 3, ("2026-11", "2026-12", "2027-01")),
        (Per.YEAR, 2, ("2026", "2026")),
        (Per.ONCE, 1, ("once",)),
    ],
)
def test_instalments_follow_each_other_in_their_periods(
    per: Per, number: int, periods: tuple[str, ...]
) -> None:
    assert tuple(period_at(ACCEPTED, per, n) for n in range(1, number + 1)) == periods


@pytest.mark.parametrize(
    ("period", "day"),
    [
        ("2026-02", date(2026, 2, 28)),
        ("2026-12", date(2026, 12, 31)),
        ("2026-Q1", date(2026, 3, 31)),
        ("2026-Q4", date(2026, 12, 31)),
        ("2027", date(2027, 12, 31)),
        ("once", date(2026, 12, 31)),
        ("October to December", date(2026, 12, 31)),
    ],
)
def test_a_period_ends(period: str, day: date) -> None:
    assert last_day(period, date(2026, 5, 5)) == day


def test_accept_plans_a_line_per_instalment() -> None:
    lines = planned(Planned("kit", GoodsKind.GOODS, None, Per.ONCE, 1, 1))
    assert [(x.component, x.instalment, x.planned_idr) for x in lines] == [
        ("pregnant", 1, 750_000),
        ("pregnant", 2, 750_000),
        ("pregnant", 3, 750_000),
        ("pregnant", 4, 750_000),
        ("kit", 1, None),
    ]
    assert planned_left(lines) == 5
    assert len({line.id for line in lines}) == 5


def test_a_delivery_turns_the_line_of_its_period_into_given() -> None:
    lines, line = deliver(planned(), cash(750_000, "2027-Q1"), PKH, NEW)
    assert states(lines) == ["planned", "given", "planned", "planned"]
    assert (line.instalment, line.difference_idr, line.given_on) == (2, 0, date(2026, 12, 1))


def test_a_delivery_of_another_period_takes_the_earliest_line() -> None:
    _, line = deliver(planned(), cash(700_000, "2026-12"), PKH, NEW)
    assert (line.instalment, line.period, line.difference_idr) == (1, "2026-12", -50_000)


def test_a_delivery_that_nobody_planned_is_written_all_the_same() -> None:
    rice = Delivery("rice", "2026-11", ACCEPTED, goods="10 kg")
    lines, line = deliver(planned(), rice, PKH, NEW)
    assert (line.id, line.instalment, line.kind) == (NEW, 0, GoodsKind.GOODS)
    assert len(lines) == 5
    assert line.difference_idr == 0


@pytest.mark.parametrize("status", sorted(ENDED))
@pytest.mark.parametrize("fulfilled_on", [None, *FulfilledOn])
def test_the_end_stops_the_rest_unless_the_aid_runs_on(
    status: ReferralStatus, fulfilled_on: FulfilledOn | None
) -> None:
    lines, _ = deliver(planned(), cash(750_000), PKH, NEW)
    early = fulfilled_on in {FulfilledOn.ENROLMENT, FulfilledOn.FIRST_DELIVERY}
    runs_on = early and status is ReferralStatus.FULFILLED
    rest = "planned" if runs_on else "stopped"
    assert states(end(lines, status, fulfilled_on)) == ["given", rest, rest, rest]


def test_a_line_is_reversed_by_another_one_and_never_edited() -> None:
    lines, line = deliver(planned(), cash(750_000), PKH, NEW)
    taken_back, counter = reverse(line, NEW, date(2027, 1, 5))
    assert replace(taken_back, state=line.state) == line
    assert (counter.given_idr, counter.reverses, counter.id) == (-750_000, line.id, NEW)
    assert given_idr([taken_back, counter, *lines[1:]]) == 0
    for other in (taken_back, counter, lines[1]):
        with pytest.raises(Conflict) as refused:
            reverse(other, NEW, ACCEPTED)
        assert refused.value.code == "line_not_given"


deliveries = st.builds(
    Delivery,
    st.sampled_from(["pregnant", "kit"]),
    st.sampled_from(["2026-Q4", "2027-Q1", "2027-03"]),
    st.just(ACCEPTED),
    st.integers(1, 10**7),
)


@given(st.lists(deliveries, max_size=8))
def test_no_rupiah_is_lost_or_made(made: list[Delivery]) -> None:
    lines, fresh = planned(), (UUID(int=n) for n in count(1000))
    for delivery in made:
        before = planned_left(lines)
        lines, line = deliver(lines, delivery, PKH, next(fresh))
        assert before - planned_left(lines) == (1 if line.instalment else 0)
    assert given_idr(lines) == sum(delivery.amount_idr or 0 for delivery in made)
    assert given_idr(stop(lines)) == given_idr(lines)
    assert planned_left(stop(lines)) == 0
    assert len({line.id for line in lines}) == len(lines)


def test_aid_is_held_while_planned_and_to_the_end_of_its_period() -> None:
    lines, line = deliver(planned(), cash(750_000), PKH, NEW)
    assert is_active(lines[1], date(2040, 1, 1))
    assert is_active(line, date(2026, 12, 31))
    assert not is_active(line, date(2027, 1, 1))
    assert not is_active(stop(lines)[1], ACCEPTED)
    assert not is_active(reverse(line, NEW, ACCEPTED)[0], ACCEPTED)


@pytest.mark.parametrize("status", list(ReferralStatus))
def test_live_referrals_count_as_held_but_not_as_ledger(status: ReferralStatus) -> None:
    pip = Origin("PIP", CHILD)
    found = held_by_household(planned(), [(pip, status)], ACCEPTED)
    assert found[0] == Held(PKH, HeldBy.LEDGER)
    assert found[1:] == ((Held(pip, HeldBy.REFERRAL),) if status in LIVE else ())
    assert active_programs(found) == {"PKH"}


RULES = (
    ExcludedPair("BLT_DD", "PKH", Effect.EXCLUDE),
    ExcludedPair("BLT_DD", "SEMBAKO", Effect.WARN),
)


def held(program: str, person: UUID | None = MOTHER, referral: UUID | None = None) -> Held:
    return Held(Origin(program, person, referral), HeldBy.LEDGER)


@pytest.mark.parametrize(
    ("candidate", "has", "effect", "reason"),
    [
        (Origin("BLT_DD", MOTHER), held("PKH"), "exclude", "excluded"),
        (Origin("PKH", MOTHER), held("BLT_DD", CHILD), "exclude", "excluded"),
        (Origin("BLT_DD", MOTHER), held("SEMBAKO"), "warn", "excluded"),
        (Origin("PKH", MOTHER), held("PKH"), "exclude", "same_aid"),
        (Origin("PKH", MOTHER), held("PKH", None), "exclude", "same_aid"),
        (Origin("PIP", CHILD), held("PIP", MOTHER), "warn", "same_aid_in_household"),
    ],
)
def test_what_stands_against_an_aid(candidate: Origin, has: Held, effect: str, reason: str) -> None:
    (found,) = overlaps(candidate, [has], RULES)
    assert (found.effect, found.reason) == (Effect(effect), OverlapReason(reason))


def test_an_allowed_pair_and_the_own_referral_pass() -> None:
    assert overlaps(Origin("PKH", MOTHER), [held("PBI_JK")], RULES) == ()
    assert overlaps(PKH, [held("PKH", MOTHER, REFERRAL)], RULES) == ()


def test_an_exclusion_refuses_and_a_warning_does_not() -> None:
    found = overlaps(Origin("BLT_DD", MOTHER), [held("SEMBAKO"), held("PKH")], RULES)
    assert [item.effect.value for item in found] == ["exclude", "warn"]
    require_free(found[1:])
    with pytest.raises(Conflict) as refused:
        require_free(found)
    assert refused.value.data == {"programs": ["PKH"]}


def given_lines(*amounts: int, goods: str | None = None) -> tuple[Line, ...]:
    lines: tuple[Line, ...] = ()
    for n, amount in enumerate(amounts):
        lines, _ = deliver(lines, cash(amount), PKH, UUID(int=500 + n))
    if goods:
        rice = Delivery("rice", "2026-11", ACCEPTED, goods=goods)
        lines, _ = deliver(lines, rice, PKH, UUID(int=600))
    return lines


@pytest.mark.parametrize(
    ("received", "lines", "kinds"),
    [
        ([], (), []),
        ([Received("PKH", 750_000)], given_lines(750_000), []),
        ([Received("PKH", 1_500_000)], given_lines(750_000, 750_000), []),
        ([Received("PKH", 750_000), Received("PKH", 750_000)], given_lines(1_500_000), []),
        ([Received("PKH")], given_lines(750_000, goods="10 kg"), []),
        ([], given_lines(750_000), [K.NOT_RECEIVED]),
        ([Received("PKH", 0)], given_lines(750_000), [K.NOT_RECEIVED]),
        ([Received("PKH", 600_000)], given_lines(750_000), [K.SHORT]),
        ([Received("PKH", 800_000)], given_lines(750_000), [K.MORE]),
        ([Received("PKH", goods="rice")], given_lines(goods="10 kg"), []),
        ([Received("PKH", 750_000)], given_lines(750_000, goods="10 kg"), [K.GOODS_NOT_RECEIVED]),
        ([Received("PKH", 750_000)], given_lines(goods="10 kg"), [K.NOT_IN_LEDGER, K.GOODS_NOT_RECEIVED]),
        ([Received("BAZNAS", 100_000)], (), [K.NOT_IN_LEDGER]),
        ([Received("PKH")], stop(planned()), [K.NOT_IN_LEDGER]),
    ],
)
def test_her_word_is_held_against_the_ledger(
    received: list[Received], lines: tuple[Line, ...], kinds: list[DifferenceKind]
) -> None:
    assert [item.kind for item in differences(received, lines)] == kinds


def test_a_difference_names_both_sums() -> None:
    (found,) = differences([Received("PKH", 600_000)], given_lines(750_000))
    assert found == Difference("PKH", K.SHORT, 750_000, 600_000)


def test_states_of_the_ledger_are_all_reached() -> None:
    lines, line = deliver(planned(), cash(1), PKH, NEW)
    seen = {item.state for item in (*lines, *stop(lines), *reverse(line, NEW, ACCEPTED))}
    assert seen == set(LedgerState)


def test_the_pairs_are_read_out_of_a_programmes_rules() -> None:
    documents = json.loads((files("app") / "data" / "programs.json").read_text())
    document = next(d for d in documents if d["version"]["exclusions"])
    program = parse_program(document)
    pairs = excluded_pairs(program.code, program.version)
    assert [(p.other, p.effect.value) for p in pairs] == [
        (item["program"], item["effect"]) for item in document["version"]["exclusions"]
    ]
