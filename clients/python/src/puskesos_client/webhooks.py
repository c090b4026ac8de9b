"""Is this webhook from the service, and from now? Standard Webhooks 1.0.0, symmetric signatures."""

import hmac
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Iterable, Mapping
from hashlib import sha256
from time import time
from typing import Final

from puskesos_client.errors import BadSignature

TOLERANCE: Final = 300
"""Seconds that a timestamp may lie off our clock, either way."""
_LONGEST: Final = 12
"""Digits of a timestamp."""
_PREFIX: Final = "whsec_"
_VERSION: Final = "v1"


class Webhook:
    """Verifies what comes to one endpoint.

    Give both secrets while they are being rotated: a signature by either is good. Keep the ids that you have
    handled: a delivery may come twice, and ``webhook-id`` is the same each time.
    """

    def __init__(self, *secrets: str) -> None:
        if not secrets:
            raise ValueError("A webhook needs at least one secret.")
        self._keys = tuple(_key_of(secret) for secret in secrets)

    def verify(self, headers: Mapping[str, str], body: bytes, *, now: float | None = None) -> str:
        """Return the delivery's id when it is genuine.

        *headers* may be in any letter case; *body* must be the bytes as they came.

        Raises:
            BadSignature: a header is missing or unreadable, the time is off, or no signature fits.
        """
        given = {name.lower(): value for name, value in headers.items()}
        id_, stamp, signatures = (
            given.get(f"webhook-{name}", "") for name in ("id", "timestamp", "signature")
        )
        if not (id_ and signatures and stamp.isascii() and stamp.isdigit() and len(stamp) <= _LONGEST):
            raise BadSignature("The webhook's headers are missing or unreadable.")
        if abs((time() if now is None else now) - int(stamp)) > TOLERANCE:
            raise BadSignature("The webhook's time is too far from ours.")
        expected = [_signature(key, id_, stamp, body) for key in self._keys]
        if not _any_fits(expected, signatures.split()):
            raise BadSignature("No signature of the webhook fits.")
        return id_


def _key_of(secret: str) -> bytes:
    try:
        return b64decode(secret.removeprefix(_PREFIX), validate=True)
    except (NotBase64, ValueError):
        raise ValueError("A webhook's secret is base64, with or without whsec_ before it.") from None


def _signature(key: bytes, id_: str, stamp: str, body: bytes) -> bytes:
    signed = f"{id_}.{stamp}.".encode("utf-8", "surrogatepass") + body
    return b64encode(hmac.new(key, signed, sha256).digest())


def _any_fits(expected: Iterable[bytes], sent: Iterable[str]) -> bool:
    """Compare in constant time, and all of them: which one fits is nobody's business."""
    found = False
    known = list(expected)
    for one in sent:
        version, _, signature = one.partition(",")
        for mine in known:
            fits = hmac.compare_digest(mine, signature.encode("utf-8", "surrogatepass"))
            found = found or (version == _VERSION and fits)
    return found
