"""What all tests share: one PostgreSQL per process, a fresh database per test or module, and log-ins.

``database`` has the schema and no row. ``house`` and ``client`` have the reference data, the five places and
the demo's log-ins and are shared by a module; ``fresh_house`` and ``fresh_client`` are the test's own.
"""

import asyncio
import logging
import shutil
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest
import structlog
from httpx import AsyncClient

from app.api.deps import House
from app.db.session import Database
from app.integrations.embedded_postgres import EmbeddedPostgres
from tests.support.http import Person, log_in, open_house, serving, test_settings
from tests.support.server import BARE, CHEAP, OPTIONS, SEEDED, Address, Server, knowledge_of, opened

LogIn = Callable[..., Awaitable[Person]]


def _plain_log() -> None:
    """Without this an unforeseen exception is drawn with all that was known, which takes minutes."""
    shown = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(processors=[*structlog.get_config()["processors"][:-1], shown])


_plain_log()


@pytest.fixture(autouse=True)
def own_log() -> Iterator[None]:
    """Give the log back: a command that was run in a test has pointed it at that test's output."""
    yield
    structlog.reset_defaults()
    _plain_log()
    root = logging.getLogger()
    root.handlers[:] = [one for one in root.handlers if type(one) is not logging.StreamHandler]


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    # Not pytest's folder: as root that one is closed to the user whom PostgreSQL runs as, and its names come
    # again, so that a run would find the databases of another.
    folder = Path(tempfile.gettempdir()) / f"puskesos-test-{uuid4().hex[:12]}"
    try:
        with EmbeddedPostgres(options=OPTIONS).start(folder, database="unused") as running:
            made = Server(running)
            folder = running.data_dir
            asyncio.run(made.make_bare())
            yield made
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def seeded_server(server: Server) -> Server:
    asyncio.run(server.make_seeded())
    return server


@pytest.fixture
async def address(server: Server) -> AsyncIterator[Address]:
    """An empty database of the test's own."""
    made = await server.copy(BARE)
    yield made
    await server.drop(made.name)


@pytest.fixture
async def database(address: Address) -> AsyncIterator[Database]:
    """Both pools on an empty database of the test's own, as the service's role."""
    async with opened(address.url) as made:
        yield made


@asynccontextmanager
async def _house(server: Server, **settings: object) -> AsyncIterator[House]:
    made = await server.copy(SEEDED)
    async with open_house(test_settings(made, **settings)) as house:
        yield replace(house, passwords=CHEAP, knowledge=knowledge_of(house.database))
        shutil.rmtree(house.settings.data_dir, ignore_errors=True)
    await server.drop(made.name)


@pytest.fixture(scope="module")
async def house(seeded_server: Server) -> AsyncIterator[House]:
    async with _house(seeded_server) as made:
        yield made


@pytest.fixture(scope="module")
async def client(house: House) -> AsyncIterator[AsyncClient]:
    async with serving(house) as made:
        yield made


@pytest.fixture(scope="module")
def login(client: AsyncClient) -> LogIn:
    """Return what logs somebody in; it answers a `Person` who can get, post and patch."""

    async def enter(name: str, password: str | None = None) -> Person:
        return await (log_in(client, name, password) if password else log_in(client, name))

    return enter


@pytest.fixture
async def fresh_house(seeded_server: Server) -> AsyncIterator[House]:
    async with _house(seeded_server) as made:
        yield made


@pytest.fixture
async def fresh_client(fresh_house: House) -> AsyncIterator[AsyncClient]:
    async with serving(fresh_house) as made:
        yield made
