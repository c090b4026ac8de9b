"""Ids that carry their tenant, and the tenants' digits.

A tenant is a regency (``13.74``), or a pseudo-tenant above it: a province (``13``) or the nation
(``ID``). Its four digits (``1374``, ``1300``, ``0000``) begin every public id, ticket and token, so
that whoever holds one knows in which tenant to look before any row is read.
"""

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final, NamedTuple
from uuid import UUID

NATION: Final = "ID"
RANDOM_BYTES: Final = 10
"""How many random bytes :func:`uuid7` takes; 74 of their bits are used."""
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND: Final = timedelta(milliseconds=1)
_TENANT: Final = re.compile(r"ID|[1-9][0-9](\.[0-9]{2})?", re.ASCII)
_REGION: Final = re.compile(r"ID|[1-9][0-9](\.[0-9]{2}(\.[0-9]{2}(\.[0-9]{4})?)?)?", re.ASCII)
_DIGITS: Final = re.compile(r"0000|[1-9][0-9]{3}", re.ASCII)
_PUBLIC_ID: Final = re.compile(r"(0000|[1-9][0-9]{3})-([0-9a-f]{12}7[0-9a-f]{3}[89ab][0-9a-f]{15})", re.ASCII)
_TOKEN: Final = re.compile(r"(0000|[1-9][0-9]{3})-[A-Za-z0-9_-]{43}", re.ASCII)


class PublicId(NamedTuple):
    tenant: str
    id: UUID


def uuid7(now: datetime, random_bytes: bytes) -> UUID:
    """Return the UUIDv7 (RFC 9562) of the millisecond of *now*, an aware instant, and ten random bytes."""
    if len(random_bytes) != RANDOM_BYTES:
        raise ValueError(f"uuid7 takes {RANDOM_BYTES} random bytes")
    bits = int.from_bytes(random_bytes, "big")
    millisecond = (now - _EPOCH) // _MILLISECOND
    return UUID(
        int=millisecond << 80
        | 0x7 << 76
        | (bits >> 62 & 0xFFF) << 64
        | 0b10 << 62
        | bits & 0x3FFF_FFFF_FFFF_FFFF
    )


def instant_of(id_: UUID) -> datetime:
    """Return the instant (milliseconds) in which a UUIDv7 was made."""
    return _EPOCH + (id_.int >> 80) * _MILLISECOND


def is_region(text: str) -> bool:
    """Return whether *text* has the form of a region code or is ``ID``; it need not be in the table."""
    return _REGION.fullmatch(text) is not None


def is_tenant(text: str) -> bool:
    return _TENANT.fullmatch(text) is not None


def tenant_of(region: str) -> str:
    """Return the tenant that a region belongs to: ``13.74.01.1003`` is in ``13.74``."""
    if not is_region(region):
        raise ValueError("not a region code")
    return region[:5]


@lru_cache(maxsize=2_000)
def tenant_digits(regency_code: str) -> str:
    if not is_tenant(regency_code):
        raise ValueError("not a tenant code")
    return "0000" if regency_code == NATION else regency_code.replace(".", "").ljust(4, "0")


def tenant_of_digits(digits: str) -> str | None:
    """Return the tenant of four digits, or ``None`` if they are of no tenant."""
    if not _DIGITS.fullmatch(digits):
        return None
    if digits == "0000":
        return NATION
    return digits[:2] if digits[2:] == "00" else f"{digits[:2]}.{digits[2:]}"


def public_id(regency_code: str, id_: UUID) -> str:
    return f"{tenant_digits(regency_code)}-{id_.hex}"


def parse_public_id(text: str) -> PublicId | None:
    """Read a public id exactly as :func:`public_id` writes it; ``None`` for anything else."""
    match = _PUBLIC_ID.fullmatch(text)
    tenant = tenant_of_digits(match[1]) if match else None
    return PublicId(tenant, UUID(match[2])) if match and tenant else None


def tenant_of_token(token: str) -> str | None:
    """Return the tenant whose rows may know *token*, or ``None`` if it has not the form of one of ours."""
    match = _TOKEN.fullmatch(token)
    return tenant_of_digits(match[1]) if match else None


def parse_login(text: str) -> tuple[str, str] | None:
    """Read ``siti@1374`` as (name, tenant), in any case; ``None`` if it is no login."""
    name, at, digits = text.strip().casefold().rpartition("@")
    tenant = tenant_of_digits(digits)
    return (name, tenant) if at and name and tenant else None
