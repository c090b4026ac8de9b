"""Many cases with a clock that runs out, made of one that was opened, inside the database."""

from sqlalchemy import text

from app.db.session import Database, transaction

# Each copy has its own id and ticket; its chain goes on from where that of the first one stood.
_COPY = """
WITH made AS (
  SELECT n, md5(:salt || 'case' || n)::uuid AS case_id, md5(:salt || 'clock' || n)::uuid AS clock_id
  FROM generate_series(1, :count) n
), the_case AS (
  INSERT INTO cases
  SELECT (jsonb_populate_record(c, jsonb_build_object('id', m.case_id, 'ticket', c.ticket || '-' || m.n))).*
  FROM cases c, made m WHERE c.regency_code = :regency AND c.ticket = :ticket
)
INSERT INTO clocks
SELECT (jsonb_populate_record(k, jsonb_build_object('id', m.clock_id, 'case_id', m.case_id))).*
FROM cases c
JOIN clocks k ON k.regency_code = c.regency_code AND k.case_id = c.id
CROSS JOIN made m
WHERE c.regency_code = :regency AND c.ticket = :ticket
"""


async def multiply(database: Database, ticket: str, count: int, regency: str = "13.74") -> None:
    """Add *count* copies of an open case with one clock."""
    async with transaction(database.sessions) as tx:
        bound = {"regency": regency, "ticket": ticket, "count": count, "salt": ticket}
        await tx.execute(text(_COPY), bound)
