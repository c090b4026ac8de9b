"""Rows that few new cases have: what it is about, who is named, likely duplicates, claims that clash."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from app.db.queries.intake import CaseRows
from app.db.session import Raw

ADD_ABOUT: Final = """
INSERT INTO case_abouts (regency_code, case_id, n, kind, ref)
SELECT $1, $2, a.n, a.kind, a.ref FROM unnest($3::int[], $4::text[], $5::text[]) AS a(n, kind, ref)
"""
ADD_READERS: Final = """
INSERT INTO case_readers (regency_code, case_id, account_id, standing, opened_at)
SELECT $1, $2, r.account_id, r.standing, $5
FROM unnest($3::uuid[], $4::text[]) AS r(account_id, standing)
"""
ADD_PAIRS: Final = """
INSERT INTO duplicate_pairs (regency_code, case_id, other_case_id, at, score, reasons, state)
SELECT $1, $2, p.other, $4, p.score, p.reasons, 'open'
FROM unnest($3::uuid[], $5::int[], $6::jsonb[]) AS p(other, score, reasons)
"""
KNOWN_DOUBT: Final = """
SELECT 1 FROM identity_conflicts
WHERE regency_code = $1 AND person_id = $2 AND kind = $3 AND claim_digest = $4
"""
ADD_DOUBT: Final = """
INSERT INTO identity_conflicts
  (regency_code, id, kind, person_id, household_id, case_id, village_code, data_key_id, claim_sealed,
   claim_digest, score, reasons, state, found_at, found_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12::jsonb, 'open', $13, $14)
ON CONFLICT DO NOTHING
"""


@dataclass(frozen=True, slots=True)
class Pair:
    """Another case that is likely the same matter, for the secretariat to decide."""

    case_id: UUID
    score: int
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Doubt:
    """A number that is on record otherwise than the desk says it: a row of ``identity_conflicts``."""

    id: UUID
    kind: str
    person_id: UUID
    household_id: UUID | None
    village_code: str
    data_key_id: UUID
    claim_sealed: bytes
    claim_digest: bytes
    score: int
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class More:
    """Rows that few new cases have."""

    about: Sequence[tuple[str, str | None]] = ()
    readers: Sequence[tuple[UUID, str]] = ()
    pairs: Sequence[Pair] = ()
    doubts: Sequence[Doubt] = ()


async def is_new_doubt(raw: Raw, regency_code: str, doubt: Doubt) -> bool:
    """Whether nobody has claimed this before; what was decided once is not asked again."""
    known = (regency_code, doubt.person_id, doubt.kind, doubt.claim_digest)
    return await raw.fetchrow(KNOWN_DOUBT, *known) is None


async def write_more(raw: Raw, rows: CaseRows, more: More) -> None:
    """Add what it is about, who is named or kept out, and pairs for the secretariat, where there are any."""
    tenant, case_id, now = rows.regency_code, rows.id, rows.events[0].at
    if more.about:
        numbers = list(range(1, len(more.about) + 1))
        kinds, refs = [kind for kind, _ in more.about], [ref for _, ref in more.about]
        await raw.execute(ADD_ABOUT, tenant, case_id, numbers, kinds, refs)
    if more.readers:
        accounts, standings = [one for one, _ in more.readers], [how for _, how in more.readers]
        await raw.execute(ADD_READERS, tenant, case_id, accounts, standings, now)
    if more.pairs:
        others = [pair.case_id for pair in more.pairs]
        scores = [pair.score for pair in more.pairs]
        reasons = [json.dumps(pair.reasons) for pair in more.pairs]
        await raw.execute(ADD_PAIRS, tenant, case_id, others, now, scores, reasons)
    for doubt in more.doubts:
        await raw.execute(
            ADD_DOUBT,
            tenant,
            doubt.id,
            doubt.kind,
            doubt.person_id,
            doubt.household_id,
            case_id,
            doubt.village_code,
            doubt.data_key_id,
            doubt.claim_sealed,
            doubt.claim_digest,
            doubt.score,
            json.dumps(doubt.reasons),
            now,
            rows.events[0].actor_id,
        )
