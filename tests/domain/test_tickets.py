"""Tickets survive the telephone, and no single slip of the hand makes another valid one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import FieldError
from app.domain.tickets import ALPHABET, Ticket, is_weak_pin, make_ticket, parse_pin, parse_ticket

BITS = st.integers(0, (1 << 40) - 1)


def symbols(ticket: Ticket) -> str:
    return ticket.text.replace("-", "")


def code_of(text: str) -> str | None:
    found = parse_ticket(text, pointer="/ticket")
    if isinstance(found, Ticket):
        return None
    assert found.pointer == "/ticket"
    return found.code


@given(BITS, st.sampled_from(["13.74", "13", "ID", "63.03"]))
def test_what_is_made_is_read(bits: int, tenant: str) -> None:
    made = make_ticket(tenant, bits)
    assert len(made.text) == 16
    assert parse_ticket(made.text) == made


@given(BITS)
def test_every_single_typing_error_is_caught(bits: int) -> None:
    good = symbols(make_ticket("13.74", bits))
    for place, right in enumerate(good):
        for wrong in ALPHABET.replace(right, ""):
            assert code_of(good[:place] + wrong + good[place + 1 :]) in {"ticket.check", "ticket.form"}


@given(BITS, st.integers(0, 12), st.integers(0, 12))
def test_every_exchange_of_two_is_caught(bits: int, one: int, other: int) -> None:
    good = list(symbols(make_ticket("13.74", bits)))
    good[one], good[other] = good[other], good[one]
    typed = "".join(good)
    assert (code_of(typed) is None) == (typed == symbols(make_ticket("13.74", bits)))


@given(BITS, st.integers(0, 12))
def test_a_lost_or_doubled_character_is_caught(bits: int, place: int) -> None:
    good = symbols(make_ticket("13.74", bits))
    assert code_of(good[:place] + good[place + 1 :]) == "ticket.form"
    assert code_of(good[:place] + good[place] + good[place:]) == "ticket.form"


def test_the_ways_it_is_typed() -> None:
    made = make_ticket("13.01", 0b00001_00000_00001_11111_00000_00001_10000_00001)
    for typed in (
        made.text.lower(),
        symbols(made),
        f"  {made.text.replace('-', ' ')}\n",
        made.text.replace("-", "\u2013"),
        made.text.replace("0", "O"),
        made.text.replace("0", "o").replace("1", "l"),
        made.text.replace("1", "I"),
    ):
        assert parse_ticket(typed) == made


@pytest.mark.parametrize(
    "text", ["", "1374", "1374-3F7K-9QX2", "0013-0000-0000-0", "1374-3F7U-9QX2-M", "9" * 10_000]
)
def test_no_ticket(text: str) -> None:
    found = parse_ticket(text)
    assert isinstance(found, FieldError)
    assert found.code == "ticket.form"


@given(st.text(max_size=60))
def test_anything_is_read_or_refused(text: str) -> None:
    assert isinstance(parse_ticket(text), (Ticket, FieldError))
    assert isinstance(parse_pin(text), (str, FieldError))


def test_bits_are_bounded() -> None:
    for bits in (-1, 1 << 40):
        with pytest.raises(ValueError, match="40 bits"):
            make_ticket("13.74", bits)


def test_pins() -> None:
    assert parse_pin(" 482 913 ") == "482913"
    assert parse_pin("000123") == "000123"
    for wrong in ("", "12345", "1234567", "12345a", "\u0661\u0662\u0663\u0664\u0665\u0666"):
        assert isinstance(parse_pin(wrong), FieldError)


@pytest.mark.parametrize(
    "pin", ["000000", "777777", "123456", "890123", "654321", "210987", "121212", "123123"]
)
def test_weak_pins(pin: str) -> None:
    assert is_weak_pin(pin)


@pytest.mark.parametrize("pin", ["482913", "112233", "135790", "100000"])
def test_other_pins(pin: str) -> None:
    assert not is_weak_pin(pin)
