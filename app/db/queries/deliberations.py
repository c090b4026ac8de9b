"""Village meetings as they are stored: sessions, attendance, candidates and minutes."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, exists, func, or_, select, tuple_

from app.db.queries import events
from app.db.queries.acting import Acting, Vault
from app.db.session import Tx
from app.db.tables.cases import Case
from app.db.tables.deliberations import (
    Deliberation,
    DeliberationAttendee,
    DeliberationCandidate,
    DeliberationMinutes,
)
from app.db.tables.people import DataKey, Household, Person, RegistryEntry
from app.domain.deliberation.deciding import Standing
from app.domain.deliberation.states import SessionState
from app.domain.events.base import Event

IN_HAND = tuple(
    state.value for state in SessionState if state not in {SessionState.RATIFIED, SessionState.CANCELLED}
)
_LEFT = (Standing.WITHDRAWN.value, Standing.CARRIED.value)


@dataclass(frozen=True, slots=True)
class Wanted:
    regency_code: str
    regions: tuple[str, ...]
    """Villages, districts or the regency itself: what the reader may see."""
    states: tuple[str, ...] = ()
    kind: str | None = None


def _where(wanted: Wanted) -> list[ColumnElement[bool]]:
    areas = [
        or_(
            Deliberation.village_code == one, Deliberation.village_code.startswith(f"{one}.", autoescape=True)
        )
        for one in wanted.regions
    ]
    clauses = [Deliberation.regency_code == wanted.regency_code, or_(*areas)]
    if wanted.states:
        clauses.append(Deliberation.state.in_(wanted.states))
    if wanted.kind is not None:
        clauses.append(Deliberation.kind == wanted.kind)
    return clauses


async def listed(
    tx: Tx, wanted: Wanted, after: tuple[datetime, UUID] | None, limit: int
) -> Sequence[Deliberation]:
    """The latest first."""
    statement = select(Deliberation).where(*_where(wanted))
    if after is not None:
        statement = statement.where(tuple_(Deliberation.starts_at, Deliberation.id) < after)
    order = (Deliberation.starts_at.desc(), Deliberation.id.desc())
    return (await tx.scalars(statement.order_by(*order).limit(limit))).all()


async def counted(tx: Tx, wanted: Wanted) -> int:
    return await tx.scalar(select(func.count()).select_from(Deliberation).where(*_where(wanted))) or 0


async def session_of(
    tx: Tx, regency: str, session_id: UUID, *, for_update: bool = False
) -> Deliberation | None:
    statement = select(Deliberation).where(
        Deliberation.regency_code == regency, Deliberation.id == session_id
    )
    if for_update:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    found: Deliberation | None = await tx.scalar(statement)
    return found


async def published_of(tx: Tx, regency: str, village: str, since: datetime) -> Sequence[Deliberation]:
    """Return a village's sessions whose result is public: published, the window ending after *since*."""
    states = (SessionState.PUBLISHED.value, SessionState.REOPENED.value, SessionState.RATIFIED.value)
    statement = select(Deliberation).where(
        Deliberation.regency_code == regency,
        Deliberation.village_code == village,
        Deliberation.state.in_(states),
        Deliberation.objections_until > since,
    )
    return (await tx.scalars(statement.order_by(Deliberation.published_at.desc()).limit(50))).all()


async def tell(acting: Acting, session: Deliberation, *happened: Event) -> None:
    """Write what happened into the chain of the session."""
    stream = events.OtherStream(session.regency_code, session.id, "deliberation")
    await events.append(
        acting.tx, stream, happened, actor=acting.actor, now=acting.now, cause_id=acting.cause_id
    )


async def attendees_of(tx: Tx, session: Deliberation, sitting: int) -> Sequence[DeliberationAttendee]:
    """Return who sits in one sitting, as written down."""
    table = DeliberationAttendee
    statement = select(table).where(
        table.regency_code == session.regency_code,
        table.deliberation_id == session.id,
        table.sitting == sitting,
        table.left_at.is_(None),
    )
    return (await tx.scalars(statement.order_by(table.at, table.id))).all()


async def candidates_of(tx: Tx, session: Deliberation) -> Sequence[DeliberationCandidate]:
    table = DeliberationCandidate
    statement = select(table).where(
        table.regency_code == session.regency_code, table.deliberation_id == session.id
    )
    return (await tx.scalars(statement.order_by(table.n))).all()


async def candidate_in_hand(
    tx: Tx, regency: str, case_id: UUID | None, person_id: UUID | None, nik_digest: bytes | None
) -> bool:
    """Tell whether a meeting that is not over has this case or person on its agenda already."""
    table = DeliberationCandidate
    same = [
        column == value
        for column, value in (
            (table.case_id, case_id),
            (table.person_id, person_id),
            (table.nik_digest, nik_digest),
        )
        if value is not None
    ]
    if not same:
        return False
    found = await tx.scalar(
        select(table.id)
        .join(
            Deliberation,
            (Deliberation.regency_code == table.regency_code) & (Deliberation.id == table.deliberation_id),
        )
        .where(
            table.regency_code == regency,
            or_(*same),
            table.state.notin_(_LEFT),
            Deliberation.state.in_(IN_HAND),
        )
        .limit(1)
    )
    return found is not None


async def minutes_of(tx: Tx, session: Deliberation) -> Sequence[DeliberationMinutes]:
    """Return the minutes that stand, the first one first."""
    table = DeliberationMinutes
    statement = select(table).where(
        table.regency_code == session.regency_code,
        table.deliberation_id == session.id,
        table.dropped_at.is_(None),
    )
    return (await tx.scalars(statement.order_by(table.n))).all()


async def next_minutes_n(tx: Tx, session: Deliberation) -> int:
    table = DeliberationMinutes
    last = await tx.scalar(
        select(func.max(table.n)).where(
            table.regency_code == session.regency_code, table.deliberation_id == session.id
        )
    )
    return (last or 0) + 1


async def keys_of(tx: Tx, regency: str, key_ids: Collection[UUID]) -> dict[UUID, bytes]:
    """Return the wrapped keys that still exist."""
    rows = await tx.execute(
        select(DataKey.id, DataKey.wrapped).where(
            DataKey.regency_code == regency, DataKey.id.in_(sorted(key_ids)), DataKey.wrapped.is_not(None)
        )
    )
    return {row.id: row.wrapped for row in rows}


async def tickets_of(tx: Tx, regency: str, case_ids: Collection[UUID]) -> dict[UUID, str]:
    """Return the tickets of cases; of ordinary ones only, for a ticket is shown to all who hold meetings."""
    if not case_ids:
        return {}
    rows = await tx.execute(
        select(Case.id, Case.ticket).where(
            Case.regency_code == regency, Case.id.in_(sorted(case_ids)), Case.confidentiality == "BIASA"
        )
    )
    return {row.id: row.ticket for row in rows}


async def kk_of(tx: Tx, vault: Vault, person: Person) -> str | None:
    """Return the opened number of the person's family card, where her household has one."""
    if person.household_id is None:
        return None
    row = (
        await tx.execute(
            select(Household.id, Household.kk_sealed, DataKey.wrapped)
            .join(
                DataKey,
                (DataKey.regency_code == Household.regency_code) & (DataKey.id == Household.data_key_id),
            )
            .where(Household.regency_code == person.regency_code, Household.id == person.household_id)
        )
    ).one_or_none()
    if row is None or row.kk_sealed is None or row.wrapped is None:
        return None
    return vault.open(vault.unwrap(row.wrapped), "households", "kk", row.id, row.kk_sealed)


async def person_of_nik(tx: Tx, regency: str, digests: Sequence[bytes]) -> Person | None:
    found: Person | None = await tx.scalar(
        select(Person).where(Person.regency_code == regency, Person.nik_digest.in_(digests)).limit(1)
    )
    return found


# What could come on the agenda ----------------------------------------------------------------------------

_OPEN_CASE = Case.status.notin_(("resolved", "closed", "void"))


def _on_an_agenda() -> ColumnElement[bool]:
    table = DeliberationCandidate
    return exists().where(
        table.regency_code == Case.regency_code,
        table.case_id == Case.id,
        table.state.notin_(_LEFT),
    )


async def cases_to_discuss(
    tx: Tx, regency: str, village: str, sees: ColumnElement[bool], limit: int
) -> Sequence[Case]:
    """Return open proposals of the village that were on no agenda, oldest first; nothing confidential."""
    statement = select(Case).where(
        Case.regency_code == regency,
        Case.village_code == village,
        Case.kind == "USULAN_DATA",
        Case.confidentiality == "BIASA",
        _OPEN_CASE,
        ~_on_an_agenda(),
        sees,
    )
    return (await tx.scalars(statement.order_by(Case.opened_at, Case.id).limit(limit))).all()


async def people_missed(
    tx: Tx, regency: str, village: str, sees: ColumnElement[bool], limit: int
) -> Sequence[tuple[Person, Case]]:
    """Return people of the village with an open ordinary case whom no registry entry names.

    A proposal of its own is among `cases_to_discuss`; these came for something else.
    """
    listed_there = exists().where(
        RegistryEntry.regency_code == Person.regency_code, RegistryEntry.nik_digest == Person.nik_digest
    )
    discussed = exists().where(
        DeliberationCandidate.regency_code == Person.regency_code,
        DeliberationCandidate.person_id == Person.id,
        DeliberationCandidate.state.notin_(_LEFT),
    )
    statement = (
        select(Person, Case)
        .join(Case, (Case.regency_code == Person.regency_code) & (Case.person_id == Person.id))
        .where(
            Person.regency_code == regency,
            Person.village_code == village,
            Person.deceased_on.is_(None),
            Case.kind != "USULAN_DATA",
            Case.confidentiality == "BIASA",
            _OPEN_CASE,
            ~listed_there,
            ~discussed,
            sees,
        )
        .order_by(Case.opened_at, Case.id)
        .limit(limit)
    )
    return [(row[0], row[1]) for row in await tx.execute(statement)]


async def scans_named(tx: Tx, regency: str, keys: Collection[str]) -> set[Any]:
    """Return those of *keys* under which a scan of minutes lies in the store."""
    table = DeliberationMinutes
    found = await tx.scalars(
        select(table.scan_key).where(table.regency_code == regency, table.scan_key.in_(keys))
    )
    return set(found)
