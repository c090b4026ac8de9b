"""The 91,599 regions of the Kemendagri decree."""

from collections.abc import Iterator
from datetime import date
from typing import Final

from app.db.queries import knowledge, seed
from app.db.session import intake, read_only, transaction
from app.domain.ids import NATION
from app.domain.regions import search_name
from app.services.seed.tools import Tools, shipped_regions

DECREED_ON: Final = date(2025, 4, 25)
"""Kepmendagri 300.2.2-2138/2025; see ``app/data/regions/SOURCE.json``."""
_BATCH: Final = 20_000
_COLUMNS: Final = ("code", "name", "search_name", "parent_code", "valid_from", "valid_to", "successor_code")


async def seed_regions(tools: Tools) -> int:
    """Bring the table to the shipped decree; return how many rows that touched."""
    wanted = shipped_regions()
    async with read_only(tools.database.sessions) as tx:
        there = "\n".join(await knowledge.regions(tx))
    if there == wanted:
        return 0
    rows = [_row(line) for line in wanted.split("\n")]
    if there:
        return await _correct(tools, rows)
    async with intake(tools.database.intake_pool) as raw:
        for start in range(0, len(rows), _BATCH):
            batch = rows[start : start + _BATCH]
            await seed.copy(raw, "regions", _COLUMNS, batch)
            tools.say("regions", start + len(batch), len(rows))
    async with transaction(tools.database.sessions) as tx:
        await knowledge.bump(tx, ["regions"])
    return len(rows)


async def _correct(tools: Tools, rows: list[tuple[object, ...]]) -> int:
    """Another decree: new names, new regions, and regions that are no more."""
    found = [dict(zip(_COLUMNS, row, strict=True)) for row in rows]
    async with transaction(tools.database.sessions) as tx:
        changed = await seed.put_current(tx, "regions", found, ["code"])
        gone = set(_codes(await knowledge.regions(tx))) - {str(row[0]) for row in rows}
        if gone:
            await seed.close_regions(tx, sorted(gone), tools.now.date())
        await knowledge.bump(tx, ["regions"])
    return changed + len(gone)


def _codes(texts: list[str]) -> Iterator[str]:
    return (line.partition("\t")[0] for text in texts for line in text.split("\n"))


def _row(line: str) -> tuple[object, ...]:
    code, _, name = line.partition("\t")
    parent = code.rpartition(".")[0] or NATION
    return (code, name, search_name(name), parent, DECREED_ON, None, None)
