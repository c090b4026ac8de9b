"""Counting figures on from what the feed tells, or from scratch: the same numbers either way."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from app.db.queries import case_facts, counting
from app.db.session import Tx
from app.domain.indicators import CaseFacts, Cell, contributions

AT_ONCE: Final = 1_000
"""Numbers of the feed in one transaction."""
PAGE: Final = 5_000


async def count_on(tx: Tx, regency_code: str, now: datetime, at_once: int = AT_ONCE) -> bool:
    """Count what the next numbers of a tenant's feed tell; return whether there was a whole batch of them.

    Each case is counted as it is now, and taken out as what it was counted before: told twice it counts once.
    """
    cursor = await counting.hold_cursor(tx, regency_code)
    until = await counting.told_until(tx, regency_code, now)
    ids, last = await counting.changed_cases(tx, regency_code, cursor.n, at_once)
    more = last - cursor.n >= at_once
    if ids:
        before = await counting.counted(tx, regency_code, ids)
        after = await case_facts.snapshot(tx, regency_code, ids)
        changed = {id_: one for id_, one in after.items() if before.get(id_) != one}
        changes: dict[Cell, int] = {}
        for id_, one in changed.items():
            _add(changes, one, 1)
            if id_ in before:
                _add(changes, before[id_], -1)
        await counting.apply(tx, regency_code, changes)
        await counting.keep(tx, regency_code, changed)
    reached = await counting.told_at(tx, regency_code, last) if more else until
    await counting.move(tx, cursor, last, reached)
    return more


async def rebuild(
    tx: Tx, regency_code: str, now: datetime, progress: Callable[[int], None], page: int = PAGE
) -> int:
    """Count a tenant from scratch; return its cases. Whoever counts on waits until it is committed."""
    cursor = await counting.hold_cursor(tx, regency_code)
    until = await counting.told_until(tx, regency_code, now)
    head = await counting.feed_head(tx, regency_code)
    await counting.forget(tx, regency_code)
    changes: dict[Cell, int] = {}
    done = 0
    last = None
    while ids := await counting.case_ids_after(tx, regency_code, last, page):
        facts = await case_facts.snapshot(tx, regency_code, ids)
        for one in facts.values():
            _add(changes, one, 1)
        await counting.keep(tx, regency_code, facts)
        last = ids[-1]
        done += len(ids)
        progress(len(ids))
    await counting.apply(tx, regency_code, changes)
    await counting.move(tx, cursor, head, until)
    return done


def _add(changes: dict[Cell, int], facts: CaseFacts, sign: int) -> None:
    for cell, amount in contributions(facts):
        changes[cell] = changes.get(cell, 0) + sign * amount
