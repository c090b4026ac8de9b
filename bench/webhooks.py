"""How fast events are pushed, beside a bare loop of the same client, and what hanging endpoints do to others.

``python -m bench.webhooks`` is the receiver: it answers on one port, hangs on another, and tells at the end
when each event came and how old it was.
"""

import asyncio
import json
import statistics
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

import asyncpg
import httpx

from app.domain.webhooks import signed_headers
from app.integrations.embedded_postgres import Role, Running
from app.integrations.keyring import Keyring
from app.integrations.randomness import Ids
from app.integrations.vault import Vault
from bench import proc
from bench.arms import Service, service
from bench.ground import Keys
from bench.people import regency_of
from bench.sweep import worker
from bench.sync import BATCH, REGENCY, made, of_people, send

DATABASE: Final = "bench_webhooks"
BATCHES: Final = 4
WORKERS: Final = 2
ENDPOINTS: Final = 1_000
HANGING: Final = 100
ROUNDS: Final = 8
BETWEEN: Final = 5.0
"""Seconds between two openings while a thousand endpoints listen."""
BESIDE: Final = 8
PATIENCE: Final = 600
IDLE: Final = 0.5
"""Seconds of CPU that two workers and PostgreSQL take in each when nothing is due."""
SECRET: Final = bytes(range(32))


def measure(running: Running, keys: Keys) -> dict[str, object]:
    """Push the events of two thousand openings to one endpoint; then each opening to a thousand of them."""
    made(running, DATABASE)
    ids = iter([n for n in range(0, 2_000_000, 2) if regency_of(n) == REGENCY])
    with service(running, keys, DATABASE) as serving:
        rate, bare, events = _one_endpoint(running, keys, serving, ids)
        delays = _thousand(running, keys, serving, ids)
    return {
        "webhooks.events": events,
        "webhooks.per_second": round(rate),
        "webhooks.bare_per_second": round(bare),
        "webhooks.by_bare": round(rate / bare, 2),
        "webhooks.endpoints": ENDPOINTS,
        "webhooks.hanging": HANGING,
        "webhooks.good_arrived": len(delays),
        "webhooks.good_delay_median_s": round(statistics.median(delays), 2),
        "webhooks.good_delay_max_s": round(max(delays), 2),
    }


def _one_endpoint(
    running: Running, keys: Keys, serving: Service, people: Iterator[int]
) -> tuple[float, float, int]:
    for _ in range(BATCHES):
        send(serving, of_people([next(people) for _ in range(BATCH)]))
    with receiver() as there:
        with _workers(running, keys) as workers:
            # What the openings make the worker do besides is done before: here the pushing is measured.
            _until_idle(running, workers)
            asyncio.run(_listen(running, keys, [there.good], from_the_start=True))
            asyncio.run(_until_sent(running))
        came = there.told()
        with receiver() as again:
            bodies = [bytes.fromhex(one["body"]) for one in came[:2_000]]
            asyncio.run(_bare(again.good, bodies))
            told = again.told()
            bare = len(told) / (told[-1]["at"] - told[0]["at"])
    asyncio.run(_ask(running, "UPDATE webhooks SET state = 'removed', due_at = NULL"))
    first, last = came[0]["at"], came[-1]["at"]
    return len(came) / (last - first), bare, len(came)


def _thousand(running: Running, keys: Keys, serving: Service, people: Iterator[int]) -> list[float]:
    """Return how old each event was when it came to an endpoint that answers."""
    with receiver() as there, _workers(running, keys):
        time.sleep(5)
        urls = [there.hanging if n < HANGING else f"{there.good}/{n}" for n in range(ENDPOINTS)]
        asyncio.run(_listen(running, keys, urls, types=("case.opened",)))
        for _ in range(ROUNDS):
            send(serving, of_people([next(people)]))
            time.sleep(BETWEEN)
        time.sleep(15)
        return [one["age"] for one in there.told()]


@contextmanager
def _workers(running: Running, keys: Keys) -> Iterator[list[int]]:
    with ExitStack() as stack:
        made = (worker(running, keys, DATABASE, PUSKESOS_WEBHOOK_LOOPBACK="true") for _ in range(WORKERS))
        yield [stack.enter_context(one) for one in made]


def _until_idle(running: Running, workers: Sequence[int]) -> None:
    """Wait until the workers and PostgreSQL have had next to nothing to do for a while."""

    def spent() -> float:
        return sum(map(proc.own_seconds, workers)) + proc.family_seconds(running.pid)

    quiet = 0
    for _ in range(PATIENCE):
        before = spent()
        time.sleep(1)
        quiet = quiet + 1 if spent() - before < IDLE else 0
        if quiet > 2:  # noqa: PLR2004  # seconds
            return


async def _listen(
    running: Running,
    keys: Keys,
    urls: Sequence[str],
    types: Sequence[str] = (),
    *,
    from_the_start: bool = False,
) -> None:
    """Write endpoints of the secretariat down: an owner may make a few, and a thousand are asked for."""
    vault, ids, now = Vault(Keyring.parse(keys.master), cache_size=1), Ids(), datetime.now(UTC)
    line = await asyncpg.connect(running.url_for(Role.OWNER, DATABASE))
    heads = {
        row["regency_code"]: row["n"] for row in await line.fetch("SELECT regency_code, n FROM feed_heads")
    }
    if from_the_start:
        heads = dict.fromkeys(heads, 0)
    rows = []
    for url in urls:
        id_ = ids.new_id(now)
        boxed = vault.box("webhook", SECRET, id_.bytes)
        rows.append((REGENCY, id_, url, json.dumps(list(types)), boxed, json.dumps(heads), now, UUID(int=0)))
    await line.executemany(
        "INSERT INTO webhooks (regency_code, id, url, description, types, regencies, programs, secret_boxed, "
        "state, position, last_seq, waiting, claims, failures, created_at, created_by, version) "
        "VALUES ($1, $2, $3, '', $4, '[]', '[]', $5, 'active', $6, 0, 0, 0, 0, $7, $8, 1)",
        rows,
    )
    await line.close()


_LEFT: Final = """
SELECT (SELECT count(*) FROM feed_pending)
     + (SELECT count(*) FROM webhook_deliveries WHERE state = 'waiting')
     + (SELECT count(*) FROM webhooks w JOIN feed_heads h ON h.regency_code = w.regency_code
        WHERE w.state = 'active' AND h.n > coalesce((w.position ->> h.regency_code)::bigint, 0))
"""


async def _until_sent(running: Running) -> None:
    """Wait until nothing waits, and nothing came for a while."""
    quiet = 0
    for _ in range(PATIENCE):
        left = await _ask(running, _LEFT)
        quiet = quiet + 1 if left == 0 else 0
        if quiet > 4:  # noqa: PLR2004  # two seconds
            return
        await asyncio.sleep(0.5)


async def _ask(running: Running, statement: str) -> int:
    line = await asyncpg.connect(running.url_for(Role.OWNER, DATABASE))
    try:
        return int(await line.fetchval(statement) or 0)
    finally:
        await line.close()


async def _bare(url: str, bodies: Sequence[bytes]) -> None:
    """Sign and post the same bodies with the same client, as many beside each other, and nothing else."""
    waiting = iter(enumerate(bodies))
    limits = httpx.Limits(max_connections=BESIDE, max_keepalive_connections=BESIDE)

    async with httpx.AsyncClient(limits=limits, trust_env=False) as client:

        async def one() -> None:
            for n, body in waiting:
                headers = signed_headers([SECRET], str(n), datetime.now(UTC), body)
                await client.post(url, content=body, headers={**headers, "Content-Type": "application/json"})

        await asyncio.gather(*(one() for _ in range(BESIDE)))


# The receiver -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Receiver:
    good: str
    hanging: str
    process: subprocess.Popen[bytes]

    def told(self) -> list[dict[str, Any]]:
        """End it, and return what came, in order."""
        out, _ = self.process.communicate()
        found: list[dict[str, Any]] = json.loads(out)
        return found


@contextmanager
def receiver() -> Iterator[Receiver]:
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.webhooks"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    if process.stdout is None:
        raise RuntimeError("no way to hear the receiver")
    ports = json.loads(process.stdout.readline())
    try:
        yield Receiver(*(f"http://127.0.0.1:{port}" for port in ports), process)
    finally:
        process.kill()
        process.wait()


async def _receive() -> None:
    came: list[dict[str, Any]] = []

    async def good(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).lower()
                length = int(head.partition(b"content-length: ")[2].partition(b"\r\n")[0])
                body = await reader.readexactly(length)
                at = time.time()
                said = datetime.fromisoformat(json.loads(body)["timestamp"]).timestamp()
                came.append({"at": at, "age": at - said, "body": body.hex()})
                writer.write(b"HTTP/1.1 204 X\r\ncontent-length: 0\r\n\r\n")
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    async def hanging(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    async with _server(good) as first, _server(hanging) as second:
        print(json.dumps([first, second]), flush=True)
        await asyncio.to_thread(sys.stdin.buffer.read)
    print(json.dumps(came))


@asynccontextmanager
async def _server(handle: Any) -> AsyncIterator[int]:
    server = await asyncio.start_server(handle, "127.0.0.1", 0, backlog=2_000)
    try:
        yield int(server.sockets[0].getsockname()[1])
    finally:
        server.close()


if __name__ == "__main__":
    asyncio.run(_receive())
