"""Counting figures from scratch, and reading them: at a hundred thousand cases and at a million."""

import asyncio
import http.client
import json
import os
import statistics
import subprocess
import time
from typing import Final

import asyncpg

from app.integrations.embedded_postgres import Role, Running
from bench.arms import PUSKESOS, Service, service
from bench.ground import DATA, LARGE, SMALL, Keys

REGENCY: Final = "63.03"
"""Half of all cases are its own."""
ROUNDS: Final = 40
QUESTION: Final = {"measures": ["open", "resolved"], "by": "sector", "place": "district"}
LIVE: Final = """
SELECT district_code, sector, count(*) FILTER (WHERE status NOT IN ('resolved', 'closed', 'void')) AS open,
       count(*) FILTER (WHERE resolved_at IS NOT NULL) AS resolved
FROM cases WHERE regency_code = $1 GROUP BY 1, 2
"""
"""What a screen would ask without figures: the same split of the cases themselves."""


def measure(running: Running, keys: Keys) -> dict[str, object]:
    """Count both databases anew, then read the same figures from each."""
    small, large = _rebuild(running, keys, SMALL), _rebuild(running, keys, LARGE)
    reads = {name: _read(running, keys, name) for name in (SMALL, LARGE)}
    live = asyncio.run(_live(running.url_for(Role.OWNER, LARGE)))
    return {
        "figures.rebuild_100k_s": round(small, 1),
        "figures.rebuild_1m_s": round(large, 1),
        "figures.read_100k_ms": round(reads[SMALL], 1),
        "figures.read_1m_ms": round(reads[LARGE], 1),
        "figures.read_growth": round(reads[LARGE] / reads[SMALL], 2),
        "figures.live_1m_ms": round(live, 1),
        "figures.live_by_read": round(live / reads[LARGE], 1),
    }


def _rebuild(running: Running, keys: Keys, database: str) -> float:
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("PUSKESOS_")},
        **keys.environment(),
        "PUSKESOS_DATABASE_URL": running.url_for(Role.APP, database),
        "PUSKESOS_DATA_DIR": str(DATA / "service"),
    }
    begun = time.monotonic()
    subprocess.run(
        [str(PUSKESOS), "figures", "rebuild"], env=environment, check=True, stdout=subprocess.DEVNULL
    )
    return time.monotonic() - begun


def _read(running: Running, keys: Keys, database: str) -> float:
    """Return the middle of how long an answer takes, in milliseconds, HTTP included."""
    with service(running, keys, database) as serving:
        times = [_asked(serving) for _ in range(ROUNDS)]
    return statistics.median(times[ROUNDS // 4 :])


def _asked(serving: Service) -> float:
    line = http.client.HTTPConnection("127.0.0.1", serving.port, timeout=60)
    headers = {"Authorization": f"Bearer {serving.tokens[REGENCY]}", "Content-Type": "application/json"}
    begun = time.perf_counter()
    line.request("POST", "/v1/metrics/query", json.dumps(QUESTION), headers)
    answer = line.getresponse()
    told = answer.read()
    took = (time.perf_counter() - begun) * 1000
    line.close()
    if answer.status != http.client.OK or not json.loads(told):
        raise RuntimeError(told[:2000].decode("utf-8", "replace"))
    return took


async def _live(url: str) -> float:
    line = await asyncpg.connect(url)
    times = []
    for _ in range(5):
        begun = time.perf_counter()
        await line.fetch(LIVE, REGENCY)
        times.append((time.perf_counter() - begun) * 1000)
    await line.close()
    return statistics.median(times)
