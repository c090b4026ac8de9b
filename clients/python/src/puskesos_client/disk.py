"""One SQLite file of one device and one account. What a transaction wrote survives kill -9 and a power cut.

WAL with ``synchronous=FULL``: a commit has reached the disk when it returns. Any number of threads and
processes may use the file at once; each writing waits for the one before it.
"""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import Any, Final
from uuid import uuid4

from puskesos_client.errors import OtherAccount

_BUSY_SECONDS: Final = 30.0
_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS operations (
  n INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  content TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('queued', 'sent', 'applied', 'conflict', 'rejected', 'waiting')),
  verdict TEXT,
  waiting_for TEXT
);
CREATE INDEX IF NOT EXISTS operations_open ON operations (n) WHERE state IN ('queued', 'sent', 'waiting');
CREATE TABLE IF NOT EXISTS tickets (
  ticket TEXT PRIMARY KEY, pin TEXT NOT NULL, expires_at TEXT NOT NULL, operation TEXT UNIQUE
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS things (
  kind TEXT NOT NULL, id TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (kind, id)
) WITHOUT ROWID;
"""


class Disk:
    def __init__(self, path: Path | str, account: str) -> None:
        """Open the file, or make it, for *account*: its login with the tenant, such as ``siti@1374``.

        Raises:
            OtherAccount: another account filled it.
        """
        # Made before SQLite opens it: only its owner may read it, and so the files beside it.
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        self._lock = Lock()
        self._connection = sqlite3.connect(
            path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False
        )
        for setting in ("journal_mode=WAL", "synchronous=FULL", "secure_delete=ON"):
            self._connection.execute(f"PRAGMA {setting}")
        self._connection.executescript(_SCHEMA)
        with self.transaction() as tx:
            owner = remember(tx, "account", account)
            self.device = remember(tx, "device", str(uuid4()))
        if owner != account:
            self.close()
            raise OtherAccount(f"This queue belongs to {owner}; it is sent under that account only.")
        self.account = account

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Give the connection; on the disk when the block has ended, and nothing of it if it raised."""
        with self._lock:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    def close(self) -> None:
        self._connection.close()


def remember(tx: sqlite3.Connection, name: str, value: str) -> str:
    """Keep *value* unless there is one already; return what is kept."""
    tx.execute("INSERT INTO facts VALUES (?, ?) ON CONFLICT DO NOTHING", (name, value))
    kept = fact(tx, name)
    return value if kept is None else kept


def fact(tx: sqlite3.Connection, name: str) -> str | None:
    row: Any = tx.execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchone()
    return None if row is None else str(row[0])


def keep(tx: sqlite3.Connection, name: str, value: str | None) -> None:
    """Put *value* in the place of what was kept; ``None`` takes it away."""
    if value is None:
        tx.execute("DELETE FROM facts WHERE name = ?", (name,))
    else:
        tx.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", (name, value))
