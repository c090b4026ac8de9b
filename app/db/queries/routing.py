"""What a routing of a stored case is made from, and where its decision is kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.db.queries.allotments import left_on
from app.db.queries.scope import live_referral
from app.db.session import Tx
from app.db.tables.cases import Case, RoutingRecord
from app.db.tables.people import Person, RegistryEntry
from app.db.tables.referrals import AssistanceLine, Referral


@dataclass(frozen=True, slots=True)
class FoundSources:
    """The registry entries, aid lines, live programmes, what allotments have left."""

    registry: Sequence[Mapping[str, Any]]
    aid: Sequence[list[Any]]
    live: frozenset[str]
    capacity: Mapping[str, int]


async def sources_of(tx: Tx, case: Case, person: Person | None, today: date) -> FoundSources:
    digest = person.nik_digest if person else None
    return FoundSources(
        await registry_entries(tx, [digest]) if digest is not None else (),
        await aid_of(tx, digest, case),
        await _live(tx, case),
        await left_on(tx, case.regency_code, today),
    )


async def registry_entries(tx: Tx, digests: Sequence[bytes]) -> Sequence[Mapping[str, Any]]:
    """Return every entry of a NIK, in every regency and period: which counts, `Knowledge` tells."""
    rows = await tx.execute(
        select(
            RegistryEntry.regency_code.label("regency"),
            RegistryEntry.source,
            RegistryEntry.period,
            RegistryEntry.status,
            RegistryEntry.desil,
            RegistryEntry.programs,
            RegistryEntry.facts,
        ).where(RegistryEntry.nik_digest.in_(digests))
    )
    return [dict(row) for row in rows.mappings()]


async def aid_of(tx: Tx, digest: bytes | None, case: Case) -> list[list[Any]]:
    """Return planned and given lines as ``[program, state, date]``: hers in every regency, or the case's."""
    mine = (
        AssistanceLine.nik_digest == digest
        if digest is not None
        else (AssistanceLine.regency_code == case.regency_code) & (AssistanceLine.case_id == case.id)
    )
    rows = await tx.execute(
        select(AssistanceLine.program_code, AssistanceLine.state, AssistanceLine.given_on).where(
            mine, AssistanceLine.state.in_(("planned", "given"))
        )
    )
    return [[code, state, given.isoformat() if given else None] for code, state, given in rows]


async def _live(tx: Tx, case: Case) -> frozenset[str]:
    if case.person_id is None:
        return frozenset()
    rows = await tx.scalars(
        select(Referral.program_code).where(
            Referral.regency_code == case.regency_code,
            Referral.person_id == case.person_id,
            live_referral(),
        )
    )
    return frozenset(rows)


@dataclass(frozen=True, slots=True)
class NewRecord:
    """One more decision about a case, as it is stored."""

    id: UUID
    at: datetime
    engine_version: str
    on_date: date
    versions: Mapping[str, int]
    facts_sealed: bytes
    answer: Mapping[str, Any]


def add_record(tx: Tx, case: Case, new: NewRecord) -> None:
    """Keep the decision under the next number; the ones before stay as they were."""
    case.routing_n += 1
    tx.add(
        RoutingRecord(
            regency_code=case.regency_code,
            id=new.id,
            case_id=case.id,
            n=case.routing_n,
            at=new.at,
            engine_version=new.engine_version,
            on_date=new.on_date,
            versions=dict(new.versions),
            facts_sealed=new.facts_sealed,
            answer=dict(new.answer),
        )
    )
