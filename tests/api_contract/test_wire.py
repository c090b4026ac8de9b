"""Bytes that are no decent HTTP, on a real socket: refused or cut off, and the next caller is served."""

import asyncio
import socket
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

import httpx
import pytest

from tests.support.http import test_settings
from tests.support.loopback import listening
from tests.support.server import SEEDED, Server

pytestmark = [pytest.mark.commits, pytest.mark.process]

HEAD = b"POST /v1/cases HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
WIRES = {
    "no HTTP": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    "no version": b"GET /livez\r\n\r\n",
    "a method of ours": b"BREW /v1/cases HTTP/1.1\r\nHost: x\r\n\r\n",
    "up and out": b"GET /../../../etc/passwd HTTP/1.1\r\nHost: x\r\n\r\n",
    "up and out, written": b"GET /docs/..%2f..%2f..%2fetc%2fpasswd HTTP/1.1\r\nHost: x\r\n\r\n",
    "up in the API": b"GET /v1/cases/../accounts HTTP/1.1\r\nHost: x\r\n\r\n",
    "two slashes": b"GET //v1//cases HTTP/1.1\r\nHost: x\r\n\r\n",
    "an absolute address": b"GET http://evil.example/v1/me HTTP/1.1\r\nHost: x\r\n\r\n",
    "a star": b"OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n",
    "raw bytes in the path": b"GET /v1/cases/\xff\xfe HTTP/1.1\r\nHost: x\r\n\r\n",
    "a long header": b"GET /livez HTTP/1.1\r\nHost: x\r\nX-Long: " + b"a" * 200_000 + b"\r\n\r\n",
    "many headers": b"GET /v1/me HTTP/1.1\r\nHost: x\r\n" + b"A: b\r\n" * 5_000 + b"\r\n",
    "NUL in a header": b"GET /v1/me HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer a\x00b\r\n\r\n",
    "raw bytes in a header": b"GET /v1/me HTTP/1.1\r\nHost: x\r\nAccept-Language: \xff\xfe\r\n\r\n",
    "chunks without end": HEAD + b'Transfer-Encoding: chunked\r\n\r\n5\r\n{"a":\r\n',
    "chunks that lie": HEAD + b"Transfer-Encoding: chunked\r\n\r\nZZ\r\n{}\r\n0\r\n\r\n",
    "an endless chunk": HEAD + b"Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFF\r\n{}",
    "good chunks": HEAD + b"Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
    "two lengths": HEAD + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
    "length and chunks": HEAD + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "a length below zero": HEAD + b"Content-Length: -1\r\n\r\n{}",
    "a length beyond 64 bits": HEAD + b"Content-Length: 99999999999999999999999\r\n\r\n{}",
    "a promise of much": HEAD + b"Content-Length: 1000000000\r\n\r\n{}",
    "half a body": HEAD + b"Content-Length: 100\r\n\r\n{}",
}

HARMLESS = {
    "no version": "answered as to a client of 1991",
    "a long header": "read and thrown away; the parser has no limit of its own",
}


@pytest.fixture(scope="module")
def url(seeded_server: Server) -> Iterator[str]:
    made = asyncio.run(seeded_server.copy(SEEDED))
    with listening(test_settings(made)) as running:
        yield running
    asyncio.run(seeded_server.drop(made.name))


def say(url: str, wire: bytes) -> bytes:
    """Send the bytes, close our side, and return what came back within five seconds."""
    place = urlsplit(url)
    with socket.create_connection((place.hostname or "", place.port or 0), timeout=5) as connection:
        try:
            connection.sendall(wire)
            connection.shutdown(socket.SHUT_WR)
            told = b""
            until = time.monotonic() + 5
            while time.monotonic() < until and (piece := connection.recv(65_536)):
                told += piece
        except (ConnectionError, TimeoutError):
            return b""
        return told


@pytest.mark.parametrize("name", sorted(WIRES))
def test_bad_bytes_end_with_a_refusal_and_harm_nobody(url: str, name: str) -> None:
    told = say(url, WIRES[name])
    status = told.split(b" ", 2)[1][:3] if told.startswith(b"HTTP/1.1 ") else b"cut"
    assert status == b"cut" or status.startswith(b"4") or name in HARMLESS, told[:200]
    assert not status.startswith(b"5")
    assert b"root:" not in told
    assert httpx.get(f"{url}/livez", timeout=5).status_code == 200


def test_two_hundred_slow_callers_do_not_stop_a_quick_one(url: str) -> None:
    place = urlsplit(url)
    slow = []
    try:
        for _ in range(200):
            connection = socket.create_connection((place.hostname or "", place.port or 0), timeout=5)
            connection.sendall(HEAD + b"Content-Length: 50\r\n\r\n{")
            slow.append(connection)
        begun = time.monotonic()
        assert httpx.get(f"{url}/readyz", timeout=5).status_code == 200
        assert time.monotonic() - begun < 3
    finally:
        for connection in slow:
            connection.close()
