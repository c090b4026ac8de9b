"""Secrets of endpoints as they lie in the database: each in a box that opens for its own endpoint only."""

from datetime import datetime
from typing import Final, Protocol
from uuid import UUID

_PURPOSE: Final = "webhook"
_BEFORE: Final = "webhook before"
"""Of the secret that was replaced and still signs."""


class Boxes(Protocol):
    """The part of the vault that seals for the service itself."""

    def box(self, purpose: str, content: bytes, context: bytes = b"") -> bytes: ...
    def unbox(self, purpose: str, boxed: bytes, context: bytes = b"") -> bytes: ...


class Boxed(Protocol):
    @property
    def id(self) -> UUID: ...
    @property
    def secret_boxed(self) -> bytes: ...
    @property
    def old_secret_boxed(self) -> bytes | None: ...
    @property
    def old_secret_until(self) -> datetime | None: ...


def box(boxes: Boxes, webhook_id: UUID, secret: bytes) -> bytes:
    return boxes.box(_PURPOSE, secret, webhook_id.bytes)


def box_old(boxes: Boxes, hook: Boxed) -> bytes:
    """Return the present secret as the one before."""
    return boxes.box(_BEFORE, boxes.unbox(_PURPOSE, hook.secret_boxed, hook.id.bytes), hook.id.bytes)


def live_secrets(boxes: Boxes, hook: Boxed, now: datetime) -> list[bytes]:
    """Return the secrets that sign at *now*, the newest first."""
    found = [boxes.unbox(_PURPOSE, hook.secret_boxed, hook.id.bytes)]
    if hook.old_secret_boxed and hook.old_secret_until and hook.old_secret_until > now:
        found.append(boxes.unbox(_BEFORE, hook.old_secret_boxed, hook.id.bytes))
    return found
