"""What an ID token of the outside issuer must say to let anybody in (OpenID Connect Core 1.0, 3.1.3.7)."""

import re
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Final

ALGORITHMS: Final = ("RS256", "PS256", "ES256", "Ed25519", "EdDSA")
"""All with a key of the issuer's own: never ``none``, and no secret that both sides hold."""
LEEWAY: Final = timedelta(seconds=60)
"""How far the clocks of the two houses may be apart."""
GOOD_FOR: Final = timedelta(minutes=10)
"""How long somebody may take at the issuer's page."""
LONGEST_SUBJECT: Final = 255
_SUBJECT: Final = re.compile(r"[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?", re.ASCII)


class Untrusted(Exception):
    """What came back from the issuer lets nobody in; *reason* is a code that an operator can look up."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Denied(Exception):
    """The issuer itself says no, or the person gave up there."""


@dataclass(frozen=True, slots=True)
class Secrets:
    """What one sign-in is tied to: nothing of it is stored, only a digest of *state* and *key* together.

    The verifier of PKCE and the nonce are made from them, so that whoever reads the database, or sees the
    address that the issuer sends the browser back to, can make neither.
    """

    state: str = field(repr=False)
    """Travels through the browser and the issuer."""
    key: str = field(repr=False)
    """Stays with the frontend that began: in a cookie of the browser that no script reads."""

    @property
    def digest(self) -> bytes:
        return self._derived("state")

    @property
    def nonce(self) -> str:
        return _text(self._derived("nonce"))

    @property
    def verifier(self) -> str:
        return _text(self._derived("verifier"))

    @property
    def challenge(self) -> str:
        return _text(sha256(self.verifier.encode()).digest())

    def _derived(self, use: str) -> bytes:
        return sha256(f"{use}\x1f{self.key}\x1f{self.state}".encode("utf-8", "surrogatepass")).digest()


@dataclass(frozen=True, slots=True)
class Expected:
    issuer: str
    client_id: str
    nonce: str = field(repr=False)


def named(issuer: str, subject: str) -> str:
    """Return who somebody is at an issuer, as one value to take the digest of."""
    return f"{issuer}\x1f{subject}"


def is_subject(text: object) -> bool:
    """Whether *text* can be a subject: at most 255 characters of ASCII."""
    return isinstance(text, str) and len(text) <= LONGEST_SUBJECT and _SUBJECT.fullmatch(text) is not None


def subject_of(claims: Mapping[str, Any], expected: Expected, now: datetime) -> str:
    """Return whom the claims of a token with a good signature vouch for.

    Raises:
        Untrusted: they are of another issuer, for somebody else, of another sign-in, too old or too new.
    """
    if claims.get("iss") != expected.issuer:
        raise Untrusted("wrong_issuer")
    _check_audience(claims, expected.client_id)
    _check_times(claims, now)
    if claims.get("nonce") != expected.nonce:
        raise Untrusted("wrong_nonce")
    subject = claims.get("sub")
    if not is_subject(subject):
        raise Untrusted("no_subject")
    return str(subject)


def _check_audience(claims: Mapping[str, Any], client_id: str) -> None:
    said = claims.get("aud")
    audience = [said] if isinstance(said, str) else said
    if not isinstance(audience, list) or client_id not in audience:
        raise Untrusted("wrong_audience")
    party = claims.get("azp")
    if (party is not None or len(audience) > 1) and party != client_id:
        raise Untrusted("wrong_party")


def _check_times(claims: Mapping[str, Any], now: datetime) -> None:
    here, leeway = now.timestamp(), LEEWAY.total_seconds()
    if _seconds(claims, "exp") <= here - leeway:
        raise Untrusted("expired")
    if _seconds(claims, "iat") > here + leeway or (
        "nbf" in claims and _seconds(claims, "nbf") > here + leeway
    ):
        raise Untrusted("not_yet_valid")


_LEAST: Final = -(2.0**40)
_MOST: Final = 2.0**40
"""Seconds since 1970, some thirty thousand years."""


def _seconds(claims: Mapping[str, Any], name: str) -> float:
    value = claims.get(name)
    # JSON as Python reads it knows NaN, which is neither before nor after anything, and integers without end.
    if isinstance(value, bool) or not isinstance(value, int | float) or not _LEAST < value < _MOST:
        raise Untrusted("no_time")
    return value


def _text(digest: bytes) -> str:
    return urlsafe_b64encode(digest).rstrip(b"=").decode()
