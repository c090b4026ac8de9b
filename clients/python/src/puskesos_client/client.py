"""One account's way to the service: tokens, keys, versions and retries, so that a bad link is only slow.

Every POST carries an ``Idempotency-Key``, made here unless one is given; it stays the same over all tries, so
the service does what was asked once. A change by PATCH or PUT is not sent again after its answer was lost,
since its version is then another: the caller reads and decides.
"""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, Final
from urllib.parse import quote
from uuid import uuid4

import httpx

from puskesos_client.answers import Answer
from puskesos_client.retries import Retries
from puskesos_client.tokens import Bearer, Credentials, SignedIn, Tokens
from puskesos_client.wire import Ask, Wire

Body = Mapping[str, Any]
Params = Mapping[str, object]
TIMEOUT: Final = 30.0
_KEY: Final = "Idempotency-Key"


class Client:
    """Asks the service as one account. Share it between the tasks of one event loop."""

    def __init__(
        self, http: httpx.AsyncClient, who: Credentials | Tokens | None = None, retries: Retries | None = None
    ) -> None:
        self._http = http
        self.retries = retries or Retries()
        self._wire = Wire(http, _tokens(http, who, self.retries), self.retries)

    def acting_as(self, who: Credentials | Tokens | None) -> "Client":
        """Return a client for somebody else that shares the connections of this one."""
        return Client(self._http, who, self.retries)

    async def ask(self, ask: Ask) -> Answer:
        """Send what has no method of its own here."""
        return await self._wire.answer(ask)

    async def get(self, path: str, params: Params | None = None) -> Answer:
        return await self._wire.answer(Ask("GET", path, params=_text(params)))

    async def post(
        self, path: str, body: Body | None = None, *, key: str | None = None, etag: str = ""
    ) -> Answer:
        """Do something once. *key* is for who must know it beforehand, such as an offline queue."""
        headers = _json(etag) | {_KEY: key or new_key()}
        return await self._wire.answer(Ask("POST", path, headers, content=json_bytes(body or {})))

    async def patch(self, path: str, body: Body, *, etag: str) -> Answer:
        ask = Ask("PATCH", path, _json(etag), content=json_bytes(body), repeatable=False)
        return await self._wire.answer(ask)

    async def put(self, path: str, body: Body, *, etag: str = "") -> Answer:
        ask = Ask("PUT", path, _json(etag), content=json_bytes(body), repeatable=not etag)
        return await self._wire.answer(ask)

    async def delete(self, path: str) -> Answer:
        return await self._wire.answer(Ask("DELETE", path))

    async def upload(self, path: str, name: str, content: bytes, *, key: str | None = None) -> Answer:
        """Send a file as the form field ``file``."""
        files = {"file": (name, content)}
        return await self._wire.answer(Ask("POST", path, {_KEY: key or new_key()}, files=files))

    async def send_file(
        self, path: str, name: str, content: bytes, media_type: str, *, key: str | None = None
    ) -> Answer:
        """Send a file as the body itself, as lists are sent."""
        headers = {_KEY: key or new_key(), "Content-Type": media_type, "File-Name": quote(name)}
        return await self._wire.answer(Ask("POST", path, headers, content=content))

    async def pages(self, path: str, params: Params | None = None) -> AsyncIterator[Any]:
        """Give every item of a list, page after page.

        A list that moves while it is read gives each row once only in its stable order (``opened_at``).
        """
        asked: Params = params or {}
        while True:
            page = (await self.get(path, asked)).body
            for item in page["items"]:
                yield item
            if page["next"] is None:
                return
            # The cursor carries the filters and the order; only the size of a page is asked for again.
            size = {"limit": asked["limit"]} if "limit" in asked else {}
            asked = {**size, "cursor": page["next"]}


@asynccontextmanager
async def connect(  # all but the address have their usual value
    base_url: str,
    who: Credentials | Tokens | None = None,
    *,
    retries: Retries | None = None,
    language: str = "id",
    timeout: float = TIMEOUT,  # noqa: ASYNC109  # of each wait on the wire, not of the whole
    transport: httpx.AsyncBaseTransport | None = None,
) -> AsyncIterator[Client]:
    """Give a client of the service at *base_url*; without *who* it asks only what is public.

    *language* is that of all sentences, ``id`` or ``en``; *timeout* in seconds is of each wait on the wire.
    """
    headers = {"Accept-Language": language, "User-Agent": "puskesos-client"}
    async with httpx.AsyncClient(
        base_url=base_url, headers=headers, timeout=timeout, transport=transport
    ) as http:
        yield Client(http, who, retries)


def new_key() -> str:
    """Return a key that nobody has used."""
    return uuid4().hex


def _tokens(http: httpx.AsyncClient, who: Credentials | Tokens | None, retries: Retries) -> Tokens:
    if who is None:
        return Bearer("")
    return SignedIn(http, who, retries) if isinstance(who, Credentials) else who


def _json(etag: str) -> dict[str, str]:
    return {"Content-Type": "application/json", **({"If-Match": etag} if etag else {})}


def json_bytes(body: Body) -> bytes:
    """Write a body as the service writes it: the same body has the same bytes."""
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def _text(params: Params | None) -> dict[str, str] | None:
    """Write parameters as the service reads them: ``true`` in small letters, and nothing for ``None``."""
    given = {name: value for name, value in (params or {}).items() if value is not None}
    return {name: _word(value) for name, value in given.items()} or None


def _word(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
