"""The DCI interface's own rules: which queries there are, what a record tells, how a signature reads."""

from base64 import b64encode
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.dci import (
    FIELDS,
    Ask,
    Condition,
    Entity,
    Entry,
    Key,
    Signed,
    Told,
    is_current,
    read_by_id,
    read_conditions,
    read_signature,
    record_of,
    signed_bytes,
    signing_text,
    thumbprint,
    write_signature,
)

NIK = "1374016507910777"
NOW = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)
SIGNED = Signed("baznas@1374", "kid", int(NOW.timestamp()), int(NOW.timestamp()) + 600, bytes(range(64)))
ENTRY = Entry(
    regency="13.74",
    village="13.74.01.1005",
    source="DTSEN",
    period="2026-Q3",
    status="listed",
    desil=2,
    born_on=date(1991, 7, 25),
    programs=("PKH",),
)


def nik(value: Any = NIK, operator: str = "eq") -> Condition:
    return Condition("NIK", operator, value)


@pytest.mark.parametrize(
    ("conditions", "wanted"),
    [
        ([nik()], Ask(Key.NIK, NIK)),
        ([Condition("KK", "eq", NIK)], Ask(Key.KK, NIK)),
        ([], None),
        ([nik(), nik()], None),
        ([nik(operator="ge")], None),
        ([nik(operator="in")], None),
        ([nik(1374016507910777)], None),
        ([nik(""), Condition("village", "eq", "13.74")], None),
        ([Condition("poverty_score", "le", 4)], None),
        ([nik(), Condition("poverty_score", "le", "4")], None),
        ([nik(), Condition(attribute="poverty_score", operator="le", value=True)], None),
        ([nik(), Condition("poverty_score", "in", 4)], None),
        ([nik(), Condition("birth_date", "lt", "1991-07-25")], None),
        ([nik(), Condition("birth_date", "eq", "25-07-1991")], None),
        ([nik(), Condition("name", "eq", "Siti")], None),
        ([nik(), Condition("__class__", "eq", "x")], None),
        ([nik(), *[Condition("village", "eq", "13.74")] * 8], None),
    ],
)
def test_the_set_of_queries_is_closed(conditions: list[Condition], wanted: Ask | None) -> None:
    assert read_conditions(conditions) == wanted


@pytest.mark.parametrize(("kind", "value"), [("UIN", NIK), ("nik", NIK), ("NIK", ""), ("NIK", 7), ("", "x")])
def test_a_number_is_a_nik_or_a_kk(kind: str, value: Any) -> None:
    assert read_by_id(kind, value) is None


@pytest.mark.parametrize(
    ("operator", "bound", "holds"),
    [("eq", 2, True), ("lt", 2, False), ("le", 2, True), ("gt", 1, True), ("ge", 3, False)],
)
def test_a_condition_is_asked_of_the_entry(operator: str, bound: int, holds: bool) -> None:  # noqa: FBT001
    ask = read_conditions([nik(), Condition("poverty_score", operator, bound)])
    assert ask is not None
    assert ask.needs == {"poverty_score"}
    assert ask.holds(ENTRY.values) is holds
    assert ask.holds({"poverty_score": None}) is False


ALLOWED = {
    "status": ["registry_status"],
    "poverty_score": ["poverty_score"],
    "period": ["registry_period"],
    "programs": ["programmes"],
    "birth_date": ["demographic_info"],
    "village": ["place"],
    "group_size": [],
}


@given(st.frozensets(st.sampled_from(FIELDS)))
def test_a_record_tells_what_is_allowed_and_nothing_else(fields: frozenset[str]) -> None:
    said = record_of(Told(ENTRY, Entity.MEMBER), Ask(Key.NIK, NIK), fields)
    further = {one["name"] for one in said.pop("additional_attributes", [])}
    wanted = {name for one in fields for name in ALLOWED[one]}
    wanted |= {"registry_source"} if "period" in fields else set()
    wanted |= {"poverty_score_type"} if "poverty_score" in fields else set()
    assert (set(said) | further) - {"@type", "member_identifier"} == wanted


def test_a_family_is_told_by_its_own_number_only() -> None:
    every = frozenset(FIELDS)
    by_kk = record_of(Told(ENTRY, Entity.GROUP, 4), Ask(Key.KK, "1374012003150777"), every)
    by_nik = record_of(Told(ENTRY, Entity.GROUP, 4), Ask(Key.NIK, NIK), every)
    member = record_of(Told(ENTRY, Entity.MEMBER), Ask(Key.KK, "1374012003150777"), every)
    assert by_kk["group_identifier"][0]["identifier_value"] == "1374012003150777"
    assert (by_kk["group_size"], "demographic_info" in by_kk) == (4, False)
    assert not {"group_identifier", "member_identifier"} & {*by_nik, *member}


# Signatures -----------------------------------------------------------------------------------------------


def test_a_signature_is_read_as_it_is_written() -> None:
    line = write_signature(SIGNED)
    assert read_signature(line) == SIGNED
    assert read_signature(line.removeprefix("Signature: ")) == SIGNED
    assert read_signature(line.replace("kidId", "keyId")) == SIGNED


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('algorithm="ed25519"', 'algorithm="none"'),
        ("|ed25519", "|rsa"),
        ("kidId=", "name="),
        ("(created) (expires) digest", "(created) digest"),
        ('created="', 'created="-'),
        ('expires="', 'expires="x'),
        ('signature="', 'signature="!'),
        (b64encode(SIGNED.signature).decode(), "YQ=="),
        ("baznas@1374|", "|"),
        ('", ', '" '),
        ("Signature: ", "Signature: x"),
        ('headers="', 'created="1", headers="'),
    ],
)
def test_a_line_that_is_none_of_ours_is_no_signature(old: str, new: str) -> None:
    line = write_signature(SIGNED)
    assert old in line
    assert read_signature(line.replace(old, new)) is None


@given(st.text(max_size=300))
def test_no_text_breaks_the_reader(text: str) -> None:
    assert read_signature(text) is None


@pytest.mark.parametrize(
    ("created", "expires", "good"),
    [
        (0, 600, True),
        (299, 600, True),
        (301, 900, False),
        (-600, 0, False),
        (-100, 1, True),
        (0, 86_401, False),
    ],
)
def test_a_signature_has_its_time(created: int, expires: int, good: bool) -> None:  # noqa: FBT001
    at = int(NOW.timestamp())
    signed = Signed("a", "b", at + created, at + expires, bytes(64))
    assert is_current(signed, NOW) is good
    assert not is_current(signed, NOW + timedelta(days=2))


def test_what_is_signed_does_not_depend_on_the_spelling() -> None:
    one = signed_bytes({"b": 1, "a": "é"}, {"x": [True, None]})
    assert one == signed_bytes({"a": "\u00e9", "b": 1}, {"x": [True, None]})
    assert one == b'{"header":{"a":"\xc3\xa9","b":1},"message":{"x":[true,null]}}'
    assert signed_bytes({"a": 1.5}, {}) is None
    assert signed_bytes({"a": 2**60}, {}) is None
    assert signing_text(b"x", 1, 2) == (
        b"(created): 1\n(expires): 2\ndigest: SHA-256=LXEWQrcmsEQBYnyp+6wy9chTD7GQPMTbAiWHF5IaSIE="
    )
    assert one != signed_bytes({"b": 2, "a": "é"}, {"x": [True, None]})


def test_a_key_is_named_by_its_thumbprint() -> None:
    # RFC 8037, appendix A.3.
    public = bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
    assert thumbprint(public) == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"
