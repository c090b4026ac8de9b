"""What keeps one schema good for plain PostgreSQL and for Citus (design section 9, rules 1 to 6)."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Enum, Identity, Table, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import DOMAIN

from app.db import migrations
from app.db.tables import Base

TABLES = Base.metadata.sorted_tables
TENANT = [table for table in TABLES if not table.info.get("reference")]
REFERENCE = [table for table in TABLES if table.info.get("reference")]
KEY = "regency_code"
SMALL = {"agencies", "codes", "knowledge_versions", "program_versions", "programs", "regions"}

every_table = pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
tenant_tables = pytest.mark.parametrize("table", TENANT, ids=lambda table: table.name)
reference_tables = pytest.mark.parametrize("table", REFERENCE, ids=lambda table: table.name)


def test_only_small_rarely_written_tables_are_copied_everywhere() -> None:
    assert {table.name for table in REFERENCE} == SMALL


@tenant_tables
def test_a_tenant_table_starts_with_the_tenant(table: Table) -> None:
    first = next(iter(table.columns))
    assert (first.name, first.nullable) == (KEY, False)
    assert isinstance(first.type, Text)
    assert first.type.collation == "C"


@tenant_tables
def test_every_key_of_a_tenant_table_leads_with_the_tenant(table: Table) -> None:
    leading = [next(iter(table.primary_key)).name]
    leading += [
        next(iter(one.columns)).name for one in table.constraints if isinstance(one, UniqueConstraint)
    ]
    leading += [next(iter(index.columns)).name for index in table.indexes if index.unique]
    assert set(leading) == {KEY}


@tenant_tables
def test_a_key_between_tenant_tables_carries_the_tenant(table: Table) -> None:
    for key in table.foreign_key_constraints:
        if key.referred_table.info.get("reference"):
            continue
        assert key.column_keys[0] == KEY
        assert key.elements[0].column.name == KEY


@reference_tables
def test_a_reference_table_knows_no_tenant(table: Table) -> None:
    assert KEY not in table.columns
    assert all(key.referred_table.info.get("reference") for key in table.foreign_key_constraints)


@every_table
def test_no_key_is_put_off_or_acts_by_itself(table: Table) -> None:
    for key in table.foreign_key_constraints:
        assert (key.ondelete, key.onupdate, key.deferrable, key.initially) == (None, None, None, None)


@every_table
def test_no_enum_domain_sequence_or_default_of_the_server(table: Table) -> None:
    for column in table.columns:
        assert not isinstance(column.type, Enum | DOMAIN), column
        assert column.server_default is None, column
        assert not isinstance(column.identity, Identity), column
        assert column.default is None, column
        assert table.autoincrement_column is not column, column


@every_table
def test_every_constraint_has_a_name(table: Table) -> None:
    assert all(one.name for one in table.constraints)


def _statements() -> Iterator[tuple[str, str]]:
    root = Path(migrations.__file__).resolve().parents[2]
    for path in [*(root / "app" / "db").rglob("*.py"), *(root / "alembic").rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield path.name, node.value.upper()


@pytest.mark.parametrize(
    "forbidden",
    [
        "CREATE TRIGGER",
        "CREATE RULE",
        "CREATE SEQUENCE",
        "CREATE TYPE",
        "DEFERRABLE",
        "SET NULL",
        "MERGE INTO",
        "NEXTVAL(",
        "PG_ADVISORY_LOCK(",
        "SET_CONFIG(",
    ],
)
def test_no_statement_uses_what_cannot_be_spread(forbidden: str) -> None:
    assert [name for name, text in _statements() if forbidden in text] == []


def test_the_first_migration_spreads_every_table() -> None:
    root = Path(migrations.__file__).resolve().parents[2]
    (first,) = (root / "alembic" / "versions").glob("*_first_tables.py")
    named: dict[str, set[str]] = {}
    for node in ast.parse(first.read_text("utf-8")).body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            name = node.targets[0].id
            if name in {"REFERENCE", "TENANT"}:
                named[name] = set(ast.literal_eval(node.value))
    assert named == {"REFERENCE": SMALL, "TENANT": {table.name for table in TENANT}}
