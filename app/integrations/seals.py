"""Signing the hourly seals, and the copies of them that lie outside the database."""

import base64
from hashlib import sha256
from typing import Final, Self

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
