"""The chain of hashes that shows what was done to a log by hand, and the seals that show what was cut off it.

A row's hash is SHA-256 over the hash before it and the canonical bytes of the row, which name the
stream and the row's number. The chain has no key: whoever may write to the database can hash anew from
some row on, and cut a tail together with the head. Both show against the signed seals, which lie
outside the database too.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from hashlib import sha256
from typing import Final, NamedTuple
from uuid import UUID

GENESIS: Final = bytes(32)
"""What the first row of every stream has before it."""
_SAFE_INTEGER: Final = 2**53 - 1
dump: Final = json.JSONEncoder(
    ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
).encode
"""The canonical spelling of what is plain already: text, integers, truth, null, dicts and lists of them."""


class FaultKind(StrEnum):
    EDITED = "edited"
    INSERTED = "inserted"
    REORDERED = "reordered"
    DELETED = "deleted"
    CUT = "cut"
    """The tail is missing: fewer rows than the head or a seal counts."""
    HEAD = "head"
    """The stored head is not that of the last row."""
    REWRITTEN = "rewritten"
    """The rows agree among themselves but not with a seal: hashed anew after it."""
    SIGNATURE = "signature"


@dataclass(frozen=True, slots=True)
class Fault:
    kind: FaultKind
    n: int
    """The first bad row; for a deletion or a cut the first row that is missing."""


class ChainRow(NamedTuple):
    n: int
    prev: bytes
    hash: bytes
    body: bytes
    """The canonical bytes, made anew from the stored columns."""


class Head(NamedTuple):
    n: int
    """How many rows the stream has."""
    hash: bytes


NO_ROWS: Final = Head(0, GENESIS)


class SealedHead(NamedTuple):
    stream_id: UUID
    n: int
    hash: bytes


class Seal(NamedTuple):
    """One seal of a tenant: the heads of its streams that changed since the seal before."""

    regency_code: str
    n: int
    at: datetime
    feed_n: int
    heads: tuple[SealedHead, ...]
    prev_digest: bytes


class SignedSeal(NamedTuple):
    seal: Seal
    digest: bytes
    signature: bytes


def instant_text(at: datetime) -> str:
    """Return an aware instant as ``2026-11-25T03:04:05.000000Z``, always with six decimals."""
    if at.tzinfo is None:
        raise ValueError("an instant needs a zone")
    utc = at if at.tzinfo is UTC else at.astimezone(UTC)
    return utc.isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"


def canonical(value: object) -> bytes:
    """Return the one spelling of a JSON value: keys sorted, no spaces, UTF-8; UUID, date and instant as text.

    Raises:
        ValueError: a float, a naive instant, an integer past 2^53, a key that is no text, or any other type:
            these do not come back from every store as they went in.
    """
    return dump(_plain(value)).encode()


def event_hash(prev: bytes, body: bytes) -> bytes:
    """Return the hash of a row with canonical *body* after the row whose hash is *prev*."""
    if len(prev) != len(GENESIS):
        raise ValueError("a hash has 32 bytes")
    return sha256(prev + body).digest()


def verify_chain(
    rows: Iterable[ChainRow], *, head: Head | None = None, sealed: Iterable[Head] = ()
) -> Fault | None:
    """Return the first bad row of one stream, or ``None``.

    Args:
        rows: all rows of the stream in the order of *n*, from 1.
        head: what the stream's own row says of it.
        sealed: what the seals say of it, oldest first; the later tell, the earlier narrow down.
    """
    seals = {seal.n: seal.hash for seal in sealed if seal.n}
    expected, prev, agreed = 0, GENESIS, 0
    hashes: list[bytes] = []
    walk = iter(rows)
    for row in walk:
        expected += 1
        if row.n != expected or row.prev != prev or sha256(prev + row.body).digest() != row.hash:
            return _diagnose(row, expected, hashes, walk)
        prev = row.hash
        hashes.append(prev)
        if expected in seals:
            if seals[expected] != prev:
                return Fault(FaultKind.REWRITTEN, agreed + 1)
            agreed = expected
    return _end(Head(expected, prev), head, max(seals, default=0))


def _end(found: Head, head: Head | None, sealed_n: int) -> Fault | None:
    if found.n < max(sealed_n, head.n if head else 0):
        return Fault(FaultKind.CUT, found.n + 1)
    if head and found.n > head.n:
        return Fault(FaultKind.INSERTED, head.n + 1)
    if head and found.hash != head.hash:
        return Fault(FaultKind.HEAD, found.n)
    return None


def _diagnose(row: ChainRow, expected: int, hashes: Sequence[bytes], later: Iterator[ChainRow]) -> Fault:
    """Name what was done where the chain first breaks: *hashes* are the good ones before *row*."""
    prev = hashes[-1] if hashes else GENESIS
    rest = list(later)
    if row.prev == prev or event_hash(prev, row.body) == row.hash:
        kind = FaultKind.EDITED if row.n == expected else _gap(row.n, expected)
        return Fault(kind, expected)
    known = {GENESIS: 0} | {hash_: n for n, hash_ in enumerate(hashes, start=1)}
    if row.prev in known:
        # It follows an earlier row, so what stands between the two was put in.
        return Fault(FaultKind.INSERTED, known[row.prev] + 1)
    if any(other.hash == row.prev for other in rest):
        return Fault(FaultKind.REORDERED, expected)
    if any(other.prev == prev for other in rest):
        return Fault(FaultKind.INSERTED, expected)
    return Fault(FaultKind.DELETED, expected)


def _gap(n: int, expected: int) -> FaultKind:
    return FaultKind.DELETED if n > expected else FaultKind.INSERTED


def seal_body(seal: Seal) -> bytes:
    """Return the canonical bytes that are signed; the heads stand in the order of their streams."""
    return canonical(
        {
            "v": 1,
            "regency_code": seal.regency_code,
            "n": seal.n,
            "at": seal.at,
            "feed_n": seal.feed_n,
            "heads": [[head.stream_id, head.n, head.hash.hex()] for head in sorted(seal.heads)],
            "prev": seal.prev_digest.hex(),
        }
    )


def seal_digest(body: bytes) -> bytes:
    return sha256(body).digest()


def seal_fault(
    signed: SignedSeal, expected: int, prev: bytes, verify: Callable[[bytes, bytes], bool]
) -> Fault | None:
    """Judge one seal that should be number *expected* after the one whose digest is *prev*.

    *verify* takes a body and a signature. A cut tail of seals shows against the copy outside the database.
    """
    body = seal_body(signed.seal)
    if signed.seal.n != expected:
        return Fault(_gap(signed.seal.n, expected), expected)
    if signed.digest != seal_digest(body) or not verify(body, signed.signature):
        return Fault(FaultKind.SIGNATURE, expected)
    if signed.seal.prev_digest != prev:
        return Fault(FaultKind.REWRITTEN, expected)
    return None


def _plain(value: object) -> object:
    """Return *value* with nothing but dicts, lists, text, integers, truth and null in it."""
    if value is None or isinstance(value, (str, bool)):
        return value
    if isinstance(value, int):
        if not -_SAFE_INTEGER <= value <= _SAFE_INTEGER:
            raise ValueError("an integer is past 2^53")
        return value
    if isinstance(value, dict):
        if not all(isinstance(key, str) for key in value):
            raise ValueError("a key is not text")
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(inner) for inner in value]
    return _text(value)


def _text(value: object) -> str:
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, datetime):
        return instant_text(value)
    if isinstance(value, date):
        return value.isoformat()
    raise ValueError(f"{type(value).__name__} has no canonical form")
