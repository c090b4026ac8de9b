"""The dry run of a registry list: every row read, judged and stored, some thousand at a time.

A process beside this one reads the file; each batch is stored in the transaction that keeps how far the list
is. After a kill the file is read again from its beginning, and what is stored already is left out.
"""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from app.db.copying import copy_in
from app.db.queries import lists, registry, registry_bulk
from app.db.queries.registry_bulk import Of
from app.db.session import read_only, transaction
from app.db.tables.lists import ListFile
from app.db.tables.registry import RegistrySnapshot
from app.domain.errors import Conflict, NotFound
from app.domain.lists.files import ListFaultError, refusal_of
from app.domain.registry import SnapshotState
from app.domain.sla import local_date
from app.integrations.bulk_sealing import BulkKeys
from app.integrations.object_store import Missing
from app.integrations.registry_child import COLUMNS, TABLE
from app.integrations.registry_reading import Batch, read_list
from app.integrations.sealed_files import open_file
from app.worker.running import Run

BATCH: Final = 5_000
"""Rows of one transaction: some two megabytes, stored within a second."""


@dataclass(frozen=True, slots=True)
class _Ground:
    of: Of
    snapshot: RegistrySnapshot
    file: ListFile
    file_key: Any
    head: dict[str, Any]


async def run_registry_check(run: Run, batch: int = BATCH) -> dict[str, Any] | None:
    """Check a list; the result are its rows by verdict and by reason.

    Raises:
        Invalid: the file cannot be read as a list; the snapshot is withdrawn, and its period free again.
        Conflict: somebody withdrew it meanwhile.
    """
    ground = await _ground(run, batch)
    if run.position.get("phase", "rows") == "rows":
        try:
            if not await _rows(run, ground):
                return None
        except ListFaultError as error:
            await _give_up(run, ground)
            raise refusal_of(error.fault) from error
    if run.position["phase"] == "owners" and not await _owners(run, ground):
        return None
    return await _finish(run, ground)


async def _ground(run: Run, batch: int) -> _Ground:
    tools, regency = run.tools, run.regency
    known = await tools.knowledge.current(tools.now())
    async with read_only(tools.database.sessions) as tx:
        snapshot = await registry.find(tx, regency, UUID(run.input["snapshot"]))
        if snapshot is None or snapshot.state != SnapshotState.CHECKING.value:
            raise _withdrawn()
        file = await lists.live(tx, regency, snapshot.list_id)
        profile = await lists.profile_of(tx, regency, snapshot.profile_id)
        wrapped = await lists.wrapped_key(tx, regency, snapshot.data_key_id)
        file_key = tools.vault.unwrap(await lists.wrapped_key(tx, regency, file.data_key_id))
    index_id, index = tools.blind.primary_key()
    regions = known.regions
    head = {
        "keys": BulkKeys(tools.vault.sealing_key(wrapped), index_id, index).to_json(),
        "snapshot": snapshot.id.hex,
        "regency": regency,
        "kind": file.kind,
        "encoding": file.encoding,
        "profile": profile.to_json(),
        "villages": {code: regions[code] for code in regions.villages(regency)},
        "districts": {code: regions[code] for code in regions.districts(regency)},
        # Of the day on which it was asked for: read again tomorrow, the rows are the same.
        "today": local_date(snapshot.created_at, regency).isoformat(),
        "skip": run.position.get("n", 0),
        "batch": batch,
    }
    return _Ground(Of(regency, snapshot.id), snapshot, file, file_key, head)


async def _rows(run: Run, ground: _Ground) -> bool:
    """Store the rows; tell whether to go on."""
    async for batch in read_list(ground.head, _pieces(run, ground)):
        async with transaction(run.tools.database.sessions) as tx:
            position = (
                {"phase": "owners", "columns": batch.columns}
                if batch.is_end
                else {"phase": "rows", "n": batch.n}
            )
            # First, since COPY needs the transaction open: also nothing is sent that another worker has.
            going = await run.move(tx, position, done=batch.rows, total=_total(ground, batch))
            if batch.pieces:
                await copy_in(tx, TABLE, COLUMNS, batch.pieces)
                await registry_bulk.judge_twins(tx, ground.of, batch.twins)
        if not going:
            return False
    return True


def _total(ground: _Ground, batch: Batch) -> int | None:
    """The rows of the whole list: known at its end, before that by how much of the file was read."""
    if batch.is_end:
        return batch.rows
    share = batch.taken / ground.file.size if ground.file.size else 0
    return max(batch.rows, round(batch.rows / share)) if share else None


async def _pieces(run: Run, ground: _Ground) -> AsyncIterator[bytes]:
    for key, _ in ground.file.parts:
        try:
            sealed = await run.tools.objects.get(str(key))
        except Missing as error:
            raise NotFound(
                "file_missing",
                "Isi berkas ini tidak ada di penyimpanan. Kirim lagi berkasnya.",
                "The store does not have the content of this file. Send it again.",
            ) from error
        place = (ground.file.id, str(key))
        yield await asyncio.to_thread(open_file, run.tools.vault, ground.file_key, place, sealed)


async def _owners(run: Run, ground: _Ground) -> bool:
    """Park the rows that our own records contradict; tell whether to go on."""
    sessions, done = run.tools.database.sessions, run.done
    async with read_only(sessions) as tx:
        found = await registry_bulk.contradicted(tx, ground.of)
    position = {**run.position, "phase": "count"}
    for reason, ns in found.items():
        for start in range(0, len(ns), BATCH):
            async with transaction(sessions) as tx:
                if not await run.move(tx, {**run.position, "phase": "owners"}, done=done):
                    return False
                await registry_bulk.park(tx, ground.of, ns[start : start + BATCH].tolist(), reason)
    async with transaction(sessions) as tx:
        return await run.move(tx, position, done=done)


async def _finish(run: Run, ground: _Ground) -> dict[str, Any] | None:
    async with transaction(run.tools.database.sessions) as tx:
        if not await run.move(tx, dict(run.position), done=run.done):
            return None
        counts = await registry_bulk.count(tx, ground.of)
        snapshot = await registry.find(tx, run.regency, ground.snapshot.id, for_update=True)
        if snapshot is None or snapshot.state != SnapshotState.CHECKING.value:
            raise _withdrawn()
        snapshot.state, snapshot.checked_at = SnapshotState.CHECKED.value, run.tools.now()
        snapshot.rows, snapshot.counts = counts["rows"], counts
        snapshot.columns, snapshot.version = run.position.get("columns") or {}, snapshot.version + 1
        return counts


async def _give_up(run: Run, ground: _Ground) -> None:
    async with transaction(run.tools.database.sessions) as tx:
        snapshot = await registry.find(tx, run.regency, ground.snapshot.id, for_update=True)
        if snapshot is not None and snapshot.state == SnapshotState.CHECKING.value:
            snapshot.state, snapshot.version = SnapshotState.WITHDRAWN.value, snapshot.version + 1


def _withdrawn() -> Conflict:
    return Conflict(
        "snapshot_withdrawn",
        "Daftar registri ini sudah ditarik atau sudah selesai diperiksa.",
        "This snapshot was withdrawn, or is checked already.",
    )
