"""POST to other people's endpoints: to a public address that was checked, never further.

The name is resolved once, every address that it has must be public, and the connection goes to the address
that was checked, while Host and the certificate are still those of the name: a name that leads elsewhere a
moment later gains nothing. No redirect is followed, no proxy of the environment is used, and of an answer's
body no more is read than lets the connection be used again.
"""

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cache
from typing import Final, NamedTuple
from urllib.parse import urlsplit

import httpx

from app.domain.webhooks import is_public

SECONDS: Final = 15.0
"""For one exchange in all, name and connection included, however slowly the other side answers."""
_TIMEOUT: Final = httpx.Timeout(10.0, connect=5.0)
_LARGEST_ANSWER: Final = 16_384
_HTTPS: Final = 443
_HTTP: Final = 80

Resolve = Callable[[str, int], Awaitable[list[str]]]
"""A name and port to its addresses."""


class Exchange(NamedTuple):
    """What came of one attempt: the status, or a code that says why there is none."""

    status: int | None
    problem: str | None


class NotPublic(Exception):
    """The name leads to an address that nothing may be sent to."""


# Of its own: names that hang must not take the threads that files are read with.
_names: Final = ThreadPoolExecutor(max_workers=32, thread_name_prefix="names")


async def resolve(host: str, port: int) -> list[str]:
    loop = asyncio.get_running_loop()
    found = await loop.run_in_executor(_names, _look_up, host, port)
    return list(dict.fromkeys(found))


def _look_up(host: str, port: int) -> list[str]:
    return [str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


@cache
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()


@dataclass(slots=True)
class Line:
    """One endpoint's connections for as long as a worker holds its claim; nobody else's use them."""

    url: str
    loopback: bool
    resolve: Resolve
    seconds: float
    _client: httpx.AsyncClient | None = None
    _target: httpx.URL | None = None
    _extensions: dict[str, str] = field(default_factory=dict)
    _host: str = ""
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def post(self, headers: Mapping[str, str], body: bytes) -> Exchange:
        try:
            async with asyncio.timeout(self.seconds):
                client, target = await self._open()
                given = {"Content-Type": "application/json", "User-Agent": "puskesos-webhooks", **headers}
                async with client.stream(
                    "POST",
                    target,
                    content=body,
                    headers={**given, "Host": self._host},
                    extensions=self._extensions,
                ) as answer:
                    await _drain(answer)
                    return Exchange(answer.status_code, None)
        except NotPublic:
            return Exchange(None, "not_public")
        except (TimeoutError, httpx.TimeoutException):
            return Exchange(None, "timeout")
        except OSError:
            return Exchange(None, "unknown_name")
        except httpx.ConnectError:
            return Exchange(None, "no_connection")
        except (httpx.HTTPError, httpx.InvalidURL, ValueError):
            return Exchange(None, "broken_answer")

    async def close(self) -> None:
        if self._client is not None:
            await self._client.aclose()

    async def _open(self) -> tuple[httpx.AsyncClient, httpx.URL]:
        async with self._lock:
            if self._client is None or self._target is None:
                parts = urlsplit(self.url)
                host = parts.hostname or ""
                port = parts.port or (_HTTPS if parts.scheme == "https" else _HTTP)
                address = await self._checked(host, port)
                self._host = parts.netloc
                self._extensions = {"sni_hostname": host} if parts.scheme == "https" else {}
                self._target = httpx.URL(self.url).copy_with(host=address)
                self._client = httpx.AsyncClient(
                    timeout=_TIMEOUT,
                    limits=httpx.Limits(max_connections=8, max_keepalive_connections=8),
                    follow_redirects=False,
                    trust_env=False,
                    verify=_tls(),
                )
        return self._client, self._target

    async def _checked(self, host: str, port: int) -> str:
        found = await self.resolve(host, port)
        if not found or not all(is_public(one, loopback=self.loopback) for one in found):
            raise NotPublic
        return found[0]


async def _drain(answer: httpx.Response) -> None:
    """Read a small body to its end; a larger one is cut off with its connection."""
    read = 0
    async for part in answer.aiter_raw():
        read += len(part)
        if read > _LARGEST_ANSWER:
            return


@dataclass(frozen=True, slots=True)
class Sender:
    loopback: bool = False
    """Whether this machine may be sent to, for tests."""
    resolve: Resolve = resolve
    seconds: float = SECONDS

    def line(self, url: str) -> Line:
        return Line(url, self.loopback, self.resolve, self.seconds)
