"""Keys that sign messages between systems: ours, made of the master keys, and those of others to check with.

One key for each master key of the ring, so that it changes with them and no further secret is to be kept; all
are published, the first signs.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from dataclasses import dataclass, field
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from app.domain.dci import thumbprint

_PUBLIC_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class MessageKey:
    """One key of ours. Its repr shows the public part only."""

    private: Ed25519PrivateKey = field(repr=False)
    public: bytes
    kid: str

    @classmethod
    def of(cls, seed: bytes) -> "MessageKey":
        private = Ed25519PrivateKey.from_private_bytes(seed)
        public = private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        return cls(private, public, thumbprint(public))

    def sign(self, content: bytes) -> bytes:
        return self.private.sign(content)


def public_text(public: bytes) -> str:
    """Return a public key as a JWK's ``x``."""
    return urlsafe_b64encode(public).decode().rstrip("=")


def read_public(text: str) -> bytes | None:
    """Read a JWK's ``x``; None where it is no Ed25519 key."""
    try:
        public = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (Error, ValueError):
        return None
    # One spelling each: a key is known by its thumbprint.
    return public if len(public) == _PUBLIC_BYTES and public_text(public) == text else None


def is_signed(public: bytes, signature: bytes, content: bytes) -> bool:
    """Tell whether the holder of *public* signed *content*."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, content)
    except (InvalidSignature, ValueError):
        return False
    return True
