"""Who there is to handle a closed case: one statement for both ways to the database."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final
from uuid import UUID

from app.db.session import Raw, Tx
from app.domain.access import Role

LINES: Final = """
SELECT a.id, array_agg(DISTINCT g.role) AS roles
FROM accounts a
JOIN grants g ON g.regency_code = a.regency_code AND g.account_id = a.id
WHERE a.regency_code = $1::text AND a.active
  AND (a.id = ANY($2::uuid[]) OR g.role IN ('manager', 'head'))
  AND g.valid_from <= $3::date AND (g.valid_to IS NULL OR g.valid_to >= $3::date)
GROUP BY a.id
"""

Lines = Mapping[UUID, frozenset[Role]]
"""The roles in force of those complained of, and of each active manager and head of the regency."""


async def lines_in_intake(raw: Raw, regency_code: str, accounts: Sequence[UUID], today: date) -> Lines:
    return _lines(await raw.fetch(LINES, regency_code, list(accounts), today))


async def lines_in_session(tx: Tx, regency_code: str, accounts: Sequence[UUID], today: date) -> Lines:
    connection = await tx.connection()
    rows = await connection.exec_driver_sql(LINES, (regency_code, list(accounts), today))
    return _lines(rows.mappings().all())


def _lines(rows: Sequence[Any]) -> Lines:
    return {row["id"]: frozenset(Role(role) for role in row["roles"]) for row in rows}
