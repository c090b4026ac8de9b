"""Measuring, in an order in which nothing disturbs what comes after it."""

import asyncio
import json
import os
import platform
import statistics
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version

from app import clock
from app.integrations.embedded_postgres import Role, Running
from bench import (
    engine,
    feed,
    figures,
    imports,
    lists,
    proc,
    reconcile,
    report,
    sweep,
    sync,
    tries,
    uploads,
    webhooks,
)
from bench.arms import CLIENTS, Limit, Measured, Service, Turns, requests_for, service
from bench.ground import DATA, HONEST, LARGE, SMALL, Keys, is_filled, postgres

WHOLE = {
    "sweep": sweep,
    "import": imports,
    "reconcile": reconcile,
    "try": tries,
    "uploads": uploads,
    "sync": sync,
    "webhooks": webhooks,
    "feed": feed,
    "figures": figures,
}
"""Parts that are a module each, in this order."""
PARTS = frozenset({"intake", "lists", "engine", *WHOLE})
BY_THEMSELVES = frozenset({"engine", "try", "sync", "webhooks"})
"""What needs no data of ``make bench-data``."""
PAIRS = 6
SECONDS = 4
TRIES = 3
QUIET = 0.3
"""Cores that others may keep busy in a run that counts."""
_FASTEST = 1500
"""Requests a second that the service will not reach here: so many are made ready."""


@dataclass(frozen=True, slots=True)
class Pair:
    """The two arms, one right after the other."""

    service: Measured
    limit: Measured

    @property
    def ratio(self) -> float:
        return self.service.per_second / self.limit.per_second

    @property
    def others(self) -> float:
        return max(self.service.cpu.others, self.limit.cpu.others)


def run(parts: frozenset[str]) -> None:
    """Measure *parts*, or everything."""
    wanted = parts or PARTS
    if not is_filled() and not wanted <= BY_THEMSELVES:
        sys.exit("Run first: make bench-data")
    results: dict[str, object] = {}
    if "engine" in wanted:
        results |= _engine()
    with postgres(HONEST) as running:
        results["versions.postgresql"] = running.run_tool("pgbench", ["--version"]).stdout.split()[-1]
        if "lists" in wanted:
            results |= asyncio.run(_lists(running))
        if "intake" in wanted:
            results |= _intake(running)
        for name, part in WHOLE.items():
            if name in wanted:
                results |= part.measure(running, Keys.kept())
    results |= _surroundings()
    report.show(results)
    report.write(results, whole=not parts)


def _engine() -> dict[str, object]:
    small, large = engine.costs(60), engine.costs(1000)
    return {
        "engine.us_60": round(small.route, 1),
        "engine.us_1000": round(large.route, 1),
        "engine.growth": round(large.route / small.route, 2),
        "engine.record_us_60": round(small.record, 1),
        "engine.record_us_1000": round(large.record, 1),
        "engine.to_json_us_60": round(small.to_json, 1),
    }


async def _lists(running: Running) -> dict[str, object]:
    now = datetime.fromisoformat(json.loads((DATA / "filled.json").read_text())["at"])
    small = await lists.plans_of(running.url_for(Role.APP, SMALL), now)
    large = await lists.plans_of(running.url_for(Role.APP, LARGE), now)
    found: dict[str, object] = {}
    for name, one in lists.compare(small, large).items():
        found[f"lists.{name}.buffers_100k"] = one.small.buffers
        found[f"lists.{name}.buffers_1m"] = one.large.buffers
        found[f"lists.{name}.ratio"] = round(one.ratio, 2)
    return found


def _intake(running: Running) -> dict[str, object]:
    keys = Keys.kept()
    with service(running, keys) as serving:
        turns = Turns()
        limit = Limit(running, keys, serving.tokens, turns)
        _pair(serving, limit, turns, 2)
        pairs, noisy = _quiet_pairs(serving, limit, turns)
        resident = proc.resident_mb(serving.pid)
    return {**_told(pairs), "intake.noisy": noisy, "service.rss_mb": round(resident, 1)}


def _quiet_pairs(serving: Service, limit: Limit, turns: Turns) -> tuple[list[Pair], bool]:
    """Take pairs until enough of them were quiet; after three tries all that there are, marked noisy."""
    quiet: list[Pair] = []
    everything: list[Pair] = []
    for _ in range(TRIES):
        for _ in range(PAIRS - len(quiet)):
            pair = _pair(serving, limit, turns, SECONDS)
            everything.append(pair)
            if pair.others <= QUIET:
                quiet.append(pair)
        if len(quiet) >= PAIRS:
            return quiet, False
    return everything, True


def _pair(serving: Service, limit: Limit, turns: Turns, seconds: int) -> Pair:
    requests = requests_for(serving.tokens, turns.take("service", seconds * _FASTEST))
    pair = Pair(serving.measure(requests, seconds), limit.measure(seconds))
    print(
        f"service {pair.service.per_second:6.0f}/s  pgbench {pair.limit.per_second:6.0f}/s  "
        f"ratio {pair.ratio:.3f}  others {pair.others:.2f} cores",
        flush=True,
    )
    return pair


def _told(pairs: Sequence[Pair]) -> dict[str, object]:
    served, limits = [pair.service for pair in pairs], [pair.limit for pair in pairs]

    def middle(values: Sequence[float], digits: int = 3) -> float:
        return round(statistics.median(values), digits)

    return {
        "intake.ratio": middle([pair.ratio for pair in pairs]),
        "intake.ratio_min": round(min(pair.ratio for pair in pairs), 3),
        "intake.ratio_max": round(max(pair.ratio for pair in pairs), 3),
        "intake.pairs": len(pairs),
        "intake.clients": CLIENTS,
        "intake.service_per_second": middle([one.per_second for one in served], 0),
        "intake.pgbench_per_second": middle([one.per_second for one in limits], 0),
        "intake.service_cpu_ms": middle([one.each_ms(one.cpu.service) for one in served]),
        "intake.pg_cpu_ms": middle([one.each_ms(one.cpu.postgres) for one in served]),
        "intake.client_cpu_ms": middle([one.each_ms(one.cpu.client) for one in served]),
        "intake.pgbench_pg_cpu_ms": middle([one.each_ms(one.cpu.postgres) for one in limits]),
        "intake.pgbench_client_cpu_ms": middle([one.each_ms(one.cpu.client) for one in limits]),
        "intake.p50_ms": middle([one.ms["50"] for one in served], 1),
        "intake.p95_ms": middle([one.ms["95"] for one in served], 1),
        "intake.p99_ms": middle([one.ms["99"] for one in served], 1),
        "intake.others_cores": middle([pair.others for pair in pairs], 2),
    }


def _surroundings() -> dict[str, object]:
    packages = ("fastapi", "starlette", "uvicorn", "uvloop", "httptools", "asyncpg", "pydantic", "sqlalchemy")
    return {
        "at": clock.now().isoformat(timespec="seconds"),
        "versions.python": platform.python_version(),
        "versions.machine": f"{platform.machine()}, {os.cpu_count()} cores",
        **{f"versions.{name}": version(name) for name in packages},
    }
