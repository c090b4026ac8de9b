"""The two arms of the intake comparison, on one PostgreSQL: the service over HTTP, and pgbench."""

import asyncio
import json
import os
import pickle
import re
import resource
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Final
from urllib.parse import urlencode
from urllib.request import Request, urlopen

from pydantic import SecretStr

from app.db.session import INTAKE_SETTINGS
from app.domain.ids import tenant_digits
from app.integrations.embedded_postgres import Role, Running
from app.main import open_house
from app.settings import Settings
from bench import limit, proc
from bench.fill import places
from bench.ground import DATA, LARGE, LOGIN, PASSWORD, REGENCIES, SIZES, Keys
from bench.load import Job
from bench.people import regency_of, request_of, spread

CLIENTS: Final = 16
PUSKESOS: Final = Path(sys.executable).with_name("puskesos")


@dataclass(frozen=True, slots=True)
class Measured:
    """One run of one arm."""

    per_second: float
    transactions: int
    cpu: proc.Cpu
    ms: dict[str, float]

    def each_ms(self, seconds: float) -> float:
        return seconds * 1000 / self.transactions


@dataclass(frozen=True, slots=True)
class Service:
    """The running service and a token for each regency."""

    pid: int
    port: int
    postmaster: int
    tokens: dict[str, str]

    def measure(self, requests: Sequence[bytes], seconds: float) -> Measured:
        job = pickle.dumps(Job(self.port, CLIENTS, seconds, list(requests)))
        before = (proc.own_seconds(self.pid), proc.family_seconds(self.postmaster), proc.machine_seconds())
        begun = time.monotonic()
        done = subprocess.run(
            [sys.executable, "-m", "bench.load"], input=job, capture_output=True, check=True
        )
        took = time.monotonic() - begun
        told = json.loads(done.stdout)
        if told["wrong"]:
            raise RuntimeError(f"{told['wrong']} answers were not 201, the first: {told['first_wrong']}")
        service = proc.own_seconds(self.pid) - before[0]
        postgres = proc.family_seconds(self.postmaster) - before[1]
        machine = proc.machine_seconds() - before[2]
        cpu = proc.Cpu(service, postgres, told["cpu"], took, machine - _START_OF_PYTHON)
        return Measured(told["done"] / told["seconds"], told["done"], cpu, told["ms"])


_START_OF_PYTHON: Final = 0.1
"""CPU seconds until the client's interpreter stands; they are ours, not somebody else's."""


class Turns:
    """Whose turn it is: nobody comes twice to one filling, over all runs."""

    def __init__(self) -> None:
        self._file = DATA / "turns.json"
        self._at = json.loads(self._file.read_text()) if self._file.exists() else {"service": 0, "pgbench": 0}

    def take(self, arm: str, count: int) -> range:
        start = self._at[arm]
        self._at[arm] = start + count
        self._file.write_text(json.dumps(self._at))
        return range(start, start + count)


def requests_for(service_tokens: dict[str, str], turns: range) -> list[bytes]:
    people = SIZES[LARGE].people
    numbers = [spread(turn, people) for turn in turns]
    return [request_of(n, service_tokens[regency_of(n)]) for n in numbers]


def requests_for_people(service_tokens: dict[str, str], people: Sequence[int]) -> list[bytes]:
    return [request_of(n, service_tokens[regency_of(n)]) for n in people]


@contextmanager
def service(running: Running, keys: Keys, database: str = LARGE) -> Iterator[Service]:
    """The service as it is run: ``puskesos serve``, one process, log lines and all."""
    port = _free_port()
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("PUSKESOS_")},
        **keys.environment(),
        "PUSKESOS_DATABASE_URL": running.url_for(Role.APP, database),
        "PUSKESOS_DATA_DIR": str(DATA / "service"),
    }
    log = DATA / "service.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [str(PUSKESOS), "serve", "--port", str(port)], env=environment, stdout=out, stderr=out
        )
        try:
            _wait(port, process, log)
            tokens = {regency: _token(port, regency) for regency in REGENCIES}
            yield Service(process.pid, port, running.pid, tokens)
        finally:
            process.terminate()
            process.wait(30)


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _wait(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(600):
        if process.poll() is not None:
            raise RuntimeError(log.read_text("utf-8", "replace")[-2000:])
        try:
            with socket.create_connection(("127.0.0.1", port), 1):
                return
        except OSError:
            time.sleep(0.1)
    raise TimeoutError(log)


def _token(port: int, regency: str) -> str:
    digits = tenant_digits(regency)
    form = {
        "grant_type": "password",
        "client_id": f"konsol@{digits}",
        "username": f"{LOGIN}@{digits}",
        "password": PASSWORD,
    }
    asked = Request(f"http://127.0.0.1:{port}/v1/oauth/token", urlencode(form).encode())  # our own
    with urlopen(asked, timeout=30) as answer:  # noqa: S310
        return str(json.load(answer)["access_token"])


class Limit:
    """pgbench on the same database, with scripts made of real requests: one for each regency."""

    def __init__(self, running: Running, keys: Keys, tokens: dict[str, str], turns: Turns) -> None:
        self._running = running
        self._folder = DATA / "pgbench"
        self._folder.mkdir(exist_ok=True)
        self._turns = turns
        self._arguments = self._scripts(keys, tokens)

    def measure(self, seconds: int) -> Measured:
        # A counter per client; a run cannot do more transactions than this.
        turns = self._turns.take("pgbench", seconds * 6000 // CLIENTS)
        postmaster = self._running.pid
        before = (proc.family_seconds(postmaster), _children_seconds(), proc.machine_seconds())
        done = self._running.run_tool(
            "pgbench",
            [
                "-n", "-M", "prepared", "-c", str(CLIENTS), "-j", "1", "-T", str(seconds), "-r",
                "-D", f"turn={turns.start}", "-D", f"prefix={int(time.time() * 1000) >> 16:08x}",
                *self._arguments,
                # Planned as the service's own pool asks for it, or the two would not be one work.
                f"dbname={LARGE} options='-c plan_cache_mode={INTAKE_SETTINGS['plan_cache_mode']}'",
            ],
            role=Role.APP,
            database=LARGE,
        )  # fmt: skip
        if done.returncode or "failed transactions: 0 " not in done.stdout.replace("number of ", ""):
            raise RuntimeError(done.stderr[-2000:] + done.stdout[:1000])
        count = int(_found(r"transactions actually processed: (\d+)", done.stdout))
        latency = float(_found(r"latency average = ([\d.]+)", done.stdout))
        cpu = proc.Cpu(
            0.0,
            proc.family_seconds(postmaster) - before[0],
            _children_seconds() - before[1],
            seconds,
            proc.machine_seconds() - before[2],
        )
        return Measured(float(_found(r"tps = ([\d.]+)", done.stdout)), count, cpu, {"mean": latency})

    def _scripts(self, keys: Keys, tokens: dict[str, str]) -> list[str]:
        arguments: list[str] = []
        kept = list(places())
        ranges = {
            regency: [k for k, _ in found]
            for regency, found in groupby(enumerate(kept), key=lambda pair: pair[1][0])
        }
        recorded = asyncio.run(self._recorded(keys, tokens))
        for regency, sent in recorded.items():
            mine = range(ranges[regency][0], ranges[regency][-1] + 1)
            ground = limit.Ground(regency, mine, len(kept), SIZES[LARGE].people)
            script = limit.script_of(sent, ground, CLIENTS)
            path = self._folder / f"{regency}.sql"
            path.write_text(script.text)
            arguments += [*script.arguments(), "-f", f"{path}@{len(mine)}"]
        return arguments

    async def _recorded(self, keys: Keys, tokens: dict[str, str]) -> dict[str, list[limit.Sent]]:
        url = self._running.url_for(Role.APP, LARGE)
        settings = Settings(
            database_url=SecretStr(url), master_keys=SecretStr(keys.master), index_keys=SecretStr(keys.index)
        )
        found: dict[str, list[limit.Sent]] = {}
        async with open_house(settings) as house:
            while len(found) < len(REGENCIES):
                n = spread(self._turns.take("service", 1).start, SIZES[LARGE].people)
                regency = regency_of(n)
                if regency not in found:
                    found[regency] = await limit.record(house, url, request_of(n, tokens[regency]))
        return found


def _found(pattern: str, text: str) -> str:
    match = re.search(pattern, text)
    if match is None:
        raise RuntimeError(text)
    return match[1]


def _children_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
