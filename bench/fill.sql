-- One statement per table, in this order; @now, @people, @persons, @cases and @staff are filled in.

-- :registry
INSERT INTO registry_entries (regency_code, id, snapshot_id, nik_digest, kk_digest, name_key, born_on, village_code, source,
  period, status, desil, programs, facts)
SELECT regency, bench_uid(@now - interval '90 days', n, 'r'), NULL, nik, sha256((n / 4)::text::bytea),
  'contoh ' || md5(n::text), date '1940-01-01' + n % 30000, village, 'DTSEN', '2026-Q3', 'aktif', n % 11, '[]', '{}'
FROM bench_people

-- :data keys
INSERT INTO data_keys (regency_code, id, wrapped, created_at)
SELECT regency, bench_uid(@now - interval '800 days', n, 'k'), wrapped, @now - interval '800 days'
FROM bench_people WHERE n % 4 < 2

-- :persons
INSERT INTO persons (regency_code, id, data_key_id, name, name_key, nik_sealed, nik_digest, nik_last4, kk_digest,
  phone_sealed, phone_digest, address_sealed, born_on, sex, village_code, facts, provisional, do_not_contact, created_at,
  seen_at, version)
SELECT regency, bench_uid(@now - interval '800 days', n, 'p'), bench_uid(@now - interval '800 days', n, 'k'),
  'Contoh ' || md5(n::text), 'contoh ' || md5(n::text), sha256(nik), nik, lpad((n % 10000)::text, 4, '0'),
  sha256((n / 4)::text::bytea), sha256(nik), sha256(nik), sha256(nik), date '1940-01-01' + n % 30000,
  CASE n / 2 % 2 WHEN 0 THEN 'L' ELSE 'P' END, village, '{}', false, false, @now - interval '800 days',
  @now - interval '800 days', 1
FROM bench_people WHERE n % 4 < 2

-- :assistance
INSERT INTO assistance_lines (regency_code, id, person_id, nik_digest, program_code, component, n, kind, state,
  amount_idr, period, given_on, source, created_at, updated_at)
SELECT regency, bench_uid(@now - interval '60 days', n, 'l'), bench_uid(@now - interval '800 days', n, 'p'), nik,
  (ARRAY['PKH', 'SEMBAKO', 'PBI_JK'])[1 + n % 3], '*', 1, 'cash', 'given', 600000, '2026-3',
  (@now - interval '60 days')::date, 'import', @now, @now
FROM bench_people WHERE n % 4 < 2 AND n % 20 < 8

-- :cases
INSERT INTO cases (regency_code, id, ticket, pin_digest, kind, category, sector, channel, priority, confidentiality,
  closed_to, status, version, holder, assignee_id, subject_kind, person_id, reporter_relation, village_code,
  district_code, data_key_id, private_sealed, current_aid, legal_basis, notice_version, opened_by, opened_at,
  updated_at, due_at, due_step, routing_n, resolved_at, reopened_count, disputed_count, bounce_count, event_count,
  head, desk_id)
SELECT b.regency, bench_uid(t.at, i, 'c'),
  replace(b.regency, '.', '') || '-' || substr(t.code, 1, 4) || '-' || substr(t.code, 5, 4) || '-X',
  sha256(i::text::bytea),
  (ARRAY['LAYANAN', 'PENGADUAN', 'PERTANYAAN', 'USULAN_DATA'])[1 + i % 4],
  (ARRAY['KEBUTUHAN_LAYANAN', 'KEPESERTAAN', 'PROGRAM', 'SARAN', 'DATA'])[1 + i % 5],
  (ARRAY['SOSIAL_EKONOMI', 'KESEHATAN', 'PENDIDIKAN'])[1 + i % 3], 'DATANG',
  CASE WHEN i % 40 = 0 THEN 'MENDESAK' ELSE 'BIASA' END, t.secrecy,
  CASE WHEN t.secrecy = 'RAHASIA' THEN (ARRAY['manager', 'manager', 'head', NULL])[1 + i % 4] END, t.status, 1,
  CASE WHEN d.id IS NULL OR t.secrecy = 'RAHASIA' THEN 'secretariat' ELSE 'desk' END,
  CASE WHEN t.h % 10 < 6 THEN md5(b.regency || t.h % @staff)::uuid END, 'person',
  bench_uid(@now - interval '800 days', b.n, 'p'), 'SELF', b.village, substr(b.village, 1, 8),
  bench_uid(@now - interval '800 days', b.n, 'k'), decode(repeat(md5(i::text), 16), 'hex'), '[]', 'public_task',
  '2026-1', md5(b.regency || t.h % @staff)::uuid, t.at, t.at + interval '2 days',
  CASE WHEN t.open THEN t.at + (1 + t.h % 14) * interval '1 day' END, CASE WHEN t.open THEN 'first_response' END, 1,
  CASE WHEN t.status IN ('resolved', 'closed') THEN t.at + interval '9 days' END, 0, 0, 0, 2,
  sha256((i || '-2')::bytea), CASE WHEN t.secrecy <> 'RAHASIA' THEN d.id END
FROM generate_series(1, @cases) i
CROSS JOIN LATERAL (SELECT abs(hashint8extended(i, 7)) AS h, @now - (@cases - i) * interval '730 days' / @cases AS at,
    upper(lpad(to_hex(i::bigint * 2654435761 % 4294967296), 8, '0')) AS code) z
CROSS JOIN LATERAL (SELECT z.h / 100 % 1000 < CASE WHEN z.at > @now - interval '7 days' THEN 900
    WHEN z.at > @now - interval '60 days' THEN 300 ELSE 20 END AS open) y
CROSS JOIN LATERAL (SELECT z.h, z.at, z.code, y.open,
    CASE WHEN y.open THEN (ARRAY['registered', 'incomplete', 'verifying', 'handling', 'awaiting_decision', 'referred'])
                          [1 + z.h / 100000 % 6]
         WHEN z.h / 100000 % 100 < 3 THEN 'void'
         WHEN z.h / 100000 % 100 < 15 THEN 'resolved' ELSE 'closed' END AS status,
    CASE WHEN z.h / 10000000 % 100 < 2 THEN 'RAHASIA'
         WHEN z.h / 10000000 % 100 < 8 THEN 'TERBATAS' ELSE 'BIASA' END AS secrecy) t
JOIN bench_people b ON b.n = t.h % @persons / 2 * 4 + t.h % @persons % 2
LEFT JOIN LATERAL (SELECT id FROM desks WHERE regency_code = b.regency AND village_code = b.village LIMIT 1) d ON true
ORDER BY i

-- :readers
INSERT INTO case_readers (regency_code, case_id, account_id, standing, opened_at)
SELECT regency_code, id, opened_by, 'named', opened_at FROM cases WHERE confidentiality = 'RAHASIA'

-- :routing
INSERT INTO routing_records (regency_code, id, case_id, n, at, engine_version, on_date, versions, facts_sealed, answer)
SELECT regency_code, bench_uid(opened_at, hashtext(ticket), 'o'), id, 1, opened_at, '1', opened_at::date,
  '{"programs": 1, "codes": 1, "agencies": 1, "policies": 1}', decode(repeat(md5(ticket), 12), 'hex'),
  (SELECT jsonb_build_object('mode', 'match', 'entries', jsonb_agg(jsonb_build_array(
     'PROGRAM_' || e, 1, 'not_eligible', '+-??+'))) FROM generate_series(1, 12) e)
FROM cases

-- :clocks
INSERT INTO clocks (regency_code, id, case_id, step, state, amount, unit, pausable, policy_source, entries,
  started_at, due_at, act_at, acts)
SELECT regency_code, bench_uid(opened_at, hashtext(ticket), 'w'), id, 'first_response',
  CASE WHEN due_at IS NULL THEN 'stopped' ELSE 'running' END, 1, 'working_days', true, 'ours',
  jsonb_build_array(jsonb_build_object('kind', 'start', 'at', opened_at)), opened_at, due_at, due_at, 0
FROM cases

-- :facts
INSERT INTO case_facts (regency_code, id, case_id, name, value_sealed, source, as_of, at, by)
SELECT regency_code, bench_uid(opened_at, hashtext(ticket), 'f'), id, 'household.children_0_6',
  sha256(ticket::bytea), 'desk', opened_at::date, opened_at, opened_by
FROM cases

-- :events
INSERT INTO events (regency_code, id, stream_id, n, case_id, type, at, actor_kind, actor_id, cause_id, data, prev_hash,
  hash)
SELECT regency_code, bench_uid(opened_at, hashtext(ticket), 'e' || n), id, n, id,
  CASE n WHEN 1 THEN 'case.opened' ELSE 'case.routed' END, opened_at, 'officer', opened_by,
  bench_uid(opened_at, hashtext(ticket), 'a'),
  jsonb_build_object('ticket', ticket, 'kind', kind, 'category', category, 'priority', priority, 'place', village_code,
    'chronology_hmac', md5(ticket) || md5(ticket)),
  sha256((ticket || (n - 1))::bytea), sha256((ticket || n)::bytea)
FROM cases, generate_series(1, 2) n

-- :feed
INSERT INTO feed (regency_code, n, event_id, case_id, numbered_at)
SELECT regency_code, row_number() OVER (PARTITION BY regency_code ORDER BY at, id), id, case_id, at FROM events

-- :feed heads
INSERT INTO feed_heads (regency_code, n) SELECT regency_code, max(n) FROM feed GROUP BY regency_code

-- :referrals
INSERT INTO referrals (regency_code, id, case_id, program_code, agency_code, purpose, status, round, version, disclosed,
  village_code, district_code, person_id, sent_at, sent_by, updated_at, missing, due_at)
SELECT c.regency_code, bench_uid(c.opened_at, h.h, 'x'), c.id, p.code, p.agency_code, 'AID',
  CASE WHEN c.status = 'referred' THEN (ARRAY['sent', 'accepted', 'in_service'])[1 + h.h % 3]
       ELSE (ARRAY['fulfilled', 'fulfilled', 'refused', 'not_ours', 'unfulfilled'])[1 + h.h % 5] END,
  1, 1, '["name", "nik"]', c.village_code, c.district_code, c.person_id, c.opened_at + interval '1 day', c.opened_by,
  c.opened_at + interval '5 days', '[]', CASE WHEN c.status = 'referred' THEN c.opened_at + interval '6 days' END
FROM cases c
CROSS JOIN LATERAL (SELECT abs(hashtext(c.ticket)::bigint) AS h) h
JOIN LATERAL (SELECT code, agency_code FROM programs
  WHERE code = CASE h.h % 2 WHEN 0 THEN (ARRAY['PKH', 'SEMBAKO'])[1 + h.h / 2 % 2]
                    ELSE 'UMUM.DINSOS-' || replace(c.regency_code, '.', '') END) p ON true
WHERE c.status = 'referred' OR h.h % 10 < 4

-- :answers
INSERT INTO idempotency_keys (regency_code, account_id, route, key, body_digest, case_id, status, answer_sealed, headers,
  created_at, seen_at)
SELECT regency_code, opened_by, 'POST /v1/cases', md5(ticket) || md5(id::text), sha256(ticket::bytea), id, 201,
  decode(repeat(md5(ticket), 60), 'hex'), '[]', opened_at, opened_at
FROM cases WHERE opened_at > @now - interval '30 days'
