"""Cleaning files outside the event loop: one niced process, made for the first file, killed when it hangs.

Files wait in line for it, so that any number of uploads costs one core at the lowest priority, and intake
keeps its rate.
"""

import asyncio
import json
import os
import sys
from asyncio.subprocess import PIPE, Process
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

import structlog

from app.domain.attachments import Clean, FileRefusedError, Refusal
from app.domain.errors import Unavailable
from app.integrations.cleaning_child import LENGTH

LONGEST: Final = timedelta(seconds=60)
"""For one file, while it is its turn. Its CPU has a limit of its own, which is what a bomb meets; on a busy
machine a good file may wait long for its share."""
LONGEST_LINE: Final = 24
"""Files that wait; each of them is held in memory."""
_COMMAND: Final = (sys.executable, "-m", "app.integrations.cleaning_child")


@dataclass(slots=True)
class Cleaner:
    """One per process of the service. Not to be shared between event loops."""

    longest: timedelta = LONGEST
    command: tuple[str, ...] = _COMMAND
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    _waiting: int = 0
    _child: Process | None = None

    async def clean(self, content: bytes) -> Clean:
        """Return what is kept of a file.

        Raises:
            FileRefusedError: it is not taken; also when it made the process die.
            Unavailable: too many files wait already, or its turn took too long.
        """
        if self._waiting >= LONGEST_LINE:
            raise _busy()
        self._waiting += 1
        try:
            async with self._turn:
                return _unpacked(await self._ask(content))
        finally:
            self._waiting -= 1

    async def close(self) -> None:
        async with self._turn:
            await self._end()

    async def _ask(self, content: bytes) -> bytes:
        child = await self._started()
        try:
            async with asyncio.timeout(self.longest.total_seconds()):
                return await _exchange(child, content)
        except TimeoutError as error:
            structlog.get_logger().warning("cleaning_took_too_long")
            await self._end()
            raise _busy() from error
        except (EOFError, ConnectionError) as error:
            structlog.get_logger().warning("cleaning_died", error=type(error).__name__)
            await self._end()
            raise FileRefusedError(Refusal.TOO_COMPLEX) from error
        except BaseException:
            # Whoever asked has gone: what the process answers now would be taken for the next one's.
            await self._end()
            raise

    async def _started(self) -> Process:
        if self._child is None or self._child.returncode is not None:
            # Without the service's variables: its keys are none of this process's business.
            environment = {"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "PATH": os.defpath}
            self._child = await asyncio.create_subprocess_exec(
                *self.command, stdin=PIPE, stdout=PIPE, stderr=asyncio.subprocess.DEVNULL, env=environment
            )
        return self._child

    async def _end(self) -> None:
        child, self._child = self._child, None
        if child is None:
            return
        with suppress(ProcessLookupError):
            child.kill()
        await child.wait()
        if child.stdin is not None:
            child.stdin.close()


async def _exchange(child: Process, content: bytes) -> bytes:
    if child.stdin is None or child.stdout is None:
        raise EOFError
    child.stdin.write(len(content).to_bytes(LENGTH, "big"))
    child.stdin.write(content)
    await child.stdin.drain()
    head = await child.stdout.readexactly(LENGTH)
    return await child.stdout.readexactly(int.from_bytes(head, "big"))


def _busy() -> Unavailable:
    return Unavailable(
        "uploads_busy",
        "Terlalu banyak berkas sedang diproses. Kirim lagi sebentar lagi.",
        "Too many files are being read. Send it again in a moment.",
        retry_after=timedelta(seconds=10),
    )


def _unpacked(answer: bytes) -> Clean:
    end = LENGTH + int.from_bytes(answer[:LENGTH], "big")
    told = json.loads(answer[LENGTH:end])
    if "refusal" in told:
        raise FileRefusedError(Refusal(told["refusal"]))
    return Clean(answer[end:], told["media_type"], told["width"], told["height"], told["pages"])
