"""The numbers that a person carries: recorded with their source, ended, never overwritten.

A NIK that arrives for somebody without one makes her a full person. A NIK that replaces another leaves that
one in her history. A number that is somebody else's on record is a conflict for a person to decide.
"""

from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from app.db.queries import candidates, events
from app.db.queries import identifiers as stored
from app.db.queries.identity_conflicts import Claim, record_conflict
from app.db.queries.merging import lock_both
from app.db.queries.person_access import kept_of, known_person
from app.db.queries.person_rows import flush_number, give_nik, open_own
from app.db.queries.texts import data_key
from app.db.tables.identity import IdentityConflict, PersonIdentifier
from app.db.tables.people import Person
from app.domain.access import Permission
from app.domain.errors import Conflict, FieldError, Invalid, NotFound
from app.domain.events.base import Event
from app.domain.events.people import PersonIdentifierAdded, PersonIdentifierEnded
from app.domain.identifiers import SHOWN, IdentifierKind, digest_field, parse_identifier
from app.domain.matching import Identity, compare
from app.services.people.tools import Tools

_SOURCES: Final = "identity_source"


@dataclass(frozen=True, slots=True)
class NewIdentifier:
    kind: IdentifierKind
    number: str
    source: str
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class Added:
    """What was written: the number, or the claim to one that is somebody else's."""

    identifier: PersonIdentifier | None
    conflict: IdentityConflict | None


async def add_identifier(tools: Tools, tenant: str, person_id: UUID, new: NewIdentifier) -> Added:
    """Record a number of a person.

    Raises:
        NotFound, Gone, Forbidden: see `known_person`.
        Invalid: no such source, or the number has not its form.
        Conflict: she has it already, or was erased.
    """
    acting = tools.acting
    found = await known_person(acting, tools.sight, tenant, person_id, Permission.PERSON_WRITE)
    number = _read(tools, found, new)
    (person,) = (await lock_both(tools.tx, tenant, [found.id])).values()
    digests = tools.blind.digests(digest_field(new.kind), number)
    owner = await _owner(tools, person, new.kind, digests)
    if owner is not None and owner.id == person.id:
        raise Conflict(
            "has_it_already", "Nomor ini sudah tercatat pada orang ini.", "She has this number already."
        )
    if owner is not None:
        return Added(None, await _claimed(tools, person, owner, (new.kind, number)))
    before = None
    if new.kind is IdentifierKind.NIK:
        before = await open_own(acting, person, "nik", person.nik_sealed)
        await give_nik(acting, tools.blind, person, number)
    row = await _write(tools, person, new, number)
    if before is not None:
        await _keep_old_nik(tools, person, before, new.source)
    person.version += new.kind is not IdentifierKind.NIK
    await _tell(
        tools,
        person,
        PersonIdentifierAdded(
            thing_id=person.id, identifier_id=row.id, kind=new.kind.value, source=new.source
        ),
    )
    return Added(row, None)


async def end_identifier(tools: Tools, tenant: str, person_id: UUID, identifier_id: UUID) -> PersonIdentifier:
    """Let a number count no longer: it was mistyped, or replaced. Her present NIK is replaced, not ended.

    Raises:
        NotFound, Gone, Forbidden: see `known_person`; or she has no such number.
        Conflict: it was ended already, or is her present NIK.
    """
    acting = tools.acting
    found = await known_person(acting, tools.sight, tenant, person_id, Permission.PERSON_WRITE)
    (person,) = (await lock_both(tools.tx, tenant, [found.id])).values()
    row = await stored.locked(tools.tx, tenant, person.id, identifier_id)
    if row is None:
        raise NotFound(id="Nomor ini tidak tercatat pada orang ini.", en="She has no such number.")
    if row.ended_at is not None:
        raise Conflict("ended", "Nomor ini sudah diakhiri.", "This number was ended already.")
    if row.kind == IdentifierKind.NIK and row.digest == person.nik_digest:
        raise Conflict(
            "present_nik",
            "NIK yang berlaku tidak diakhiri; catat NIK yang benar sebagai gantinya.",
            "Her present NIK is not ended; record the right one in its place.",
        )
    row.ended_at, row.ended_by = acting.now, acting.actor.account_id
    person.version += 1
    await tools.tx.flush()
    happened = PersonIdentifierEnded(thing_id=person.id, identifier_id=row.id, kind=row.kind)
    await _tell(tools, person, happened)
    return row


async def _keep_old_nik(tools: Tools, person: Person, nik: str, source: str) -> None:
    """Let the NIK that she had be history from today on; one that a case brought has no row until now."""
    digests = tools.blind.digests("nik", nik)
    old = await stored.live_number(tools.tx, person, IdentifierKind.NIK.value, digests)
    if old is None:
        old = await _write(tools, person, NewIdentifier(IdentifierKind.NIK, nik, source), nik)
    old.valid_to = tools.acting.today(person.village_code)


def _read(tools: Tools, person: Person, new: NewIdentifier) -> str:
    acting = tools.acting
    wrong = []
    number = parse_identifier(new.kind, new.number, today=acting.today(person.village_code))
    if isinstance(number, FieldError):
        wrong.append(number)
    if not acting.known.knows(_SOURCES, new.source):
        wrong.append(
            FieldError(
                "/source", "unknown_code", "Pilih sumber dari daftar.", "Choose a source from the list."
            )
        )
    if new.valid_from is not None and new.valid_to is not None and new.valid_to < new.valid_from:
        wrong.append(
            FieldError(
                "/valid_to", "before_start", "Berakhir sebelum mulai.", "It would end before it begins."
            )
        )
    if wrong or not isinstance(number, str):
        raise Invalid(fields=tuple(wrong))
    return number


async def _owner(tools: Tools, person: Person, kind: IdentifierKind, digests: list[bytes]) -> Person | None:
    """Return who has the number now, herself before others."""
    regency = person.regency_code
    if kind is IdentifierKind.NIK:
        rows = await candidates.by_nik(tools.tx, regency, digests)
    else:
        rows = await candidates.by_identifier(tools.tx, regency, kind.value, digests)
    owners = [await kept_of(tools.tx, row) for row in rows]
    return next((one for one in owners if one.id == person.id), next(iter(owners), None))


async def _claimed(
    tools: Tools, person: Person, owner: Person, what: tuple[IdentifierKind, str]
) -> IdentityConflict:
    kind, number = what
    is_nik = kind is IdentifierKind.NIK
    match = compare(
        Identity(number, None, owner.name_key, owner.born_on, owner.village_code, owner.sex),
        Identity(number, None, person.name_key, person.born_on, person.village_code, person.sex),
    )
    said = {
        "kind": kind.value,
        "nik" if is_nik else "number": number,
        "name": person.name,
        "born_on": person.born_on.isoformat() if person.born_on else None,
    }
    kind_of_conflict = "nik_other_person" if is_nik else "identifier_other_person"
    claim = Claim(kind_of_conflict, owner, said, match, other_id=person.id)
    return await record_conflict(tools.acting, tools.blind, claim)


async def _write(tools: Tools, person: Person, new: NewIdentifier, number: str) -> PersonIdentifier:
    acting = tools.acting
    key = await data_key(tools.tx, acting.vault, person.regency_code, person.data_key_id)
    id_ = acting.new_id()
    row = PersonIdentifier(
        regency_code=person.regency_code,
        id=id_,
        person_id=person.id,
        kind=new.kind.value,
        data_key_id=person.data_key_id,
        number_sealed=acting.vault.seal(key, "person_identifiers", "number", id_, number),
        digest=tools.blind.digest(digest_field(new.kind), number),
        last4=number[-SHOWN:],
        source=new.source,
        valid_from=new.valid_from,
        valid_to=new.valid_to,
        created_at=acting.now,
        created_by=acting.actor.account_id,
        ended_at=None,
        ended_by=None,
    )
    tools.tx.add(row)
    await flush_number(tools.tx)
    return row


async def _tell(tools: Tools, person: Person, happened: Event) -> None:
    acting = tools.acting
    await events.append(
        acting.tx,
        events.OtherStream(person.regency_code, person.id, "person"),
        [happened],
        actor=acting.actor,
        now=acting.now,
        cause_id=acting.cause_id,
    )
