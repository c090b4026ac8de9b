"""Households by their family card: found, formed, and who is of them, now and before.

``persons.household_id`` is where a person is now; ``household_members`` says as what, since when and until
when. Whoever came to a household by a case alone has no row there until an officer says more.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select, tuple_
from sqlalchemy.dialects.postgresql import insert

from app.db.queries import events
from app.db.queries.acting import Acting
from app.db.queries.arrivals import Digests
from app.db.queries.identity_conflicts import lies_in
from app.db.queries.person_rows import NewKeys
from app.db.session import Tx
from app.db.tables.identity import HouseholdMember
from app.db.tables.people import DataKey, Household, Person
from app.domain.errors import Unavailable
from app.domain.events.base import Event
from app.domain.events.people import HouseholdFormed, HouseholdMemberJoined, HouseholdMemberLeft


async def household_by_id(
    tx: Tx, tenant: str, household_id: UUID, *, for_update: bool = False
) -> Household | None:
    statement = select(Household).where(Household.regency_code == tenant, Household.id == household_id)
    if for_update:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    found: Household | None = await tx.scalar(statement)
    return found


async def household_by_kk(tx: Tx, tenant: str, digests: Sequence[bytes]) -> Household | None:
    found: Household | None = await tx.scalar(
        select(Household).where(Household.regency_code == tenant, Household.kk_digest.in_(digests))
    )
    return found


async def form(
    acting: Acting, keys: NewKeys, blind: Digests, home: tuple[str, str | None], facts: dict[str, Any]
) -> Household | None:
    """Write a household of (village, card), under a key of its own; None if the card is on record by now."""
    village, kk = home
    id_, key_id, made = acting.new_id(), acting.new_id(), keys.new_data_key()
    regency = village[:5]
    row = {
        "regency_code": regency,
        "id": id_,
        "data_key_id": key_id,
        "kk_sealed": None if kk is None else keys.seal(made.key, "households", "kk", id_, kk),
        "kk_digest": None if kk is None else blind.digest("kk", kk),
        "village_code": village,
        "facts": facts,
        "created_at": acting.now,
        "updated_at": acting.now,
    }
    written = await acting.tx.scalar(
        insert(Household).values(row).on_conflict_do_nothing().returning(Household.id)
    )
    if written is None:
        return None
    acting.tx.add(
        DataKey(
            regency_code=regency,
            id=key_id,
            wrapped=made.wrapped,
            created_at=acting.now,
            destroyed_at=None,
            copy_of=None,
        )
    )
    await acting.tx.flush()
    await tell(acting, (regency, id_), HouseholdFormed(thing_id=id_, village=village))
    return await household_by_id(acting.tx, regency, id_, for_update=True)


async def find_or_form(acting: Acting, keys: NewKeys, blind: Digests, home: tuple[str, str]) -> Household:
    """Return the household of a card, under its lock; it is formed where nobody of it is known."""
    village, kk = home
    regency = village[:5]
    for _ in range(2):
        found = await household_by_kk(acting.tx, regency, blind.digests("kk", kk))
        if found is not None:
            locked = await household_by_id(acting.tx, regency, found.id, for_update=True)
            return locked or found
        made = await form(acting, keys, blind, home, {})
        if made is not None:
            return made
    raise Unavailable


@dataclass(frozen=True, slots=True)
class Joining:
    """How somebody comes to be of a household."""

    source: str
    relation: str | None = None
    from_on: date | None = None
    """Today where nobody says otherwise."""
    left_because: str = "moved"
    """Why she is no longer of the household that she was of."""


async def open_row(tx: Tx, person: Person, household_id: UUID) -> HouseholdMember | None:
    """Return her present row in a household, if somebody has made one."""
    found: HouseholdMember | None = await tx.scalar(
        select(HouseholdMember)
        .where(
            HouseholdMember.regency_code == person.regency_code,
            HouseholdMember.person_id == person.id,
            HouseholdMember.household_id == household_id,
            HouseholdMember.to_on.is_(None),
        )
        .order_by(HouseholdMember.from_on.desc())
        .limit(1)
    )
    return found


Told = list[tuple[Event, tuple[str, UUID]]]
"""Events, each with the household whose chain it belongs to."""


async def join(acting: Acting, person: Person, home: Household, joining: Joining) -> Told:
    """Let a person, who is locked, be of a household; she leaves the one that she was of."""
    told: Told = []
    if person.household_id is not None and person.household_id != home.id:
        told += await leave(acting, person, joining.left_because, joining.from_on)
    row = HouseholdMember(
        regency_code=person.regency_code,
        id=acting.new_id(),
        household_id=home.id,
        person_id=person.id,
        relation=joining.relation,
        from_on=joining.from_on or acting.today(home.village_code),
        to_on=None,
        end_reason=None,
        source=joining.source,
        created_at=acting.now,
        created_by=acting.actor.account_id,
    )
    acting.tx.add(row)
    person.household_id = home.id
    person.version += 1
    await acting.tx.flush()
    happened = HouseholdMemberJoined(thing_id=home.id, member_id=row.id, person_id=person.id)
    return [*told, (happened, (home.regency_code, home.id))]


async def leave(acting: Acting, person: Person, reason: str, on: date | None) -> Told:
    """Let a person, who is locked, be of no household; that she was of this one is kept."""
    household_id = person.household_id
    if household_id is None:
        return []
    today = on or acting.today(person.village_code)
    row = await open_row(acting.tx, person, household_id)
    if row is None:
        # She came by a case: since when is known by when she was recorded.
        row = HouseholdMember(
            regency_code=person.regency_code,
            id=acting.new_id(),
            household_id=household_id,
            person_id=person.id,
            relation=None,
            from_on=min(person.created_at.date(), today),
            to_on=None,
            end_reason=None,
            source="case",
            created_at=acting.now,
            created_by=acting.actor.account_id,
        )
        acting.tx.add(row)
    row.to_on, row.end_reason = max(today, row.from_on), reason
    person.household_id = None
    person.version += 1
    await acting.tx.flush()
    happened = HouseholdMemberLeft(
        thing_id=household_id, member_id=row.id, person_id=person.id, reason=reason
    )
    return [(happened, (person.regency_code, household_id))]


async def tell(acting: Acting, thing: tuple[str, UUID], happened: Event) -> None:
    regency, household_id = thing
    await events.append(
        acting.tx,
        events.OtherStream(regency, household_id, "household"),
        [happened],
        actor=acting.actor,
        now=acting.now,
        cause_id=acting.cause_id,
    )


# Reading -------------------------------------------------------------------------------------------------


async def people_of(tx: Tx, home: Household) -> Sequence[Person]:
    """Return who is of it now, the eldest first; merged records are left out."""
    statement = select(Person).where(
        Person.regency_code == home.regency_code,
        Person.household_id == home.id,
        Person.merged_into.is_(None),
    )
    return (await tx.scalars(statement.order_by(Person.born_on, Person.id))).all()


async def rows_of(tx: Tx, home: Household) -> Sequence[tuple[HouseholdMember, Person]]:
    """Return the membership rows with their persons, the first first."""
    statement = (
        select(HouseholdMember, Person)
        .join(
            Person,
            (Person.regency_code == HouseholdMember.regency_code) & (Person.id == HouseholdMember.person_id),
        )
        .where(HouseholdMember.regency_code == home.regency_code, HouseholdMember.household_id == home.id)
    )
    rows = await tx.execute(statement.order_by(HouseholdMember.from_on, HouseholdMember.id))
    return [(row[0], row[1]) for row in rows]


async def rows_of_person(tx: Tx, person: Person) -> Sequence[HouseholdMember]:
    """Return which households a person was of, the latest first; where one day saw two, the one she is of."""
    statement = select(HouseholdMember).where(
        HouseholdMember.regency_code == person.regency_code, HouseholdMember.person_id == person.id
    )
    # Rows of one act have one instant, so their ids say nothing about which came first.
    left = HouseholdMember.to_on.desc().nulls_first()
    order = (HouseholdMember.from_on.desc(), left, HouseholdMember.id.desc())
    return (await tx.scalars(statement.order_by(*order))).all()


@dataclass(frozen=True, slots=True)
class Wanted:
    areas: Sequence[str]
    """Regencies, districts or villages."""


async def listed(
    tx: Tx, wanted: Wanted, after: tuple[datetime, UUID] | None, limit: int
) -> Sequence[Household]:
    """The latest recorded first."""
    statement = select(Household).where(*_where(wanted))
    if after is not None:
        statement = statement.where(tuple_(Household.created_at, Household.id) < after)
    order = (Household.created_at.desc(), Household.id.desc())
    return (await tx.scalars(statement.order_by(*order).limit(limit))).all()


async def counted(tx: Tx, wanted: Wanted) -> int:
    statement = select(func.count()).select_from(Household).where(*_where(wanted))
    return await tx.scalar(statement) or 0


def _where(wanted: Wanted) -> list[ColumnElement[bool]]:
    village = Household.village_code.expression
    return [or_(*(and_(Household.regency_code == area[:5], lies_in(village, area)) for area in wanted.areas))]


async def sizes(tx: Tx, homes: Sequence[Household]) -> dict[UUID, int]:
    """Return how many persons on record each household of one regency has."""
    if not homes:
        return {}
    statement = select(Person.household_id, func.count()).where(
        Person.regency_code == homes[0].regency_code,
        Person.household_id.in_([home.id for home in homes]),
        Person.merged_into.is_(None),
    )
    rows = await tx.execute(statement.group_by(Person.household_id))
    return {home: count for home, count in rows if home is not None}
