"""Tickets that desks took along for days without a link: reserved in blocks, bound to a case once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import and_, func, select
from sqlalchemy.dialects.postgresql import insert

from app.db.session import Raw, Tx
from app.db.tables.cases import Case
from app.db.tables.sync import ReservedTicket, TicketBlock

MOST_BLOCKS: Final = 200
"""Told of at once: with sixty days of each, and a few hundred tickets held, years of them."""
_LOCK: Final = """
SELECT pin_digest, village_code, case_id FROM reserved_tickets
WHERE regency_code = $1 AND ticket = $2 FOR UPDATE
"""
_BIND: Final = """
UPDATE reserved_tickets SET case_id = $3, used_at = $4 WHERE regency_code = $1 AND ticket = $2
"""
_SET_VOID: Final = """
UPDATE cases SET void_reason = 'duplicate', duplicate_of = $3, previous_status = 'registered'
WHERE regency_code = $1 AND id = $2
"""


@dataclass(frozen=True, slots=True)
class Slip:
    """A ticket with its PIN, as they stand on paper."""

    ticket: str
    pin: str
    digest: bytes


@dataclass(frozen=True, slots=True)
class Held:
    """A block of a device, and which of its tickets no case has come for."""

    block: TicketBlock
    unused: Sequence[str]


async def add_block(tx: Tx, block: TicketBlock, slips: Sequence[tuple[UUID, Slip]]) -> set[str]:
    """Keep the block; return the tickets that were free, which all are but once in a billion."""
    taken = set(
        await tx.scalars(
            select(Case.ticket).where(
                Case.regency_code == block.regency_code, Case.ticket.in_([slip.ticket for _, slip in slips])
            )
        )
    )
    tx.add(block)
    await tx.flush()
    rows = [
        {
            "regency_code": block.regency_code,
            "ticket": slip.ticket,
            "id": id_,
            "block_id": block.id,
            "village_code": block.village_code,
            "pin_digest": slip.digest,
            "case_id": None,
            "used_at": None,
        }
        for id_, slip in slips
        if slip.ticket not in taken
    ]
    added = insert(ReservedTicket).values(rows).on_conflict_do_nothing().returning(ReservedTicket.ticket)
    return set(await tx.scalars(added))


async def unused_of(tx: Tx, regency_code: str, device_id: UUID, now: datetime) -> int:
    """Count what the device still has of blocks that did not expire."""
    statement = (
        select(func.count())
        .select_from(ReservedTicket)
        .join(
            TicketBlock,
            and_(
                TicketBlock.regency_code == ReservedTicket.regency_code,
                TicketBlock.id == ReservedTicket.block_id,
            ),
        )
        .where(
            TicketBlock.regency_code == regency_code,
            TicketBlock.device_id == device_id,
            TicketBlock.expires_at > now,
            ReservedTicket.case_id.is_(None),
        )
    )
    return await tx.scalar(statement) or 0


async def blocks_of(tx: Tx, regency_code: str, device_id: UUID) -> list[Held]:
    """Return the device's newest blocks, the newest first, with the tickets that are still free."""
    statement = select(TicketBlock).where(
        TicketBlock.regency_code == regency_code, TicketBlock.device_id == device_id
    )
    order = (TicketBlock.reserved_at.desc(), TicketBlock.id.desc())
    blocks = (await tx.scalars(statement.order_by(*order).limit(MOST_BLOCKS))).all()
    free = await tx.execute(
        select(ReservedTicket.block_id, ReservedTicket.ticket)
        .where(
            ReservedTicket.regency_code == regency_code,
            ReservedTicket.block_id.in_([one.id for one in blocks]),
            ReservedTicket.case_id.is_(None),
        )
        .order_by(ReservedTicket.ticket)
    )
    by_block: dict[UUID, list[str]] = {}
    for block_id, ticket in free:
        by_block.setdefault(block_id, []).append(ticket)
    return [Held(one, by_block.get(one.id, [])) for one in blocks]


async def slip_of(tx: Tx, regency_code: str, ticket: str) -> ReservedTicket | None:
    """Return a slip whose case has not come yet: the PIN is checked by the caller."""
    found: ReservedTicket | None = await tx.scalar(
        select(ReservedTicket).where(
            ReservedTicket.regency_code == regency_code, ReservedTicket.ticket == ticket
        )
    )
    return found


async def slip_by_id(tx: Tx, regency_code: str, id_: UUID) -> ReservedTicket | None:
    found: ReservedTicket | None = await tx.scalar(
        select(ReservedTicket).where(ReservedTicket.regency_code == regency_code, ReservedTicket.id == id_)
    )
    return found


async def reserved_at(tx: Tx, slip: ReservedTicket) -> datetime | None:
    return await tx.scalar(
        select(TicketBlock.reserved_at).where(
            TicketBlock.regency_code == slip.regency_code, TicketBlock.id == slip.block_id
        )
    )


# In the transaction that opens the case ---------------------------------------------------------------


async def lock_in_intake(raw: Raw, regency_code: str, ticket: str) -> Any:
    """Return a reserved ticket's PIN digest, village and case, and lock it; None where there is none."""
    return await raw.fetchrow(_LOCK, regency_code, ticket)


async def bind_in_intake(raw: Raw, regency_code: str, ticket: str, case_id: UUID, now: datetime) -> None:
    await raw.execute(_BIND, regency_code, ticket, case_id, now)


async def void_in_intake(raw: Raw, regency_code: str, case_id: UUID, duplicate_of: str) -> None:
    """Say of which case a new one is the duplicate: its ticket leads on there."""
    await raw.execute(_SET_VOID, regency_code, case_id, duplicate_of)
