"""Passwords: argon2id off the event loop, few at a time.

19 MiB, two passes, one lane (OWASP's floor): 45 ms and 19 MiB for each of at most two at once, so that
a storm of log-ins can neither stop the other requests nor eat the memory.
"""

import asyncio
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

AT_ONCE: Final = 2
LONGEST: Final = 256
"""In UTF-8 bytes; what is longer is no password of ours and costs nothing to refuse."""
MEMORY_KIB: Final = 19 * 1024


class Passwords:
    """One per process: it holds the semaphore."""

    def __init__(self, *, time_cost: int = 2, memory_kib: int = MEMORY_KIB) -> None:
        self._hasher = PasswordHasher(time_cost=time_cost, memory_cost=memory_kib, parallelism=1)
        self._turn = asyncio.Semaphore(AT_ONCE)
        self._nobody = self._hasher.hash("nobody")

    async def hash(self, password: str) -> str:
        """Return the hash to store.

        Raises:
            ValueError: the password is longer than :data:`LONGEST`, or empty.
        """
        if not _usable(password):
            raise ValueError("a password has 1 to 256 bytes")
        async with self._turn:
            return await asyncio.to_thread(self._hasher.hash, password)

    async def verify(self, stored: str | None, password: str) -> bool:
        """Return whether *password* is right; for an unknown account (``None``) as slowly no."""
        if not _usable(password):
            return False
        async with self._turn:
            matches = await asyncio.to_thread(self._matches, stored or self._nobody, password)
        return matches and stored is not None

    def needs_rehash(self, stored: str) -> bool:
        """Return whether *stored* was made with other costs than today's."""
        return self._hasher.check_needs_rehash(stored)

    def _matches(self, stored: str, password: str) -> bool:
        try:
            return self._hasher.verify(stored, password)
        except (VerificationError, InvalidHashError):
            return False


def _usable(password: str) -> bool:
    try:
        return 0 < len(password.encode()) <= LONGEST
    except UnicodeEncodeError:
        return False
