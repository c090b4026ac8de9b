"""The resident's slip, as the API and the page have it: let in, shown her case, papers taken."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from fastapi import Request

from app.api.addresses import caller_address
from app.api.deps import House
from app.api.forms import Form
from app.api.limits import tell_tries
from app.api.notes import Noted, note
from app.api.presenters.attachments import track_papers_out
from app.api.presenters.track import held_out, track_out
from app.api.reading import Reading
from app.api.schemas.track import TrackOut
from app.api.uploading import Sender, given_of, take
from app.db.queries.acting import Acting
from app.db.session import transaction
from app.db.tables.cases import Case
from app.domain.errors import FieldError, Invalid, TooMany, Unauthenticated
from app.domain.lifecycle import CaseStatus
from app.domain.tickets import Ticket, parse_pin, parse_ticket
from app.services import attachments, sessions, tracking
from app.services.sessions import Issued
from app.services.tracking.slip import TRIES_OF_TICKET, WINDOW


@dataclass(frozen=True, slots=True)
class Typed:
    ticket: str
    pin: str = field(repr=False)


async def enter(request: Request, house: House, typed: Typed, now: datetime) -> Issued:
    """Give fifteen minutes for ticket and PIN. A wrong ticket and a wrong PIN get the same answer.

    Raises:
        Invalid: what was typed has not the form of a ticket or a PIN.
        Unauthenticated: they do not match.
        TooMany: too many tries of this ticket, or from this address.
    """
    slip = _slip(typed, caller_address(request, house.settings.trusted_proxies))
    async with transaction(house.database.sessions) as tx:
        found = await tracking.open_slip(tx, slip, house.blind, now)
        issued = None
        if isinstance(found, tracking.Known):
            issued = await sessions.open_resident_session(tx, found.tenant, found.case_id, house.ids, now)
    case_id = found.case_id if isinstance(found, tracking.Known) else None
    result = "ok" if issued else "refused"
    note(request, Noted("track", "case", result, subject_id=case_id, tenant=slip.tenant), now)
    if isinstance(found, tracking.Refused) or issued is None:
        wait = found.retry_after if isinstance(found, tracking.Refused) else None
        if wait is not None:
            tell_tries(request, "pin", TRIES_OF_TICKET, WINDOW, wait)
        raise _refusal(wait)
    return issued


def _slip(typed: Typed, address: str) -> tracking.Slip:
    """Read what was typed. A typing error that the check character shows tells nothing about any case."""
    ticket, pin = parse_ticket(typed.ticket, pointer="/ticket"), parse_pin(typed.pin, pointer="/pin")
    wrong = tuple(one for one in (ticket, pin) if isinstance(one, FieldError))
    if wrong or not isinstance(ticket, Ticket) or not isinstance(pin, str):
        raise Invalid(fields=wrong)
    return tracking.Slip(ticket.tenant, ticket.text, pin, address)


def _refusal(wait: timedelta | None) -> Exception:
    if wait is not None:
        return TooMany(retry_after=wait)
    return Unauthenticated(
        code="wrong_ticket_or_pin",
        id="Tiket atau PIN tidak cocok. Periksa tanda terima, atau minta PIN baru di meja layanan.",
        en="Ticket and PIN do not match. Check the slip, or ask the desk for a new PIN.",
    )


async def shown(reading: Reading, acting: Acting, *, disputed: bool = False) -> TrackOut:
    """Tell where the case of the slip stands, who has it, until when, what is needed, what happened and why.

    Raises:
        NotFound: the session has no case.
    """
    held = await tracking.held_by_desk(acting)
    if held is not None:
        return held_out(reading, held)
    found = await tracking.tracked(acting)
    waits = found.own and found.case.status == CaseStatus.INCOMPLETE and not found.closed_channel
    lines = await attachments.lines_of(acting, found.case) if waits else []
    return track_out(reading, found, track_papers_out(reading, lines).papers, disputed=disputed)


async def _find(acting: Acting, *, lock: bool) -> Case:
    return await attachments.case_of_resident(acting, lock=lock)


async def admit_paper(reading: Reading) -> None:
    """Ask for the rights before a byte of a file is read."""
    await Sender(reading, _find).admitted()


async def keep_paper(reading: Reading, form: Form) -> None:
    """Keep a paper that was asked of her; sent again, the same photo is kept once."""
    given = given_of(form, reading.actor.tenant)

    async def find_asked(acting: Acting, *, lock: bool) -> Case:
        case = await _find(acting, lock=lock)
        await attachments.papers_asked_of(acting, case, given.paper)
        return case

    await take(Sender(reading, find_asked), given, form.content)


__all__ = ["Typed", "admit_paper", "enter", "keep_paper", "shown"]
