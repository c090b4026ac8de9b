"""Accounts, their grants, and the clients of agencies. Every statement is inside one tenant."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import func, select, tuple_

from app.db.session import Tx
from app.db.tables.access import Account, Client, Grant
from app.db.tables.knowledge import Agency
from app.db.tables.places import Desk

Where = tuple[str, UUID]
"""Where a page ended: login and id of its last row."""


async def list_accounts(
    tx: Tx, regency_code: str, *, active: bool | None, after: Where | None, limit: int
) -> list[Account]:
    """Return at most *limit* accounts, by login and id."""
    statement = select(Account).where(Account.regency_code == regency_code)
    if active is not None:
        statement = statement.where(Account.active.is_(active))
    if after is not None:
        statement = statement.where(tuple_(Account.login, Account.id) > after)
    return list(await tx.scalars(statement.order_by(Account.login, Account.id).limit(limit)))


async def count_accounts(tx: Tx, regency_code: str, *, active: bool | None) -> int:
    statement = select(func.count()).select_from(Account).where(Account.regency_code == regency_code)
    if active is not None:
        statement = statement.where(Account.active.is_(active))
    return await tx.scalar(statement) or 0


async def find_account(
    tx: Tx, regency_code: str, account_id: UUID, *, for_update: bool = False
) -> Account | None:
    statement = select(Account).where(Account.regency_code == regency_code, Account.id == account_id)
    if for_update:
        statement = statement.with_for_update()
    found: Account | None = await tx.scalar(statement)
    return found


async def login_taken(tx: Tx, regency_code: str, login: str) -> bool:
    statement = select(Account.id).where(Account.regency_code == regency_code, Account.login == login)
    return await tx.scalar(statement) is not None


async def grants_of(tx: Tx, regency_code: str, account_ids: Iterable[UUID]) -> list[Grant]:
    """Return all grants, past ones too, by account and id."""
    statement = (
        select(Grant)
        .where(Grant.regency_code == regency_code, Grant.account_id.in_(list(account_ids)))
        .order_by(Grant.account_id, Grant.id)
    )
    return list(await tx.scalars(statement))


async def list_clients(tx: Tx, regency_code: str, *, after: Where | None, limit: int) -> list[Client]:
    statement = select(Client).where(Client.regency_code == regency_code)
    if after is not None:
        statement = statement.where(tuple_(Client.client_id, Client.id) > after)
    return list(await tx.scalars(statement.order_by(Client.client_id, Client.id).limit(limit)))


async def count_clients(tx: Tx, regency_code: str) -> int:
    statement = select(func.count()).select_from(Client).where(Client.regency_code == regency_code)
    return await tx.scalar(statement) or 0


async def find_client(
    tx: Tx, regency_code: str, client_row_id: UUID, *, for_update: bool = False
) -> Client | None:
    statement = select(Client).where(Client.regency_code == regency_code, Client.id == client_row_id)
    if for_update:
        statement = statement.with_for_update()
    found: Client | None = await tx.scalar(statement)
    return found


async def client_id_taken(tx: Tx, regency_code: str, client_id: str) -> bool:
    statement = select(Client.id).where(Client.regency_code == regency_code, Client.client_id == client_id)
    return await tx.scalar(statement) is not None


async def agency_regions(tx: Tx, codes: Iterable[str]) -> dict[str, str]:
    """Return the region of each active agency among *codes*."""
    statement = select(Agency.code, Agency.region_code).where(Agency.code.in_(list(codes)), Agency.active)
    return {row.code: row.region_code for row in await tx.execute(statement)}


async def desk_villages(tx: Tx, regency_code: str, ids: Iterable[UUID]) -> dict[UUID, str]:
    """Return the village of each desk among *ids* that is in this tenant."""
    statement = select(Desk.id, Desk.village_code).where(
        Desk.regency_code == regency_code, Desk.id.in_(list(ids))
    )
    return {row.id: row.village_code for row in await tx.execute(statement)}


async def add(tx: Tx, row: Account | Grant | Client) -> None:
    tx.add(row)
    # Grants point to accounts, and there are no relationships to tell the unit of work about the order.
    await tx.flush()
