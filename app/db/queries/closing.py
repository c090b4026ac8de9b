"""Who there is to handle a closed case."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import func, or_, select

from app.db.session import Tx
from app.db.tables.access import Account, Grant
from app.domain.access import Role


async def lines_for(
    tx: Tx, regency_code: str, today: date, accounts: Sequence[UUID] = ()
) -> dict[UUID, frozenset[Role]]:
    """Return the roles of *accounts*, and of each active manager and head of the regency."""
    roles = func.array_agg(func.distinct(Grant.role))
    rows = await tx.execute(
        select(Account.id, roles)
        .join(Grant, (Grant.regency_code == Account.regency_code) & (Grant.account_id == Account.id))
        .where(
            Account.regency_code == regency_code,
            Account.active,
            or_(Account.id.in_(accounts), Grant.role.in_((Role.MANAGER.value, Role.HEAD.value))),
            or_(Grant.valid_to.is_(None), Grant.valid_to >= today),
        )
        .group_by(Account.id)
    )
    return {account: frozenset(Role(role) for role in held) for account, held in rows}
