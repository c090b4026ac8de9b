"""Every revision up, down and up again with a row in every table; and the logs are closed to the service."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import Column, Connection, MetaData, Table, insert, inspect, select
from sqlalchemy.dialects.postgresql import JSONB

from app.db import migrations
from app.db.migrations import APPEND_ONLY
from app.db.tables import Base
from tests.support.server import Address, Server

VALUES: dict[type, object] = {
    str: "13.74",
    int: 1,
    Decimal: Decimal(1),
    bool: True,
    bytes: b"\x01",
    UUID: UUID(int=1),
    datetime: datetime(2026, 11, 25, tzinfo=UTC),
    date: date(2026, 11, 25),
    dict: {},
}
"""One value for each kind of column: with the same value everywhere, every foreign key finds its row."""
REVISIONS = [
    script.revision
    for script in reversed(list(ScriptDirectory.from_config(migrations.config("")).walk_revisions()))
]


async def on(url: str, work: Callable[[Connection], Any]) -> Any:
    engine = migrations.migration_engine(url)
    try:
        async with engine.begin() as connection:
            return await connection.run_sync(work)
    finally:
        await engine.dispose()


def reflected(connection: Connection) -> list[Table]:
    found = MetaData()
    found.reflect(connection)
    return [table for table in found.sorted_tables if table.name != "alembic_version"]


def value_of(column: Column[Any], allowed: dict[str, str]) -> object:
    if column.name in allowed:
        return allowed[column.name]
    return {} if isinstance(column.type, JSONB) else VALUES[column.type.python_type]


def fill(connection: Connection) -> set[str]:
    """Put one row into every table, every column filled; return the tables."""
    looking, names = inspect(connection), set()
    for table in reflected(connection):
        allowed = {}
        for check in looking.get_check_constraints(table.name):
            # The others bound numbers, and the same number in every column fits them.
            if listed := re.search(r"\(?(\w+) = ANY \(ARRAY\['([^']*)'", check["sqltext"]):
                column, value = listed.groups()
                allowed[column] = value
        connection.execute(insert(table).values({one.name: value_of(one, allowed) for one in table.columns}))
        names.add(table.name)
    return names


def row_counts(connection: Connection) -> set[int]:
    return {len(connection.execute(select(table)).all()) for table in reflected(connection)}


@pytest.fixture
async def empty(server: Server) -> AsyncIterator[Address]:
    """A database without any table."""
    made = await server.copy("template0")
    yield made
    await server.drop(made.name)


@pytest.mark.parametrize("revision", REVISIONS)
async def test_a_revision_goes_up_down_and_up_with_data(empty: Address, revision: str) -> None:
    url = empty.owner_url
    for earlier in REVISIONS[: REVISIONS.index(revision) + 1]:
        await asyncio.to_thread(migrations.upgrade, url, earlier)
    before = await on(url, fill)
    assert before
    await asyncio.to_thread(migrations.downgrade, url, "-1")
    left = {table.name for table in await on(url, reflected)}
    assert left < before
    await asyncio.to_thread(migrations.upgrade, url, revision)
    again = {table.name for table in await on(url, reflected)}
    assert again == before
    if revision == REVISIONS[0]:
        assert await on(url, fill) == before
        assert await on(url, row_counts) == {1}


async def test_the_tables_are_those_of_the_code(address: Address) -> None:
    await asyncio.to_thread(migrations.check, address.owner_url)
    names = {table.name for table in await on(address.owner_url, reflected)}
    assert names == set(Base.metadata.tables)


async def test_a_second_upgrade_changes_nothing(address: Address) -> None:
    await on(address.owner_url, fill)
    await asyncio.to_thread(migrations.upgrade, address.owner_url)
    assert await on(address.owner_url, row_counts) == {1}


def _first_column(table: str) -> str:
    return next(iter(Base.metadata.tables[table].columns)).name


FORBIDDEN = [
    statement.format(table=table, column=_first_column(table))
    for table in APPEND_ONLY
    for statement in (
        "UPDATE {table} SET {column} = '13.71'",
        "DELETE FROM {table}",
        "TRUNCATE {table}",
        "ALTER TABLE {table} ADD COLUMN more text",
        "DROP TABLE {table}",
        "CREATE TRIGGER quiet BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION suppress_redundant()",
    )
] + [
    "UPDATE alembic_version SET version_num = '0'",
    "DELETE FROM alembic_version",
    "CREATE TABLE more (n int)",
    "CREATE SCHEMA more",
]


@pytest.mark.parametrize("statement", FORBIDDEN)
async def test_the_service_cannot_change_its_logs(address: Address, statement: str) -> None:
    await on(address.owner_url, fill)
    service = await asyncpg.connect(address.url)
    try:
        with pytest.raises(asyncpg.InsufficientPrivilegeError) as refused:
            await service.execute(statement)
        assert refused.value.sqlstate == "42501"
    finally:
        await service.close()


async def test_the_service_can_add_to_its_logs(address: Address) -> None:
    assert set(APPEND_ONLY) <= await on(address.url, fill)
