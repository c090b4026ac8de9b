"""The statements of opening a case, below SQLAlchemy: three round trips inside one transaction.

``MEET`` takes the idempotency key and the person's row lock, ``KNOW`` (in ``knowing``) reads what is known of
her after the lock is held (in one statement the snapshot would be older than the lock), ``WRITE`` adds
everything at once.
The benchmark runs these same texts through pgbench.
"""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

import asyncpg

from app.db.queries.idempotency import TwinRunning
from app.db.session import Raw
from app.domain.chain import dump
from app.domain.events.base import EventRecord

_MEET: Final = """
WITH idem AS (
  INSERT INTO idempotency_keys
    (regency_code, account_id, route, key, body_digest, created_at, seen_at)
  VALUES ($1::text, $2::uuid, $3::text, $4::text, $5::bytea, $6::timestamptz, $6::timestamptz)
  ON CONFLICT DO NOTHING
  RETURNING 1
), person AS (
  INSERT INTO persons
    (regency_code, id, data_key_id, name, name_key, nik_sealed, nik_digest, nik_last4, kk_digest,
     phone_sealed, phone_digest, address_sealed, born_on, sex, village_code, facts, provisional,
     provisional_digest, do_not_contact, created_at, seen_at, version)
  SELECT $1::text, $7::uuid, $8::uuid, $10::text, $11::text, $12::bytea, $13::bytea, $14::text, $15::bytea,
     $16::bytea, $17::bytea, $18::bytea, $19::date, $20::text, $21::text, '{}'::jsonb, $13::bytea IS NULL,
     $22::bytea, false, $6::timestamptz, $6::timestamptz, 1
  FROM idem
  ON CONFLICT (regency_code, %s) DO UPDATE SET seen_at = excluded.seen_at
  RETURNING id, data_key_id, household_id, name, nik_last4, born_on, sex, facts, village_code, merged_into
), key AS (
  INSERT INTO data_keys (regency_code, id, wrapped, created_at)
  SELECT $1::text, $8::uuid, $9::bytea, $6::timestamptz FROM person WHERE person.id = $7::uuid
)
SELECT p.id, p.data_key_id, p.household_id, p.name, p.nik_last4, p.born_on, p.sex, p.facts, p.village_code,
       p.merged_into, k.wrapped, h.facts AS household_facts, h.kk_digest AS household_kk
FROM person p
LEFT JOIN data_keys k ON k.regency_code = $1::text AND k.id = p.data_key_id
LEFT JOIN households h ON h.regency_code = $1::text AND h.id = p.household_id
"""
MEET_BY_NIK: Final = _MEET % "nik_digest"
MEET_PROVISIONAL: Final = _MEET % "provisional_digest"

MEET_CHOSEN: Final = """
WITH idem AS (
  INSERT INTO idempotency_keys
    (regency_code, account_id, route, key, body_digest, created_at, seen_at)
  VALUES ($1::text, $2::uuid, $3::text, $4::text, $5::bytea, $6::timestamptz, $6::timestamptz)
  ON CONFLICT DO NOTHING
  RETURNING 1
), person AS (
  UPDATE persons SET seen_at = $6::timestamptz
  WHERE regency_code = $1::text AND id = $7::uuid AND EXISTS (SELECT 1 FROM idem)
  RETURNING id, data_key_id, household_id, name, nik_last4, nik_digest, born_on, sex, facts, village_code,
    merged_into
)
SELECT (SELECT count(*) FROM idem) AS taken, p.id, p.data_key_id, p.household_id, p.name, p.nik_last4,
       p.nik_digest, p.born_on, p.sex, p.facts, p.village_code, p.merged_into, k.wrapped,
       h.facts AS household_facts, h.kk_digest AS household_kk
FROM (SELECT 1) AS one
LEFT JOIN person p ON true
LEFT JOIN data_keys k ON k.regency_code = $1::text AND k.id = p.data_key_id
LEFT JOIN households h ON h.regency_code = $1::text AND h.id = p.household_id
"""

MEET_KEPT: Final = """
WITH person AS (
  UPDATE persons SET seen_at = $3::timestamptz WHERE regency_code = $1::text AND id = $2::uuid
  RETURNING id, data_key_id, household_id, name, nik_last4, nik_digest, born_on, sex, facts, village_code,
    merged_into
)
SELECT p.id, p.data_key_id, p.household_id, p.name, p.nik_last4, p.nik_digest, p.born_on, p.sex, p.facts,
       p.village_code, p.merged_into, k.wrapped, h.facts AS household_facts, h.kk_digest AS household_kk
FROM person p
LEFT JOIN data_keys k ON k.regency_code = $1::text AND k.id = p.data_key_id
LEFT JOIN households h ON h.regency_code = $1::text AND h.id = p.household_id
"""

TAKE_KEY: Final = """
INSERT INTO idempotency_keys (regency_code, account_id, route, key, body_digest, created_at, seen_at)
VALUES ($1::text, $2::uuid, $3::text, $4::text, $5::bytea, $6::timestamptz, $6::timestamptz)
ON CONFLICT DO NOTHING
RETURNING 1
"""

WRITE: Final = """
WITH the_case AS (
  INSERT INTO cases
    (regency_code, id, ticket, pin_digest, kind, category, sector, ppks, service_pillar, channel, priority,
     confidentiality, closed_to, status, version, holder, desk_id, assignee_id, subject_kind, person_id,
     household_id, reporter_relation, village_code, district_code, data_key_id, private_sealed, current_aid,
     legal_basis, notice_version, program_code, opened_by, opened_at, updated_at, due_at, due_step,
     routing_n, outcome, outcome_reason, resolved_at, told_at, told_method, reopened_count, disputed_count,
     bounce_count, event_count, head)
  VALUES
    ($1::text, $2::uuid, $3::text, $4::bytea, $5::text, $6::text, $7::text, $8::text, $9::text, $10::text,
     $11::text, $12::text, $13::text, $14::text, 1, $15::text, $16::uuid, NULL, $17::text, $18::uuid,
     $19::uuid, $20::text, $21::text, $22::text, $23::uuid, $24::bytea, $25::jsonb, $26::text, $27::text,
     $28::text, $29::uuid, $30::timestamptz, $30::timestamptz, $31::timestamptz, $32::text, 1, $33::text,
     $34::text, $35::timestamptz, $36::timestamptz, $37::text, 0, 0, 0, $38::int, $39::bytea)
), routing AS (
  INSERT INTO routing_records
    (regency_code, id, case_id, n, at, engine_version, on_date, versions, facts_sealed, answer)
  VALUES ($1::text, $40::uuid, $2::uuid, 1, $30::timestamptz, $41::text, $42::date, $43::jsonb, $44::bytea,
     $45::jsonb)
), clock AS (
  INSERT INTO clocks
    (regency_code, id, case_id, step, state, amount, unit, pausable, policy_source, entries, started_at,
     due_at, act_at, acts)
  SELECT $1::text, c.id, $2::uuid, c.step, 'running', c.amount, c.unit, c.pausable, c.source, c.entries,
     $30::timestamptz, c.due_at, c.act_at, 0
  FROM jsonb_to_recordset($46::jsonb)
    AS c(id uuid, step text, amount int, unit text, pausable boolean, source text, entries jsonb,
         due_at timestamptz, act_at timestamptz)
), fact AS (
  INSERT INTO case_facts (regency_code, id, case_id, name, value_sealed, source, as_of, at, by)
  SELECT $1::text, f.id, $2::uuid, f.name, f.sealed, 'desk', $42::date, $30::timestamptz, $29::uuid
  FROM unnest($47::uuid[], $48::text[], $49::bytea[]) AS f(id, name, sealed)
), event AS (
  INSERT INTO events
    (regency_code, id, stream_id, n, case_id, type, at, actor_kind, actor_id, cause_id, data, prev_hash,
     hash)
  SELECT $1::text, e.id, $2::uuid, e.n, $2::uuid, e.type, $30::timestamptz, $50::text, $51::uuid, $52::uuid,
     e.data, e.prev_hash, e.hash
  FROM unnest($53::uuid[], $54::int[], $55::text[], $56::jsonb[], $57::bytea[], $58::bytea[])
    AS e(id, n, type, data, prev_hash, hash)
), pending AS (
  INSERT INTO feed_pending (regency_code, event_id) SELECT $1::text, unnest($53::uuid[])
)
UPDATE idempotency_keys SET status = 201, answer_sealed = $59::bytea, case_id = $2::uuid, headers = $60::jsonb
WHERE regency_code = $1::text AND account_id = $61::uuid AND route = $62::text AND key = $63::text
"""

ADD_KEY: Final = """
INSERT INTO data_keys (regency_code, id, wrapped, created_at) VALUES ($1, $2, $3, $4)
"""
KEY_OF: Final = """
SELECT wrapped FROM data_keys WHERE regency_code = $1 AND id = $2
"""
REKEY_NIK: Final = """
UPDATE persons SET nik_digest = $3 WHERE regency_code = $1 AND nik_digest = ANY($2::bytea[])
"""
MEET_HOUSEHOLD: Final = """
WITH home AS (
  INSERT INTO households
    (regency_code, id, data_key_id, kk_sealed, kk_digest, village_code, facts, created_at, updated_at)
  VALUES ($1, $2, $3, $4, $5, $6, '{}'::jsonb, $7, $7)
  ON CONFLICT (regency_code, kk_digest) DO UPDATE SET updated_at = excluded.updated_at
  RETURNING id, facts, village_code
), member AS (
  UPDATE persons SET household_id = home.id FROM home
  WHERE persons.regency_code = $1 AND persons.id = $8::uuid AND persons.household_id IS NULL
)
SELECT id, facts, village_code FROM home
"""
FIRST_ANSWER: Final = """
UPDATE idempotency_keys SET seen_at = $6
WHERE regency_code = $1 AND account_id = $2 AND route = $3 AND key = $4
RETURNING body_digest = $5 AS same_body, status, answer_sealed, headers, case_id
"""


@dataclass(frozen=True, slots=True)
class Key:
    """Under which name the first answer is kept, and what a second request must agree with."""

    regency_code: str
    account_id: UUID
    route: str
    key: str
    body_digest: bytes

    def row(self) -> tuple[object, ...]:
        return (self.regency_code, self.account_id, self.route, self.key, self.body_digest)


@dataclass(frozen=True, slots=True)
class Newcomer:
    """A person as the desk names her; used only if nobody of this identity is there yet."""

    id: UUID
    data_key_id: UUID
    wrapped: bytes
    name: str
    name_key: str
    nik_sealed: bytes | None
    nik_digest: bytes | None
    nik_last4: str | None
    kk_digest: bytes | None
    phone_sealed: bytes | None
    phone_digest: bytes | None
    address_sealed: bytes | None
    born_on: date | None
    sex: str | None
    village_code: str
    provisional_digest: bytes | None

    def row(self) -> tuple[object, ...]:
        return (
            self.id, self.data_key_id, self.wrapped, self.name, self.name_key, self.nik_sealed,
            self.nik_digest, self.nik_last4, self.kk_digest, self.phone_sealed, self.phone_digest,
            self.address_sealed, self.born_on, self.sex, self.village_code, self.provisional_digest,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Answer:
    """The first answer, sealed, as it is kept under the key."""

    sealed: bytes
    headers: Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class CaseRows:
    """Every row that each new case has, in the order of ``WRITE``."""

    regency_code: str
    id: UUID
    case: tuple[object, ...]
    """From ticket to head, as ``WRITE`` lists them."""
    routing: tuple[object, ...]
    """Id, engine version, local date, versions, sealed facts, answer."""
    clocks: str
    """A JSON list of clock rows."""
    facts: tuple[list[UUID], list[str], list[bytes]]
    """Ids, names and sealed values of what the desk stated."""
    events: Sequence[EventRecord]


@contextmanager
def twins_meet() -> Iterator[None]:
    """Turn a lock that was not given in time into ``TwinRunning``: another is writing the same just now."""
    try:
        yield
    except asyncpg.LockNotAvailableError as error:
        raise TwinRunning from error


async def meet(raw: Raw, key: Key, newcomer: Newcomer, now: datetime) -> Any:
    """Take the key and lock the person's row, made if absent; None when the key was taken before.

    Raises:
        TwinRunning: the same request, or another case of the person, is being written just now.
    """
    statement = MEET_BY_NIK if newcomer.nik_digest is not None else MEET_PROVISIONAL
    with twins_meet():
        return await raw.fetchrow(statement, *key.row(), now, *newcomer.row())


async def meet_chosen(raw: Raw, key: Key, person_id: UUID, now: datetime) -> Any:
    """Take the key and lock the row of a person chosen by id; ``taken`` 0: the key was taken before."""
    with twins_meet():
        return await raw.fetchrow(MEET_CHOSEN, *key.row(), now, person_id)


async def meet_kept(raw: Raw, regency_code: str, person_id: UUID, now: datetime) -> Any:
    """Lock the row of the person whom a merged record stands for."""
    with twins_meet():
        return await raw.fetchrow(MEET_KEPT, regency_code, person_id, now)


async def key_of(raw: Raw, regency_code: str, data_key_id: UUID) -> bytes | None:
    """Return a wrapped key as it is now: ``meet`` that waited for a lock read the keys before it waited."""
    row = await raw.fetchrow(KEY_OF, regency_code, data_key_id)
    return None if row is None else row["wrapped"]


async def take_key(raw: Raw, key: Key, now: datetime) -> bool:
    """Take the key for a case without a person; False when it was taken before."""
    with twins_meet():
        return await raw.fetchrow(TAKE_KEY, *key.row(), now) is not None


async def first_answer(raw: Raw, key: Key, now: datetime) -> Any:
    """Return what the key answered before; the look is a small write, as durable as the first answer."""
    return await raw.fetchrow(FIRST_ANSWER, *key.row(), now)


async def write(raw: Raw, key: Key, rows: CaseRows, answer: Answer) -> None:
    """Add the case with everything that every case has, and keep its answer under the key."""
    events = rows.events
    first = events[0]
    await raw.execute(
        WRITE,
        rows.regency_code,
        rows.id,
        *rows.case,
        *rows.routing,
        rows.clocks,
        *rows.facts,
        first.actor_kind,
        first.actor_id,
        first.cause_id,
        [event.id for event in events],
        [event.n for event in events],
        [event.type for event in events],
        [dump(event.data) for event in events],
        [event.prev_hash for event in events],
        [event.hash for event in events],
        answer.sealed,
        json.dumps(answer.headers),
        key.account_id,
        key.route,
        key.key,
    )
