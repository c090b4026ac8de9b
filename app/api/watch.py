"""What a process looks at for whoever watches it, and no more often than that costs little."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from app.api.deps import House
from app.db.queries import figures as stored
from app.db.queries.figures import Figures
from app.db.session import Tx, read_only
from app.domain.errors import Unavailable
from app.integrations.vault import CannotOpen

FIGURES_HOLD: Final = timedelta(seconds=5)
STORE_HOLDS: Final = timedelta(seconds=30)
STORE_PATIENCE: Final = 2.0
"""Seconds that the store of files may take to answer."""


@dataclass
class Watch:
    """One of an application; who asks again too soon is told the same again."""

    _figures: tuple[datetime, Figures] | None = None
    _store: tuple[datetime, bool] | None = None
    _keys_right: bool = False
    _reading: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def figures(self, house: House, now: datetime) -> Figures | None:
        """Return the figures, at most five seconds old; None while the database does not answer."""
        async with self._reading:
            if self._figures is None or now - self._figures[0] >= FIGURES_HOLD:
                try:
                    known = await house.knowledge.current(now)
                    async with read_only(house.database.sessions) as tx:
                        read = await stored.read(tx, sorted(known.settings), now)
                except Unavailable:
                    return None
                self._figures = (now, read)
            return self._figures[1]

    async def store_answers(self, house: House, now: datetime) -> bool:
        """Tell whether files can be written and read; asked at most twice a minute."""
        if self._store is None or now - self._store[0] >= STORE_HOLDS:
            try:
                async with asyncio.timeout(STORE_PATIENCE):
                    await house.files.store.check()
                self._store = (now, True)
            except (Unavailable, TimeoutError):
                self._store = (now, False)
        return self._store[1]

    async def keys_open(self, house: House, tx: Tx) -> bool:
        """Tell whether the master keys are those of the data; once they were, they stay."""
        if not self._keys_right:
            wrapped = await stored.a_wrapped_key(tx)
            if wrapped is None:
                return True
            try:
                house.vault.unwrap(wrapped)
            except CannotOpen:
                return False
            self._keys_right = True
        return True
