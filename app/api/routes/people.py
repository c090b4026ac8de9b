"""Persons: search before create, one masked, and her numbers in full for a purpose.

The number stands in the body, and comes back masked; whose data was read stands in the access log.
"""

from collections.abc import Sequence

from fastapi import Request

from app.api.acts import acting_of
from app.api.deps import ReadTx
from app.api.notes import Noted, name_subject, note, record
from app.api.presenters.people import (
    case_hint,
    conflict_brief,
    identifier_out,
    membership_out,
    merge_brief,
    person_found,
)
from app.api.presenters.words import coded, masked, said
from app.api.reading import Reading, ReadingDep
from app.api.routing import make_router, operation
from app.api.schemas.people import (
    AidFound,
    LookupIn,
    LookupOut,
    NumberRevealed,
    PersonOut,
    RegistryFound,
    RevealedOut,
    RevealIn,
)
from app.db.queries import people as stored
from app.db.queries.people import Wanted
from app.db.queries.routing import registry_entries
from app.db.session import Tx, read_only
from app.db.tables.people import Person
from app.domain.access import Permission
from app.domain.errors import FieldError, Invalid, NotFound
from app.domain.identity import parse_kk, parse_nik
from app.domain.ids import PublicId, parse_public_id, public_id
from app.domain.names import name_key
from app.domain.sla import local_date
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
    alone = bool(wanted.nik) or len(people) == 1
    # Of a record that was merged both numbers are hers: the one that was typed, and the present one.
    own = [p.nik_digest for p in people if p.nik_digest is not None][:1]
    digests = list(dict.fromkeys((*wanted.nik, *own)))
    cases = await stored.open_cases(tx, reading.sight, tenant, [person.id for person in people])
    return LookupOut(
        people=[person_found(reading, person) for person in people],
        registry=await _registry(tx, reading, digests if alone else []),
        aid=await _aid(tx, reading, digests if alone else []),
        cases=[case_hint(reading, case) for case in cases],
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
        refuses=(410,),
        reads_person=True,
        example={
            **_PERSON,
            "phone": "**********1234",
            "do_not_contact": False,
            "deceased_on": None,
            "cases": [],
            "identifiers": [],
            "household": None,
            "households": [],
            "conflicts": [],
            "merges": [],
            "version": 1,
        },
    ),
)
async def get_person(person_id: str, reading: ReadingDep, tx: ReadTx) -> PersonOut:
    """Show a person who lives in your area or has a case in your sight. Numbers are masked.

    The id of a record that was merged into another answers 410 and names the other in ``data.merged_into``.
    """
    id_, acting = _read_id(person_id), acting_of(reading, tx)
    person = await people_reveal.find_person(acting, reading.sight, id_.tenant, id_.id)
    cases = await stored.open_cases(tx, reading.sight, person.regency_code, [person.id])
    about = await people_reveal.read_about(acting, person)
    return PersonOut(
        **dict(person_found(reading, person)),
        phone=masked(await people_reveal.phone_of(acting, person)),
        do_not_contact=person.do_not_contact,
        deceased_on=person.deceased_on,
        cases=[case_hint(reading, case) for case in cases],
        identifiers=[identifier_out(reading, one) for one in about.identifiers],
        household=public_id(person.regency_code, person.household_id) if person.household_id else None,
        households=[membership_out(reading, one) for one in about.households],
        conflicts=[conflict_brief(reading, one) for one in about.conflicts],
        merges=[merge_brief(reading, one) for one in about.merges],
        version=person.version,
    )


@router.post(
    "/v1/people/{person_id}/reveal",
    **operation(
        "revealPerson",
        may=Permission.PERSON_REVEAL,
        answers=RevealedOut,
        refuses=(410,),
        reads_person=True,
        example={
            "id": "1308-0193a1b2c3d47e5f8a9b0c1d2e3f4a5b",
            "name": "Yuliana Contoh",
            "nik": "1308044507919001",
            "kk": "1308040101200001",
            "phone": "+6281234567890",
            "address": "Jorong Contoh",
            "identifiers": [],
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
        identifiers=[
            NumberRevealed(kind=coded(reading.known, "identifier_kind", kind, reading.lang), number=number)
            for kind, number in told.identifiers
        ],
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


async def _registry(tx: Tx, reading: Reading, digests: Sequence[bytes]) -> RegistryFound:
    if not digests:
        return RegistryFound(listed=None)
    regency = reading.actor.tenant
    found = await registry_entries(tx, digests)
    entry = reading.known.registry_entry(found, regency, local_date(reading.now, regency))
    if not entry:
        return RegistryFound(listed=False)
    return RegistryFound(
        listed=entry["dropped_in"] is None,
        source=entry["source"],
        period=entry["period"],
        status=entry["status"],
        desil=entry["desil"],
        dropped_in=entry["dropped_in"],
        old=entry["old"],
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
