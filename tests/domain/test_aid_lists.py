"""What a row of a list of aid becomes, for everything that it may meet."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.codes import LedgerState
from app.domain.ledger.listed import VERDICT_OF_AID, Act, AidReason, Row, Stands, read_amount, weigh
from app.domain.lists import Verdict

P, G = LedgerState.PLANNED, LedgerState.GIVEN
A = AidReason


def there(state: LedgerState, *, by_list: bool = True, referral: bool = False) -> Stands:
    return Stands(state, by_list, referral)


@pytest.mark.parametrize(
    ("state", "row", "act", "reason"),
    [
        (G, Row(), Act.WRITE, None),
        (G, Row(on_record=False), Act.WRITE, A.NOT_ON_RECORD),
        (G, Row(twice=True, live_referral=True), Act.NOTHING, A.TWICE),
        (G, Row(live_referral=True), Act.NOTHING, A.THROUGH_REFERRAL),
        (G, Row(stands=there(G, referral=True)), Act.NOTHING, A.THROUGH_REFERRAL),
        # What was given is a fact, whatever stands against it.
        (G, Row(excluded=True, deceased=True), Act.WRITE, None),
        (P, Row(excluded=True), Act.NOTHING, A.EXCLUDED),
        (P, Row(deceased=True), Act.NOTHING, A.DECEASED),
        (G, Row(stands=there(P)), Act.SETTLE, A.WAS_PLANNED),
        (G, Row(stands=there(P, by_list=False)), Act.SETTLE, A.WAS_PLANNED),
        (P, Row(stands=there(P)), Act.NOTHING, A.ON_RECORD),
        (G, Row(stands=there(G)), Act.NOTHING, A.ON_RECORD),
        (P, Row(stands=there(G)), Act.NOTHING, A.ON_RECORD),
        (G, Row(stands=there(G, by_list=False)), Act.NOTHING, A.OTHER_SOURCE),
        (G, Row(stands=there(LedgerState.REVERSED)), Act.NOTHING, A.TAKEN_BACK),
        (P, Row(stands=there(LedgerState.STOPPED)), Act.NOTHING, A.TAKEN_BACK),
    ],
)
def test_what_becomes_of_a_row(state: LedgerState, row: Row, act: Act, reason: AidReason | None) -> None:
    assert weigh(state, row) == (act, reason)


def test_nothing_is_ever_written_beside_a_line_of_the_same_aid_and_period() -> None:
    for state, stands, by_list, referral in product((P, G), LedgerState, (True, False), (True, False)):
        row = Row(stands=there(stands, by_list=by_list, referral=referral))
        assert weigh(state, row)[0] is not Act.WRITE


def test_every_reason_has_its_verdict_and_none_is_refused() -> None:
    assert VERDICT_OF_AID.keys() == set(AidReason)
    assert Verdict.REFUSED not in VERDICT_OF_AID.values()


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("300000", 300_000), ("300.000", 300_000), ("300,000", 300_000), ("Rp300.000,00", 300_000),
        ("Rp. 1.250.000", 1_250_000), ("300.000,-", 300_000), (300_000, 300_000), (300_000.0, 300_000),
        (0, 0), ("", None), ("tiga ratus ribu", None), ("-300000", None), ("3.00.000", None), (0.5, None),
        (-1, None), (True, None), (None, None), (float("nan"), None), (float("inf"), None), ("9" * 40, None),
    ],
)  # fmt: skip
def test_the_forms_of_an_amount(text: object, amount: int | None) -> None:
    assert read_amount(text) == amount


@given(st.integers(0, 10**12))
def test_an_amount_reads_the_same_with_dots(amount: int) -> None:
    assert read_amount(f"{amount:,}".replace(",", ".")) == amount


@given(st.one_of(st.text(max_size=30), st.floats(), st.integers(), st.none(), st.binary(max_size=5)))
def test_no_cell_breaks_it(cell: object) -> None:
    found = read_amount(cell)
    assert found is None or found >= 0
