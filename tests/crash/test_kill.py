"""kill -9, at random moments, of the service, of PostgreSQL and of both, while eight desks write over HTTP.

Every case that was acknowledged is there afterwards, once, with its events and an unbroken chain; the same
request sent again gets the first answer, byte for byte. Nothing that was not acknowledged is there by halves.
"""

import asyncio
import json
import random
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import func, select

from app.db.queries.work import NUMBER_FEED
from app.db.session import Database, connect, read_only
from app.db.tables.cases import Case, Clock, RoutingRecord
from app.db.tables.events import Event, FeedPending, FeedRow
from app.integrations.embedded_postgres import EmbeddedPostgres
from app.integrations.keyring import make_keys
from app.integrations.seal_copies import SealCopies
from app.integrations.seals import SealSigner
from app.services.audit import Evidence, verify
from app.worker.loop import JOBS
from tests.crash.conftest import Folder, Service, token_of
from tests.support.desk import CASE, a_person
from tests.support.proof import size

pytestmark = [pytest.mark.commits, pytest.mark.process, pytest.mark.timeout(3_600)]

KILLS = size(4, 50)
LEASE = JOBS[NUMBER_FEED].lease
WRITERS = 8
SEED = 20261125
VICTIMS = ("service", "postgres", "both")


@dataclass
class Sent:
    """One request: its key, its bytes, and the first answer if one came."""

    key: str
    content: bytes
    answer: bytes | None = None


@dataclass
class Ledger:
    """What the desks know: every request that they ever sent."""

    sent: list[Sent] = field(default_factory=list)
    replays: int = 0
    refusals: Counter[int] = field(default_factory=Counter)

    def acknowledged(self) -> list[Sent]:
        return [one for one in self.sent if one.answer is not None]


class Desks:
    """Eight writers that never give up on a request: the key stays the same until an answer comes."""

    def __init__(self, url: str, token: str, ledger: Ledger) -> None:
        self.url, self.token, self.ledger = url, token, ledger
        self.stopping = asyncio.Event()

    async def write(self, luck: random.Random) -> None:
        async with httpx.AsyncClient(base_url=self.url, timeout=15) as client:
            while not self.stopping.is_set():
                one = Sent(uuid4().hex, json.dumps({**CASE, "subject": a_person()}).encode())
                self.ledger.sent.append(one)
                await self.insist(client, one)
                if luck.random() < 0.1:
                    again = luck.choice(self.ledger.acknowledged())
                    await self.insist(client, again)

    async def insist(self, client: httpx.AsyncClient, one: Sent) -> None:
        """Send until it is acknowledged; a second acknowledgement must be the first one."""
        while True:
            with suppress(httpx.TransportError):
                answer = await self.send(client, one)
                if answer.status_code == 201:
                    assert one.answer in {None, answer.content}, "another answer to the same request"
                    self.ledger.replays += one.answer is not None
                    one.answer = answer.content
                    return
                # 409: a twin of ours that died is still seen for a moment.
                assert answer.status_code in {409, 503}, answer.text
                assert int(answer.headers["Retry-After"]) > 0
                self.ledger.refusals[answer.status_code] += 1
            await asyncio.sleep(0.05)

    async def send(self, client: httpx.AsyncClient, one: Sent) -> httpx.Response:
        headers = {
            "Authorization": f"Bearer {self.token}",
            "Content-Type": "application/json",
            "Idempotency-Key": one.key,
        }
        return await client.post("/v1/cases", content=one.content, headers=headers)


async def strike(service: Service, victim: str) -> None:
    if victim in {"postgres", "both"}:
        service.kill_postgres()
    if victim == "postgres":
        # The service lives on without a database for a while, and says so.
        async with httpx.AsyncClient(base_url=service.url, timeout=15) as client:
            assert (await client.get("/livez")).status_code == 200
            assert (await client.get("/readyz")).status_code == 503
    await service.kill()


async def test_nothing_acknowledged_is_lost_or_doubled(folder: Folder, tmp_path: Path) -> None:
    luck = random.Random(SEED)  # noqa: S311  # the same moments each time
    service = Service(folder, tmp_path / "service.log")
    await service.start()
    async with httpx.AsyncClient(base_url=service.url) as client:
        token = await token_of(client)
    ledger = Ledger()
    desks = Desks(service.url, token, ledger)
    writing = [
        asyncio.create_task(desks.write(random.Random(n)))  # noqa: S311
        for n in range(WRITERS)
    ]
    for n in range(KILLS):
        await asyncio.sleep(luck.uniform(0.2, 1.5))
        await strike(service, VICTIMS[n % len(VICTIMS)])
        await service.start()
    await asyncio.sleep(0.5)
    desks.stopping.set()
    async with asyncio.timeout(60):
        await asyncio.gather(*writing)
    await check_replays(desks)
    # The worker numbers what the last ones have written, once the lease of the one that was killed is over.
    await asyncio.sleep(LEASE.total_seconds() + 3)
    await service.stop()
    await check_database(folder, ledger)
    assert len(ledger.acknowledged()) == len(ledger.sent) > KILLS * WRITERS
    assert ledger.replays > KILLS


async def check_replays(desks: Desks) -> None:
    """Send everything that was acknowledged once more."""
    async with httpx.AsyncClient(base_url=desks.url, timeout=15) as client:
        for one in desks.ledger.acknowledged():
            answer = await desks.send(client, one)
            assert answer.status_code == 201, answer.text
            assert answer.headers["Idempotency-Replayed"] == "true"
            assert answer.content == one.answer


async def check_database(folder: Folder, ledger: Ledger) -> None:
    keys = make_keys(folder.path / "keys.json")
    with EmbeddedPostgres().start(folder.path) as running:
        database = await connect(running.url, pool_size=2, intake_pool_size=1)
        try:
            await check_rows(database, [json.loads(one.answer or b"{}") for one in ledger.acknowledged()])
            async with read_only(database.sessions) as tx:
                copies = SealCopies(folder.path / "seals")
                report = await verify(tx, Evidence(SealSigner.parse(keys.seal_key), copies), lambda _: None)
            assert report.sound, report.findings
        finally:
            await database.close()


async def check_rows(database: Database, told: list[dict[str, Any]]) -> None:
    async with read_only(database.sessions) as tx:
        tickets = Counter(await tx.scalars(select(Case.ticket)))
        opened = Counter(await tx.scalars(select(Event.case_id).where(Event.type == "case.opened")))
        ids = set(await tx.scalars(select(Case.id)))
        parts = [
            set(await tx.scalars(select(column).distinct()))
            for column in (RoutingRecord.case_id, Clock.case_id, Event.case_id)
        ]
        short = await tx.scalar(
            select(func.count())
            .select_from(Case)
            .where(
                Case.event_count
                != select(func.count()).where(Event.case_id == Case.id).correlate(Case).scalar_subquery()
            )
        )
        waiting = await tx.scalar(select(func.count()).select_from(FeedPending))
        numbered = await tx.scalar(select(func.count()).select_from(FeedRow))
        events = await tx.scalar(select(func.count()).select_from(Event))
    assert tickets == Counter(one["ticket"] for one in told)
    assert set(tickets.values()) == {1}
    assert opened == Counter(dict.fromkeys(ids, 1))
    assert all(part == ids for part in parts)
    assert short == 0
    assert (waiting, numbered) == (0, events)
