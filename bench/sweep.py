"""How fast the worker sweeps due clocks, and what intake keeps beside it.

The clocks of a hundred thousand cases are made overdue in the large database. First the worker sweeps them
alone, as a process of its own with all its other jobs. Then they are made overdue once more, and the
service's intake is measured before and while a worker sweeps.
"""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import asyncpg

from app.integrations.embedded_postgres import Role, Running
from bench import proc
from bench.arms import Turns, requests_for, service
from bench.ground import DATA, LARGE, Keys

DUE: Final = 100_000
"""As many as ``_PREPARE`` makes due."""
SECONDS: Final = 10
PATIENCE: Final = 1_800
"""Half seconds."""
_FASTEST: Final = 1_500

# Nothing else is due: the sweep is of these clocks only. Each has its reminder behind it.
_PREPARE: Final = (
    "UPDATE escalations SET ended_at = at WHERE ended_at IS NULL",
    "UPDATE cases SET escalated_at = NULL, escalated_to = NULL WHERE escalated_at IS NOT NULL",
    "UPDATE clocks SET act_at = NULL, acts = 0 WHERE act_at IS NOT NULL OR acts > 0",
    (
        "UPDATE clocks SET state = 'running', acts = 1, due_at = started_at + interval '5 days', "
        "act_at = started_at + interval '5 days' "
        "WHERE (regency_code, id) IN (SELECT regency_code, id FROM clocks "
        "WHERE started_at < (SELECT max(started_at) FROM clocks) - interval '30 days' LIMIT 100000)"
    ),
    "VACUUM (ANALYZE) clocks",
    "VACUUM (ANALYZE) cases",
    "CHECKPOINT",
)
_LEFT: Final = "SELECT count(*) FROM clocks WHERE act_at IS NOT NULL AND acts = 1"


def measure(running: Running, keys: Keys) -> dict[str, object]:
    asyncio.run(_prepare(running))
    began, used = time.monotonic(), proc.family_seconds(running.pid)
    with worker(running, keys) as pid:
        left = asyncio.run(_until(running, 0))
        alone, worked = time.monotonic() - began, proc.own_seconds(pid)
        used = proc.family_seconds(running.pid) - used
    missing = asyncio.run(_missing(running))
    asyncio.run(_prepare(running))
    with service(running, keys) as serving:
        turns = Turns()
        # The first requests warm the pools up.
        for seconds in (2, SECONDS):
            idle = serving.measure(
                requests_for(serving.tokens, turns.take("service", seconds * _FASTEST)), seconds
            )
        with worker(running, keys):
            asyncio.run(_until(running, DUE - 1))
            before = asyncio.run(_ask(running, _LEFT))
            beside = serving.measure(
                requests_for(serving.tokens, turns.take("service", SECONDS * _FASTEST)), SECONDS
            )
            after = asyncio.run(_ask(running, _LEFT))
    return {
        "sweep.clocks": DUE - left,
        "sweep.seconds_100k": round(alone, 1),
        "sweep.worker_cpu_s": round(worked, 1),
        "sweep.pg_cpu_s": round(used, 1),
        "sweep.unescalatable": missing,
        "sweep.intake_idle_per_second": round(idle.per_second),
        "sweep.intake_beside_per_second": round(beside.per_second),
        "sweep.intake_kept": round(beside.per_second / idle.per_second, 2),
        "sweep.clocks_beside_per_second": round((before - after) / SECONDS),
    }


_MISSING: Final = (
    "SELECT count(*) FROM clocks k WHERE k.acts > 1 AND NOT EXISTS (SELECT 1 FROM escalations e "
    "WHERE e.regency_code = k.regency_code AND e.clock_id = k.id AND e.ended_at IS NULL)"
)


async def _prepare(running: Running) -> None:
    owner = await asyncpg.connect(running.url_for(Role.SUPERUSER, LARGE))
    for statement in _PREPARE:
        await owner.execute(statement)
    await owner.close()


async def _ask(running: Running, statement: str) -> int:
    owner = await asyncpg.connect(running.url_for(Role.OWNER, LARGE))
    found = int(await owner.fetchval(statement))
    await owner.close()
    return found


async def _missing(running: Running) -> int:
    """Count the clocks that the sweep passed and nobody was told of."""
    owner = await asyncpg.connect(running.url_for(Role.SUPERUSER, LARGE))
    # The planner has not heard of what the sweep wrote, and would go through all of it for each clock.
    await owner.execute("SET enable_nestloop = off")
    found = int(await owner.fetchval(_MISSING))
    await owner.close()
    return found


async def _until(running: Running, left: int) -> int:
    """Wait until no more than *left* clocks are due; return how many are."""
    for _ in range(PATIENCE):
        found = await _ask(running, _LEFT)
        if found <= left:
            break
        await asyncio.sleep(0.5)
    return found


@contextmanager
def worker(running: Running, keys: Keys, database: str = LARGE, **settings: str) -> Iterator[int]:
    """The worker as it is run, ``python -m app.worker``; give its process id."""
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("PUSKESOS_")},
        **keys.environment(),
        "PUSKESOS_DATABASE_URL": running.url_for(Role.APP, database),
        "PUSKESOS_DATA_DIR": str(DATA / "service"),
        **settings,
    }
    with (DATA / "worker.log").open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "app.worker"], env=environment, stdout=out, stderr=out
        )
        try:
            yield process.pid
        finally:
            process.terminate()
            process.wait(30)
