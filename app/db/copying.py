"""COPY inside a session's transaction: the only place that takes the raw connection of a session.

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
    pooled: Any = await (await tx.connection()).get_raw_connection()
    raw = pooled.driver_connection
    if not raw.is_in_transaction():
        raise RuntimeError("COPY before the transaction's first statement")
    await raw.copy_to_table(table, source=_given(pieces), columns=list(columns), format="text")


async def _given(pieces: Iterable[bytes]) -> AsyncIterator[bytes]:
    for piece in pieces:
        yield piece
