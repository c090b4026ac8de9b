"""Waiting for the feed to grow: one look a second in a process, for however many wait in it."""

import asyncio
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from time import perf_counter
from typing import Final

from app.db.queries import feed
from app.db.session import Database, read_only
from app.services.feed import Position

LONGEST: Final = 15
"""Seconds that one request may wait: less than a proxy's patience, and than a server takes to stop."""
LOOKS_EVERY: Final = 1.0
"""Seconds; events get their numbers about as often."""
MOST: Final = 500
"""Requests that wait at once in a process; further ones are answered at once, as without waiting."""


@dataclass
class FeedWait:
    """One of an application. Nobody who waits holds a connection to the database."""

    most: int = MOST
    _heads: Mapping[str, int] = field(default_factory=dict)
    _looked_at: float | None = None
    _looking: asyncio.Lock = field(default_factory=asyncio.Lock)
    _waiting: int = 0

    @asynccontextmanager
    async def place(self) -> AsyncIterator[bool]:
        """Take a place among those who wait; tells whether there was one."""
        if self._waiting >= self.most:
            yield False
            return
        self._waiting += 1
        try:
            yield True
        finally:
            self._waiting -= 1

    def end_of(self, seconds: int) -> float:
        """Return until when to wait, as `growth` takes it."""
        return perf_counter() + seconds

    async def growth(
        self, database: Database, tenants: Collection[str] | None, behind: Position, until: float
    ) -> bool:
        """Return when a feed goes on behind *behind*, or at *until* at the latest.

        Args:
            database: where the feeds are.
            tenants: whose feeds count; ``None`` for those of all tenants.
            behind: the last number seen of each.
            until: what `end_of` gave.

        Returns:
            Whether one goes on.
        """
        while (left := until - perf_counter()) > 0:
            heads = await self._look(database)
            if any(n > behind.get(one, 0) for one, n in heads.items() if tenants is None or one in tenants):
                return True
            await asyncio.sleep(min(left, LOOKS_EVERY))
        return False

    async def _look(self, database: Database) -> Mapping[str, int]:
        async with self._looking:
            if self._looked_at is None or perf_counter() - self._looked_at >= LOOKS_EVERY:
                async with read_only(database.sessions) as tx:
                    self._heads = await feed.heads(tx, None)
                self._looked_at = perf_counter()
            return self._heads
