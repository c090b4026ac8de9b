"""Webhooks by Standard Webhooks 1.0.0: addresses, secrets, signatures, and when it is tried again."""

import hmac
from base64 import b64decode, b64encode
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any, Final
from urllib.parse import urlsplit


class WebhookState(StrEnum):
    ACTIVE = "active"
    DISABLED = "disabled"
    REMOVED = "removed"


class Stopped(StrEnum):
    """Why an endpoint is disabled."""

    BY_OWNER = "by_owner"
    GONE = "gone"
    """It answered 410."""
    EXHAUSTED = "exhausted"
    """All attempts of one event failed."""


class DeliveryState(StrEnum):
    WAITING = "waiting"
    DELIVERED = "delivered"
    WITHHELD = "withheld"
    """Its owner may not see the event any more."""


SECRET_BYTES: Final = 32
PREFIX: Final = "whsec_"
OLD_SECRET_LIVES: Final = timedelta(hours=24)
MOST_PER_OWNER: Final = 20
BACKLOG: Final = 5_000
"""Events that wait for one endpoint at most; the feed keeps the others, and they come after."""

# Standard Webhooks 1.0.0, "Retry schedule": after each attempt so long until the next; 75.6 hours in all.
PAUSES: Final = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
ATTEMPTS: Final = len(PAUSES) + 1
JITTER: Final = 0.1
GONE: Final = 410


def next_pause(attempts: int, name: bytes) -> timedelta | None:
    """Return how long to wait after the attempt *attempts* (from 1), or None after the last.

    Up to a tenth is added, drawn from *name* and the number, so that what failed together does not come
    again together.
    """
    if attempts > len(PAUSES):
        return None
    drawn = int.from_bytes(sha256(name + attempts.to_bytes(4, "big")).digest()[:4], "big") / 2**32
    return PAUSES[attempts - 1] * (1 + JITTER * drawn)


def secret_text(secret: bytes) -> str:
    return PREFIX + b64encode(secret).decode()


def secret_bytes(text: str) -> bytes:
    return b64decode(text.removeprefix(PREFIX), validate=True)


def signed_headers(secrets: Iterable[bytes], id_: str, at: datetime, body: bytes) -> dict[str, str]:
    """Return the three headers; one signature for each live secret, the newest first."""
    stamp = str(int(at.timestamp()))
    message = f"{id_}.{stamp}.".encode() + body
    signatures = (b64encode(hmac.digest(key, message, "sha256")).decode() for key in secrets)
    return {
        "webhook-id": id_,
        "webhook-timestamp": stamp,
        "webhook-signature": " ".join(f"v1,{one}" for one in signatures),
    }


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which of the events that it may see an endpoint wants; an empty filter wants all."""

    types: Collection[str] = ()
    regencies: Collection[str] = ()
    programs: Collection[str] = ()

    def takes(self, type_: str, regency: str, data: Mapping[str, Any]) -> bool:
        return (
            (not self.types or type_ in self.types)
            and (not self.regencies or regency in self.regencies)
            and (not self.programs or data.get("program") in self.programs)
        )


LONGEST_URL: Final = 500


def url_fault(url: str, *, loopback: bool) -> str | None:
    """Return why nothing may be sent to *url*, as a code; None where its form is good.

    Where its name leads is judged at each connection. *loopback*: plain HTTP and this machine are allowed.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return "malformed"
    if not url.isascii() or not url.isprintable() or " " in url or len(url) > LONGEST_URL or "\\" in url:
        return "malformed"
    if parts.scheme != "https" and not (loopback and parts.scheme == "http"):
        return "not_https"
    if not host or port == 0:
        return "malformed"
    if "@" in parts.netloc or parts.fragment:
        return "userinfo_or_fragment"
    return None if loopback else _host_fault(host)


def _host_fault(host: str) -> str | None:
    try:
        return None if is_public(host) else "not_public"
    except ValueError:
        pass
    last = host.rstrip(".").rpartition(".")[2]
    # `0x7f000001`, `2130706433` and the like are read as addresses by resolvers.
    if "." not in host.rstrip(".") or last.isdigit() or last.startswith("0x"):
        return "not_public"
    return "not_public" if last in {"localhost", "local", "internal", "lan", "home", "localdomain"} else None


_NAT64: Final = (ip_network("64:ff9b::/96"), ip_network("64:ff9b:1::/48"))


def is_public(address: str, *, loopback: bool = False) -> bool:
    """Tell whether an address may be connected to: of the public internet, also in what it embeds.

    Raises:
        ValueError: it is no address.
    """
    found = ip_address(address)
    if loopback and found.is_loopback:
        return True
    return _is_public(found)


def _is_public(found: IPv4Address | IPv6Address) -> bool:
    if isinstance(found, IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour or (found.teredo[1] if found.teredo else None)
        if inner is not None:
            return _is_public(inner)
        if any(found in net for net in _NAT64):
            return _is_public(IPv4Address(int(found) & 0xFFFF_FFFF))
        if int(found) < 2**32:
            return False  # IPv4-compatible, long deprecated
        if found.scope_id or found.is_site_local:
            return False
    return found.is_global and not found.is_multicast and not found.is_reserved
