"""How fast registry lists are checked, taken in and compared, beside a raw copy of the rows that come of it.

Two lists of one million rows go the whole way: sent over HTTP, checked and committed by the worker as a
process of its own, compared. In between, psql copies the rows of the first into a table of the same form.
Meanwhile people are looked up by their NIK. At the end everything is taken away again.
"""

import asyncio
import json
import os
import statistics
import subprocess
import threading
import time
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Self
from urllib.request import Request, urlopen
from uuid import uuid4

import asyncpg

from app.domain.ids import parse_public_id
from app.integrations.embedded_postgres import Role, Running
from bench import proc, registry_files
from bench.arms import Service, service
from bench.ground import DATA, LARGE, Keys
from bench.people import nik_of, spread
from bench.sweep import worker

ROWS: Final = int(os.environ.get("PUSKESOS_BENCH_IMPORT_ROWS", "1000000"))
PERIODS: Final = ("2027-Q1", "2027-Q2")
PATIENCE: Final = 3600
"""Seconds for one job."""
_COLUMNS: Final = (
    "regency_code, snapshot_id, n, verdict, reasons, enters, nik_digest, kk_digest, name_key, born_on, "
    "village_code, desil, status, programs, sealed, decision, decided_at, decided_by"
)
_LOOK: Final = (
    "EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) SELECT regency_code, source, period, status, desil, programs, "
    "facts FROM registry_entries WHERE nik_digest = ANY($1::bytea[])"
)


@dataclass(slots=True)
class Watch:
    """Looks at memory, and asks for people, while something runs."""

    serving: Service
    worker_pid: int
    ms: list[float] = field(default_factory=list)
    most_mb: float = 0
    _stop: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)

    def __enter__(self) -> Self:
        self._threads = [threading.Thread(target=self._memory), threading.Thread(target=self._ask)]
        for one in self._threads:
            one.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for one in self._threads:
            one.join()

    def _memory(self) -> None:
        while not self._stop.wait(0.2):
            self.most_mb = max(self.most_mb, family_mb(self.worker_pid))

    def _ask(self) -> None:
        turn = 0
        while not self._stop.is_set():
            turn += 1
            self.ms.append(look_up(self.serving, turn))


def measure(running: Running, keys: Keys) -> dict[str, object]:
    files = [DATA / f"registry_{ROWS}_{n}.csv" for n in range(2)]
    for n, path in enumerate(files):
        if not path.exists():
            registry_files.write(path, ROWS, of=n)
    _clean(running)
    with service(running, keys) as serving, worker(running, keys) as pid:
        idle = [look_up(serving, turn) for turn in range(300)][50:]
        _warm(serving)
        before = family_mb(pid)
        raw: list[float] = []
        checks, commits, found = [], [], {}
        with Watch(serving, pid) as watch:
            first, told = _check(serving, files[0], PERIODS[0])
        checks.append(told)
        ready = _ready(running, first)
        raw.append(_raw(running, ready))
        commits.append(_commit(serving, first))
        raw.append(_raw(running, ready))
        second, told = _check(serving, files[1], PERIODS[1])
        checks.append(told)
        raw.append(_raw(running, ready))
        commits.append(_commit(serving, second))
        found |= _compared(serving, second)
        buffers = asyncio.run(_buffers(running))
    _clean(running)
    ready.unlink()
    copied = statistics.median(raw)
    return {
        "import.rows": ROWS,
        "import.raw_s": round(copied, 2),
        "import.check_s": [round(one, 2) for one in checks],
        "import.commit_s": [round(one, 2) for one in commits],
        "import.check_ratio": round(statistics.median(checks) / copied, 2),
        "import.commit_ratio": round(statistics.median(commits) / copied, 2),
        "import.rss_growth_mb": round(watch.most_mb - before, 1),
        "import.lookup_idle_p50_ms": round(statistics.median(idle), 2),
        "import.lookup_beside_p50_ms": round(statistics.median(watch.ms), 2),
        "import.lookup_ratio": round(statistics.median(watch.ms) / statistics.median(idle), 2),
        "import.lookup_buffers": buffers,
        **found,
    }


def _warm(serving: Service) -> None:
    """Have a few rows checked: what the worker knows of regions and rules is read once, whatever comes."""
    small = DATA / "registry_small.csv"
    registry_files.write(small, 10)
    snapshot, _ = _check(serving, small, PERIODS[0])
    ask(serving, "POST", f"/v1/registry/snapshots/{snapshot}/withdraw", {})


def family_mb(pid: int) -> float:
    """Resident memory of a process and of its children."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    found = proc.resident_mb(pid)
    for child in children:
        try:
            found += proc.resident_mb(int(child))
        except (FileNotFoundError, ProcessLookupError):
            continue
    return found


def look_up(serving: Service, turn: int) -> float:
    """Ask for a person by her NIK; return the milliseconds."""
    begun = time.perf_counter()
    ask(serving, "POST", "/v1/people/lookup", {"nik": nik_of(spread(turn, 100_000))})
    return (time.perf_counter() - begun) * 1000


def ask(serving: Service, method: str, path: str, body: Any = None, **headers: str) -> Any:
    content = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
    asked = Request(f"http://127.0.0.1:{serving.port}{path}", content, method=method)  # our own
    asked.add_header("Authorization", f"Bearer {serving.tokens[registry_files.REGENCY]}")
    asked.add_header("Content-Type", headers.pop("kind", "application/json"))
    if method == "POST" and not path.endswith("/lookup"):
        asked.add_header("Idempotency-Key", uuid4().hex)
    with urlopen(asked, timeout=600) as answer:  # noqa: S310  # our own
        return json.load(answer)


def _check(serving: Service, path: Path, period: str) -> tuple[str, float]:
    """Send a list and have it checked; return its id and the seconds that the job took."""
    sent = ask(serving, "POST", "/v1/lists", path.read_bytes(), kind="text/csv")
    body = {"list_id": sent["id"], "source": "DTSEN", "period": period}
    made = ask(serving, "POST", "/v1/registry/snapshots", body)
    return made["id"], _await(serving, made["job"]["id"])


def _commit(serving: Service, snapshot: str) -> float:
    made = ask(serving, "POST", f"/v1/registry/snapshots/{snapshot}/commit", {})
    return _await(serving, made["job"]["id"])


def _await(serving: Service, job: str) -> float:
    for _ in range(PATIENCE * 4):
        told = ask(serving, "GET", f"/v1/jobs/{job}")
        if told["state"]["code"] == "done":
            return _seconds(told)
        if told["state"]["code"] in {"failed", "stopped"}:
            raise RuntimeError(told)
        time.sleep(0.25)
    raise TimeoutError(job)


def _seconds(told: dict[str, Any]) -> float:
    begun, ended = (datetime.fromisoformat(told[name]) for name in ("started_at", "ended_at"))
    return float((ended - begun).total_seconds())


def _compared(serving: Service, snapshot: str) -> dict[str, object]:
    """Wait for the comparison that the commit has ordered."""
    jobs = ask(serving, "GET", "/v1/jobs?kind=registry_diff&limit=1")["items"]
    seconds = _await(serving, jobs[0]["id"])
    told = ask(serving, "GET", f"/v1/registry/snapshots/{snapshot}/diff?limit=1")
    return {
        "diff.seconds": round(seconds, 2),
        "diff.changes": sum(one["rows"] for one in told["kinds"]),
        "diff.flagged": told["flagged"],
    }


def _ready(running: Running, snapshot: str) -> Path:
    """Write the rows that came of a check as a file, ready to be copied."""
    place, path = parse_public_id(snapshot), DATA / "ready.copy"
    if place is None:
        raise ValueError(snapshot)
    rows = (
        f"SELECT {_COLUMNS} FROM registry_rows "  # noqa: S608  # ids of our own
        f"WHERE regency_code = '{place.tenant}' AND snapshot_id = '{place.id}'"
    )
    _psql(running, f"\\copy ({rows} ORDER BY n) TO '{path}'")
    return path


def _raw(running: Running, ready: Path) -> float:
    """Copy the ready rows into an empty table of the same form; return the seconds."""
    _psql(
        running,
        "DROP TABLE IF EXISTS bench_rows",
        "CREATE TABLE bench_rows (LIKE registry_rows INCLUDING ALL)",
    )
    begun = time.perf_counter()
    _psql(running, f"\\copy bench_rows ({_COLUMNS}) FROM '{ready}'")
    took = time.perf_counter() - begun
    _psql(running, "DROP TABLE bench_rows", "CHECKPOINT")
    return took


def _psql(running: Running, *commands: str) -> None:
    given = [part for command in commands for part in ("-c", command)]
    done: subprocess.CompletedProcess[str] = running.run_tool(
        "psql", ["-X", "-q", "-v", "ON_ERROR_STOP=1", *given], role=Role.SUPERUSER, database=LARGE
    )
    if done.returncode:
        raise RuntimeError(done.stderr[-1000:])


async def _buffers(running: Running) -> int:
    """The buffers of the worst of a hundred look-ups by NIK."""
    raw = await asyncpg.connect(running.url_for(Role.APP, LARGE))
    rows = await raw.fetch(
        "SELECT nik_digest FROM registry_entries WHERE regency_code = $1 LIMIT 100", "13.71"
    )
    worst = 0
    for row in rows:
        (plan,) = json.loads(await raw.fetchval(_LOOK, [row["nik_digest"]]))
        top = plan["Plan"]
        worst = max(worst, top["Shared Hit Blocks"] + top["Shared Read Blocks"])
    await raw.close()
    return worst


_MINE: Final = "SELECT id FROM registry_snapshots WHERE period IN ('2027-Q1', '2027-Q2')"
_CLEAN: Final = (
    f"DELETE FROM registry_changes WHERE snapshot_id IN ({_MINE})",  # noqa: S608  # words of our own
    f"DELETE FROM registry_diffs WHERE snapshot_id IN ({_MINE})",  # noqa: S608
    "DELETE FROM registry_entries WHERE period IN ('2027-Q1', '2027-Q2')",
    f"DELETE FROM registry_rows WHERE snapshot_id IN ({_MINE})",  # noqa: S608
    "DELETE FROM registry_snapshots WHERE period IN ('2027-Q1', '2027-Q2')",
    "DELETE FROM list_files",
    "DROP TABLE IF EXISTS bench_rows",
    "VACUUM (ANALYZE) registry_entries",
    "VACUUM (ANALYZE) registry_rows",
    "CHECKPOINT",
)
"""Takes away what an earlier run left: snapshots of the bench's own periods."""


def _clean(running: Running) -> None:
    _psql(running, *_CLEAN)
