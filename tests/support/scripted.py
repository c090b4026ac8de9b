"""A transport that answers as a test says: the seam that httpx has for it."""

from collections.abc import Awaitable, Callable

import httpx

Answering = Callable[[httpx.Request], Awaitable[httpx.Response]]


class Scripted(httpx.AsyncBaseTransport):
    """Keeps what was asked."""

    def __init__(self, answering: Answering) -> None:
        self.asked: list[httpx.Request] = []
        self._answering = answering

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await request.aread()
        self.asked.append(request)
        return await self._answering(request)


def in_turn(*steps: httpx.Response | Exception) -> Scripted:
    """Give these answers, or break in these ways, one after the other; the last one for ever."""
    left = list(steps)

    async def answering(_request: httpx.Request) -> httpx.Response:
        step = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(step, Exception):
            raise step
        return httpx.Response(step.status_code, headers=step.headers, content=step.content)

    return Scripted(answering)
