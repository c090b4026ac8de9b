"""Bring a database to the schema of this release, and spread it where Citus is there."""

from collections.abc import Iterable
from pathlib import Path

import asyncpg
from alembic import command
from alembic.config import Config
from alembic.operations import Operations
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

APP = Path(__file__).resolve().parent.parent
"""In a checkout ``alembic/`` lies beside ``app/``; in the wheel it lies in it."""

# Rows of these are only ever added by the service's role.
APPEND_ONLY = ("events", "access_log", "seals")


def migration_engine(url: str) -> AsyncEngine:
    async def one() -> object:
        return await asyncpg.connect(url, timeout=10)

    return create_async_engine("postgresql+asyncpg://", async_creator=one, poolclass=NullPool)


def config(url: str) -> Config:
    inside = APP / "alembic"
    made = Config()
    made.set_main_option("script_location", str(inside if inside.is_dir() else APP.parent / "alembic"))
    made.set_main_option("path_separator", "os")
    made.attributes["url"] = url
    return made


def upgrade(url: str, revision: str = "head") -> None:
    """Migrate the database of *url* to *revision*. Blocking: call it from a command, not from a loop."""
    command.upgrade(config(url), revision)


def downgrade(url: str, revision: str) -> None:
    command.downgrade(config(url), revision)


def check(url: str) -> None:
    """Raise when the tables of the database differ from those of the code."""
    command.check(config(url))


def distribute(operations: Operations, *, reference: Iterable[str], tenant: Iterable[str]) -> None:
    """Copy the *reference* tables and spread the *tenant* tables, where the Citus extension is."""
    connection = operations.get_bind()
    if not connection.scalar(text("SELECT count(*) FROM pg_extension WHERE extname = 'citus'")):
        return
    for name in reference:
        connection.execute(text("SELECT create_reference_table(:name)"), {"name": name})
    for name in tenant:
        connection.execute(text("SELECT create_distributed_table(:name, 'regency_code')"), {"name": name})


def grant_app_role(connection: Connection, role: str) -> None:
    """Give *role* what the service needs and no more: it adds to the logs, and never changes them."""
    quoted = '"' + role.replace('"', '""') + '"'
    for statement in (
        f"GRANT USAGE ON SCHEMA public TO {quoted}",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {quoted}",
        f"REVOKE UPDATE, DELETE, TRUNCATE ON {', '.join(APPEND_ONLY)} FROM {quoted}",
        f"REVOKE INSERT, UPDATE, DELETE ON alembic_version FROM {quoted}",
    ):
        connection.execute(text(statement))
