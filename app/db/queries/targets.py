"""What a regency aims at, and what of it is reached: graduations, and ranks that rose in the registry."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, case, func, or_, select, tuple_
from sqlalchemy.orm import aliased

from app.db.session import Tx
from app.db.tables.graduation import Graduation, PovertyTarget
from app.db.tables.people import Person
from app.db.tables.registry import RegistryChange, RegistryDiff, RegistryRow, RegistrySnapshot
from app.domain.graduation import GraduationState
from app.domain.registry import Change


@dataclass(frozen=True, slots=True)
class Year:
    """One calendar year of a regency, by its own clock."""

    regency_code: str
    begins: datetime
    ends: datetime


@dataclass(frozen=True, slots=True)
class Moved:
    """What the comparisons of the year's snapshots say, by household."""

    source: str
    older: str
    newer: str
    risen: int
    """From a rank that counts as poor to one that does not, without those that graduated."""
    dropped: int
    """Poor before, and in the newer list no more: death, moving and mistakes too, so it counts nowhere."""


async def latest(tx: Tx, regency: str, year: int) -> PovertyTarget | None:
    """Return the target in force of a year."""
    statement = select(PovertyTarget).where(PovertyTarget.regency_code == regency, PovertyTarget.year == year)
    order = (PovertyTarget.set_at.desc(), PovertyTarget.id.desc())
    found: PovertyTarget | None = await tx.scalar(statement.order_by(*order).limit(1))
    return found


async def graduated(tx: Tx, year: Year) -> list[UUID]:
    """Name a household of each graduation decided in the year; the person where she has none on record."""
    found = await tx.scalars(
        select(func.coalesce(Graduation.household_id, Graduation.person_id))
        .where(
            Graduation.regency_code == year.regency_code,
            Graduation.state == GraduationState.GRADUATED.value,
            Graduation.decided_at >= year.begins,
            Graduation.decided_at < year.ends,
        )
        .distinct()
    )
    return list(found)


async def moved(tx: Tx, year: Year, bound: int, without: Sequence[UUID]) -> Moved | None:
    """Count households by the comparisons with snapshots that were committed in the year.

    *bound*: the highest rank that counts as poor. *without*: households that are counted already.
    """
    newer, older = aliased(RegistrySnapshot), aliased(RegistrySnapshot)
    pairs = (
        await tx.execute(
            select(
                RegistryDiff.snapshot_id, RegistryDiff.against_id, newer.source, older.period, newer.period
            )
            .join(
                newer,
                and_(newer.regency_code == RegistryDiff.regency_code, newer.id == RegistryDiff.snapshot_id),
            )
            .join(
                older,
                and_(older.regency_code == RegistryDiff.regency_code, older.id == RegistryDiff.against_id),
            )
            .where(
                RegistryDiff.regency_code == year.regency_code,
                newer.committed_at >= year.begins,
                newer.committed_at < year.ends,
            )
            .order_by(newer.committed_at)
        )
    ).all()
    if not pairs:
        return None
    risen, dropped = await _households(
        tx, year.regency_code, [(one[0], one[1]) for one in pairs], bound, without
    )
    return Moved(pairs[-1][2], pairs[0][3], pairs[-1][4], risen, dropped)


async def _households(
    tx: Tx, regency: str, pairs: Sequence[tuple[UUID, UUID]], bound: int, without: Sequence[UUID]
) -> tuple[int, int]:
    was_poor = RegistryChange.desil_before.between(1, bound)
    rose = and_(was_poor, RegistryChange.desil_after > bound)
    gone = and_(was_poor, RegistryChange.kind == Change.DROPPED.value)
    counted = select(Person.kk_digest).where(
        Person.regency_code == regency,
        or_(Person.household_id.in_(list(without)), Person.id.in_(list(without))),
        Person.kk_digest.is_not(None),
    )
    household = func.coalesce(RegistryRow.kk_digest, RegistryChange.nik_digest)
    row = (
        await tx.execute(
            select(
                func.count(case((rose, household)).distinct()),
                func.count(case((gone, household)).distinct()),
            )
            .select_from(RegistryChange)
            .outerjoin(
                RegistryRow,
                and_(
                    RegistryRow.regency_code == RegistryChange.regency_code,
                    RegistryRow.snapshot_id == RegistryChange.against_id,
                    RegistryRow.nik_digest == RegistryChange.nik_digest,
                ),
            )
            .where(
                RegistryChange.regency_code == regency,
                tuple_(RegistryChange.snapshot_id, RegistryChange.against_id).in_(list(pairs)),
                or_(rose, gone),
                or_(RegistryRow.kk_digest.is_(None), RegistryRow.kk_digest.notin_(counted)),
            )
        )
    ).one()
    return int(row[0]), int(row[1])
