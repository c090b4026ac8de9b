"""Talking to the application as a client does: real requests through the whole stack, without a socket."""

import os
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import uuid4

from httpx import ASGITransport, AsyncClient, Response
from pydantic import SecretStr

from app.api.deps import House
from app.main import create_app, open_house
from app.services.seed import DEMO_PASSWORD
from app.settings import Settings
from tests.support.server import Address

TEST_KEYS = "1:" + "A" * 43 + "="
INDEX_KEYS = "1:" + "B" * 43 + "="
SEAL_KEY = "C" * 43 + "="


def test_settings(address: Address, **changes: object) -> Settings:
    """Return settings that no variable of the machine can change."""
    values = {
        "database_url": SecretStr(address.url),
        "migrate_url": SecretStr(address.owner_url),
        "master_keys": SecretStr(TEST_KEYS),
        "index_keys": SecretStr(INDEX_KEYS),
        "seal_key": SecretStr(SEAL_KEY),
        "requests_per_minute": 100_000,
        "client_requests_per_minute": 100_000,
        "slip_requests_per_minute": 100_000,
        "address_requests_per_minute": 100_000,
        "misses_per_minute": 100_000,
        # Made when the first file is written; whoever opens a house for tests takes it away.
        "data_dir": Path(tempfile.gettempdir()) / f"puskesos-files-{os.getpid()}-{address.name}",
        **changes,
    }
    return Settings.model_validate(values)


# pytest would take it for a test by its name.
test_settings.__test__ = False  # type: ignore[attr-defined]  # functions take attributes


@asynccontextmanager
async def serving(house: House, **options: object) -> AsyncIterator[AsyncClient]:
    """Give a client of an application in *house*; a fault of ours raises in the test."""
    app = create_app(house.settings, house)
    transport = ASGITransport(app=app, client=(str(options.get("address", "203.0.113.7")), 40000))
    async with AsyncClient(transport=transport, base_url="http://puskesos.test") as client:
        yield client


class Person:
    """Somebody who is logged in. POSTs get a fresh ``Idempotency-Key`` unless one is given."""

    def __init__(self, client: AsyncClient, token: str, login: str) -> None:
        self.client = client
        self.token = token
        self.login = login

    def _headers(self, more: dict[str, str] | None) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}", "Accept-Language": "en", **(more or {})}

    async def get(self, path: str, headers: dict[str, str] | None = None, **params: object) -> Response:
        given = {name: str(value) for name, value in params.items()}
        return await self.client.get(path, params=given or None, headers=self._headers(headers))

    async def post(
        self, path: str, body: object = None, *, key: str | None = None, headers: dict[str, str] | None = None
    ) -> Response:
        named = {"Idempotency-Key": key or uuid4().hex, **(headers or {})}
        return await self.client.post(path, json=body, headers=self._headers(named))

    async def patch(
        self, path: str, body: object, *, etag: str | None = None, headers: dict[str, str] | None = None
    ) -> Response:
        named = {**({"If-Match": etag} if etag else {}), **(headers or {})}
        return await self.client.patch(path, json=body, headers=self._headers(named))

    async def put(
        self, path: str, body: object, *, etag: str | None = None, headers: dict[str, str] | None = None
    ) -> Response:
        named = {**({"If-Match": etag} if etag else {}), **(headers or {})}
        return await self.client.put(path, json=body, headers=self._headers(named))


def console_of(login: str) -> str:
    """Return the first-party client that officers of the login's tenant use."""
    return f"konsol@{login.partition('@')[2]}"


async def log_in(client: AsyncClient, login: str, password: str = DEMO_PASSWORD) -> Person:
    form = {
        "grant_type": "password",
        "client_id": console_of(login),
        "username": login,
        "password": password,
    }
    answer = await client.post("/v1/oauth/token", data=form)
    if answer.status_code != 200 and "invalid_client" in answer.text:
        # Provinces have no frontend of their own: their officers use the nation's.
        answer = await client.post("/v1/oauth/token", data={**form, "client_id": "konsol@0000"})
    assert answer.status_code == 200, answer.text
    return Person(client, answer.json()["access_token"], login)


__all__ = ["Person", "console_of", "log_in", "open_house", "serving", "test_settings"]
