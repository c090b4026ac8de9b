"""A file's bytes as they lie in the store: under a key of their own, which the case's data key seals.

Layout: ``0x04 | length of the sealed key (2) | sealed key | nonce (12) | ciphertext + tag (16)``, AES-GCM.
Both parts are bound to the row and to the object's key: an object that is moved opens nowhere. Erasing the
person destroys her data key, and with it every copy of her files, those in backups too.
"""

from base64 import b64decode, b64encode
from os import urandom
from typing import Any, Final, Protocol
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from app.integrations.keyring import KEY_BYTES
from app.integrations.vault import CannotOpen

_FILE: Final = b"\x04"
_NONCE: Final = 12
_LENGTH: Final = 2
_TABLE: Final = "attachments"


class Sealing(Protocol):
    """The part of the vault that is needed here."""

    def seal(self, data_key: Any, table: str, column: str, row_id: UUID, text: str) -> bytes: ...
    def open(self, data_key: Any, table: str, column: str, row_id: UUID, sealed: bytes) -> str: ...


def seal_file(vault: Sealing, data_key: Any, place: tuple[UUID, str], content: bytes) -> bytes:
    """Return *content* as it is stored for *place*: the attachment's id and the object's key."""
    row_id, object_key = place
    key, nonce = urandom(KEY_BYTES), urandom(_NONCE)
    sealed = vault.seal(data_key, _TABLE, object_key, row_id, b64encode(key).decode())
    head = _FILE + len(sealed).to_bytes(_LENGTH, "big") + sealed + nonce
    return head + AESGCM(key).encrypt(nonce, content, _context(row_id, object_key))


def open_file(vault: Sealing, data_key: Any, place: tuple[UUID, str], stored: bytes) -> bytes:
    """Return the content of an object.

    Raises:
        CannotOpen: damaged, moved, or sealed by another key.
    """
    row_id, object_key = place
    start = 1 + _LENGTH
    end = start + int.from_bytes(stored[1:start], "big")
    nonce, rest = stored[end : end + _NONCE], stored[end + _NONCE :]
    if stored[:1] != _FILE or len(nonce) != _NONCE:
        raise CannotOpen("not a file of this service")
    key = b64decode(vault.open(data_key, _TABLE, object_key, row_id, stored[start:end]))
    try:
        return AESGCM(key).decrypt(nonce, rest, _context(row_id, object_key))
    except InvalidTag:
        raise CannotOpen("a stored file does not open here") from None


def _context(row_id: UUID, object_key: str) -> bytes:
    return f"{_TABLE}\x1f{object_key}\x1f{row_id.hex}".encode()
