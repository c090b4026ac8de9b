"""Calls to the outside issuer: to the addresses that it names itself, over TLS, short and small.

No redirect is followed and no proxy of the environment is used: a code and a client's secret go to the
issuer and to nobody else. Plain HTTP is for an issuer on this machine.
"""

import asyncio
import json
import ssl
from collections.abc import Mapping
from functools import cache
from ipaddress import ip_address
from typing import Any, Final, NamedTuple
from urllib.parse import urlsplit

import httpx

SECONDS: Final = 10.0
"""For one exchange in all, however slowly the other side answers."""
_TIMEOUT: Final = httpx.Timeout(8.0, connect=5.0)
_LARGEST_ANSWER: Final = 262_144
_HEADERS: Final = {"Accept": "application/json", "Accept-Encoding": "identity", "User-Agent": "puskesos"}


class IssuerAway(Exception):
    """The issuer gave no answer that can be used; *reason* is a code for the operator."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Answer(NamedTuple):
    status: int
    body: Mapping[str, Any]


@cache
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()


def may_call(url: object) -> bool:
    """Whether *url* is ``https``, or ``http`` on this machine, and names a host and no user."""
    if not isinstance(url, str) or not url.isascii() or not url.isprintable():
        return False
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return False
    if not host or parts.fragment or "@" in parts.netloc:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and is_loopback(host))


def is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


async def exchange(
    method: str,
    url: str,
    *,
    form: Mapping[str, str] | None = None,
    basic: tuple[str, str] | None = None,
    seconds: float = SECONDS,
) -> Answer:
    """Ask *url* and return the JSON object that it answers with.

    Raises:
        IssuerAway: no connection, too slow, too large, a redirect, or no JSON object.
    """
    if not may_call(url):
        raise IssuerAway("bad_address")
    client = httpx.AsyncClient(timeout=_TIMEOUT, follow_redirects=False, trust_env=False, verify=_tls())
    auth = httpx.BasicAuth(*basic) if basic else None
    try:
        async with (
            asyncio.timeout(seconds),
            client,
            client.stream(method, url, data=form, headers=_HEADERS, auth=auth) as answer,
        ):
            return Answer(answer.status_code, _object(answer, await _read(answer)))
    except (TimeoutError, httpx.TimeoutException) as error:
        raise IssuerAway("too_slow") from error
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
        raise IssuerAway("no_answer") from error


async def _read(answer: httpx.Response) -> bytes:
    if answer.is_redirect:
        raise IssuerAway("redirects")
    # Asked for as it is; what comes packed all the same could grow without end.
    if answer.headers.get("content-encoding", "identity") != "identity":
        raise IssuerAway("packed")
    read = b""
    async for part in answer.aiter_raw():
        read += part
        if len(read) > _LARGEST_ANSWER:
            raise IssuerAway("too_large")
    return read


def _object(answer: httpx.Response, read: bytes) -> Mapping[str, Any]:
    try:
        found = json.loads(read)
    except (ValueError, RecursionError) as error:
        # A proxy before it may say so in a page of its own.
        raise IssuerAway("fault" if answer.is_server_error else "no_json") from error
    if not isinstance(found, dict):
        raise IssuerAway("no_json")
    return found
