"""A house whose two pools write down every statement that they send."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import asyncpg
from sqlalchemy import event

from app.api.deps import House
from app.db.session import SERVER_SETTINGS, Database, connect
from app.services.access_log import AccessLog
from app.services.bearers import SessionCache
from tests.support.server import knowledge_of


def _ours(statement: str) -> bool:
    """The driver itself asks what a type is, once for each."""
    return "pg_type" not in statement


async def _keep(_: object) -> None:
    """Skip the reset on release, as the pool of the service does."""


@asynccontextmanager
async def recorded(url: str, said: set[str]) -> AsyncIterator[Database]:
    """Give a database on *url*; every statement of both pools is added to *said*."""
    made = await connect(url, pool_size=4, intake_pool_size=1)

    @event.listens_for(made.engine.sync_engine, "before_cursor_execute")
    def _(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        said.add(statement)

    async def listen(connection: asyncpg.Connection) -> None:
        connection.add_query_logger(lambda query: said.add(query.query) if _ours(query.query) else None)

    pool = await asyncpg.create_pool(
        url, min_size=1, max_size=2, server_settings=SERVER_SETTINGS, init=listen, reset=_keep
    )
    await made.intake_pool.close()
    database = Database(made.engine, made.sessions, pool)
    try:
        yield database
    finally:
        await database.close()


def housed(house: House, database: Database) -> House:
    """Return *house* on another connection to its database."""
    return replace(
        house,
        database=database,
        knowledge=knowledge_of(database),
        access_log=AccessLog(database, house.ids.new_id),
        sessions=SessionCache(),
    )
