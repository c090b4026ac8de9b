"""The two ways to the database, and the only place where a transaction begins and ends.

Everything uses SQLAlchemy sessions (``transaction``, ``read_only``). Opening a case uses ``intake``: a raw
asyncpg connection of its own pool. Never take the raw connection of a session: its BEGIN is lazy, and a raw
statement sent first would commit by itself.
"""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import Any, Protocol

import asyncpg
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine

from app.db.failures import as_unavailable, watch_disconnects

Tx = AsyncSession


class Raw(Protocol):
    """What the hot path uses of an asyncpg connection."""

    async def fetch(self, query: str, *args: object) -> list[Any]: ...
    async def fetchrow(self, query: str, *args: object) -> Any: ...
    async def execute(self, query: str, *args: object) -> str: ...
    def transaction(self) -> AbstractAsyncContextManager[object]: ...


# A statement that takes longer is not ours; a lock that is held longer is answered with "try again".
SERVER_SETTINGS = {
    "application_name": "puskesos",
    "statement_timeout": "8s",
    "lock_timeout": "2s",
    "idle_in_transaction_session_timeout": "15s",
    "timezone": "UTC",
}

# Opening a case looks up by key alone: one plan fits all values, and planning what is known of somebody anew
# costs four times as much as reading it.
INTAKE_SETTINGS = {**SERVER_SETTINGS, "plan_cache_mode": "force_generic_plan"}


@dataclass(frozen=True, slots=True)
class Database:
    engine: AsyncEngine
    sessions: async_sessionmaker[AsyncSession]
    intake_pool: asyncpg.Pool

    async def close(self) -> None:
        await self.intake_pool.close()
        await self.engine.dispose()


async def connect(url: str, *, pool_size: int, intake_pool_size: int) -> Database:
    """Open both pools on *url* (``postgresql://…``, with ``host`` as a parameter for a socket folder)."""

    async def one() -> asyncpg.Connection:
        return await asyncpg.connect(url, server_settings=SERVER_SETTINGS, timeout=5, command_timeout=10)

    engine = create_async_engine(
        "postgresql+asyncpg://",
        async_creator=one,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=2,
    )
    watch_disconnects(engine.sync_engine)
    pool = await asyncpg.create_pool(
        url,
        min_size=1,
        max_size=intake_pool_size,
        timeout=5,
        command_timeout=10,
        server_settings=INTAKE_SETTINGS,
        reset=_keep_as_it_is,
    )
    sessions = async_sessionmaker(engine, expire_on_commit=False)
    return Database(engine, sessions, pool)


async def _keep_as_it_is(_: Raw) -> None:
    """Skip asyncpg's reset on release: intake uses no session state, and the reset costs a round trip."""


@asynccontextmanager
async def transaction(sessions: async_sessionmaker[AsyncSession]) -> AsyncIterator[Tx]:
    """Yield a session; commit if the block returns, roll back if it raises.

    Raises:
        Unavailable: the database does not answer, or a lock was not given in time.
    """
    with as_unavailable():
        async with sessions() as session, session.begin():
            yield session


@asynccontextmanager
async def read_only(sessions: async_sessionmaker[AsyncSession]) -> AsyncIterator[Tx]:
    """Yield a session whose transaction PostgreSQL itself holds to reading."""
    with as_unavailable():
        async with sessions() as session, session.begin():
            await session.connection(execution_options={"postgresql_readonly": True})
            yield session


@asynccontextmanager
async def intake(pool: asyncpg.Pool) -> AsyncIterator[Raw]:
    """Yield a raw connection inside one transaction: the hot path of opening a case."""
    with as_unavailable():
        async with pool.acquire(timeout=2) as connection, connection.transaction():
            yield connection


@asynccontextmanager
async def savepoint(tx: Tx) -> AsyncIterator[None]:
    """Undo what the block did if it raises; what the transaction did before stays."""
    with as_unavailable():
        async with tx.begin_nested():
            yield


@asynccontextmanager
async def intake_savepoint(raw: Raw) -> AsyncIterator[None]:
    """The same inside a transaction of the hot path."""
    with as_unavailable():
        async with raw.transaction():
            yield
