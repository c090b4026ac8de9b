"""What is known of whoever a new case is for, in one statement: registry, aid, cases that may be the same."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from app.db.session import Raw
from app.domain.allotments import periods_of

KNOW: Final = """
SELECT
  (SELECT jsonb_agg(jsonb_build_object('regency', r.regency_code, 'source', r.source, 'period', r.period,
                                       'status', r.status, 'desil', r.desil, 'programs', r.programs,
                                       'facts', r.facts))
     FROM registry_entries r
    WHERE r.nik_digest = ANY($2::bytea[])) AS registry,
  (SELECT jsonb_agg(jsonb_build_array(a.program_code, a.state, a.given_on))
     FROM assistance_lines a
    WHERE a.nik_digest = ANY($2::bytea[]) AND a.state IN ('planned', 'given')) AS aid,
  (SELECT jsonb_agg(f.program_code)
     FROM referrals f
    WHERE f.regency_code = $1::text AND f.person_id = $3::uuid
      AND f.status IN ('sent', 'accepted', 'returned', 'waitlisted', 'in_service')) AS live,
  (SELECT jsonb_agg(jsonb_build_object('id', c.id, 'ticket', c.ticket, 'category', c.category,
            'program', c.program_code, 'opened_at', c.opened_at, 'status', c.status,
            'village', c.village_code, 'holder', c.holder, 'desk', c.desk_id,
            'confidentiality', c.confidentiality, 'why', c.why, 'name', c.name_key) ORDER BY c.opened_at DESC)
     FROM (
       (SELECT id, ticket, category, program_code, opened_at, status, village_code, holder, desk_id,
               confidentiality, 'same_person' AS why, NULL::text AS name_key
          FROM cases
         WHERE regency_code = $1::text AND person_id = $3::uuid AND status <> 'void'
         ORDER BY opened_at DESC LIMIT 20)
       UNION ALL
       (SELECT id, ticket, category, program_code, opened_at, status, village_code, holder, desk_id,
               confidentiality, 'same_household', NULL
          FROM cases
         WHERE regency_code = $1::text AND household_id = $5::uuid AND coalesce(person_id <> $3::uuid, true)
           AND (status NOT IN ('resolved', 'closed', 'void') OR (opened_at >= $10::timestamptz
                                                                 AND status <> 'void'))
         ORDER BY opened_at DESC LIMIT 20)
       UNION ALL
       (SELECT c.id, c.ticket, c.category, c.program_code, c.opened_at, c.status, c.village_code, c.holder,
               c.desk_id, c.confidentiality, 'same_phone', NULL
          FROM persons p JOIN cases c ON c.regency_code = $1::text AND c.person_id = p.id
         WHERE p.regency_code = $1::text AND p.phone_digest = ANY($6::bytea[])
           AND coalesce(p.id <> $3::uuid, true)
           AND (c.status NOT IN ('resolved', 'closed', 'void') OR (c.opened_at >= $10::timestamptz
                                                                   AND c.status <> 'void'))
         ORDER BY c.opened_at DESC LIMIT 20)
       UNION ALL
       (SELECT c.id, c.ticket, c.category, c.program_code, c.opened_at, c.status, c.village_code, c.holder,
               c.desk_id, c.confidentiality, 'similar_person', p.name_key
          FROM persons p JOIN cases c ON c.regency_code = $1::text AND c.person_id = p.id
         WHERE p.regency_code = $1::text AND p.born_on = $7::date AND p.village_code = $8::text
           AND (p.provisional OR $9::boolean) AND coalesce(p.id <> $3::uuid, true)
           AND (c.status NOT IN ('resolved', 'closed', 'void') OR (c.opened_at >= $10::timestamptz
                                                                   AND c.status <> 'void'))
         ORDER BY c.opened_at DESC LIMIT 20)
     ) c) AS cases,
  (SELECT jsonb_agg(jsonb_build_array(program_code, component, quota - taken)) FROM allotments
    WHERE regency_code = $1::text AND period = ANY($4::text[])) AS allotments
"""


@dataclass(frozen=True, slots=True)
class Likeness:
    """By what others are looked for who may be the same person or have brought the same matter."""

    household_id: UUID | None
    phones: Sequence[bytes]
    """Digests of the phones given, under every live key."""
    born_on: date | None
    village_code: str
    nobody_sure: bool
    """She has no NIK: then people with one may be her too; else only those without."""
    since: datetime
    """Cases at rest that were opened earlier are no duplicates any more."""


@dataclass(frozen=True, slots=True)
class Who:
    """Of whom is read what is known."""

    nik_digests: Sequence[bytes]
    person_id: UUID | None
    like: Likeness


async def know(raw: Raw, regency_code: str, who: Who, today: date) -> dict[str, Any]:
    """Read the registry entries, aid, live referrals, cases that may be the same and allotments.

    Call it under the lock. A case that is alike in several ways stands there once for each.
    """
    like = who.like
    row = await raw.fetchrow(
        KNOW,
        regency_code,
        list(who.nik_digests),
        who.person_id,
        list(periods_of(today)),
        like.household_id,
        list(like.phones),
        like.born_on,
        like.village_code,
        like.nobody_sure,
        like.since,
    )
    return {name: json.loads(value) if value is not None else None for name, value in row.items()}
