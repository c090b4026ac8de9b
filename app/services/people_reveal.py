"""Who may know of a person, and who may read her numbers in full.

A person is known where she lives, and to whoever may see a case of hers. Her numbers are opened only to
those who have a case of hers in sight: where she lives is no reason to read where a victim can be found.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from app.db.queries import families, identifiers, identity_conflicts, merging
from app.db.queries.acting import Acting
from app.db.queries.people import person_by_id
from app.db.queries.people_view import household_of_person
from app.db.queries.person_access import known_person, require_for, seen_person
from app.db.queries.scope import Sight
from app.db.queries.texts import data_key
from app.db.tables.identity import HouseholdMember, IdentityConflict, PersonIdentifier, PersonMerge
from app.db.tables.people import Person
from app.domain.access import Permission
from app.domain.errors import FieldError, Forbidden, Invalid


@dataclass(frozen=True, slots=True)
class Revealed:
    """What stands sealed of a person; none where nobody has said it."""

    person: Person
    nik: str | None
    kk: str | None
    phone: str | None
    address: str | None
    identifiers: Sequence[tuple[str, str]] = ()
    """Kind and number of those that count."""


@dataclass(frozen=True, slots=True)
class About:
    """What hangs on a person besides her cases, each the latest first."""

    identifiers: Sequence[PersonIdentifier]
    households: Sequence[HouseholdMember]
    conflicts: Sequence[IdentityConflict]
    merges: Sequence[PersonMerge]


@dataclass(frozen=True, slots=True)
class Asked:
    tenant: str
    person_id: UUID
    purpose: str


async def find_person(acting: Acting, sight: Sight, tenant: str, person_id: UUID) -> Person:
    """Return a person on record.

    Raises:
        NotFound: there is none, or the actor may not know of her.
        Gone: the record was merged into another, which is named.
        Forbidden: the actor's role looks nobody up.
    """
    return await known_person(acting, sight, tenant, person_id, Permission.PERSON_LOOKUP)


async def read_about(acting: Acting, person: Person) -> About:
    tx, regency = acting.tx, person.regency_code
    return About(
        await identifiers.of_people(tx, regency, [person.id]),
        await families.rows_of_person(tx, person),
        await identity_conflicts.of_person(tx, person),
        await merging.merges_of(tx, person),
    )


async def phone_of(acting: Acting, person: Person) -> str | None:
    """Open her phone, to be masked."""
    if person.phone_sealed is None:
        return None
    key = await data_key(acting.tx, acting.vault, person.regency_code, person.data_key_id)
    return acting.vault.open(key, "persons", "phone", person.id, person.phone_sealed)


async def reveal(acting: Acting, sight: Sight, asked: Asked) -> Revealed:
    """Open what stands sealed of a person; the caller records it before anybody reads it.

    Raises:
        NotFound, Gone: see `find_person`.
        Forbidden: the actor's role may not, or no case of hers is in the actor's sight.
        Invalid: the purpose is none of the list.
        Conflict: she was erased.
    """
    found = await person_by_id(acting.tx, asked.tenant, asked.person_id)
    person, case = await seen_person(acting, sight, found)
    require_for(acting, Permission.PERSON_REVEAL, person, case)
    if not acting.known.knows("reveal_purpose", asked.purpose):
        raise Invalid(
            fields=(
                FieldError(
                    "/purpose", "unknown_code", "Pilih tujuan dari daftar.", "Choose a purpose from the list."
                ),
            )
        )
    if case is None:
        raise Forbidden(
            code="no_case_of_hers",
            id="Data lengkap hanya dibuka bagi yang menangani kasus orang ini.",
            en="Data in full are shown only to those who handle a case of this person.",
        )
    return await _opened(acting, person)


async def _opened(acting: Acting, person: Person) -> Revealed:
    vault, tenant = acting.vault, person.regency_code
    key = await data_key(acting.tx, vault, tenant, person.data_key_id)

    def opened(column: str, sealed: bytes | None) -> str | None:
        return None if sealed is None else vault.open(key, "persons", column, person.id, sealed)

    kk = None
    home = await household_of_person(acting.tx, person)
    if home is not None and home.kk_sealed is not None:
        home_key = await data_key(acting.tx, vault, tenant, home.data_key_id)
        kk = vault.open(home_key, "households", "kk", home.id, home.kk_sealed)
    return Revealed(
        person,
        nik=opened("nik", person.nik_sealed),
        kk=kk,
        phone=opened("phone", person.phone_sealed),
        address=opened("address", person.address_sealed),
        identifiers=[
            (row.kind, vault.open(await data_key(acting.tx, vault, tenant, row.data_key_id), *_place(row)))
            for row in await identifiers.of_people(acting.tx, tenant, [person.id])
            if row.ended_at is None
        ],
    )


def _place(row: PersonIdentifier) -> tuple[str, str, UUID, bytes]:
    return "person_identifiers", "number", row.id, row.number_sealed
