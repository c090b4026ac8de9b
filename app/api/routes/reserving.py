"""Tickets that a desk takes along for days without a link."""

from typing import Annotated, Final
from uuid import UUID

from fastapi import Query, Response

from app.api.acts import CallDep, acting_of
from app.api.deps import ReadTx
from app.api.once import Answer
from app.api.reading import Reading, ReadingDep
from app.api.routing import make_router, operation
from app.api.schemas.base import Listed
from app.api.schemas.sync import BlockOut, ReservedOut, ReserveIn, SlipOut
from app.db.queries.reserved import Held
from app.domain.access import Permission
from app.domain.ids import public_id, tenant_of
from app.services import reserving

router = make_router("sync")

_DEVICE: Final = "018f3c1e-5a77-7c5e-9b1a-2d3e4f5a6b7c"
_BLOCK: Final = {
    "id": "1374-0193a1b2c3d47e5f8a9b0c1d2e3f4a5c",
    "device": _DEVICE,
    "village": "13.74.01.1005",
    "reserved_at": "2026-11-25T03:00:00Z",
    "expires_at": "2027-01-24T03:00:00Z",
}


@router.post(
    "/v1/tickets/reserve",
    **operation(
        "reserveTickets",
        may=Permission.CASE_OPEN,
        answers=ReservedOut,
        status=201,
        once=True,
        example={**_BLOCK, "tickets": [{"ticket": "1374-3F7K-9QX2-M", "pin": "482913"}]},
        body_example={"device": _DEVICE, "village": "13.74.01.1005", "count": 1},
    ),
)
async def reserve_tickets(body: ReserveIn, call: CallDep) -> Response:
    """Take real tickets with their PINs along, for slips that are printed without a link.

    They bind when their cases come, by `ticket` in the body of the case. Until then tracking says that the
    desk holds them.
    """
    house = call.reading.house

    async def work() -> Answer:
        wanted = reserving.Wanted(body.device, body.village, body.count)
        made = await reserving.reserve(call.acting(), house.ids, house.blind, wanted)
        block = made.block
        shown = ReservedOut(
            id=public_id(block.regency_code, block.id),
            device=block.device_id,
            village=block.village_code,
            reserved_at=block.reserved_at,
            expires_at=block.expires_at,
            tickets=[SlipOut(ticket=one.ticket, pin=one.pin) for one in made.slips],
        )
        return Answer(shown)

    async def may_see() -> None:
        call.reading.actor.require(Permission.CASE_OPEN, body.village)

    return await call.once(call.tx, tenant_of(body.village), work, may_see=may_see)


@router.get(
    "/v1/tickets/reserve",
    **operation(
        "listReservedTickets",
        may=Permission.CASE_OPEN,
        answers=Listed[BlockOut],
        example={
            "items": [{**_BLOCK, "expired": False, "count": 1, "used": 0, "unused": ["1374-3F7K-9QX2-M"]}],
            "next": None,
            "count": None,
        },
    ),
)
async def list_reserved_tickets(
    reading: ReadingDep,
    tx: ReadTx,
    device: Annotated[UUID, Query(description="The device that took them.")],
) -> Listed[BlockOut]:
    """List the blocks of a device, newest first, with the tickets that no case has come for."""
    found = await reserving.blocks(acting_of(reading, tx), device)
    return Listed(items=[_block_out(reading, one) for one in found])


def _block_out(reading: Reading, held: Held) -> BlockOut:
    block = held.block
    return BlockOut(
        id=public_id(block.regency_code, block.id),
        device=block.device_id,
        village=block.village_code,
        reserved_at=block.reserved_at,
        expires_at=block.expires_at,
        expired=block.expires_at <= reading.now,
        count=block.tickets,
        used=block.tickets - len(held.unused),
        unused=list(held.unused),
    )
