"""Desks and who sits at them. Every write is inside one tenant."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, insert, or_, select, tuple_

from app.db.session import Tx
from app.db.tables.access import Account
from app.db.tables.places import Desk, DeskOfficer


@dataclass(frozen=True, slots=True)
class Wanted:
    regencies: Sequence[str]
    region: str | None = None
    """A kecamatan or village inside the regencies."""
    active: bool | None = None


@dataclass(frozen=True, slots=True)
class Officer:
    account_id: UUID
    name: str
    duties: tuple[str, ...]


def _where(wanted: Wanted) -> list[ColumnElement[bool]]:
    clauses: list[ColumnElement[bool]] = [Desk.regency_code.in_(wanted.regencies)]
    if wanted.region is not None:
        below = (Desk.village_code > wanted.region + ".") & (Desk.village_code < wanted.region + "/")
        clauses.append(or_(Desk.village_code == wanted.region, below))
    if wanted.active is not None:
        clauses.append(Desk.active.is_(wanted.active))
    return clauses


async def listed(tx: Tx, wanted: Wanted, after: tuple[str, UUID] | None, limit: int) -> list[Desk]:
    """By village."""
    clauses = _where(wanted)
    if after is not None:
        clauses.append(tuple_(Desk.village_code, Desk.id) > after)
    statement = select(Desk).where(*clauses).order_by(Desk.village_code, Desk.id).limit(limit)
    return list(await tx.scalars(statement))


async def counted(tx: Tx, wanted: Wanted) -> int:
    return await tx.scalar(select(func.count()).select_from(Desk).where(*_where(wanted))) or 0


async def find(tx: Tx, regency: str, desk_id: UUID, *, for_update: bool = False) -> Desk | None:
    statement = select(Desk).where(Desk.regency_code == regency, Desk.id == desk_id)
    if for_update:
        statement = statement.with_for_update()
    found: Desk | None = await tx.scalar(statement)
    return found


async def officers(tx: Tx, desks: Iterable[tuple[str, UUID]]) -> Mapping[UUID, list[Officer]]:
    """By desk (regency and id), who sits there, by name."""
    keys = list(desks)
    found: dict[UUID, list[Officer]] = defaultdict(list)
    if not keys:
        return found
    statement = (
        select(DeskOfficer.desk_id, DeskOfficer.account_id, DeskOfficer.duties, Account.name)
        .join(
            Account,
            (Account.regency_code == DeskOfficer.regency_code) & (Account.id == DeskOfficer.account_id),
        )
        .where(
            DeskOfficer.regency_code.in_({regency for regency, _ in keys}),
            DeskOfficer.desk_id.in_([desk_id for _, desk_id in keys]),
        )
        .order_by(Account.name, Account.id)
    )
    for row in await tx.execute(statement):
        found[row.desk_id].append(Officer(row.account_id, row.name, tuple(row.duties)))
    return found


async def known_accounts(tx: Tx, regency: str, account_ids: Iterable[UUID]) -> set[UUID]:
    """Those of *account_ids* that are officers of the tenant."""
    statement = select(Account.id).where(
        Account.regency_code == regency, Account.id.in_(list(account_ids)), Account.kind == "officer"
    )
    return set(await tx.scalars(statement))


async def seat(tx: Tx, regency: str, desk_id: UUID, seats: Mapping[UUID, Sequence[str]]) -> None:
    """Make *seats* (account to duties) the officers of the desk, and nobody else."""
    await tx.execute(
        delete(DeskOfficer).where(DeskOfficer.regency_code == regency, DeskOfficer.desk_id == desk_id)
    )
    rows: list[dict[str, Any]] = [
        {"regency_code": regency, "desk_id": desk_id, "account_id": account, "duties": list(duties)}
        for account, duties in seats.items()
    ]
    if rows:
        await tx.execute(insert(DeskOfficer), rows)
