"""Tickets for days without a link: a desk takes real ones along, and its slips are good at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Protocol
from uuid import UUID

from app.db.queries import events
from app.db.queries import reserved as stored
from app.db.queries.acting import Acting
from app.db.queries.reserved import Held, Slip
from app.db.tables.sync import TicketBlock
from app.domain.access import Permission
from app.domain.errors import Conflict, FieldError, Invalid
from app.domain.events.desks_offline import TicketsReserved
from app.domain.ids import tenant_of
from app.domain.tickets import Ticket

MOST_AT_ONCE: Final = 100
HELD_MOST: Final = 300
DAYS: Final = 60


class Draws(Protocol):
    def ticket(self, regency_code: str) -> Ticket: ...
    def pin(self) -> str: ...


class Digests(Protocol):
    def digest(self, field_name: str, value: str) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Wanted:
    device_id: UUID
    village: str
    count: int


@dataclass(frozen=True, slots=True)
class Reserved:
    block: TicketBlock
    slips: Sequence[Slip]
    """The PINs are told this once; kept is only what compares with them."""


async def reserve(acting: Acting, draws: Draws, blind: Digests, wanted: Wanted) -> Reserved:
    """Reserve a block of tickets for a device.

    Raises:
        Forbidden: the actor opens no cases there.
        Invalid: the regency does not use the service.
        Conflict: the device holds as many unused ones as the policy lets it.
    """
    acting.actor.require(Permission.CASE_OPEN, wanted.village)
    regency = tenant_of(wanted.village)
    if wanted.village not in acting.known.regions or regency not in acting.known.settings:
        raise Invalid(
            fields=(
                FieldError(
                    "/village",
                    "not_served",
                    "Desa ini tidak dikenal, atau kabupaten/kotanya belum memakai layanan ini.",
                    "This village is not known, or its regency does not use the service yet.",
                ),
            )
        )
    await _require_room(acting, regency, wanted)
    days = timedelta(days=int(acting.known.policy_value(regency, "ticket_reserve_days", DAYS)))
    block = TicketBlock(
        regency_code=regency,
        id=acting.new_id(),
        account_id=acting.actor.account_id,
        device_id=wanted.device_id,
        village_code=wanted.village,
        tickets=wanted.count,
        reserved_at=acting.now,
        expires_at=acting.now + days,
    )
    drawn = [_slip(draws, blind, regency) for _ in range(wanted.count)]
    added = await stored.add_block(acting.tx, block, [(acting.new_id(), slip) for slip in drawn])
    slips = [slip for slip in drawn if slip.ticket in added]
    block.tickets = len(slips)
    happened = TicketsReserved(
        thing_id=block.id, device_id=block.device_id, place=block.village_code, tickets=len(slips)
    )
    stream = events.OtherStream(regency, block.id, "tickets")
    await events.append(
        acting.tx, stream, [happened], actor=acting.actor, now=acting.now, cause_id=acting.cause_id
    )
    return Reserved(block, slips)


async def blocks(acting: Acting, device_id: UUID) -> Sequence[Held]:
    """Return the blocks of a device, newest first; of a device that works elsewhere nothing is told."""
    account = acting.actor.account_id
    found = await stored.blocks_of(acting.tx, acting.actor.tenant, device_id)
    return [one for one in found if one.block.account_id == account or _opens_there(acting, one)]


def _opens_there(acting: Acting, held: Held) -> bool:
    return acting.actor.has(Permission.CASE_OPEN, held.block.village_code)


async def _require_room(acting: Acting, regency: str, wanted: Wanted) -> None:
    most = int(acting.known.policy_value(regency, "tickets_held_most", HELD_MOST))
    held = await stored.unused_of(acting.tx, regency, wanted.device_id, acting.now)
    if held + wanted.count > most:
        raise Conflict(
            code="too_many_reserved",
            id=f"Perangkat ini masih memegang {held} tiket; paling banyak {most}. Pakai dahulu yang ada.",
            en=f"This device still holds {held} tickets; {most} at the most. Use those first.",
            data={"held": held, "most": most},
        )


def _slip(draws: Draws, blind: Digests, regency: str) -> Slip:
    ticket, pin = draws.ticket(regency).text, draws.pin()
    return Slip(ticket, pin, blind.digest("pin", f"{ticket}:{pin}"))
