"""Who may know of a person, and what becomes of whoever asks for a record that was merged into another.

A person is known where she lives, and to whoever may see a case of hers.
"""

from uuid import UUID

from app.db.queries.acting import Acting
from app.db.queries.people import case_in_sight, led_on, person_by_id
from app.db.queries.scope import Sight
from app.db.session import Tx
from app.db.tables.cases import Case
from app.db.tables.people import Person
from app.domain.access import Permission
from app.domain.errors import Gone, NotFound
from app.domain.ids import public_id


async def known_person(
    acting: Acting, sight: Sight, tenant: str, person_id: UUID, permission: Permission
) -> Person:
    """Return a person on record.

    Raises:
        NotFound: there is none, or the actor may not know of her.
        Gone: the record was merged into another, which is named.
        Forbidden: the actor's role may not do this.
    """
    person, case = await seen_person(acting, sight, await person_by_id(acting.tx, tenant, person_id))
    require_for(acting, permission, person, case)
    return person


async def seen_person(acting: Acting, sight: Sight, person: Person | None) -> tuple[Person, Case | None]:
    """Return the person, and a case of hers that the actor sees.

    Raises:
        NotFound, Gone: see `known_person`.
    """
    if person is None:
        raise no_such_person()
    if person.merged_into is not None:
        kept = await kept_of(acting.tx, person)
        await _require_seen(acting, sight, kept)
        raise merged_away(kept)
    return person, await _require_seen(acting, sight, person)


async def _require_seen(acting: Acting, sight: Sight, person: Person) -> Case | None:
    case = await case_in_sight(acting.tx, sight, person)
    if case is None and not acting.actor.has(Permission.CASE_READ, person.village_code):
        raise no_such_person()
    return case


def require_for(acting: Acting, permission: Permission, person: Person, case: Case | None) -> None:
    """Raise `Forbidden` unless the actor holds *permission* where she lives, or where her case is."""
    if case is not None and acting.actor.has(permission, case.village_code, case.desk_id):
        return
    acting.actor.require(permission, person.village_code)


async def kept_of(tx: Tx, person: Person) -> Person:
    """Return the person that a record stands for: itself, or what it was merged into."""
    (kept,) = await led_on(tx, [person])
    return kept


def merged_away(kept: Person) -> Gone:
    return Gone(
        code="merged",
        id="Data orang ini sudah digabung ke data lain; buka yang disebut.",
        en="This record was merged into another one; open the one that is named.",
        data={"merged_into": public_id(kept.regency_code, kept.id)},
    )


def no_such_person() -> NotFound:
    return NotFound(
        id="Orang ini tidak ditemukan, atau berada di luar wilayah tugas Anda.",
        en="No such person, or she lives outside your area.",
    )
