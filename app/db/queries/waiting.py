"""The waiting list of a programme in a regency: who comes when, counted from the rows and never stored.

Its order is the number that the receiver gave, then who was accepted first. Where one stands is how many
stand before her: when somebody leaves, everybody behind moves up, and no number is missing or twice.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, select, tuple_, union
from sqlalchemy.orm import aliased

from app.db.queries.scope import Sight, referral_clauses
from app.db.session import Tx
from app.db.tables.referrals import Referral
from app.domain.codes import Purpose
from app.domain.referrals import ReferralStatus


class Standing(NamedTuple):
    position: int
    """From 1."""
    of: int
    """How many wait."""


Place = tuple[int, str, UUID]
"""Where a page ended: number given, instant of acceptance as text, id."""


def is_waiting(table: Any = Referral) -> ColumnElement[bool]:
    return and_(table.status == ReferralStatus.WAITLISTED.value, table.purpose == Purpose.AID.value)


def _order(table: Any = Referral) -> tuple[Any, ...]:
    return (table.waitlist_position, table.accepted_at, table.id)


async def standings(tx: Tx, referrals: Sequence[Referral]) -> Mapping[UUID, Standing]:
    """Say of those of *referrals* that wait where they stand."""
    waiting = [one for one in referrals if one.status == ReferralStatus.WAITLISTED.value]
    if not waiting:
        return {}
    other = aliased(Referral)
    same = and_(
        other.regency_code == Referral.regency_code,
        other.program_code == Referral.program_code,
        is_waiting(other),
    )
    before = tuple_(*_order(other)) <= tuple_(*_order())
    statement = select(
        Referral.id,
        select(func.count()).where(same, before).correlate(Referral).scalar_subquery().label("position"),
        select(func.count()).where(same).correlate(Referral).scalar_subquery().label("of"),
    ).where(
        Referral.regency_code.in_({one.regency_code for one in waiting}),
        Referral.id.in_([one.id for one in waiting]),
        is_waiting(),
    )
    return {row.id: Standing(row.position, row.of) for row in await tx.execute(statement)}


async def last_number(tx: Tx, regency: str, program: str) -> int:
    """Return the highest number given in the list; 0 when nobody waits."""
    statement = select(func.max(Referral.waitlist_position)).where(
        Referral.regency_code == regency, Referral.program_code == program, is_waiting()
    )
    return await tx.scalar(statement) or 0


async def listed(
    tx: Tx, sight: Sight, regency: str, program: str, after: Sequence[Any] | None, limit: int
) -> Sequence[Referral]:
    """Return those of the list that the actor sees, the first in the list first."""
    keys = _keys(sight, regency, program)
    if keys is None:
        return []
    statement = select(Referral).where(Referral.regency_code == regency, Referral.id.in_(keys))
    if after is not None:
        statement = statement.where(tuple_(*_order()) > tuple(after))
    return (await tx.scalars(statement.order_by(*_order()).limit(limit))).all()


async def counted(tx: Tx, sight: Sight, regency: str, program: str) -> int:
    keys = _keys(sight, regency, program)
    return 0 if keys is None else await tx.scalar(select(func.count()).select_from(keys.subquery())) or 0


def _keys(sight: Sight, regency: str, program: str) -> Any:
    here = (Referral.regency_code == regency, Referral.program_code == program, is_waiting())
    branches = [select(Referral.id).where(clause, *here) for clause in referral_clauses(sight)]
    if not branches:
        return None
    return union(*branches) if len(branches) > 1 else branches[0]


# Offering ------------------------------------------------------------------------------------------------


async def offered(tx: Tx, regency: str, program: str) -> int:
    """Count those for whom a place is kept in mind: their receiver was told, and has not answered."""
    statement = select(func.count()).where(
        Referral.regency_code == regency,
        Referral.program_code == program,
        is_waiting(),
        Referral.place_offered_at.is_not(None),
    )
    return await tx.scalar(statement) or 0


async def next_in_line(tx: Tx, regency: str, program: str) -> tuple[UUID, UUID] | None:
    """Return case and referral of the first for whom no place was offered yet."""
    statement = (
        select(Referral.case_id, Referral.id)
        .where(
            Referral.regency_code == regency,
            Referral.program_code == program,
            is_waiting(),
            Referral.place_offered_at.is_(None),
        )
        .order_by(*_order())
        .limit(1)
    )
    row = (await tx.execute(statement)).one_or_none()
    return None if row is None else (row.case_id, row.id)
