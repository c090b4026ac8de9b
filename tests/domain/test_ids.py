"""Ids and tenants: what is written is read back, and nothing else is read."""

from datetime import UTC, datetime, timedelta, timezone
from uuid import RFC_4122, UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.ids import (
    PublicId,
    instant_of,
    is_region,
    parse_login,
    parse_public_id,
    public_id,
    tenant_digits,
    tenant_of,
    tenant_of_digits,
    tenant_of_token,
    uuid7,
)

NOW = datetime(2026, 11, 25, 3, 4, 5, 678_901, tzinfo=UTC)
TENANTS = st.one_of(
    st.just("ID"),
    st.integers(10, 99).map(str),
    st.tuples(st.integers(10, 99), st.integers(1, 99)).map(lambda t: f"{t[0]}.{t[1]:02}"),
)


@given(st.binary(min_size=10, max_size=10), st.datetimes(datetime(1970, 1, 2), datetime(2200, 1, 1)))  # noqa: DTZ001 - hypothesis wants naive bounds
def test_uuid7_has_its_version_its_time_and_its_randomness(random_bytes: bytes, at: datetime) -> None:
    now = at.replace(tzinfo=UTC)
    made = uuid7(now, random_bytes)
    assert (made.version, made.variant) == (7, RFC_4122)
    assert timedelta() <= now - instant_of(made) < timedelta(milliseconds=1)
    bits = int.from_bytes(random_bytes, "big")
    assert made.int & (1 << 62) - 1 == bits & (1 << 62) - 1
    assert made.int >> 64 & 0xFFF == bits >> 62 & 0xFFF


def test_uuid7_orders_by_time_and_reads_any_zone() -> None:
    earlier, later = uuid7(NOW, b"\xff" * 10), uuid7(NOW + timedelta(milliseconds=1), bytes(10))
    assert earlier < later
    assert str(earlier) < str(later)
    wib = NOW.astimezone(timezone(timedelta(hours=7)))
    assert uuid7(wib, bytes(10)) == uuid7(NOW, bytes(10))
    with pytest.raises(ValueError, match="10 random bytes"):
        uuid7(NOW, b"short")


@pytest.mark.parametrize(("tenant", "digits"), [("13.74", "1374"), ("13", "1300"), ("ID", "0000")])
def test_digits_of_tenants(tenant: str, digits: str) -> None:
    assert tenant_digits(tenant) == digits
    assert tenant_of_digits(digits) == tenant


@pytest.mark.parametrize("digits", ["", "137", "13740", "0013", "0100", "13a4", "\u0661374", "13.7"])
def test_digits_of_no_tenant(digits: str) -> None:
    assert tenant_of_digits(digits) is None


@pytest.mark.parametrize("code", ["", "1", "13.7", "13.74.01", "1374", "id", "13.74\n"])
def test_no_tenant_code(code: str) -> None:
    with pytest.raises(ValueError, match="not a tenant"):
        tenant_digits(code)


@given(TENANTS, st.binary(min_size=10, max_size=10))
def test_public_ids_come_back(tenant: str, random_bytes: bytes) -> None:
    made = uuid7(NOW, random_bytes)
    assert parse_public_id(public_id(tenant, made)) == PublicId(tenant, made)


@given(st.text(max_size=50))
def test_nothing_else_is_a_public_id(text: str) -> None:
    assert parse_public_id(text) is None


def test_public_ids_have_one_spelling() -> None:
    text = public_id("13.74", uuid7(NOW, b"\xab" * 10))
    assert parse_public_id(text.upper()) is None
    assert parse_public_id(text + "\n") is None
    assert parse_public_id("0013" + text[4:]) is None
    assert parse_public_id(f"1374-{UUID(int=0).hex}") is None


def test_regions() -> None:
    assert [is_region(code) for code in ("13", "13.74", "13.74.01", "13.74.01.1003", "ID")] == [True] * 5
    assert [is_region(code) for code in ("", "1", "13.74.01.100", "13.74.", "13,74", "13.74.01.1003.1")] == [
        False
    ] * 6
    assert [tenant_of(code) for code in ("13.74.01.1003", "13.74", "13", "ID")] == [
        "13.74",
        "13.74",
        "13",
        "ID",
    ]
    with pytest.raises(ValueError, match="not a region"):
        tenant_of("x")


def test_tokens_and_logins_name_their_tenant() -> None:
    assert tenant_of_token("1374-" + "a" * 43) == "13.74"
    assert tenant_of_token("0000-" + "_" * 43) == "ID"
    for wrong in ("", "1374-short", "1374-" + "a" * 44, "0013-" + "a" * 43, "1374-" + "\u00e1" * 43):
        assert tenant_of_token(wrong) is None
    assert parse_login(" Siti@1374 ") == ("siti", "13.74")
    assert parse_login("kemensos@0000") == ("kemensos", "ID")
    for wrong in ("siti", "@1374", "siti@", "siti@13", ""):
        assert parse_login(wrong) is None
