"""Whom a complaint means, and who there is to handle it: one statement each for both ways in."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final
from uuid import UUID

from app.db.session import Raw, Tx
from app.domain.access import Role
from app.domain.complaints import Meant

LINES: Final = """
SELECT a.id, array_agg(DISTINCT g.role) AS roles
FROM accounts a
JOIN grants g ON g.regency_code = a.regency_code AND g.account_id = a.id
WHERE a.regency_code = $1::text AND a.active
  AND (a.id = ANY($2::uuid[]) OR g.role IN ('manager', 'head'))
  AND g.valid_from <= $3::date AND (g.valid_to IS NULL OR g.valid_to >= $3::date)
GROUP BY a.id
"""

MEANT: Final = """
SELECT c.account_id AS id FROM cadres c
 WHERE c.regency_code = $1::text AND c.id = ANY($2::uuid[]) AND c.account_id IS NOT NULL
UNION SELECT d.account_id FROM desk_officers d
 WHERE d.regency_code = $1::text AND d.desk_id = ANY($3::uuid[])
UNION SELECT g.account_id FROM grants g
 WHERE g.regency_code = $1::text AND g.desk_id = ANY($3::uuid[])
UNION SELECT g.account_id FROM grants g
 WHERE g.regency_code = $1::text AND g.role = 'village_head' AND g.region_code = ANY($4::text[])
"""


Lines = Mapping[UUID, frozenset[Role]]
"""The roles in force of those complained of, and of each active manager and head of the regency."""


async def lines_in_intake(raw: Raw, regency_code: str, accounts: Sequence[UUID], today: date) -> Lines:
    return _lines(await raw.fetch(LINES, regency_code, list(accounts), today))


async def lines_in_session(tx: Tx, regency_code: str, accounts: Sequence[UUID], today: date) -> Lines:
    connection = await tx.connection()
    rows = await connection.exec_driver_sql(LINES, (regency_code, list(accounts), today))
    return _lines(rows.mappings().all())


async def meant_in_intake(raw: Raw, regency_code: str, meant: Meant) -> Meant:
    """Return *meant* with the accounts of its cadres, of its desks' officers and of its village heads."""
    if not meant.has_others:
        return meant
    return meant.with_accounts(row["id"] for row in await raw.fetch(MEANT, regency_code, *_lists(meant)))


async def meant_in_session(tx: Tx, regency_code: str, meant: Meant) -> Meant:
    if not meant.has_others:
        return meant
    connection = await tx.connection()
    rows = await connection.exec_driver_sql(MEANT, (regency_code, *_lists(meant)))
    return meant.with_accounts(row["id"] for row in rows.mappings().all())


def _lists(meant: Meant) -> tuple[list[UUID], list[UUID], list[str]]:
    return list(meant.cadres), list(meant.desks), list(meant.villages)


def _lines(rows: Sequence[Any]) -> Lines:
    return {row["id"]: frozenset(Role(role) for role in row["roles"]) for row in rows}
