"""When to ask again, and how long to wait before: exponential backoff with full jitter.

Full jitter draws the wait evenly between nothing and the bound, so that devices that lost the same link do
not come back together. ``Retry-After`` is a floor under it: never sooner, and not all at that instant.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

BUSY: Final = frozenset({408, 425, 429, 502, 503, 504})
"""Answers that say "not now": the same request may succeed later."""
STILL_RUNNING: Final = "idempotency_running"
"""The code of a 409 that says: the first of these twins has not ended yet."""


@dataclass(frozen=True, slots=True)
class Retries:
    tries: int = 6
    """How often a request is sent at most."""
    base: float = 0.5
    """Seconds; the bound of the first wait. It doubles from try to try."""
    longest: float = 30.0
    """Seconds; no bound grows beyond this."""
    patience: float = 120.0
    """Seconds; a ``Retry-After`` beyond this is not waited for: the refusal is raised."""
    luck: Callable[[], float] = random.random

    def wait(self, tried: int, asked: float | None = None) -> float | None:
        """Return the seconds to wait after try number *tried* (from 1), or ``None`` to give up.

        *asked* is what ``Retry-After`` says, in seconds.
        """
        if tried >= self.tries or (asked is not None and asked > self.patience):
            return None
        bound = min(self.longest, self.base * 2 ** (tried - 1))
        return float((asked or 0.0) + self.luck() * bound)


def retry_after(header: str | None, now: datetime | None = None) -> float | None:
    """Return the seconds that a ``Retry-After`` header asks for: a number, or an HTTP date."""
    if not header:
        return None
    if header.strip().isascii() and header.strip().isdigit():
        return float(header)
    try:
        until = parsedate_to_datetime(header)
    except ValueError:
        return None
    if until.tzinfo is None:
        until = until.replace(tzinfo=UTC)
    return max(0.0, (until - (now or datetime.now(UTC))).total_seconds())
