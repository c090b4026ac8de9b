"""The form of a service key: ``psk_1374-`` with its tenant's digits, 43 random characters, 6 that check them.

The prefix lets scanners of leaked secrets find it; the check tells a typing error before any row is read.
A pattern for scanners: ``psk_[0-9]{4}-[A-Za-z0-9_-]{43}[0-9A-Za-z]{6}``.
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import Final
from zlib import crc32

from app.domain.access import Permission
from app.domain.ids import tenant_of_token

PREFIX: Final = "psk_"
SHOWN: Final = 13
"""How many first characters are kept: the prefix, the tenant, and four of the random ones."""
MOST_LIVE: Final = 5
"""Keys of one client at a time: one in use and its successor for each of two machines, one to spare. Ours."""
LONGEST: Final = timedelta(days=366)
"""A key that never ends is one that nobody looks after. Ours; OWASP ASVS 5.0 asks for an end."""
_CHECK: Final = 6
_DIGITS: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def make_key(token: str) -> str:
    """Return the key of a random *token* that begins with its tenant's digits."""
    return f"{PREFIX}{token}{_check(PREFIX + token)}"


def tenant_of_key(text: str) -> str | None:
    """Return the tenant of a well-formed key; None for anything else."""
    body, check = text[:-_CHECK], text[-_CHECK:]
    if not text.startswith(PREFIX) or not text.isascii() or check != _check(body):
        return None
    return tenant_of_token(body.removeprefix(PREFIX))


def within(wanted: Iterable[Permission], most: Iterable[str] | None) -> bool:
    """Tell whether *wanted* asks for no more than *most*; None is no bound."""
    return most is None or {item.value for item in wanted} <= set(most)


def narrowed(*bounds: Iterable[str] | None) -> frozenset[Permission] | None:
    """Return what all *bounds* leave; None when none of them is a bound."""
    left: frozenset[str] | None = None
    for bound in bounds:
        if bound is not None:
            left = frozenset(bound) if left is None else left & frozenset(bound)
    # A permission of an older release that is none any more gives nothing.
    return None if left is None else frozenset(item for item in Permission if item.value in left)


def _check(text: str) -> str:
    number, found = crc32(text.encode()), ""
    for _ in range(_CHECK):
        number, digit = divmod(number, len(_DIGITS))
        found = _DIGITS[digit] + found
    return found
