"""What happens in the account's scope, for who cannot host a webhook: complete, in order, each event once."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any

from puskesos_client.client import Client


@dataclass(frozen=True, slots=True)
class FeedPage:
    events: tuple[dict[str, Any], ...]
    next: str
    """Keep it in the transaction that does something with the events; begin there after a crash."""
    more: bool


async def feed(
    client: Client,
    after: str | None = None,
    *,
    types: Sequence[str] = (),
    limit: int = 100,
    pause: float | None = None,
    wait: int = 0,
) -> AsyncIterator[FeedPage]:
    """Give page after page from *after* on, or from the start.

    Ends where nothing is left; with *pause*, in seconds, it waits and goes on for ever. With *wait*, up to 15
    seconds, the service holds an empty answer back until there is an event, so that a short pause is cheap.
    """
    asked = {"types": ",".join(types) or None, "limit": limit, "wait": wait or None}
    while True:
        told = (await client.get("/v1/events", {**asked, "after": after})).body
        page = FeedPage(tuple(told["items"]), told["next"], told["more"])
        after = page.next
        if page.events:
            yield page
        if page.more:
            continue
        if pause is None:
            return
        await asyncio.sleep(pause)
