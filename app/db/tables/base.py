"""The base of every table, and the column kinds that they share.

Tenant tables start with ``regency_code`` and every key of theirs leads with it, so that the same schema can
be spread by Citus later. Reference tables are marked ``info={"reference": True}``; tests check both.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Any, cast
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    DateTime,
    LargeBinary,
    MetaData,
    Table,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, mapped_column

REFERENCE = {"reference": True}

Json = dict[str, Any]
Code = Annotated[str, mapped_column(Text(collation="C"))]
"""A code of the trade: compared byte by byte, so that prefixes use the index."""

TenantKey = Annotated[str, mapped_column(Text(collation="C"), primary_key=True)]
Id = Annotated[UUID, mapped_column(primary_key=True)]


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012  # SQLAlchemy reads it as a plain class attribute
        datetime: DateTime(timezone=True),
        str: Text(),
        UUID: Uuid(),
        bytes: LargeBinary(),
        Json: JSONB(none_as_null=True),
        list[Any]: JSONB(none_as_null=True),
    }


def table_of(entity: type[Base]) -> Table:
    """Return the table of *entity*, for inserts of many rows: past the mapper they cost half."""
    return cast("Table", entity.__table__)


def one_of(column: str, values: Iterable[str]) -> CheckConstraint:
    """Return the named check that *column* holds one of *values* (text with a check, never an ENUM)."""
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=f"{column}_known")
