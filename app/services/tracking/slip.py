"""Ticket and PIN: a wrong ticket and a wrong PIN cost the same work and get the same answer."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hmac import compare_digest
from typing import Final, Protocol
from uuid import UUID

from app.db.queries import attempts
from app.db.queries.reserved import slip_of
from app.db.queries.tracking import case_of_slip, tracks_on_to
from app.db.session import Tx

# Six digits are a million PINs: five tries a quarter of an hour leave a guesser of one known ticket a chance
# of one in two thousand a day. An address gets more, since a village shares one. Ours.
WINDOW: Final = timedelta(minutes=15)
TRIES_OF_TICKET: Final = 5
TRIES_OF_ADDRESS: Final = 50
_TICKET: Final = "track.ticket"
_ADDRESS: Final = "track.address"
_NOBODY: Final = b"\0" * 34
"""As long as a digest: what a ticket that does not exist is compared with."""


class Digests(Protocol):
    def digest(self, field_name: str, value: str) -> bytes: ...
    def digests(self, field_name: str, value: str) -> Sequence[bytes]: ...


@dataclass(frozen=True, slots=True)
class Slip:
    """What was typed, in normal form, and where it came from."""

    tenant: str
    ticket: str
    pin: str = field(repr=False)
    address: str


@dataclass(frozen=True, slots=True)
class Known:
    """The case that the slip opens: of a void duplicate, the one that stands for it.

    Of a reserved slip whose case has not come, the slip's own id stands for it.
    """

    tenant: str
    case_id: UUID


@dataclass(frozen=True, slots=True)
class Refused:
    """Returned, not raised: the counted try must be committed."""

    retry_after: timedelta | None = None


async def open_slip(tx: Tx, slip: Slip, digests: Digests, now: datetime) -> Known | Refused:
    """Count the try, then judge it, so that parallel guesses cannot slip through."""
    keys = {
        _TICKET: digests.digest("track", slip.ticket),
        _ADDRESS: digests.digest("address", slip.address),
    }
    limits = {_TICKET: TRIES_OF_TICKET, _ADDRESS: TRIES_OF_ADDRESS}
    counts = {
        bucket: await attempts.count_try(tx, slip.tenant, bucket, keys[bucket], WINDOW, now)
        for bucket in limits
    }
    waits = [
        counts[bucket].since + WINDOW - now
        for bucket, limit in limits.items()
        if counts[bucket].tries > limit
    ]
    case = await case_of_slip(tx, slip.tenant, slip.ticket)
    # Looked for in any case, so that a ticket that a desk holds takes as long as one that nobody has.
    held = await slip_of(tx, slip.tenant, slip.ticket)
    stored = case.pin_digest if case is not None else held.pin_digest if held is not None else _NOBODY
    tried = digests.digests("pin", f"{slip.ticket}:{slip.pin}")
    right = any([compare_digest(stored, digest) for digest in tried])  # noqa: C419  # each is compared
    if waits:
        return Refused(max(waits))
    if not right:
        return Refused()
    await attempts.forget(tx, slip.tenant, _TICKET, keys[_TICKET])
    await attempts.give_back(tx, slip.tenant, _ADDRESS, keys[_ADDRESS])
    if case is None:
        return Known(slip.tenant, held.id) if held is not None else Refused()
    standing = await tracks_on_to(tx, case)
    return Known(standing.regency_code, standing.id)
