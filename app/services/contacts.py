"""Recording each try to reach the resident."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.db.queries.acting import Acting
from app.db.queries.case_moves import finish, lock_case, open_move
from app.db.queries.cases import find_case
from app.db.queries.contacts import CONTACT, contacts_of, enough
from app.db.queries.scope import Sight
from app.db.queries.sync import brought_at
from app.db.queries.texts import texts_of
from app.db.tables.cases import Case
from app.db.tables.hands import Contact
from app.domain.access import Permission
from app.domain.errors import FieldError, Invalid
from app.domain.events.hands import CaseContactRecorded
from app.domain.tickets import Ticket


@dataclass(frozen=True, slots=True)
class NewContact:
    at: datetime
    means: str
    result: str
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    contact: Contact
    note: str | None


@dataclass(frozen=True, slots=True)
class Contacts:
    case: Case
    items: Sequence[Shown]
    enough: bool
    """Whether ``unreachable`` may be the outcome by now."""


async def record(acting: Acting, sight: Sight, place: Ticket, new: NewContact) -> Contacts:
    """Keep one try, with what was said sealed; it moves no clock and no status.

    Raises:
        Invalid: an unknown code, or a time before the case was opened or still to come.
    """
    case = await lock_case(acting.tx, sight, place.tenant, place.text)
    acting.actor.require(Permission.CASE_VISIT, case.village_code, case.desk_id)
    await _check(acting, case, new)
    move = await open_move(acting, case)
    note = await move.say(CONTACT, new.note)
    contact = Contact(
        regency_code=case.regency_code,
        id=acting.new_id(),
        case_id=case.id,
        at=new.at,
        means=new.means,
        result=new.result,
        note_id=note.id if note else None,
        recorded_at=acting.now,
        by=acting.actor.account_id,
    )
    acting.tx.add(contact)
    move.add(
        CaseContactRecorded(
            case_id=case.id,
            contact_id=contact.id,
            means=new.means,
            result=new.result,
            tried_at=new.at,
            text_hmac=note.hmac if note else None,
        )
    )
    await finish(move)
    return await _shown(acting, case)


async def listed(acting: Acting, sight: Sight, place: Ticket) -> Contacts:
    """Return every try, oldest first, and whether they are enough for ``unreachable``."""
    case = await find_case(acting.tx, sight, place.tenant, place.text)
    acting.actor.require(Permission.CASE_READ, case.village_code, case.desk_id)
    return await _shown(acting, case)


async def _check(acting: Acting, case: Case, new: NewContact) -> None:
    wrong = [
        FieldError(
            pointer,
            "unknown_code",
            "Kode ini tidak dikenal; lihat /v1/codes.",
            "Unknown code; see /v1/codes.",
        )
        for pointer, names, code in (
            ("/means", "contact_method", new.means),
            ("/result", "contact_result", new.result),
        )
        if not acting.known.knows(names, code)
    ]
    if not await brought_at(acting, case) <= new.at <= acting.now:
        wrong.append(
            FieldError(
                "/at",
                "outside_the_case",
                "Waktunya harus sesudah kasus dibuka dan sudah lewat.",
                "It must be after the case was opened, and past.",
            )
        )
    if wrong:
        raise Invalid(fields=tuple(wrong))


async def _shown(acting: Acting, case: Case) -> Contacts:
    await acting.tx.flush()
    rows = await contacts_of(acting.tx, case)
    notes = {one.id: one.text for one in await texts_of(acting.tx, acting.vault, case, [CONTACT])}
    items = [Shown(row, notes.get(row.note_id) if row.note_id else None) for row in rows]
    return Contacts(case, items, await enough(acting.tx, acting.known, case))
