"""How long the reconciliation of a list takes against the large registry, and what the worker needs for it.

Nineteen of twenty rows are people of the registry; the NIK of the twentieth has a slip, so that she must be
found by her name and birth date. ``python -m bench run reconcile`` takes the list of a hundred thousand rows.
"""

import asyncio
import http.client
import json
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from hashlib import md5
from itertools import islice
from typing import Any, Final
from uuid import uuid4

import asyncpg

from app.integrations.embedded_postgres import Role, Running
from bench import proc
from bench.arms import service
from bench.ground import LARGE, SIZES, Keys
from bench.people import nik_of, regency_of
from bench.sweep import worker

ROWS: Final = 100_000
WARM: Final = 500
SLIPS: Final = 20
"""One row in so many has a slip in its NIK."""
REGENCY: Final = "63.03"
"""The one with most people."""
PROGRAM: Final = "PBI_JK"
PATIENCE: Final = 1_200
"""Seconds."""
_FIRST_BIRTH: Final = date(1940, 1, 1)
_BIRTHS: Final = 30_000
# The filled names are raw digests; the service's keys have no doubled letters.
_PREPARE: Final = (
    (
        r"UPDATE registry_entries SET name_key = regexp_replace(name_key, '(.)\1+', '\1', 'g') "
        r"WHERE name_key ~ '(.)\1'"
    ),
    r"UPDATE persons SET name_key = regexp_replace(name_key, '(.)\1+', '\1', 'g') WHERE name_key ~ '(.)\1'",
    "VACUUM (ANALYZE) registry_entries",
    "VACUUM (ANALYZE) persons",
    "CHECKPOINT",
)


def measure(running: Running, keys: Keys, rows: int = ROWS) -> dict[str, object]:
    asyncio.run(_prepare(running))
    content = a_list(rows)
    with service(running, keys) as serving, worker(running, keys) as pid:
        ask = _Asking(serving.port, serving.tokens[REGENCY])
        # The worker has read what it must know, and PostgreSQL has its pages.
        ask.until_done(ask.reconcile(a_list(WARM)))
        before, postgres, used = (
            proc.resident_mb(pid),
            proc.family_seconds(running.pid),
            proc.own_seconds(pid),
        )
        begun, peak = time.monotonic(), [before]
        made = ask.reconcile(content)
        shown = ask.until_done(made, lambda: peak.append(proc.resident_mb(pid)))
        seconds = time.monotonic() - begun
        return {
            "reconcile.rows": rows,
            "reconcile.seconds": round(seconds, 1),
            "reconcile.rows_per_second": round(rows / seconds),
            "reconcile.worker_cpu_s": round(proc.own_seconds(pid) - used, 1),
            "reconcile.pg_cpu_s": round(proc.family_seconds(running.pid) - postgres, 1),
            "reconcile.rss_growth_mb": round(max(peak) - before, 1),
            "reconcile.matched": shown["counts"]["matched"],
            "reconcile.probable": shown["counts"]["probable"],
            "reconcile.slips": rows // SLIPS,
        }


def a_list(rows: int) -> bytes:
    """Return the list as a CSV; the same for the same number of rows."""
    lines = ["NIK,Nama,Tanggal Lahir\n"]
    for place, n in enumerate(islice(_people(), rows)):
        nik, born = nik_of(n), _FIRST_BIRTH + timedelta(days=n % _BIRTHS)
        if place % SLIPS == 0:
            nik = f"{nik[:12]}{9000 + int(nik[12:]) % 1000:04}"
        name = md5(str(n).encode(), usedforsecurity=False).hexdigest()
        lines.append(f"{nik},Contoh {name},{born:%d-%m-%Y}\n")
    return "".join(lines).encode()


def _people() -> Iterator[int]:
    """Those of the regency whom the service's keys know."""
    return (n for n in range(0, SIZES[LARGE].people, 2) if regency_of(n) == REGENCY)


async def _prepare(running: Running) -> None:
    owner = await asyncpg.connect(running.url_for(Role.SUPERUSER, LARGE))
    for statement in _PREPARE:
        await owner.execute(statement)
    await owner.close()


class _Asking:
    """One officer of the regency over HTTP."""

    def __init__(self, port: int, token: str) -> None:
        self._port, self._token = port, token

    def reconcile(self, content: bytes) -> Any:
        """Send a list and ask for its reconciliation."""
        body = {
            "region": REGENCY,
            "program": PROGRAM,
            "list_id": self.send(content),
            "against": ["registry", "persons", "deaths_and_moves", "ledger"],
            "purpose": "list_check",
            "repeat": True,
        }
        return self.post("/v1/reconciliations", body)

    def until_done(self, made: Any, look: Callable[[], None] = lambda: None) -> Any:
        """Wait for its end; look at the worker meanwhile."""
        begun, shown = time.monotonic(), made
        while shown["job"]["state"]["code"] not in {"done", "failed"}:
            if time.monotonic() - begun > PATIENCE:
                raise TimeoutError(shown["job"])
            time.sleep(0.2)
            look()
            shown = self.get(f"/v1/reconciliations/{made['id']}")
        if shown["job"]["state"]["code"] != "done":
            raise RuntimeError(shown["job"]["problem"])
        return shown

    def send(self, content: bytes) -> str:
        headers = {"Content-Type": "text/csv", "Idempotency-Key": uuid4().hex}
        return str(self._ask("POST", f"/v1/lists?region={REGENCY}", content, headers)["id"])

    def post(self, path: str, body: Mapping[str, Any]) -> Any:
        headers = {"Content-Type": "application/json", "Idempotency-Key": uuid4().hex}
        return self._ask("POST", path, json.dumps(body).encode(), headers)

    def get(self, path: str) -> Any:
        return self._ask("GET", path, None, {})

    def _ask(self, method: str, path: str, content: bytes | None, headers: Mapping[str, str]) -> Any:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=120)
        try:
            connection.request(method, path, content, {**headers, "Authorization": f"Bearer {self._token}"})
            answer = connection.getresponse()
            said = answer.read()
        finally:
            connection.close()
        if answer.status >= 300:  # noqa: PLR2004
            raise RuntimeError(said[:500])
        return json.loads(said)
