"""Erasing a person: her keys are destroyed, and what names or finds her is taken out of every table.

Events, the ledger and verdicts stay: they hold ids and codes. What was sealed with her keys stays as bytes
that nobody can open, so that no chain breaks.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Table, delete, exists, func, or_, select, update
from sqlalchemy.orm import aliased

from app.db.queries.attachments import DELETED, delete_later, part_keys
from app.db.session import Tx
from app.db.tables import Base
from app.db.tables.access import IdempotencyKey, Session
from app.db.tables.base import table_of
from app.db.tables.cases import Case
from app.db.tables.identity import HouseholdMember, IdentityConflict, PersonIdentifier
from app.db.tables.papers import Attachment
from app.db.tables.people import DataKey, Household, Person, RegistryEntry

ERASED_NAME: Final = "(dihapus)"
FILES_KEPT: Final = timedelta(days=30)
"""As every deleted file: so long may a backup bring the row back."""
REASON: Final = "resident_asked"
_LOOKED_UP: Final = ("nik_digest", "kk_digest")
_BESIDE: Final = frozenset({"persons", "households"})


async def records_of(tx: Tx, person: Person) -> list[Person]:
    """Return her record and those that were merged into it, locked."""
    statement = select(Person).where(
        Person.regency_code == person.regency_code,
        or_(Person.id == person.id, Person.merged_into == person.id),
    )
    return list(await tx.scalars(statement.order_by(Person.id).with_for_update()))


async def cases_of(tx: Tx, regency: str, ids: Sequence[UUID]) -> list[Case]:
    statement = select(Case).where(Case.regency_code == regency, Case.person_id.in_(ids))
    return list(await tx.scalars(statement.order_by(Case.id).with_for_update()))


async def destroy_keys(tx: Tx, people: Sequence[Person], cases: Sequence[Case], now: datetime) -> int:
    """Destroy every key that sealed something of hers, copies included; return how many."""
    regency, ids = people[0].regency_code, [one.id for one in people]
    keys = {one.data_key_id for one in people} | {one.data_key_id for one in cases}
    for table in Base.metadata.sorted_tables:
        if {"person_id", "data_key_id"} <= set(table.c.keys()):
            found = await tx.scalars(
                select(table.c.data_key_id).where(table.c.regency_code == regency, table.c.person_id.in_(ids))
            )
            keys |= set(found)
    keys |= await _home_keys(tx, people)
    done = await tx.execute(
        update(DataKey)
        .where(
            DataKey.regency_code == regency,
            or_(DataKey.id.in_(keys), DataKey.copy_of.in_(keys)),
            DataKey.wrapped.is_not(None),
        )
        .values(wrapped=None, destroyed_at=now)
        .returning(DataKey.id)
    )
    return len(done.all())


async def _home_keys(tx: Tx, people: Sequence[Person]) -> set[UUID]:
    """Of a household with nobody else in it the number of the family card goes too."""
    regency, ids = people[0].regency_code, [one.id for one in people]
    homes = {one.household_id for one in people if one.household_id}
    other = aliased(Person)
    alone = (
        await tx.scalars(
            select(Household).where(
                Household.regency_code == regency,
                Household.id.in_(homes),
                ~exists().where(
                    other.regency_code == Household.regency_code,
                    other.household_id == Household.id,
                    other.id.not_in(ids),
                ),
            )
        )
    ).all()
    for home in alone:
        home.kk_sealed, home.kk_digest, home.facts = None, None, {}
    return {home.data_key_id for home in alone}


async def forget_numbers(tx: Tx, people: Sequence[Person]) -> None:
    """Take her look-up digests, and what stands beside them, out of every table that has them."""
    regency = people[0].regency_code
    numbers = [one.nik_digest for one in people if one.nik_digest]
    numbers += await tx.scalars(
        select(PersonIdentifier.digest).where(
            PersonIdentifier.regency_code == regency,
            PersonIdentifier.person_id.in_([one.id for one in people]),
            PersonIdentifier.kind == "NIK",
        )
    )
    if not numbers:
        return
    nobody = b"\0\0" + people[0].id.bytes + b"\0" * 16
    for table in Base.metadata.sorted_tables:
        if "nik_digest" in table.c and table.name not in _BESIDE:
            await tx.execute(
                update(table)
                .where(table.c.regency_code == regency, table.c.nik_digest.in_(numbers))
                .values(_emptied(table, nobody))
            )


def _emptied(table: Table, nobody: bytes) -> dict[str, Any]:
    """Say what stands in the place of digests, name keys and last digits."""
    values: dict[str, Any] = {
        name: None if table.c[name].nullable else nobody for name in _LOOKED_UP if name in table.c
    }
    if "name_key" in table.c:
        values["name_key"] = ""
    if "nik_last4" in table.c:
        values["nik_last4"] = None
    if table is table_of(RegistryEntry):
        values |= {"born_on": None, "facts": {}}
    return values


async def forget_people(tx: Tx, people: Sequence[Person]) -> None:
    """Leave of each record an empty row, by which her cases and her aid stay one person's."""
    regency, ids = people[0].regency_code, [one.id for one in people]
    for table in (PersonIdentifier, HouseholdMember):
        await tx.execute(delete(table).where(table.regency_code == regency, table.person_id.in_(ids)))
    await tx.execute(
        delete(IdentityConflict).where(
            IdentityConflict.regency_code == regency,
            or_(IdentityConflict.person_id.in_(ids), IdentityConflict.other_id.in_(ids)),
        )
    )
    for one in people:
        one.name, one.name_key = ERASED_NAME, ""
        one.nik_sealed = one.nik_digest = one.nik_last4 = one.kk_digest = None
        one.phone_sealed = one.phone_digest = one.address_sealed = None
        one.born_on = one.sex = one.provisional_digest = one.household_id = None
        one.facts, one.do_not_contact, one.version = {}, True, one.version + 1


async def forget_answers(tx: Tx, people: Sequence[Person], cases: Sequence[Case]) -> None:
    """Drop kept answers and sessions of her cases, and kill her slips."""
    regency, ids = people[0].regency_code, [one.id for one in cases]
    subjects = [*ids, *(one.id for one in people)]
    await tx.execute(
        delete(IdempotencyKey).where(
            IdempotencyKey.regency_code == regency,
            or_(IdempotencyKey.case_id.in_(subjects), IdempotencyKey.account_id.in_(ids)),
        )
    )
    await tx.execute(delete(Session).where(Session.regency_code == regency, Session.case_id.in_(ids)))
    for case in cases:
        case.pin_digest = b"\0" * 34


async def drop_files(tx: Tx, cases: Sequence[Case], now: datetime) -> int:
    """Mark the files of her cases as deleted; the worker takes the objects away. Return how many."""
    if not cases:
        return 0
    regency = cases[0].regency_code
    rows = (
        await tx.scalars(
            select(Attachment)
            .where(
                Attachment.regency_code == regency,
                Attachment.case_id.in_([one.id for one in cases]),
                Attachment.state != DELETED,
            )
            .with_for_update()
        )
    ).all()
    for row in rows:
        keys = [*part_keys(row), *filter(None, [row.object_key])]
        await delete_later(tx, regency, keys, due_at=now + FILES_KEPT, reason=REASON)
        row.state, row.deleted_at, row.parts, row.sha256 = DELETED, now, [], None
    return len(rows)


async def live_aid(tx: Tx, regency: str, ids: Sequence[UUID]) -> bool:
    """Whether aid is still planned for her: it must be stopped or given first."""
    table = Base.metadata.tables["assistance_lines"]
    planned = select(func.count()).where(
        table.c.regency_code == regency, table.c.person_id.in_(ids), table.c.state == "planned"
    )
    return bool(await tx.scalar(planned))
