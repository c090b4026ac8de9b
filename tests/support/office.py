"""Somebody of the office before the console, without a browser: reads pages and sends their forms."""

import html
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import uuid4

from httpx import ASGITransport, AsyncClient, Response

from app.api.deps import House
from app.console.door import FORM_KEY
from app.main import create_app
from app.services.seed import DEMO_PASSWORD

OK, LED, REFUSED, STALE = 200, 303, 422, 412


@dataclass
class Clerk:
    """One person who has signed in."""

    client: AsyncClient
    key: str = ""

    async def reads(self, path: str, status: int = OK) -> str:
        """Return what stands on a page, as a reader sees its characters."""
        answer = await self.client.get(path)
        assert answer.status_code == status, (path, answer.status_code, answer.text[-2000:])
        return html.unescape(answer.text)

    async def sends(self, path: str, **fields: str | list[str]) -> Response:
        """Send a form as it would be filled in; ``__`` in a name stands for a dot."""
        named = {name.replace("__", "."): value for name, value in fields.items()}
        return await self.client.post(path, data={FORM_KEY: self.key, "sekali": uuid4().hex, **named})

    async def does(self, path: str, **fields: str | list[str]) -> str:
        """Send a form that is taken; return the page that it leads to."""
        answer = await self.sends(path, **fields)
        said = html.unescape(answer.text).partition('role="alert"')[2][:1500]
        assert answer.status_code == LED, (path, answer.status_code, said)
        return await self.reads(answer.headers["Location"])

    async def etag(self, path: str) -> str:
        """Return the version that the first form of a page holds on to."""
        found = re.search(r'name="etag" value="("[^"]+")"', await self.reads(path))
        assert found, path
        return found[1]


@asynccontextmanager
async def a_clerk(house: House, login: str, lang: str = "id") -> AsyncIterator[Clerk]:
    transport = ASGITransport(create_app(house.settings, house))
    headers = {"Accept-Language": lang}
    async with AsyncClient(transport=transport, base_url="http://127.0.0.1", headers=headers) as client:
        entered = await client.post("/konsol/masuk", data={"login": login, "password": DEMO_PASSWORD})
        assert entered.status_code == LED, entered.text
        clerk = Clerk(client)
        page = await clerk.reads("/konsol/berita")
        found = re.search(rf'name="{FORM_KEY}" value="([^"]+)"', page)
        assert found
        clerk.key = found[1]
        yield clerk


def links(page: str, prefix: str) -> list[str]:
    """Return where the links of a page lead that begin with *prefix* and name a thing."""
    return list(dict.fromkeys(re.findall(rf'href="({re.escape(prefix)}/[^"?#]+)"', page)))
