"""Messages of a case, the words they are made of, and who does not want any."""

from typing import Annotated, Any, Final

from fastapi import Query, Response

from app.api.acts import CallDep
from app.api.deps import ReadTx
from app.api.once import Answer
from app.api.places import must_know
from app.api.presenters.messages import message_out, template_out
from app.api.reading import ReadingDep
from app.api.routing import make_router, operation
from app.api.schemas.access import RegionText
from app.api.schemas.base import Listed
from app.api.schemas.messages import (
    ContactPreferenceIn,
    ContactPreferenceOut,
    MessageOut,
    MessageTemplateIn,
    MessageTemplateOut,
)
from app.api.tickets import read_ticket
from app.db.queries import message_templates, messages
from app.db.queries.cases import find_case
from app.domain.access import Permission
from app.domain.errors import FieldError, Invalid, NotFound
from app.domain.ids import NATION, parse_public_id, public_id, tenant_of
from app.domain.knowledge import Knowledge
from app.domain.messages import Words
from app.services.messages import NewWords, put_words, set_contact_preference

router = make_router("messages")


def _coded(code: str, id_: str, en: str) -> dict[str, Any]:
    return {"code": code, "label": {"id": id_, "en": en}}


_MESSAGE: Final = {
    "id": "1374-0193a1b2c3d47e5f8a9b0c1d2e3f4a5b",
    "event": _coded("case_opened", "Kasus baru", "New case"),
    "to": _coded("resident", "Warga", "Resident"),
    "channel": _coded("phone", "Ponsel (WhatsApp atau SMS)", "Phone (WhatsApp or SMS)"),
    "language": "id",
    "state": _coded("suppressed", "Tidak dikirim", "Not sent"),
    "reason": _coded("no_gateway", "Gerbang pesan belum dipasang", "No message gateway is set"),
    "attempts": 1,
    "created_at": "2026-11-25T03:04:05Z",
    "due_at": "2026-11-25T03:04:05Z",
    "settled_at": "2026-11-25T03:04:07Z",
    "provider_ref": None,
}
_TEMPLATE_BODY: Final = {
    "region": "13.74",
    "event": "case_resolved",
    "audience": "resident",
    "channel": "phone",
    "language": "id",
    "body": "{office}: laporan {ticket} sudah selesai ditangani.",
}
_TEMPLATE: Final = {**_TEMPLATE_BODY, "subject": "", "active": True, "version": 1}


@router.get(
    "/v1/cases/{ticket}/messages",
    **operation(
        "listMessages",
        may=Permission.CASE_READ,
        answers=Listed[MessageOut],
        example={"items": [_MESSAGE], "next": None, "count": None},
    ),
)
async def list_messages(ticket: str, reading: ReadingDep, tx: ReadTx) -> Listed[MessageOut]:
    """List what was sent about a case, and what was not, with the reason; never the words or the address."""
    place = read_ticket(ticket)
    case = await find_case(tx, reading.sight, place.tenant, place.text)
    reading.actor.require(Permission.CASE_READ, case.village_code, case.desk_id)
    rows = await messages.of_case(tx, place.tenant, case.id)
    return Listed(items=[message_out(reading.known, row) for row in rows])


@router.get(
    "/v1/message-templates",
    **operation(
        "listMessageTemplates",
        may=Permission.POLICY_MANAGE,
        answers=Listed[MessageTemplateOut],
        example={"items": [_TEMPLATE], "next": None, "count": None},
    ),
)
async def list_message_templates(
    reading: ReadingDep,
    tx: ReadTx,
    region: Annotated[RegionText | None, Query(description="Where; your own when left out.")] = None,
) -> Listed[MessageTemplateOut]:
    """List the words in force in a regency: its own where it has some, else the nation's."""
    tenant = tenant_of(must_know(reading.known, region, "region") or reading.actor.tenant)
    rows = await message_templates.in_force(tx, tenant)
    return Listed(items=[template_out(row) for row in rows.values()])


@router.post(
    "/v1/message-templates",
    **operation(
        "putMessageTemplate",
        may=Permission.POLICY_MANAGE,
        answers=MessageTemplateOut,
        status=201,
        once=True,
        example=_TEMPLATE,
        body_example=_TEMPLATE_BODY,
    ),
)
async def put_message_template(body: MessageTemplateIn, call: CallDep) -> Response:
    """Say it in the regency's own words, or switch a message off there.

    Places that may be named are `{ticket}`, `{status}`, `{topic}` and `{office}`: nothing personal.
    """
    reading = call.reading
    tenant = tenant_of(_region(reading.known, body.region) or reading.actor.tenant)

    async def may_see() -> None:
        reading.actor.require(Permission.POLICY_MANAGE, tenant)

    await may_see()
    new = NewWords(
        body.event, body.audience, body.channel, body.language, Words(body.subject, body.body), body.active
    )

    async def work() -> Answer:
        row = await put_words(call.acting(), tenant, new)
        return Answer(template_out(row))

    return await call.once(call.tx, tenant, work, may_see=may_see)


def _region(known: Knowledge, region: str | None) -> str | None:
    if region is None or region == NATION or region in known.regions:
        return region
    raise Invalid(
        fields=(
            FieldError(
                "/region", "unknown_region", "Kode wilayah ini tidak ada.", "There is no such region."
            ),
        )
    )


@router.post(
    "/v1/people/{person_id}/contact-preference",
    **operation(
        "setContactPreference",
        may=Permission.PERSON_WRITE,
        answers=ContactPreferenceOut,
        once=True,
        example={"person": "1374-0193a1b2c3d47e5f8a9b0c1d2e3f4a5b", "do_not_contact": True},
        body_example={"do_not_contact": True},
    ),
)
async def set_preference(person_id: str, body: ContactPreferenceIn, call: CallDep) -> Response:
    """Record that a person wants no messages, or wants them again; those on their way are stopped."""
    found = parse_public_id(person_id)
    if found is None:
        raise NotFound(id="Orang ini tidak ditemukan.", en="No such person.")

    async def work() -> Answer:
        person = await set_contact_preference(
            call.acting(), found.tenant, found.id, do_not_contact=body.do_not_contact
        )
        return Answer(
            ContactPreferenceOut(
                person=public_id(person.regency_code, person.id), do_not_contact=person.do_not_contact
            ),
            200,
        )

    async def may_see() -> None:
        """The answer says what the request said."""

    return await call.once(call.tx, found.tenant, work, may_see=may_see)
