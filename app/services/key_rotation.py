"""Rotation of the master key: what lies under an old one is put under the first of the ring.

No sealed value is touched. What was done is done: a run that was cut off is started again and passes over it.
"""

from collections.abc import Callable
from typing import Final, NamedTuple, Protocol
from uuid import UUID

from app.db.queries import rotation
from app.db.queries.rotation import Column
from app.db.session import Tx

BATCH: Final = 500
"""Keys in one transaction."""


class Masters(Protocol):
    """The part of the vault that puts things under its first key."""

    def is_old(self, stored: bytes) -> bool: ...
    def rewrap(self, wrapped: bytes) -> bytes: ...
    def rebox(self, purpose: str, boxed: bytes, context: bytes = b"") -> bytes: ...


Renew = Callable[[Masters, UUID, bytes], bytes]
"""Of the id of a row and what is stored there, what is stored there now."""


class Turned(NamedTuple):
    last: UUID | None
    """Where to go on; None: the tenant is done."""
    seen: int
    renewed: int


class Part(NamedTuple):
    """One column, and how one of its values is put under the first key."""

    column: Column
    renew: Renew


def parts() -> list[Part]:
    """Return every column that holds something under a master key for longer than an answer is kept."""
    boxed = [Part(column, _reboxing(purpose)) for purpose, column in rotation.BOXES.items()]
    return [Part(rotation.KEYS, lambda masters, _, old: masters.rewrap(old)), *boxed]


def _reboxing(purpose: str) -> Renew:
    def renew(masters: Masters, id_: UUID, old: bytes) -> bytes:
        return masters.rebox(purpose, old, id_.bytes)

    return renew


async def turn(tx: Tx, masters: Masters, part: Part, tenant: str, after: UUID | None) -> Turned:
    """Renew one batch of a tenant.

    Raises:
        CannotOpen: a value lies under a key that is not in the ring; nothing of the batch is changed.
    """
    found = await rotation.page(tx, part.column, tenant, after, BATCH)
    old = [one for one in found if masters.is_old(one.value)]
    renewed = 0
    if old:
        fresh = [part.renew(masters, one.id, one.value) for one in old]
        renewed = await rotation.replace(tx, part.column, tenant, old, fresh)
    return Turned(found[-1].id if len(found) == BATCH else None, len(found), renewed)
