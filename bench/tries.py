"""How long a draft takes to be tried on a million past cases, as the worker does it.

The decisions are real: questions of many kinds are routed by the shipped programmes, sealed each under a key
of its own, and stored with their cases in a database of their own, which is filled once.
"""

import asyncio
import json
import os
import random
import time
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

import asyncpg

from app import clock
from app.db import migrations
from app.db.queries import jobs
from app.db.queries.acting import Acting
from app.db.queries.jobs import Order
from app.db.session import connect, transaction
from app.domain.access import SYSTEM, Permission
from app.domain.codes import CaseKind
from app.domain.facts import LEDGER, Value
from app.domain.jobs import JobKind
from app.domain.programs import digest_of, parse_program
from app.domain.routing import (
    Need,
    Place,
    Question,
    compile_catalogue,
    record,
    route,
    sealed_to_json,
    to_json,
)
from app.integrations.embedded_postgres import Role, Running
from app.integrations.keyring import Keyring
from app.integrations.randomness import Ids
from app.integrations.vault import Vault
from app.services.knowledge import KnowledgeSource
from bench import proc
from bench.engine import SHIPPED
from bench.fill import places, without_indexes
from bench.ground import Keys, grant, reference
from bench.sweep import worker

TRIES: Final = "bench_tries"
CASES: Final = int(os.environ.get("BENCH_TRIES", "1000000"))
"""Fewer for a look; the figure that counts is that of a million."""
REGENCY: Final = "13.74"
PATIENCE: Final = 1_200
"""Half seconds."""
_KINDS: Final = 5_000
"""Questions that differ; each is asked again and again, by somebody else."""
_BATCH: Final = 20_000
_TODAY: Final = date(2026, 11, 20)
_DRAFT: Final = "PKH"
"""Tried with a stricter decile: many cases would go elsewhere."""
_TABLES: Final = ("cases", "routing_records", "data_keys")
_COLUMNS: Final = {
    "data_keys": ("regency_code", "id", "wrapped", "created_at"),
    "cases": (
        "regency_code", "id", "ticket", "pin_digest", "kind", "category", "sector", "channel", "priority",
        "confidentiality", "status", "version", "holder", "subject_kind", "reporter_relation", "village_code",
        "district_code", "data_key_id", "private_sealed", "current_aid", "legal_basis", "notice_version",
        "opened_by", "opened_at", "updated_at", "routing_n", "reopened_count", "disputed_count",
        "bounce_count", "event_count", "head",
    ),
    "routing_records": (
        "regency_code", "id", "case_id", "n", "at", "engine_version", "on_date", "versions", "facts_sealed",
        "answer",
    ),
}  # fmt: skip
_OLDEST: Final = datetime(2025, 1, 1, tzinfo=UTC)
_APART: Final = timedelta(seconds=58)
"""Between two cases: a million of them are some two years."""


def measure(running: Running, keys: Keys) -> dict[str, object]:
    asyncio.run(_fill(running, keys))
    job = asyncio.run(_order(running))
    began = time.monotonic()
    with worker(running, keys, TRIES) as pid:
        most, used, postgres = 0.0, 0.0, proc.family_seconds(running.pid)
        for _ in range(PATIENCE):
            state, done = asyncio.run(_state(running, job))
            most = max(most, proc.resident_mb(pid))
            used = proc.family_seconds(pid)
            if state in {"done", "failed"}:
                break
            time.sleep(0.5)
        took = time.monotonic() - began
        postgres = proc.family_seconds(running.pid) - postgres
    tally = asyncio.run(_tally(running, job))
    return {
        "tries.cases": done,
        "tries.state": state,
        "tries.seconds": round(took, 1),
        "tries.seconds_per_million": round(took / max(done, 1) * 1e6, 1),
        "tries.worker_cpu_s": round(used, 1),
        "tries.pg_cpu_s": round(postgres, 1),
        "tries.worker_rss_mb": round(most, 1),
        "tries.changed": sum(tally["moves"].values()) and tally["shifts"].get("no_longer_eligible", 0),
        "tries.same": tally["shifts"].get("same", 0),
    }


async def _fill(running: Running, keys: Keys) -> None:
    """Make the database, unless it holds as many cases already."""
    owner_url = running.url_for(Role.OWNER, TRIES)
    try:
        there = await asyncpg.connect(owner_url)
        held = await there.fetchval("SELECT count(*) FROM cases")
        await there.close()
        if held == CASES:
            return
    except (asyncpg.InvalidCatalogNameError, asyncpg.UndefinedTableError):
        pass
    await asyncio.to_thread(_make, running)
    engine = migrations.migration_engine(owner_url)
    async with engine.begin() as connection:
        await connection.run_sync(grant)
    await engine.dispose()
    await reference(running.url_for(Role.APP, TRIES), clock.now())
    owner = await asyncpg.connect(owner_url)
    async with owner.transaction(), without_indexes(owner, _TABLES, print):
        vault, kinds, chance = Vault(Keyring.parse(keys.master), cache_size=1), _kinds(), random.Random(4)  # noqa: S311
        for start in range(0, CASES, _BATCH):
            rows = [_row(vault, kinds, n, chance) for n in range(start, min(start + _BATCH, CASES))]
            for table, columns in _COLUMNS.items():
                records = [row[table] for row in rows]
                await owner.copy_records_to_table(table, records=records, columns=columns)
    for table in _TABLES:
        await owner.execute(f"VACUUM (ANALYZE) {table}")
    await owner.close()
    above = await asyncpg.connect(running.url_for(Role.SUPERUSER, TRIES))
    await above.execute("CHECKPOINT")
    await above.close()


def _make(running: Running) -> None:
    running.drop_database(TRIES)
    running.create_database(TRIES)
    migrations.upgrade(running.url_for(Role.OWNER, TRIES))


Kind = tuple[str, str, str]
"""A village, the answer that is stored, and what is sealed of it."""


def _kinds() -> list[Kind]:
    catalogue = compile_catalogue(parse_program(one) for one in json.loads(SHIPPED.read_text("utf-8")))
    villages = [village for regency, village in places() if regency == REGENCY]
    chance = random.Random(7)  # noqa: S311  # people who are invented
    return [_kind(catalogue, villages, chance) for _ in range(_KINDS)]


def _kind(catalogue: Any, villages: list[str], chance: random.Random) -> Kind:
    village = chance.choice(villages)
    need = Need(CaseKind.LAYANAN, "PERMOHONAN_BANSOS", "SOSIAL_EKONOMI", names_need=True)
    question = Question(_facts(chance), need, Place(REGENCY, village), _TODAY)
    kept = record(route(catalogue, question))
    return village, json.dumps(to_json(kept)), json.dumps(sealed_to_json(question))


def _facts(chance: random.Random) -> dict[str, Value]:
    known: dict[str, Value] = {
        LEDGER: frozenset(chance.sample(["PKH", "SEMBAKO", "PBI_JK"], chance.randrange(3))),
        "registry.listed": chance.random() < 0.8,  # noqa: PLR2004
        "registry.excluded": False,
        "registry.desil": chance.randint(1, 10),
        "person.age": chance.randint(0, 95),
        "person.sex": chance.choice("LP"),
        "person.has_nik": True,
        "household.size": chance.randint(1, 8),
        "household.children_0_6": chance.randrange(3),
        "household.pregnant": chance.random() < 0.1,  # noqa: PLR2004
        "household.elderly": chance.randrange(2),
    }
    return {name: value for name, value in known.items() if name == LEDGER or chance.random() < 0.9}  # noqa: PLR2004


def _row(vault: Vault, kinds: list[Kind], n: int, chance: random.Random) -> dict[str, tuple[object, ...]]:
    village, answer, sealed = kinds[chance.randrange(len(kinds))]
    case, record_id, key_id = uuid4(), uuid4(), uuid4()
    key, at = vault.new_data_key(), _OLDEST + n * _APART
    facts = vault.seal(key.key, "routing_records", "facts", record_id, sealed)
    return {
        "data_keys": (REGENCY, key_id, key.wrapped, at),
        "cases": (
            REGENCY, case, f"1374-{n:08X}-X", b"\0" * 32, "LAYANAN", "PERMOHONAN_BANSOS", "SOSIAL_EKONOMI",
            "DATANG", "BIASA", "BIASA", "closed", 1, "desk", "person", "SELF", village, village[:8], key_id,
            b"\0" * 400, "[]", "public_task", "2026-1", None, at, at, 1, 0, 0, 0, 1, b"\0" * 32,
        ),
        "routing_records": (
            REGENCY, record_id, case, 1, at, "1", _TODAY, '{"programs": 1}', facts, answer,
        ),
    }  # fmt: skip


async def _order(running: Running) -> UUID:
    """Order the trial of a stricter bound, as the service stores it."""
    document = next(one for one in json.loads(SHIPPED.read_text("utf-8")) if one["code"] == _DRAFT)
    version = {**document["version"], "n": 2, "criteria": _stricter(document["version"]["criteria"])}
    draft = {**document, "version": version}
    database = await connect(running.url_for(Role.APP, TRIES), pool_size=2, intake_pool_size=1)
    now, ids = clock.now(), Ids()
    wanted = {
        "program": _DRAFT, "version": 2, "digest": digest_of(draft), "document": draft,
        "since": "2025-01-01", "until": f"{now.date() + timedelta(days=1):%Y-%m-%d}", "sample": None,
    }  # fmt: skip
    order = Order(JobKind.TRY_PROGRAM, REGENCY, REGENCY, Permission.PROGRAM_DRAFT, wanted)
    known = await KnowledgeSource(database).current(now)
    async with transaction(database.sessions) as tx:
        acting = Acting(
            tx, known, Vault(Keyring.parse(Keys.kept().master)), ids, SYSTEM, now, ids.new_id(now)
        )
        job = await jobs.order(acting, order)
    await database.close()
    return job.id


def _stricter(node: dict[str, Any]) -> dict[str, Any]:
    if "fact" not in node:
        return {how: [_stricter(one) for one in below] for how, below in node.items()}
    return {**node, "value": [1, 2]} if node["fact"] == "registry.desil" else node


async def _state(running: Running, job: UUID) -> tuple[str, int]:
    owner = await asyncpg.connect(running.url_for(Role.OWNER, TRIES))
    row = await owner.fetchrow("SELECT state, done FROM jobs WHERE id = $1", job)
    await owner.close()
    return str(row["state"]), int(row["done"])


async def _tally(running: Running, job: UUID) -> dict[str, Any]:
    owner = await asyncpg.connect(running.url_for(Role.OWNER, TRIES))
    found = await owner.fetchval("SELECT position -> 'tally' FROM jobs WHERE id = $1", job)
    await owner.close()
    return dict(json.loads(found))
