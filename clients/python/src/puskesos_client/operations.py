"""One thing that an officer did, as the queue keeps it and ``POST /v1/sync`` takes it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any
from uuid import uuid4

Body = Mapping[str, Any]


class State(StrEnum):
    QUEUED = "queued"
    """On the disk, not sent yet."""
    SENT = "sent"
    """In a batch whose answer has not come; sent again under the same id."""
    APPLIED = "applied"
    """Done by the service, once."""
    CONFLICT = "conflict"
    """Somebody else changed the same field. An officer decides: `Queue.mend` or `Queue.drop`."""
    REJECTED = "rejected"
    """It will never work as it is; the problem says why. An officer decides."""
    WAITING = "waiting"
    """Waits for another operation, or for the service; sent again by itself."""


@dataclass(frozen=True, slots=True)
class Case:
    """The case that an operation is about: by its *ticket*, or by the *operation* that opens it."""

    ticket: str | None = None
    operation: str | None = None


@dataclass(frozen=True, slots=True)
class Operation:
    """See the desk-frontend guide for the kinds, and which of them compare ``base``."""

    kind: str
    body: Body
    case: Case | None = None
    base: Body | None = None
    """Of each field that it changes, what the officer saw."""
    action: str | None = None
    """Of a ``step``: which."""
    visit: Mapping[str, str] | None = None
    """``{"id": …}``, or ``{"operation": …}`` that plans it."""
    after: tuple[str, ...] = ()
    """Operations that must be done before."""
    at: datetime = field(default_factory=lambda: datetime.now(UTC))
    id: str = field(default_factory=lambda: str(uuid4()))

    def content(self) -> dict[str, Any]:
        """Return it as it is sent. Absent members are left out."""
        named = {"ticket": self.case.ticket, "operation": self.case.operation} if self.case else {}
        said = {
            "id": self.id,
            "kind": self.kind,
            "action": self.action,
            "case": {name: value for name, value in named.items() if value is not None} or None,
            "visit": self.visit,
            "after": list(self.after) or None,
            "at": self.at.astimezone(UTC).isoformat(),
            "base": self.base,
            "body": self.body,
        }
        return {name: value for name, value in said.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Filed:
    """An operation in the queue."""

    id: str
    state: State
    content: Mapping[str, Any]
    """As it is sent; without ``body`` and ``base`` once it is applied."""
    verdict: Mapping[str, Any] | None
    """What the service said last: ``answer``, ``problem`` or ``conflicts``."""

    @property
    def conflicts(self) -> tuple[Mapping[str, Any], ...]:
        """Each with ``field``, ``base``, ``mine`` and ``theirs``."""
        return tuple((self.verdict or {}).get("conflicts") or ())
