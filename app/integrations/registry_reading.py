"""Reading a registry list in a process beside ours; its rows come in batches, never more than two at once."""

import asyncio
import json
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final

import structlog

from app.domain.lists.files import FileFault, ListFaultError
from app.integrations.registry_child import LENGTH

_COMMAND: Final = (sys.executable, "-m", "app.integrations.registry_child")
_READ_AHEAD: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows that are stored together."""

    pieces: list[bytes] = field(repr=False)
    n: int
    """Of its last row in the file."""
    rows: int
    """Of the whole list so far."""
    twins: list[int]
    """Rows whose NIK may have come before."""
    taken: int
    """Bytes of the file so far; 0 where that says nothing."""
    columns: dict[str, str] | None = None
    """After the last batch: the titles found, by field."""

    @property
    def is_end(self) -> bool:
        return self.columns is not None


async def read_list(
    head: dict[str, Any], pieces: AsyncIterator[bytes], command: tuple[str, ...] = _COMMAND
) -> AsyncIterator[Batch]:
    """Give the list in batches, and at last one without rows that says what was found.

    Raises:
        ListFaultError: it cannot be read; also when it made its reader die.
    """
    # Without the service's variables: what the child needs of its keys stands in the head.
    environment = {
        "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
        "PATH": os.defpath,
        "MALLOC_ARENA_MAX": "1",
    }
    child = await asyncio.create_subprocess_exec(
        *command, stdin=PIPE, stdout=PIPE, stderr=asyncio.subprocess.DEVNULL, env=environment,
        limit=_READ_AHEAD,
    )  # fmt: skip
    queue: asyncio.Queue[Batch | Exception] = asyncio.Queue(1)
    feeding = asyncio.create_task(_feed(child, head, pieces, queue))
    reading = asyncio.create_task(_read(child, queue))
    try:
        while True:
            found = await queue.get()
            if isinstance(found, Exception):
                raise found
            yield found
            if found.is_end:
                return
    finally:
        feeding.cancel()
        reading.cancel()
        with suppress(ProcessLookupError):
            child.kill()
        await asyncio.gather(feeding, reading, return_exceptions=True)
        await child.wait()


async def _feed(
    child: Process,
    head: dict[str, Any],
    pieces: AsyncIterator[bytes],
    queue: "asyncio.Queue[Batch | Exception]",
) -> None:
    if child.stdin is None:
        return
    try:
        said = json.dumps(head).encode()
        child.stdin.write(len(said).to_bytes(LENGTH, "big") + said)
        async for piece in pieces:
            child.stdin.write(piece)
            await child.stdin.drain()
        child.stdin.close()
    except ConnectionError:
        # A child that has refused the list reads no further; its refusal tells why.
        return
    except Exception as error:  # noqa: BLE001  # the store's own: whoever waits for rows is told
        await queue.put(error)


async def _read(child: Process, queue: "asyncio.Queue[Batch | Exception]") -> None:
    try:
        async for batch in _batches(child):
            await queue.put(batch)
    except (asyncio.IncompleteReadError, ConnectionError) as error:
        structlog.get_logger().warning("list_reader_died", error=type(error).__name__)
        await queue.put(ListFaultError(FileFault.TOO_COMPLEX))
    except ListFaultError as error:
        await queue.put(error)


async def _batches(child: Process) -> AsyncIterator[Batch]:
    if child.stdout is None:
        return
    pieces: list[bytes] = []
    while True:
        kind = await child.stdout.readexactly(1)
        length = int.from_bytes(await child.stdout.readexactly(LENGTH), "big")
        content = await child.stdout.readexactly(length)
        if kind == b"D":
            pieces.append(content)
            continue
        told = json.loads(content)
        if kind == b"R":
            raise ListFaultError(FileFault(told["fault"]))
        if kind == b"E":
            yield Batch([], 0, told["rows"], [], 0, told["columns"])
            return
        yield Batch(pieces, told["n"], told["rows"], told["twins"], told["taken"])
        pieces = []
