"""Persons: search before create, one masked, and her numbers in full for a purpose.

The number stands in the body, and comes back masked; whose data was read stands in the access log.
"""

from collections.abc import Sequence

from fastapi import Request

from app.api.acts import acting_of
from app.api.deps import ReadTx
from app.api.notes import Noted, name_subject, note, record
from app.api.presenters.words import all_coded, coded, masked, person_brief, said
from app.api.reading import Reading, ReadingDep
from app.api.routing import make_router, operation
from app.api.schemas.cases import DuplicateHint
from app.api.schemas.people import (
    AidFound,
    LookupIn,
    LookupOut,
    PersonFound,
    PersonOut,
    RegistryFound,
    RevealedOut,
    RevealIn,
)
from app.db.queries import people as stored
from app.db.queries.people import Wanted
from app.db.session import Tx, read_only
from app.db.tables.cases import Case
from app.db.tables.people import Person
from app.domain.access import Permission
from app.domain.duplicates import Reason, score
from app.domain.errors import FieldError, Invalid, NotFound
from app.domain.identity import parse_kk, parse_nik
from app.domain.ids import PublicId, parse_public_id
from app.domain.names import name_key
from app.services import people_reveal

router = make_router("people")

_PERSON = {
    "id": "1308-0193a1b2c3d47e5f8a9b0c1d2e3f4a5b",
    "name": "Yuliana Contoh",
    "nik": "************9001",
    "born_on": "1991-07-05",
    "sex": "P",
    "village": "13.08.05.2003",
    "village_name": "Durian Tinggi",
    "provisional": False,
}
_EXAMPLE = {
    "people": [_PERSON],
    "registry": {"listed": True, "source": "DTSEN", "period": "2026-Q3", "status": "ADA", "desil": 2},
    "aid": [{"program": "SEMBAKO", "name": "Program Sembako", "state": "given"}],
    "cases": [],
}


@router.post(
    "/v1/people/lookup",
    **operation(
        "lookupPeople",
        may=Permission.PERSON_LOOKUP,
        answers=LookupOut,
        reads_person=True,
        example=_EXAMPLE,
        body_example={"nik": "1308044507919001"},
    ),
)
async def look_up_people(body: LookupIn, request: Request, reading: ReadingDep, tx: ReadTx) -> LookupOut:
    """Look for a person before a case is opened: on record here, in the registry, aid held, open cases.

    Persons are those of your regency; registry and aid are read across regencies by the NIK.
    """
    wanted = _wanted(body, reading)
    tenant = reading.actor.tenant
    people = await stored.find_people(tx, tenant, wanted)
    _name(request, reading, people)
    # A KK or a name may find several; only one person has one registry entry and one ledger.
    digests = list(wanted.nik) or [p.nik_digest for p in people if p.nik_digest is not None][:1]
    alone = bool(wanted.nik) or len(people) == 1
    cases = await stored.open_cases(tx, reading.sight, tenant, [person.id for person in people])
    return LookupOut(
        people=[_found(reading, person) for person in people],
        registry=await _registry(tx, digests if alone else []),
        aid=await _aid(tx, reading, digests if alone else []),
        cases=[_hint(reading, case) for case in cases],
    )


def _name(request: Request, reading: Reading, people: Sequence[Person]) -> None:
    """Let the access log name each person who was found: one by the frame, the others beside it."""
    for person in people[1:]:
        noted = Noted("lookupPeople", "person", "ok", person.id, person.regency_code)
        note(request, noted, reading.now)
    if people:
        name_subject(request, "person", people[0].regency_code, people[0].id)


@router.get(
    "/v1/people/{person_id}",
    **operation(
        "getPerson",
        may=Permission.PERSON_LOOKUP,
        answers=PersonOut,
        reads_person=True,
        example={
            **_PERSON,
            "phone": "**********1234",
            "do_not_contact": False,
            "deceased_on": None,
            "cases": [],
            "version": 1,
        },
    ),
)
async def get_person(person_id: str, reading: ReadingDep, tx: ReadTx) -> PersonOut:
    """Show a person who lives in your area or has a case in your sight. Numbers are masked."""
    id_, acting = _read_id(person_id), acting_of(reading, tx)
    person = await people_reveal.find_person(acting, reading.sight, id_.tenant, id_.id)
    cases = await stored.open_cases(tx, reading.sight, person.regency_code, [person.id])
    return PersonOut(
        **dict(_found(reading, person)),
        phone=masked(await people_reveal.phone_of(acting, person)),
        do_not_contact=person.do_not_contact,
        deceased_on=person.deceased_on,
        cases=[_hint(reading, case) for case in cases],
        version=person.version,
    )


@router.post(
    "/v1/people/{person_id}/reveal",
    **operation(
        "revealPerson",
        may=Permission.PERSON_REVEAL,
        answers=RevealedOut,
        reads_person=True,
        example={
            "id": "1308-0193a1b2c3d47e5f8a9b0c1d2e3f4a5b",
            "name": "Yuliana Contoh",
            "nik": "1308044507919001",
            "kk": "1308040101200001",
            "phone": "+6281234567890",
            "address": "Jorong Contoh",
            "purpose": {"code": "service", "label": "Mengurus layanan warga"},
        },
        body_example={"purpose": "service"},
    ),
)
async def reveal_person(person_id: str, body: RevealIn, request: Request, reading: ReadingDep) -> RevealedOut:
    """Show NIK, KK, phone and address in full, for a purpose, of somebody with a case in your sight.

    Who asked, when and what for is stored before the answer leaves. There is nothing to send twice: each
    reading is one of its own.
    """
    id_ = _read_id(person_id)
    asked = people_reveal.Asked(id_.tenant, id_.id, body.purpose)
    # Its own transaction, ended before the entry takes another: none waits for a connection with one in hand.
    async with read_only(reading.house.database.sessions) as tx:
        told = await people_reveal.reveal(acting_of(reading, tx), reading.sight, asked)
    noted = Noted("revealPerson", "person", "ok", id_.id, id_.tenant, body.purpose)
    await record(request, noted, reading.now)
    return RevealedOut(
        id=person_id,
        name=told.person.name,
        nik=told.nik,
        kk=told.kk,
        phone=told.phone,
        address=told.address,
        purpose=coded(reading.known, "reveal_purpose", body.purpose, reading.lang),
    )


def _read_id(text: str) -> PublicId:
    found = parse_public_id(text)
    if found is None:
        raise NotFound(id="Orang ini tidak ditemukan.", en="No such person.")
    return found


def _wanted(body: LookupIn, reading: Reading) -> Wanted:
    blind = reading.house.blind
    if body.nik is not None:
        nik = parse_nik(body.nik, today=reading.now.date(), pointer="/nik")
        if isinstance(nik, FieldError):
            raise Invalid(fields=(nik,))
        return Wanted(nik=blind.digests("nik", nik.number))
    if body.kk is not None:
        kk = parse_kk(body.kk, pointer="/kk")
        if isinstance(kk, FieldError):
            raise Invalid(fields=(kk,))
        return Wanted(kk=blind.digests("kk", kk.number))
    return Wanted(name_key=name_key(body.name or ""), born_on=body.born_on)


def _found(reading: Reading, person: Person) -> PersonFound:
    brief = person_brief(
        person.regency_code, person.id, person.name, person.nik_last4, person.born_on, person.sex
    )
    return PersonFound(
        **dict(brief),
        village=person.village_code,
        village_name=reading.known.regions.get(person.village_code, person.village_code),
        provisional=person.provisional,
    )


async def _registry(tx: Tx, digests: Sequence[bytes]) -> RegistryFound:
    if not digests:
        return RegistryFound(listed=None)
    entry = await stored.newest_entry(tx, digests)
    if entry is None:
        return RegistryFound(listed=False)
    return RegistryFound(
        listed=True, source=entry.source, period=entry.period, status=entry.status, desil=entry.desil
    )


async def _aid(tx: Tx, reading: Reading, digests: Sequence[bytes]) -> list[AidFound]:
    if not digests:
        return []
    programs = reading.known.programs
    return [
        AidFound(program=code, state=state, name=said(programs[code].name, reading.lang))
        for code, state in sorted(await stored.aid_held(tx, digests))
        if code in programs
    ]


def _hint(reading: Reading, case: Case) -> DuplicateHint:
    desk = reading.known.desk_of(case.village_code) if case.holder == "desk" else None
    holder = desk.name if desk else reading.known.settings[case.regency_code].secretariat
    return DuplicateHint(
        ticket=case.ticket,
        opened_at=case.opened_at,
        holder=holder,
        reasons=all_coded(reading.known, "duplicate_reason", [Reason.SAME_PERSON], reading.lang),
        score=score(frozenset({Reason.SAME_PERSON})),
    )
