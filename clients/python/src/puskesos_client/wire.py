"""One request until it has an answer: the token, the tries, and which faults may be tried again."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

import httpx

from puskesos_client.answers import Answer, body_of, read
from puskesos_client.errors import Unreachable
from puskesos_client.retries import BUSY, STILL_RUNNING, Retries, retry_after
from puskesos_client.tokens import Tokens

_UNAUTHENTICATED: Final = 401
_CONFLICT: Final = 409
_NOT_SENT: Final = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
"""Faults before the first byte left."""


@dataclass(frozen=True, slots=True)
class Ask:
    method: str
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    params: Mapping[str, str] | None = None
    content: bytes | Callable[[], bytes] | None = None
    """A function makes it anew for each try."""
    files: Mapping[str, tuple[str, bytes]] | None = None
    repeatable: bool = True
    """Whether sending it twice does it once."""

    def __str__(self) -> str:
        return f"{self.method} {self.path.partition('?')[0]}"


@dataclass(frozen=True, slots=True)
class Wire:
    http: httpx.AsyncClient
    tokens: Tokens
    retries: Retries

    async def answer(self, ask: Ask) -> Answer:
        """Return the answer of a success.

        Raises:
            Refused: the service said no.
            Unreachable: no answer came.
            SignInRefused: the account cannot log in.
        """
        return read(await self._send(ask))

    async def _send(self, ask: Ask) -> httpx.Response:
        """Send until there is an answer that another try would not better."""
        tried = 0
        while True:
            tried += 1
            response, lost, asked = None, None, None
            try:
                response = await self._signed_in(ask)
                if not _may_come(response):
                    return response
                asked = retry_after(response.headers.get("Retry-After"))
            except httpx.RequestError as error:
                if not ask.repeatable and not isinstance(error, _NOT_SENT):
                    raise Unreachable(f"{ask}: the answer was lost") from error
                lost = error
            wait = self.retries.wait(tried, asked)
            if wait is not None:
                await asyncio.sleep(wait)
            elif response is not None:
                return response
            else:
                raise Unreachable(f"{ask}: no answer in {tried} tries") from lost

    async def _signed_in(self, ask: Ask) -> httpx.Response:
        token = await self.tokens.current()
        response = await self._once(ask, token)
        if response.status_code == _UNAUTHENTICATED and token:
            other = await self.tokens.other_than(token)
            if other is not None:
                return await self._once(ask, other)
        return response

    async def _once(self, ask: Ask, token: str) -> httpx.Response:
        signed = {"Authorization": f"Bearer {token}"} if token else {}
        return await self.http.request(
            ask.method,
            ask.path,
            params=ask.params,
            content=ask.content() if callable(ask.content) else ask.content,
            files=ask.files,
            headers={**ask.headers, **signed},
        )


def _may_come(response: httpx.Response) -> bool:
    """Tell whether the same request may be answered better later."""
    if response.status_code == _CONFLICT:
        body = body_of(response)
        return isinstance(body, dict) and body.get("code") == STILL_RUNNING
    return response.status_code in BUSY
