"""Tries to reach the resident: the proof that the outcome ``unreachable`` asks for."""

from typing import Final

from fastapi import Response

from app.api.acts import CallDep, acting_of
from app.api.deps import ReadTx
from app.api.once import Answer
from app.api.presenters.words import coded
from app.api.reading import Reading, ReadingDep
from app.api.routing import make_router, operation
from app.api.schemas.contacts import ContactIn, ContactOut, ContactsOut
from app.api.tickets import read_ticket
from app.domain.access import Permission
from app.domain.ids import public_id
from app.services import contacts

router = make_router("hands")

_EXAMPLE: Final = {
    "items": [
        {
            "id": "1374-0193a1b2c3d47e5f8a9b0c1d2e3f4a5c",
            "at": "2026-11-25T02:10:00Z",
            "means": {"code": "phone", "label": "Telepon"},
            "result": {"code": "no_answer", "label": "Tidak menjawab"},
            "note": None,
            "recorded_at": "2026-11-25T02:12:00Z",
            "by": "1374-0193a1b2c3d47e5f8a9b0c1d2e3f4a5b",
        }
    ],
    "enough": False,
}


@router.get(
    "/v1/cases/{ticket}/contacts",
    **operation(
        "listContacts",
        may=Permission.CASE_READ,
        answers=ContactsOut,
        reads_person=True,
        example=_EXAMPLE,
    ),
)
async def list_contacts(ticket: str, reading: ReadingDep, tx: ReadTx) -> ContactsOut:
    """List every try to reach the resident, and whether they are enough for `unreachable`."""
    found = await contacts.listed(acting_of(reading, tx), reading.sight, read_ticket(ticket))
    return _contacts(reading, found)


@router.post(
    "/v1/cases/{ticket}/contacts",
    **operation(
        "recordContact",
        may=Permission.CASE_VISIT,
        answers=ContactsOut,
        status=201,
        once=True,
        reads_person=True,
        example=_EXAMPLE,
        body_example={"at": "2026-11-25T09:10:00+07:00", "means": "phone", "result": "no_answer"},
    ),
)
async def record_contact(ticket: str, body: ContactIn, call: CallDep) -> Response:
    """Record one try to reach the resident. It moves no clock and no status."""
    place, reading = read_ticket(ticket), call.reading

    async def work() -> Answer:
        new = contacts.NewContact(body.at, body.means, body.result, body.note)
        found = await contacts.record(call.acting(), reading.sight, place, new)
        return Answer(_contacts(reading, found), case_id=found.case.id)

    async def may_see() -> None:
        await contacts.listed(call.acting(), reading.sight, place)

    return await call.once(call.tx, place.tenant, work, may_see=may_see)


def _contacts(reading: Reading, found: contacts.Contacts) -> ContactsOut:
    known, lang, tenant = reading.known, reading.lang, found.case.regency_code
    return ContactsOut(
        items=[
            ContactOut(
                id=public_id(tenant, one.contact.id),
                at=one.contact.at,
                means=coded(known, "contact_method", one.contact.means, lang),
                result=coded(known, "contact_result", one.contact.result, lang),
                note=one.note,
                recorded_at=one.contact.recorded_at,
                by=public_id(tenant, one.contact.by) if one.contact.by else None,
            )
            for one in found.items
        ],
        enough=found.enough,
    )
