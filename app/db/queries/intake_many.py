"""The statements of opening a case, for many at once: the rows of ``intake`` and ``knowing``, set by set.

The persons of one call are all different, by every number and name that they are met by; whoever calls makes
sure of it. Rows are locked in the order of their keys, so that two batches never wait crosswise.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from app.db.queries.intake import Answer, CaseRows, Key, Newcomer, twins_meet
from app.db.queries.knowing import Who
from app.db.session import Raw
from app.domain.allotments import periods_of
from app.domain.chain import dump

_TAKE_KEYS: Final = """
INSERT INTO idempotency_keys (regency_code, account_id, route, key, body_digest, created_at, seen_at)
SELECT $1::text, $2::uuid, $3::text, k.key, k.digest, $4::timestamptz, $4::timestamptz
FROM unnest($5::text[], $6::bytea[]) AS k(key, digest)
ORDER BY k.key
ON CONFLICT DO NOTHING
RETURNING key
"""
_MEET: Final = """
WITH given AS (
  SELECT g.n, g.id, g.data_key_id, g.wrapped, g.name, g.name_key, g.nik_sealed, g.nik_digest, g.nik_last4,
    g.kk_digest, g.phone_sealed, g.phone_digest, g.address_sealed, g.born_on, g.sex, g.village_code,
    g.provisional_digest
  FROM unnest($3::int[], $4::uuid[], $5::uuid[], $6::bytea[], $7::text[], $8::text[], $9::bytea[],
    $10::bytea[], $11::text[], $12::bytea[], $13::bytea[], $14::bytea[], $15::bytea[], $16::date[],
    $17::text[], $18::text[], $19::bytea[])
  AS g(n, id, data_key_id, wrapped, name, name_key, nik_sealed, nik_digest, nik_last4, kk_digest,
    phone_sealed, phone_digest, address_sealed, born_on, sex, village_code, provisional_digest)
), person AS (
  INSERT INTO persons
    (regency_code, id, data_key_id, name, name_key, nik_sealed, nik_digest, nik_last4, kk_digest,
     phone_sealed, phone_digest, address_sealed, born_on, sex, village_code, facts, provisional,
     provisional_digest, do_not_contact, created_at, seen_at, version)
  SELECT $1::text, g.id, g.data_key_id, g.name, g.name_key, g.nik_sealed, g.nik_digest, g.nik_last4,
     g.kk_digest, g.phone_sealed, g.phone_digest, g.address_sealed, g.born_on, g.sex, g.village_code,
     '{}'::jsonb, g.nik_digest IS NULL, g.provisional_digest, false, $2::timestamptz, $2::timestamptz, 1
  FROM given g ORDER BY g.%(by)s
  ON CONFLICT (regency_code, %(by)s) DO UPDATE SET seen_at = excluded.seen_at
  RETURNING id, data_key_id, household_id, name, nik_last4, born_on, sex, facts, village_code, merged_into,
     %(by)s AS met_by
), key AS (
  INSERT INTO data_keys (regency_code, id, wrapped, created_at)
  SELECT $1::text, g.data_key_id, g.wrapped, $2::timestamptz FROM given g JOIN person p ON p.id = g.id
)
SELECT g.n, p.id, p.data_key_id, p.household_id, p.name, p.nik_last4, p.born_on, p.sex, p.facts,
       p.village_code, p.merged_into, k.wrapped, h.facts AS household_facts, h.kk_digest AS household_kk
FROM given g
JOIN person p ON p.met_by = g.%(by)s
LEFT JOIN data_keys k ON k.regency_code = $1::text AND k.id = p.data_key_id
LEFT JOIN households h ON h.regency_code = $1::text AND h.id = p.household_id
"""
_BY_NIK: Final = _MEET % {"by": "nik_digest"}
_BY_NAME: Final = _MEET % {"by": "provisional_digest"}

_CASE: Final = """c.id, c.ticket, c.category, c.program_code, c.opened_at, c.status, c.village_code, c.holder,
               c.desk_id, c.confidentiality"""
_NEW_OR_OPEN: Final = """(c.status NOT IN ('resolved', 'closed', 'void')
              OR (c.opened_at >= w.since AND c.status <> 'void'))"""
_KNOW_OF: Final = """
WITH who AS MATERIALIZED (
  SELECT w.n, w.person_id, w.household_id, w.born_on, w.village_code, w.nobody_sure, w.since
  FROM unnest($2::int[], $3::uuid[], $4::uuid[], $5::date[], $6::text[], $7::boolean[], $8::timestamptz[])
  AS w(n, person_id, household_id, born_on, village_code, nobody_sure, since)
), nik AS MATERIALIZED (
  SELECT d.n, d.digest FROM unnest($9::int[], $10::bytea[]) AS d(n, digest)
), phone AS MATERIALIZED (
  SELECT d.n, d.digest FROM unnest($11::int[], $12::bytea[]) AS d(n, digest)
)
SELECT nik.n, 'registry' AS what,
       jsonb_build_object('regency', r.regency_code, 'source', r.source, 'period', r.period,
                          'status', r.status, 'desil', r.desil, 'programs', r.programs,
                          'facts', r.facts) AS told
FROM nik CROSS JOIN LATERAL (
  SELECT r.regency_code, r.source, r.period, r.status, r.desil, r.programs, r.facts
    FROM registry_entries r WHERE r.nik_digest = nik.digest OFFSET 0) r
UNION ALL
SELECT nik.n, 'aid', jsonb_build_array(a.program_code, a.state, a.given_on)
FROM nik CROSS JOIN LATERAL (
  SELECT a.program_code, a.state, a.given_on FROM assistance_lines a
   WHERE a.nik_digest = nik.digest AND a.state IN ('planned', 'given')
  OFFSET 0) a
UNION ALL
SELECT w.n, 'live', to_jsonb(f.program_code)
FROM who w CROSS JOIN LATERAL (
  SELECT f.program_code FROM referrals f
   WHERE f.regency_code = $1::text AND f.person_id = w.person_id
     AND f.status IN ('sent', 'accepted', 'returned', 'waitlisted', 'in_service') OFFSET 0) f
UNION ALL
SELECT w.n, 'cases', jsonb_build_object('id', c.id, 'ticket', c.ticket, 'category', c.category,
         'program', c.program_code, 'opened_at', c.opened_at, 'status', c.status, 'village', c.village_code,
         'holder', c.holder, 'desk', c.desk_id, 'confidentiality', c.confidentiality, 'why', c.why,
         'name', c.name_key)
FROM who w CROSS JOIN LATERAL (
  (SELECT %(case)s, 'same_person' AS why, NULL::text AS name_key
     FROM cases c
    WHERE c.regency_code = $1::text AND c.person_id = w.person_id AND c.status <> 'void'
    ORDER BY c.opened_at DESC LIMIT 20)
  UNION ALL
  (SELECT %(case)s, 'same_household', NULL
     FROM cases c
    WHERE c.regency_code = $1::text AND c.household_id = w.household_id
      AND coalesce(c.person_id <> w.person_id, true) AND %(recent)s
    ORDER BY c.opened_at DESC LIMIT 20)
  UNION ALL
  (SELECT %(case)s, 'similar_person', p.name_key
     FROM persons p JOIN cases c ON c.regency_code = $1::text AND c.person_id = p.id
    WHERE p.regency_code = $1::text AND p.born_on = w.born_on AND p.village_code = w.village_code
      AND (p.provisional OR w.nobody_sure) AND coalesce(p.id <> w.person_id, true) AND %(recent)s
    ORDER BY c.opened_at DESC LIMIT 20)
  UNION ALL
  (SELECT %(case)s, 'same_phone', NULL
     FROM phone d JOIN persons p ON p.regency_code = $1::text AND p.phone_digest = d.digest
     JOIN cases c ON c.regency_code = $1::text AND c.person_id = p.id
    WHERE d.n = w.n AND coalesce(p.id <> w.person_id, true) AND %(recent)s
    ORDER BY c.opened_at DESC LIMIT 20)
) c
UNION ALL
SELECT -1, 'allotments', jsonb_build_array(program_code, component, quota - taken) FROM allotments
 WHERE regency_code = $1::text AND period = ANY($13::text[])
"""
_KNOW: Final = _KNOW_OF % {"case": _CASE, "recent": _NEW_OR_OPEN}
_WRITE: Final = """
WITH the_case AS (
  INSERT INTO cases
    (regency_code, id, ticket, pin_digest, kind, category, sector, ppks, service_pillar, channel, priority,
     confidentiality, closed_to, status, version, holder, desk_id, assignee_id, subject_kind, person_id,
     household_id, reporter_relation, village_code, district_code, data_key_id, private_sealed, current_aid,
     legal_basis, notice_version, program_code, opened_by, opened_at, updated_at, due_at, due_step,
     routing_n, outcome, outcome_reason, resolved_at, told_at, told_method, reopened_count, disputed_count,
     bounce_count, event_count, head)
  SELECT $1::text, c.id, c.ticket, c.pin, c.kind, c.category, c.sector, c.ppks, c.pillar, c.channel,
     c.priority, c.confidentiality, c.closed_to, c.status, 1, c.holder, c.desk, NULL, c.subject, c.person,
     c.household, c.relation, c.village, c.district, c.key, c.private, c.aid, c.basis, c.notice, c.program,
     c.by, c.at, c.at, c.due, c.step, 1, c.outcome, c.reason, c.resolved, c.told, c.method, 0, 0, 0,
     c.events, c.head
  FROM unnest($2::uuid[], $3::text[], $4::bytea[], $5::text[], $6::text[], $7::text[], $8::text[],
     $9::text[], $10::text[], $11::text[], $12::text[], $13::text[], $14::text[], $15::text[], $16::uuid[],
     $17::text[], $18::uuid[], $19::uuid[], $20::text[], $21::text[], $22::text[], $23::uuid[],
     $24::bytea[], $25::jsonb[], $26::text[], $27::text[], $28::text[], $29::uuid[], $30::timestamptz[],
     $31::timestamptz[], $32::text[], $33::text[], $34::text[], $35::timestamptz[], $36::timestamptz[],
     $37::text[], $38::int[], $39::bytea[])
  AS c(id, ticket, pin, kind, category, sector, ppks, pillar, channel, priority, confidentiality, closed_to,
     status, holder, desk, subject, person, household, relation, village, district, key, private, aid, basis,
     notice, program, by, at, due, step, outcome, reason, resolved, told, method, events, head)
), routing AS (
  INSERT INTO routing_records
    (regency_code, id, case_id, n, at, engine_version, on_date, versions, facts_sealed, answer)
  SELECT $1::text, r.id, r.case_id, 1, $40::timestamptz, r.engine, r.on_date, r.versions, r.facts, r.answer
  FROM unnest($41::uuid[], $2::uuid[], $42::text[], $43::date[], $44::jsonb[], $45::bytea[], $46::jsonb[])
    AS r(id, case_id, engine, on_date, versions, facts, answer)
), clock AS (
  INSERT INTO clocks
    (regency_code, id, case_id, step, state, amount, unit, pausable, policy_source, entries, started_at,
     due_at, act_at, acts)
  SELECT $1::text, c.id, c.case_id, c.step, 'running', c.amount, c.unit, c.pausable, c.source, c.entries,
     $40::timestamptz, c.due_at, c.act_at, 0
  FROM jsonb_to_recordset($47::jsonb)
    AS c(id uuid, case_id uuid, step text, amount int, unit text, pausable boolean, source text,
         entries jsonb, due_at timestamptz, act_at timestamptz)
), fact AS (
  INSERT INTO case_facts (regency_code, id, case_id, name, value_sealed, source, as_of, at, by)
  SELECT $1::text, f.id, f.case_id, f.name, f.sealed, 'desk', f.as_of, $40::timestamptz, $48::uuid
  FROM unnest($49::uuid[], $50::uuid[], $51::text[], $52::bytea[], $53::date[])
    AS f(id, case_id, name, sealed, as_of)
), event AS (
  INSERT INTO events
    (regency_code, id, stream_id, n, case_id, type, at, actor_kind, actor_id, cause_id, data, prev_hash,
     hash)
  SELECT $1::text, e.id, e.case_id, e.n, e.case_id, e.type, $40::timestamptz, $54::text, $48::uuid,
     e.cause, e.data, e.prev_hash, e.hash
  FROM unnest($55::uuid[], $56::uuid[], $57::int[], $58::text[], $59::uuid[], $60::jsonb[], $61::bytea[],
     $62::bytea[]) AS e(id, case_id, n, type, cause, data, prev_hash, hash)
), pending AS (
  INSERT INTO feed_pending (regency_code, event_id) SELECT $1::text, unnest($55::uuid[])
)
UPDATE idempotency_keys i
SET status = 201, answer_sealed = k.answer, case_id = k.case_id, headers = k.headers
FROM unnest($63::text[], $64::bytea[], $2::uuid[], $65::jsonb[]) AS k(key, answer, case_id, headers)
WHERE i.regency_code = $1::text AND i.account_id = $48::uuid AND i.route = $66::text AND i.key = k.key
"""


async def take_keys(raw: Raw, keys: Sequence[Key], now: datetime) -> set[str]:
    """Take the keys, all of one account, tenant and route; return those that nobody had before."""
    first = keys[0]
    named, digests = [key.key for key in keys], [key.body_digest for key in keys]
    with twins_meet():
        rows = await raw.fetch(
            _TAKE_KEYS, first.regency_code, first.account_id, first.route, now, named, digests
        )
    return {row["key"] for row in rows}


async def meet_many(
    raw: Raw, regency_code: str, newcomers: Sequence[Newcomer], now: datetime
) -> dict[int, Any]:
    """Lock the row of each person, made if absent; return them by their place in *newcomers*."""
    found: dict[int, Any] = {}
    for statement, with_nik in ((_BY_NIK, True), (_BY_NAME, False)):
        mine = [(n, one) for n, one in enumerate(newcomers) if (one.nik_digest is not None) is with_nik]
        if not mine:
            continue
        columns = list(zip(*((n, *one.row()) for n, one in mine), strict=True))
        with twins_meet():
            rows = await raw.fetch(statement, regency_code, now, *map(list, columns))
        found.update({row["n"]: row for row in rows})
    return found


async def know_many(
    raw: Raw, regency_code: str, everybody: Sequence[Who], today: date
) -> list[dict[str, Any]]:
    """Read of each what `knowing.know` reads, the newest case first; allotments are read once for all."""
    likes = [one.like for one in everybody]
    digests = [(n, digest) for n, one in enumerate(everybody) for digest in one.nik_digests]
    phones = [(n, digest) for n, like in enumerate(likes) for digest in like.phones]
    rows = await raw.fetch(
        _KNOW,
        regency_code,
        list(range(len(likes))),
        [one.person_id for one in everybody],
        [like.household_id for like in likes],
        [like.born_on for like in likes],
        [like.village_code for like in likes],
        [like.nobody_sure for like in likes],
        [like.since for like in likes],
        [n for n, _ in digests],
        [digest for _, digest in digests],
        [n for n, _ in phones],
        [digest for _, digest in phones],
        list(periods_of(today)),
    )
    found: list[dict[str, Any]] = [{"registry": [], "aid": [], "live": [], "cases": []} for _ in likes]
    allotments = [json.loads(row["told"]) for row in rows if row["n"] < 0]
    for row in rows:
        if row["n"] >= 0:
            found[row["n"]][row["what"]].append(json.loads(row["told"]))
    for one in found:
        one["cases"].sort(key=lambda case: case["opened_at"], reverse=True)
        one["allotments"] = allotments
    return found


@dataclass(frozen=True, slots=True)
class Written:
    """One case to be written, and what is kept under its key."""

    key: Key
    rows: CaseRows
    answer: Answer


async def write_many(raw: Raw, written: Sequence[Written]) -> None:
    """Add the cases of one tenant, opened by one actor at one instant, and keep their answers."""
    first = written[0]
    at, actor = first.rows.events[0].at, first.rows.events[0]
    everything = [one.rows for one in written]
    cases = list(zip(*((rows.id, *rows.case) for rows in everything), strict=True))
    routing = list(zip(*(rows.routing for rows in everything), strict=True))
    facts = [
        (id_, rows.id, name, sealed, rows.routing[2])
        for rows in everything
        for id_, name, sealed in zip(*rows.facts, strict=True)
    ]
    events = [event for rows in everything for event in rows.events]
    await raw.execute(
        _WRITE,
        first.rows.regency_code,
        *map(list, cases),
        at,
        *map(list, routing),
        json.dumps(
            [{**clock, "case_id": str(rows.id)} for rows in everything for clock in json.loads(rows.clocks)]
        ),
        actor.actor_id,
        [fact[0] for fact in facts],
        [fact[1] for fact in facts],
        [fact[2] for fact in facts],
        [fact[3] for fact in facts],
        [fact[4] for fact in facts],
        actor.actor_kind,
        [event.id for event in events],
        [event.case_id for event in events],
        [event.n for event in events],
        [event.type for event in events],
        [event.cause_id for event in events],
        [dump(event.data) for event in events],
        [event.prev_hash for event in events],
        [event.hash for event in events],
        [one.key.key for one in written],
        [one.answer.sealed for one in written],
        [json.dumps(one.answer.headers) for one in written],
        first.key.route,
    )
