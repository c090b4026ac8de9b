"""The console without a browser: pages read and forms sent over HTTP, as a browser without scripts does."""

import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from html import unescape
from typing import Any

from httpx import ASGITransport, AsyncClient, Response

from app.api.deps import House
from app.main import create_app
from app.services.seed import DEMO_PASSWORD


@dataclass
class Screen:
    """One person before the console."""

    client: AsyncClient
    seen: Response | None = None
    """The page that she looks at."""

    async def go(self, path: str, status: int = 200) -> str:
        self.seen = await self.client.get(path)
        assert self.seen.status_code == status, (path, self.seen.status_code, self.words()[-1500:])
        return self.words()

    async def send(
        self, to: str, data: Mapping[str, Any] | None = None, status: int = 303, **more: Any
    ) -> str:
        """Send the form of the page, with what stands hidden in it, and follow where it leads."""
        form = self._hidden(to)
        answer = await self.client.post(to, data={**form, **(data or {})}, **more)
        assert answer.status_code == status, (to, answer.status_code, _words(answer.text)[:1500])
        if status == 303:
            return await self.go(answer.headers["Location"])
        self.seen = answer
        return self.words()

    def words(self) -> str:
        return _words(self.seen.text) if self.seen else ""

    def link(self, pattern: str) -> str:
        """Return the first address on the page that fits."""
        assert self.seen
        found = re.search(rf'(?:href|action)="({pattern})"', self.seen.text)
        assert found, (pattern, self.words()[-1500:])
        return unescape(found[1])

    def found(self, pattern: str) -> list[str]:
        """Return what the group of *pattern* matches on the page, each once, in order."""
        return list(dict.fromkeys(re.findall(pattern, self.seen.text))) if self.seen else []

    def offers(self, words: str) -> bool:
        return words in (self.seen.text if self.seen else "")

    def _hidden(self, to: str) -> dict[str, str]:
        assert self.seen
        pattern = rf'<form method="post" action="{re.escape(to)}".*?</form>'
        form = re.search(pattern, self.seen.text, re.DOTALL)
        assert form, f"the page has no form that goes to {to}"
        return {
            name: unescape(value)
            for name, value in re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', form[0])
        }


@asynccontextmanager
async def at_the_screen(house: House, login: str) -> AsyncIterator[Screen]:
    transport = ASGITransport(create_app(house.settings, house))
    async with AsyncClient(
        transport=transport, base_url="http://127.0.0.1", headers={"Accept-Language": "id"}
    ) as client:
        entered = await client.post("/konsol/masuk", data={"login": login, "password": DEMO_PASSWORD})
        assert entered.status_code == 303, entered.text
        yield Screen(client)


def _words(html: str) -> str:
    main = html.partition("<main")[2] or html
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", main)))
