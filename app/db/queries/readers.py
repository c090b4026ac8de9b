"""Who is named on a case, and who is kept out of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from app.db.session import Tx
from app.db.tables.access import Account
from app.db.tables.cases import Case, CaseReader

NAMED = "named"
KEPT_OUT = "kept_out"


@dataclass(frozen=True, slots=True)
class Reader:
    account_id: UUID
    login: str
    name: str


async def standing_of(tx: Tx, case: Case, account_id: UUID) -> str | None:
    """Return ``named``, ``kept_out``, or None for an account that the case does not mention."""
    standing: str | None = await tx.scalar(
        select(CaseReader.standing).where(
            CaseReader.regency_code == case.regency_code,
            CaseReader.case_id == case.id,
            CaseReader.account_id == account_id,
        )
    )
    return standing


async def kept_out_of(tx: Tx, case: Case) -> Sequence[UUID]:
    """Return the accounts that the case is about, and those kept out with them."""
    statement = select(CaseReader.account_id).where(
        CaseReader.regency_code == case.regency_code,
        CaseReader.case_id == case.id,
        CaseReader.standing == KEPT_OUT,
    )
    return (await tx.scalars(statement)).all()


def add_reader(tx: Tx, case: Case, account_id: UUID) -> None:
    tx.add(
        CaseReader(
            regency_code=case.regency_code,
            case_id=case.id,
            account_id=account_id,
            standing=NAMED,
            opened_at=case.opened_at,
        )
    )


async def readers_of(tx: Tx, case: Case) -> Sequence[Reader]:
    """Return the accounts of the regency that are named on the case, by login."""
    rows = await tx.execute(
        select(Account.id, Account.login, Account.name)
        .join(
            CaseReader,
            (CaseReader.regency_code == Account.regency_code) & (CaseReader.account_id == Account.id),
        )
        .where(
            CaseReader.regency_code == case.regency_code,
            CaseReader.case_id == case.id,
            CaseReader.standing == NAMED,
        )
        .order_by(Account.login)
    )
    return [Reader(*row) for row in rows]
