"""What a desk takes along for days without a link."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from app.domain.events.base import Label, Region
from app.domain.events.others import ThingEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketsReserved(ThingEvent):
    """The thing is the block. Its tickets stand in no event: whoever reads one could try PINs."""

    type: ClassVar[str] = "tickets.reserved"
    label: ClassVar[Label] = Label("Tiket dibawa meja", "Tickets taken along by a desk")

    device_id: UUID
    place: Region
    tickets: int


OFFLINE_EVENTS: tuple[type[ThingEvent], ...] = (TicketsReserved,)
