"""Persons put on record and listed, who may be meant by a description, and their further numbers."""

from typing import Annotated, Final
from uuid import UUID

from fastapi import Query, Request, Response

from app.api.acts import CallDep
from app.api.deps import ReadTx
from app.api.notes import Noted, name_subject, note
from app.api.once import Answer
from app.api.paging import Page
from app.api.people_acts import may_see_person, read_areas, tools_of
from app.api.presenters.people import candidate_out, identifier_out, person_found
from app.api.public_ids import read_id, read_own, read_own_id
from app.api.reading import ReadingDep
from app.api.routing import make_router, operation
from app.api.schemas.base import CodeText, Listed, NameText
from app.api.schemas.people import (
    CandidatesIn,
    CandidatesOut,
    IdentifierAddedOut,
    IdentifierIn,
    IdentifierOut,
    PersonFound,
    PersonIn,
    RegisteredOut,
)
from app.db.queries import people_list as stored
from app.domain.access import Permission
from app.domain.ids import public_id, tenant_of
from app.domain.names import name_key
from app.services.people import Typed, find_candidates, read_sought
from app.services.people.identifiers import NewIdentifier, add_identifier, end_identifier
from app.services.people.registering import NewPerson, register_person

router = make_router("people")

_PERSON: Final = {
    "id": "1308-0193a1b2c3d47e5f8a9b0c1d2e3f4a5b",
    "name": "Yuliana Contoh",
    "nik": "************9001",
    "born_on": "1991-07-05",
    "sex": "P",
    "village": "13.08.05.2003",
    "village_name": "Durian Tinggi",
    "provisional": False,
}
_NUMBER: Final = {
    "id": "1308-0193a1b2c3d47e5f8a9b0c1d2e3f4a5c",
    "kind": {"code": "BPJS", "label": "Nomor BPJS Kesehatan"},
    "number": "********1234",
    "source": {"code": "card_seen", "label": "Kartu ditunjukkan"},
    "valid_from": None,
    "valid_to": None,
    "ended_at": None,
}


@router.get(
    "/v1/people",
    **operation(
        "listPeople",
        may=Permission.PERSON_LOOKUP,
        answers=Listed[PersonFound],
        paged=True,
        reads_person=True,
        example={"items": [_PERSON], "next": None, "count": None},
    ),
)
async def list_people(
    reading: ReadingDep,
    tx: ReadTx,
    page: Page,
    region: Annotated[CodeText | None, Query(description="A village, district or regency; your own.")] = None,
    name: Annotated[NameText | None, Query(description="How the name begins.")] = None,
    provisional: Annotated[bool | None, Query(description="Without a NIK yet.")] = None,
) -> Listed[PersonFound]:
    """List the people on record of your area by name; records that were merged are left out.

    Only for those who serve the area: agencies and donors ask about one person at a time, or not at all.
    """
    areas = read_areas(reading, region, Permission.PERSON_LOOKUP)
    wanted = stored.Wanted(areas, name_key(name) if name else None, provisional)
    after = (str(page.after[0]), UUID(str(page.after[1]))) if page.after else None
    rows = await stored.listed(tx, wanted, after, page.limit + 1)
    shown = rows[: page.limit]
    more = [shown[-1].name_key, shown[-1].id.hex] if len(rows) > page.limit else None
    count = await stored.counted(tx, wanted) if page.wants_count else None
    for person in shown:
        noted = Noted("listPeople", "person", "ok", person.id, person.regency_code)
        note(page.request, noted, reading.now)
    return page.page([person_found(reading, one) for one in shown], after=more, count=count)


@router.post(
    "/v1/people/candidates",
    **operation(
        "findCandidates",
        may=Permission.PERSON_LOOKUP,
        answers=CandidatesOut,
        reads_person=True,
        example={
            "candidates": [
                {
                    "person": _PERSON,
                    "score": 95,
                    "reasons": [{"code": "nik_digit_off", "label": "NIK beda satu angka"}],
                    "strong": True,
                }
            ]
        },
        body_example={"name": "Yuliana Conto", "born_on": "1991-07-05", "village": "13.08.05.2003"},
    ),
)
async def find(body: CandidatesIn, request: Request, reading: ReadingDep, tx: ReadTx) -> CandidatesOut:
    """Say who of those on record may be meant: tolerant of spelling, order, titles and single slips.

    Each candidate has a score and the reasons for and against it, the likeliest first.
    """
    regency = reading.actor.tenant
    if body.village and reading.actor.has_within(Permission.PERSON_LOOKUP, tenant_of(body.village)):
        regency = tenant_of(body.village)
    tools = tools_of(reading, tx)
    typed = Typed(body.nik, body.kk, body.name, body.village, body.born_on, body.sex)
    sought = read_sought(reading.known, typed, regency, tools.acting.today(regency))
    found = await find_candidates(tools, sought)
    for one in found[1:]:
        noted = Noted("findCandidates", "person", "ok", one.person.id, one.person.regency_code)
        note(request, noted, reading.now)
    if found:
        name_subject(request, "person", found[0].person.regency_code, found[0].person.id)
    return CandidatesOut(candidates=[candidate_out(reading, one) for one in found])


@router.post(
    "/v1/people",
    **operation(
        "createPerson",
        may=Permission.PERSON_WRITE,
        answers=RegisteredOut,
        status=201,
        once=True,
        reads_person=True,
        example={"person": _PERSON, "conflict": None},
        body_example={"name": "Yuliana Contoh", "village": "13.08.05.2003", "born_on": "1991-07-05"},
    ),
)
async def create_person(body: PersonIn, call: CallDep) -> Response:
    """Put a person on record, with or without a NIK.

    Where somebody on record may be her, this answers 409 with the candidates, their scores and reasons; to go
    on, name each of them in ``in_spite_of``. A NIK that is on record for somebody else is never taken from
    her: the new person stays without, and the two claims wait for a decision.
    """
    regency, reading = tenant_of(body.village), call.reading

    async def may_see() -> None:
        reading.actor.require(Permission.PERSON_WRITE, body.village)

    async def work() -> Answer:
        await may_see()
        named = [read_own(one, regency, f"/in_spite_of/{n}") for n, one in enumerate(body.in_spite_of)]
        new = NewPerson(
            name=body.name,
            village=body.village,
            nik=body.nik,
            kk=body.kk,
            born_on=body.born_on,
            sex=body.sex,
            phone=body.phone,
            address=body.address,
            in_spite_of=[one for one in named if one is not None],
        )
        made = await register_person(tools_of(reading, call.tx), new)
        id_ = public_id(regency, made.person.id)
        told = RegisteredOut(
            person=person_found(reading, made.person),
            conflict=public_id(regency, made.conflict.id) if made.conflict else None,
        )
        return Answer(told, headers={"Location": f"/v1/people/{id_}"})

    return await call.once(call.tx, regency, work, may_see=may_see)


@router.post(
    "/v1/people/{person_id}/identifiers",
    **operation(
        "addIdentifier",
        may=Permission.PERSON_WRITE,
        answers=IdentifierAddedOut,
        status=201,
        once=True,
        reads_person=True,
        refuses=(410,),
        example={"identifier": _NUMBER, "conflict": None},
        body_example={"kind": "BPJS", "number": "0001234567890", "source": "card_seen"},
    ),
)
async def add(person_id: str, body: IdentifierIn, call: CallDep) -> Response:
    """Record a number of a person: her NIK, a BPJS number, a registry's id, a passport.

    A NIK makes a provisional person a full one; one that replaces another leaves that in her history. A
    number that is somebody else's on record is not taken: the answer names the conflict instead.
    """
    id_, reading = read_id(person_id), call.reading

    async def work() -> Answer:
        new = NewIdentifier(body.kind, body.number, body.source, body.valid_from, body.valid_to)
        added = await add_identifier(tools_of(reading, call.tx), id_.tenant, id_.id, new)
        told = IdentifierAddedOut(
            identifier=identifier_out(reading, added.identifier) if added.identifier else None,
            conflict=public_id(id_.tenant, added.conflict.id) if added.conflict else None,
        )
        return Answer(told)

    return await call.once(call.tx, id_.tenant, work, may_see=may_see_person(call, id_))


@router.post(
    "/v1/people/{person_id}/identifiers/{identifier_id}/end",
    **operation(
        "endIdentifier",
        may=Permission.PERSON_WRITE,
        answers=IdentifierOut,
        once=True,
        reads_person=True,
        refuses=(410,),
        example={**_NUMBER, "ended_at": "2026-11-26T03:00:00Z"},
    ),
)
async def end(person_id: str, identifier_id: str, call: CallDep) -> Response:
    """Let a number count no longer: it was mistyped, or replaced."""
    id_, reading = read_id(person_id), call.reading

    async def work() -> Answer:
        number = read_own_id(identifier_id, id_.tenant)
        row = await end_identifier(tools_of(reading, call.tx), id_.tenant, id_.id, number)
        return Answer(identifier_out(reading, row), 200)

    return await call.once(call.tx, id_.tenant, work, may_see=may_see_person(call, id_))
