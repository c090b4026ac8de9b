"""Run migrations so that they cannot stop the service: one at a time, and never waiting long for a lock."""

import asyncio

from alembic import context
from sqlalchemy import Connection, text

from app.db.migrations import migration_engine
from app.db.tables import Base

# 0x50554b53 spells PUKS; any constant would do, all our migrations share it.
ADVISORY_LOCK = 0x50554B53


def run(connection: Connection) -> None:
    connection.execute(text("SET lock_timeout = '4s'"))
    connection.execute(text("SET statement_timeout = '60s'"))
    # Accepted by plain PostgreSQL too; Citus needs both to change related tables in one transaction.
    connection.execute(text("SET citus.enable_local_reference_table_foreign_keys = off"))
    connection.execute(text("SET citus.multi_shard_modify_mode = 'sequential'"))
    context.configure(connection=connection, target_metadata=Base.metadata, compare_type=True)
    with context.begin_transaction():
        connection.execute(text(f"SELECT pg_advisory_xact_lock({ADVISORY_LOCK})"))
        context.run_migrations()


async def online() -> None:
    engine = migration_engine(context.config.attributes["url"])
    async with engine.connect() as connection:
        await connection.run_sync(run)
        await connection.commit()
    await engine.dispose()


given = context.config.attributes.get("connection")
if given is None:
    asyncio.run(online())
else:
    run(given)
