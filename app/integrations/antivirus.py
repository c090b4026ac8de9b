"""Asking a ClamAV daemon about a file (clamd's INSTREAM): off unless an address is set, then fail closed."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from app.domain.attachments import FileRefusedError, Refusal
from app.domain.errors import Unavailable

_LONGEST: Final = timedelta(seconds=30)
_CHUNK: Final = 1 << 16
_LENGTH: Final = 4


@dataclass(frozen=True, slots=True)
class Antivirus:
    host: str
    port: int
    longest: timedelta = _LONGEST

    @classmethod
    def at(cls, address: str) -> "Antivirus":
        """Read ``host:port``.

        Raises:
            ValueError: it has not that form.
        """
        host, _, port = address.rpartition(":")
        if not host or not port.isdigit():
            raise ValueError("PUSKESOS_CLAMAV must be host:port")
        return cls(host.strip("[]"), int(port))

    async def check(self, content: bytes) -> None:
        """Let a clean file pass.

        Raises:
            FileRefusedError: the daemon knows it as harmful.
            Unavailable: the daemon does not answer, or not with a verdict.
        """
        try:
            async with asyncio.timeout(self.longest.total_seconds()):
                verdict = await self._ask(content)
        except (OSError, TimeoutError, EOFError) as error:
            raise _away() from error
        if verdict.endswith(b"FOUND"):
            raise FileRefusedError(Refusal.VIRUS)
        if not verdict.endswith(b"OK"):
            raise _away()

    async def _ask(self, content: bytes) -> bytes:
        reader, writer = await asyncio.open_connection(self.host, self.port)
        try:
            writer.write(b"zINSTREAM\0")
            for at in range(0, len(content), _CHUNK):
                chunk = content[at : at + _CHUNK]
                writer.write(len(chunk).to_bytes(_LENGTH, "big") + chunk)
                await writer.drain()
            writer.write(bytes(_LENGTH))
            await writer.drain()
            return (await reader.readuntil(b"\0")).rstrip(b"\0").rstrip()
        finally:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()


def _away() -> Unavailable:
    return Unavailable(
        "antivirus_away",
        "Pemeriksa virus tidak menjawab; berkas belum disimpan. Kirim lagi sebentar lagi.",
        "The virus scanner does not answer; the file was not kept. Send it again in a moment.",
        retry_after=timedelta(seconds=30),
    )
