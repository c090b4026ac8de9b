"""The database as a whole, for a backup: one snapshot, how many rows, which objects."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import async_sessionmaker

from app.db.migrations import migration_engine
from app.db.queries.audit import one_snapshot
from app.db.session import Tx, read_only
from app.db.tables import Base
from app.db.tables.papers import Attachment

OLDEST_TARGET: Final = 170_000
"""``pg_restore`` of PostgreSQL 18 says things that a server before 17 does not understand."""


@asynccontextmanager
async def held(url: str) -> AsyncIterator[Tx]:
    """Yield a transaction that sees one instant, however long it takes, and writes nothing."""
    engine = migration_engine(url)
    try:
        async with read_only(async_sessionmaker(engine)) as tx:
            await one_snapshot(tx)
            for name in ("statement_timeout", "idle_in_transaction_session_timeout"):
                await tx.execute(text(f"SET LOCAL {name} = 0"))
            yield tx
    finally:
        await engine.dispose()


async def exported(tx: Tx) -> str:
    """Return the name under which another connection sees the same instant, while this one lasts."""
    return str(await tx.scalar(text("SELECT pg_export_snapshot()")))


async def server_number(tx: Tx) -> int:
    """Return the server's version as a number, ``180004`` for 18.4."""
    return int(await tx.scalar(text("SELECT current_setting('server_version_num')")) or 0)


async def migration(tx: Tx) -> str:
    return str(await tx.scalar(text("SELECT version_num FROM alembic_version")))


async def row_counts(tx: Tx) -> dict[str, int]:
    """Return how many rows each table has."""
    return {
        table.name: int(await tx.scalar(select(func.count()).select_from(table)) or 0)
        for table in Base.metadata.sorted_tables
    }


async def object_keys(tx: Tx) -> list[str]:
    """Return the keys of all objects that a row needs: of stored files, and of uploads under way."""
    statement = select(Attachment.object_key, Attachment.parts).where(
        Attachment.state.in_(("stored", "uploading"))
    )
    keys: set[str] = set()
    for key, parts in await tx.execute(statement):
        keys |= {key} if key else set()
        keys |= {str(part[0]) for part in parts}
    return sorted(keys)


async def has_tables(tx: Tx) -> bool:
    """Tell whether anything is there already: a backup is restored into an empty database only."""
    found = await tx.scalar(
        text(
            "SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
            "WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f')"
        )
    )
    return bool(found)
