"""What is stored under a master key: wrapped data keys, and the boxes that live longer than an answer."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy import ARRAY, LargeBinary, Uuid, bindparam, func, select, text

from app.db.session import Tx
from app.db.tables.campaigns import CampaignDevice
from app.db.tables.dci import DciMessage
from app.db.tables.people import DataKey
from app.db.tables.webhooks import Webhook


class Stored(NamedTuple):
    id: UUID
    value: bytes


class Column(NamedTuple):
    """A column of the table of an entity that holds something under a master key."""

    entity: Any
    name: str


KEYS: Final = Column(DataKey, "wrapped")
BOXES: Final[Mapping[str, Column]] = MappingProxyType(
    {
        "campaign device": Column(CampaignDevice, "key_boxed"),
        "dci": Column(DciMessage, "body_boxed"),
        "webhook": Column(Webhook, "secret_boxed"),
        "webhook before": Column(Webhook, "old_secret_boxed"),
    }
)
"""By purpose; each box is bound to the id of its row."""


async def tenants(tx: Tx, column: Column) -> list[str]:
    """Return the tenants that have such rows: a read over all tenants."""
    return sorted(await tx.scalars(select(column.entity.regency_code).distinct()))


async def count(tx: Tx, column: Column) -> int:
    stored = getattr(column.entity, column.name)
    return await tx.scalar(select(func.count()).where(stored.is_not(None))) or 0


async def page(tx: Tx, column: Column, tenant: str, after: UUID | None, limit: int) -> Sequence[Stored]:
    """Return the next rows of one tenant by id; what was destroyed is none."""
    entity, stored = column.entity, getattr(column.entity, column.name)
    statement = select(entity.id, stored).where(entity.regency_code == tenant, stored.is_not(None))
    if after is not None:
        statement = statement.where(entity.id > after)
    return [Stored(*row) for row in await tx.execute(statement.order_by(entity.id).limit(limit))]


async def replace(
    tx: Tx, column: Column, tenant: str, before: Sequence[Stored], after: Sequence[bytes]
) -> int:
    """Put *after* where *before* still stands, and return how often: a key destroyed meanwhile stays so."""
    table = column.entity.__tablename__
    # Names of our own tables and columns, from the list above.
    statement = text(f"""
UPDATE {table} SET {column.name} = u.new
FROM unnest(:ids, :olds, :news) AS u(id, old, new)
WHERE {table}.regency_code = :regency AND {table}.id = u.id AND {table}.{column.name} = u.old
""").bindparams(  # noqa: S608
        bindparam("ids", type_=ARRAY(Uuid())),
        bindparam("olds", type_=ARRAY(LargeBinary())),
        bindparam("news", type_=ARRAY(LargeBinary())),
    )
    ids, olds = [one.id for one in before], [one.value for one in before]
    done = await tx.execute(statement, {"regency": tenant, "ids": ids, "olds": olds, "news": list(after)})
    return int(getattr(done, "rowcount", 0))
