"""Receivers of webhooks on the loopback, an endpoint for the matrix, and a worker that puts out and sends."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from app.api.deps import House
from app.integrations.webhook_http import Sender
from app.worker.jobs.feed import number_feed
from app.worker.jobs.webhooks import deliver_due, put_out_feed
from tests.support.http import Person
from tests.support.working import claim_of, make_tools

URL = "https://penerima.contoh.go.id/puskesos"


async def webhook_ids(leader: Person) -> dict[str, str]:
    """Make an endpoint of the secretariat with one delivery on its way."""
    made = await leader.post("/v1/webhooks", {"url": URL})
    assert made.status_code == 201, made.text
    id_ = made.json()["webhook"]["id"]
    sent = await leader.post(f"/v1/webhooks/{id_}/test")
    assert sent.status_code == 202, sent.text
    return {"webhook_id": id_, "seq": str(sent.json()["n"])}


@dataclass
class Got:
    headers: dict[str, str]
    body: bytes


Answering = Callable[[int], bytes]
"""Number of the request, from 1, to the whole answer; empty cuts the connection."""


def answer(status: int = 204, *, body: bytes = b"", **headers: str) -> bytes:
    more = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    return f"HTTP/1.1 {status} X\r\n{more}content-length: {len(body)}\r\n\r\n".encode() + body


@dataclass
class Receiver:
    """A real HTTP server that answers as a test tells it to; it keeps connections open."""

    url: str = ""
    answering: Answering = lambda _: answer()
    delay: float = 0.0
    got: list[Got] = field(default_factory=list)
    connections: int = 0

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while await self._one(reader, writer):
                pass
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = dict(line.split(": ", 1) for line in head[1:] if ": " in line)
        headers = {name.lower(): value for name, value in headers.items()}
        body = await reader.readexactly(int(headers["content-length"]))
        self.got.append(Got(headers, body))
        await asyncio.sleep(self.delay)
        said = self.answering(len(self.got))
        writer.write(said)
        await writer.drain()
        return bool(said)


@asynccontextmanager
async def receiving(**options: Any) -> AsyncIterator[Receiver]:
    made = Receiver(**options)
    server = await asyncio.start_server(made.handle, "127.0.0.1", 0)
    made.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/hook"
    try:
        yield made
    finally:
        server.close()


class Pusher:
    """A worker that numbers, puts out and sends, with a clock that the test moves."""

    def __init__(self, house: House, folder: Path, at: datetime | None = None, **sender: Any) -> None:
        self.at = at or datetime.now(UTC)
        self.tools = replace(make_tools(house.database, lambda: self.at, folder))
        self.sender = Sender(**{"loopback": True, **sender})

    async def put_out(self) -> None:
        await number_feed(self.tools, claim_of("number_feed"))
        await put_out_feed(self.tools, claim_of("put_out"))

    async def send(self) -> None:
        """Send until nothing more is due now."""
        while await deliver_due(self.tools, self.sender):
            pass

    async def push(self) -> None:
        await self.put_out()
        await self.send()

    async def later(self, **passed: float) -> None:
        self.at += timedelta(**passed)
        await self.send()
