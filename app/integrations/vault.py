"""Sealing what is personal, and finding it again without opening it.

Three layers: the master key (outside the database) wraps one data key per person, reporter or case; the
data key seals values. Erasing a person is destroying her wrapped key. Rotating the master key rewraps
keys and touches no value.

Byte layouts, with AES-256-GCM and a random nonce each:

- wrapped data key: ``0x01 | master key id (2) | nonce (12) | ciphertext + tag (48)``
- sealed value:     ``0x02 | nonce (12) | ciphertext + tag``, bound to its table, column and row
- box:              ``0x03 | master key id (2) | nonce (12) | ciphertext + tag``, bound to its purpose
and context - digest:           ``index key id (2) | HMAC-SHA256 (32)``
"""

import hmac
from collections import OrderedDict
from dataclasses import dataclass, field
from hashlib import sha256
from os import urandom
from threading import Lock
from typing import Final, NamedTuple
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from app.integrations.keyring import KEY_BYTES, Keyring

_WRAPPED: Final = b"\x01"
_SEALED: Final = b"\x02"
_BOXED: Final = b"\x03"
_NONCE: Final = 12
_TAG: Final = 16
_ID: Final = 2
_WRAP_CONTEXT: Final = b"puskesos data key"


class CannotOpen(Exception):
    """A value, key or box that this vault cannot open: damaged, moved to another row, or its key is gone."""


@dataclass(frozen=True, slots=True, eq=False)
class DataKey:
    """An unwrapped data key, ready to use. Its repr shows nothing."""

    aead: AESGCM = field(repr=False)
    mac: bytes = field(repr=False)


class NewKey(NamedTuple):
    key: DataKey
    wrapped: bytes
    """What is stored."""


class Vault:
    """Seals and opens with data keys. Safe to share between threads; one per process.

    Args:
        masters: the keys that wrap data keys.
        cache_size: how many unwrapped keys are kept, the least recently used leaving first. An erased
        person's key
            may stay in memory until it leaves, but without her wrapped key nothing asks for it.
    """

    def __init__(self, masters: Keyring, *, cache_size: int = 4096) -> None:
        self._primary = masters.primary
        self._masters = {id_: AESGCM(_derived(key, b"wrap")) for id_, key in masters.keys.items()}
        self._boxes = {id_: AESGCM(_derived(key, b"box")) for id_, key in masters.keys.items()}
        self._seeds = {id_: _derived(key, b"message") for id_, key in masters.keys.items()}
        self._cache: OrderedDict[bytes, DataKey] = OrderedDict()
        self._cache_size = cache_size
        self._lock = Lock()

    def new_data_key(self) -> NewKey:
        plain = urandom(KEY_BYTES)
        wrapped = self._wrap(plain)
        key = _data_key(plain)
        self._remember(wrapped, key)
        return NewKey(key, wrapped)

    def unwrap(self, wrapped: bytes) -> DataKey:
        """Return the data key that was stored as *wrapped*.

        Raises:
            CannotOpen: damaged, or wrapped by a master key that is not in the ring.
        """
        with self._lock:
            known = self._cache.get(wrapped)
            if known is not None:
                self._cache.move_to_end(wrapped)
                return known
        key = _data_key(self._unwrapped(wrapped))
        self._remember(wrapped, key)
        return key

    def sealing_key(self, wrapped: bytes) -> bytes:
        """Return the bare key that seals with a data key: for a child process of our own, over a pipe.

        Raises:
            CannotOpen: damaged, or wrapped by a master key that is not in the ring.
        """
        return _derived(self._unwrapped(wrapped), b"seal")

    def is_old(self, stored: bytes) -> bool:
        """Return whether a wrapped key or a box lies under another master key than the primary."""
        return stored[1 : 1 + _ID] != self._primary.to_bytes(_ID, "big")

    def rewrap(self, wrapped: bytes) -> bytes:
        """Return the same data key under the primary master key; values sealed with it stay as they are."""
        return self._wrap(self._unwrapped(wrapped))

    def seal(self, data_key: DataKey, table: str, column: str, row_id: UUID, text: str) -> bytes:
        """Return *text* sealed for one column of one row: it opens nowhere else."""
        nonce = urandom(_NONCE)
        return _SEALED + nonce + data_key.aead.encrypt(nonce, text.encode(), _place(table, column, row_id))

    def open(self, data_key: DataKey, table: str, column: str, row_id: UUID, sealed: bytes) -> str:
        """Return the text of a sealed value.

        Raises:
            CannotOpen: it was sealed by another key, for another place, or is damaged.
        """
        if sealed[:1] != _SEALED:
            raise CannotOpen(f"{table}.{column} holds no sealed value")
        nonce, ciphertext = sealed[1 : 1 + _NONCE], sealed[1 + _NONCE :]
        return _opened(data_key.aead, nonce, ciphertext, _place(table, column, row_id)).decode()

    def open_once(self, wrapped: bytes, table: str, column: str, row_id: UUID, sealed: bytes) -> str:
        """Return the text of one value whose key is not wanted again: it is not remembered.

        Raises:
            CannotOpen: as :meth:`unwrap` and :meth:`open` do.
        """
        if sealed[:1] != _SEALED:
            raise CannotOpen(f"{table}.{column} holds no sealed value")
        aead = AESGCM(_derived(self._unwrapped(wrapped), b"seal"))
        nonce, ciphertext = sealed[1 : 1 + _NONCE], sealed[1 + _NONCE :]
        return _opened(aead, nonce, ciphertext, _place(table, column, row_id)).decode()

    def text_hmac(self, data_key: DataKey, text: str) -> str:
        """Return 64 hex digits that an event holds for a sealed text.

        They prove the text while its key lives. The key of the HMAC comes from the data key, so that
        after an erasure nobody can find out by trying what the text was.
        """
        return hmac.digest(data_key.mac, text.encode(), "sha256").hex()

    def box(self, purpose: str, content: bytes, context: bytes = b"") -> bytes:
        """Return *content* sealed by the service itself, for a cursor or the like, and bound to *context*."""
        nonce = urandom(_NONCE)
        key_id = self._primary.to_bytes(_ID, "big")
        ciphertext = self._boxes[self._primary].encrypt(nonce, content, _joined(purpose.encode(), context))
        return _BOXED + key_id + nonce + ciphertext

    def unbox(self, purpose: str, boxed: bytes, context: bytes = b"") -> bytes:
        """Return what :meth:`box` was given.

        Raises:
            CannotOpen: not ours, damaged, or of another purpose or context.
        """
        aead = self._boxes.get(int.from_bytes(boxed[1 : 1 + _ID], "big"))
        if boxed[:1] != _BOXED or aead is None:
            raise CannotOpen("not a box of this service")
        nonce, ciphertext = boxed[1 + _ID : 1 + _ID + _NONCE], boxed[1 + _ID + _NONCE :]
        return _opened(aead, nonce, ciphertext, _joined(purpose.encode(), context))

    def rebox(self, purpose: str, boxed: bytes, context: bytes = b"") -> bytes:
        """Return a box of the same content under the primary master key.

        Raises:
            CannotOpen: as :meth:`unbox` does.
        """
        return self.box(purpose, self.unbox(purpose, boxed, context), context)

    def message_seeds(self) -> tuple[bytes, ...]:
        """Return the seeds of the keys that sign messages to other systems, the primary's first."""
        others = [id_ for id_ in self._seeds if id_ != self._primary]
        return tuple(self._seeds[id_] for id_ in (self._primary, *others))

    def _wrap(self, plain: bytes) -> bytes:
        nonce = urandom(_NONCE)
        header = _WRAPPED + self._primary.to_bytes(_ID, "big")
        return header + nonce + self._masters[self._primary].encrypt(nonce, plain, _WRAP_CONTEXT)

    def _unwrapped(self, wrapped: bytes) -> bytes:
        master = self._masters.get(int.from_bytes(wrapped[1 : 1 + _ID], "big"))
        if wrapped[:1] != _WRAPPED or master is None:
            raise CannotOpen("a data key lies under no master key of this ring")
        nonce, ciphertext = wrapped[1 + _ID : 1 + _ID + _NONCE], wrapped[1 + _ID + _NONCE :]
        return _opened(master, nonce, ciphertext, _WRAP_CONTEXT)

    def _remember(self, wrapped: bytes, key: DataKey) -> None:
        with self._lock:
            self._cache[wrapped] = key
            self._cache.move_to_end(wrapped)
            if len(self._cache) > self._cache_size:
                self._cache.popitem(last=False)


class Blind:
    """Keyed digests by which NIK, KK and phone are looked up.

    A number has little entropy: without the key, which never lies in the database, all could be tried
    in an hour. The field is part of the digest, so that equal numbers in two fields do not show as
    equal.
    """

    def __init__(self, keys: Keyring) -> None:
        self._primary = keys.primary
        self._keys = {id_: _derived(key, b"index") for id_, key in keys.keys.items()}

    def digest(self, field_name: str, value: str) -> bytes:
        """Return the digest to store: of the primary key, for a value in its normal form."""
        return self._digest(self._primary, field_name, value)

    def digests(self, field_name: str, value: str) -> list[bytes]:
        """Return the digests to look for: of every live key, the primary's first."""
        others = [id_ for id_ in self._keys if id_ != self._primary]
        return [self._digest(id_, field_name, value) for id_ in (self._primary, *others)]

    def primary_key(self) -> tuple[int, bytes]:
        """Return id and bytes of the key that new digests are made with: for a child process of our own."""
        return self._primary, self._keys[self._primary]

    def needs_redigest(self, digest: bytes) -> bool:
        """Return whether a stored digest was made with another key than the primary."""
        return digest[:_ID] != self._primary.to_bytes(_ID, "big")

    def _digest(self, key_id: int, field_name: str, value: str) -> bytes:
        message = f"{field_name}\x1f{value}".encode()
        return key_id.to_bytes(_ID, "big") + hmac.digest(self._keys[key_id], message, "sha256")


def _data_key(plain: bytes) -> DataKey:
    return DataKey(AESGCM(_derived(plain, b"seal")), _derived(plain, b"text"))


def _derived(key: bytes, use: bytes) -> bytes:
    """Return the key of one use: the same 32 bytes are never given to two algorithms."""
    return hmac.digest(key, b"puskesos/" + use, sha256)


def _place(table: str, column: str, row_id: UUID) -> bytes:
    return f"{table}\x1f{column}\x1f{row_id.hex}".encode()


def _joined(purpose: bytes, context: bytes) -> bytes:
    return len(purpose).to_bytes(_ID, "big") + purpose + context


def _opened(aead: AESGCM, nonce: bytes, ciphertext: bytes, context: bytes) -> bytes:
    if len(nonce) != _NONCE or len(ciphertext) < _TAG:
        raise CannotOpen("a sealed value is too short")
    try:
        return aead.decrypt(nonce, ciphertext, context)
    except InvalidTag:
        raise CannotOpen("a sealed value does not open here") from None
