"""Checking the chains and seals of one regency, as ``puskesos audit verify`` does it for all."""

import asyncio
from contextlib import suppress
from typing import Any, Final

from app.db.session import read_only, transaction
from app.domain.ids import public_id
from app.services.audit import Evidence, Finding, Report, verify
from app.worker.running import Run

TOLD_EVERY: Final = 2.0
"""Seconds between two words on how far it is; each renews the lease."""
MOST_FINDINGS: Final = 100


async def run_audit_verify(run: Run, told_every: float = TOLD_EVERY) -> dict[str, Any] | None:
    """Read it all in one snapshot; stopped or killed, it begins anew.

    Returns:
        ``sound``, what was counted, and up to a hundred findings: which log, which chain, what, at which row.
    """
    rows = 0

    def tell(read: int) -> None:
        nonlocal rows
        rows = read

    task = asyncio.create_task(_check(run, tell))
    try:
        while not task.done():
            await asyncio.wait({task}, timeout=told_every)
            async with transaction(run.tools.database.sessions) as tx:
                if not await run.move(tx, {}, done=rows):
                    return None
        return _told(task.result())
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError, Exception):
            await task


async def _check(run: Run, tell: Any) -> Report:
    evidence = Evidence(run.tools.signer, run.tools.copies)
    async with read_only(run.tools.database.sessions) as tx:
        return await verify(tx, evidence, tell, only=run.regency)


def _told(report: Report) -> dict[str, Any]:
    return {
        "sound": report.sound,
        "rows": report.rows,
        "chains": report.streams,
        "seals": report.seals,
        "bad_chains": len(report.findings),
        "findings": [_finding(one) for one in report.findings[:MOST_FINDINGS]],
    }


def _finding(one: Finding) -> dict[str, Any]:
    return {
        "log": one.log.value,
        "chain": public_id(one.regency_code, one.stream_id) if one.stream_id else None,
        "fault": one.fault.kind.value,
        "n": one.fault.n,
    }
