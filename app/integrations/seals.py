"""Signing the hourly seals, and the copies of them that lie outside the database."""

import base64
import json
import os
import secrets
from hashlib import sha256
from pathlib import Path
from typing import Final, NamedTuple, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from app.integrations.keyring import decode_key

_KEY_ID_HEX: Final = 16


class SealVerifier:
    """Checks signatures with the public key alone, so that an auditor needs no secret."""

    def __init__(self, public: Ed25519PublicKey) -> None:
        self._public = public
        raw = public.public_bytes(Encoding.Raw, PublicFormat.Raw)
        self.key_id = sha256(raw).hexdigest()[:_KEY_ID_HEX]
        """Names the key in a seal's row; comes from the public key."""
        self.public_text = base64.b64encode(raw).decode()

    @classmethod
    def parse(cls, public_text: str) -> Self:
        """Read a public key as :attr:`public_text` gives it."""
        return cls(Ed25519PublicKey.from_public_bytes(decode_key(public_text)))

    @property
    def public_pem(self) -> str:
        """The public key for other tools, such as ``openssl pkeyutl -verify -rawin``."""
        return self._public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()

    def verify(self, body: bytes, signature: bytes) -> bool:
        try:
            self._public.verify(signature, body)
        except InvalidSignature:
            return False
        return True


class SealSigner(SealVerifier):
    """Signs with the private key, which lies in the settings and never in the database."""

    def __init__(self, private: Ed25519PrivateKey) -> None:
        super().__init__(private.public_key())
        self._private = private

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a private key: 32 bytes in base64.

        Raises:
            BadKeys: it is not.
        """
        return cls(Ed25519PrivateKey.from_private_bytes(decode_key(text)))

    def sign(self, body: bytes) -> bytes:
        return self._private.sign(body)


class SealCopy(NamedTuple):
    body: bytes
    """The canonical bytes that were signed."""
    key_id: str
    signature: bytes


def write_copy(folder: Path, regency_code: str, n: int, copy: SealCopy) -> Path:
    """Keep one seal as a file outside the database, written whole or not at all.

    A copy that is there already is left alone: a seal never changes, so a retry after a crash is harmless.
    """
    target = folder / regency_code / f"{n:08}.json"
    if target.exists():
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    content = {
        "body": copy.body.decode(),
        "key_id": copy.key_id,
        "signature": base64.b64encode(copy.signature).decode(),
    }
    draft = target.with_name(f".{target.name}.{secrets.token_hex(8)}")
    with draft.open("w") as file:
        file.write(json.dumps(content) + "\n")
        file.flush()
        os.fsync(file.fileno())
    draft.replace(target)
    return target


def read_copies(folder: Path, regency_code: str) -> list[SealCopy]:
    """Return the copies of one tenant's seals in the order of their numbers."""
    return [_read(path) for path in sorted((folder / regency_code).glob("[0-9]*.json"))]


def _read(path: Path) -> SealCopy:
    found = json.loads(path.read_text())
    return SealCopy(found["body"].encode(), found["key_id"], base64.b64decode(found["signature"]))
