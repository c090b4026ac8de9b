"""Sealing: the heads of all chains of a tenant that changed, signed, with a copy outside the database."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, Protocol
from uuid import UUID

from app.db.queries import seals
from app.db.queries.seals import StoredSeal
from app.db.session import Tx
from app.domain.chain import GENESIS, Seal, SealedHead, SignedSeal, seal_body, seal_digest
from app.domain.ids import RANDOM_BYTES, uuid7
from app.integrations.seal_copies import SealCopies, SealCopy

BATCH: Final = 5_000
"""Feed numbers under one seal: it bounds the row, and the memory of whoever checks it."""
SEGMENT_REACH: Final = timedelta(hours=3)
"""A segment of the access log lasts an hour; one that changed since a seal began within this before it."""
_START: Final = datetime(1970, 1, 1, tzinfo=UTC)


class Signer(Protocol):
    @property
    def key_id(self) -> str: ...
    def sign(self, body: bytes) -> bytes: ...


async def seal_next(tx: Tx, regency_code: str, now: datetime, signer: Signer) -> StoredSeal | None:
    """Seal what changed since the last seal of a tenant; ``None`` if nothing did.

    One seal covers at most ``BATCH`` events, so call it again until it gives ``None``.
    """
    reach = await seals.lock_feed(tx, regency_code)
    before = await seals.last_seal(tx, regency_code)
    last = before.signed.seal if before else Seal(regency_code, 0, _START, 0, (), GENESIS)
    until = min(reach, last.feed_n + BATCH)
    changed = await seals.changed_heads(tx, regency_code, last.feed_n, until)
    segments = await seals.access_heads(tx, regency_code, _first_id(last.at - SEGMENT_REACH))
    known = frozenset(last.heads)
    if not changed and all(head in known for head in segments):
        return None
    heads: tuple[SealedHead, ...] = tuple(sorted((*changed, *segments)))
    prev = before.signed.digest if before else GENESIS
    seal = Seal(regency_code, last.n + 1, now, until, heads, prev)
    body = seal_body(seal)
    stored = StoredSeal(SignedSeal(seal, seal_digest(body), signer.sign(body)), signer.key_id)
    await seals.store(tx, stored)
    return stored


def _first_id(at: datetime) -> UUID:
    return uuid7(max(at, _START), bytes(RANDOM_BYTES))


@dataclass(frozen=True, slots=True)
class CopyKeeper:
    """Brings the copy outside the database up to what is committed: a crash between the two leaves a gap."""

    copies: SealCopies

    async def catch_up(self, tx: Tx, regency_code: str) -> int:
        """Write the seals that the copy has not yet; return how many."""
        done, last = 0, await asyncio.to_thread(self.copies.last_n, regency_code)
        while found := await seals.seals_after(tx, regency_code, last, limit=20):
            lines = [copy_of(stored) for stored in found]
            await asyncio.to_thread(self.copies.append, regency_code, lines)
            last = lines[-1].n
            done += len(lines)
        return done


def copy_of(stored: StoredSeal) -> SealCopy:
    seal = stored.signed.seal
    return SealCopy(seal.n, seal_body(seal), stored.key_id, stored.signed.signature)
