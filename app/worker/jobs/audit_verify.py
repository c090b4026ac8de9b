"""Checking the chains and seals of one regency, as ``puskesos audit verify`` does it for all."""

import asyncio
from contextlib import suppress
from typing import Any, Final

from app.db.session import read_only, transaction
from app.services.audit import Evidence, Finding, Report, verify
from app.worker.running import Run

TOLD_EVERY: Final = 2.0
"""Seconds between two words on how far it is; each renews the lease."""
MOST_FINDINGS: Final = 100
_ROUNDED: Final = 1_000
"""How far it is is told so roughly that no single case shows in it."""


async def run_audit_verify(run: Run, told_every: float = TOLD_EVERY) -> dict[str, Any] | None:
    """Read it all in one snapshot; stopped or killed, it begins anew.

    Returns:
        ``sound``, how many seals there are, and up to a hundred findings: in which log, what, at which row of
        its chain. Which chain, and how many there are, ``puskesos audit verify`` tells: whoever asks here may
        have to be kept from knowing of one.
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
                if not await run.move(tx, {}, done=rows // _ROUNDED * _ROUNDED):
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
        "seals": report.seals,
        "bad_chains": len(report.findings),
        "findings": [_finding(one) for one in report.findings[:MOST_FINDINGS]],
    }


def _finding(one: Finding) -> dict[str, Any]:
    return {
        "log": one.log.value,
        "fault": one.fault.kind.value,
        "n": one.fault.n,
    }
