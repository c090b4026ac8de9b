"""Numbers that a case has in other systems, and what is on its way there."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, select

from app.db.session import Raw, Tx
from app.db.tables.cases import Case
from app.db.tables.outside import OutsideReference, OutsideSending

_CLAIM: Final = """
INSERT INTO outside_references (regency_code, system, reference, case_id, direction, at, by)
VALUES ($1, $2, $3, NULL, 'in', $4, $5) ON CONFLICT DO NOTHING RETURNING reference
"""
_TICKET: Final = """
SELECT c.ticket FROM outside_references r
JOIN cases c ON c.regency_code = r.regency_code AND c.id = r.case_id
WHERE r.regency_code = $1 AND r.system = $2 AND r.reference = $3
"""
_BIND: Final = """
UPDATE outside_references SET case_id = $4 WHERE regency_code = $1 AND system = $2 AND reference = $3
"""
Number = tuple[str, str, str]
"""Tenant, system, reference."""


async def claim_in_intake(raw: Raw, number: Number, now: datetime, by: UUID) -> bool:
    """Take the number for a case that this transaction opens; False when a case has it.

    A twin that is under way is waited for.
    """
    return await raw.fetchrow(_CLAIM, *number, now, by) is not None


async def bind_in_intake(raw: Raw, number: Number, case_id: UUID) -> None:
    await raw.execute(_BIND, *number, case_id)


async def ticket_in_intake(raw: Raw, number: Number) -> str | None:
    row = await raw.fetchrow(_TICKET, *number)
    return None if row is None else str(row["ticket"])


async def references_of(tx: Tx, case: Case) -> Sequence[OutsideReference]:
    found = await tx.scalars(
        select(OutsideReference)
        .where(OutsideReference.regency_code == case.regency_code, OutsideReference.case_id == case.id)
        .order_by(OutsideReference.at, OutsideReference.reference)
    )
    return found.all()


async def find_reference(tx: Tx, number: Number) -> OutsideReference | None:
    found: OutsideReference | None = await tx.scalar(
        select(OutsideReference).where(
            OutsideReference.regency_code == number[0],
            OutsideReference.system == number[1],
            OutsideReference.reference == number[2],
        )
    )
    return found


async def sendings_of(tx: Tx, case: Case) -> Sequence[OutsideSending]:
    found = await tx.scalars(
        select(OutsideSending)
        .where(OutsideSending.regency_code == case.regency_code, OutsideSending.case_id == case.id)
        .order_by(OutsideSending.created_at, OutsideSending.id)
    )
    return found.all()


async def find_sending(tx: Tx, regency: str, id_: UUID, *, for_update: bool = False) -> OutsideSending | None:
    statement = select(OutsideSending).where(OutsideSending.regency_code == regency, OutsideSending.id == id_)
    if for_update:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    found: OutsideSending | None = await tx.scalar(statement)
    return found


def called(reference: str) -> ColumnElement[bool]:
    """Return the cases that another system knows by this number, as a clause on ``cases``."""
    return Case.id.in_(
        select(OutsideReference.case_id).where(
            OutsideReference.regency_code == Case.regency_code, OutsideReference.reference == reference
        )
    )
