"""Taking a checked registry list in: its rows enter some thousand at a time, and then it counts."""

from typing import Any, Final
from uuid import UUID

from app.db.queries import events, jobs, knowledge, registry, registry_bulk
from app.db.queries.registry_bulk import Of, Stretch
from app.db.session import read_only, transaction
from app.db.tables.registry import RegistrySnapshot
from app.domain.access import Permission
from app.domain.errors import Conflict
from app.domain.events.registry import SnapshotCommitted
from app.domain.jobs import JobKind
from app.domain.registry import SnapshotState, newest_of
from app.worker.running import Run

STEP: Final = 25_000
"""Rows of the file in one transaction."""


async def run_registry_commit(run: Run, step: int = STEP) -> dict[str, Any] | None:
    """Take the rows in that enter; the result tells how many, and which comparison was ordered.

    Entries of a list that is not in force yet say nothing that is wrong: they are newer than what is.

    Raises:
        Conflict: the snapshot is not being taken in.
    """
    regency = run.regency
    async with read_only(run.tools.database.sessions) as tx:
        snapshot = await registry.find(tx, regency, UUID(run.input["snapshot"]))
        if snapshot is None or snapshot.state != SnapshotState.COMMITTING.value:
            raise Conflict(
                "snapshot_state",
                "Daftar registri ini tidak sedang dimasukkan.",
                "This snapshot is not being taken in.",
            )
        of = Of(regency, snapshot.id)
        last = await registry_bulk.last_row(tx, of)
    after, entered = run.position.get("n", 0), run.position.get("entered", 0)
    while after < last:
        rows = Stretch(after, min(after + step, last))
        async with transaction(run.tools.database.sessions) as tx:
            entered += await registry_bulk.enter(tx, of, snapshot.source, snapshot.period, rows)
            going = await run.move(tx, {"n": rows.upto, "entered": entered}, done=entered)
        if not going:
            return None
        after = rows.upto
    return await _finish(run, snapshot.id, entered)


async def _finish(run: Run, snapshot_id: UUID, entered: int) -> dict[str, Any] | None:
    tools = run.tools
    known = await tools.knowledge.current(tools.now())
    async with transaction(tools.database.sessions) as tx:
        if not await run.move(tx, dict(run.position), done=entered, total=entered):
            return None
        snapshot = await registry.find(tx, run.regency, snapshot_id, for_update=True)
        if snapshot is None:
            raise registry.no_snapshot()
        before = newest_of(
            one for one in await registry.committed(tx, run.regency, snapshot.source) if one.id != snapshot.id
        )
        snapshot.state, snapshot.committed_at = SnapshotState.COMMITTED.value, tools.now()
        snapshot.counts = {**snapshot.counts, "entered": entered}
        snapshot.version += 1
        acting = tools.acting(tx, known)
        stream = events.OtherStream(run.regency, snapshot.id, "registry")
        happened = SnapshotCommitted(thing_id=snapshot.id, entered=entered)
        await events.append(
            tx, stream, [happened], actor=acting.actor, now=acting.now, cause_id=acting.cause_id
        )
        compared = await _order_diff(acting, snapshot, before)
        await knowledge.bump(tx, ["registry"])
        return {"entered": entered, "compared": compared}


async def _order_diff(acting: Any, snapshot: RegistrySnapshot, before: RegistrySnapshot | None) -> str | None:
    """Have it compared with the one that it takes the place of; return the job's id."""
    if before is None or newest_of((before, snapshot)) is not snapshot:
        return None
    regency = snapshot.regency_code
    job = await jobs.order(
        acting,
        jobs.Order(
            JobKind.REGISTRY_DIFF,
            regency,
            regency,
            Permission.REGISTRY_IMPORT,
            {"snapshot": snapshot.id.hex, "against": before.id.hex},
        ),
    )
    return job.id.hex
