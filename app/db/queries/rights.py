"""Data requests and breaches as they are stored; and what restrains the use of somebody's data now."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, or_, select, tuple_

from app.db.queries import events
from app.db.queries.acting import Acting
from app.db.session import Tx
from app.db.tables.access import AccessEntry
from app.db.tables.people import Person
from app.db.tables.rights import Breach, DataRequest
from app.domain.errors import Conflict
from app.domain.events.base import Event
from app.domain.rights import WAITING, RequestKind, RequestState

Table = DataRequest


@dataclass(frozen=True, slots=True)
class Wanted:
    regencies: Sequence[str]
    areas: Sequence[str] = ()
    """Regions inside which the villages must lie; of none of them nothing is found."""
    kind: str | None = None
    state: str | None = None
    overdue_at: datetime | None = None
    """Only what waits and was due before."""


def _where(wanted: Wanted) -> list[ColumnElement[bool]]:
    villages = [
        or_(
            Table.village_code == area,
            (Table.village_code > area + ".") & (Table.village_code < area + "/"),
        )
        for area in wanted.areas
    ]
    clauses: list[ColumnElement[bool]] = [Table.regency_code.in_(wanted.regencies), or_(*villages)]
    if wanted.kind is not None:
        clauses.append(Table.kind == wanted.kind)
    if wanted.state is not None:
        clauses.append(Table.state == wanted.state)
    if wanted.overdue_at is not None:
        clauses += [Table.state.in_(sorted(WAITING)), Table.due_at < wanted.overdue_at]
    return clauses


async def listed(
    tx: Tx, wanted: Wanted, after: tuple[datetime, UUID] | None, limit: int
) -> Sequence[DataRequest]:
    """The latest first."""
    if not wanted.areas:
        return []
    statement = select(Table).where(*_where(wanted))
    if after is not None:
        statement = statement.where(tuple_(Table.taken_at, Table.id) < after)
    return (await tx.scalars(statement.order_by(Table.taken_at.desc(), Table.id.desc()).limit(limit))).all()


async def counted(tx: Tx, wanted: Wanted) -> int:
    if not wanted.areas:
        return 0
    return await tx.scalar(select(func.count()).select_from(Table).where(*_where(wanted))) or 0


async def request_of(
    tx: Tx, regency: str, request_id: UUID, *, for_update: bool = False
) -> DataRequest | None:
    statement = select(Table).where(Table.regency_code == regency, Table.id == request_id)
    if for_update:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    found: DataRequest | None = await tx.scalar(statement)
    return found


async def waiting_of(tx: Tx, person: Person, kind: RequestKind) -> DataRequest | None:
    """Return a request of that kind that waits to be decided."""
    found: DataRequest | None = await tx.scalar(
        select(Table)
        .where(
            Table.regency_code == person.regency_code,
            Table.person_id == person.id,
            Table.kind == kind.value,
            Table.state.in_(sorted(WAITING)),
        )
        .limit(1)
    )
    return found


async def of_person(tx: Tx, person: Person) -> Sequence[DataRequest]:
    statement = select(Table).where(Table.regency_code == person.regency_code, Table.person_id == person.id)
    return (await tx.scalars(statement.order_by(Table.taken_at, Table.id))).all()


# What is in force ----------------------------------------------------------------------------------------


async def restrained(tx: Tx, regency: str, kind: RequestKind, ids: Collection[UUID]) -> frozenset[UUID]:
    """Return those of the persons *ids* whose granted *kind* (freeze, objection) was not lifted."""
    if not ids:
        return frozenset()
    found = await tx.scalars(
        select(Table.person_id).where(
            Table.regency_code == regency,
            Table.person_id.in_(list(ids)),
            Table.kind == kind.value,
            Table.state == RequestState.GRANTED.value,
            Table.lifted_at.is_(None),
        )
    )
    return frozenset(found)


def frozen_here(regency: str) -> Select[UUID]:
    """Return the persons of a regency whose data are frozen, as a part of a statement."""
    return select(Table.person_id).where(
        Table.regency_code == regency,
        Table.kind == RequestKind.FREEZE.value,
        Table.state == RequestState.GRANTED.value,
        Table.lifted_at.is_(None),
    )


async def require_not_frozen(tx: Tx, regency: str, person_id: UUID | None) -> None:
    """Let nothing of her data go out while she has it frozen.

    Raises:
        Conflict: it is.
    """
    if person_id is not None and await restrained(tx, regency, RequestKind.FREEZE, [person_id]):
        raise Conflict(
            "data_frozen",
            "Data warga ini dibekukan atas permintaannya. Cabut pembekuan itu dahulu bersama warga.",
            "This person's data are frozen at her request. Lift that first, together with her.",
        )


# Breaches ------------------------------------------------------------------------------------------------


async def breaches_of(
    tx: Tx, regencies: Sequence[str], after: tuple[datetime, UUID] | None, limit: int
) -> Sequence[Breach]:
    """The latest first."""
    statement = select(Breach).where(Breach.regency_code.in_(regencies))
    if after is not None:
        statement = statement.where(tuple_(Breach.found_at, Breach.id) < after)
    ordered = statement.order_by(Breach.found_at.desc(), Breach.id.desc()).limit(limit)
    return (await tx.scalars(ordered)).all()


async def count_breaches(tx: Tx, regencies: Sequence[str]) -> int:
    counting = select(func.count()).select_from(Breach).where(Breach.regency_code.in_(regencies))
    return await tx.scalar(counting) or 0


async def breach_of(tx: Tx, regency: str, breach_id: UUID, *, for_update: bool = False) -> Breach | None:
    statement = select(Breach).where(Breach.regency_code == regency, Breach.id == breach_id)
    if for_update:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    found: Breach | None = await tx.scalar(statement)
    return found


# Who looked ----------------------------------------------------------------------------------------------


async def looks_at(tx: Tx, regency: str, ids: Collection[UUID], limit: int) -> Sequence[AccessEntry]:
    """Return the reads of these persons and cases, the latest first."""
    statement = (
        select(AccessEntry)
        .where(AccessEntry.regency_code == regency, AccessEntry.subject_id.in_(list(ids)))
        .order_by(AccessEntry.at.desc(), AccessEntry.n.desc())
        .limit(limit)
    )
    return (await tx.scalars(statement)).all()


async def tell(acting: Acting, regency: str, thing_id: UUID, kind: str, happened: Event) -> None:
    await events.append(
        acting.tx,
        events.OtherStream(regency, thing_id, kind),
        [happened],
        actor=acting.actor,
        now=acting.now,
        cause_id=acting.cause_id,
    )
