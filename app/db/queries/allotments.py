"""The allotments of a programme: what is left, who holds a place, and what is set for a regency."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, delete, exists, func, select, tuple_
from sqlalchemy.dialects.postgresql import insert

from app.db.queries import work
from app.db.queries.acting import Acting
from app.db.session import Tx
from app.db.tables.places import Allotment
from app.db.tables.referrals import AssistanceLine, Referral
from app.db.tables.regency_programs import AllotmentPlace
from app.domain.allotments import WHOLE, Left, periods_of, remaining
from app.domain.codes import Purpose
from app.domain.errors import Conflict
from app.domain.ledger import ONCE, last_day
from app.domain.referrals import HOLDING, ReferralStatus

# Places --------------------------------------------------------------------------------------------------


async def take_places(acting: Acting, referral: Referral, components: Collection[str], today: date) -> None:
    """Take one place of each allotment of the programme that counts on *today*; without one nothing blocks.

    Of two who ask at once for the last place the second waits for the first, and is refused.

    Raises:
        Conflict: an allotment is used up; the referral may go on the waiting list.
    """
    tx = acting.tx
    counting = Allotment.component.in_([WHOLE, *components]), Allotment.period.in_(periods_of(today))
    rows = await _locked(
        tx, referral.regency_code, Allotment.program_code == referral.program_code, *counting
    )
    for row in rows:
        if row.taken >= row.quota:
            raise Conflict(
                "allotment_full",
                "Kuota program ini sudah habis; terima ke daftar tunggu dengan menyebut nomor urutnya.",
                "The allotment of this programme is used up; accept it to the waiting list, with its place.",
                {"hint": "waitlist", "program": referral.program_code, "quota": row.quota},
            )
    for row in rows:
        row.taken += 1
        tx.add(_place(row, referral.id, acting.now))


def _place(row: Allotment, referral_id: UUID, at: datetime) -> AllotmentPlace:
    return AllotmentPlace(
        regency_code=row.regency_code, referral_id=referral_id, allotment_id=row.id, taken_at=at
    )


async def free_places(acting: Acting, referral: Referral) -> bool:
    """Give back the places that the referral holds, of whatever period; tell whether it held any."""
    tx = acting.tx
    await tx.flush()
    held = (
        await tx.scalars(
            delete(AllotmentPlace)
            .where(
                AllotmentPlace.regency_code == referral.regency_code,
                AllotmentPlace.referral_id == referral.id,
            )
            .returning(AllotmentPlace.allotment_id)
            .execution_options(synchronize_session=False)
        )
    ).all()
    if not held:
        return False
    for row in await _locked(tx, referral.regency_code, Allotment.id.in_(held)):
        row.taken -= 1
    return True


async def _locked(tx: Tx, regency: str, *which: ColumnElement[bool]) -> list[Allotment]:
    """Lock in the order of ids: whoever takes two places waits for nobody who waits for her."""
    statement = (
        select(Allotment)
        .where(Allotment.regency_code == regency, *which)
        .order_by(Allotment.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return list(await tx.scalars(statement))


async def offer_next(acting: Acting, regency: str, program: str) -> None:
    """Leave the errand to offer a free place to whoever waits longest; none where nobody waits.

    The errand locks that case in a transaction of its own: the one that is locked now comes first.
    """
    tx = acting.tx
    await tx.flush()
    waits = await tx.scalar(
        select(Referral.id)
        .where(
            Referral.regency_code == regency,
            Referral.program_code == program,
            Referral.status == ReferralStatus.WAITLISTED.value,
            Referral.place_offered_at.is_(None),
        )
        .limit(1)
    )
    if waits is None:
        return
    key = f"{program}:{acting.cause_id.hex}"
    payload = {"program": program}
    new = work.NewWork(regency, acting.new_id(), work.OFFER_PLACE, key, acting.now, payload)
    await work.enqueue(tx, [new])


# What is left --------------------------------------------------------------------------------------------


async def left_on(tx: Tx, regency: str, day: date, program: str | None = None) -> dict[str, int]:
    """Say by programme how many more can be taken in on *day*; one without an allotment is not named."""
    statement = select(
        Allotment.program_code, Allotment.component, (Allotment.quota - Allotment.taken).label("left")
    ).where(Allotment.regency_code == regency, Allotment.period.in_(periods_of(day)))
    if program is not None:
        statement = statement.where(Allotment.program_code == program)
    return remaining(Left(*row) for row in await tx.execute(statement))


# Setting and reading -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Quota:
    """How many a regency may take in, of which part and for which period of a programme."""

    program: str
    component: str
    period: str
    quota: int


async def lock_quotas(tx: Tx, regency: str, program: str, period: str) -> Mapping[str, Allotment]:
    """Return the allotments of a programme's period by component, locked."""
    rows = await _locked(tx, regency, Allotment.program_code == program, Allotment.period == period)
    return {row.component: row for row in rows}


async def make_quota(acting: Acting, regency: str, new: Quota, zone: Any) -> Allotment | None:
    """Make a new allotment in which those who were taken in before have their places; locked.

    None when somebody else has made it meanwhile.
    """
    tx = acting.tx
    made = await tx.scalar(
        insert(Allotment)
        .values(
            regency_code=regency,
            id=acting.new_id(),
            program_code=new.program,
            component=new.component,
            period=new.period,
            quota=new.quota,
            taken=0,
        )
        .on_conflict_do_nothing(index_elements=["regency_code", "program_code", "component", "period"])
        .returning(Allotment.id)
    )
    if made is None:
        return None
    (row,) = await _locked(tx, regency, Allotment.id == made)
    holding = await _taken_in(tx, row, zone)
    tx.add_all([_place(row, referral_id, acting.now) for referral_id in holding])
    row.taken = len(holding)
    await tx.flush()
    return row


async def _taken_in(tx: Tx, row: Allotment, zone: Any) -> Sequence[UUID]:
    """Find the referrals that were taken in within the period of *row*, and are served or were."""
    statement = select(Referral.id).where(
        Referral.regency_code == row.regency_code,
        Referral.program_code == row.program_code,
        Referral.purpose == Purpose.AID.value,
        Referral.status.in_([status.value for status in HOLDING]),
    )
    if row.component != WHOLE:
        statement = statement.where(
            exists().where(
                AssistanceLine.regency_code == Referral.regency_code,
                AssistanceLine.referral_id == Referral.id,
                AssistanceLine.component == row.component,
            )
        )
    if row.period != ONCE:
        first, last = first_and_last(row.period)
        statement = statement.where(
            Referral.accepted_at >= datetime.combine(first, time.min, zone),
            Referral.accepted_at < datetime.combine(last + timedelta(days=1), time.min, zone),
        )
    return (await tx.scalars(statement)).all()


def first_and_last(period: str) -> tuple[date, date]:
    """Return the first and the last day of a period of the calendar."""
    last = last_day(period, date.max)
    if "-Q" in period:
        return date(last.year, last.month - 2, 1), last
    return (last.replace(day=1) if "-" in period else date(last.year, 1, 1)), last


@dataclass(frozen=True, slots=True)
class Wanted:
    program: str
    tenants: Sequence[str]
    """The regencies."""
    period: str | None = None


async def listed(
    tx: Tx, wanted: Wanted, after: tuple[str, str, str] | None, limit: int
) -> Sequence[Allotment]:
    """List by regency, period and component."""
    order = (Allotment.regency_code, Allotment.period, Allotment.component)
    statement = select(Allotment).where(*_where(wanted))
    if after is not None:
        statement = statement.where(tuple_(*order) > after)
    return (await tx.scalars(statement.order_by(*order).limit(limit))).all()


async def counted(tx: Tx, wanted: Wanted) -> int:
    return await tx.scalar(select(func.count()).select_from(Allotment).where(*_where(wanted))) or 0


def _where(wanted: Wanted) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [
        Allotment.regency_code.in_(wanted.tenants),
        Allotment.program_code == wanted.program,
    ]
    if wanted.period is not None:
        found.append(Allotment.period == wanted.period)
    return found
