"""Providers on the loopback: a mail server and a message gateway that answer as a test tells them to."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

Answering = Callable[[int], tuple[int, bytes]]
"""Number of the request, from 1, to status and body; status 0 cuts the connection."""


def taken(number: int) -> tuple[int, bytes]:
    return 200, json.dumps({"id": f"prov-{number}"}).encode()


@dataclass
class GatewayServer:
    url: str = ""
    answering: Answering = taken
    delay: float = 0.0
    elsewhere: str = ""
    """Where it sends whoever asks."""
    got: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    """Set once somebody has asked."""

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await self._handle(reader, writer)
        finally:
            writer.close()

    async def _handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = dict(line.lower().split(": ", 1) for line in head[1:] if ": " in line)
        body = await reader.readexactly(int(headers["content-length"]))
        self.got.append(json.loads(body))
        self.headers.append(headers)
        self.paths.append(head[0].split()[1])
        self.asked.set()
        await asyncio.sleep(self.delay)
        status, content = self.answering(len(self.got))
        if status:
            moved = f"location: {self.elsewhere}\r\n" if self.elsewhere else ""
            line = (
                f"HTTP/1.1 {status} X\r\n{moved}content-length: {len(content)}\r\nconnection: close\r\n\r\n"
            )
            writer.write(line.encode() + content)
            await writer.drain()


@asynccontextmanager
async def gateway() -> AsyncIterator[GatewayServer]:
    made = GatewayServer()
    server = await asyncio.start_server(made.handle, "127.0.0.1", 0)
    made.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/messages"
    try:
        yield made
    finally:
        server.close()


@dataclass
class Mailbox:
    url: str = ""
    answer: str = "250 OK"
    got: list[Message] = field(default_factory=list)

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802  # its name
        if self.answer.startswith("2"):
            content = envelope.content
            assert isinstance(content, bytes)
            self.got.append(message_from_bytes(content, policy=default))
        return self.answer


@contextmanager
def mail_server() -> Iterator[Mailbox]:
    box = Mailbox()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    box.url = f"smtp://127.0.0.1:{port}"
    try:
        yield box
    finally:
        controller.stop()


def nobody() -> str:
    """An address at which nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        return f"127.0.0.1:{free.getsockname()[1]}"
