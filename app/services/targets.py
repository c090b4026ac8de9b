"""The poverty target of a regency: set with its source, and what of it is reached so far."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from app.db.queries import events
from app.db.queries import targets as stored
from app.db.queries.acting import Acting
from app.db.tables.graduation import PovertyTarget
from app.domain.access import Permission
from app.domain.access.actors import forbidden
from app.domain.errors import FieldError, Invalid
from app.domain.events.graduation import TargetSet
from app.domain.graduation import Progress, progress

BOUND: Final = "target_desil_bound"
_BOUND: Final = 4


@dataclass(frozen=True, slots=True)
class Aim:
    regency: str
    year: int
    points: Decimal
    households: int
    source: str


@dataclass(frozen=True, slots=True)
class Reached:
    target: PovertyTarget
    graduated: int
    moved: stored.Moved | None
    progress: Progress
    bound: int
    as_of: datetime


async def set_target(acting: Acting, aim: Aim) -> Reached:
    """Set what a regency aims at in one year; the one before stays on record.

    Raises:
        Forbidden: the actor sets no rules there.
        Invalid: a regency that is not served.
    """
    acting.actor.require(Permission.POLICY_MANAGE, aim.regency)
    if aim.regency not in acting.known.settings:
        raise Invalid(
            fields=(
                FieldError(
                    "/region",
                    "unknown_region",
                    "Sebut kabupaten/kota yang dilayani.",
                    "Name a regency that is served.",
                ),
            )
        )
    row = PovertyTarget(
        regency_code=aim.regency,
        id=acting.new_id(),
        year=aim.year,
        points=aim.points,
        households=aim.households,
        source=aim.source,
        set_at=acting.now,
        set_by=acting.actor.account_id,
    )
    acting.tx.add(row)
    await acting.tx.flush()
    happened = TargetSet(
        thing_id=row.id, year=aim.year, points_hundredths=int(aim.points * 100), households=aim.households
    )
    stream = events.OtherStream(row.regency_code, row.id, "target")
    await events.append(
        acting.tx, stream, [happened], actor=acting.actor, now=acting.now, cause_id=acting.cause_id
    )
    return await _reached(acting, row)


async def reached(acting: Acting, regency: str, year: int) -> list[Reached]:
    """Return the target in force of a year with its progress; nothing where none was set.

    Raises:
        Forbidden: the actor reads no figures there.
    """
    if not acting.actor.has_within(Permission.DASHBOARD_READ, regency):
        raise forbidden(Permission.DASHBOARD_READ)
    row = await stored.latest(acting.tx, regency, year)
    return [] if row is None else [await _reached(acting, row)]


async def _reached(acting: Acting, row: PovertyTarget) -> Reached:
    zone = acting.known.zone(row.regency_code)
    year = stored.Year(
        row.regency_code, datetime(row.year, 1, 1, tzinfo=zone), datetime(row.year + 1, 1, 1, tzinfo=zone)
    )
    bound = int(acting.known.policy_value(row.regency_code, BOUND, _BOUND))
    homes = await stored.graduated(acting.tx, year)
    moved = await stored.moved(acting.tx, year, bound, homes)
    left = len(homes) + (moved.risen if moved else 0)
    made = progress(row.points, row.households, left)
    return Reached(row, len(homes), moved, made, bound, acting.now)
