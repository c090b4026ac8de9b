"""The hook to ClamAV, against a daemon of ours on loopback: clean, infected, away, silent, nonsense."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest

from app.domain.attachments import FileRefusedError, Refusal
from app.domain.errors import Unavailable
from app.integrations.antivirus import Antivirus

Judge = Callable[[bytes], bytes]


@asynccontextmanager
async def daemon(judge: Judge) -> AsyncIterator[Antivirus]:
    """Serve INSTREAM as clamd does; *judge* gives the answer."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        assert await reader.readuntil(b"\0") == b"zINSTREAM\0"
        content = b""
        while length := int.from_bytes(await reader.readexactly(4), "big"):
            content += await reader.readexactly(length)
        answer = judge(content)
        if answer == b"silent":
            await asyncio.sleep(2)
        writer.write(answer)
        writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    try:
        yield Antivirus("127.0.0.1", port, timedelta(seconds=0.5))
    finally:
        server.close()
        await server.wait_closed()


def scan(content: bytes) -> bytes:
    return b"stream: Eicar-Test FOUND\0" if b"EICAR" in content else b"stream: OK\0"


async def test_a_clean_file_passes_whole() -> None:
    seen: list[int] = []

    def judge(content: bytes) -> bytes:
        seen.append(len(content))
        return scan(content)

    async with daemon(judge) as antivirus:
        await antivirus.check(bytes(200_000))
        await antivirus.check(b"")
    assert seen == [200_000, 0]


async def test_an_infected_file_is_refused() -> None:
    async with daemon(scan) as antivirus:
        with pytest.raises(FileRefusedError) as told:
            await antivirus.check(b"x" * 100_000 + b"EICAR")
        assert told.value.refusal is Refusal.VIRUS


@pytest.mark.parametrize(
    "answer", [b"", b"silent", b"INSTREAM size limit exceeded. ERROR\0", b"stream: OK", b"nonsense\0"]
)
async def test_without_a_verdict_no_file_is_taken(answer: bytes) -> None:
    async with daemon(lambda _: answer) as antivirus:
        with pytest.raises(Unavailable) as told:
            await antivirus.check(b"x")
    assert told.value.code == "antivirus_away"
    assert all((told.value.id, told.value.en))


async def test_a_daemon_that_is_away_takes_no_file() -> None:
    with pytest.raises(Unavailable):
        await Antivirus("127.0.0.1", 9).check(b"x")


@pytest.mark.parametrize("address", ["", "clamav", ":3310", "clamav:", "clamav:x"])
def test_an_address_is_host_and_port(address: str) -> None:
    assert Antivirus.at("[::1]:3310") == Antivirus("::1", 3310)
    with pytest.raises(ValueError, match="host:port"):
        Antivirus.at(address)
