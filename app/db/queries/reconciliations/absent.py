"""People who might stand on a list: those who got the aid before, registry members, people in need.

Each is one walk by id, a stretch at a time. Whoever has no NIK on record cannot be told to be missing.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    LargeBinary,
    and_,
    bindparam,
    exists,
    func,
    or_,
    select,
    text,
)
from sqlalchemy.orm import aliased

from app.db.queries.cases import AT_REST
from app.db.queries.reconciliations.rows import MAIN, Place
from app.db.queries.scope import live_referral
from app.db.session import Tx
from app.db.tables.cases import Case, RoutingRecord
from app.db.tables.people import Person, RegistryEntry
from app.db.tables.reconciliations import ReconciliationFinding, ReconciliationRow
from app.db.tables.referrals import AssistanceLine, Referral
from app.domain.codes import Confidentiality, LedgerState, Purpose
from app.domain.reconciliation import Kind

_LISTED = "ADA"


@dataclass(frozen=True, slots=True)
class Absent:
    """Somebody of a source, with the id by which the walk goes on."""

    at: UUID
    nik_digest: bytes
    village: str | None
    subject_id: UUID | None
    """The person or the registry entry."""
    period: str | None = None
    desil: int | None = None


@dataclass(frozen=True, slots=True)
class Walk:
    place: Place
    region: str
    program: str
    after: UUID | None
    limit: int


def _not_listed(column: Any, place: Place) -> ColumnElement[bool]:
    return ~exists().where(
        ReconciliationRow.regency_code == place.regency,
        ReconciliationRow.reconciliation_id == place.id,
        ReconciliationRow.list_no == MAIN,
        ReconciliationRow.nik_digest == column,
    )


def _inside(column: Any, region: str) -> ColumnElement[bool]:
    return or_(column == region, column.startswith(f"{region}.", autoescape=True))


async def held_before(tx: Tx, walk: Walk) -> list[Absent]:
    """Return people of the regency whom the ledger has the programme for, and who are not on the list."""
    line, regency = AssistanceLine, walk.place.regency
    statement = (
        select(line.id, line.nik_digest, Person.village_code, Person.id.label("person"), line.period)
        .join(Person, and_(Person.regency_code == line.regency_code, Person.id == line.person_id))
        .where(
            line.regency_code == regency,
            line.program_code == walk.program,
            line.state.in_([LedgerState.PLANNED.value, LedgerState.GIVEN.value]),
            line.nik_digest.is_not(None),
            _inside(Person.village_code, walk.region),
            _not_listed(line.nik_digest, walk.place),
            _not_secret(line),
        )
    )
    if walk.after is not None:
        statement = statement.where(line.id > walk.after)
    rows = await tx.execute(statement.order_by(line.id).limit(walk.limit))
    return [Absent(row.id, row.nik_digest, row.village_code, row.person, row.period) for row in rows]


def _not_secret(line: Any) -> ColumnElement[bool]:
    return ~exists().where(
        Case.regency_code == line.regency_code,
        Case.id == line.case_id,
        Case.confidentiality == Confidentiality.RAHASIA.value,
    )


async def in_registry(tx: Tx, walk: Walk, snapshot: tuple[str, str], desil_at_most: int) -> list[Absent]:
    """Return members of a snapshot up to a decile who are not on the list."""
    entry = RegistryEntry
    statement = select(entry.id, entry.nik_digest, entry.village_code, entry.period, entry.desil).where(
        entry.regency_code == walk.place.regency,
        entry.source == snapshot[0],
        entry.period == snapshot[1],
        entry.status == _LISTED,
        entry.desil.between(1, desil_at_most),
        entry.nik_digest.is_not(None),
        _inside(entry.village_code, walk.region),
        _not_listed(entry.nik_digest, walk.place),
    )
    if walk.after is not None:
        statement = statement.where(entry.id > walk.after)
    rows = await tx.execute(statement.order_by(entry.id).limit(walk.limit))
    return [Absent(row.id, row.nik_digest, row.village_code, row.id, row.period, row.desil) for row in rows]


async def in_need(tx: Tx, walk: Walk) -> list[Absent]:
    """Return people with an open case in which the programme fits or was asked for; of no closed case."""
    regency, later = walk.place.regency, aliased(RoutingRecord)
    asked = exists().where(
        Referral.regency_code == Case.regency_code,
        Referral.case_id == Case.id,
        Referral.program_code == walk.program,
        Referral.purpose == Purpose.AID.value,
        live_referral(),
    )
    newer = exists().where(
        later.regency_code == RoutingRecord.regency_code,
        later.case_id == RoutingRecord.case_id,
        later.n > RoutingRecord.n,
    )
    fits = exists().where(
        RoutingRecord.regency_code == Case.regency_code,
        RoutingRecord.case_id == Case.id,
        ~newer,
        text(
            "jsonb_path_exists(routing_records.answer, "
            "'$.entries[*] ? (@[0] == $program && @[2] == \"eligible\")', "
            "jsonb_build_object('program', CAST(:fitting AS text)))"
        ),
    )
    statement = (
        select(Case.id, Person.nik_digest, Person.village_code, Person.id.label("person"))
        .join(Person, and_(Person.regency_code == Case.regency_code, Person.id == Case.person_id))
        .where(
            Case.regency_code == regency,
            Case.confidentiality != Confidentiality.RAHASIA.value,
            Case.status.notin_(AT_REST),
            Person.nik_digest.is_not(None),
            _inside(Person.village_code, walk.region),
            _not_listed(Person.nik_digest, walk.place),
            or_(asked, fits),
        )
    )
    if walk.after is not None:
        statement = statement.where(Case.id > walk.after)
    rows = await tx.execute(statement.order_by(Case.id).limit(walk.limit), {"fitting": walk.program})
    return [Absent(row.id, row.nik_digest, row.village_code, row.person) for row in rows]


async def found_already(tx: Tx, place: Place, digests: Collection[bytes]) -> set[bytes]:
    """Return which of them were found missing before, from another source."""
    finding = ReconciliationFinding
    statement = select(finding.nik_digest).where(
        finding.regency_code == place.regency,
        finding.reconciliation_id == place.id,
        finding.kind == Kind.MISSING.value,
        finding.nik_digest == func.any(bindparam("nik", type_=ARRAY(LargeBinary()))),
    )
    found: Sequence[bytes | None] = (await tx.scalars(statement, {"nik": list(digests)})).all()
    return {one for one in found if one is not None}
