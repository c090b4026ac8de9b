"""Reading every chain of every tenant anew, and naming the first row that is not what was written.

Four sorted readings of a tenant are walked side by side: the rows of its streams, those of its access log,
the heads that cases and streams hold, and the heads that the seals hold. So a stream without rows, rows
without a head and a seal without either all meet, and memory holds one stream at a time.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, Generic, Protocol, TypeVar
from uuid import UUID

from app.db.queries import audit, seals
from app.db.session import Tx
from app.domain.chain import (
    GENESIS,
    ChainRow,
    Fault,
    FaultKind,
    Head,
    Seal,
    seal_body,
    seal_fault,
    verify_chain,
)
from app.integrations.seal_copies import SealCopies, SealCopy

_SEALS_AT_ONCE: Final = 20
_END: Final = UUID(int=2**128 - 1)

T = TypeVar("T")
Pages = AsyncIterator[list[tuple[UUID, T]]]


class Log(StrEnum):
    EVENTS = "events"
    ACCESS = "access_log"
    SEALS = "seals"
    COPY = "seals_copy"
    """The file outside the database."""


@dataclass(frozen=True, slots=True)
class Finding:
    """The first bad row of one chain."""

    regency_code: str
    log: Log
    stream_id: UUID | None
    """The case, other stream or segment; none for the seals."""
    fault: Fault


@dataclass(frozen=True, slots=True)
class Report:
    tenants: int
    rows: int
    """Events and entries of the access log."""
    streams: int
    seals: int
    findings: tuple[Finding, ...]

    @property
    def sound(self) -> bool:
        return not self.findings


class Verifier(Protocol):
    @property
    def key_id(self) -> str: ...
    def verify(self, body: bytes, signature: bytes) -> bool: ...


@dataclass(slots=True)
class _Count:
    tell: Callable[[int], None]
    rows: int = 0
    streams: int = 0
    seals: int = 0
    findings: list[Finding] = field(default_factory=list)

    def add_rows(self, number: int) -> None:
        self.rows += number
        self.tell(self.rows)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What lies outside the database: the key that signed, and the copy of the seals where there is one."""

    verifier: Verifier
    copies: SealCopies | None


async def verify(
    tx: Tx, evidence: Evidence, progress: Callable[[int], None], only: str | None = None
) -> Report:
    """Check everything, or one tenant alone, in one snapshot of the database.

    Args:
        tx: a transaction that has read nothing yet.
        evidence: what is held against the database.
        progress: told after each page how many rows have been read.
        only: the one tenant.

    Returns:
        One finding for each chain that is not sound: edited, inserted, reordered or deleted rows, a head that
        does not fit, and, against the seals, a tail cut off or a stream that is gone.
    """
    await audit.one_snapshot(tx)
    count = _Count(progress)
    known = {only} if only else await _tenants(tx, evidence)
    for tenant in sorted(known):
        sound = await _check_seals(tx, tenant, evidence, count)
        await _check_streams(tx, tenant, sound, count)
    return Report(len(known), count.rows, count.streams, count.seals, tuple(count.findings))


async def _tenants(tx: Tx, evidence: Evidence) -> set[str]:
    known = set(await audit.tenants(tx))
    if evidence.copies:
        known.update(await asyncio.to_thread(evidence.copies.tenants))
    return known


async def _check_streams(tx: Tx, tenant: str, sound_seals: int, count: _Count) -> None:
    events = _Side(audit.event_pages(tx, tenant))
    access = _Side(audit.access_pages(tx, tenant))
    heads = _Side(audit.head_pages(tx, tenant))
    sealed = _Side(audit.sealed_pages(tx, tenant, sound_seals))
    sides: tuple[_Side[ChainRow] | _Side[Head], ...] = (events, access, heads, sealed)
    while (stream := min([await side.peek() for side in sides])) != _END:
        rows, entries = await events.take(stream), await access.take(stream)
        stored, signed = await heads.take(stream), await sealed.take(stream)
        log = Log.ACCESS if entries else Log.EVENTS
        fault = verify_chain(rows or entries, head=stored[0] if stored else None, sealed=signed)
        if fault is None and rows and not stored:
            fault = Fault(FaultKind.HEAD, rows[-1].n)
        if fault:
            count.findings.append(Finding(tenant, log, stream, fault))
        count.streams += 1
        count.add_rows(len(rows) + len(entries))


class _Side(Generic[T]):
    """One sorted reading: what comes next, and everything of one stream."""

    def __init__(self, pages: Pages[T]) -> None:
        self._pages = pages
        self._page: Iterator[tuple[UUID, T]] = iter(())
        self._next: tuple[UUID, T] | None = None
        self._over = False

    async def peek(self) -> UUID:
        """Return the next stream, or the end that is above all."""
        while self._next is None and not self._over:
            page = await anext(self._pages, None)
            self._over = page is None
            self._page = iter(page or ())
            self._next = next(self._page, None)
        return self._next[0] if self._next else _END

    async def take(self, stream: UUID) -> list[T]:
        found: list[T] = []
        while await self.peek() == stream:
            while self._next and self._next[0] == stream:
                found.append(self._next[1])
                self._next = next(self._page, None)
        return found


async def _check_seals(tx: Tx, tenant: str, evidence: Evidence, count: _Count) -> int:
    """Walk the seals of a tenant with their copy beside them; return up to which number they are sound."""
    copied = evidence.copies.read(tenant) if evidence.copies else iter(())
    last, prev = 0, GENESIS
    while found := await seals.seals_after(tx, tenant, last, limit=_SEALS_AT_ONCE):
        for stored in found:
            body = seal_body(stored.signed.seal)
            fault = seal_fault(stored.signed, last + 1, prev, evidence.verifier.verify)
            finding = None if fault is None else Finding(tenant, Log.SEALS, None, fault)
            copy = await _next_copy(copied)
            finding = finding or _copy_finding(stored.signed.seal, body, copy, evidence.verifier)
            if finding:
                count.findings.append(finding)
                return last
            last, prev = last + 1, stored.signed.digest
            count.seals += 1
    left = await _next_copy(copied)
    if left is not None:
        signed = isinstance(left, SealCopy) and evidence.verifier.verify(left.body, left.signature)
        fault = Fault(FaultKind.CUT if signed else FaultKind.INSERTED, last + 1)
        count.findings.append(Finding(tenant, Log.SEALS if signed else Log.COPY, None, fault))
    return last


async def _next_copy(copied: Iterator[SealCopy]) -> SealCopy | ValueError | None:
    """Return the next line of the copy, what is wrong with it, or ``None`` at its end."""
    try:
        return await asyncio.to_thread(next, copied, None)
    except ValueError as error:
        return error


def _copy_finding(
    seal: Seal, body: bytes, copy: SealCopy | ValueError | None, verifier: Verifier
) -> Finding | None:
    if copy is None or (isinstance(copy, SealCopy) and copy.body == body):
        # The copy may lag behind by what was sealed on another machine.
        return None
    if isinstance(copy, SealCopy) and verifier.verify(copy.body, copy.signature):
        return Finding(seal.regency_code, Log.SEALS, None, Fault(FaultKind.REWRITTEN, seal.n))
    return Finding(seal.regency_code, Log.COPY, None, Fault(FaultKind.EDITED, seal.n))
