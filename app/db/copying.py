"""COPY and long statements in a session's transaction: the one place that takes a session's raw connection.

A session's BEGIN is sent with its first statement, and a raw statement sent before that would commit by
itself. So the caller sends a statement of its own first, and this looks whether it did.
"""

from collections.abc import AsyncIterator, Iterable, Sequence
from typing import Any

from app.db.session import Tx


async def copy_in(tx: Tx, table: str, columns: Sequence[str], pieces: Iterable[bytes]) -> None:
    """Store rows that are written in PostgreSQL's text form.

    Raises:
        RuntimeError: no transaction is open yet; the rows would be committed at once.
    """
    raw = await _raw(tx)
    await raw.copy_to_table(table, source=_given(pieces), columns=list(columns), format="text")


async def execute_long(tx: Tx, statement: str, *values: object, seconds: float) -> None:
    """Run a statement that may take longer than the driver lets others take.

    Raises:
        RuntimeError: no transaction is open yet.
    """
    await (await _raw(tx)).execute(statement, *values, timeout=seconds)


async def _raw(tx: Tx) -> Any:
    pooled: Any = await (await tx.connection()).get_raw_connection()
    raw = pooled.driver_connection
    if not raw.is_in_transaction():
        raise RuntimeError("a raw statement before the transaction's first one")
    return raw


async def _given(pieces: Iterable[bytes]) -> AsyncIterator[bytes]:
    for piece in pieces:
        yield piece
