"""What time brings, made at once: many cases whose clock runs out, and an offer after a silent receiver."""

from datetime import UTC, datetime

from sqlalchemy import select, text

from app.db.session import Database, transaction
from app.db.tables.referrals import Referral, ReferralOffer
from app.domain.ids import parse_public_id, public_id
from tests.support.factories import IDS

# Each copy has its own id and ticket; its chain goes on from where that of the first one stood.
_COPY = """
WITH made AS (
  SELECT n, md5(:salt || 'case' || n)::uuid AS case_id, md5(:salt || 'clock' || n)::uuid AS clock_id
  FROM generate_series(CAST(:first AS int), CAST(:last AS int)) n
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


_AT_ONCE = 2_000
"""A statement of the service's role has seconds, whoever else uses the machine."""


async def multiply(database: Database, ticket: str, count: int, regency: str = "13.74") -> None:
    """Add *count* copies of an open case with one clock."""
    for first in range(1, count + 1, _AT_ONCE):
        bound = {"regency": regency, "ticket": ticket, "salt": ticket}
        async with transaction(database.sessions) as tx:
            last = min(first + _AT_ONCE - 1, count)
            await tx.execute(text(_COPY), {**bound, "first": first, "last": last})


async def lay_offer(database: Database, referral: str, program: str = "SEMBAKO_LANSIA") -> str:
    """Lay a programme before the sender as if *referral* (a public id) had expired; return the offer's id."""
    at = datetime.now(UTC)
    found = parse_public_id(referral)
    assert found is not None
    async with transaction(database.sessions) as tx:
        row = await tx.scalar(
            select(Referral).where(Referral.regency_code == found.tenant, Referral.id == found.id)
        )
        assert row is not None
        offer = ReferralOffer(
            regency_code=row.regency_code,
            id=IDS.new_id(at),
            case_id=row.case_id,
            fallback_of=row.id,
            program_code=program,
            purpose=row.purpose,
            disclosed=list(row.disclosed),
            state="waiting",
            at=at,
            decided_at=None,
            decided_by=None,
        )
        tx.add(offer)
    return public_id(found.tenant, offer.id)
