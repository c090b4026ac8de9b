"""The access log of one process: reads of personal data, refusals and log-ins, buffered, chained, flushed."""

import asyncio
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import structlog

from app.db.queries import access_log
from app.db.queries.access_log import AccessRow, access_body
from app.db.session import Database, transaction
from app.domain.chain import GENESIS, event_hash
from app.domain.codes import ActorKind
from app.domain.errors import Unavailable

FLUSH_SECONDS: Final = 1.0
SEGMENT_AGE: Final = timedelta(hours=1)
SEGMENT_ROWS: Final = 10_000
"""A segment ends with its hour or at this length, so that seals and audits read it whole."""
BATCH: Final = 1_000
MAX_WAITING: Final = 100_000
"""Entries kept while the database is away; then new ones are dropped, counted and reported."""


@dataclass(frozen=True, slots=True)
class AccessEntry:
    """Who looked at what, or was refused. Codes and ids only."""

    regency_code: str
    """The tenant of the subject; for a log-in that of the account."""
    at: datetime
    actor_kind: ActorKind
    actor_id: UUID | None
    action: str
    """``person.read``, ``person.reveal``, ``login`` …"""
    subject_kind: str
    subject_id: UUID | None
    result: str
    """``ok``, ``not_found``, ``forbidden``, ``unauthenticated`` …"""
    request_id: str
    purpose: str | None = None
    ticket: str | None = None


@dataclass(slots=True)
class _Segment:
    """One chain of this process in one tenant."""

    id: UUID
    begun_at: datetime
    n: int = 0
    hash: bytes = GENESIS

    def add(self, entry: AccessEntry) -> AccessRow:
        self.n += 1
        row = AccessRow(
            regency_code=entry.regency_code,
            segment_id=self.id,
            n=self.n,
            at=entry.at,
            actor_kind=entry.actor_kind.value,
            actor_id=entry.actor_id,
            action=entry.action,
            subject_kind=entry.subject_kind,
            subject_id=entry.subject_id,
            ticket=entry.ticket,
            result=entry.result,
            request_id=entry.request_id,
            purpose=entry.purpose,
            hash=GENESIS,
        )
        self.hash = event_hash(self.hash, access_body(row))
        return row._replace(hash=self.hash)

    def is_over(self, at: datetime) -> bool:
        return self.n >= SEGMENT_ROWS or at >= self.begun_at + SEGMENT_AGE


@dataclass(slots=True)
class AccessLog:
    """``note`` costs no waiting; what is noted is in the database a second later.

    A process that dies loses at most the second's reads. What must not be lost is noted with ``record``,
    which answers when it is stored.
    """

    database: Database
    new_id: Callable[[datetime], UUID]
    dropped: int = 0
    _noted: deque[AccessEntry] = field(default_factory=deque)
    _rows: dict[str, list[AccessRow]] = field(default_factory=dict)
    """Rows with their place in the chain, until they are known to be stored."""
    _segments: dict[str, _Segment] = field(default_factory=dict)
    _one_at_a_time: asyncio.Lock = field(default_factory=asyncio.Lock)

    def note(self, entry: AccessEntry) -> None:
        if len(self._noted) >= MAX_WAITING:
            self.dropped += 1
            return
        self._noted.append(entry)

    async def record(self, entry: AccessEntry) -> None:
        """Store an entry before going on.

        Raises:
            Unavailable: it could not be stored; it stays noted.
        """
        self._noted.append(entry)
        await self.flush()

    async def flush(self) -> None:
        """Store everything noted so far, in one short transaction per batch.

        Raises:
            Unavailable: what could not be stored stays, in its place in the chain, for the next flush.
        """
        async with self._one_at_a_time:
            self._chain()
            for tenant in list(self._rows):
                await self._store(tenant)

    async def run(self, stop: asyncio.Event) -> None:
        """Flush each second, and a last time when *stop* is set, which is after the last request."""
        while not stop.is_set():
            with suppress(TimeoutError):
                async with asyncio.timeout(FLUSH_SECONDS):
                    await stop.wait()
            await self._try_flush()

    async def _try_flush(self) -> None:
        log = structlog.get_logger()
        try:
            await self.flush()
        except Unavailable:
            log.warning("access_log_waits", waiting=len(self._noted))
        if self.dropped:
            log.error("access_log_dropped", entries=self.dropped)
            self.dropped = 0

    def _chain(self) -> None:
        """Give each noted entry its place. From then on its row is fixed, however often it is sent."""
        if sum(map(len, self._rows.values())) >= MAX_WAITING:
            return
        while self._noted:
            entry = self._noted.popleft()
            segment = self._segments.get(entry.regency_code)
            if segment is None or segment.is_over(entry.at):
                segment = _Segment(self.new_id(entry.at), entry.at)
                self._segments[entry.regency_code] = segment
            self._rows.setdefault(entry.regency_code, []).append(segment.add(entry))

    async def _store(self, tenant: str) -> None:
        rows = self._rows[tenant]
        while rows:
            async with transaction(self.database.sessions) as tx:
                await access_log.store(tx, rows[:BATCH])
            del rows[:BATCH]
        del self._rows[tenant]
