"""A TCP proxy that behaves like a village's link: cuts, delays, and brings what it carried a second time."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Final

_CHUNK: Final = 4096
_ENDED: Final = 5.0
"""Seconds that a repeated request may take; what is answered is thrown away."""


@dataclass
class BadLink:
    """What the link does, drawn by *luck* for each connection."""

    port: int
    luck: random.Random
    cut: float = 0.8
    """Chance that a connection breaks after some bytes, in one direction or the other."""
    repeat: float = 0.5
    """Chance that all that a connection brought to the service comes again, later."""
    slow: float = 0.3
    """Chance that a piece waits."""
    longest: float = 0.05
    """Seconds that it waits at most."""
    good: bool = False
    """From now on it carries everything."""
    seen: Counter[str] = field(default_factory=Counter)
    _running: set[asyncio.Task[None]] = field(default_factory=set)

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry one connection until one of its ends, or the link, is done with it."""
        self.seen["connections"] += 1
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self.port)
        except OSError:
            writer.transport.abort()
            return
        brought = bytearray()
        limits = [self._limit(), self._limit()]
        ways = [
            asyncio.create_task(self._pump(reader, far_writer, limits[0], brought)),
            asyncio.create_task(self._pump(far_reader, writer, limits[1])),
        ]
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        for one in ways:
            one.cancel()
        broke = await asyncio.gather(*ways, return_exceptions=True)
        if True in broke:
            self.seen["cut"] += 1
            writer.transport.abort()
            far_writer.transport.abort()
        writer.close()
        far_writer.close()
        whole = broke[0] is not True
        if brought and whole and not self.good and self.luck.random() < self.repeat:
            self._later(bytes(brought))

    async def _pump(
        self,
        source: asyncio.StreamReader,
        target: asyncio.StreamWriter,
        limit: int | None,
        record: bytearray | None = None,
    ) -> bool:
        """Carry one way; return whether the link broke, after *limit* bytes."""
        carried = 0
        while piece := await source.read(_CHUNK):
            if not self.good and self.luck.random() < self.slow:
                self.seen["delayed"] += 1
                await asyncio.sleep(self.luck.uniform(0, self.longest))
            if limit is not None and not self.good and carried + len(piece) > limit:
                piece = piece[: limit - carried]  # the last that comes through
            carried += len(piece)
            if record is not None:
                record += piece
            with suppress(ConnectionError):
                target.write(piece)
                await target.drain()
            if limit is not None and not self.good and carried >= limit:
                return True
        return False

    def _limit(self) -> int | None:
        return self.luck.randint(1, 30_000) if self.luck.random() < self.cut else None

    def _later(self, brought: bytes) -> None:
        task = asyncio.create_task(self._again(brought))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _again(self, brought: bytes) -> None:
        self.seen["repeated"] += 1
        await asyncio.sleep(self.luck.uniform(0, 2))
        with suppress(OSError):
            reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
            writer.write(brought)
            with suppress(TimeoutError):
                async with asyncio.timeout(_ENDED):
                    while await reader.read(_CHUNK):
                        pass
            writer.close()

    async def settle(self) -> None:
        """Be a good link, and bring at last what was to come again."""
        self.good = True
        await asyncio.gather(*self._running, return_exceptions=True)


@asynccontextmanager
async def bad_link(port: int, luck: random.Random) -> AsyncIterator[tuple[str, BadLink]]:
    """Put a bad link before *port* of this machine; give its address and itself."""
    link = BadLink(port, luck)
    server = await asyncio.start_server(link.carry, "127.0.0.1", 0)
    host, own = server.sockets[0].getsockname()[:2]
    try:
        yield f"http://{host}:{own}", link
    finally:
        await link.settle()
        server.close()
