"""Real tickets that a device holds in advance, so that a slip can be printed without a link."""

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final
from uuid import uuid4

from puskesos_client.disk import Disk, fact, keep
from puskesos_client.errors import NoTicket

_ASKED: Final = "reserve"


@dataclass(frozen=True, slots=True)
class Slip:
    ticket: str
    pin: str = field(repr=False)
    """For the resident; shown to nobody else."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A reservation that is on its way: asked again under the same key, it brings the same tickets."""

    key: str
    body: Mapping[str, Any]


class Tickets:
    def __init__(self, disk: Disk) -> None:
        self._disk = disk

    def left(self) -> int:
        with self._disk.transaction() as tx:
            row = tx.execute("SELECT count(*) FROM tickets WHERE operation IS NULL").fetchone()
        return int(row[0])

    def slip_of(self, operation: str) -> Slip | None:
        """Return the slip of *operation*, to print it again; its PIN is here until the case is there."""
        with self._disk.transaction() as tx:
            row = tx.execute("SELECT ticket, pin FROM tickets WHERE operation = ?", (operation,)).fetchone()
        return None if row is None else Slip(row[0], row[1])

    def ask(self, village: str, count: int) -> Asked:
        """Return the reservation to send: the one whose answer was lost, if there is one."""
        with self._disk.transaction() as tx:
            pending = fact(tx, _ASKED)
            if pending is None:
                body = {"device": self._disk.device, "village": village, "count": count}
                pending = json.dumps({"key": str(uuid4()), "body": body})
                keep(tx, _ASKED, pending)
        found = json.loads(pending)
        return Asked(found["key"], found["body"])

    def take_in(self, answer: Mapping[str, Any]) -> None:
        """Keep the tickets of the answer; the same answer twice changes nothing."""
        rows = [(one["ticket"], one["pin"], answer["expires_at"]) for one in answer["tickets"]]
        with self._disk.transaction() as tx:
            tx.executemany("INSERT INTO tickets VALUES (?, ?, ?, NULL) ON CONFLICT DO NOTHING", rows)
            keep(tx, _ASKED, None)

    def give_up(self) -> None:
        """Forget the reservation that was refused."""
        with self._disk.transaction() as tx:
            keep(tx, _ASKED, None)


def take(tx: sqlite3.Connection, operation: str) -> Slip:
    """Give a ticket to *operation*: the one that ends next, an ended one only when no other is left.

    The service takes an ended ticket too as long as no case has it.
    """
    row = tx.execute(
        "SELECT ticket, pin FROM tickets WHERE operation IS NULL"
        " ORDER BY expires_at <= ?, expires_at LIMIT 1",
        (datetime.now(UTC).isoformat(),),
    ).fetchone()
    if row is None:
        raise NoTicket("No reserved ticket is left on this device.")
    tx.execute("UPDATE tickets SET operation = ? WHERE ticket = ?", (operation, row[0]))
    return Slip(row[0], row[1])


def forget_pin(tx: sqlite3.Connection, operation: str) -> None:
    """The case is there: a lost slip gets a new PIN from the service, and the device keeps none."""
    tx.execute("UPDATE tickets SET pin = '' WHERE operation = ?", (operation,))
