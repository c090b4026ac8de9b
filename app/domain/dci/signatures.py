"""How a message is signed: Ed25519 over its canonical header and message, told in one line of text.

The published line names its parts (``namespace``, ``kidId``, ``algorithm``, ``created``, ``expires``,
``headers``, ``signature``) and leaves open how the digest is made. Ours: SHA-256 over the canonical JSON
(RFC 8785) of ``{"header": …, "message": …}`` as they were sent, whole numbers only.
"""

import re
from base64 import b64decode, b64encode, urlsafe_b64encode
from binascii import Error
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Final

from app.domain.chain import canonical

ALGORITHM: Final = "ed25519"
HEADERS: Final = "(created) (expires) digest"
NAMESPACE: Final = "dci"
SKEW: Final = timedelta(minutes=5)
"""How far the sender's clock may be before ours."""
LIFE: Final = timedelta(hours=24)
"""The longest that a signature may say it is good for."""
_BYTES: Final = 64
_PREFIX: Final = re.compile(r"\s*Signature:\s*", re.ASCII)
_PART: Final = re.compile(r'\s*([A-Za-z]{1,20})="([^"\\]{0,300})"\s*(?:,|$)', re.ASCII)
_NAMES: Final = frozenset(
    ("namespace", "kidId", "keyId", "algorithm", "created", "expires", "headers", "signature")
)
_STAMP: Final = re.compile(r"[0-9]{1,12}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Signed:
    """A signature as its line tells it; nothing of it is believed yet."""

    sender: str
    key_id: str
    created: int
    expires: int
    signature: bytes


def read_signature(text: str) -> Signed | None:
    """Read the line; None where it is not one of ours."""
    parts = _parts(text)
    if parts is None:
        return None
    name = parts.get("kidId") or parts.get("keyId") or ""
    sender, _, rest = name.partition("|")
    key_id, _, algorithm = rest.partition("|")
    named = sender and key_id and algorithm == parts.get("algorithm") == ALGORITHM
    if not named or parts.get("headers") != HEADERS:
        return None
    stamps = [parts.get("created", ""), parts.get("expires", "")]
    if not all(_STAMP.fullmatch(stamp) for stamp in stamps):
        return None
    try:
        signature = b64decode(parts.get("signature", ""), validate=True)
    except (Error, ValueError):
        return None
    if len(signature) != _BYTES:
        return None
    return Signed(sender, key_id, int(stamps[0]), int(stamps[1]), signature)


def _parts(text: str) -> dict[str, str] | None:
    prefix = _PREFIX.match(text)
    at, found = (prefix.end() if prefix else 0), {}
    while at < len(text):
        match = _PART.match(text, at)
        if match is None or match[1] in found or match[1] not in _NAMES:
            return None
        found[match[1]] = match[2]
        at = match.end()
    return found


def is_current(signed: Signed, now: datetime) -> bool:
    """Tell whether it was made by now, has not ended, and is not good for longer than a day."""
    created, expires, at = signed.created, signed.expires, now.timestamp()
    in_time = created <= at + SKEW.total_seconds() and at < expires
    return in_time and expires - created <= LIFE.total_seconds()


def signed_bytes(header: Any, message: Any) -> bytes | None:
    """Return what the digest is made of; None where it holds a number that is not whole, or one past 2^53."""
    try:
        return canonical({"header": header, "message": message})
    except ValueError:
        return None


def signing_text(content: bytes, created: int, expires: int) -> bytes:
    """Return the bytes that are signed: one line for each of the parts that ``headers`` names."""
    digest = b64encode(sha256(content).digest()).decode()
    return f"(created): {created}\n(expires): {expires}\ndigest: SHA-256={digest}".encode()


def write_signature(signed: Signed) -> str:
    name = f"{signed.sender}|{signed.key_id}|{ALGORITHM}"
    signature = b64encode(signed.signature).decode()
    return (
        f'Signature: namespace="{NAMESPACE}", kidId="{name}", algorithm="{ALGORITHM}", '
        f'created="{signed.created}", expires="{signed.expires}", headers="{HEADERS}", '
        f'signature="{signature}"'
    )


def thumbprint(public: bytes) -> str:
    """Return the name of an Ed25519 public key: its JWK thumbprint (RFC 7638)."""
    x = urlsafe_b64encode(public).decode().rstrip("=")
    content = f'{{"crv":"Ed25519","kty":"OKP","x":"{x}"}}'
    return urlsafe_b64encode(sha256(content.encode()).digest()).decode().rstrip("=")
