"""What is done to a log by hand is found and named."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta, timezone
from enum import StrEnum
from hashlib import sha256
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.chain import (
    GENESIS,
    NO_ROWS,
    ChainRow,
    Fault,
    FaultKind,
    Head,
    Seal,
    SealedHead,
    SignedSeal,
    canonical,
    event_hash,
    seal_body,
    seal_digest,
    seal_fault,
    verify_chain,
)

AT = datetime(2026, 11, 25, 3, tzinfo=UTC)
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner)
    ),
    max_leaves=10,
)


def body(n: int, word: str = "row") -> bytes:
    return canonical({"n": n, "word": word})


def chain(length: int, word: str = "row") -> list[ChainRow]:
    rows: list[ChainRow] = []
    prev = GENESIS
    for n in range(1, length + 1):
        rows.append(ChainRow(n, prev, event_hash(prev, body(n, word)), body(n, word)))
        prev = rows[-1].hash
    return rows


def head_of(rows: list[ChainRow]) -> Head:
    return Head(rows[-1].n, rows[-1].hash)


def renumbered(rows: list[ChainRow]) -> list[ChainRow]:
    """The number stands in the body too, so whoever renumbers changes the body."""
    return [row._replace(n=n, body=body(n)) for n, row in enumerate(rows, start=1)]


def edited(rows: list[ChainRow], at: int) -> list[ChainRow]:
    return [row._replace(body=body(row.n, "edited")) if row.n == at else row for row in rows]


def edited_and_hashed(rows: list[ChainRow], at: int) -> list[ChainRow]:
    forged = body(at, "edited")
    return [
        row._replace(body=forged, hash=event_hash(row.prev, forged)) if row.n == at else row for row in rows
    ]


def link_edited(rows: list[ChainRow], at: int) -> list[ChainRow]:
    return [row._replace(prev=b"x" * 32) if row.n == at else row for row in rows]


def deleted(rows: list[ChainRow], at: int) -> list[ChainRow]:
    return [row for row in rows if row.n != at]


def deleted_and_renumbered(rows: list[ChainRow], at: int) -> list[ChainRow]:
    return renumbered(deleted(rows, at))


def inserted(rows: list[ChainRow], at: int) -> list[ChainRow]:
    new = ChainRow(at, b"y" * 32, b"z" * 32, body(at, "new"))
    return renumbered([*rows[: at - 1], new, *rows[at - 1 :]])


def inserted_well(rows: list[ChainRow], at: int) -> list[ChainRow]:
    prev = rows[at - 2].hash if at > 1 else GENESIS
    new = ChainRow(at, prev, event_hash(prev, body(at)), body(at))
    return renumbered([*rows[: at - 1], new, *rows[at - 1 :]])


def swapped(rows: list[ChainRow], at: int) -> list[ChainRow]:
    return renumbered([*rows[: at - 1], rows[at], rows[at - 1], *rows[at + 1 :]])


@pytest.mark.parametrize("at", [1, 2, 5, 8])
@pytest.mark.parametrize(
    ("damage", "kind"),
    [
        (edited, FaultKind.EDITED),
        (link_edited, FaultKind.EDITED),
        (deleted, FaultKind.DELETED),
        (deleted_and_renumbered, FaultKind.DELETED),
        (inserted, FaultKind.INSERTED),
        (inserted_well, FaultKind.INSERTED),
        (swapped, FaultKind.REORDERED),
    ],
)
def test_damage_is_named_at_its_first_bad_row(
    damage: Callable[[list[ChainRow], int], list[ChainRow]], kind: FaultKind, at: int
) -> None:
    rows = chain(10)
    assert verify_chain(damage(rows, at), head=head_of(rows)) == Fault(kind, at)


@pytest.mark.parametrize("at", [1, 5])
def test_an_edit_with_a_fresh_hash_shows_at_the_next_row(at: int) -> None:
    assert verify_chain(edited_and_hashed(chain(10), at)) == Fault(FaultKind.DELETED, at + 1)


def test_a_good_chain_is_good() -> None:
    assert verify_chain([]) is None
    assert verify_chain([], head=NO_ROWS) is None
    rows = chain(10)
    seals = [Head(row.n, row.hash) for row in rows[::3]]
    assert verify_chain(rows, head=head_of(rows), sealed=seals) is None


def test_a_cut_tail_shows_against_head_and_seal() -> None:
    rows = chain(10)
    short = rows[:7]
    assert verify_chain(short, head=head_of(rows)) == Fault(FaultKind.CUT, 8)
    # The head cut back with the tail leaves only the seal to tell.
    assert verify_chain(short, head=head_of(short)) is None
    assert verify_chain(short, head=head_of(short), sealed=[head_of(rows)]) == Fault(FaultKind.CUT, 8)
    assert verify_chain([], sealed=[head_of(rows)]) == Fault(FaultKind.CUT, 1)


def test_rows_past_the_head_and_a_wrong_head() -> None:
    rows = chain(10)
    assert verify_chain(rows, head=head_of(rows[:8])) == Fault(FaultKind.INSERTED, 9)
    assert verify_chain(rows, head=Head(10, b"x" * 32)) == Fault(FaultKind.HEAD, 10)


def test_a_chain_hashed_anew_shows_after_the_last_seal_that_agrees() -> None:
    rows = chain(4)
    forged, prev = list(rows), rows[3].hash
    for n in range(5, 11):
        forged.append(ChainRow(n, prev, event_hash(prev, body(n, "forged")), body(n, "forged")))
        prev = forged[-1].hash
    honest = chain(10)
    assert verify_chain(forged, head=head_of(forged)) is None
    seals = [Head(row.n, row.hash) for row in (honest[2], honest[7], honest[9])]
    assert verify_chain(forged, head=head_of(forged), sealed=seals) == Fault(FaultKind.REWRITTEN, 4)


@given(st.integers(1, 12), st.data())
def test_any_change_of_one_byte_is_found(length: int, data: st.DataObject) -> None:
    rows = chain(length)
    at = data.draw(st.integers(0, length - 1))
    field = data.draw(st.sampled_from(["prev", "hash", "body"]))
    old: bytes = getattr(rows[at], field)
    place = data.draw(st.integers(0, len(old) - 1))
    new = bytes([*old[:place], old[place] ^ data.draw(st.integers(1, 255)), *old[place + 1 :]])
    parts = {"prev": rows[at].prev, "hash": rows[at].hash, "body": rows[at].body, field: new}
    damaged = [*rows[:at], ChainRow(n=at + 1, **parts), *rows[at + 1 :]]
    fault = verify_chain(damaged, head=head_of(rows))
    assert fault is not None
    assert fault.n in {at + 1, at + 2}


@given(JSON)
def test_canonical_form_is_one_and_only_for_each_value(value: object) -> None:
    assert canonical(value) == canonical(value)
    if isinstance(value, dict):
        assert canonical(dict(reversed(value.items()))) == canonical(value)


class Word(StrEnum):
    ONE = "one"


def test_canonical_forms() -> None:
    wib = AT.astimezone(timezone(timedelta(hours=7)))
    assert canonical({"b": (1, True, None), "a": "\u00e9"}) == '{"a":"\u00e9","b":[1,true,null]}'.encode()
    assert canonical([AT, wib, AT.date(), UUID(int=1), Word.ONE]) == (
        b'["2026-11-25T03:00:00.000000Z","2026-11-25T03:00:00.000000Z","2026-11-25",'
        b'"00000000-0000-0000-0000-000000000001","one"]'
    )


@pytest.mark.parametrize(
    "value",
    [
        1.0,
        float("nan"),
        2**53,
        {1: "a"},
        {"a": [0.5]},
        AT.replace(tzinfo=None),
        b"x",
        {1},
        "\ud800",
        object(),
    ],
)
def test_what_has_no_canonical_form(value: object) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - one of ours, or the encoder's for a lone surrogate
        canonical(value)


def test_a_hash_follows_a_hash() -> None:
    assert event_hash(GENESIS, b"x") == sha256(bytes(32) + b"x").digest()
    with pytest.raises(ValueError, match="32 bytes"):
        event_hash(b"", b"x")


def signed(seal: Seal) -> SignedSeal:
    made = seal_body(seal)
    return SignedSeal(seal, seal_digest(made), sha256(b"secret" + made).digest())


def checks(made: bytes, signature: bytes) -> bool:
    return sha256(b"secret" + made).digest() == signature


def seals(count: int) -> list[SignedSeal]:
    found: list[SignedSeal] = []
    for n in range(1, count + 1):
        heads = (SealedHead(UUID(int=2), n, bytes(32)), SealedHead(UUID(int=1), n, bytes(32)))
        prev = found[-1].digest if found else GENESIS
        found.append(signed(Seal("13.74", n, AT + timedelta(hours=n), n * 7, heads, prev)))
    return found


def verify_seals(found: Sequence[SignedSeal]) -> Fault | None:
    prev = GENESIS
    for expected, one in enumerate(found, start=1):
        fault = seal_fault(one, expected, prev, checks)
        if fault is not None:
            return fault
        prev = one.digest
    return None


def test_seals() -> None:
    good = seals(4)
    assert verify_seals(good) is None
    assert verify_seals([]) is None
    assert verify_seals(good[:1] + good[2:]) == Fault(FaultKind.DELETED, 2)
    assert verify_seals([*good[:2], good[1], *good[2:]]) == Fault(FaultKind.INSERTED, 3)
    changed = good[1].seal._replace(heads=())
    unsigned = good[1]._replace(seal=changed, digest=seal_digest(seal_body(changed)))
    assert verify_seals([good[0], unsigned, *good[2:]]) == Fault(FaultKind.SIGNATURE, 2)
    assert verify_seals([good[0], signed(changed), *good[2:]]) == Fault(FaultKind.REWRITTEN, 3)


def test_the_order_of_heads_does_not_matter() -> None:
    seal = seals(1)[0].seal
    assert seal_body(seal) == seal_body(seal._replace(heads=seal.heads[::-1]))
    assert seal_body(seal) != seal_body(seal._replace(feed_n=0))
