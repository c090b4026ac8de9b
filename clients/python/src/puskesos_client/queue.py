"""What was done without a link: on the disk before `Queue.add` returns, kept until the service has judged it.

Calls take milliseconds and block; from a task use `Device`, which runs them in a thread.
"""

import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from puskesos_client.disk import Disk
from puskesos_client.errors import QueueError
from puskesos_client.operations import Body, Filed, Operation, State
from puskesos_client.tickets import Slip, forget_pin, take

BATCH: Final = 500
"""Operations that the service takes at once."""
BATCH_BYTES: Final = 800_000
"""Of their contents; the service takes a body of 1 MB."""
_STATES: Final = {"applied": "applied", "replayed": "applied"}
_OPEN: Final = "state IN ('queued', 'sent', 'waiting')"
# Whoever waits for a refused operation waits for an officer's decision on that one.
_READY: Final = f"""
SELECT n, id, content FROM operations o
 WHERE {_OPEN} AND NOT EXISTS (SELECT 1 FROM operations p
        WHERE p.id = o.waiting_for AND p.state IN ('conflict', 'rejected'))
 ORDER BY state = 'waiting', n LIMIT ?
"""  # noqa: S608  # no value of anybody's in it


# Whom the service refused for a parent's sake alone goes again with the parent, and so on down.
_WITH_CHILDREN: Final = """
WITH RECURSIVE again(id) AS (
  SELECT ? UNION
  SELECT o.id FROM operations o JOIN again a ON json_extract(o.verdict, '$.problem.data.parent') = a.id
   WHERE o.state = 'rejected' AND json_extract(o.verdict, '$.problem.code') = 'parent_rejected')
UPDATE operations SET state = 'queued', waiting_for = NULL WHERE id IN (SELECT id FROM again)
"""


class Queue:
    def __init__(self, disk: Disk) -> None:
        self._disk = disk

    def add(self, operation: Operation) -> str:
        """Keep *operation*; it is on the disk when this returns. Return its id."""
        with self._disk.transaction() as tx:
            _insert(tx, operation)
        return operation.id

    def open_case(self, operation: Operation) -> Slip:
        """Keep an ``open_case`` with the next reserved ticket, and return the slip to print.

        Both in one transaction: no ticket is given out twice, none is lost.

        Raises:
            NoTicket: none is left; `add` files it without one.
        """
        with self._disk.transaction() as tx:
            slip = take(tx, operation.id)
            _insert(tx, replace(operation, body={**operation.body, "ticket": slip.ticket}))
        return slip

    def batch(self, most: int = BATCH, most_bytes: int = BATCH_BYTES) -> list[dict[str, Any]]:
        """Mark the next operations as sent and return them in the order in which they were done."""
        with self._disk.transaction() as tx:
            chosen: list[tuple[int, str, str]] = []
            size = 0
            for n, id_, content in tx.execute(_READY, (most,)):
                size += len(content.encode())
                if chosen and size > most_bytes:
                    break
                chosen.append((n, id_, content))
            marked = [(id_,) for _, id_, _ in chosen]
            tx.executemany(f"UPDATE operations SET state = 'sent' WHERE id = ? AND {_OPEN}", marked)  # noqa: S608
        return [json.loads(content) for _, _, content in sorted(chosen)]

    def settle(self, results: Iterable[Mapping[str, Any]]) -> Counter[str]:
        """Take the verdicts in, each once: what was decided before stays. Return how many are new."""
        told: Counter[str] = Counter()
        with self._disk.transaction() as tx:
            for result in results:
                told[result["verdict"]] += _settle(tx, result)
        return told

    def find(self, id_: str) -> Filed | None:
        return next(iter(self._read("WHERE id = ?", id_)), None)

    def all(self, *states: State) -> list[Filed]:
        """Return the operations in *states*, all without any, in the order in which they were done."""
        wanted = [*(states or State)]
        marks = ", ".join("?" * len(wanted))
        return self._read(f"WHERE state IN ({marks}) ORDER BY n", *wanted)

    def mend(
        self,
        id_: str,
        *,
        body: Body | None = None,
        base: Body | None = None,
        after: Sequence[str] | None = None,
    ) -> None:
        """Send a refused operation again, changed as an officer decided; it keeps its id and its place.

        What was refused only because this one was goes again with it. After a conflict *base* is what the
        other one wrote: so the officer has seen it. *after* takes the place of what it waited for.
        """
        with self._disk.transaction() as tx:
            content = _refused(tx, id_)
            changed = {"body": body, "base": base, "after": None if after is None else list(after)}
            content |= {name: value for name, value in changed.items() if value is not None}
            tx.execute("UPDATE operations SET content = ? WHERE id = ?", (_text(content), id_))
            tx.execute(_WITH_CHILDREN, (id_,))

    def drop(self, id_: str) -> None:
        """Give a refused operation up. A ticket that went with it is not given out again."""
        with self._disk.transaction() as tx:
            _refused(tx, id_)
            tx.execute("DELETE FROM operations WHERE id = ?", (id_,))

    def forget_applied(self) -> int:
        """Take the applied ones off the device; return how many."""
        with self._disk.transaction() as tx:
            return tx.execute("DELETE FROM operations WHERE state = 'applied'").rowcount

    def _read(self, where: str, *values: object) -> list[Filed]:
        with self._disk.transaction() as tx:
            rows = tx.execute(f"SELECT id, state, content, verdict FROM operations {where}", values)  # noqa: S608
            return [
                Filed(id_, State(state), json.loads(content), json.loads(verdict) if verdict else None)
                for id_, state, content, verdict in rows
            ]


def _insert(tx: sqlite3.Connection, operation: Operation) -> None:
    try:
        tx.execute(
            "INSERT INTO operations (id, content, state) VALUES (?, ?, 'queued')",
            (operation.id, _text(operation.content())),
        )
    except sqlite3.IntegrityError:
        raise QueueError(f"An operation {operation.id} is in the queue already.") from None


def _settle(tx: sqlite3.Connection, result: Mapping[str, Any]) -> int:
    state = _STATES.get(result["verdict"], result["verdict"])
    row = tx.execute(f"SELECT content FROM operations WHERE id = ? AND {_OPEN}", (result["id"],)).fetchone()  # noqa: S608
    if row is None:
        return 0
    content = json.loads(row[0])
    if state == State.APPLIED:
        # What was written down of a person leaves the queue as soon as the service has it.
        content = {name: value for name, value in content.items() if name not in {"body", "base"}}
        forget_pin(tx, result["id"])
    tx.execute(
        "UPDATE operations SET state = ?, content = ?, verdict = ?, waiting_for = ? WHERE id = ?",
        (state, _text(content), _text(result), result.get("waiting_for"), result["id"]),
    )
    return 1


def _refused(tx: sqlite3.Connection, id_: str) -> dict[str, Any]:
    row = tx.execute(
        "SELECT content FROM operations WHERE id = ? AND state IN ('conflict', 'rejected', 'waiting')", (id_,)
    ).fetchone()
    if row is None:
        raise QueueError(f"No operation {id_} waits for a decision.")
    found: dict[str, Any] = json.loads(row[0])
    return found


def _text(value: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
