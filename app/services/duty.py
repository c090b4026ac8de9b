"""The duty roster of a regency: planned, looked at, ended."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from app.db.queries import duty as stored
from app.db.queries import events
from app.db.queries.acting import Acting
from app.db.tables.hands import DutyShift
from app.domain.access import Permission
from app.domain.access.actors import forbidden
from app.domain.errors import Conflict, FieldError, Invalid, NotFound
from app.domain.events.settings import DutyEnded, DutyPlanned

LONGEST: Final = timedelta(days=31)
AHEAD: Final = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn of an account or of a cadre: exactly one of the two."""

    regency: str
    duty: str
    account_id: UUID | None
    cadre_id: UUID | None
    starts_at: datetime
    ends_at: datetime


async def plan_duty(acting: Acting, turn: Turn) -> stored.Shift:
    """Put a turn on the roster.

    Raises:
        Forbidden: the actor manages no roster there.
        Invalid: no such duty or person, or a time that makes no sense.
        Conflict: the person has a turn of that duty already.
    """
    acting.actor.require(Permission.TEAM_MANAGE, turn.regency)
    errors = _wrong_in(acting, turn)
    if not await stored.is_active(acting.tx, turn.regency, turn.account_id, turn.cadre_id):
        pointer = "/account_id" if turn.account_id else "/cadre_id"
        errors.append(
            FieldError(
                pointer,
                "unknown_person",
                "Orang ini tidak ada atau tidak aktif di kabupaten/kota ini.",
                "No such active person in this regency.",
            )
        )
    if errors:
        raise Invalid(fields=tuple(errors))
    row = DutyShift(
        regency_code=turn.regency,
        id=acting.new_id(),
        duty=turn.duty,
        account_id=turn.account_id,
        cadre_id=turn.cadre_id,
        starts_at=turn.starts_at,
        ends_at=turn.ends_at,
        created_at=acting.now,
        created_by=acting.actor.account_id,
    )
    if await stored.overlapping(acting.tx, row):
        raise Conflict(
            code="on_duty_already",
            id="Orang ini sudah dijadwalkan piket pada waktu itu.",
            en="This person is on the roster at that time already.",
        )
    acting.tx.add(row)
    await acting.tx.flush()
    happened = DutyPlanned(
        thing_id=row.id,
        duty=row.duty,
        account_id=row.account_id,
        cadre_id=row.cadre_id,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
    )
    await _tell(acting, row, happened)
    return await _shown(acting, row)


async def end_duty(acting: Acting, regency: str, shift_id: UUID) -> stored.Shift:
    """End a turn now; one that has not begun never begins.

    Raises:
        NotFound: there is no such turn.
        Forbidden: the actor manages no roster there.
        Conflict: it is over.
    """
    row = await stored.lock_shift(acting.tx, regency, shift_id)
    if row is None:
        raise NotFound(id="Jadwal piket ini tidak ada.", en="There is no such turn of duty.")
    acting.actor.require(Permission.TEAM_MANAGE, regency)
    if row.ends_at <= acting.now:
        raise Conflict(
            code="duty_over", id="Piket ini sudah berakhir.", en="This turn of duty is over already."
        )
    row.starts_at = min(row.starts_at, acting.now)
    row.ends_at = acting.now
    await _tell(acting, row, DutyEnded(thing_id=row.id, duty=row.duty))
    await acting.tx.flush()
    return await _shown(acting, row)


async def roster(
    acting: Acting, wanted: stored.Wanted, after: tuple[datetime, UUID] | None, limit: int
) -> Sequence[stored.Shift]:
    """List turns by their beginning.

    Raises:
        Forbidden: the actor manages nobody in that regency.
    """
    if not acting.actor.has_within(Permission.TEAM_MANAGE, wanted.regency_code):
        raise forbidden(Permission.TEAM_MANAGE)
    return await stored.listed(acting.tx, wanted, after, limit)


def _wrong_in(acting: Acting, turn: Turn) -> list[FieldError]:
    errors = []
    if not acting.known.knows("duty", turn.duty):
        errors.append(FieldError("/duty", "unknown_code", "Piket ini tidak dikenal.", "No such duty."))
    if not acting.now < turn.ends_at or not turn.starts_at < turn.ends_at <= turn.starts_at + LONGEST:
        errors.append(
            FieldError(
                "/ends_at",
                "out_of_range",
                "Piket berakhir sesudah mulai, sesudah sekarang, dan paling lama 31 hari.",
                "Duty ends after it begins, after now, and lasts 31 days at most.",
            )
        )
    elif turn.starts_at > acting.now + AHEAD:
        errors.append(
            FieldError(
                "/starts_at",
                "out_of_range",
                "Jadwalkan paling jauh setahun ke depan.",
                "Plan no more than a year ahead.",
            )
        )
    return errors


async def _tell(acting: Acting, row: DutyShift, happened: DutyPlanned | DutyEnded) -> None:
    stream = events.OtherStream(row.regency_code, row.id, "duty")
    await events.append(
        acting.tx, stream, [happened], actor=acting.actor, now=acting.now, cause_id=acting.cause_id
    )


async def _shown(acting: Acting, row: DutyShift) -> stored.Shift:
    shift = await stored.shift_of(acting.tx, row.regency_code, row.id)
    if shift is None:
        raise NotFound
    return shift
