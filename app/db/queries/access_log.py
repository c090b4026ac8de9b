"""Rows of the access log: only added, each in its place in one process's segment."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from app.db.session import Tx
from app.db.tables.access import AccessEntry
from app.domain.chain import canonical


class AccessRow(NamedTuple):
    regency_code: str
    segment_id: UUID
    n: int
    at: datetime
    actor_kind: str
    actor_id: UUID | None
    action: str
    subject_kind: str
    subject_id: UUID | None
    ticket: str | None
    result: str
    request_id: str
    purpose: str | None
    hash: bytes


COLUMNS = tuple(AccessEntry.__table__.c[name] for name in AccessRow._fields)


def access_body(row: AccessRow) -> bytes:
    """Return the canonical bytes of a row: everything but its hash."""
    return canonical({"v": 1, **dict(zip(row._fields[:-1], row[:-1], strict=True))})


async def store(tx: Tx, rows: Sequence[AccessRow]) -> None:
    """Add rows of one tenant; a row that a lost answer left there already is the same row."""
    keys = [AccessEntry.regency_code, AccessEntry.segment_id, AccessEntry.n]
    statement = insert(AccessEntry).on_conflict_do_nothing(index_elements=keys)
    await tx.execute(statement, [row._asdict() for row in rows])
