"""People in need whom a registry snapshot does not name."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, or_, select

from app.db.queries.cases import AT_REST
from app.db.queries.registry_bulk import entry_ids
from app.db.queries.scope import Sight, sees_case
from app.db.session import Tx
from app.db.tables.cases import Case
from app.db.tables.hands import Visit
from app.db.tables.people import Person, RegistryEntry
from app.db.tables.registry import RegistrySnapshot
from app.domain.ids import tenant_of


@dataclass(frozen=True, slots=True)
class Wanted:
    snapshot: RegistrySnapshot
    sight: Sight
    visit_verdicts: Sequence[str]
    """Those that say that somebody is in need."""
    region: str | None = None


@dataclass(frozen=True, slots=True)
class Gap:
    person: Person
    signs: tuple[str, ...]
    """Codes of the set ``registry_need``."""
    tickets: tuple[str, ...]


async def gaps(tx: Tx, wanted: Wanted, after: UUID | None, limit: int) -> list[Gap]:
    """Return people on record, alive, whom a case in sight shows to be in need, by id.

    Somebody without a NIK is never listed: she is a gap too. What the actor may not see tells nothing.
    """
    snapshot = wanted.snapshot
    first, last = entry_ids(snapshot.id)
    is_listed = exists().where(
        RegistryEntry.regency_code == Person.regency_code,
        RegistryEntry.nik_digest == Person.nik_digest,
        RegistryEntry.id.between(first, last),
    )
    statement = (
        select(Person)
        .where(
            Person.regency_code == snapshot.regency_code,
            Person.deceased_on.is_(None),
            Person.merged_into.is_(None),
            ~is_listed,
            exists().where(*_hers(), _shows_need(wanted)),
        )
        .order_by(Person.id)
        .limit(limit)
    )
    if after is not None:
        statement = statement.where(Person.id > after)
    if wanted.region is not None and wanted.region != tenant_of(wanted.region):
        statement = statement.where(
            or_(Person.village_code == wanted.region, Person.village_code.startswith(f"{wanted.region}."))
        )
    people = (await tx.scalars(statement)).all()
    return await _explained(tx, wanted, people)


async def _explained(tx: Tx, wanted: Wanted, people: Sequence[Person]) -> list[Gap]:
    if not people:
        return []
    visited = exists().where(*_found_in_need(wanted))
    rows: Sequence[Any] = (
        await tx.execute(
            select(Case.person_id, Case.ticket, Case.status, Case.ppks, visited.label("visited"))
            .where(
                Case.regency_code == wanted.snapshot.regency_code,
                Case.person_id.in_([one.id for one in people]),
                Case.status != "void",
                sees_case(wanted.sight),
            )
            .order_by(Case.opened_at.desc())
        )
    ).all()
    found = []
    for person in people:
        hers = [row for row in rows if row.person_id == person.id]
        is_open = [row.ticket for row in hers if row.status not in AT_REST]
        signs = (
            ("open_case", bool(is_open)),
            ("visit", any(row.visited for row in hers)),
            ("ppks", any(row.ppks for row in hers)),
        )
        found.append(Gap(person, tuple(code for code, holds in signs if holds), tuple(is_open[:10])))
    return found


def _hers() -> tuple[ColumnElement[bool], ...]:
    return (
        Case.regency_code == Person.regency_code,
        Case.person_id == Person.id,
        Case.status != "void",
    )


def _shows_need(wanted: Wanted) -> ColumnElement[bool]:
    return and_(
        sees_case(wanted.sight),
        or_(Case.status.notin_(AT_REST), Case.ppks.is_not(None), exists().where(*_found_in_need(wanted))),
    )


def _found_in_need(wanted: Wanted) -> tuple[ColumnElement[bool], ...]:
    return (
        Visit.regency_code == Case.regency_code,
        Visit.case_id == Case.id,
        Visit.state == "done",
        Visit.verdict.in_(wanted.visit_verdicts),
    )
