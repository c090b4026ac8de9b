"""Counting the open clocks of a regency anew, after its policies or its calendar changed.

A few batches at a time, each in its own transaction, which also moves the position: a worker that dies
leaves off between two batches, and counting a case twice gives what counting it once gives.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from app.db.queries import work
from app.db.queries.recounting import recount_some
from app.db.queries.work import Claim
from app.db.session import transaction
from app.domain.knowledge import Knowledge
from app.worker.tools import Tools

CASES: Final = 100
BATCHES: Final = 5
"""Then the other jobs have their turn: the feed is promised within a second."""
WAIT: Final = timedelta(milliseconds=300)
AGAIN: Final = timedelta(seconds=30)
"""Longer than any request runs that began with the old rules."""


async def recount_clocks(
    tools: Tools, held: Claim, *, cases: int = CASES, batches: int = BATCHES
) -> datetime | None:
    """Count on from the position in the payload; return when to come again, None when all are counted."""
    known = await tools.knowledge.current(tools.now())
    payload = held.payload
    if not _knows(known, payload["versions"]):
        return tools.now() + WAIT
    for _ in range(batches):
        payload = await _batch(replace(held, payload=payload), tools, known, cases)
        if payload["after"] is None or tools.stop.is_set():
            break
    if payload["after"] is not None:
        return tools.now()
    return None if held.payload["again"] else tools.now() + AGAIN


async def _batch(held: Claim, tools: Tools, known: Knowledge, cases: int) -> dict[str, Any]:
    payload = held.payload
    after = UUID(payload["after"]) if payload["after"] else None
    since = datetime.fromisoformat(payload["since"]) if payload["again"] else None
    async with transaction(tools.database.sessions) as tx:
        last = await recount_some(tools.acting(tx, known), held.regency_code, after, since, cases)
        moved = {**payload, "after": last.hex if last else None, "again": payload["again"] or last is None}
        if not await work.remember(tx, held, moved):
            # Another worker took over: it goes on from where it stands.
            return {**payload, "after": None}
    return moved


def _knows(known: Knowledge, versions: dict[str, int]) -> bool:
    return all(known.versions.get(kind, 0) >= version for kind, version in versions.items())
