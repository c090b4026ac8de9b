"""Cases that were put under the wrong person are split off to a new one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from app.db.queries import merging as stored
from app.db.queries.cases import find_case
from app.db.queries.person_access import known_person
from app.db.queries.person_rows import Described, add_person
from app.db.tables.cases import Case
from app.db.tables.people import Person
from app.domain.access import Permission
from app.domain.errors import Conflict, FieldError, Invalid, NotFound
from app.domain.events.others import PersonRegistered
from app.domain.events.people import PersonSplit
from app.domain.matching import Match
from app.services.people.merging import Told, row_of, tell, told
from app.services.people.registering import tell_registered
from app.services.people.tools import Tools

MOST: int = 50
"""Cases that are split off at once: each is locked until it is written."""


@dataclass(frozen=True, slots=True)
class Wanted:
    tenant: str
    person_id: UUID
    tickets: Sequence[str]
    name: str
    born_on: date | None
    sex: str | None
    reason: str


async def split_off(tools: Tools, wanted: Wanted) -> Told:
    """Make a new person, without a NIK, of some cases of another.

    Raises:
        NotFound, Gone, Forbidden: of the person; see `known_person`.
        Invalid: no case, or one that is not hers or not in sight.
        Conflict: she was erased.
    """
    acting = tools.acting
    found = await known_person(acting, tools.sight, wanted.tenant, wanted.person_id, Permission.PERSON_MERGE)
    if not acting.known.knows("split_reason", wanted.reason):
        raise Invalid(fields=(_wrong("/reason"),))
    cases = await _cases(tools, wanted)
    (person,) = (await stored.lock_both(tools.tx, wanted.tenant, [found.id])).values()
    made = await make_other(tools, person, wanted.name, wanted.born_on, wanted.sex)
    return await split_to(tools, (person, made), cases, wanted.reason)


async def make_other(
    tools: Tools, person: Person, name: str, born_on: date | None, sex: str | None
) -> Person:
    """Make the person whom something of another record turned out to be; she is told apart from everybody."""
    described = Described(
        regency=person.regency_code,
        village=person.village_code,
        name=name,
        nik=None,
        kk=None,
        phone=None,
        address=None,
        born_on=born_on,
        sex=sex,
        alone=True,
    )
    made = await add_person(tools.acting, tools.keys, tools.blind, described)
    if made is None:
        raise Conflict
    await tell_registered(tools, PersonRegistered(thing_id=made.id, provisional=True), person.regency_code)
    return made


async def split_to(tools: Tools, both: tuple[Person, Person], cases: Sequence[Case], reason: str) -> Told:
    """Move cases, with referrals and aid, from the first person to the second, under keys of their own."""
    person, made = both
    id_ = tools.acting.new_id()
    moved = await stored.move_cases(tools.acting, person, made, id_, [case.id for case in cases])
    await stored.copy_keys(tools.acting, tools.keys, cases)
    person.version += 1
    row = row_of(tools, ("split", id_), person, made, (reason, Match(0, ()), {"rows": moved}))
    tools.tx.add(row)
    await tools.tx.flush()
    for one, other in ((person, made), (made, person)):
        happened = PersonSplit(thing_id=one.id, merge_id=id_, other_id=other.id, undone=False)
        await tell(tools, one, happened)
    return await told(tools, row, made)


async def _cases(tools: Tools, wanted: Wanted) -> list[Case]:
    found = []
    for n, ticket in enumerate(dict.fromkeys(wanted.tickets)):
        try:
            case = await find_case(tools.tx, tools.sight, wanted.tenant, ticket)
        except NotFound as error:
            raise Invalid(fields=(_wrong(f"/cases/{n}"),)) from error
        if case.person_id != wanted.person_id:
            raise Invalid(fields=(_wrong(f"/cases/{n}"),))
        found.append(case)
    return found


def _wrong(pointer: str) -> FieldError:
    return FieldError(
        pointer,
        "unknown",
        "Sebutkan kasus orang ini yang dapat Anda lihat, dan alasan dari daftar.",
        "Name cases of this person that you may see, and a reason of the list.",
    )
