"""What a device that hands out without a network can prove, and what is proved to it.

Each device has a key of its own. The list that it takes along is signed with that key over its canonical
JSON, so the device knows that it is whole; each check-in is signed with the same key over one line of text,
so the service knows that it comes from that device and from that list, however late it is sent.
"""

import hmac
import json
from collections.abc import Mapping
from typing import Any


def list_text(payload: Mapping[str, Any]) -> bytes:
    """Return the bytes that are signed: keys sorted, no spaces, UTF-8."""
    return json.dumps(payload, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def checkin_text(list_id: str, client_id: str, code: str, device_at: str, outcome: str) -> bytes:
    """Return the line that is signed: the five values as they are sent, parted by ``|``."""
    return f"{list_id}|{client_id}|{code}|{device_at}|{outcome}".encode()


def sign(key: bytes, text: bytes) -> str:
    """Return HMAC-SHA256 as 64 hex digits."""
    return hmac.digest(key, text, "sha256").hex()


def is_signed(key: bytes, text: bytes, signature: str) -> bool:
    return hmac.compare_digest(sign(key, text).encode(), signature.encode())
