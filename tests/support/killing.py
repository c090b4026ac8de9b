"""A process that dies when it sends its n-th statement."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from app.db.session import Database


class Killed(BaseException):
    """Nothing in the work may catch it, as nothing catches a kill."""


@contextmanager
def killed_at(database: Database, n: int) -> Iterator[list[str]]:
    """Let the process die when it sends its *n*-th statement; give the statements that were sent."""
    sent: list[str] = []
    mine = asyncio.current_task()

    def listen(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        # The house keeps its access log in a task of its own, over the same engine: it is not the worker.
        if asyncio.current_task() is not mine:
            return
        sent.append(statement)
        if len(sent) == n:
            raise Killed

    event.listen(database.engine.sync_engine, "before_cursor_execute", listen)
    try:
        yield sent
    finally:
        event.remove(database.engine.sync_engine, "before_cursor_execute", listen)
