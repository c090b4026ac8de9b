"""What hangs on a person and moves with her, in one transaction and in one order of locks.

Persons first (by id; of a merge that is taken back the gone one first, as whoever is led on by it does), then
households, then cases by id. A row that cannot move, since the other one has its like already, stays.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Table, UniqueConstraint, and_, exists, not_, or_, select, update

from app.db.queries import events
from app.db.queries.acting import Acting
from app.db.queries.scope import Sight, live_referral, sees_case
from app.db.session import Tx
from app.db.tables import Base
from app.db.tables.cases import Case
from app.db.tables.identity import IdentityConflict, PersonMerge
from app.db.tables.people import DataKey, Household, Person
from app.db.tables.referrals import AssistanceLine, Referral
from app.domain.codes import LedgerState
from app.domain.events.people import CaseSubjectMoved

FOLLOWS: Final = (
    "referrals",
    "assistance_lines",
    "person_identifiers",
    "deliberation_attendees",
    "deliberation_candidates",
    "graduations",
    "campaign_recipients",
)
"""Tables whose rows are a person's and move with her; cases do too, each with its event."""
STAYS: Final = (
    "assistance_import_rows",
    "data_requests",
    "deaths",
    "household_members",
    "identity_conflicts",
    "person_merges",
)
"""Tables that tell what was true of one record; they stay with it."""
CASES: Final = "cases"
Moved = dict[str, list[str]]
"""Names of tables to the ids of rows that moved."""


async def lock_both(tx: Tx, tenant: str, ids: Sequence[UUID]) -> dict[UUID, Person]:
    """Lock persons in the order in which they are named, then their households; as they are now."""
    found: dict[UUID, Person] = {}
    for id_ in ids:
        row: Person | None = await tx.scalar(
            select(Person)
            .where(Person.regency_code == tenant, Person.id == id_)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
        if row is not None:
            found[id_] = row
    for home in sorted({one.household_id for one in found.values() if one.household_id}):
        await tx.execute(
            select(Household.id)
            .where(Household.regency_code == tenant, Household.id == home)
            .with_for_update()
        )
    return found


async def move_all(acting: Acting, source: Person, target: Person, merge_id: UUID, why: str) -> Moved:
    """Let everything of *source* be *target*'s; return what moved."""
    cases = await _lock_cases(acting.tx, source, None)
    moved: Moved = {CASES: await _move_cases(acting, cases, target, merge_id, why)}
    for name in FOLLOWS:
        moved[name] = await _move_rows(acting.tx, Base.metadata.tables[name], source, target, None)
    return {name: ids for name, ids in moved.items() if ids}


async def move_back(
    acting: Acting, source: Person, target: Person, merge_id: UUID, moved: Mapping[str, Sequence[str]]
) -> dict[str, int]:
    """Give *target* what had moved to *source* and is still there; return per table how many were not."""
    left: dict[str, int] = {}
    cases = await _lock_cases(acting.tx, source, [UUID(one) for one in moved.get(CASES, ())])
    back = await _move_cases(acting, cases, target, merge_id, "undone")
    left[CASES] = len(moved.get(CASES, ())) - len(back)
    for name in FOLLOWS:
        ids = [UUID(one) for one in moved.get(name, ())]
        if ids:
            returned = await _move_rows(acting.tx, Base.metadata.tables[name], source, target, ids)
            left[name] = len(ids) - len(returned)
    return {name: count for name, count in left.items() if count}


async def move_cases(
    acting: Acting, source: Person, target: Person, merge_id: UUID, ids: Collection[UUID]
) -> Moved:
    """Let some cases of *source*, with their referrals and aid, be *target*'s."""
    cases = await _lock_cases(acting.tx, source, ids)
    moved: Moved = {CASES: await _move_cases(acting, cases, target, merge_id, "split")}
    for name in ("referrals", "assistance_lines"):
        table = Base.metadata.tables[name]
        rows = await acting.tx.scalars(
            select(table.c.id).where(
                table.c.regency_code == source.regency_code,
                table.c.case_id.in_(ids),
                table.c.person_id == source.id,
            )
        )
        moved[name] = await _move_rows(acting.tx, table, source, target, list(rows))
    return {name: found for name, found in moved.items() if found}


async def _lock_cases(tx: Tx, person: Person, ids: Collection[UUID] | None) -> Sequence[Case]:
    statement = select(Case).where(Case.regency_code == person.regency_code, Case.person_id == person.id)
    if ids is not None:
        statement = statement.where(Case.id.in_(ids))
    locked = statement.order_by(Case.id).with_for_update().execution_options(populate_existing=True)
    return (await tx.scalars(locked)).all()


async def _move_cases(
    acting: Acting, cases: Sequence[Case], target: Person, merge_id: UUID, why: str
) -> list[str]:
    for case in cases:
        case.person_id = target.id
        case.version += 1
        case.updated_at = acting.now
        await acting.tx.flush()
        await events.append(
            acting.tx,
            events.CaseStream(case.regency_code, case.id),
            [CaseSubjectMoved(case_id=case.id, merge_id=merge_id, why=why)],
            actor=acting.actor,
            now=acting.now,
            cause_id=acting.cause_id,
        )
    return [str(case.id) for case in cases]


async def _move_rows(
    tx: Tx, table: Table, source: Person, target: Person, ids: Collection[UUID] | None
) -> list[str]:
    if ids is not None and not ids:
        return []
    clauses = [table.c.regency_code == source.regency_code, table.c.person_id == source.id]
    if ids is not None:
        clauses.append(table.c.id.in_(ids))
    for columns in _unique_with_person(table):
        other = table.alias()
        same = [other.c[name] == table.c[name] for name in columns]
        clauses.append(not_(exists().where(and_(*same, other.c.person_id == target.id))))
    statement = update(table).where(*clauses).values(person_id=target.id).returning(table.c.id)
    rows = await tx.execute(statement.execution_options(synchronize_session=False))
    return [str(row.id) for row in rows]


def _unique_with_person(table: Table) -> list[list[str]]:
    """Return, of each unique key that holds the person, its other columns."""
    unique = [one for one in table.constraints if isinstance(one, UniqueConstraint)]
    keys = [[column.name for column in one.columns] for one in unique]
    return [[name for name in key if name != "person_id"] for key in keys if "person_id" in key]


async def programs_held(tx: Tx, sight: Sight, person: Person) -> set[str]:
    """Return the programmes of her planned and given aid and live referrals, as far as cases are seen."""
    tenant = person.regency_code
    aid = select(AssistanceLine.program_code).where(
        AssistanceLine.regency_code == tenant,
        AssistanceLine.person_id == person.id,
        AssistanceLine.state.in_((LedgerState.PLANNED.value, LedgerState.GIVEN.value)),
        or_(AssistanceLine.case_id.is_(None), _seen(sight, AssistanceLine)),
    )
    asked = select(Referral.program_code).where(
        Referral.regency_code == tenant,
        Referral.person_id == person.id,
        live_referral(),
        _seen(sight, Referral),
    )
    return {*await tx.scalars(aid.distinct()), *await tx.scalars(asked.distinct())}


def _seen(sight: Sight, table: type[AssistanceLine | Referral]) -> ColumnElement[bool]:
    return exists().where(Case.regency_code == table.regency_code, Case.id == table.case_id, sees_case(sight))


async def tickets_in_sight(tx: Tx, sight: Sight, tenant: str, ids: Collection[UUID]) -> list[str]:
    """Return the tickets of those of the cases that the actor sees."""
    statement = select(Case.ticket).where(Case.regency_code == tenant, Case.id.in_(ids), sees_case(sight))
    return list(await tx.scalars(statement.order_by(Case.opened_at, Case.ticket)))


async def merges_of(tx: Tx, person: Person) -> Sequence[PersonMerge]:
    """Return what became of her records, the latest first."""
    statement = select(PersonMerge).where(
        PersonMerge.regency_code == person.regency_code,
        or_(PersonMerge.person_id == person.id, PersonMerge.other_id == person.id),
    )
    return (await tx.scalars(statement.order_by(PersonMerge.at.desc(), PersonMerge.id.desc()))).all()


async def merge_by_id(tx: Tx, tenant: str, merge_id: UUID) -> PersonMerge | None:
    found: PersonMerge | None = await tx.scalar(
        select(PersonMerge).where(PersonMerge.regency_code == tenant, PersonMerge.id == merge_id)
    )
    return found


async def conflicts_between(tx: Tx, one: Person, other: Person) -> Sequence[IdentityConflict]:
    """Return the open claims of two persons against each other."""
    both = (one.id, other.id)
    statement = select(IdentityConflict).where(
        IdentityConflict.regency_code == one.regency_code,
        IdentityConflict.person_id.in_(both),
        IdentityConflict.other_id.in_(both),
        IdentityConflict.state == "open",
    )
    return (await tx.scalars(statement.with_for_update())).all()


async def conflicts_by_id(tx: Tx, tenant: str, ids: Collection[UUID]) -> Sequence[IdentityConflict]:
    if not ids:
        return []
    statement = select(IdentityConflict).where(
        IdentityConflict.regency_code == tenant, IdentityConflict.id.in_(ids)
    )
    return (await tx.scalars(statement.with_for_update())).all()


async def is_met_by(tx: Tx, tenant: str, provisional_digest: bytes) -> bool:
    """Whether desks meet somebody by this name, birth date and village."""
    found = await tx.scalar(
        select(Person.id).where(
            Person.regency_code == tenant, Person.provisional_digest == provisional_digest
        )
    )
    return found is not None


async def records_of(tx: Tx, person: Person) -> Sequence[Person]:
    """Return the records that were merged into her, at any remove."""
    found: list[Person] = []
    above = [person.id]
    while above:
        statement = select(Person).where(
            Person.regency_code == person.regency_code, Person.merged_into.in_(above)
        )
        rows = (await tx.scalars(statement.order_by(Person.id))).all()
        found += rows
        above = [row.id for row in rows]
    return found


async def keys_of(tx: Tx, person: Person) -> set[UUID]:
    """Return every data key that opens something of hers: what an erasure must destroy.

    Her own, those of records merged into her, those of her cases and numbers, and the keys that each of
    these is a copy of, where nobody else uses them any more.
    """
    people = [person, *await records_of(tx, person)]
    ids = [one.id for one in people]
    keys = {one.data_key_id for one in people}
    tenant = person.regency_code
    keys |= set(
        await tx.scalars(select(Case.data_key_id).where(Case.regency_code == tenant, Case.person_id.in_(ids)))
    )
    identifiers = Base.metadata.tables["person_identifiers"]
    keys |= set(
        await tx.scalars(
            select(identifiers.c.data_key_id).where(
                identifiers.c.regency_code == tenant, identifiers.c.person_id.in_(ids)
            )
        )
    )
    return keys


async def copy_keys(acting: Acting, keys: Any, cases: Sequence[Case]) -> None:
    """Give cases a key of their own that opens what theirs did: the person whom it was of can be erased."""
    copies: dict[UUID, UUID] = {}
    for case in cases:
        if case.data_key_id not in copies:
            copies[case.data_key_id] = await _copy(acting, keys, case)
        case.data_key_id = copies[case.data_key_id]


async def _copy(acting: Acting, keys: Any, case: Case) -> UUID:
    wrapped = await acting.tx.scalar(
        select(DataKey.wrapped).where(
            DataKey.regency_code == case.regency_code, DataKey.id == case.data_key_id
        )
    )
    id_ = acting.new_id()
    acting.tx.add(
        DataKey(
            regency_code=case.regency_code,
            id=id_,
            wrapped=None if wrapped is None else keys.rewrap(wrapped),
            created_at=acting.now,
            destroyed_at=None,
            copy_of=case.data_key_id,
        )
    )
    await acting.tx.flush()
    return id_
