"""Whether a person wants to hear from us at all."""

from uuid import UUID

from app.db.queries import events
from app.db.queries.acting import Acting
from app.db.queries.people import person_by_id
from app.db.queries.person_access import kept_of, merged_away, no_such_person
from app.db.tables.people import Person
from app.domain.access import Permission
from app.domain.events.others import PersonChanged


async def set_contact_preference(
    acting: Acting, tenant: str, person_id: UUID, *, do_not_contact: bool
) -> Person:
    """Stop all messages to a person's phone, or allow them again; those on their way are stopped too.

    Raises:
        NotFound: there is no such person in the actor's area.
        Gone: the record was merged into another.
    """
    person = await person_by_id(acting.tx, tenant, person_id, for_update=True)
    if person is None or not acting.actor.has(Permission.CASE_READ, person.village_code):
        raise no_such_person()
    if person.merged_into is not None:
        raise merged_away(await kept_of(acting.tx, person))
    acting.actor.require(Permission.PERSON_WRITE, person.village_code)
    if person.do_not_contact != do_not_contact:
        person.do_not_contact = do_not_contact
        person.version += 1
        await acting.tx.flush()
        await events.append(
            acting.tx,
            events.OtherStream(tenant, person.id, "person"),
            [PersonChanged(thing_id=person.id, changed=("do_not_contact",))],
            actor=acting.actor,
            now=acting.now,
            cause_id=acting.cause_id,
        )
    return person
