"""Who may know of a person, and who may read her numbers in full.

A person is known where she lives, and to whoever may see a case of hers. Her numbers are opened only to
those who have a case of hers in sight: where she lives is no reason to read where a victim can be found.
"""

from dataclasses import dataclass
from uuid import UUID

from app.db.queries.acting import Acting
from app.db.queries.people import case_in_sight, person_by_id
from app.db.queries.people_view import household_of_person
from app.db.queries.scope import Sight
from app.db.queries.texts import data_key
from app.db.tables.cases import Case
from app.db.tables.people import Person
from app.domain.access import Permission
from app.domain.errors import FieldError, Forbidden, Invalid, NotFound


@dataclass(frozen=True, slots=True)
class Revealed:
    """What stands sealed of a person; none where nobody has said it."""

    person: Person
    nik: str | None
    kk: str | None
    phone: str | None
    address: str | None


@dataclass(frozen=True, slots=True)
class Asked:
    tenant: str
    person_id: UUID
    purpose: str


async def find_person(acting: Acting, sight: Sight, tenant: str, person_id: UUID) -> Person:
    """Return a person on record.

    Raises:
        NotFound: there is none, or the actor may not know of her.
        Forbidden: the actor's role looks nobody up.
    """
    person, case = await _known(acting, sight, tenant, person_id)
    _require(acting, Permission.PERSON_LOOKUP, person, case)
    return person


async def phone_of(acting: Acting, person: Person) -> str | None:
    """Open her phone, to be masked."""
    if person.phone_sealed is None:
        return None
    key = await data_key(acting.tx, acting.vault, person.regency_code, person.data_key_id)
    return acting.vault.open(key, "persons", "phone", person.id, person.phone_sealed)


async def reveal(acting: Acting, sight: Sight, asked: Asked) -> Revealed:
    """Open what stands sealed of a person; the caller records it before anybody reads it.

    Raises:
        NotFound: there is none, or the actor may not know of her.
        Forbidden: the actor's role may not, or no case of hers is in the actor's sight.
        Invalid: the purpose is none of the list.
        Conflict: she was erased.
    """
    person, case = await _known(acting, sight, asked.tenant, asked.person_id)
    _require(acting, Permission.PERSON_REVEAL, person, case)
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


async def _known(acting: Acting, sight: Sight, tenant: str, person_id: UUID) -> tuple[Person, Case | None]:
    person = await person_by_id(acting.tx, tenant, person_id)
    case = await case_in_sight(acting.tx, sight, person) if person else None
    lives_here = person is not None and acting.actor.has(Permission.CASE_READ, person.village_code)
    if person is None or not (case or lives_here):
        raise NotFound(
            id="Orang ini tidak ditemukan, atau berada di luar wilayah tugas Anda.",
            en="No such person, or she lives outside your area.",
        )
    return person, case


def _require(acting: Acting, permission: Permission, person: Person, case: Case | None) -> None:
    actor = acting.actor
    if case is not None and actor.has(permission, case.village_code, case.desk_id):
        return
    actor.require(permission, person.village_code)


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
    )
