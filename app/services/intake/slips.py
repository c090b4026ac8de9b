"""The slip of a new case: drawn now, or handed out days ago from a block that the desk had taken along."""

from dataclasses import dataclass
from typing import Any

from app.db.queries.reserved import lock_in_intake
from app.db.session import Raw
from app.domain.access import Actor, Permission
from app.domain.errors import FieldError, Invalid
from app.domain.tickets import Ticket, parse_ticket
from app.services.intake.meeting import Tools


@dataclass(frozen=True, slots=True)
class Slip:
    ticket: str
    pin: str | None
    """None where the resident has it on paper already: then nobody else knows it."""
    pin_digest: bytes

    @property
    def reserved(self) -> bool:
        return self.pin is None


def draw_slip(tools: Tools, regency: str) -> Slip:
    ticket, pin = tools.ids.ticket(regency).text, tools.ids.pin()
    return Slip(ticket, pin, tools.blind.digest("pin", f"{ticket}:{pin}"))


async def slip_for(raw: Raw, tools: Tools, actor: Actor, regency: str, given: str | None) -> Slip:
    """Return the slip; a reserved one is locked until the case is written.

    One whose days are over is taken as long as no case has come for it: it is in somebody's hand.

    Raises:
        Invalid: the ticket is none, was not reserved where the actor opens cases, or has its case already.
    """
    if given is None:
        return draw_slip(tools, regency)
    named = parse_ticket(given, pointer="/ticket")
    if isinstance(named, FieldError):
        raise Invalid(fields=(named,))
    row = await _locked(raw, named, regency)
    if row is None or not actor.has(Permission.CASE_OPEN, row["village_code"]):
        raise Invalid(fields=(_NOT_RESERVED,))
    if row["case_id"] is not None:
        raise Invalid(fields=(_USED,))
    return Slip(named.text, None, row["pin_digest"])


async def _locked(raw: Raw, named: Ticket, regency: str) -> Any:
    if named.tenant != regency:
        return None
    return await lock_in_intake(raw, regency, named.text)


_NOT_RESERVED = FieldError(
    "/ticket",
    "ticket_not_reserved",
    "Tiket ini tidak dipesan untuk meja layanan Anda. Kirim tanpa tiket agar dibuatkan yang baru.",
    "This ticket was not reserved for your desk. Send the case without a ticket to get a new one.",
)
_USED = FieldError(
    "/ticket",
    "ticket_used",
    "Tiket ini sudah dipakai kasus lain. Pakai tiket lain dari tiket yang dibawa.",
    "Another case has this ticket already. Take another one of those that you took along.",
)
