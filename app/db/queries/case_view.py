"""Everything that hangs on one case, read for showing it or for the next decision about it."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from app.db.queries.cases import abouts_of, clocks_of, person_of, tasks_of
from app.db.session import Tx
from app.db.tables.cases import Case, CaseAbout, Clock, RoutingRecord, Task
from app.db.tables.people import DataKey, Household, Person
from app.db.tables.referrals import Referral


@dataclass(frozen=True, slots=True)
class CaseParts:
    """A case with its rows; ``wrapped`` is None once its person was erased."""

    case: Case
    person: Person | None
    wrapped: bytes | None
    abouts: Sequence[CaseAbout]
    clocks: Sequence[Clock]
    tasks: Sequence[Task]
    referrals: Sequence[Referral]
    routing: RoutingRecord | None


async def parts_of(tx: Tx, case: Case) -> CaseParts:
    return CaseParts(
        case,
        await person_of(tx, case),
        await wrapped_key(tx, case.regency_code, case.data_key_id),
        await abouts_of(tx, case),
        await clocks_of(tx, case),
        await tasks_of(tx, case),
        await referrals_of(tx, case),
        await routing_of(tx, case, case.routing_n),
    )


async def wrapped_key(tx: Tx, regency_code: str, key_id: UUID) -> bytes | None:
    """Return the wrapped data key; None once it was destroyed."""
    statement = select(DataKey.wrapped).where(DataKey.regency_code == regency_code, DataKey.id == key_id)
    return await tx.scalar(statement)


async def referrals_of(tx: Tx, case: Case) -> Sequence[Referral]:
    statement = select(Referral).where(
        Referral.regency_code == case.regency_code, Referral.case_id == case.id
    )
    return (await tx.scalars(statement.order_by(Referral.sent_at, Referral.id))).all()


async def routing_of(tx: Tx, case: Case, n: int) -> RoutingRecord | None:
    statement = select(RoutingRecord).where(
        RoutingRecord.regency_code == case.regency_code,
        RoutingRecord.case_id == case.id,
        RoutingRecord.n == n,
    )
    return await tx.scalar(statement)


async def household_of(tx: Tx, case: Case) -> Household | None:
    if case.household_id is None:
        return None
    return await tx.scalar(
        select(Household).where(
            Household.regency_code == case.regency_code, Household.id == case.household_id
        )
    )
