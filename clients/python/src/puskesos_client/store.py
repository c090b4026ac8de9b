"""What the device knows of its cases, kept up by `GET /v1/sync/changes`. It is read without a link."""

import json
import sqlite3
from collections.abc import Iterable, Mapping
from typing import Any, Final

from puskesos_client.disk import Disk, fact, keep

_CURSOR: Final = "changes"
CASE: Final = "case"
PERSON: Final = "person"
PROGRAM: Final = "program"
CODES: Final = "codes"
Thing = dict[str, Any]


class Store:
    def __init__(self, disk: Disk) -> None:
        self._disk = disk

    def cursor(self) -> str | None:
        """Up to where the changes were taken in; ``None`` before the first page."""
        with self._disk.transaction() as tx:
            return fact(tx, _CURSOR)

    def case(self, ticket: str) -> Thing | None:
        return self._one(CASE, ticket)

    def cases(self) -> list[Thing]:
        return self._all(CASE)

    def person(self, id_: str) -> Thing | None:
        return self._one(PERSON, id_)

    def programs(self) -> list[Thing]:
        return self._all(PROGRAM)

    def codes(self, set_: str) -> Mapping[str, str]:
        """Return the codes of a set with their labels."""
        return self._one(CODES, set_) or {}

    def take_in(self, page: Mapping[str, Any]) -> None:
        """Take a page of changes in, and its cursor: both or neither."""
        with self._disk.transaction() as tx:
            _put(tx, PERSON, ((one["id"], one) for one in page["people"]))
            _put(tx, CASE, ((one["ticket"], one) for one in page["cases"]))
            tx.executemany(
                "DELETE FROM things WHERE kind = 'case' AND id = ?", [(one,) for one in page["removed"]]
            )
            if page["programs"] is not None:
                _replace(tx, PROGRAM, ((one["code"], one) for one in page["programs"]))
            if page["codes"] is not None:
                _replace(tx, CODES, page["codes"].items())
            if page["removed"]:
                _forget_people(tx)
            keep(tx, _CURSOR, page["next"])

    def clear(self) -> None:
        """Forget everything, as the first asking without a cursor demands. The queue stays."""
        with self._disk.transaction() as tx:
            tx.execute("DELETE FROM things")
            keep(tx, _CURSOR, None)

    def _one(self, kind: str, id_: str) -> Thing | None:
        with self._disk.transaction() as tx:
            row = tx.execute("SELECT value FROM things WHERE kind = ? AND id = ?", (kind, id_)).fetchone()
        return None if row is None else json.loads(row[0])

    def _all(self, kind: str) -> list[Thing]:
        with self._disk.transaction() as tx:
            rows = tx.execute("SELECT value FROM things WHERE kind = ? ORDER BY id", (kind,)).fetchall()
        return [json.loads(value) for (value,) in rows]


def _put(tx: sqlite3.Connection, kind: str, things: Iterable[tuple[str, Any]]) -> None:
    rows = [(kind, id_, json.dumps(value, ensure_ascii=False)) for id_, value in things]
    tx.executemany("INSERT OR REPLACE INTO things VALUES (?, ?, ?)", rows)


def _replace(tx: sqlite3.Connection, kind: str, things: Iterable[tuple[str, Any]]) -> None:
    tx.execute("DELETE FROM things WHERE kind = ?", (kind,))
    _put(tx, kind, things)


def _forget_people(tx: sqlite3.Connection) -> None:
    """A person goes with the last case of hers: the device keeps nobody whom it has no business with."""
    tx.execute("""
        DELETE FROM things WHERE kind = 'person' AND id NOT IN (
            SELECT json_extract(value, '$.person') FROM things
             WHERE kind = 'case' AND json_extract(value, '$.person') IS NOT NULL)
    """)
