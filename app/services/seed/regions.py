"""The 91,599 regions of the Kemendagri decree."""

from collections.abc import Collection, Iterable, Iterator
from datetime import date
from typing import Final

from app.db.queries import knowledge, seed
from app.db.session import intake, read_only, transaction
from app.domain.ids import NATION
from app.domain.region_changes import Change, complete
from app.domain.regions import Regions, search_name
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
        ended, made = await seed.changed_regions(tx, DECREED_ON)
    if ended or made:
        # What was changed since by hand stands: the shipped list is older than it.
        there = _without(there, made)
        wanted = _without(wanted, ended)
    if there == wanted:
        return 0
    rows = [_row(line) for line in wanted.split("\n")]
    if there:
        return await _correct(tools, rows, made)
    async with intake(tools.database.intake_pool) as raw:
        for start in range(0, len(rows), _BATCH):
            batch = rows[start : start + _BATCH]
            await seed.copy(raw, "regions", _COLUMNS, batch)
            tools.say("regions", start + len(batch), len(rows))
    async with transaction(tools.database.sessions) as tx:
        await knowledge.bump(tx, ["regions"])
    return len(rows)


async def change_regions(tools: Tools, changes: Iterable[Change]) -> int:
    """End codes and let others take their place, all or nothing; return how many rows that touched.

    Nothing that was written under an old code is touched: it is found by both (`domain.successions`).

    Raises:
        BadList: a change does not fit what stands.
    """
    async with transaction(tools.database.sessions) as tx:
        lines = [line for text in await knowledge.regions(tx) for line in text.split("\n")]
        standing = Regions.of((code, name) for code, _, name in (line.partition("\t") for line in lines))
        wanted = complete(changes, standing)
        new = [_made(one) for one in wanted if one.new not in standing]
        touched = await seed.put_current(tx, "regions", new, ["code"])
        for one in wanted:
            if one.old is not None:
                await seed.end_region(tx, one.old, one.new, one.on)
                touched += 1
        await knowledge.bump(tx, ["regions"])
    return touched


def _made(change: Change) -> dict[str, object]:
    row = dict(zip(_COLUMNS, _row(f"{change.new}\t{change.name}"), strict=True))
    return {**row, "valid_from": change.on}


def _without(text: str, codes: Collection[str]) -> str:
    return "\n".join(line for line in text.split("\n") if line.partition("\t")[0] not in codes)


async def _correct(tools: Tools, rows: list[tuple[object, ...]], made: Collection[str]) -> int:
    """Another decree: new names, new regions, and regions that are no more."""
    found = [dict(zip(_COLUMNS, row, strict=True)) for row in rows]
    async with transaction(tools.database.sessions) as tx:
        changed = await seed.put_current(tx, "regions", found, ["code"])
        gone = set(_codes(await knowledge.regions(tx))) - {str(row[0]) for row in rows} - {*made}
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
