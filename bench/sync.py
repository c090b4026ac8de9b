"""What an opening costs in a batch of five hundred, beside one that comes alone, on one service."""

import asyncio
import http.client
import json
import statistics
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final
from uuid import uuid4

from app import clock
from app.db import migrations
from app.integrations.embedded_postgres import Role, Running
from bench import proc
from bench.arms import Service, requests_for_people, service
from bench.ground import Keys, grant, reference
from bench.people import body_of, regency_of

SYNC: Final = "bench_sync"
BATCH: Final = 500
PAIRS: Final = 5
BATCHES: Final = 3
"""In each arm of a pair; as many openings come alone."""
SECONDS: Final = 60
"""More than they take."""
REGENCY: Final = "13.74"


def measure(running: Running, keys: Keys) -> dict[str, object]:
    """Compare the two on a database of their own, in which nobody has been at a desk before."""
    made(running, SYNC)
    with service(running, keys, SYNC) as serving:
        people = iter([n for n in range(0, 2_000_000, 2) if regency_of(n) == REGENCY])
        _pair(serving, people, 1)
        pairs = [_pair(serving, people, BATCHES) for _ in range(PAIRS)]
        resident = proc.resident_mb(serving.pid)

    def middle(values: Sequence[float], digits: int = 3) -> float:
        return round(statistics.median(values), digits)

    return {
        "sync.cpu_by_single": middle([pair["ratio"] for pair in pairs]),
        "sync.single_service_ms": middle([pair["single_service"] for pair in pairs]),
        "sync.single_pg_ms": middle([pair["single_pg"] for pair in pairs]),
        "sync.service_ms": middle([pair["service"] for pair in pairs]),
        "sync.pg_ms": middle([pair["pg"] for pair in pairs]),
        "sync.per_second": middle([pair["per_second"] for pair in pairs], 0),
        "sync.pairs": len(pairs),
        "sync.rss_mb": round(resident, 1),
    }


def made(running: Running, database: str) -> None:
    """Make a database with the reference data and nobody in it."""
    running.drop_database(database)
    running.create_database(database)
    owner = running.url_for(Role.OWNER, database)
    migrations.upgrade(owner)
    asyncio.run(_granted(owner))
    asyncio.run(reference(running.url_for(Role.APP, database), clock.now()))


async def _granted(owner: str) -> None:
    engine = migrations.migration_engine(owner)
    async with engine.begin() as connection:
        await connection.run_sync(grant)
    await engine.dispose()


def _pair(serving: Service, people: Any, batches: int) -> dict[str, float]:
    alone = requests_for_people(serving.tokens, [next(people) for _ in range(batches * BATCH)])
    one = serving.measure(alone, SECONDS)
    bodies = [of_people([next(people) for _ in range(BATCH)]) for _ in range(batches)]
    before = (proc.own_seconds(serving.pid), proc.family_seconds(serving.postmaster))
    begun = time.monotonic()
    for body in bodies:
        send(serving, body)
    took = time.monotonic() - begun
    n = batches * BATCH
    spent = (proc.own_seconds(serving.pid) - before[0], proc.family_seconds(serving.postmaster) - before[1])
    found = {
        "single_service": one.each_ms(one.cpu.service),
        "single_pg": one.each_ms(one.cpu.postgres),
        "service": spent[0] * 1000 / n,
        "pg": spent[1] * 1000 / n,
        "per_second": n / took,
    }
    found["ratio"] = (found["service"] + found["pg"]) / (found["single_service"] + found["single_pg"])
    print(
        f"alone {found['single_service']:.2f} + {found['single_pg']:.2f} ms  "
        f"in a batch {found['service']:.2f} + {found['pg']:.2f} ms, {found['per_second']:.0f}/s  "
        f"ratio {found['ratio']:.3f}",
        flush=True,
    )
    return found


def of_people(people: Sequence[int]) -> bytes:
    """Return a batch that opens a case for each."""
    now = datetime.now(UTC).isoformat()
    operations = [
        {"id": uuid4().hex, "kind": "open_case", "at": now, "body": json.loads(body_of(n))} for n in people
    ]
    return json.dumps(
        {"device": {"id": str(uuid4()), "sent_at": now}, "operations": operations}, separators=(",", ":")
    ).encode()


def send(serving: Service, body: bytes) -> None:
    """Send a batch.

    Raises:
        RuntimeError: one of it was not applied.
    """
    line = http.client.HTTPConnection("127.0.0.1", serving.port, timeout=120)
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {serving.tokens[REGENCY]}"}
    line.request("POST", "/v1/sync", body, headers)
    answer = line.getresponse()
    told = answer.read()
    line.close()
    if answer.status != http.client.OK:
        raise RuntimeError(told[:2000].decode("utf-8", "replace"))
    wrong = [one for one in json.loads(told)["results"] if one["verdict"] != "applied"]
    if wrong:
        raise RuntimeError(f"{len(wrong)} were not applied, the first: {wrong[0]}")
