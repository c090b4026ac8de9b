"""Tokens as they look: a prefix that says what they are, then their tenant, then what nobody can guess."""

from hashlib import sha256
from typing import Final

from app.domain.ids import tenant_of_token

ACCESS: Final = "pk_"
REFRESH: Final = "pr_"


def digest_of(token: str) -> bytes:
    """Return what is stored of a token; it is long and random, so a plain SHA-256 is enough."""
    return sha256(token.encode("utf-8", "surrogatepass")).digest()


def tenant_of(token: str, prefix: str) -> str | None:
    """Return the tenant that a token of this kind names; None when it is not of this kind or broken."""
    return tenant_of_token(token.removeprefix(prefix)) if token.startswith(prefix) else None
