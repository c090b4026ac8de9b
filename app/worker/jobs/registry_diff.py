"""Comparing two registry snapshots, and telling desks about open cases of people who were dropped."""

from typing import Any, Final
from uuid import UUID

from app.db.queries import events, registry, registry_diff
from app.db.queries.case_moves import finish, open_move
from app.db.queries.cases import case_by_id
from app.db.session import read_only, transaction
from app.db.tables.registry import RegistrySnapshot
from app.domain.errors import Conflict
from app.domain.events.registry import SnapshotsCompared
from app.domain.registry import SnapshotState, newest_of
from app.worker.running import Run

AT_ONCE: Final = 50
"""Cases in one transaction, locked in the order of their ids."""


async def run_registry_diff(run: Run, at_once: int = AT_ONCE) -> dict[str, Any] | None:
    """Compare two snapshots that count; the result are the changes by kind and by reason.

    Raises:
        NotFound: one of them is gone.
        Conflict: one of them does not count.
    """
    new, old, follows = await _pair(run)
    if "counts" not in run.position and not await _compare(run, new, old):
        return None
    if follows and not await _flag(run, new, old, at_once):
        return None
    return {"counts": run.position["counts"], "flagged": run.position.get("flagged", 0)}


async def _pair(run: Run) -> tuple[RegistrySnapshot, RegistrySnapshot, bool]:
    """Return both, and whether the newer one took the older one's place: only then desks are told."""
    async with read_only(run.tools.database.sessions) as tx:
        new = await registry.find(tx, run.regency, UUID(run.input["snapshot"]))
        old = await registry.find(tx, run.regency, UUID(run.input["against"]))
        if new is None or old is None:
            raise registry.no_snapshot()
        if {new.state, old.state} != {SnapshotState.COMMITTED.value}:
            raise Conflict(
                "snapshot_state",
                "Hanya daftar yang berlaku dapat dibandingkan.",
                "Only snapshots that were taken in can be compared.",
            )
        every = await registry.committed(tx, run.regency, new.source)
    newest = newest_of(every)
    before = newest_of(one for one in every if one.id != new.id)
    follows = newest is not None and newest.id == new.id and before is not None and before.id == old.id
    return new, old, follows


async def _compare(run: Run, new: RegistrySnapshot, old: RegistrySnapshot) -> bool:
    tools = run.tools
    known = await tools.knowledge.current(tools.now())
    async with transaction(tools.database.sessions) as tx:
        if not await run.move(tx, dict(run.position), done=0):
            return False
        counts = await registry_diff.compare(tx, new, old)
        await registry_diff.keep(tx, new, old, counts, tools.now())
        acting = tools.acting(tx, known)
        stream = events.OtherStream(run.regency, new.id, "registry")
        happened = SnapshotsCompared(thing_id=new.id, against_id=old.id)
        await events.append(
            tx, stream, [happened], actor=acting.actor, now=acting.now, cause_id=acting.cause_id
        )
        total = sum(counts["kind"].values())
        return await run.move(tx, {"counts": counts}, done=total, total=total)


async def _flag(run: Run, new: RegistrySnapshot, old: RegistrySnapshot, at_once: int) -> bool:
    tools, pair = run.tools, (run.regency, new.id, old.id)
    while True:
        after = run.position.get("after")
        async with read_only(tools.database.sessions) as tx:
            cases = await registry_diff.affected(tx, pair, UUID(after) if after else None, at_once)
        if not cases:
            return True
        known = await tools.knowledge.current(tools.now())
        async with transaction(tools.database.sessions) as tx:
            for one in cases:
                case = await case_by_id(tx, run.regency, one.case_id, for_update=True)
                if case is None or case.status in {"resolved", "closed", "void"}:
                    continue
                move = await open_move(tools.acting(tx, known), case)
                await registry_diff.ask_desk(move)
                await finish(move)
            await registry_diff.flag(tx, pair, len(cases))
            flagged = run.position.get("flagged", 0) + len(cases)
            position = {**run.position, "after": cases[-1].case_id.hex, "flagged": flagged}
            if not await run.move(tx, position, done=run.done):
                return False
