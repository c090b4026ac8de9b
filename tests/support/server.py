"""The PostgreSQL of a test run, and databases that are copied from a template in a moment."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count

import asyncpg
from sqlalchemy import Connection

from app.db import migrations
from app.db.session import Database, connect
from app.domain.knowledge import Knowledge
from app.integrations.embedded_postgres import Role, Running
from app.integrations.passwords import Passwords
from app.integrations.randomness import Ids
from app.services.knowledge import KnowledgeSource
from app.services.seed import Tools, seed_demo_accounts, seed_reference

BARE = "template_bare"
SEEDED = "template_seeded"
OPTIONS = {
    # A test that needs a database to survive a crash starts its own.
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_wal_size": "2GB",
    "shared_buffers": "64MB",
    "jit": "off",
}
_SEEDED_KNOWN: list[Knowledge] = []
"""What is known of the seeded template: whoever has a copy of it reads only what was changed since."""
CHEAP = Passwords(time_cost=1, memory_kib=64)
"""Hashes that cost nothing; what argon2 costs in earnest has its own test."""


@dataclass(frozen=True)
class Address:
    """One database of a test, as the service's role and as the owner."""

    name: str
    url: str
    owner_url: str
    superuser_url: str


class Server:
    """Makes databases on one running PostgreSQL."""

    def __init__(self, running: Running) -> None:
        self.running = running
        self._numbers = count(1)

    def address(self, name: str) -> Address:
        roles = (self.running.url_for(role, name) for role in (Role.APP, Role.OWNER, Role.SUPERUSER))
        return Address(name, *roles)

    async def make_bare(self) -> None:
        """Make the template that has the schema and no row."""
        await self._create(BARE, None)
        owner = self.address(BARE).owner_url
        await asyncio.to_thread(migrations.upgrade, owner)
        engine = migrations.migration_engine(owner)
        async with engine.begin() as connection:
            await connection.run_sync(_grant)
        await engine.dispose()

    async def make_seeded(self) -> None:
        """Make the template that has reference data, the five places and the demo's log-ins."""
        await self._create(SEEDED, BARE)
        database = await connect(self.address(SEEDED).url, pool_size=2, intake_pool_size=1)
        tools = Tools(database, Ids(), datetime.now(UTC))
        try:
            await seed_reference(tools)
            await seed_demo_accounts(tools, CHEAP)
            _SEEDED_KNOWN.append(await KnowledgeSource(database).current(tools.now))
        finally:
            await database.close()

    async def copy(self, template: str) -> Address:
        name = f"test_{next(self._numbers)}"
        await self._create(name, template)
        return self.address(name)

    async def drop(self, name: str) -> None:
        await self._execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    async def _create(self, name: str, template: str | None) -> None:
        source = f" TEMPLATE {template} STRATEGY file_copy" if template else ""
        await self._execute(f"CREATE DATABASE {name} OWNER {Role.OWNER}{source}")
        await self._execute(f"GRANT CONNECT ON DATABASE {name} TO {Role.APP}")

    async def _execute(self, statement: str) -> None:
        connection = await asyncpg.connect(self.running.url_for(Role.SUPERUSER, "postgres"))
        try:
            await connection.execute(statement)
        finally:
            await connection.close()


def knowledge_of(database: Database) -> KnowledgeSource:
    """Return a holder that reads what is no more as in the template: all of it costs half a second."""
    return KnowledgeSource(database, _SEEDED_KNOWN[0] if _SEEDED_KNOWN else None)


def _grant(connection: Connection) -> None:
    migrations.grant_app_role(connection, Role.APP)


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Database]:
    database = await connect(url, pool_size=10, intake_pool_size=4)
    try:
        yield database
    finally:
        await database.close()
