"""Sealing and digesting by the million, byte for byte as the vault does; for a process of our own only.

The child that reads a list gets the one data key and the one derived index key that it needs, over its
standard input; it never sees the master keys.
"""

from dataclasses import dataclass
from hashlib import sha256
from os import urandom
from typing import Any, Final
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_BLOCK: Final = 64
_NONCE: Final = 12
_NONCES: Final = 4096
_SEALED: Final = b"\x02"
_ID: Final = 2
_INNER: Final = bytes(one ^ 0x36 for one in range(256))
_OUTER: Final = bytes(one ^ 0x5C for one in range(256))


@dataclass(frozen=True, slots=True)
class BulkKeys:
    """What a child needs to seal the rows of one thing and to digest its numbers."""

    seal: bytes
    """The derived sealing key of one data key."""
    index_id: int
    index: bytes
    """The derived index key of the primary."""

    def to_json(self) -> dict[str, Any]:
        return {"seal": self.seal.hex(), "index_id": self.index_id, "index": self.index.hex()}

    @classmethod
    def of_json(cls, raw: dict[str, Any]) -> "BulkKeys":
        return cls(bytes.fromhex(raw["seal"]), int(raw["index_id"]), bytes.fromhex(raw["index"]))


class Digester:
    """HMAC-SHA256 with the key's two blocks hashed once: half the time of a whole HMAC."""

    def __init__(self, keys: BulkKeys, field: str) -> None:
        key = keys.index.ljust(_BLOCK, b"\0")
        self._inner, self._outer = sha256(key.translate(_INNER)), sha256(key.translate(_OUTER))
        self._inner.update(f"{field}\x1f".encode())
        self._head = keys.index_id.to_bytes(_ID, "big")

    def digest(self, number: str) -> bytes:
        inner, outer = self._inner.copy(), self._outer.copy()
        inner.update(number.encode())
        outer.update(inner.digest())
        return self._head + outer.digest()


class RowSealer:
    """Seals one column of the rows of one table."""

    def __init__(self, keys: BulkKeys, table: str, column: str) -> None:
        self._encrypt = AESGCM(keys.seal).encrypt
        self._place = f"{table}\x1f{column}\x1f"
        self._nonces, self._at = b"", 0

    def seal(self, row_hex: str, text: bytes) -> bytes:
        """Return what ``Vault.seal`` would for the row whose id is *row_hex*."""
        if self._at == len(self._nonces):
            self._nonces, self._at = urandom(_NONCE * _NONCES), 0
        nonce = self._nonces[self._at : self._at + _NONCE]
        self._at += _NONCE
        return _SEALED + nonce + self._encrypt(nonce, text, (self._place + row_hex).encode())


def row_id(of: UUID, n: int) -> UUID:
    """The id of row *n* of a thing: the thing's own id up to its last twelve digits, then the number."""
    return UUID(hex=row_hex(of.hex, n))


def row_hex(of: str, n: int) -> str:
    return f"{of[:20]}{n:012x}"
